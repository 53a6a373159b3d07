"""The Celery app. Beat wakes one tick; the tick finds its work in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taper_tracker.settings")

app = Celery("taper_tracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
