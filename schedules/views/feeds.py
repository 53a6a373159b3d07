"""Doors of the calendar: its page, and the address that a calendar reads."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from patients.views.access import own_record, signed_in
from schedules.selectors.feeds import calendar_of, open_feed, patient_of_feed
from schedules.services.feeds import end_feed, make_feed


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """Make an address or end it; the address is shown once."""
    now = timezone.now()
    patient, by = own_record(request), signed_in(request)
    address = ""
    if request.method == "POST" and "end" in request.POST:
        end_feed(patient, by=by, now=now)
    elif request.method == "POST":
        key = make_feed(patient, by=by, now=now)
        address = f"{settings.BASE_URL}/calendar/{key}.ics"
    context = {"address": address, "feed": open_feed(patient), "tab": "plan"}
    return render(request, "schedules/plans/calendar.html", context)


@login_not_required
@require_safe
def feed(request: HttpRequest, key: str) -> HttpResponse:
    """Times for whoever holds the address; nothing of it names a medicine or an amount."""
    patient = patient_of_feed(key)
    if patient is None:
        raise Http404
    return HttpResponse(calendar_of(patient, timezone.now()), content_type="text/calendar")
