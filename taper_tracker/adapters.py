"""Accounts come by invitation only; their mail goes through the outbox."""

from typing import Any, Final
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from patients.models.accounts import User
from patients.services.accounts import send_reset_link, tell_password_changed
from patients.services.sign_ins import note_sign_in

PASSWORD_CHANGED: Final = (
    "account/email/password_changed",
    "account/email/password_reset",
    "account/email/password_set",
)
DEVICE_COOKIE: Final = "device"
DEVICE_SECONDS: Final = 400 * 24 * 60 * 60


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

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """The device keeps a key of its own, so that the next sign-in is no news."""
        response: HttpResponse = super().post_login(request, user, **options)
        key = note_sign_in(user, key=request.COOKIES.get(DEVICE_COOKIE, ""), now=timezone.now())
        response.set_cookie(
            DEVICE_COOKIE,
            key,
            max_age=DEVICE_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return response
