"""One patient from three weeks before her first step to a half year after the last dose.

The clock is frozen and stands at the times of day at which something can be
due. Everything that is sent, to whom and when, is one line.
"""

from datetime import date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from patients.domain.roles import Role
from patients.models.flags import Flag
from patients.models.messages import Message
from patients.services.checkins import submit_checkin
from patients.services.flags import close_flag, log_contact, see_flag
from patients.services.invitations import accept_invitation, invite, token_of
from patients.services.questionnaires import fill_in
from patients.services.remarks import read_remarks, write_remark
from patients.services.shares import share_record
from patients.services.visits import answer_visit, plan_visit
from schedules.domain.dose import ZERO
from schedules.models.requests import ChangeRequest
from schedules.selectors.plans import standing, waiting_revision
from schedules.selectors.supply import boxes_of
from schedules.services.aftercare import answer_aftercare
from schedules.services.diary import record_dose
from schedules.services.doses import Answer
from schedules.services.endings import close_case
from schedules.services.gates import clear_step
from schedules.services.plans import draft_plan, hold_plan, read_plan, resume_plan, sign_revision
from schedules.services.requests import answer_request, ask_change
from schedules.services.supply import count_boxes
from tests.cast import DAY, NOW, PASSWORD, a_cast, a_person, built, gates_answered, tick

TIMES = [time(*at) for at in (
    (4, 10), (8, 1), (8, 46), (9, 1), (10, 1), (14, 0), (14, 11), (18, 1), (19, 1), (20, 31), (22, 1), (22, 46),
)]  # fmt: skip
FIRST, LAST = -21, 180
EMAIL = "maya@home.example"
QUIET = range(40, 45)
FORGOTTEN = 30


