"""How a person is reached: the ways, a test of them, devices, a pager."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from patients.channels.registry import CHANNELS
from patients.channels.webpush import public_key
from patients.domain.delivery import OPTIONAL
from patients.forms.reminders import PagerForm, ReachForm, reach_initial
from patients.selectors.endpoints import endpoint_of, reach_lines
from patients.services.accounts import set_reach
from patients.services.endpoints import (
    EndpointRefused,
    add_endpoint,
    answer_test,
    remove_endpoint,
    send_test_reminder,
)
from patients.views.access import signed_in

if TYPE_CHECKING:
    from patients.models.accounts import User
    from patients.models.endpoints import Endpoint


@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: HttpRequest) -> HttpResponse:
    """The ways a person is reached, and how."""
    user, now = signed_in(request), timezone.now()
    form = ReachForm(request.POST or None, initial=reach_initial(user))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        muted = sorted(OPTIONAL) if chosen.pop("mutes_checkins") else []
        set_reach(user, **chosen, muted=muted, now=now)
        messages.success(request, "Saved.")
        return redirect("reminders")
    return _page(request, form, PagerForm())


def frame_of(user: User) -> str:
    if user.is_supporter:
        return "supporter.html"
    return "patient.html" if user.is_patient else "clinic.html"


def _page(request: HttpRequest, form: ReachForm, pager: PagerForm) -> HttpResponse:
    user = signed_in(request)
    context = {
        "form": form,
        "pager": pager,
        "lines": reach_lines(user, titles={name: way.title for name, way in CHANNELS.items()}),
        "push_key": public_key(),
        "frame": frame_of(user),
        "tab": "more",
        "nav": "reminders",
    }
    status = 400 if pager.errors else 200
    return render(request, "patients/accounts/reminders.html", context, status=status)


@require_POST
def test(request: HttpRequest) -> HttpResponse:
    """Send one test by every way there is."""
    user = signed_in(request)
    count = send_test_reminder(user, now=timezone.now())
    one = "A test is on its way. Look for it, then say here whether it arrived."
    many = f"{count} tests are on their way. Look for them, then say here which arrived."
    messages.success(request, one if count == 1 else many)
    return redirect("reminders")


@require_POST
def arrived(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Did it arrive? A way that did not is not used until it works again."""
    user, row = _own(request, endpoint_id)
    did = "yes" in request.POST
    answer_test(user, row, arrived=did, now=timezone.now())
    words = "Good. This way works." if did else "We will use another way until this one works."
    messages.success(request, words)
    return redirect("reminders")


@require_POST
def remove(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    user, row = _own(request, endpoint_id)
    if row.channel == "email":
        raise Http404
    remove_endpoint(user, row, now=timezone.now())
    messages.success(request, "Removed.")
    return redirect("reminders")


def _own(request: HttpRequest, endpoint_id: UUID) -> tuple[User, Endpoint]:
    user = signed_in(request)
    row = endpoint_of(user, endpoint_id)
    if row is None:
        raise Http404
    return user, row


@require_POST
def device(request: HttpRequest) -> HttpResponse:
    """A browser gives its push address; the page's own script sends it."""
    user, sent = signed_in(request), request.POST
    secrets = {"p256dh": sent.get("p256dh", ""), "auth": sent.get("auth", "")}
    if not all(secrets.values()) or any(len(value) > 200 for value in secrets.values()):
        return JsonResponse({"problem": "This browser gave no keys."}, status=400)
    try:
        add_endpoint(user, "webpush", sent.get("endpoint", ""), secrets=secrets, now=timezone.now())
    except EndpointRefused as refused:
        return JsonResponse({"problem": str(refused)}, status=400)
    return JsonResponse({}, status=201)


@require_POST
def pager(request: HttpRequest) -> HttpResponse:
    """A clinician's pager, by an https address."""
    user = signed_in(request)
    form = PagerForm(request.POST)
    if form.is_valid():
        try:
            target = form.cleaned_data["target"]
            add_endpoint(user, "webhook", target, secrets={}, now=timezone.now())
            messages.success(request, "Added. Send a test to see that it works.")
            return redirect("reminders")
        except EndpointRefused as refused:
            form.add_error("target", str(refused))
    return _page(request, ReachForm(initial=reach_initial(user)), form)
