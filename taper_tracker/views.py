"""The frame's own pages: role home, health, and pages for when something is wrong."""

import sys
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from patients.domain.flagbook import FLAGS
from patients.selectors.heartbeats import gauges, health
from patients.views.access import signed_in
from taper_tracker.facts import VERSION, facts

NOT_SAVED = "Nothing was saved. Please try again"
SERVICE_WORKER = settings.BASE_DIR / "static" / "js" / "sw.js"


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Signed in: the role's own first page. Signed out: the sign-in page."""
    user: Any = request.user
    if not user.is_authenticated:
        return redirect("account_login")
    if user.is_patient:
        return redirect("today")
    if user.is_supporter:
        return redirect("shared")
    return redirect("triage" if user.is_clinician else "people")


@require_safe
def facts_page(request: HttpRequest) -> HttpResponse:
    """What was checked when, and every rule with its source; for clinicians and admins."""
    user = signed_in(request)
    if not (user.is_clinician or user.is_admin):
        raise Http404
    context = {
        "facts": facts(timezone.now().date()),
        "rules": FLAGS.values(),
        "version": VERSION,
        "nav": "facts",
    }
    return render(request, "facts.html", context)


@login_not_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """503 with one line each when a message is late, the clock silent, the disk full, or worse."""
    try:
        found = health(timezone.now(), disk=settings.TAPER_DATA_DIR)
    except DatabaseError:
        return HttpResponse("database", status=503, content_type="text/plain")
    words = "\n".join(found.troubles) or "ok"
    return HttpResponse(words, status=200 if found.is_well else 503, content_type="text/plain")


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Gauges for Prometheus, counts only; for those who hold the token of the settings."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings.METRICS_TOKEN
    if not token or not constant_time_compare(given, token):
        return not_found(request, Exception())
    registry = CollectorRegistry()
    known: dict[str, Gauge] = {}
    for name, words, labels, value in gauges(timezone.now()):
        gauge = known.get(name)
        if gauge is None:
            gauge = known[name] = Gauge(name, words, sorted(labels), registry=registry)
        (gauge.labels(**labels) if labels else gauge).set(value)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


@login_not_required
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that shows pushes; it must stand at the root to speak for every page."""
    return HttpResponse(SERVICE_WORKER.read_text("utf-8"), content_type="text/javascript")


def _plain(title: str, words: str, status: int) -> HttpResponse:
    context = {"title": title, "words": words, "theme": "auto"}
    return HttpResponse(render_to_string("wrong.html", context), status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _plain("There is nothing here", "Check the address, or go back.", 404)


def broken(request: HttpRequest) -> HttpResponse:
    """A database that is away for a moment is 503: a proxy, and a person, should try again."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = _plain("Please wait a moment", f"{NOT_SAVED} in a minute.", 503)
        response.headers["Retry-After"] = "10"
        return response
    return _plain("We could not do that", f"{NOT_SAVED}.", 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    words = "Nothing was saved. Go back, open the page again, and send it once more."
    return _plain("This page was open for too long", words, 403)
