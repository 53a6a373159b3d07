"""Addresses of people: accounts, check-in, flags, help."""

from django.urls import path

from patients.views import (
    accounts,
    care,
    checkins,
    cover,
    flags,
    help,
    reminders,
    thresholds,
    watch,
)

urlpatterns = [
    path("help-now/", help.help_now, name="help-now"),
    path("help-now/<slug:region>/", help.help_now, name="help-now-region"),
    path("check-in/", checkins.start, name="checkin"),
    path("check-in/<str:day>/day/", checkins.day, name="checkin-day"),
    path("check-in/<str:day>/safety/", checkins.safety, name="checkin-safety"),
    path("check-in/<str:day>/grade/", checkins.grade, name="checkin-grade"),
    path("check-in/<str:day>/more/", checkins.more, name="checkin-more"),
    path("more/", accounts.more, name="more"),
    path("more/reminders/", reminders.reminders, name="reminders"),
    path("more/reminders/test/", reminders.test, name="reminders-test"),
    path("more/reminders/device/", reminders.device, name="reminders-device"),
    path("more/reminders/pager/", reminders.pager, name="reminders-pager"),
    path("more/reminders/<uuid:endpoint_id>/arrived/", reminders.arrived, name="reminders-arrived"),
    path("more/reminders/<uuid:endpoint_id>/remove/", reminders.remove, name="reminders-remove"),
    path("accounts/join/<str:token>/", accounts.join, name="join"),
    path("clinic/alarm/", watch.alarm, name="alarm"),
    path("clinic/invite/", accounts.invite_patient, name="invite-patient"),
    path("clinic/patients/<uuid:patient_id>/care/", care.team, name="care-team"),
    path(
        "clinic/patients/<uuid:patient_id>/thresholds/",
        thresholds.thresholds,
        name="thresholds",
    ),
    path("flags/<uuid:flag_id>/seen/", flags.seen, name="flag-seen"),
    path("flags/<uuid:flag_id>/outcome/", flags.outcome, name="flag-outcome"),
    path("cover/", cover.cover, name="cover"),
    path("cover/<uuid:absence_id>/name/", cover.name, name="cover-name"),
    path("cover/<uuid:absence_id>/end/", cover.end, name="cover-end"),
    path("manage/", accounts.people, name="people"),
    path("manage/invite/", accounts.invite_staff, name="invite-staff"),
    path("manage/people/<uuid:user_id>/switch/", accounts.switch, name="people-switch"),
    path("manage/safety-contact/", accounts.safety_contact, name="safety-contact"),
    path("manage/backup/", watch.backup, name="backup"),
    path("manage/clock/", watch.clock, name="clock"),
    path("manage/clock/alarm/", watch.test_alarm, name="test-alarm"),
    path("manage/ledger/", accounts.ledger, name="ledger"),
]
