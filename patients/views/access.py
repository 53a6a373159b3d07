"""The one door to a record: this patient for this person, or the same 404 as for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import Http404, HttpRequest

from patients.domain.roles import Permission
from patients.selectors.accounts import account_in
from patients.selectors.care import own_patient, visible_patient
from patients.selectors.flags import visible_flag
from patients.selectors.shares import open_share
from patients.services.audit import record
from patients.services.care import note_opening

if TYPE_CHECKING:
    from datetime import datetime

    from patients.models.accounts import Clinic, User
    from patients.models.care import Patient
    from patients.models.flags import Flag
    from patients.models.shares import Share


def signed_in(request: HttpRequest) -> User:
    """The person behind the request; a page that needs one is never reached without."""
    if not request.user.is_authenticated:
        raise Http404
    return request.user


def own_record(request: HttpRequest) -> Patient:
    """The record of the patient who is signed in; 404 for everybody else."""
    patient = own_patient(signed_in(request))
    if patient is None:
        raise Http404
    return patient


def record_for(
    request: HttpRequest,
    patient_id: UUID,
    *,
    now: datetime,
    needs: Permission = Permission.READ_RECORD,
) -> Patient:
    """A record opened through an active care link; the opening is written down."""
    user = signed_in(request)
    patient = visible_patient(user, patient_id, now=now) if user.allows(needs) else None
    if patient is None or user.is_patient:
        raise Http404
    note_opening(patient, by=user, page=request.path, now=now)
    return patient


def share_for(request: HttpRequest, share_id: UUID, *, now: datetime) -> Share:
    """What a patient shares with whoever is signed in; the opening is written down."""
    user = may(request, Permission.SEE_SHARED)
    share = open_share(user, share_id, now)
    if share is None:
        raise Http404
    record("record-opened", by=user, now=now, patient=share.patient, detail={"page": request.path})
    return share


def flag_for(request: HttpRequest, flag_id: UUID, *, now: datetime) -> Flag:
    """A flag on a record that this clinician may open and answer."""
    user = signed_in(request)
    flag = visible_flag(user, flag_id, now=now)
    if flag is None or not user.allows(Permission.ANSWER_FLAG):
        raise Http404
    return flag


def chosen_clinician(request: HttpRequest, clinic: Clinic) -> User:
    """The clinician of this clinic whom a form names; 404 for anybody else."""
    try:
        person = account_in(clinic, UUID(request.POST.get("person", "")))
    except ValueError:
        raise Http404 from None
    if person is None or not person.is_clinician:
        raise Http404
    return person


def may(request: HttpRequest, permission: Permission) -> User:
    """The person, if the role carries the permission; 404 otherwise."""
    user = signed_in(request)
    if not user.allows(permission):
        raise Http404
    return user
