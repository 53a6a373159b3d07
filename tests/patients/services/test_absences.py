"""Away: the cover gets records and alarms for just that time; nobody named is told every day."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from patients.models.absences import Absence
from patients.models.audit import AuditEntry
from patients.models.care import CareLink
from patients.models.messages import Message
from patients.selectors.care import clinicians_of, may_open, visible_patients
from patients.services.absences import (
    AbsenceRefused,
    end_absence,
    keep_cover,
    name_cover,
    note_absence,
)
from patients.services.accounts import name_backup, name_safety_contact, switch_account
from patients.services.care import link_care
from patients.services.checkins import submit_checkin
from tests.cast import DAY, NOW, Role, a_patient, a_person, tick

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def osei(cast):
    return a_person(cast.clinic, "Dr Osei", Role.DOCTOR, NOW)


def away(cast, *, cover=None, since=NOW + DAY, until=NOW + 8 * DAY, clinician=None, now=NOW):
    who = clinician or cast.bell
    return note_absence(who, since=since, until=until, cover=cover, by=who, now=now)


def sees(user, patient, now):
    seen = may_open(user, patient.pk, now=now)
    assert seen == visible_patients(user, now=now).filter(pk=patient.pk).exists()
    return seen


def test_the_record_opens_to_the_cover_for_just_that_time(cast, osei):
    away(cast, cover=osei)
    hours = [NOW, NOW + DAY - SECOND, NOW + DAY, NOW + 8 * DAY - SECOND, NOW + 8 * DAY]
    assert [sees(osei, cast.ana, now) for now in hours] == [False, False, True, True, False]
    assert sees(cast.bell, cast.ana, NOW + 2 * DAY)
    link = CareLink.objects.get(clinician=osei)
    assert (link.kind, link.until) == ("cover", NOW + 8 * DAY)
    assert AuditEntry.objects.filter(action="cover-linked", patient_id=cast.ana.pk).count() == 1


def test_alarms_go_to_the_cover_and_not_to_who_is_away(cast, osei):
    away(cast, cover=osei)
    assert clinicians_of(cast.ana, now=NOW) == [cast.bell]
    assert clinicians_of(cast.ana, now=NOW + 2 * DAY) == [osei]
    assert clinicians_of(cast.ana, now=NOW + 8 * DAY) == [cast.bell]


def red(cast, now):
    day = cast.ana.days.day_of(now)
    submit_checkin(
        cast.ana, day=day, today=day, by=cast.ana.user, now=now, overall=3, safety=["r1"]
    )
    return {message.recipient for message in Message.objects.filter(kind="flag")}


def test_a_red_answer_reaches_the_cover(cast, osei):
    away(cast, cover=osei)
    assert red(cast, NOW + 2 * DAY) == {osei}


def test_without_a_cover_it_reaches_backup_and_safety_contact_with_the_record(cast, osei):
    contact = a_person(cast.clinic, "Dr Safe", Role.DOCTOR, NOW)
    name_backup(cast.clinic, osei, by=cast.admin, now=NOW)
    name_safety_contact(cast.clinic, contact, by=cast.admin, now=NOW)
    cast.ana.clinic.refresh_from_db()
    away(cast)
    now = NOW + 2 * DAY
    assert red(cast, now) == {osei, contact}
    assert sees(osei, cast.ana, now)
    assert sees(contact, cast.ana, now)


def test_where_nobody_else_is_there_it_still_reaches_somebody(cast):
    cast.clinic.backup = cast.clinic.safety_contact = None
    cast.clinic.save()
    cast.ana.clinic.refresh_from_db()
    away(cast)
    assert red(cast, NOW + 2 * DAY) == {cast.bell}


def test_another_cover_takes_over_and_the_first_is_out(cast, osei):
    absence = away(cast, cover=osei)
    later = NOW + 2 * DAY
    name_cover(absence, cast.nurse, by=cast.bell, now=later)
    assert not sees(osei, cast.ana, later)
    assert sees(cast.nurse, cast.ana, later)
    name_cover(absence, osei, by=cast.bell, now=later + DAY)
    assert sees(osei, cast.ana, later + DAY)
    assert not sees(cast.nurse, cast.ana, later + DAY)
    told = Message.objects.filter(kind="cover-named").values_list("recipient__name", flat=True)
    assert sorted(told) == sorted([osei.name, cast.nurse.name])


@pytest.mark.parametrize("after", [0, 2])
def test_back_earlier_closes_the_records_at_once(cast, osei, after):
    absence = away(cast, cover=osei)
    now = NOW + after * DAY
    end_absence(absence, by=cast.bell, now=now)
    assert not sees(osei, cast.ana, now)
    assert not sees(osei, cast.ana, NOW + 4 * DAY)
    assert clinicians_of(cast.ana, now=NOW + 4 * DAY) == [cast.bell]


def test_a_patient_who_comes_meanwhile_is_covered_within_the_hour(cast, osei):
    away(cast, cover=osei)
    now = NOW + 2 * DAY
    new = a_patient(cast.clinic, cast.bell, "New", now)
    assert not sees(osei, new, now)
    keep_cover(now)
    keep_cover(now)
    assert sees(osei, new, now)
    assert CareLink.objects.filter(clinician=osei, patient=new).count() == 1


def test_a_colleague_with_a_link_needs_no_second_one(cast, osei):
    link_care(cast.ana, osei, by=cast.bell, now=NOW)
    away(cast, cover=osei)
    kinds = CareLink.objects.filter(clinician=osei, patient=cast.ana)
    assert list(kinds.values_list("kind", flat=True)) == ["care"]


def test_nobody_named_is_asked_for_every_day_from_the_day_before(cast):
    away(cast, since=NOW + 3 * DAY, until=NOW + 6 * DAY)
    for hour in range(24 * 8):
        tick(NOW + timedelta(hours=hour))
    rows = Message.objects.filter(kind="absence")
    by_person = {
        person: rows.filter(recipient=person).count() for person in (cast.bell, cast.admin)
    }
    assert by_person == {cast.bell: 5, cast.admin: 5}
    assert rows.count() == 10


def test_a_name_ends_the_asking(cast, osei):
    absence = away(cast)
    tick(NOW + DAY)
    before = Message.objects.filter(kind="absence").count()
    name_cover(absence, osei, by=cast.admin, now=NOW + DAY)
    tick(NOW + 3 * DAY)
    assert Message.objects.filter(kind="absence").count() == before > 0
    switch_account(osei, on=False, by=cast.admin, now=NOW + 3 * DAY)
    keep_cover(NOW + 4 * DAY)
    assert Message.objects.filter(kind="absence").count() > before


def test_who_cannot_cover(cast, osei):
    absence = away(cast)
    away(cast, clinician=osei, since=NOW + 5 * DAY, until=NOW + 6 * DAY)
    off = a_person(cast.clinic, "Dr Off", Role.DOCTOR, NOW)
    switch_account(off, on=False, by=cast.admin, now=NOW)
    off.refresh_from_db()
    for person in (cast.bell, cast.cole, cast.admin, osei, off):
        with pytest.raises(AbsenceRefused):
            name_cover(absence, person, by=cast.bell, now=NOW)
    absence.refresh_from_db()
    assert absence.cover is None


def test_an_absence_that_was_removed_is_in_nobodys_way(cast, osei):
    end_absence(away(cast), by=cast.bell, now=NOW)
    away(cast, since=NOW, until=NOW + 3 * DAY)
    end_absence(away(cast, clinician=osei), by=osei, now=NOW)
    away(cast, cover=osei, since=NOW + 5 * DAY, until=NOW + 6 * DAY)


def test_absences_of_one_person_do_not_overlap(cast):
    away(cast)
    with pytest.raises(AbsenceRefused):
        away(cast, since=NOW + 7 * DAY, until=NOW + 9 * DAY)
    away(cast, since=NOW + 8 * DAY, until=NOW + 9 * DAY)
    with pytest.raises(AbsenceRefused):
        away(cast, since=NOW - 3 * DAY, until=NOW - DAY)


def test_the_table_refuses_impossible_rows(cast):
    absence = away(cast)
    for wrong in ({"cover": cast.bell}, {"until": NOW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Absence.objects.filter(pk=absence.pk).update(**wrong)


@pytest.fixture
def bell(cast, time_machine):
    time_machine.move_to(NOW, tick=False)
    client = Client()
    client.force_login(cast.bell)
    return client


def test_from_the_page(cast, osei, bell):
    sent = {"first": "2026-03-09", "last": "2026-03-13", "cover": str(osei.pk)}
    page = bell.post("/cover/", sent, follow=True).content.decode()
    assert "9 March 2026" in page
    assert "13 March 2026" in page
    absence = Absence.objects.get()
    assert absence.until - absence.since == 5 * DAY - timedelta(0)
    page = bell.post(f"/cover/{absence.pk}/end/", follow=True).content.decode()
    assert "Removed." in page
    assert "9 March 2026" not in page


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"first": "2026-03-09", "last": "2026-03-08"}, "The last day is before the first"),
        ({"first": "2026-02-01", "last": "2026-02-03"}, "within a year from now"),
        ({"first": "2026-03-09", "last": "2028-03-09"}, "within a year from now"),
        ({"first": "soon", "last": "2026-03-09"}, "Type a date"),
        ({"first": "", "last": ""}, "Choose a day."),
        (
            {"first": "2026-03-09", "last": "2026-03-10", "cover": "x"},
            "Choose a person of the list.",
        ),
    ],
)
def test_bad_days_get_a_sentence_and_lose_nothing(cast, bell, sent, words):
    page = bell.post("/cover/", sent).content.decode()
    assert words in page
    assert f'value="{sent["last"]}"' in page or not sent["last"]
    assert not Absence.objects.exists()


def test_an_admin_notes_it_for_somebody_and_names_the_cover(cast, osei, bell):
    admin = Client()
    admin.force_login(cast.admin)
    sent = {"clinician": str(cast.bell.pk), "first": "2026-03-09", "last": "2026-03-13"}
    page = admin.post("/cover/", sent, follow=True).content.decode()
    assert "Nobody yet" in page
    absence = Absence.objects.get()
    sent = {"person": str(osei.pk)}
    page = admin.post(f"/cover/{absence.pk}/name/", sent, follow=True).content.decode()
    assert "Dr Osei answers for Dr Bell" in page
    sent = {"clinician": str(cast.cole.pk), "first": "2026-03-09", "last": "2026-03-13"}
    assert "Choose a person of the list." in admin.post("/cover/", sent).content.decode()


def test_the_patient_reads_who_covers(cast, osei, time_machine):
    away(cast, cover=osei)
    time_machine.move_to(NOW + 2 * DAY, tick=False)
    ana = Client()
    ana.force_login(cast.ana.user)
    page = ana.get("/more/").content.decode()
    assert "Dr Osei" in page
    assert "until 10 March 2026" in page
