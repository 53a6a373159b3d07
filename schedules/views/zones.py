"""The one question on a journey: keep the times of home, or move them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from patients.views.access import own_record, signed_in
from schedules.forms.zones import ZoneForm
from schedules.services.zones import ZoneRefused, move_zone
from schedules.views.diary import KEPT_ZONE


@require_http_methods(["GET", "HEAD", "POST"])
def zone(request: HttpRequest) -> HttpResponse:
    """Doing nothing keeps home time; moving begins tomorrow."""
    patient = own_record(request)
    if "keep" in request.POST:
        request.session[KEPT_ZONE] = request.POST.get("here", "")[:64]
        messages.success(request, "Your times stay as they are.")
        return redirect("today")
    form = ZoneForm(request.POST or None, initial={"time_zone": patient.zone.key})
    if request.method == "POST" and form.is_valid():
        try:
            chosen = form.cleaned_data["time_zone"]
            move_zone(patient, chosen, by=signed_in(request), now=timezone.now())
            messages.success(request, "Saved. Your times move tomorrow. Today stays as it is.")
            return redirect("more")
        except ZoneRefused as refused:
            form.add_error("time_zone", str(refused))
    context = {"form": form, "patient": patient, "tab": "more"}
    return render(request, "schedules/diary/zone.html", context)
