"""Clinics and accounts: made, changed, switched off."""

from datetime import date, datetime, time

from django.db import transaction

from patients.domain.roles import Role
from patients.models.accounts import Clinic, User
from patients.models.care import Patient
from patients.services.audit import record
from patients.services.messages import post_message


class AlarmRefused(ValueError):
    """A test alarm that cannot be sent or answered; the text is for a person."""


@transaction.atomic
def open_clinic(
    name: str,
    *,
    phone: str,
    out_of_hours_phone: str,
    hours: str,
    reads_at: time,
    time_zone: str,
    region: str,
    now: datetime,
) -> Clinic:
    clinic = Clinic.objects.create(
        name=name,
        phone=phone,
        out_of_hours_phone=out_of_hours_phone,
        hours=hours,
        reads_at=reads_at,
        time_zone=time_zone,
        region=region,
    )
    record("clinic-opened", by=None, now=now, subject=clinic.pk)
    return clinic


@transaction.atomic
def name_safety_contact(clinic: Clinic, clinician: User, *, by: User, now: datetime) -> None:
    clinic.safety_contact = clinician
    clinic.alarm_asked_at = clinic.alarm_answered_at = None
    clinic.save(update_fields=["safety_contact", "alarm_asked_at", "alarm_answered_at"])
    record("safety-contact-named", by=by, now=now, subject=clinician.pk)


@transaction.atomic
def name_backup(clinic: Clinic, clinician: User, *, by: User, now: datetime) -> None:
    """The clinician who is asked when nobody has answered a flag in its time."""
    clinic.backup = clinician
    clinic.save(update_fields=["backup"])
    record("backup-named", by=by, now=now, subject=clinician.pk)


@transaction.atomic
def send_test_alarm(clinic: Clinic, *, by: User, now: datetime) -> None:
    """Send the safety contact an alarm by every way there is; raises AlarmRefused without one."""
    if clinic.safety_contact is None:
        raise AlarmRefused("Name the safety contact first.")
    clinic.alarm_asked_at, clinic.alarm_answered_at = now, None
    clinic.save(update_fields=["alarm_asked_at", "alarm_answered_at"])
    record("test-alarm-sent", by=by, now=now, subject=clinic.pk)
    post_message(
        "test-alarm",
        occurrence=f"alarm:{clinic.pk}:{now.isoformat()}",
        due_at=now,
        now=now,
        recipient=clinic.safety_contact,
        params={"path": "/clinic/alarm/"},
    )


@transaction.atomic
def answer_test_alarm(clinic: Clinic, *, by: User, now: datetime) -> None:
    """The safety contact has seen the alarm; only then may patients be invited."""
    if clinic.safety_contact_id != by.pk or clinic.alarm_asked_at is None:
        raise AlarmRefused("There is no test alarm for you.")
    clinic.alarm_answered_at = now
    clinic.save(update_fields=["alarm_answered_at"])
    record("test-alarm-answered", by=by, now=now, subject=clinic.pk)


@transaction.atomic
def open_account(
    email: str,
    *,
    name: str,
    role: Role,
    clinic: Clinic,
    password: str | None,
    time_zone: str,
    by: User | None,
    now: datetime,
) -> User:
    """Make an account with one role; staff and patients alike belong to a clinic."""
    user = User.objects.create_user(
        email,
        password,
        name=name,
        role=role.value,
        clinic=clinic,
        time_zone=time_zone,
        joined_at=now,
    )
    record("account-opened", by=by, now=now, subject=user.pk, detail={"role": role.value})
    return user


@transaction.atomic
def open_record(
    user: User, *, born_on: date, phone: str, region: str, by: User, now: datetime
) -> Patient:
    """The record of a patient who has just joined."""
    patient = Patient.objects.create(
        user=user,
        clinic=user.clinic,
        born_on=born_on,
        phone=phone,
        region=region,
        time_zone=user.time_zone,
    )
    record("record-made", by=by, now=now, patient=patient)
    return patient


def set_theme(user: User, theme: str) -> None:
    """Remember light, dark, dim or the device's own choice."""
    User.objects.filter(pk=user.pk).update(theme=theme)


@transaction.atomic
def set_reach(
    user: User,
    *,
    channel: str,
    says_openly: bool,
    muted: list[str],
    gathers_messages: bool,
    quiet_from: time | None,
    quiet_until: time | None,
    now: datetime,
) -> None:
    """How a person wants to be reached; flags and doses cannot be switched off."""
    User.objects.filter(pk=user.pk).update(
        channel=channel,
        says_openly=says_openly,
        muted=muted,
        gathers_messages=gathers_messages,
        quiet_from=quiet_from,
        quiet_until=quiet_until,
    )
    record("reach-changed", by=user, now=now, subject=user.pk, detail={"channel": channel})


@transaction.atomic
def send_reset_link(user: User, *, path: str, now: datetime) -> None:
    """Post the link to a new password, to the mail address alone: a device may be lying open.

    Asked twice within a minute it is one message.
    """
    post_message(
        "account",
        occurrence=f"reset:{now:%Y-%m-%dT%H:%M}",
        due_at=now,
        now=now,
        recipient=user,
        params={"path": path},
        channels=("email",),
    )
    record("reset-link-sent", by=None, now=now, subject=user.pk)


@transaction.atomic
def switch_account(user: User, *, on: bool, by: User, now: datetime) -> None:
    """Switch an account on or off; off refuses every further request."""
    User.objects.filter(pk=user.pk).update(is_active=on)
    record("account-switched", by=by, now=now, subject=user.pk, detail={"on": on})


@transaction.atomic
def tell_password_changed(user: User, *, now: datetime) -> None:
    """Tell the person by every change of the password, whoever made it."""
    record("password-changed", by=user, now=now, subject=user.pk)
    post_message(
        "account-changed",
        occurrence=f"password:{now.isoformat()}",
        due_at=now,
        now=now,
        recipient=user,
        params={"path": "/accounts/password/reset/"},
    )
