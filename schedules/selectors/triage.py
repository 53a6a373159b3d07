"""The doctor's list: who needs her today, this week, whose plan needs work, who is steady."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from patients.domain.words import clock_words, short_day
from patients.models.accounts import User
from patients.models.care import Patient
from patients.models.checkins import CheckIn
from patients.models.flags import Flag
from patients.selectors.care import visible_patients
from patients.selectors.flags import open_flags
from schedules.domain.dose import render_mg
from schedules.domain.requests import ASKS_FOR
from schedules.models.plans import Revision
from schedules.models.requests import ChangeRequest
from schedules.selectors.histories import History, histories, newest_drafts
from schedules.selectors.plans import Standing, standing, waiting_revision
from schedules.selectors.requests import open_requests

SPARK_DAYS = 28
ACT, WEEK, WORK, STEADY = "act", "week", "work", "steady"
QUIET_DAYS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the list: who, one sentence why, since when."""

    patient_id: UUID
    flag_id: UUID | None
    name: str
    where: str
    why: str
    detail: str
    waiting: str
    since: str
    spark: tuple[int | None, ...]
    cuts: tuple[int, ...]
    spark_words: str
    order: tuple[int, float]


@dataclass(frozen=True, slots=True)
class Triage:
    act: tuple[Line, ...]
    week: tuple[Line, ...]
    work: tuple[Line, ...]
    steady: tuple[Line, ...]

    @property
    def people(self) -> int:
        lines = (*self.act, *self.week, *self.work, *self.steady)
        return len({line.patient_id for line in lines})


def triage(user: User, now: datetime) -> Triage:
    """Everybody this clinician cares for, worst first, then longest waiting."""
    patients = list(visible_patients(user, now=now).order_by("user__name"))
    sparks = _sparks(patients, now)
    flags: dict[object, list[Flag]] = {}
    for flag in open_flags(user, now=now):
        flags.setdefault(flag.patient_id, []).append(flag)
    groups: dict[str, list[Line]] = {ACT: [], WEEK: [], WORK: [], STEADY: []}
    known = histories(patients)
    drafts = newest_drafts(patients, known)
    requests = open_requests(patients)
    for patient in patients:
        history, key = known[patient.pk], patient.pk
        stands = standing(patient, now, history=history)
        seen = _Seen(patient, stands, sparks[key], now, history, drafts.get(key), requests.get(key))
        group, line = _place(seen, flags.get(patient.pk, []))
        groups[group].append(line)
    ranked = {
        name: tuple(sorted(lines, key=lambda line: line.order)) for name, lines in groups.items()
    }
    return Triage(ranked[ACT], ranked[WEEK], ranked[WORK], ranked[STEADY])


def _sparks(
    patients: list[Patient], now: datetime
) -> dict[object, tuple[date, tuple[int | None, ...]]]:
    earliest = now.date() - timedelta(days=SPARK_DAYS + 1)
    rows = CheckIn.objects.filter(
        patient__in=patients, plan_day__gte=earliest, superseded_by__isnull=True
    ).values_list("patient_id", "plan_day", "overall")
    answers = {(patient_id, day): overall for patient_id, day, overall in rows}
    found: dict[object, tuple[date, tuple[int | None, ...]]] = {}
    for patient in patients:
        last = now.astimezone(patient.zone).date()
        days = [last - timedelta(days=SPARK_DAYS - 1 - k) for k in range(SPARK_DAYS)]
        found[patient.pk] = (days[0], tuple(answers.get((patient.pk, day)) for day in days))
    return found


@dataclass(frozen=True, slots=True)
class _Seen:
    """One patient as the list sees them: where the plan stands, the last days."""

    patient: Patient
    stands: Standing | None
    spark: tuple[date, tuple[int | None, ...]]
    now: datetime
    history: History
    draft: Revision | None
    request: ChangeRequest | None = None


@dataclass(frozen=True, slots=True)
class _Why:
    """Why this line stands where it stands."""

    why: str
    detail: str
    order: tuple[int, float]
    flag: Flag | None = None
    waiting: str = ""
    since: str = ""


def _place(seen: _Seen, flags: list[Flag]) -> tuple[str, Line]:
    request = seen.request
    if flags and (flags[0].rank >= 2 or request is None or not request.is_urgent):
        group = ACT if flags[0].rank >= 2 else WEEK
        return group, _line(seen, _flagged(seen, flags))
    if request is not None:
        group = ACT if request.is_urgent else WORK
        return group, _line(seen, _asked(seen, request, flags))
    if seen.patient.wrote_at is not None:
        return WORK, _line(seen, _wrote(seen, seen.patient.wrote_at))
    if seen.patient.died_at or seen.patient.closed_at:
        why = "Has died." if seen.patient.died_at else "Closed."
        return STEADY, _line(seen, _Why(why, "", (1, 0.0)))
    why, detail, place = _plan_work(seen)
    if why:
        return WORK, _line(seen, _Why(why, detail, (place, 0.0)))
    quiet = _quiet_words(seen.patient, seen.now)
    if quiet and seen.stands is not None:
        return WEEK, _line(seen, _Why(quiet, "", (9, 0.0)))
    return STEADY, _line(seen, _Why("Steady.", _steady_words(seen.stands), (0, 0.0)))


