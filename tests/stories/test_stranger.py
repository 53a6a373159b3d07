"""A stranger walks every address and gets 404 or the sign-in page; so does every wrong role."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from patients.models.endpoints import Endpoint
from patients.models.flags import Flag
from patients.services.absences import note_absence
from patients.services.checkins import submit_checkin
from patients.services.shares import share_record
from patients.services.visits import plan_visit
from schedules.models.plans import Revision
from schedules.services.requests import ask_change
from tests.cast import DAY, NOW, Role, a_person, a_plan, a_signed_plan

pytestmark = pytest.mark.django_db
PUBLIC = {
    "home",
    "live",
    "ready",
    "metrics",
    "service-worker",
    "help-now",
    "help-now-region",
    "join",
    "feed",
}
ALLAUTH_PUBLIC = "account_"
OWN = {"calendar", "data", "data-export", "data-delete", "questions", "questionnaire", "aftercare", "sharing", "share-end", "visit", "messages", "messages-read", "today", "diary", "supply", "progress", "plan", "gate", "change", "change-ask", "more", "checkin", "checkin-day",
       "checkin-safety", "checkin-grade", "checkin-more", "dose", "dose-soon", "dose-taken", "dose-undo", "zone"}  # fmt: skip
RECORD = {"review", "hold", "spoken-go", "plan-new", "plan-preview", "plan-sign", "plan-withdraw", "start-gates", "flag-seen",
          "thresholds", "flag-outcome", "care-team", "request-answer", "remarks", "remarks-read", "screen", "visits", "visit-off", "ending"}  # fmt: skip
LISTS = {"triage", "patients", "invite-patient", "break-glass"}
ANYBODY = {"reminders", "reminders-test", "reminders-device", "reminders-pager"}
SUPPORT = {"shared", "shared-record"}
OWN_WAY = {"reminders-arrived", "reminders-remove", "alarm"}
COVER = {"facts", "cover", "cover-name", "cover-end"}
MANAGE = {"people", "invite-staff", "people-switch", "ledger", "safety-contact",
          "backup", "clock", "test-alarm", "emergency-openings"}  # fmt: skip


def patterns(resolver=None, prefix=""):
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        elif isinstance(entry, URLPattern):
            yield entry.name, route


NAMES = {name: route for name, route in patterns() if not name.startswith(ALLAUTH_PUBLIC)}


def test_every_address_is_in_one_group():
    assert (
        set(NAMES) == PUBLIC | OWN | RECORD | LISTS | MANAGE | COVER | ANYBODY | OWN_WAY | SUPPORT
    )


@pytest.fixture
def things(cast, time_machine):
    time_machine.move_to(NOW, tick=False)
    a_plan(cast, now=NOW.replace(hour=10))
    submit_checkin(
        cast.ana, day=NOW.date(), today=NOW.date(), by=cast.ana.user, now=NOW, safety=["r1"]
    )
    a_signed_plan(cast)
    return {
        "patient_id": cast.ana.pk,
        "flag_id": Flag.objects.get().pk,
        "revision_id": Revision.objects.last().pk,
        "user_id": cast.bell.pk,
        "entry_id": uuid4(),
        "endpoint_id": uuid4(),
        "absence_id": uuid4(),
        "visit_id": plan_visit(cast.ana, starts_at=NOW + DAY, by=cast.bell, now=NOW).pk,
        "share_id": a_share(cast).pk,
        "request_id": ask_change(
            cast.ana, ask="talk", note="", by=cast.ana.user, now=NOW.replace(hour=12)
        ).pk,
        "kind": "gad-7",
        "day": "2026-03-02",
        "slot": "morning",
    }


def a_share(cast):
    return share_record(
        cast.ana, name="Sam", email="sam@home.example", parts=["days"], until=None,
        by=cast.ana.user, now=NOW,
    )  # fmt: skip


def a_supporter(cast):
    return a_person(cast.clinic, "Sam Supporter", Role.SUPPORTER, NOW)


def address(name, things):
    route = "/" + NAMES[name]
    for key, value in things.items():
        for kind in ("uuid", "str", "slug"):
            route = route.replace(f"<{kind}:{key}>", str(value))
    return route


def both(client, where):
    return [client.get(where), client.post(where)]


@pytest.mark.parametrize("name", sorted(set(NAMES) - PUBLIC))
def test_nobody_signed_in_gets_the_sign_in_page(things, name):
    for answer in both(Client(), address(name, things)):
        red = name == "checkin-safety" and answer.status_code == 503
        assert red or answer.status_code == 302
        if not red:
            assert answer.url.startswith("/accounts/login/")


def refused(user, name, things):
    client = Client()
    client.force_login(user)
    return [answer.status_code for answer in both(client, address(name, things))]


@pytest.mark.parametrize("name", sorted(RECORD))
@pytest.mark.parametrize("who", ["cole", "nurse", "admin", "other_patient", "own_patient"])
def test_a_record_opens_only_through_a_care_link(cast, things, name, who):
    users = {"other_patient": cast.ben.user, "own_patient": cast.ana.user}
    user = users.get(who) or getattr(cast, who)
    assert set(refused(user, name, things)) <= {404, 405}
    assert 404 in refused(user, name, things)


@pytest.mark.parametrize("name", sorted(LISTS))
@pytest.mark.parametrize("who", ["admin", "patient"])
def test_a_list_of_patients_is_for_clinicians(cast, things, name, who):
    user = cast.ana.user if who == "patient" else cast.admin
    assert set(refused(user, name, things)) <= {404, 405}


@pytest.mark.parametrize("name", sorted(MANAGE))
@pytest.mark.parametrize("who", ["bell", "nurse", "patient"])
def test_managing_people_is_for_admins(cast, things, name, who):
    user = cast.ana.user if who == "patient" else getattr(cast, who)
    assert set(refused(user, name, things)) <= {404, 405}


@pytest.mark.parametrize("name", sorted(OWN))
@pytest.mark.parametrize("who", ["bell", "admin"])
def test_a_diary_is_for_its_patient(cast, things, name, who):
    assert set(refused(getattr(cast, who), name, things)) <= {404, 405}


@pytest.mark.parametrize("name", sorted(SUPPORT))
@pytest.mark.parametrize("who", ["bell", "cole", "nurse", "admin", "patient", "supporter"])
def test_what_is_shared_is_for_whom_it_is_shared_with(cast, things, name, who):
    users = {"patient": cast.ana.user, "supporter": a_supporter(cast)}
    user = users.get(who) or getattr(cast, who)
    own_list = who == "supporter" and name == "shared"
    assert set(refused(user, name, things)) <= ({200, 405} if own_list else {404, 405})


@pytest.mark.parametrize("name", sorted(set(NAMES) - PUBLIC - SUPPORT - ANYBODY))
def test_a_support_person_gets_nothing_else(cast, things, name):
    statuses = set(refused(a_supporter(cast), name, things))
    red = name == "checkin-safety"
    assert statuses <= {404, 405} | ({503} if red else set())


@pytest.mark.parametrize("name", sorted(OWN_WAY))
@pytest.mark.parametrize("who", ["cole", "nurse", "admin", "patient"])
def test_a_way_to_reach_somebody_is_their_own(cast, things, name, who):
    bells = Endpoint.objects.create(
        user=cast.bell, channel="webhook", target="https://pager.example/x", added_at=NOW
    )
    user = cast.ana.user if who == "patient" else getattr(cast, who)
    assert set(refused(user, name, {**things, "endpoint_id": bells.pk})) <= {404, 405}
    assert Endpoint.objects.filter(pk=bells.pk, dead_since__isnull=True).exists()


@pytest.mark.parametrize("name", ["cover-name", "cover-end"])
@pytest.mark.parametrize("who", ["cole", "nurse", "other_admin", "patient"])
def test_an_absence_is_for_its_clinician_and_the_admin(cast, things, name, who):
    absence = note_absence(
        cast.bell, since=NOW, until=NOW + 7 * DAY, cover=None, by=cast.bell, now=NOW
    )
    there = {**things, "absence_id": absence.pk}
    others = {"patient": cast.ana.user, "cole": cast.cole, "nurse": cast.nurse}
    user = others.get(who) or a_person(cast.cole.clinic, "Admin Elsewhere", Role.ADMIN, NOW)
    assert set(refused(user, name, there)) <= {404, 405}
    absence.refresh_from_db()
    assert (absence.cover, absence.until) == (None, NOW + 7 * DAY)


def test_the_page_of_absences_is_not_for_patients(cast, things):
    assert refused(cast.ana.user, "cover", things) == [404, 404]


@pytest.mark.parametrize("who", ["bell", "nurse", "admin", "patient"])
def test_everybody_has_a_page_for_their_own_reminders(cast, things, who):
    client = Client()
    client.force_login(cast.ana.user if who == "patient" else getattr(cast, who))
    assert client.get("/more/reminders/").status_code == 200
    assert client.post("/more/reminders/device/", {}).status_code == 400
    clinician = who in ("bell", "nurse")
    sent = {"target": "https://pager.example/y"}
    assert client.post("/more/reminders/pager/", sent).status_code == (302 if clinician else 400)


def test_an_admin_cannot_switch_an_account_of_another_clinic(cast, things):
    assert 404 in refused(cast.admin, "people-switch", {**things, "user_id": cast.cole.pk})


def test_a_foreign_record_and_no_record_look_the_same(cast, things):
    client = Client()
    client.force_login(cast.cole)
    foreign = client.get(address("review", things))
    missing = client.get(address("review", {**things, "patient_id": uuid4()}))
    assert (foreign.status_code, foreign.content) == (404, missing.content)
    assert dict(foreign.headers) == dict(missing.headers)


def test_the_own_doctor_gets_in_and_leaves_a_line(cast, things):
    client = Client()
    client.force_login(cast.bell)
    assert client.get(address("review", things)).status_code == 200
    ana = Client()
    ana.force_login(cast.ana.user)
    assert "Dr Bell" in ana.get("/more/").content.decode()


def test_a_link_that_ended_closes_the_record_at_the_next_request(cast, things):
    client = Client()
    client.force_login(cast.bell)
    assert client.get(address("review", things)).status_code == 200
    cast.ana.links.update(until=NOW)
    assert client.get(address("review", things)).status_code == 404


def test_an_account_switched_off_is_out_at_once(cast, things):
    doctor, admin = Client(), Client()
    doctor.force_login(cast.bell)
    admin.force_login(cast.admin)
    admin.post(address("people-switch", things), {"off": "1"})
    assert doctor.get("/clinic/").status_code == 302


@pytest.mark.parametrize("who", ["ana", "bell", "admin"])
def test_every_page_of_ones_own_answers(cast, things, who):
    user = cast.ana.user if who == "ana" else getattr(cast, who)
    mine = {"ana": OWN - {"data-export", "data-delete", "share-end", "messages-read", "checkin-grade", "dose-taken", "dose-undo"},
            "bell": LISTS | {"review", "plan-new", "plan-sign", "cover"},
            "admin": MANAGE - {"people-switch", "safety-contact", "backup", "test-alarm"} | {"cover"}}[who]  # fmt: skip
    client = Client()
    client.force_login(user)
    for name in sorted(mine):
        answer = client.get(address(name, things))
        assert answer.status_code in (200, 302), name


def test_role_home(cast, client):
    expected = {cast.ana.user: "/today/", cast.bell: "/clinic/", cast.admin: "/manage/"}
    for user, page in expected.items():
        client.force_login(user)
        assert client.get("/").url == page


def test_an_account_is_not_switched_by_a_form_that_says_neither(cast, things):
    admin = Client()
    admin.force_login(cast.admin)
    page = admin.post(address("people-switch", things), {"of": "1"}, follow=True)
    assert "Choose on or off" in page.content.decode()
    cast.bell.refresh_from_db()
    assert cast.bell.is_active


def test_signing_up_is_closed(db, client):
    assert "by invitation" in client.get("/accounts/signup/").content.decode()
    sent = {"email": "x@y.example", "password1": "correct horse battery"}
    assert "by invitation" in client.post("/accounts/signup/", sent).content.decode()


def test_a_colleague_joins_and_leaves_the_care_team(cast, things):
    bell, nurse = Client(), Client()
    bell.force_login(cast.bell)
    nurse.force_login(cast.nurse)
    team, page = address("care-team", things), address("review", things)
    assert nurse.get(page).status_code == 404
    bell.post(team, {"person": str(cast.nurse.pk)})
    assert nurse.get(page).status_code == 200
    assert "Add to the care team" not in nurse.get(page).content.decode()
    bell.post(team, {"person": str(cast.nurse.pk), "end": "1"})
    assert nurse.get(page).status_code == 404
    last = bell.post(team, {"person": str(cast.bell.pk), "end": "1"}, follow=True)
    assert "must accept this patient first" in last.content.decode()


@pytest.mark.parametrize("person", ["", "x", "cole", "ana"])
def test_only_a_colleague_joins_the_care_team(cast, things, person):
    people = {"cole": cast.cole.pk, "ana": cast.ana.user.pk}
    bell = Client()
    bell.force_login(cast.bell)
    sent = {"person": str(people.get(person, person))}
    assert bell.post(address("care-team", things), sent).status_code == 404


def test_the_admin_names_the_safety_contact(cast, client):
    client.force_login(cast.admin)
    client.post("/manage/safety-contact/", {"person": str(cast.nurse.pk)})
    cast.clinic.refresh_from_db()
    assert cast.clinic.safety_contact == cast.nurse
    wrong = {"person": str(cast.ana.user.pk)}
    assert client.post("/manage/safety-contact/", wrong).status_code == 404
