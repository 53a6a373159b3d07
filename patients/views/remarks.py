"""Doors of what patient and clinic write to each other; a look alone marks nothing as read."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from patients.domain.redflags import signs_in
from patients.domain.roles import Permission
from patients.domain.words import clock_words
from patients.selectors.remarks import remark_lines
from patients.services.remarks import RemarkRefused, read_remarks, write_remark
from patients.views.access import own_record, record_for, signed_in
from patients.views.help import advice_saved

if TYPE_CHECKING:
    from patients.models.care import Patient


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """Write to the clinic. Words of crisis get the advice in this very response."""
    text, error = _text(request), ""
    patient = own_record(request)
    if request.method == "POST":
        error = _written(request, patient, text)
        if not error and (signs := signs_in(text)):
            return advice_saved(request, patient, signs)
        if not error:
            messages.success(request, "Sent to your clinic.")
            return redirect("messages")
    context = {
        "patient": patient,
        "lines": remark_lines(patient),
        "text": text,
        "error": error,
        "submission": uuid.uuid4(),
        "reads_at": clock_words(patient.clinic.reads_at),
        "tab": "more",
    }
    return render(request, "patients/messages/mine.html", context, status=400 if error else 200)


def _text(request: HttpRequest) -> str:
    return request.POST.get("text", "").replace("\x00", "").strip()


def _written(request: HttpRequest, patient: Patient, text: str) -> str:
    """Empty when it is kept, else what is wrong."""
    try:
        submission = uuid.UUID(request.POST.get("client_uuid", ""))
    except ValueError:
        return "We could not read that. Please send it again."
    try:
        write_remark(
            patient, text=text, client_uuid=submission, by=signed_in(request), now=timezone.now()
        )
    except RemarkRefused as refused:
        return str(refused)
    return ""


@require_POST
def read_mine(request: HttpRequest) -> HttpResponse:
    read_remarks(own_record(request), by=signed_in(request), now=timezone.now())
    return redirect("messages")


@require_POST
def theirs(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """A clinician writes to a patient; what the patient wrote counts as read."""
    now = timezone.now()
    patient = record_for(request, patient_id, now=now, needs=Permission.ANSWER_FLAG)
    if error := _written(request, patient, _text(request)):
        messages.error(request, error)
    else:
        messages.success(request, "Sent.")
    return redirect(f"/clinic/patients/{patient.pk}/")


@require_POST
def read_theirs(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    now = timezone.now()
    patient = record_for(request, patient_id, now=now, needs=Permission.ANSWER_FLAG)
    read_remarks(patient, by=signed_in(request), now=now)
    return redirect(f"/clinic/patients/{patient.pk}/")
