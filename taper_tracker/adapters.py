"""Accounts come by invitation only; their mail goes through the outbox."""

from typing import Any, Final
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import timezone

from patients.models.accounts import User
from patients.services.accounts import send_reset_link, tell_password_changed

PASSWORD_CHANGED: Final = (
    "account/email/password_changed",
    "account/email/password_reset",
    "account/email/password_set",
)


class ByInvitation(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves, and no page waits for a mail server."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        path = urlsplit(context["password_reset_url"]).path
        send_reset_link(user, path=path, now=timezone.now())

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        if template_prefix in PASSWORD_CHANGED:
            tell_password_changed(user, now=timezone.now())
