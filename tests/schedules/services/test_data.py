"""One's own data: taken along whole, deleted in thirty days, with a receipt and nothing left."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.core import mail
from django.test import Client

from patients.models.accounts import User
from patients.models.audit import AuditEntry
from patients.models.care import Patient
from patients.models.deletions import Deletion
from patients.models.messages import Message
from patients.services.checkins import submit_checkin
from patients.services.deletions import DeletionRefused, ask_deletion, take_back_deletion
from patients.services.questionnaires import fill_in
from patients.services.remarks import write_remark
from patients.services.shares import share_record
from patients.services.sign_ins import note_sign_in
from patients.services.visits import plan_visit
from schedules.models.supply import PARTS
from schedules.services import erasure
from schedules.services.diary import record_dose
from schedules.services.doses import Answer
from schedules.services.erasure import erase_due
from schedules.services.plans import hold_plan
from schedules.services.requests import ask_change
from schedules.services.supply import count_boxes
from tests.cast import DAY, NOW, PASSWORD, a_plan, a_signed_plan, a_uuid, tick

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
THEN = NOW + 30 * DAY


@pytest.fixture
def lived(cast):
    """A record with a row of nearly everything."""
    me = {"by": cast.ana.user, "now": NOW}
    a_plan(cast, now=NOW - HOUR)
    day = NOW.date()
    for overall in (1, 2):
        submit_checkin(cast.ana, day=day, today=day, overall=overall, safety=["r1"], **me)
    for kind in ("taken", "none"):
        answer = Answer(kind, correct=True)
        record_dose(cast.ana, day=day, slot="morning", answer=answer, client_uuid=a_uuid(), **me)
    ask_change(cast.ana, ask="talk", note="x", **me)
    write_remark(cast.ana, text="Secret words", client_uuid=uuid4(), **me)
    share_record(cast.ana, name="K", email="k@home.example", parts=["days"], until=None, **me)
    fill_in(cast.ana, kind="gad-7", answers=[0] * 7, client_uuid=uuid4(), **me)
    count_boxes(cast.ana, {"klonopin-0.5": 300 // PARTS}, **me)
    plan_visit(cast.ana, starts_at=NOW + 5 * DAY, by=cast.bell, now=NOW)
    hold_plan(cast.ana, note="", **me)
    note_sign_in(cast.ana.user, key="", now=NOW)
    return cast


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def test_the_file_holds_everything_and_no_draft(lived, time_machine):
    a_signed_plan(lived, now=NOW)
    time_machine.move_to(NOW, tick=False)
    answer = browser(lived.ana.user).post("/data/export/")
    assert "attachment" in answer["Content-Disposition"]
    found = json.loads(answer.content)
    assert [row["overall"] for row in found["checkins"]] == [1, 2]
    assert [row["kind"] for row in found["doses"]] == ["taken", "none"]
    assert found["doses"][0]["amount"] == "0.75\u00a0mg"
    assert found["messages"][0]["text"] == "Secret words"
    assert len(found["plans"]) == 1
    for kind in (
        "requests",
        "flags",
        "questionnaires",
        "visits",
        "shares",
        "counts",
        "plan_events",
    ):
        assert found[kind], kind


def test_a_download_is_told_and_leaves_a_line(lived, time_machine):
    time_machine.move_to(NOW, tick=False)
    browser(lived.ana.user).post("/data/export/")
    assert Message.objects.filter(kind="export-made", recipient=lived.ana.user).count() == 1
    assert AuditEntry.objects.filter(action="record-exported").count() == 1


def ask(cast, password=PASSWORD, at=NOW):
    return ask_deletion(cast.ana, password=password, by=cast.ana.user, now=at)


def test_everybody_concerned_hears_at_once_and_the_patient_once_more(cast):
    asked = ask(cast)
    assert asked.due_at == THEN
    mine = Message.objects.filter(kind="deletion").order_by("due_at")
    assert [message.due_at for message in mine] == [NOW, THEN - 7 * DAY]
    told = Message.objects.filter(kind="deletion-asked").values_list("recipient", flat=True)
    assert set(told) == {cast.bell.pk, cast.admin.pk}


def test_it_takes_the_password_and_can_be_asked_once(cast):
    with pytest.raises(DeletionRefused, match="not your password"):
        ask(cast, password="wrong")
    ask(cast)
    with pytest.raises(DeletionRefused, match="already"):
        ask(cast)


def test_taken_back_everything_stays_and_nothing_more_is_said(cast):
    ask(cast)
    take_back_deletion(cast.ana, by=cast.ana.user, now=NOW + DAY)
    tick(THEN - 7 * DAY)
    assert erase_due(THEN + DAY) == 0
    later = Message.objects.get(kind="deletion", due_at=THEN - 7 * DAY)
    assert (later.state, later.reason) == ("cancelled", "taken back")
    ask(cast, at=THEN)


def test_not_a_day_before_and_then_nothing_is_left(lived):
    key, user_key, address = lived.ana.pk, lived.ana.user.pk, lived.ana.user.email
    ask(lived)
    assert erase_due(THEN - HOUR) == 0
    assert erase_due(THEN) == 1
    assert not Patient.objects.filter(pk=key).exists()
    assert not User.objects.filter(pk=user_key).exists()
    for model in apps.get_models():
        names = {field.name for field in model._meta.get_fields() if field.concrete}
        if "patient" in names:
            assert not model._default_manager.filter(patient=key).exists(), model
    receipt = Message.objects.get(kind="deleted")
    assert (receipt.address, receipt.recipient, receipt.patient) == (address, None, None)


def test_the_trail_stays_without_the_name(lived):
    before = AuditEntry.objects.count()
    ask(lived)
    erase_due(THEN)
    assert AuditEntry.objects.count() > before
    assert not AuditEntry.objects.filter(actor_name="Ana Silva").exists()
    assert AuditEntry.objects.filter(action="record-deleted").count() == 1


def test_the_receipt_goes_out(lived):
    ask(lived)
    tick(THEN)
    tick(THEN + HOUR)
    assert any("receipt" in message.body for message in mail.outbox)


def test_nobody_else_loses_anything(lived):
    others = Patient.objects.exclude(pk=lived.ana.pk).count()
    people = User.objects.count()
    ask(lived)
    erase_due(THEN)
    assert Patient.objects.count() == others
    assert User.objects.count() == people - 1


def test_a_record_that_cannot_be_deleted_is_whole_and_stops_no_other(lived, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("broken on purpose")

    ask(lived)
    monkeypatch.setattr(erasure, "erase_person", broken)
    assert erase_due(THEN) == 0
    assert lived.ana.doses.exists()
    assert Deletion.objects.exists()


def test_from_page_to_page(cast, time_machine):
    time_machine.move_to(NOW, tick=False)
    ana = browser(cast.ana.user)
    wrong = ana.post("/data/delete/", {"password": "x"}, follow=True).content.decode()
    assert "not your password" in wrong
    done = ana.post("/data/delete/", {"password": PASSWORD}, follow=True).content.decode()
    assert "1 April 2026" in done
    kept = ana.post("/data/delete/", {"keep": "1"}, follow=True).content.decode()
    assert "Taken back" in kept
    assert "I want to be deleted" in kept
