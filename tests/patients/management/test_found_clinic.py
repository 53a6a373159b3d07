"""A house without the demo begins with one clinic and one admin."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

pytestmark = pytest.mark.django_db
ARGUMENTS = ("found_clinic", "Hill Practice", "Jo Hart", "jo@hill.example")


def test_the_first_admin_signs_in_with_the_printed_password():
    said = StringIO()
    call_command(*ARGUMENTS, stdout=said)
    email, password, *_ = said.getvalue().split()
    client = Client()
    client.post("/accounts/login/", {"login": email, "password": password})
    assert client.get("/manage/").status_code == 200


def test_an_address_is_used_once():
    call_command(*ARGUMENTS, stdout=StringIO())
    with pytest.raises(CommandError, match="account already"):
        call_command(*ARGUMENTS, stdout=StringIO())
