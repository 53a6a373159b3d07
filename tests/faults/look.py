"""`python -m tests.faults.look`: what became of every message, as JSON."""

import json
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taper_tracker.settings")

import django

django.setup()

from patients.models.messages import Message

if __name__ == "__main__":
    rows = Message.objects.values_list("message_id", "state", "ambiguous_count", "failures")
    print(json.dumps(list(rows)))
