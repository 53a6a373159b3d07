"""The dose log: exact, append only, once."""

from datetime import timedelta

import pytest

from patients.models.flags import Flag
from schedules.domain.dose import Dose
from schedules.models.doses import DoseEntry
from schedules.selectors.diary import today_page
from schedules.selectors.doses import entries_between, must_call_first
from schedules.services.diary import record_dose
from schedules.services.doses import AlreadyLogged, Answer, DoseRefused, undo_dose
from tests.cast import DAY, NOW, a_plan, a_uuid

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def plan(cast):
    return a_plan(cast)


def log(cast, answer=Answer("taken"), *, day=TODAY, slot="morning", client=None, now=None):  # noqa: B008
    return record_dose(
        cast.ana, day=day, slot=slot, answer=answer, client_uuid=client or a_uuid(),
        by=cast.ana.user, now=now or NOW + timedelta(hours=1),
    )  # fmt: skip


def test_one_tap_stores_dose_time_and_what_it_answered(cast, plan):
    entry = log(cast)
    assert (entry.amount, entry.planned, entry.revision) == (Dose.mg("0.75"),) * 2 + (plan,)
    assert entry.taken_at == entry.recorded_at
    assert entry.instruction["ng"] == 750_000


def test_five_taps_of_one_page_are_one_row(cast, plan):
    client = a_uuid()
    rows = {log(cast, client=client).pk for _ in range(5)}
    assert len(rows) == DoseEntry.objects.count() == 1


def test_a_second_page_is_told_it_is_logged_already(cast, plan):
    log(cast)
    with pytest.raises(AlreadyLogged):
        log(cast)


def test_a_correction_keeps_the_old_row(cast, plan):
    log(cast)
    log(cast, Answer("none", correct=True))
    assert DoseEntry.objects.count() == 2
    assert entries_between(cast.ana, TODAY, TODAY)[(TODAY, "morning")].kind == "none"


def test_undo_within_ten_minutes_opens_the_slot_again(cast, plan):
    entry = log(cast)
    undo_dose(
        entry, client_uuid=a_uuid(), by=cast.ana.user, now=entry.recorded_at + timedelta(minutes=10)
    )
    assert entries_between(cast.ana, TODAY, TODAY) == {}
    assert log(cast).supersedes.kind == "undone"


def test_undo_later_is_a_correction(cast, plan):
    entry = log(cast)
    with pytest.raises(DoseRefused):
        undo_dose(entry, client_uuid=a_uuid(), by=cast.ana.user, now=NOW + timedelta(hours=2))


@pytest.mark.parametrize(
    ("day", "slot"), [(1, "morning"), (0, "noon"), (0, "midnight"), (-3, "morning"), (0, "")]
)
def test_what_has_no_dose_is_refused(cast, plan, day, slot):
    with pytest.raises(DoseRefused):
        log(cast, day=TODAY + day * DAY, slot=slot)
    assert DoseEntry.objects.count() == 0


def test_a_page_that_showed_another_dose_is_refused(cast, plan):
    with pytest.raises(DoseRefused, match="changed while"):
        log(cast, Answer("taken", seen_ng=500_000))
    log(cast, Answer("taken", seen_ng=750_000))


def test_yesterday_is_filled_in_without_taking_todays_slot(cast, plan):
    log(cast, now=NOW + DAY)
    page = today_page(cast.ana, NOW + DAY)
    assert page.now_card.id == "morning"


def test_much_more_than_planned_holds_the_next_dose(cast, plan):
    log(cast, Answer("different", amount=Dose.mg("1.75")))
    assert not must_call_first(cast.ana)
    log(cast, Answer("different", amount=Dose.mg("1.75")), slot="bedtime")
    flag = Flag.objects.get()
    assert (flag.rule, flag.tier) == ("RF-24", "urgent")
    assert must_call_first(cast.ana)
    assert today_page(cast.ana, NOW + DAY).call_first


def test_an_overdose_is_an_emergency(cast, plan):
    log(cast, Answer("different", amount=Dose.mg(8)))
    assert Flag.objects.get().rule == "RF-06"


def test_not_logged_is_not_zero(cast, plan):
    page = today_page(cast.ana, NOW + timedelta(hours=1))
    assert page.now_card.state == "due"
    assert Flag.objects.count() == 0
