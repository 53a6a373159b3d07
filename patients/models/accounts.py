"""Clinics, people who sign in, and the invitations they came by."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from patients.domain.delivery import QuietHours
from patients.domain.roles import LABELS, Permission, Role, allows


def role_choices() -> list[tuple[str, str]]:
    return [(role.value, label) for role, label in LABELS.items()]


class Clinic(models.Model):
    """A practice: its phones and its hours as people read them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=40, blank=True)
    out_of_hours_phone = models.CharField(max_length=40, blank=True)
    hours = models.CharField(max_length=120, blank=True)
    reads_at = models.TimeField(help_text="When somebody first reads flags on a working day.")
    time_zone = models.CharField(max_length=64, default="UTC")
    region = models.CharField(max_length=2, blank=True)
    safety_contact = models.ForeignKey(
        "patients.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    backup = models.ForeignKey(
        "patients.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    alarm_asked_at = models.DateTimeField(null=True, blank=True)
    alarm_answered_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail; there is no other name to sign in with."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username or "")


class User(AbstractBaseUser):
    """A person who signs in by e-mail, with one role and a place to be reminded."""

    THEMES = (("auto", "Same as my phone"), ("light", "Light"), ("dark", "Dark"), ("dim", "Dim"))

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=16, choices=role_choices)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    time_zone = models.CharField(max_length=64, default="UTC")
    theme = models.CharField(max_length=8, choices=THEMES, default="auto")
    is_active = models.BooleanField(default=True)
    channel = models.CharField(max_length=16, default="email")
    says_openly = models.BooleanField(default=False)
    muted = models.JSONField(default=list, blank=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    next_digest_at = models.DateTimeField(null=True, blank=True)
    gathers_messages = models.BooleanField(default=False)
    has_dead_channel = models.BooleanField(default=False)
    joined_at = models.DateTimeField()

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("email"), name="user_email_any_case"),
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="user_quiet_hours_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="user_role_known"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["next_digest_at"],
                condition=models.Q(next_digest_at__isnull=False),
                name="user_digest_due",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def allows(self, permission: Permission) -> bool:
        return self.is_active and allows(self.role, permission)

    @property
    def is_patient(self) -> bool:
        return self.role == Role.PATIENT

    @property
    def is_clinician(self) -> bool:
        return self.allows(Permission.READ_RECORD)

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def is_supporter(self) -> bool:
        return self.role == Role.SUPPORTER

    @property
    def quiet_hours(self) -> QuietHours | None:
        return QuietHours.stored(self.quiet_from, self.quiet_until, self.time_zone)

    @property
    def short_name(self) -> str:
        return self.name.split()[0] if self.name else ""


class Invitation(models.Model):
    """One signed link to one account; it works once and then never again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField()
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=16, choices=role_choices)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    born_on = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    region = models.CharField(max_length=2, blank=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    user = models.OneToOneField(User, null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(used_at__isnull=True, user__isnull=True)
                | models.Q(used_at__isnull=False, user__isnull=False),
                name="invitation_used_by_somebody",
            )
        ]
