"""The patient's doors: Today, the dose log, progress, the plan, the gate, hold."""

import uuid
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from patients.domain.words import clock_words, day_words, short_day
from patients.selectors.checkins import checkin_on
from patients.selectors.flags import newest_open_flag
from patients.views.access import own_record, signed_in
from patients.views.checkins import plan_day
from schedules.charts import PATIENT, Chart, Point, Series, draw
from schedules.domain.levels import daily_levels
from schedules.domain.plan import SLOT
from schedules.forms.diary import GateForm, HoldForm, OtherForm
from schedules.selectors.diary import (
    SlotCard,
    next_words,
    plan_lines,
    said_by_slot,
    slot_card,
    today_page,
)
from schedules.selectors.doses import row_of_submission
from schedules.selectors.gaps import taken_just_before
from schedules.selectors.histories import history_of
from schedules.selectors.plans import open_hold_flags, standing, waiting_revision
from schedules.selectors.progress import Progress, future_steps, progress
from schedules.selectors.requests import request_lines
from schedules.selectors.revisions import PlanView, plan_view
from schedules.services.diary import record_dose
from schedules.services.doses import AlreadyLogged, Answer, DoseRefused, undo_dose
from schedules.services.gates import GateClosed, clear_step
from schedules.services.plans import PlanRefused, hold_plan, read_plan


