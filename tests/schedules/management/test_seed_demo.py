"""The demo clinic is made at any hour of any day, and only into an empty database."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from patients.models.accounts import User
from patients.models.flags import Flag
from schedules.models.doses import DoseEntry
from schedules.selectors.plans import standing
from tests.cast import tick

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-23T08:10:00Z",
        "2026-03-20T03:59:00Z",
        "2026-07-01T12:00:00Z",
        "2028-02-29T23:59:00Z",
    ],
)
def test_a_clinic_at_any_hour(moment, time_machine, outbox):
    time_machine.move_to(moment, tick=False)
    said = StringIO()
    call_command("seed_demo", stdout=said)
    assert said.getvalue().count("@demo.example") == 6
    assert DoseEntry.objects.count() == 2 * 7 * (6 + 4)
    assert Flag.objects.filter(rule="RF-02").exists()
    maya = User.objects.get(email="maya@demo.example").patient
    assert standing(maya, timezone.now()).course.step >= 2
    tick(timezone.now())
    assert all(message.subject for message in outbox)


def test_a_second_time_does_nothing(cast):
    said = StringIO()
    before = User.objects.count()
    call_command("seed_demo", stdout=said)
    assert "not empty" in said.getvalue()
    assert User.objects.count() == before
