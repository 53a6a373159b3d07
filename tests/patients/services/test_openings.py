"""Somebody new opens a record, with a link or without: the patient is told, once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from patients.models.audit import AuditEntry
from patients.models.care import CareLink
from patients.models.messages import Message
from patients.selectors.care import clinicians_of, may_open
from patients.services.absences import note_absence
from patients.services.care import LastLink, end_care, link_care
from patients.services.glass import GlassHolds, break_glass
from tests.cast import DAY, NOW, Role, a_patient, a_person

pytestmark = pytest.mark.django_db
REASON = "Called from the emergency room."


@pytest.fixture(autouse=True)
def at_now(time_machine):
    time_machine.move_to(NOW, tick=False)


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def told(cast):
    return Message.objects.filter(kind="record-opened", recipient=cast.ana.user)


def look(cast, user):
    return browser(user).get(f"/clinic/patients/{cast.ana.pk}/").status_code


def test_the_doctor_who_invited_is_no_news(cast):
    assert look(cast, cast.bell) == 200
    assert not told(cast).exists()


def test_a_colleague_is_told_at_the_first_look_and_not_before(cast):
    link_care(cast.ana, cast.nurse, by=cast.bell, now=NOW)
    assert not told(cast).exists()
    for _ in range(2):
        assert look(cast, cast.nurse) == 200
    assert told(cast).count() == 1


def test_whoever_covers_is_told_too(cast):
    note_absence(cast.bell, since=NOW, until=NOW + DAY, cover=cast.nurse, by=cast.bell, now=NOW)
    assert look(cast, cast.nurse) == 200
    assert told(cast).count() == 1


def glass(cast, by=None, **changes):
    given = {"name": "ana  SILVA", "born_on": cast.ana.born_on, "reason": REASON}
    return break_glass(**{**given, **changes}, by=by or cast.nurse, now=NOW)


def test_broken_glass_opens_the_record_for_an_hour(cast):
    assert glass(cast) == cast.ana
    for minutes, opens in ((0, True), (59, True), (60, False)):
        at = NOW + timedelta(minutes=minutes)
        assert may_open(cast.nurse, cast.ana.pk, now=at) is opens


def test_the_patient_and_the_admins_are_told_and_the_admins_not_of_whom(cast):
    glass(cast)
    assert look(cast, cast.nurse) == 200
    assert told(cast).count() == 1
    note = Message.objects.get(kind="break-glass")
    assert (note.recipient, note.patient) == (cast.admin, None)
    page = browser(cast.ana.user).get("/more/").content.decode()
    assert REASON in page
    assert "Nandi Mbeki" in page
    seen = browser(cast.admin).get("/manage/opened/").content.decode()
    assert "Nandi Mbeki" in seen
    assert "Ana" not in seen
    assert REASON not in seen


def test_the_patient_is_told_before_anybody_has_looked(cast):
    glass(cast)
    assert told(cast).count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"name": "Ana"}, "No record"), ({"name": "Ben Okri"}, "No record"), ({"reason": "  hurry "}, "10 letters")],
)  # fmt: skip
def test_glass_that_holds(cast, changes, words):
    with pytest.raises(GlassHolds, match=words):
        glass(cast, **changes)
    assert not CareLink.objects.filter(kind="break-glass").exists()


def test_another_clinic_and_no_record_hold_alike(cast):
    for by, name in ((cast.cole, "Ana Silva"), (cast.cole, "Nobody Atall")):
        with pytest.raises(GlassHolds, match="No record of your clinic"):
            glass(cast, by=by, name=name)


def test_two_people_of_one_name_and_day_do_not_open(cast):
    twin = a_patient(cast.clinic, cast.bell, "Ana Silva2")
    type(twin.user).objects.filter(pk=twin.user.pk).update(name="Ana Silva")
    with pytest.raises(GlassHolds, match="No record"):
        glass(cast)


def test_a_sixth_try_in_an_hour_waits(cast):
    for _ in range(5):
        with pytest.raises(GlassHolds, match="No record"):
            glass(cast, name="Nobody")
    with pytest.raises(GlassHolds, match="Five tries"):
        glass(cast)
    assert AuditEntry.objects.filter(action="glass-tried").count() == 5


def test_an_own_patient_needs_no_glass(cast):
    assert glass(cast, by=cast.bell) == cast.ana
    assert not CareLink.objects.filter(kind="break-glass").exists()


@pytest.mark.parametrize("who", ["admin", "ana"])
def test_only_clinicians_break_glass(cast, who):
    by = cast.ana.user if who == "ana" else cast.admin
    with pytest.raises(GlassHolds, match="cannot open"):
        glass(cast, by=by)


def test_who_broke_glass_is_not_asked_and_does_not_count_as_care(cast):
    glass(cast)
    assert clinicians_of(cast.ana, now=NOW) == [cast.bell]
    with pytest.raises(LastLink):
        end_care(cast.ana, cast.bell, by=cast.bell, now=NOW)


def test_the_backup_is_asked_while_only_a_glass_breaker_is_there(cast):
    backup = a_person(cast.clinic, "Dr Dale", Role.DOCTOR)
    cast.clinic.backup = backup
    cast.clinic.save()
    cast.ana.refresh_from_db()
    note_absence(cast.bell, since=NOW, until=NOW + DAY, cover=None, by=cast.bell, now=NOW)
    glass(cast)
    assert clinicians_of(cast.ana, now=NOW) == [backup]


def test_the_table_refuses_glass_without_a_reason_or_an_end(cast):
    for wrong in ({"reason": "", "until": NOW + DAY}, {"reason": "x", "until": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CareLink.objects.create(
                patient=cast.ana, clinician=cast.nurse, kind="break-glass", since=NOW, **wrong
            )


def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(cast):
    nurse = browser(cast.nurse)
    sent = {"name": "Nobody", "born_on": "1984-05-06", "reason": REASON}
    page = nurse.post("/clinic/break-glass/", sent).content.decode()
    assert "No record of your clinic" in page
    assert REASON in page
    found = nurse.post("/clinic/break-glass/", {**sent, "name": "Ana Silva"})
    assert found.url == f"/clinic/patients/{cast.ana.pk}/"
    assert nurse.get(found.url).status_code == 200
