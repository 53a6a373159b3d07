"""The first clinic and its first admin, for a house without the demo."""

import secrets
from datetime import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from patients.domain.roles import Role
from patients.models.accounts import User
from patients.services.accounts import open_account, open_clinic


class Command(BaseCommand):
    help = "Open a clinic with one admin and print a fresh password once."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("clinic")
        parser.add_argument("admin_name")
        parser.add_argument("admin_email")
        parser.add_argument("--phone", default="")
        parser.add_argument("--out-of-hours-phone", default="")
        parser.add_argument("--hours", default="")
        parser.add_argument("--time-zone", default="UTC")
        parser.add_argument("--region", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(email__iexact=options["admin_email"]).exists():
            raise CommandError("Somebody with this e-mail address has an account already.")
        now, password = timezone.now(), secrets.token_urlsafe(12)
        clinic = open_clinic(
            options["clinic"],
            phone=options["phone"],
            out_of_hours_phone=options["out_of_hours_phone"],
            hours=options["hours"],
            reads_at=time(8),
            time_zone=options["time_zone"],
            region=options["region"],
            now=now,
        )
        open_account(
            options["admin_email"],
            name=options["admin_name"],
            role=Role.ADMIN,
            clinic=clinic,
            password=password,
            time_zone=clinic.time_zone,
            by=None,
            now=now,
        )
        self.stdout.write(f"{options['admin_email']}  {password}  (shown only now)")
