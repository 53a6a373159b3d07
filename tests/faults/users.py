"""`python -m tests.faults.users N`: N signed-in patients, as JSON; `... --saved`: what was stored."""

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taper_tracker.settings")

import django

django.setup()

from django.db.models import Count
from django.test import Client
from django.utils import timezone

from patients.models.checkins import CheckIn
from patients.models.flags import Flag
from tests.cast import Role, a_clinic, a_patient, a_person


def signed_in(patient) -> str:
    client = Client()
    client.force_login(patient.user)
    return client.cookies["sessionid"].value


def main(count: int) -> None:
    now = timezone.now()
    clinic = a_clinic("Crowd", now=now)
    doctor = a_person(clinic, "Dr Crowd", Role.DOCTOR, now)
    patients = [a_patient(clinic, doctor, f"P {n} Crowd", now) for n in range(count)]
    print(
        json.dumps(
            [
                {"id": str(p.pk), "session": signed_in(p), "day": p.days.day_of(now).isoformat()}
                for p in patients
            ]
        )
    )


def saved() -> None:
    """Red answers and flags of each patient."""
    red = CheckIn.objects.exclude(safety=[]).values("patient").annotate(n=Count("pk"))
    flags = Flag.objects.filter(rule__startswith="RF").values("patient").annotate(n=Count("pk"))
    print(
        json.dumps(
            {
                "answers": {str(row["patient"]): row["n"] for row in red},
                "flags": {str(row["patient"]): row["n"] for row in flags},
            }
        )
    )


if __name__ == "__main__":
    saved() if sys.argv[1] == "--saved" else main(int(sys.argv[1]))
