"""The question before a second full dose inside the least gap."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from patients.views.access import own_record, signed_in
from schedules.domain.plan import SLOT
from schedules.selectors.diary import slot_card
from schedules.selectors.gaps import taken_just_before
from schedules.services.diary import record_at_its_time, record_dose
from schedules.services.doses import Answer, DoseRefused
from schedules.views.diary import read_plan_day, whole_number

if TYPE_CHECKING:
    from datetime import date, datetime

    from patients.models.care import Patient
    from schedules.selectors.gaps import JustBefore


@require_http_methods(["GET", "HEAD", "POST"])
def soon(request: HttpRequest, day: str, slot: str) -> HttpResponse:
    """Both taken, or the one before at its own time, or this one not yet."""
    now = timezone.now()
    patient, on = own_record(request), read_plan_day(day)
    card = slot_card(patient, on, slot, now) if slot in SLOT else None
    before = taken_just_before(patient, on, slot, now)
    if card is None or before is None or card.entry is not None or on > patient.days.day_of(now):
        return redirect("today")
    if request.method == "POST":
        _record(request, patient, (on, slot), before, now)
        return redirect("today")
    context = {"card": card, "before": before, "submission": uuid.uuid4()}
    return render(request, "schedules/diary/soon.html", context)


def _record(
    request: HttpRequest,
    patient: Patient,
    dose: tuple[date, str],
    before: JustBefore,
    now: datetime,
) -> None:
    answer = Answer("taken", seen_ng=whole_number(request.POST.get("seen")))
    given: dict[str, Any] = {"day": dose[0], "slot": dose[1], "answer": answer, "now": now}
    given["by"] = signed_in(request)
    try:
        key = uuid.UUID(request.POST.get("client_uuid", ""))
        if "both" in request.POST:
            record_dose(patient, client_uuid=key, both=True, **given)
            messages.warning(request, "Saved. Your clinic is told. Take nothing extra today.")
        elif "earlier" in request.POST:
            at = min(before.due_at, now)
            record_at_its_time(before.entry, taken_at=at, client_uuid=key, **given)
            messages.success(request, "Saved.")
    except DoseRefused as refused:
        messages.error(request, str(refused))
    except ValueError:
        messages.error(request, "We could not read that. Please try again.")
