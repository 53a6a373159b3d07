"""Sharing: what, with whom, until when; ended at once by the patient."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from patients.domain.roles import Role
from patients.domain.sharing import LONGEST, PARTS
from patients.models.accounts import Invitation, User
from patients.models.care import Patient
from patients.models.shares import Share
from patients.selectors.shares import supporters_told
from patients.services.audit import record
from patients.services.invitations import invite
from patients.services.messages import post_message

MOST_A_DAY: Final = 10
A_DAY: Final = timedelta(days=1)


class ShareRefused(ValueError):
    """A share that cannot be; the text is for a person."""


@transaction.atomic
def share_record(
    patient: Patient,
    *,
    name: str,
    email: str,
    parts: Sequence[str],
    until: datetime | None,
    by: User,
    now: datetime,
) -> Share:
    """Let one person see parts of the record; who has no account gets an invitation.

    Raises ShareRefused for no part, an end that is over or more than a year away, a
    second share with the same person, an eleventh in a day, or an address that
    signs in otherwise.
    """
    Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)
    address = email.strip().lower()
    _check(patient, address, parts, until, now)
    known = User.objects.filter(email__iexact=address).first()
    if known is not None and known.role != Role.SUPPORTER:
        raise ShareRefused("This address cannot be used for sharing. Ask for another one.")
    invitation = None if known else _invite(address, name, by, now)
    share = Share.objects.create(
        patient=patient,
        name=name.strip(),
        email=address,
        supporter=known,
        invitation=invitation,
        parts=[part for part in PARTS if part in parts],
        since=now,
        until=until,
    )
    record("share-begun", by=by, now=now, patient=patient, subject=share.pk)
    _tell(share, "begun", now)
    return share


def _check(
    patient: Patient, address: str, parts: Sequence[str], until: datetime | None, now: datetime
) -> None:
    if not parts or not set(parts) <= set(PARTS):
        raise ShareRefused("Choose what this person may see.")
    if until is not None and not now < until <= now + LONGEST:
        raise ShareRefused("Choose a last day that is not over and within a year.")
    begun = Share.objects.filter(patient=patient, since__gt=now - A_DAY, since__lte=now)
    if begun.count() >= MOST_A_DAY:
        raise ShareRefused("Ten people a day at most. Try again tomorrow.")
    if Share.objects.in_force(now).filter(patient=patient, email=address).exists():
        raise ShareRefused("You share with this person already. End that first.")
    Share.objects.filter(patient=patient, email=address, ended_at__isnull=True).update(ended_at=now)


def _invite(address: str, name: str, by: User, now: datetime) -> Invitation:
    return invite(address, name=name, role=Role.SUPPORTER, clinic=by.clinic, by=by, now=now)


@transaction.atomic
def end_share(share: Share, *, by: User, now: datetime) -> None:
    """From this moment nothing is shown any more; an invitation that was not used dies."""
    if not Share.objects.filter(pk=share.pk, ended_at__isnull=True).update(ended_at=now):
        return
    if share.invitation_id is not None:
        unused = Invitation.objects.filter(pk=share.invitation_id, used_at__isnull=True)
        unused.update(expires_at=now)
    record("share-ended", by=by, now=now, patient=share.patient, subject=share.pk)
    _tell(share, "ended", now)


def _tell(share: Share, what: str, now: datetime) -> None:
    """Both sides hear of it; who has no account yet has the invitation."""
    people = [(share.patient.user, "/sharing/")]
    if share.supporter is not None:
        people.append((share.supporter, "/shared/"))
    for person, path in people:
        post_message(
            "sharing",
            occurrence=f"share:{share.pk}:{what}",
            due_at=now,
            now=now,
            recipient=person,
            params={"path": path},
        )


def tell_supporters(
    patient: Patient, part: str, *, occurrence: str, due_at: datetime, now: datetime
) -> None:
    """News for those with whom the patient shares this part; never what it is about."""
    for share in supporters_told(patient, part, now):
        post_message(
            f"shared-{part}",
            occurrence=occurrence,
            due_at=due_at,
            now=now,
            recipient=share.supporter,
            patient=patient,
            params={"path": f"/shared/{share.pk}/", "share": str(share.pk)},
        )
