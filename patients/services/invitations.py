"""Invitations: a signed link that opens one account, once."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.core import signing
from django.db import transaction

from patients.domain.roles import CLINICIANS, Permission, Role
from patients.models.accounts import Clinic, Invitation, User
from patients.models.shares import Share
from patients.services.accounts import open_account, open_record
from patients.services.audit import record
from patients.services.care import link_care
from patients.services.messages import post_message

GOOD_FOR: Final = timedelta(days=14)
AGAIN: Final = (timedelta(0), timedelta(days=3), timedelta(days=7))
SALT: Final = "invitation"
LEADS_TO: Final = {Role.ADMIN: "/manage/", Role.PATIENT: "/sharing/"}
NEEDED: Final = {Role.PATIENT: Permission.INVITE_PATIENT, Role.SUPPORTER: Permission.SHARE}


class InvitationRefused(ValueError):
    """An invitation that cannot be made or used; the text is for a person."""


def token_of(invitation: Invitation) -> str:
    return signing.dumps(str(invitation.pk), salt=SALT)


@transaction.atomic
def invite(
    email: str,
    *,
    name: str,
    role: Role,
    clinic: Clinic,
    by: User,
    now: datetime,
    born_on: date | None = None,
    phone: str = "",
    region: str = "",
) -> Invitation:
    """Invite somebody; clinicians invite patients, admins invite staff."""
    _check_may_invite(by, role)
    if role is Role.PATIENT and (missing := not_ready(clinic)):
        raise InvitationRefused(missing)
    address = email.strip().lower()
    if User.objects.filter(email__iexact=address).exists():
        raise InvitationRefused("Somebody with this e-mail address has an account already.")
    invitation = Invitation.objects.create(
        email=address,
        name=name,
        role=role.value,
        clinic=clinic,
        born_on=born_on,
        phone=phone,
        region=region,
        invited_by=by,
        invited_at=now,
        expires_at=now + GOOD_FOR,
    )
    _post(invitation, now)
    record("invited", by=by, now=now, subject=invitation.pk, detail={"role": role.value})
    return invitation


def _post(invitation: Invitation, now: datetime) -> None:
    """The link at once and twice more while it is unused; at its end a word to who invited."""
    about = {"invitation": str(invitation.pk)}
    for number, wait in enumerate(AGAIN):
        post_message(
            "invitation",
            occurrence=f"invitation:{invitation.pk}" + (f":{number}" if number else ""),
            due_at=now + wait,
            now=now,
            address=invitation.email,
            params={"path": f"/accounts/join/{token_of(invitation)}/", **about},
        )
    by = invitation.invited_by
    post_message(
        "invitation-over",
        occurrence=f"invitation-over:{invitation.pk}",
        due_at=invitation.expires_at,
        now=now,
        recipient=by,
        params={"path": LEADS_TO.get(Role(by.role), "/clinic/"), **about},
    )


def _check_may_invite(by: User, role: Role) -> None:
    if not by.allows(NEEDED.get(role, Permission.MANAGE_PEOPLE)):
        raise InvitationRefused("Clinicians invite patients, admins invite staff.")


def not_ready(clinic: Clinic) -> str:
    """What a clinic still needs before it may invite patients; empty when it is ready."""
    if not clinic.hours or not clinic.out_of_hours_phone:
        return "Your clinic needs its hours and an out-of-hours number before it invites patients."
    if clinic.safety_contact_id is None:
        return "Your clinic needs a safety contact before it invites patients. Ask your admin."
    if clinic.alarm_answered_at is None:
        return "The safety contact has not answered a test alarm yet. Ask your admin to send one."
    return ""


def open_invitation(token: str, *, now: datetime) -> Invitation:
    """The invitation behind a link; raises InvitationRefused where it no longer works."""
    try:
        pk = UUID(signing.loads(token, salt=SALT))
    except (signing.BadSignature, ValueError):
        raise InvitationRefused(
            "This link is not complete. Open it from the message again."
        ) from None
    invitation = Invitation.objects.select_related("clinic", "invited_by").filter(pk=pk).first()
    if invitation is None or invitation.used_at is not None or invitation.expires_at <= now:
        raise InvitationRefused("This link has been used or is too old. Ask for a new one.")
    return invitation


@transaction.atomic
def accept_invitation(token: str, *, password: str, time_zone: str, now: datetime) -> User:
    """Open the account; a patient gets a record and a care link, a supporter what is shared."""
    seen = open_invitation(token, now=now)
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=seen.pk)
    if invitation.used_at is not None:
        raise InvitationRefused("This link has been used. Sign in instead.")
    if User.objects.filter(email__iexact=invitation.email).exists():
        raise InvitationRefused("You have an account already. Sign in instead.")
    by = invitation.invited_by
    user = open_account(
        invitation.email,
        name=invitation.name,
        role=Role(invitation.role),
        clinic=invitation.clinic,
        password=password,
        time_zone=time_zone,
        by=by,
        now=now,
    )
    invitation.used_at, invitation.user = now, user
    invitation.save(update_fields=["used_at", "user"])
    if user.is_patient:
        _open_record(invitation, user, now)
    elif user.is_supporter:
        Share.objects.filter(email=invitation.email, supporter=None).update(supporter=user)
    return user


def _open_record(invitation: Invitation, user: User, now: datetime) -> None:
    assert invitation.born_on is not None
    by = invitation.invited_by
    patient = open_record(
        user,
        born_on=invitation.born_on,
        phone=invitation.phone,
        region=invitation.region,
        by=by,
        now=now,
    )
    if Role(by.role) in CLINICIANS:
        link_care(patient, by, by=by, now=now)