def read_plan_day(text: str) -> date:
    """A plan day of an address; 404 for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None


KEPT_ZONE = "kept_zone"


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """What to take now, what was taken, and the check-in."""
    now = timezone.now()
    patient = own_record(request)
    history = history_of(patient)
    page = today_page(patient, now, history=history)
    on = page.day if page else plan_day(patient, now)
    row = checkin_on(patient, on)
    flag = newest_open_flag(patient)
    context = {
        "page": page,
        "heading": day_words(on),
        "patient": patient,
        "kept_zone": request.session.get(KEPT_ZONE, ""),
        "checked_in": row is not None and row.is_complete,
        "waiting": waiting_revision(patient, now, history=history),
        "submission": uuid.uuid4(),
        "flag": flag,
        "flag_seen": clock_words(flag.seen_at.astimezone(patient.zone))
        if flag and flag.seen_at
        else "",
        "next_words": next_words(page.stands) if page and page.stands.next_step else "",
        "reads_at": clock_words(datetime.combine(on, patient.clinic.reads_at)),
        "new_dose": _new_tomorrow(page.stands) if page else None,
        "tab": "today",
    }
    return render(request, "schedules/diary/today.html", context)


def _new_tomorrow(stands: Any) -> dict[str, Any] | None:
    """The new dose beside the old one once its step is cleared."""
    if not stands.course.cleared or stands.next_step is None:
        return None
    return {
        "from": next_words(stands),
        "doses": said_by_slot(stands, stands.course.step + 1),
        "was": str(stands.step.total),
        "total": str(stands.next_step.total),
    }


@require_POST
def taken(request: HttpRequest, day: str, slot: str) -> HttpResponse:
    """One tap: taken as planned, the dose that the page showed; too close to another it asks."""
    if taken_just_before(own_record(request), read_plan_day(day), slot, timezone.now()):
        return redirect("dose-soon", day=day, slot=slot)
    seen = whole_number(request.POST.get("seen"))
    return _record(request, day, slot, answer=Answer("taken", seen_ng=seen))


def _record(request: HttpRequest, day: str, slot: str, *, answer: Answer) -> HttpResponse:
    now = timezone.now()
    patient = own_record(request)
    try:
        submission = uuid.UUID(request.POST.get("client_uuid", ""))
        record_dose(
            patient,
            day=read_plan_day(day),
            slot=slot,
            client_uuid=submission,
            answer=answer,
            by=signed_in(request),
            now=now,
        )
    except ValueError as refused:
        known = isinstance(refused, DoseRefused)
        words = str(refused) if known else "We could not read that. Please try again."
        add = messages.info if isinstance(refused, AlreadyLogged) else messages.error
        add(request, words)
    return redirect("today")


@require_http_methods(["GET", "HEAD", "POST"])
def other(request: HttpRequest, day: str, slot: str) -> HttpResponse:
    """Something else happened; also the place to fill in or change a past dose."""
    now = timezone.now()
    patient, on = own_record(request), read_plan_day(day)
    card = slot_card(patient, on, slot, now) if slot in SLOT else None
    if card is None or on > plan_day(patient, now):
        return _no_dose(request)
    form = OtherForm(
        request.POST or None,
        planned=card.portion.dose,
        initial={"client_uuid": uuid.uuid4()},
    )
    if request.method == "POST" and form.is_valid():
        answer = _answer(form, card, now)
        return _record(request, day, slot, answer=answer)
    context = {
        "form": form,
        "card": card,
        "when": day_words(on),
        "tab": "today",
        "submission": uuid.uuid4(),
    }
    return render(request, "schedules/diary/other.html", context)


def _no_dose(request: HttpRequest) -> HttpResponse:
    context = {"why": "Your plan has no dose at this time of that day.", "tab": "today"}
    return render(request, "schedules/diary/no_dose.html", context, status=404)


def _answer(form: OtherForm, card: SlotCard, now: datetime) -> Answer:
    amount = form.cleaned_data["amount"] if form.kind == "different" else None
    at = form.taken_at(card.due_at)
    taken_at = min(at, now) if at else None
    return Answer(form.kind, amount=amount, taken_at=taken_at, correct=True)


@require_POST
def undo(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    """Take a log entry back within ten minutes."""
    now = timezone.now()
    patient = own_record(request)
    entry = row_of_submission(patient, entry_id)
    if entry is None:
        raise Http404
    try:
        again = uuid.uuid5(entry.client_uuid, "undo")
        undo_dose(entry, client_uuid=again, by=signed_in(request), now=now)
        messages.success(request, "Undone. It is open again.")
    except DoseRefused as refused:
        messages.error(request, str(refused))
    return redirect("today")


@require_safe
def progress_page(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    patient = own_record(request)
    back = None if request.GET.get("range") == "all" else 28
    seen = progress(patient, now, back=back)
    context = {
        "seen": seen,
        "chart": patient_chart(seen),
        "headline": headline(seen),
        "range": "all" if back is None else "4w",
        "days": list(reversed(seen.lines[-60:])),
        "next_words": next_words(seen.stands) if seen.stands and seen.stands.next_step else "",
        "tab": "progress",
    }
    return render(request, "schedules/diary/progress.html", context)


def points_of(seen: Progress) -> list[Point]:
    return [
        Point(
            line.day,
            float(line.planned.decimal) if line.planned is not None else None,
            line.overall,
            line.held,
        )
        for line in seen.lines
    ]


def patient_chart(seen: Progress) -> Chart:
    """The last days and at most the next agreed step."""
    future = future_steps(seen.stands, most=1) if seen.stands else []
    points = points_of(seen)
    last = max([points[-1].day, *(day for day, _ in future)])
    series = Series(
        points=points,
        future=[(day, float(dose.decimal)) for day, dose in future],
        today=points[-1].day,
        last=date.fromordinal(last.toordinal() + (3 if future else 1)),
        levels=levels_of(seen),
    )
    words = chart_words(seen)
    return draw(PATIENT, series, title="Your dose and your symptoms", words=words)


def levels_of(seen: Progress) -> list[float]:
    """The modelled amount, drawn as an estimate."""
    if seen.stands is None:
        return []
    doses = [float(line.planned.decimal) if line.planned else None for line in seen.lines]
    return daily_levels(doses, float(seen.stands.medicine.half_life_h))


def chart_words(seen: Progress) -> str:
    """One sentence that says what the chart shows."""
    planned = [line for line in seen.lines if line.planned is not None]
    logged = [line for line in seen.lines if line.overall is not None]
    hard = [line for line in logged if (line.overall or 0) >= 3]
    dose = "No plan yet."
    if planned:
        dose = f"Dose from {planned[0].planned_words} to {planned[-1].planned_words} a day."
    return f"{dose} {len(logged)} days logged, {len(hard)} of them severe or very severe."


def headline(seen: Progress) -> str:
    planned = [line.planned for line in seen.lines if line.planned is not None]
    if not planned:
        return "Your progress"
    if planned[-1] < planned[0]:
        return f"From {planned[0]} to {planned[-1]} a day"
    return f"You take {planned[-1]} a day"


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """The agreed steps; a new plan is read here before it begins."""
    now = timezone.now()
    patient = own_record(request)
    if request.method == "POST":
        return _read(request, now)
    waiting = waiting_revision(patient, now)
    stands = standing(patient, now)
    waits: PlanView | None = plan_view(waiting) if waiting else None
    context = {
        "stands": stands,
        "lines": plan_lines(stands) if stands else [],
        "waiting": waits,
        "patient": patient,
        "tab": "plan",
    }
    return render(request, "schedules/plans/mine.html", context)


def _read(request: HttpRequest, now: datetime) -> HttpResponse:
    try:
        seen = request.POST.get("revision", "")
        read_plan(own_record(request), seen=seen, by=signed_in(request), now=now)
        messages.success(request, "Thank you. Your plan is on your Today page.")
        return redirect("today")
    except PlanRefused as refused:
        messages.error(request, str(refused))
        return redirect("plan")


@require_http_methods(["GET", "HEAD", "POST"])
def gate(request: HttpRequest) -> HttpResponse:
    """Before a lower step: the new dose beside the old, three questions, go or wait."""
    now = timezone.now()
    patient = own_record(request)
    stands = standing(patient, now)
    if stands is None or not stands.gate_open or open_hold_flags(patient):
        return render(
            request, "schedules/plans/gate_closed.html", {"stands": stands, "tab": "plan"}
        )
    form = GateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            clear_step(
                patient,
                step=whole_number(request.POST.get("step")),
                seen=request.POST.get("revision", ""),
                answers=form.answers(),
                by=signed_in(request),
                now=now,
            )
            messages.success(
                request, "Thank you. Your new dose is on your Today page from its day on."
            )
        except GateClosed as closed:
            messages.error(request, str(closed))
        return redirect("today")
    step = stands.course.step
    context = {
        "form": form,
        "stands": stands,
        "step": step + 1,
        "when": next_words(stands),
        "old": said_by_slot(stands, step),
        "new": said_by_slot(stands, step + 1),
        "old_total": str(stands.step.total),
        "new_total": str(stands.taper.steps[step + 1].total),
        "tab": "plan",
    }
    return render(request, "schedules/plans/gate.html", context)


def whole_number(text: str | None) -> int:
    """A plain whole number from a form, or -1, which fits nothing."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else -1


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """Ask to wait: a hold works at once and never ends by itself."""
    now = timezone.now()
    patient = own_record(request)
    stands = standing(patient, now)
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            held = hold_plan(
                patient, note=form.cleaned_data["note"], by=signed_in(request), now=now
            )
            day = short_day(held.look_again_on) if held.look_again_on else ""
            messages.success(
                request, f"Done. You stay on this dose. Your clinic looks again by {day}."
            )
            return redirect("today")
        except PlanRefused as refused:
            form.add_error(None, str(refused))
    context = {
        "form": form,
        "stands": stands,
        "requests": request_lines(patient),
        "tab": "plan",
    }
    return render(request, "schedules/plans/change.html", context)