def _asked(seen: _Seen, request: ChangeRequest, flags: list[Flag]) -> _Why:
    local = request.answer_by.astimezone(seen.patient.zone)
    known = f" {flags[0].sentence}" if flags else ""
    late = " It is late." if request.answer_by <= seen.now else ""
    wrote = " Wrote to you." if seen.patient.wrote_at else ""
    return _Why(
        f"Asked {ASKS_FOR[request.ask].told}.",
        f"Answer by {clock_words(local)}, {short_day(local.date())}.{late}{known}{wrote}",
        (-1, request.answer_by.timestamp()),
        waiting=waiting_words(seen.now - request.asked_at),
        since=f"since {short_day(request.asked_at.astimezone(seen.patient.zone).date())}",
    )


def _wrote(seen: _Seen, since: datetime) -> _Why:
    return _Why(
        "Wrote to you.",
        "Nobody has read it yet.",
        (-1, since.timestamp()),
        waiting=waiting_words(seen.now - since),
        since=f"since {short_day(since.astimezone(seen.patient.zone).date())}",
    )


def _flagged(seen: _Seen, flags: list[Flag]) -> _Why:
    flag = flags[0]
    more = f"{len(flags) - 1} more open." if len(flags) > 1 else ""
    known = f"Seen by {flag.seen_by.name}." if flag.seen_by else ""
    asked = f"Asked {ASKS_FOR[seen.request.ask].told}." if seen.request else ""
    wrote = "Wrote to you." if seen.patient.wrote_at else ""
    words = " ".join(word for word in (_again(flag), known, more, asked, wrote) if word)
    local = flag.raised_at.astimezone(seen.patient.zone)
    is_today = local.date() == seen.now.astimezone(seen.patient.zone).date()
    return _Why(
        flag.sentence,
        words,
        (-flag.rank, flag.raised_at.timestamp()),
        flag=flag,
        waiting=waiting_words(seen.now - flag.raised_at),
        since=f"since {clock_words(local) if is_today else short_day(local.date())}",
    )


def _again(flag: Flag) -> str:
    return f"{flag.count} times." if flag.count > 1 else ""


def waiting_words(waited: timedelta) -> str:
    """`1 h 52 min`, `3 days`."""
    minutes = int(waited.total_seconds() // 60)
    if minutes >= 48 * 60:
        return f"{minutes // (24 * 60)}\u00a0days"
    if minutes >= 60:
        return f"{minutes // 60}\u00a0h {minutes % 60}\u00a0min"
    return f"{minutes}\u00a0min"


def _plan_work(seen: _Seen) -> tuple[str, str, int]:
    """The sentence for plan work, a detail, and its place in the group."""
    stands, draft = seen.stands, seen.draft
    if waiting_revision(seen.patient, seen.now, history=seen.history) is not None:
        return "Has not read the new plan yet.", "The dose stays until then.", 2
    if stands is None:
        detail = "Draft ready to sign." if draft else "Build one."
        return "No plan in force.", detail, 0
    if draft is not None and draft.drafted_at > (stands.revision.signed_at or seen.now):
        return "A draft is waiting to be signed.", "", 1
    if stands.course.held:
        return "On hold.", "No step clears until you resume.", 3
    if stands.gate_open:
        return "The step gate is open.", "No answer yet: the dose stays.", 4
    return "", "", 0


def _quiet_words(patient: Patient, now: datetime) -> str:
    today = now.astimezone(patient.zone).date()
    last = patient.last_checkin_on
    if last is None or (today - last).days < QUIET_DAYS:
        return ""
    return f"No check-in for {(today - last).days} days."


def _steady_words(stands: Standing | None) -> str:
    if stands is None or stands.next_step is None:
        return "No further step planned."
    planned = stands.course.planned
    return f"Next step not before {short_day(planned)}." if planned else ""


def _line(seen: _Seen, why: _Why) -> Line:
    first, values = seen.spark
    stands = seen.stands
    entered: Iterable[date] = (e.on for e in stands.course.entered[1:]) if stands else ()
    return Line(
        patient_id=seen.patient.pk,
        flag_id=why.flag.pk if why.flag else None,
        name=f"{seen.patient.name}, {age_of(seen.patient, seen.now)}",
        where=_where(stands),
        why=why.why,
        detail=why.detail,
        waiting=why.waiting,
        since=why.since,
        spark=values,
        cuts=tuple((day - first).days for day in entered if day >= first),
        spark_words=_spark_words(values),
        order=why.order,
    )


def age_of(patient: Patient, now: datetime) -> int:
    return patient.age_on(now.astimezone(patient.zone).date())


def _where(stands: Standing | None) -> str:
    if stands is None:
        return ""
    day = (stands.today - stands.entered_on).days + 1
    return f"{stands.medicine.name} {render_mg(stands.step.total)}, day {day} of this step"


def _spark_words(values: tuple[int | None, ...]) -> str:
    known = [value for value in values if value is not None]
    severe = sum(value >= 3 for value in known)
    return f"Last 28 days: {len(known)} days logged, {severe} severe or worse"
