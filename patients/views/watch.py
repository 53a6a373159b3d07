"""Is the clock well, and does the alarm reach its people? For admins and the safety contact."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from patients.domain.roles import Permission
from patients.selectors.endpoints import dead_by_channel
from patients.selectors.heartbeats import health, heartbeats
from patients.services.accounts import (
    AlarmRefused,
    answer_test_alarm,
    name_backup,
    send_test_alarm,
)
from patients.views.access import chosen_clinician, may, signed_in


@require_safe
def clock(request: HttpRequest) -> HttpResponse:
    """What the clock did last, what is late, who cannot be reached; no health data."""
    by = may(request, Permission.MANAGE_PEOPLE)
    now = timezone.now()
    context = {
        "health": health(now, disk=settings.TAPER_DATA_DIR),
        "beats": heartbeats(),
        "dead": dead_by_channel(by.clinic),
        "clinic": by.clinic,
        "nav": "clock",
    }
    return render(request, "patients/accounts/clock.html", context)


@require_POST
def test_alarm(request: HttpRequest) -> HttpResponse:
    by = may(request, Permission.MANAGE_PEOPLE)
    try:
        send_test_alarm(by.clinic, by=by, now=timezone.now())
        messages.success(request, "The test alarm is on its way to the safety contact.")
    except AlarmRefused as refused:
        messages.error(request, str(refused))
    return redirect("clock")


@require_POST
def backup(request: HttpRequest) -> HttpResponse:
    """Name the clinician who is asked when nobody has answered in time."""
    by = may(request, Permission.MANAGE_PEOPLE)
    person = chosen_clinician(request, by.clinic)
    name_backup(by.clinic, person, by=by, now=timezone.now())
    messages.success(request, f"{person.name} is the backup.")
    return redirect("people")


@require_http_methods(["GET", "HEAD", "POST"])
def alarm(request: HttpRequest) -> HttpResponse:
    """The safety contact says that the test alarm arrived."""
    user = signed_in(request)
    if not user.is_clinician or user.clinic.safety_contact_id != user.pk:
        raise Http404
    if request.method == "POST":
        try:
            answer_test_alarm(user.clinic, by=user, now=timezone.now())
            messages.success(request, "Thank you. Your clinic can invite patients now.")
        except AlarmRefused as refused:
            messages.error(request, str(refused))
        return redirect("alarm")
    return render(request, "patients/accounts/alarm.html", {"clinic": user.clinic, "nav": "triage"})
