"""The door for gunicorn. What is loaded at the start is never garbage: it is not searched again."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taper_tracker.settings")
application = get_wsgi_application()
gc.collect()
gc.freeze()
