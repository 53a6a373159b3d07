"""Fixtures for every floor. Mail stays in memory; nothing leaves the machine."""

import os
from importlib.util import find_spec

import pytest
from django.core import mail
from hypothesis import settings as hypothesis_settings

from taper_tracker import clock
from tests.cast import a_cast

hypothesis_settings.register_profile("quick", max_examples=150, deadline=None)
hypothesis_settings.register_profile("mutants", max_examples=25, deadline=None, database=None)
hypothesis_settings.register_profile("nightly", max_examples=10_000, deadline=None)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

# `make test-browser` installs what the browser stories need and runs them.
collect_ignore = [] if find_spec("playwright") else ["browser"]


@pytest.fixture(autouse=True)
def _plain(settings, monkeypatch):
    monkeypatch.setattr(clock, "keep_backups", lambda now: None)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ACCOUNT_RATE_LIMITS = False
    settings.ALLOWED_HOSTS = ["*"]


@pytest.fixture
def cast(db):
    return a_cast()


@pytest.fixture
def outbox():
    return mail.outbox
