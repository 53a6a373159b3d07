"""`python -m tests.faults.checkins N`: N patients check in, one after another; ms each as JSON."""

import json
import os
import sys
from time import perf_counter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taper_tracker.settings")

import django

django.setup()

from django.test import Client
from django.utils import timezone

from patients.models.checkins import CheckIn
from tests.cast import Role, a_clinic, a_patient, a_person


def check_in(patient, day) -> float:
    """One good day and one red tick, through the pages."""
    client = Client(headers={"host": "localhost"})
    client.force_login(patient.user)
    began = perf_counter()
    quiet = client.post(f"/check-in/{day}/day/", {"day": "1"})
    took = perf_counter() - began
    red = client.post(f"/check-in/{day}/safety/", {"flag": ["r1"], "region": "us"})
    if quiet.status_code not in (200, 302) or red.status_code not in (200, 302):
        raise SystemExit(f"{quiet.status_code} and {red.status_code}")
    return took * 1000


def main(count: int, name: str) -> None:
    now = timezone.now()
    clinic = a_clinic(name, now=now)
    doctor = a_person(clinic, f"Dr {name}", Role.DOCTOR, now)
    patients = [a_patient(clinic, doctor, f"P {n} {name}", now) for n in range(count)]
    day = patients[0].days.day_of(now)
    times = [check_in(patient, day) for patient in patients]
    saved = CheckIn.objects.filter(patient__clinic=clinic).count()
    print(json.dumps({"times": times, "saved": saved}))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
