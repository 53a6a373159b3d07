"""Looks through every stored red answer for one without a flag, and raises it."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from patients.services.reconciler import raise_lost_flags

EVER = datetime(2000, 1, 1, tzinfo=UTC)


class Command(BaseCommand):
    help = "Raise the flag of every red answer that has none, over the whole record."

    def handle(self, *args: Any, **options: Any) -> None:
        lost = raise_lost_flags(timezone.now(), since=EVER)
        self.stdout.write(f"{lost} red answers had no flag." if lost else "Every one has its flag.")
