"""`manage.py backup`: a checked copy of the embedded database, or word that another made one."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from taper_tracker.backups import KEPT, BackupRefused, make_backup, record_backup


class Command(BaseCommand):
    help = "Copy the embedded database while it is in use; the clock does it once a day too."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--to", type=Path, default=settings.BACKUP_DIR, help="folder")
        parser.add_argument("--keep", type=int, default=KEPT, help="how many copies stay")
        parser.add_argument(
            "--recorded", action="store_true", help="another tool has made a copy just now"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["recorded"]:
            record_backup(now=now)
            self.stdout.write("Written down.")
            return
        if options["keep"] < 1:
            raise CommandError("Keep at least one copy.")
        try:
            path = make_backup(options["to"], now=now, keep=options["keep"])
        except (OSError, BackupRefused) as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"Copied to {path}")
