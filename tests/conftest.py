"""Fixtures for every floor. Mail stays in memory; nothing leaves the machine."""

import pytest
from django.core import mail

from tests.cast import a_cast


@pytest.fixture(autouse=True)
def _plain(settings):
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