class Walk:
    """`day` counts from the planned first step; `outage` are moments without a clock."""

    def __init__(self, *, outage=None):
        self.cast, self.outage = a_cast(NOW), outage
        self.start = NOW.date() + 21 * DAY
        self.maya = self.revision = None

    def run(self, last):
        for day in range(FIRST, last + 1):
            for at in TIMES:
                self.stand(day, at)
        return self

    def stand(self, day, at):
        now = self.at(day, at)
        self.tick(now)
        for (when, clock), act in self.script().items():
            if (when, clock) == (day, at.hour) and at.minute < 2:
                act(now)
        if self.maya is not None:
            self.live(day, at, now)
        soon = now + timedelta(seconds=30)
        if Message.objects.filter(state="pending", available_at__lte=soon).exists():
            self.tick(soon)

    def tick(self, now):
        if self.outage is None or not self.outage[0] <= now < self.outage[1]:
            tick(now)

    def at(self, day, clock):
        zone = self.cast.bell.time_zone
        return datetime.combine(self.start + day * DAY, clock, tzinfo=ZoneInfo(zone))

    def script(self):
        return {
            (-21, 10): self.invite,
            (-17, 10): self.join,
            (-14, 14): self.sign,
            (-11, 14): self.read,
            (-7, 14): self.share,
            (3, 14): lambda now: plan_visit(self.maya, starts_at=now + 6 * DAY, by=self.cast.bell, now=now),
            (7, 14): self.prepare,
            (20, 14): self.hold,
            (24, 14): self.resume,
            (33, 22): self.red,
            (35, 14): lambda now: self.write("May I swim?", self.maya.user, now),
            (36, 9): lambda now: self.write("Yes.", self.cast.bell, now),
            (37, 9): lambda now: read_remarks(self.maya, by=self.maya.user, now=now),
            (46, 14): self.ask,
            (47, 9): self.reply,
        }  # fmt: skip

    def invite(self, now):
        self.invitation = invite(
            EMAIL, name="Maya Okafor", role=Role.PATIENT, clinic=self.cast.clinic, by=self.cast.bell,
            now=now, born_on=date(1981, 6, 3), phone="555-0118", region="us",
        )  # fmt: skip

    def join(self, now):
        zone = self.cast.bell.time_zone
        user = accept_invitation(
            token_of(self.invitation), password=PASSWORD, time_zone=zone, now=now
        )
        self.maya = user.patient
        self.cast.ana = self.maya

    def sign(self, now):
        """Half a milligram twice, down to nothing in eighths, fourteen days each."""
        plan = built(
            start={"morning": "0.5", "bedtime": "0.5"}, target=ZERO
        )  # fmt: skip
        self.revision = draft_plan(
            self.maya, plan, asked={"indication": "panic"}, first_lower_on=self.start,
            reason="Tablets only, she does not want a liquid.", by=self.cast.bell, now=now,
        )  # fmt: skip
        gates_answered(self.cast, self.revision, now)
        seen = type(self.revision.plan).objects.get(pk=self.revision.plan_id).version
        sign_revision(self.revision, seen_version=seen, by=self.cast.bell, now=now)

    def read(self, now):
        seen = str(waiting_revision(self.maya, now).pk)
        read_plan(self.maya, seen=seen, by=self.maya.user, now=now)

    def share(self, now):
        sam = a_person(self.cast.clinic, "Sam Stone", Role.SUPPORTER, now)
        parts = ["news", "quiet"]
        share_record(
            self.maya, name="Sam", email=sam.email, parts=parts, until=None, by=self.maya.user, now=now
        )  # fmt: skip

    def prepare(self, now):
        visit = self.maya.visits.get()
        answer_visit(visit, answers={"talk": "The nights."}, by=self.maya.user, now=now)

    def hold(self, now):
        hold_plan(self.maya, note="My mother is ill.", by=self.maya.user, now=now)

    def resume(self, now):
        resume_plan(self.maya, note="", by=self.cast.bell, now=now)

    def red(self, now):
        day = self.maya.days.day_of(now)
        submit_checkin(
            self.maya, day=day, today=day, by=self.maya.user, now=now, overall=3, safety=["r4"]
        )

    def write(self, text, by, now):
        write_remark(self.maya, text=text, client_uuid=uuid4(), by=by, now=now)

    def ask(self, now):
        ask_change(self.maya, ask="slower", note="", by=self.maya.user, now=now)

    def reply(self, now):
        asked = ChangeRequest.objects.get()
        answer_request(asked, answer="not-now", note="We look at it.", by=self.cast.bell, now=now)

    def live(self, day, at, now):
        """What she and her doctor do every day."""
        self.answer_flags(at, now)
        stands = standing(self.maya, now)
        if stands is None or day in QUIET:
            return
        if stands.step.total and day != FORGOTTEN:
            self.take(stands, at, now)
        if at == time(9, 1) and stands.gate_open and not stands.course.held:
            self.go(stands, now)
        if at == time(19, 1):
            self.check_in(day, stands, now)
        if at == time(14):
            self.afternoon(day, stands, now)

    def take(self, stands, at, now):
        for slot, hour in (("morning", 8), ("bedtime", 22)):
            is_due = at == time(hour, 1) and slot in dict(stands.step.portions)
            if is_due and stands.step.portion(slot).dose:
                record_dose(
                    self.maya, day=stands.today, slot=slot, answer=Answer("taken"),
                    client_uuid=uuid4(), by=self.maya.user, now=now,
                )  # fmt: skip

    def go(self, stands, now):
        answers = {"sleep": "yes", "symptoms": "yes", "boxes": "yes", "again": False}
        if Flag.objects.filter(patient=self.maya, state__in=Flag.OPEN, effect__contains="hold"):
            return
        clear_step(
            self.maya, step=stands.course.step + 1, seen=str(stands.revision.pk), answers=answers,
            by=self.maya.user, now=now,
        )  # fmt: skip

    def check_in(self, day, stands, now):
        ratings = {f"w{n}": 1 for n in range(1, 11)}
        submit_checkin(
            self.maya, day=stands.today, today=stands.today, by=self.maya.user, now=now,
            overall=day % 3, safety=[], ratings=ratings,
        )  # fmt: skip

    def afternoon(self, day, stands, now):
        """Boxes once a month, moods every two weeks, the questions after the last dose."""
        if stands.step.total and day in (-10, 29, 75):
            amounts = {box.product: 80 for box in boxes_of([stands], {}).boxes}
            count_boxes(self.maya, amounts, by=self.maya.user, now=now)
        if day % 14 == 2:
            fill_in(
                self.maya, kind="gad-7", answers=[1] * 7, client_uuid=uuid4(), by=self.maya.user, now=now
            )  # fmt: skip
        if not stands.step.total and day % 20 == 0:
            answer_aftercare(
                self.maya, took_again=False, what="", memory=1, by=self.maya.user, now=now
            )
        if not stands.step.total and day == LAST:
            close_case(self.maya, by=self.cast.bell, now=now)

    def answer_flags(self, at, now):
        """Dr Bell reads at nine and at two, speaks to her, closes what was spoken of."""
        if at.hour not in (9, 14):
            return
        for flag in Flag.objects.filter(patient=self.maya, state__in=Flag.OPEN).exclude(
            tier="info"
        ):
            see_flag(flag, by=self.cast.bell, now=now)
            log_contact(flag, outcome="spoke", note="", by=self.cast.bell, now=now)
            close_flag(flag, note="Spoke.", by=self.cast.bell, now=now)

    def lines(self):
        """`day  local time  kind > who  state`, in the order of being due."""
        rows = Message.objects.select_related("recipient")
        found = [(row.due_at, self.line(row)) for row in rows]
        return [line for _, line in sorted(found)]

    def line(self, row):
        local = row.due_at.astimezone(ZoneInfo(self.cast.bell.time_zone))
        day = (local.date() - self.start).days
        who = row.recipient.name if row.recipient else "by address"
        late = row.sent_at is not None and row.sent_at - row.due_at > timedelta(hours=5)
        state = "sent late" if late else row.state + (f" ({row.reason})" if row.reason else "")
        return f"{day:+04}  {local:%H:%M}  {row.kind} > {who}: {state}"
