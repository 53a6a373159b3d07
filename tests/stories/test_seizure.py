"""A seizure is reported: advice at once, a flag on the doctor's list, mail, and no lower dose."""

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from patients.models.flags import Flag
from patients.services.checkins import submit_checkin
from schedules.services.gates import clear_step
from tests.cast import DAY, NOW, a_plan, tick

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def test_a_seizure_is_reported(cast, time_machine):
    plan = a_plan(cast)
    answers = {"sleep": "yes", "symptoms": "yes", "boxes": "yes"}
    seen = str(plan.pk)
    clear_step(cast.ana, step=1, seen=seen, answers=answers, by=cast.ana.user, now=NOW + 6 * DAY)
    time_machine.move_to(NOW + 6.5 * DAY, tick=False)
    ana, bell = signed_in(cast.ana.user), signed_in(cast.bell)
    day = "2026-03-08"

    ana.post(f"/check-in/{day}/day/", {"day": "4"})
    page = ana.post(f"/check-in/{day}/safety/", {"flag": "r1", "region": "us"}).content.decode()
    assert "Call 911 now" in page
    assert "hospital check" in page
    assert "Nobody has seen it yet" in page

    tick(timezone.now())
    alarm = [message for message in mail.outbox if message.to == [cast.bell.email]]
    assert [message.subject for message in alarm] == ["Act today: 1 person"]
    assert "Ana" not in alarm[0].body

    triage = bell.get("/clinic/").content.decode()
    assert "Act today" in triage
    assert "Ticked a fit (seizure) or a blackout." in triage
    assert "1 urgent" in triage
    record = f"/clinic/patients/{cast.ana.pk}/"
    assert "Ticked a fit (seizure) or a blackout." in bell.get(record).content.decode()

    time_machine.move_to(NOW + 8 * DAY, tick=False)
    today = ana.get("/today/").content.decode()
    assert "1.5\u00a0mg a day" in today
    assert "told. Nobody has seen it yet" in today

    flag = Flag.objects.get(rule="RF-01")
    bell.post(f"/flags/{flag.pk}/seen/")
    assert "Dr Bell saw your answer" in ana.get("/today/").content.decode()

    said = bell.post(f"/flags/{flag.pk}/outcome/", {"close": "1", "note": "x"}, follow=True)
    assert "First log what you did" in said.content.decode()
    bell.post(f"/flags/{flag.pk}/outcome/", {"done": "spoke", "note": "In hospital, stable."})
    bell.post(f"/flags/{flag.pk}/outcome/", {"close": "1", "note": "Home again."})
    flag.refresh_from_db()
    assert (flag.state, flag.closed_by) == ("closed", cast.bell)
    assert "Dr Bell saw your answer" not in ana.get("/today/").content.decode()
    assert "Open flags" not in bell.get(record).content.decode()
    assert "1 urgent" not in bell.get("/clinic/").content.decode()

    time_machine.move_to(NOW + 12 * DAY, tick=False)
    assert "1.5\u00a0mg a day" in ana.get("/today/").content.decode()
    assert ana.get("/gate/").status_code == 200


def test_nobody_sees_it_and_the_ladder_climbs(cast, time_machine):
    time_machine.move_to(NOW, tick=False)
    today = NOW.date()
    submit_checkin(cast.ana, day=today, today=today, by=cast.ana.user, now=NOW, safety=["r1"])
    for minutes in range(0, 181, 1):
        tick(NOW + DAY * minutes / 1440)
    subjects = [message.subject for message in mail.outbox if message.to == [cast.bell.email]]
    assert subjects == ["Act today: 1 person"] + ["Still waiting: 1 person"] * 4


def test_words_of_crisis_in_a_note_open_the_help_page(cast, time_machine):
    time_machine.move_to(NOW, tick=False)
    ana = signed_in(cast.ana.user)
    sent = {"note": "I want to kill myself", "w1": "2"}
    page = ana.post("/check-in/2026-03-02/more/", sent, follow=True)
    assert "988" in page.content.decode()
    flag = Flag.objects.get(rule="RF-40")
    assert (flag.tier, flag.effect, flag.ack_minutes) == ("urgent", "hold", 60)
