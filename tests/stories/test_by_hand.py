"""A tablet cut beyond its score, as the patient reads it once the plan is in force."""

from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from schedules.domain.dose import Dose
from schedules.domain.strategies.registry import ByHand
from tests.cast import a_plan

pytestmark = pytest.mark.django_db


def test_today_says_that_the_part_is_not_exact(cast, client):
    now = timezone.now()
    a_plan(
        cast,
        now=now - timedelta(days=3),
        start={"morning": "0.5", "bedtime": "0.5"},
        keys=("klonopin-1",),
        cut_by_hand=("klonopin-1",),
        strategy=ByHand((Dose.mg("0.5"),)),
        target=Dose.mg("0.5"),
    )
    client.force_login(cast.ana.user)
    page = unescape(client.get("/today/").content.decode()).replace("\u00a0", " ")
    assert "Take 1 half" in page
    assert "There is no line to cut it on, so this part is not exact." in page
    assert "I took this" in page
    assert "Call your clinic before you take this dose." not in page
