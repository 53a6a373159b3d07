"""What patient and clinic write to each other: once, told, read by a named person, never forgotten."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from patients.domain.redflags import signs_in
from patients.models.audit import AuditEntry
from patients.models.flags import Flag
from patients.models.messages import Message
from patients.models.remarks import Remark
from patients.services.absences import note_absence
from patients.services.accounts import name_backup
from patients.services.remarks import (
    RemarkRefused,
    chase_remarks,
    gathered,
    read_remarks,
    write_remark,
)
from tests.cast import DAY, NOW, tick

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
IN_TIME = datetime(2026, 3, 4, 5, 0, tzinfo=UTC)


def write(cast, text="May I go on?", by=None, at=NOW, key=None):
    return write_remark(
        cast.ana, text=text, client_uuid=key or uuid4(), by=by or cast.ana.user, now=at
    )


def told(kind, **more):
    return Message.objects.filter(kind=kind, **more)


def test_the_clinic_is_told_at_once_without_the_words(cast):
    write(cast)
    message = told("patient-wrote").get()
    assert (message.recipient, message.patient) == (cast.bell, cast.ana)
    assert "go on" not in str(message.params)
    assert Remark.objects.get().answer_by == IN_TIME


def test_three_texts_unread_are_one_message_and_the_next_pile_another(cast):
    for hour in range(3):
        write(cast, at=NOW + hour * HOUR)
    assert told("patient-wrote").count() == 1
    read_remarks(cast.ana, by=cast.bell, now=NOW + 4 * HOUR)
    write(cast, at=NOW + 5 * HOUR)
    assert told("patient-wrote").count() == 2


def test_the_same_submission_is_kept_once(cast):
    key = uuid4()
    assert write(cast, key=key) == write(cast, key=key)
    assert Remark.objects.count() == 1


@pytest.mark.parametrize("text", ["", "   ", "\n", "x" * 4001])
def test_nothing_and_too_much_are_refused(cast, text):
    with pytest.raises(RemarkRefused, match="4,000"):
        write(cast, text=text)


def test_the_patient_is_told_and_again_two_days_later_unless_read(cast):
    write(cast, by=cast.bell)
    assert [m.due_at for m in told("message").order_by("due_at")] == [NOW, NOW + 2 * DAY]
    tick(NOW)
    read_remarks(cast.ana, by=cast.ana.user, now=NOW + HOUR)
    tick(NOW + 2 * DAY)
    states = list(told("message").order_by("due_at").values_list("state", "reason"))
    assert states == [("sent", ""), ("cancelled", "read already")]


def columns(cast):
    cast.ana.refresh_from_db()
    return cast.ana.wrote_at, cast.ana.written_to_at


def test_the_columns_of_the_lists_follow_the_texts(cast):
    write(cast)
    write(cast, at=NOW + HOUR)
    assert columns(cast) == (NOW, None)
    write(cast, by=cast.bell, at=NOW + 2 * HOUR)
    assert columns(cast) == (None, NOW + 2 * HOUR)
    read_remarks(cast.ana, by=cast.ana.user, now=NOW + 3 * HOUR)
    assert columns(cast) == (None, None)


def test_nobody_reads_their_own_words(cast):
    write(cast)
    assert read_remarks(cast.ana, by=cast.ana.user, now=NOW) == 0
    assert read_remarks(cast.ana, by=cast.bell, now=NOW) == 1
    assert Remark.objects.get().read_by == cast.bell


def test_writing_and_reading_leave_a_line_without_the_words(cast):
    write(cast, text="I slept badly.")
    read_remarks(cast.ana, by=cast.bell, now=NOW)
    lines = AuditEntry.objects.filter(action__startswith="remark")
    assert sorted(lines.values_list("action", flat=True)) == ["remark-written", "remarks-read"]
    assert "slept" not in str(list(lines.values()))


def test_words_nobody_reads_in_time_become_a_flag_once(cast):
    write(cast)
    assert chase_remarks(IN_TIME - HOUR) == 0
    assert chase_remarks(IN_TIME) == 1
    assert chase_remarks(IN_TIME + HOUR) == 0
    assert Flag.objects.get().rule == "RF-42"
    assert told("patient-wrote").count() == 2


def test_a_pile_is_chased_once(cast):
    write(cast)
    write(cast, at=NOW + HOUR)
    assert chase_remarks(IN_TIME) == 1
    assert Flag.objects.get(rule="RF-42").count == 1


def test_the_backup_is_asked_too_and_gets_the_record(cast):
    name_backup(cast.clinic, cast.nurse, by=cast.admin, now=NOW)
    write(cast)
    tick(IN_TIME)
    assert told("patient-wrote", recipient=cast.nurse).count() == 1
    assert cast.ana.links.filter(clinician=cast.nurse, kind="escalation").exists()


def test_words_that_were_read_are_not_chased(cast):
    write(cast)
    read_remarks(cast.ana, by=cast.bell, now=NOW)
    assert chase_remarks(IN_TIME + 9 * DAY) == 0


def test_while_the_doctor_is_away_her_cover_is_told(cast):
    note_absence(cast.bell, since=NOW, until=NOW + DAY, cover=cast.nurse, by=cast.bell, now=NOW)
    write(cast)
    assert told("patient-wrote").get().recipient == cast.nurse


@pytest.mark.parametrize(("hour", "due"), [(7, 8), (8, 8), (9, 32)])
def test_who_wants_them_once_a_day_gets_them_at_eight(cast, hour, due):
    cast.bell.gathers_messages, cast.bell.time_zone = True, "UTC"
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    assert gathered(cast.bell, midnight + hour * HOUR) == midnight + due * HOUR
    cast.bell.gathers_messages = False
    assert gathered(cast.bell, midnight + hour * HOUR) == midnight + hour * HOUR


def test_both_sides_may_want_them_once_a_day(cast):
    for person in (cast.bell, cast.ana.user):
        person.gathers_messages, person.time_zone = True, "UTC"
        person.save()
    cast.ana.refresh_from_db()
    write(cast)
    write(cast, by=cast.bell)
    morning = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
    assert told("patient-wrote").get().due_at == morning
    assert told("message").order_by("due_at").first().due_at == morning


@pytest.mark.parametrize(
    ("text", "signs"),
    [("I had a seizure", {"r1"}), ("I can\u2019t breathe", {"r5"}), ("an overdose", {"r5"}),
     ("I want to die", {"r4"}), ("seizure, want to die", {"r1", "r4"}), ("All fine", set())],
)  # fmt: skip
def test_words_of_crisis(text, signs):
    assert signs_in(text) == signs


def browser(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def send(client, text, **more):
    sent = {"text": text, "client_uuid": str(uuid4()), "region": "us", **more}
    return client.post("/messages/", sent)


def test_words_of_crisis_are_kept_flagged_and_answered_with_the_advice(cast):
    page = send(browser(cast.ana.user), "I want to die")
    assert page.status_code == 200
    assert "Call 911 now" in page.content.decode()
    assert "988" in page.content.decode()
    assert Flag.objects.get().rule == "RF-40"
    assert Remark.objects.count() == 1


@pytest.mark.parametrize(
    "target",
    ["patients.views.remarks.write_remark", "patients.views.remarks.own_record",
     "patients.services.remarks.raise_flag", "patients.services.remarks.post_message",
     "patients.services.remarks.record", "django.contrib.auth.middleware.get_user"],
)  # fmt: skip
def test_the_advice_is_there_whatever_fails(cast, monkeypatch, target):
    def broken(*args, **kwargs):
        raise RuntimeError("broken on purpose")

    client = browser(cast.ana.user)
    monkeypatch.setattr(target, broken)
    page = send(client, "I want to die")
    assert "Call 911 now" in page.content.decode()
    assert "could not save" in page.content.decode()
    assert page.status_code == 503
    assert not Remark.objects.exists()


def test_signed_out_in_the_meantime_the_advice_is_there(db):
    assert "Call 911 now" in send(Client(), "I want to die").content.decode()


def test_from_page_to_page(cast, time_machine):
    time_machine.move_to(NOW, tick=False)
    ana, bell = browser(cast.ana.user), browser(cast.bell)
    assert send(ana, "May I swim?").url == "/messages/"
    review = f"/clinic/patients/{cast.ana.pk}/"
    assert "May I swim?" in bell.get(review).content.decode()
    assert "Wrote to you." in bell.get("/clinic/").content.decode()
    assert "Not read yet" in ana.get("/messages/").content.decode()
    bell.post(f"{review}messages/", {"text": "Yes.", "client_uuid": str(uuid4())})
    assert "Wrote to you." not in bell.get("/clinic/").content.decode()
    assert "Your clinic has written to you" in ana.get("/today/").content.decode()
    page = ana.get("/messages/").content.decode()
    assert "Dr Bell has read this" in page
    assert "Yes." in page
    ana.post("/messages/read/")
    assert "has written to you" not in ana.get("/today/").content.decode()


def test_text_is_never_markup(cast, time_machine):
    time_machine.move_to(NOW, tick=False)
    ana = browser(cast.ana.user)
    send(ana, "<b onclick=x>&\x00hi")
    assert "&lt;b onclick=x&gt;&amp;hi" in ana.get("/messages/").content.decode()


def test_what_is_wrong_is_said_and_the_words_stay(cast):
    page = browser(cast.ana.user).post("/messages/", {"text": "Hello", "client_uuid": "x"})
    assert page.status_code == 400
    assert "send it again" in page.content.decode()
    assert ">Hello</textarea>" in page.content.decode()


def test_the_table_refuses_half_truths(cast):
    given = {"patient": cast.ana, "author": cast.ana.user, "written_at": NOW}
    for wrong in ({"text": ""}, {"text": "x", "read_at": NOW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Remark.objects.create(client_uuid=uuid4(), **given, **wrong)
