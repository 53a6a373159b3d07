"""Addresses of everything that shows doses or plans."""

from django.urls import path

from schedules.views import (
    aftercare,
    clinic,
    data,
    days,
    diary,
    endings,
    plans,
    requests,
    shared,
    soon,
    start_gates,
    zones,
)

urlpatterns = [
    path("today/", diary.today, name="today"),
    path("today/zone/", zones.zone, name="zone"),
    path("dose/<uuid:entry_id>/undo/", diary.undo, name="dose-undo"),
    path("dose/<str:day>/<str:slot>/", diary.other, name="dose"),
    path("dose/<str:day>/<str:slot>/soon/", soon.soon, name="dose-soon"),
    path("dose/<str:day>/<str:slot>/taken/", diary.taken, name="dose-taken"),
    path("progress/", diary.progress_page, name="progress"),
    path("aftercare/", aftercare.aftercare, name="aftercare"),
    path("data/", data.data, name="data"),
    path("data/export/", data.export, name="data-export"),
    path("data/delete/", data.delete, name="data-delete"),
    path("diary/", days.diary, name="diary"),
    path("supply/", days.supply, name="supply"),
    path("plan/", diary.plan, name="plan"),
    path("gate/", diary.gate, name="gate"),
    path("change/", diary.change, name="change"),
    path("change/ask/", requests.ask, name="change-ask"),
    path("shared/", shared.shared, name="shared"),
    path("shared/<uuid:share_id>/", shared.record, name="shared-record"),
    path("clinic/", clinic.triage_page, name="triage"),
    path("clinic/patients/", clinic.patients, name="patients"),
    path("clinic/patients/<uuid:patient_id>/", clinic.review, name="review"),
    path("clinic/patients/<uuid:patient_id>/hold/", clinic.hold, name="hold"),
    path(
        "clinic/patients/<uuid:patient_id>/requests/<uuid:request_id>/",
        requests.answer,
        name="request-answer",
    ),
    path("clinic/patients/<uuid:patient_id>/ending/", endings.ending, name="ending"),
    path("clinic/patients/<uuid:patient_id>/go/", clinic.spoken_go, name="spoken-go"),
    path("clinic/patients/<uuid:patient_id>/plans/new/", plans.new, name="plan-new"),
    path("clinic/patients/<uuid:patient_id>/plans/preview/", plans.preview, name="plan-preview"),
    path(
        "clinic/patients/<uuid:patient_id>/plans/<uuid:revision_id>/sign/",
        plans.sign,
        name="plan-sign",
    ),
    path(
        "clinic/patients/<uuid:patient_id>/plans/<uuid:revision_id>/start-gates/",
        start_gates.start_gates,
        name="start-gates",
    ),
    path(
        "clinic/patients/<uuid:patient_id>/plans/<uuid:revision_id>/withdraw/",
        plans.withdraw,
        name="plan-withdraw",
    ),
]
