"""Who may do what: the one table of roles and permissions."""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    PATIENT = "patient"
    DOCTOR = "doctor"
    NURSE = "nurse"
    ADMIN = "admin"
    SUPPORTER = "supporter"


class Permission(StrEnum):
    KEEP_DIARY = "keep-diary"
    READ_RECORD = "read-record"
    ANSWER_FLAG = "answer-flag"
    HOLD_PLAN = "hold-plan"
    DRAFT_PLAN = "draft-plan"
    SIGN_PLAN = "sign-plan"
    INVITE_PATIENT = "invite-patient"
    MANAGE_PEOPLE = "manage-people"
    SHARE = "share"
    SEE_SHARED = "see-shared"


_NURSE: Final = frozenset(
    {
        Permission.READ_RECORD,
        Permission.ANSWER_FLAG,
        Permission.HOLD_PLAN,
        Permission.INVITE_PATIENT,
    }
)
MAY: Final[dict[Role, frozenset[Permission]]] = {
    Role.PATIENT: frozenset({Permission.KEEP_DIARY, Permission.HOLD_PLAN, Permission.SHARE}),
    Role.NURSE: _NURSE,
    Role.DOCTOR: _NURSE | {Permission.DRAFT_PLAN, Permission.SIGN_PLAN},
    Role.ADMIN: frozenset({Permission.MANAGE_PEOPLE}),
    Role.SUPPORTER: frozenset({Permission.SEE_SHARED}),
}
CLINICIANS: Final = frozenset({Role.DOCTOR, Role.NURSE})
LABELS: Final = {
    Role.PATIENT: "Patient",
    Role.DOCTOR: "Doctor",
    Role.NURSE: "Nurse",
    Role.ADMIN: "Admin",
    Role.SUPPORTER: "Support person",
}


def allows(role: str, permission: Permission) -> bool:
    """Whether the role alone carries the permission; a record needs a care link too."""
    return role in set(Role) and permission in MAY[Role(role)]
