"""What the rules on tapers would raise now. Writes nothing; counts only, no names."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from patients.selectors.care import everybody_tapering
from schedules.services.review import rehearse


class Command(BaseCommand):
    help = "Rehearse the rules on stored history: how often each would fire now."

    def handle(self, *args: Any, **options: Any) -> None:
        people = everybody_tapering()
        found = rehearse(people, timezone.now())
        for (rule, tier), count in sorted(Counter((f["rule"], f["tier"]) for f in found).items()):
            self.stdout.write(f"{rule:<8} {tier:<10} {count}")
        self.stdout.write(f"{len(people)} people with a plan, {len(found)} findings, none raised.")
