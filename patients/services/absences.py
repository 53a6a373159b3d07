"""Away with somebody named: alarms and records go to the cover for as long as it lasts."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from patients.domain.roles import Role
from patients.models.absences import Absence
from patients.models.accounts import User
from patients.models.care import CareLink
from patients.selectors.absences import in_force, overlaps, uncovered
from patients.services.audit import record
from patients.services.messages import post_message


class AbsenceRefused(ValueError):
    """An absence or a cover that cannot be; the text is for a person."""


@transaction.atomic
def note_absence(
    clinician: User,
    *,
    since: datetime,
    until: datetime,
    cover: User | None,
    by: User,
    now: datetime,
) -> Absence:
    """Away from one moment until another; the cover gets the records for just that time."""
    if until <= max(since, now):
        raise AbsenceRefused("Choose a last day that is not over.")
    if overlaps(clinician, since, until):
        raise AbsenceRefused("There is an absence in these days already. End it first.")
    absence = Absence.objects.create(
        clinician=clinician, since=since, until=until, noted_by=by, noted_at=now
    )
    record("absence-noted", by=by, now=now, subject=clinician.pk)
    if cover is not None:
        name_cover(absence, cover, by=by, now=now)
    return absence


@transaction.atomic
def name_cover(absence: Absence, cover: User, *, by: User, now: datetime) -> None:
    """Name who answers; whoever answered before has the records no longer."""
    clinician = absence.clinician
    if cover.pk == clinician.pk or cover.clinic_id != clinician.clinic_id:
        raise AbsenceRefused("Choose another clinician of the clinic.")
    if not cover.is_clinician or not cover.is_active:
        raise AbsenceRefused("Choose a clinician whose account is on.")
    if overlaps(cover, max(absence.since, now), absence.until):
        raise AbsenceRefused(f"{cover.name} is away then too. Choose somebody else.")
    _end_links(absence, now)
    absence.cover = cover
    absence.save(update_fields=["cover"])
    record("cover-named", by=by, now=now, subject=cover.pk)
    _link(absence, now)
    post_message(
        "cover-named",
        occurrence=f"cover:{absence.pk}:{cover.pk}",
        due_at=now,
        now=now,
        recipient=cover,
        params={"path": "/clinic/"},
    )


@transaction.atomic
def end_absence(absence: Absence, *, by: User, now: datetime) -> None:
    """Back earlier, or not away at all."""
    absence.until = max(now, absence.since)
    absence.save(update_fields=["until"])
    _end_links(absence, now)
    record("absence-ended", by=by, now=now, subject=absence.clinician_id)


def keep_cover(now: datetime) -> None:
    """Link the cover to patients who came since, and ask every day for a name that is missing."""
    for absence in in_force(now).filter(cover__isnull=False).select_related("cover", "clinician"):
        with transaction.atomic():
            _link(absence, now)
    for absence in uncovered(now):
        _ask_for_cover(absence, now)


def _link(absence: Absence, now: datetime) -> None:
    """A cover link for every patient of the absent clinician whom the cover cannot open yet."""
    cover = absence.cover
    assert cover is not None
    since = max(absence.since, now)
    held = CareLink.objects.in_time(since).filter(clinician=cover)
    mine = CareLink.objects.in_time(now).filter(clinician=absence.clinician, kind="care")
    for link in mine.exclude(patient__in=held.values("patient")).select_related("patient"):
        coming = CareLink.objects.filter(absence=absence, clinician=cover, until__gt=now)
        if coming.filter(patient=link.patient).exists():
            continue
        CareLink.objects.create(
            patient=link.patient,
            clinician=cover,
            kind="cover",
            since=since,
            until=absence.until,
            absence=absence,
        )
        record("cover-linked", by=None, now=now, patient=link.patient, subject=cover.pk)


def _end_links(absence: Absence, now: datetime) -> None:
    links = CareLink.objects.filter(absence=absence, until__gt=now)
    for link in links.select_related("patient"):
        record("cover-ended", by=None, now=now, patient=link.patient, subject=link.clinician_id)
    links.filter(since__gt=now).update(until=F("since"))
    links.filter(since__lte=now).update(until=now)


def _ask_for_cover(absence: Absence, now: datetime) -> None:
    clinician = absence.clinician
    admins = User.objects.filter(clinic=clinician.clinic_id, role=Role.ADMIN.value, is_active=True)
    day = now.astimezone(ZoneInfo(clinician.time_zone)).date()
    for person in (clinician, *admins):
        post_message(
            "absence",
            occurrence=f"absence:{absence.pk}:{day.isoformat()}",
            due_at=now,
            now=now,
            recipient=person,
            params={"path": "/cover/"},
        )
