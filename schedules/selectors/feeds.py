"""What a calendar may read: times without a word of what they are for."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from icalendar import Calendar, Event

from patients.domain.days import DAY
from patients.models.care import Patient
from schedules.domain.plan import SLOT
from schedules.models.feeds import Feed
from schedules.selectors.plans import Standing, standing

AHEAD_DAYS: Final = 28
LASTS: Final = timedelta(minutes=15)
TITLE, LOOK = "Reminder", "Something to look at on your page"


def hash_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def patient_of_feed(key: str) -> Patient | None:
    """Whose times this address shows; None for one that was ended or never was."""
    feeds = Feed.objects.filter(
        key_hash=hash_of(key), ended_at__isnull=True, patient__user__is_active=True
    )
    feed = feeds.select_related("patient__user").first()
    return feed.patient if feed else None


def open_feed(patient: Patient) -> Feed | None:
    return Feed.objects.filter(patient=patient, ended_at__isnull=True).first()


def calendar_of(patient: Patient, now: datetime) -> bytes:
    """Four weeks at the times of the dose in force; on the day of the next step a look."""
    calendar = Calendar()
    calendar.add("prodid", "-//Taper Tracker//Reminders//EN")
    calendar.add("version", "2.0")
    stands = standing(patient, now)
    if stands is not None:
        for event in _events(stands, now):
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def _events(stands: Standing, now: datetime) -> list[Event]:
    found = []
    for ahead in range(AHEAD_DAYS):
        day = stands.today + ahead * DAY
        for slot, portion in stands.step.portions:
            if portion.dose:
                at = stands.days.at(day, SLOT[slot].at)
                found.append(_event(f"{day}-{slot}", TITLE, at, now))
    planned = stands.course.planned
    if planned is not None and planned >= stands.today and stands.next_step is not None:
        look = _event(f"{planned}-look", LOOK, stands.days.at(planned, SLOT["morning"].at), now)
        found.append(look)
    return found


def _event(uid: str, title: str, at: datetime, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{uid}@taper-tracker")
    event.add("summary", title)
    event.add("dtstart", at)
    event.add("dtend", at + LASTS)
    event.add("dtstamp", now)
    return event
