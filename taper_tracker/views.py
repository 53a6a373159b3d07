"""The frame's own pages: role home, health, and pages for when something is wrong."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from patients.selectors.messages import oldest_due

LATE_SECONDS = 120


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Signed in: the role's own first page. Signed out: the sign-in page."""
    user: Any = request.user
    if not user.is_authenticated:
        return redirect("account_login")
    if user.is_patient:
        return redirect("today")
    return redirect("triage" if user.is_clinician else "people")


@login_not_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """503 when the database does not answer or a message is over 120 s late."""
    now = timezone.now()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        oldest = oldest_due(now)
    except DatabaseError:
        return HttpResponse("database", status=503, content_type="text/plain")
    if oldest is not None and (now - oldest).total_seconds() > LATE_SECONDS:
        return HttpResponse("late", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


def _plain(title: str, words: str, status: int) -> HttpResponse:
    context = {"title": title, "words": words, "theme": "auto"}
    return HttpResponse(render_to_string("wrong.html", context), status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _plain("There is nothing here", "Check the address, or go back.", 404)


def broken(request: HttpRequest) -> HttpResponse:
    return _plain("We could not do that", "Nothing was saved. Please try again.", 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    words = "Nothing was saved. Go back, open the page again, and send it once more."
    return _plain("This page was open for too long", words, 403)
