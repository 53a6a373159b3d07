"""Doors of the days behind and the boxes at home."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from patients.views.access import own_record, signed_in
from schedules.forms.supply import CountForm
from schedules.selectors.days import diary_days
from schedules.selectors.supply import boxes_page
from schedules.services.supply import CountRefused, count_boxes


@require_safe
def diary(request: HttpRequest) -> HttpResponse:
    """The last two weeks: what was written down, and what is still open."""
    days = diary_days(own_record(request), timezone.now())
    return render(request, "schedules/diary/days.html", {"days": days, "tab": "progress"})


@require_http_methods(["GET", "HEAD", "POST"])
def supply(request: HttpRequest) -> HttpResponse:
    """Count the boxes at home; the page says how long they last."""
    now = timezone.now()
    patient = own_record(request)
    page = boxes_page(patient, now)
    form = CountForm(request.POST or None, boxes=page.boxes)
    if request.method == "POST" and form.is_valid():
        try:
            count_boxes(patient, form.cleaned_data, by=signed_in(request), now=now)
            messages.success(request, "Thank you. Saved.")
            return redirect("supply")
        except CountRefused as refused:
            form.add_error(None, str(refused))
    context = {"form": form, "page": page, "patient": patient, "tab": "plan"}
    return render(request, "schedules/diary/supply.html", context)
