"""The whole record of one patient as plain values: everything she may see, and no draft."""

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models

from patients.models.care import Patient
from patients.models.checkins import CheckIn
from patients.models.flags import Flag
from patients.models.questionnaires import FilledIn
from patients.models.remarks import Remark
from patients.models.shares import Share
from patients.models.visits import Visit
from patients.selectors.audit import who_looked
from schedules.domain.dose import Dose, render_mg
from schedules.models.aftercare import AftercareAnswer
from schedules.models.doses import DoseEntry
from schedules.models.plans import PlanEvent, Revision
from schedules.models.requests import ChangeRequest
from schedules.models.supply import SupplyCount
from schedules.selectors.plans import is_visible

FORMAT = "taper-tracker-record-1"
LEFT_OUT = ("client_uuid", "patient", "next_escalation_at", "level", "ack_minutes")


def whole_record(patient: Patient, now: datetime) -> dict[str, Any]:
    """By kind; moments are UTC, doses are text with their unit."""
    seen = [
        revision
        for revision in Revision.objects.filter(plan__patient=patient, signed_at__isnull=False)
        if is_visible(revision, now)
    ]
    kinds: dict[str, Iterable[models.Model]] = {
        "checkins": CheckIn.objects.filter(patient=patient).order_by("recorded_at"),
        "doses": DoseEntry.objects.filter(patient=patient).order_by("recorded_at"),
        "plans": seen,
        "plan_events": PlanEvent.objects.filter(revision__in=seen).order_by("at"),
        "requests": ChangeRequest.objects.filter(patient=patient).order_by("asked_at"),
        "flags": Flag.objects.filter(patient=patient).order_by("raised_at"),
        "questionnaires": FilledIn.objects.filter(patient=patient).order_by("recorded_at"),
        "messages": Remark.objects.filter(patient=patient).order_by("written_at"),
        "visits": Visit.objects.filter(patient=patient).order_by("starts_at"),
        "shares": Share.objects.filter(patient=patient).order_by("since"),
        "counts": SupplyCount.objects.filter(patient=patient).order_by("counted_at"),
        "aftercare": AftercareAnswer.objects.filter(patient=patient).order_by("recorded_at"),
    }
    return {
        "format": FORMAT,
        "exported_at": _plain(now),
        "patient": {
            "name": patient.name,
            "email": patient.user.email,
            "born_on": _plain(patient.born_on),
            "phone": patient.phone,
            "region": patient.region,
            "time_zone": patient.zone.key,
            "baseline": patient.baseline,
        },
        "opened_by": [
            {"at": _plain(line.at), "who": line.who} for line in who_looked(patient, limit=1000)
        ],
        **{kind: [_row(row) for row in rows] for kind, rows in kinds.items()},
    }


def _row(row: models.Model) -> dict[str, Any]:
    fields = [field for field in row._meta.concrete_fields if field.name not in LEFT_OUT]
    return {field.attname: _plain(getattr(row, field.attname)) for field in fields}


def _plain(value: Any) -> Any:
    if isinstance(value, Dose):
        return render_mg(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, UUID | Decimal) else value
