"""A day's answers, its corrections, and the flags they raise."""

from datetime import timedelta

import pytest
from django.test import Client

from patients.models.audit import AuditEntry
from patients.models.checkins import CheckIn
from patients.models.flags import Flag
from patients.models.messages import Message
from patients.selectors.checkins import checkin_on
from patients.services import flags as flag_services
from patients.services.checkins import CheckInRefused, submit_checkin
from tests.cast import DAY, NOW

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def submit(cast, day=TODAY, now=NOW, **answers):
    return submit_checkin(cast.ana, day=day, today=TODAY, by=cast.ana.user, now=now, **answers)


def test_a_field_goes_from_empty_to_a_value_in_one_row(cast):
    submit(cast, overall=1)
    submit(cast, safety=[])
    row = CheckIn.objects.get()
    assert row.is_complete
    assert row.ratings is None


def test_unanswered_is_unknown(cast):
    submit(cast, overall=0)
    assert CheckIn.objects.get().safety is None


def test_a_correction_is_a_row_that_supersedes(cast):
    submit(cast, overall=1, safety=[])
    submit(cast, overall=2)
    assert CheckIn.objects.count() == 2
    now = checkin_on(cast.ana, TODAY)
    assert (now.overall, now.safety, now.supersedes.overall) == (2, [], 1)


def test_the_same_answer_again_changes_nothing(cast):
    submit(cast, overall=1)
    submit(cast, overall=1)
    assert CheckIn.objects.count() == 1
    assert AuditEntry.objects.filter(action="checkin-saved").count() == 1


def test_ratings_give_w_and_blanks_are_prorated(cast):
    submit(cast, ratings={f"w{n}": 2 for n in range(1, 10)})
    row = CheckIn.objects.get()
    assert (row.w, row.w_prorated) == (20, True)


def test_few_ratings_give_no_w(cast):
    submit(cast, ratings={"w1": 4})
    assert CheckIn.objects.get().w is None


@pytest.mark.parametrize("days", [1, -15])
def test_days_that_cannot_be_filled_in(cast, days):
    with pytest.raises(CheckInRefused):
        submit(cast, day=TODAY + days * DAY, overall=1)


@pytest.mark.parametrize(
    "answers", [{"overall": 5}, {"ratings": {"w99": 1}}, {"ratings": {"w1": 9}}, {"mood": 1}]
)
def test_answers_that_do_not_exist(cast, answers):
    with pytest.raises(CheckInRefused):
        submit(cast, **answers)
    assert CheckIn.objects.count() == 0


def test_a_red_answer_raises_a_flag_tells_the_doctor_and_leaves_a_line(cast):
    submit(cast, safety=["r1"])
    flag = Flag.objects.get()
    assert (flag.rule, flag.tier, flag.state) == ("RF-01", "emergency", "raised")
    assert flag.next_escalation_at == NOW + timedelta(minutes=15)
    message = Message.objects.get(kind="flag")
    assert message.recipient == cast.bell
    assert AuditEntry.objects.filter(action="flag-raised", patient_id=cast.ana.pk).exists()
    cast.ana.refresh_from_db()
    assert (cast.ana.open_flag_level, cast.ana.last_checkin_on) == (4, TODAY)


def test_answer_flag_and_message_commit_together(cast, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(flag_services, "post_message", broken)
    with pytest.raises(RuntimeError):
        submit(cast, safety=["r1"])
    assert (CheckIn.objects.count(), Flag.objects.count()) == (0, 0)
    assert (
        AuditEntry.objects.filter(patient_id=cast.ana.pk, action__startswith="check").count() == 0
    )


def test_correcting_a_red_answer_never_closes_the_flag(cast):
    submit(cast, safety=["r1"])
    submit(cast, safety=[])
    assert Flag.objects.get().state == "raised"


def test_adding_a_note_does_not_raise_the_flag_again(cast):
    submit(cast, safety=["r1"])
    submit(cast, note="It was in the kitchen.")
    assert Flag.objects.get().count == 1


def test_a_grade_is_stored_and_the_flag_stays(cast):
    submit(cast, safety=["r4"])
    submit(cast, r4_grade=0)
    assert CheckIn.objects.get().r4_grade == 0
    assert Flag.objects.get().tier == "emergency"


def test_red_flags_never_join_across_days(cast):
    submit(cast, day=TODAY - DAY, safety=["r1"])
    submit(cast, safety=["r1"])
    assert Flag.objects.count() == 2


def test_very_severe_days_raise_an_urgent_flag_once(cast):
    submit(cast, day=TODAY - DAY, overall=4)
    submit(cast, overall=4)
    submit(cast, note="again")
    assert [flag.rule for flag in Flag.objects.all()] == ["RF-10b"]


def more(cast, **sent):
    client = Client()
    client.force_login(cast.ana.user)
    return client, client.post(f"/check-in/{NOW.date()}/more/", {"save": "1", **sent})


@pytest.fixture
def at_now(time_machine):
    time_machine.move_to(NOW, tick=False)


def test_what_happened_is_kept_flagged_and_answered_on_the_page(cast, at_now):
    client, answer = more(cast, opioid="1", drinks="2", new_medicine="codeine\x00")
    assert answer.status_code == 302
    row = CheckIn.objects.get()
    assert (row.events, row.new_medicine) == ({"opioid": 1, "drinks": 2}, "codeine")
    assert set(Flag.objects.values_list("rule", flat=True)) == {"RF-31", "RF-32b"}
    page = client.get("/today/").content.decode()
    assert "This mix can stop breathing" in page


def test_a_box_that_is_ticked_no_longer_is_a_no_and_the_old_answer_stays(cast, at_now):
    more(cast, fall="1")
    client, _ = more(cast, drinks="0")
    rows = CheckIn.objects.order_by("recorded_at", "supersedes")
    assert [row.events for row in rows if row.supersedes_id] == [{"fall": 0, "drinks": 0}]
    assert rows.count() == 2
    page = client.get(f"/check-in/{NOW.date()}/more/").content.decode()
    assert 'name="fall" value="1" checked' not in page
    assert 'name="drinks" autocomplete="off" value="0"' in page


@pytest.mark.parametrize("drinks", ["-1", "2.5", "41", "many", "9" * 5000, "٣"])
def test_a_number_of_drinks_that_is_none(cast, at_now, drinks):
    _, answer = more(cast, drinks=drinks, note="Kept words")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Type a whole number of drinks" in page
    assert "Kept words" in page
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize("events", [{"x": 1}, {"drinks": 41}, {"fall": -1}])
def test_events_that_are_not_asked_are_refused(cast, events):
    with pytest.raises(CheckInRefused):
        submit_checkin(
            cast.ana, day=NOW.date(), today=NOW.date(), by=cast.ana.user, now=NOW, events=events
        )


def test_the_words_of_a_rule_name_the_time_the_clinic_reads(cast, at_now):
    client, _ = more(cast, pregnant="1")
    assert "Your clinic reads this at 8\u00a0am." in client.get("/today/").content.decode()
