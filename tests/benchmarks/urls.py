"""The project's addresses and the floor: session, user, one query, a small page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from patients.models.accounts import Clinic


def floor(request: HttpRequest) -> HttpResponse:
    clinic = Clinic.objects.get(pk=request.user.clinic_id)
    return render(request, "components/problem.html", {"error": clinic.name})


urlpatterns = [path("floor/", floor), path("", include("taper_tracker.urls"))]
