"""The one task that beat wakes."""

from celery import shared_task
from django.utils import timezone

from taper_tracker.clock import tick as run_tick


@shared_task(name="taper_tracker.tasks.tick")
def tick() -> None:
    run_tick(timezone.now())
