"""Away and covered: one page for a clinician's own absences and an admin's clinic."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from patients.forms.absences import AbsenceForm
from patients.selectors.absences import absence_for, absence_lines, clinicians_in
from patients.services.absences import AbsenceRefused, end_absence, name_cover, note_absence
from patients.views.access import chosen_clinician, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from patients.models.absences import Absence
    from patients.models.accounts import User


def _person(request: HttpRequest) -> User:
    user = signed_in(request)
    if not (user.is_clinician or user.is_admin):
        raise Http404
    return user


def _absence(request: HttpRequest, absence_id: UUID, now: datetime) -> Absence:
    found = absence_for(_person(request), absence_id, now=now)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def cover(request: HttpRequest) -> HttpResponse:
    """Who is away and who answers; nobody stays without a named person unnoticed."""
    now, by = timezone.now(), _person(request)
    today = now.astimezone(ZoneInfo(by.time_zone)).date()
    form = AbsenceForm(request.POST or None, people=clinicians_in(by), by=by, today=today)
    if request.method == "POST" and form.is_valid() and _noted(form, by, now):
        messages.success(request, "Saved.")
        return redirect("cover")
    context = {"form": form, "lines": absence_lines(by, now=now), "nav": "cover"}
    return render(request, "patients/accounts/cover.html", context)


def _noted(form: AbsenceForm, by: User, now: datetime) -> bool:
    sent = form.cleaned_data
    clinician = sent.get("clinician") or by
    zone = ZoneInfo(clinician.time_zone)
    try:
        note_absence(
            clinician,
            since=_midnight(sent["first"], zone),
            until=_midnight(sent["last"] + timedelta(days=1), zone),
            cover=sent["cover"],
            by=by,
            now=now,
        )
    except AbsenceRefused as refused:
        form.add_error(None, str(refused))
        return False
    return True


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), tzinfo=zone)


@require_POST
def name(request: HttpRequest, absence_id: UUID) -> HttpResponse:
    """Name who answers, or somebody else than before."""
    now = timezone.now()
    absence = _absence(request, absence_id, now)
    person = chosen_clinician(request, absence.clinician.clinic)
    try:
        name_cover(absence, person, by=signed_in(request), now=now)
        messages.success(request, f"{person.name} answers for {absence.clinician.name}.")
    except AbsenceRefused as refused:
        messages.error(request, str(refused))
    return redirect("cover")


@require_POST
def end(request: HttpRequest, absence_id: UUID) -> HttpResponse:
    """Back again, or not away at all."""
    now = timezone.now()
    absence = _absence(request, absence_id, now)
    end_absence(absence, by=signed_in(request), now=now)
    had_begun = absence.since <= now
    name = absence.clinician.name
    messages.success(request, f"{name} gets the alarms again." if had_begun else "Removed.")
    return redirect("cover")
