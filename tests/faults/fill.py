"""`python -m tests.faults.fill N [S]`: a clinic with N messages, every other one due in S seconds."""

import os
import sys
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taper_tracker.settings")

import django

django.setup()

from django.core.management import call_command
from django.utils import timezone

from patients.domain.roles import Role
from patients.models.accounts import User
from patients.models.messages import Message
from patients.services.messages import Notice
from tests.cast import a_clinic

KINDS = ("flag", "message", "message", "message")


def main(count: int, later: int = 0) -> None:
    call_command("migrate", verbosity=0)
    now = timezone.now()
    due = (now, now + timedelta(seconds=later))
    clinic = a_clinic(now=now)
    people = User.objects.bulk_create(
        User(
            email=f"p{n}@x.example", name=f"P {n}", role=Role.PATIENT, clinic=clinic,
            joined_at=now, password="!",
        )
        for n in range(100)
    )  # fmt: skip
    notices = [
        Notice(KINDS[n % len(KINDS)], f"x{n}", due[n % 2], people[n % 100], params={"path": "/"})
        for n in range(count)
    ]
    Message.objects.bulk_create([notice.by("email", now=now) for notice in notices])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
