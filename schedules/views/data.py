"""Doors of one's own data: take all of it along, or ask to be deleted."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from patients.domain.words import long_day
from patients.selectors.deletions import open_deletion
from patients.services.deletions import (
    DeletionRefused,
    ask_deletion,
    take_back_deletion,
    tell_exported,
)
from patients.views.access import own_record, signed_in
from schedules.selectors.records import whole_record


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    patient = own_record(request)
    asked = open_deletion(patient)
    due = long_day(asked.due_at.astimezone(patient.zone)) if asked else ""
    context = {"asked": asked, "due": due, "patient": patient, "tab": "more"}
    return render(request, "schedules/diary/data.html", context)


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The whole record as one file; the download itself is told to its patient."""
    now = timezone.now()
    patient = own_record(request)
    tell_exported(patient, by=signed_in(request), now=now)
    text = json.dumps(whole_record(patient, now), indent=1, ensure_ascii=False)
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="record-{now:%Y-%m-%d}.json"'
    return response


@require_POST
def delete(request: HttpRequest) -> HttpResponse:
    """The second step: the password. Thirty days remain to take it back."""
    now = timezone.now()
    patient, by = own_record(request), signed_in(request)
    try:
        if "keep" in request.POST:
            take_back_deletion(patient, by=by, now=now)
            messages.success(request, "Taken back. Everything stays.")
        else:
            ask_deletion(patient, password=request.POST.get("password", ""), by=by, now=now)
            messages.success(request, "Asked. You can take it back until that day.")
    except DeletionRefused as refused:
        messages.error(request, str(refused))
    return redirect("data")
