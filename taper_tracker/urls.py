"""The addresses of both apps, and the frame's own."""

from django.urls import include, path

from taper_tracker import views

handler404 = "taper_tracker.views.not_found"
handler500 = "taper_tracker.views.broken"

urlpatterns = [
    path("", views.home, name="home"),
    path("facts/", views.facts_page, name="facts"),
    path("sw.js", views.service_worker, name="service-worker"),
    path("healthz/live", views.live, name="live"),
    path("healthz/ready", views.ready, name="ready"),
    path("healthz/metrics", views.metrics, name="metrics"),
    path("", include("patients.urls")),
    path("", include("schedules.urls")),
    path("accounts/", include("allauth.account.urls")),
]
