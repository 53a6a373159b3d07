"""`python -m tests.faults.fill N`: a clinic with N messages due now; prints nothing."""

import os
import sys

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


def main(count: int) -> None:
    call_command("migrate", verbosity=0)
    now = timezone.now()
    clinic = a_clinic(now=now)
    people = User.objects.bulk_create(
        User(
            email=f"p{n}@x.example", name=f"P {n}", role=Role.PATIENT, clinic=clinic,
            joined_at=now, password="!",
        )
        for n in range(100)
    )  # fmt: skip
    notices = [
        Notice(KINDS[n % len(KINDS)], f"x{n}", now, people[n % 100], params={"path": "/"})
        for n in range(count)
    ]
    Message.objects.bulk_create([notice.by("email", now=now) for notice in notices])


if __name__ == "__main__":
    main(int(sys.argv[1]))
