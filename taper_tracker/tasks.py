"""The two tasks that beat wakes, each in a queue of its own: mail never delays the clock."""

from celery import shared_task
from django.utils import timezone

from taper_tracker import clock


@shared_task(name="taper_tracker.tasks.tick")
def tick() -> None:
    clock.tick(timezone.now)


@shared_task(name="taper_tracker.tasks.deliver")
def deliver() -> None:
    clock.deliver(timezone.now)
