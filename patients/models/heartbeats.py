"""When each part of the clock last did its work."""

from typing import ClassVar

from django.db import models


class Heartbeat(models.Model):
    """One row for each job of the clock; the health page and the banner read it."""

    name = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField()
    took_ms = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=200, blank=True)
    trouble_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
