"""Doors of sharing, for the patient."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from patients.domain.days import DAY
from patients.forms.shares import ShareForm
from patients.selectors.shares import share_lines, share_of
from patients.services.invitations import InvitationRefused
from patients.services.shares import ShareRefused, end_share, share_record
from patients.views.access import own_record, signed_in

if TYPE_CHECKING:
    from patients.models.care import Patient


@require_http_methods(["GET", "HEAD", "POST"])
def sharing(request: HttpRequest) -> HttpResponse:
    """Who sees what, until when; and one more person."""
    now = timezone.now()
    patient = own_record(request)
    form = ShareForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _shared(request, form, patient, now):
        messages.success(request, "Shared. You can end it here at any time.")
        return redirect("sharing")
    context = {"form": form, "lines": share_lines(patient, now), "tab": "more"}
    return render(request, "patients/care/sharing.html", context)


def _shared(request: HttpRequest, form: ShareForm, patient: Patient, now: datetime) -> bool:
    sent = form.cleaned_data
    last = sent["last"]
    until = datetime.combine(last + DAY, time(0), tzinfo=patient.zone) if last else None
    try:
        share_record(
            patient,
            name=sent["name"],
            email=sent["email"],
            parts=sent["parts"],
            until=until,
            by=signed_in(request),
            now=now,
        )
    except (ShareRefused, InvitationRefused) as refused:
        form.add_error(None, str(refused))
        return False
    return True


@require_POST
def end(request: HttpRequest, share_id: UUID) -> HttpResponse:
    share = share_of(own_record(request), share_id)
    if share is None:
        raise Http404
    end_share(share, by=signed_in(request), now=timezone.now())
    messages.success(request, f"Ended. {share.name} sees nothing any more.")
    return redirect("sharing")
