"""The doctor's doors: triage, the list of patients, one patient's page, hold and resume."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from patients.domain.roles import Permission
from patients.domain.words import clock_words, day_words
from patients.forms.notes import note_of
from patients.selectors.care import care_team, colleagues
from patients.selectors.checkins import recent_notes
from patients.selectors.flags import open_flags_of, visible_flag
from patients.selectors.questionnaires import scores
from patients.selectors.remarks import remark_lines
from patients.selectors.visits import visit_line
from patients.views.access import may, record_for, signed_in
from schedules.charts import CLINIC, Chart, Series, draw, spark
from schedules.selectors.aftercare import aftercare_answers
from schedules.selectors.diary import next_words
from schedules.selectors.plans import can_undo, newest_signed, plan_of
from schedules.selectors.progress import Progress, facts, future_steps, progress
from schedules.selectors.requests import request_lines
from schedules.selectors.revisions import revision_lines
from schedules.selectors.supply import boxes_page
from schedules.selectors.triage import Line, Triage, age_of, triage
from schedules.services.gates import GateClosed, clear_step
from schedules.services.plans import PlanRefused, hold_plan, resume_plan
from schedules.views.diary import chart_words, levels_of, points_of, whole_number

NAMES = {
    "act": ("Act today", "urgent"),
    "week": ("Look at this week", "caution"),
    "work": ("Plan work", "info"),
}


@require_safe
def triage_page(request: HttpRequest) -> HttpResponse:
    """Act today, look at this week, plan work; everybody steady folded away."""
    now = timezone.now()
    user = may(request, Permission.READ_RECORD)
    seen = triage(user, now)
    chosen = _chosen(request, seen)
    flag = visible_flag(user, chosen.flag_id, now=now) if chosen and chosen.flag_id else None
    here = now.astimezone(ZoneInfo(user.time_zone))
    context = {
        "groups": [_group(name, seen) for name in NAMES],
        "steady": [_row(line) for line in seen.steady],
        "chosen": chosen,
        "flag": flag,
        "log": _log(flag, here.tzinfo) if flag else [],
        "notes": recent_notes(flag.patient, limit=1) if flag else [],
        "heading": f"{day_words(here.date())}, {clock_words(here)}",
        "people": seen.people,
        "nav": "triage",
    }
    return render(request, "schedules/clinic/triage.html", context)


def _chosen(request: HttpRequest, seen: Triage) -> Line | None:
    wanted = request.GET.get("sel", "")
    flagged = [line for line in (*seen.act, *seen.week) if line.flag_id]
    named = [line for line in flagged if str(line.flag_id) == wanted]
    return next(iter([*named, *flagged]), None)


def _group(name: str, seen: Triage) -> dict[str, Any]:
    title, tone = NAMES[name]
    return {
        "id": name,
        "title": title,
        "tone": tone,
        "rows": [_row(line) for line in getattr(seen, name)],
    }


def _row(line: Line) -> dict[str, Any]:
    bars, cuts = spark(line.spark, line.cuts)
    return {"line": line, "bars": bars, "cuts": cuts}


def _log(flag: Any, zone: Any) -> list[tuple[str, str]]:
    """What the app has done about a flag, and what it will do next."""
    lines = [(flag.raised_at, "Showed the help screen. Told the clinicians of this patient.")]
    if flag.tier not in ("emergency", "urgent"):
        lines = [(flag.raised_at, "Put it on this list.")]
    if flag.level:
        times = "once" if flag.level == 1 else f"{flag.level} times"
        lines.append((flag.raised_at, f"Nobody had said they saw it: asked again {times}."))
    if flag.seen_at:
        lines.append((flag.seen_at, f"Seen by {flag.seen_by.name}."))
    if flag.acted_at:
        lines.append((flag.acted_at, f"{flag.get_outcome_display()}. {flag.note}".strip()))
    if flag.next_escalation_at:
        lines.append((flag.next_escalation_at, "Next: asks again and tells the safety contact."))
    return [(clock_words(at.astimezone(zone)), words) for at, words in lines]


@require_safe
def patients(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    user = may(request, Permission.READ_RECORD)
    seen = triage(user, now)
    query = request.GET.get("q", "").strip().casefold()
    lines = sorted((*seen.act, *seen.week, *seen.work, *seen.steady), key=lambda line: line.name)
    found = [line for line in lines if query in line.name.casefold()]
    context = {"lines": found, "query": request.GET.get("q", ""), "nav": "patients"}
    return render(request, "schedules/clinic/patients.html", context)


@require_safe
def review(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """One patient: what changed, dose and symptoms on one axis, the next decision."""
    now = timezone.now()
    patient = record_for(request, patient_id, now=now)
    back = 28 if request.GET.get("range") == "28d" else None
    seen = progress(patient, now, back=back)
    whole = seen if back is None else progress(patient, now)
    plan = plan_of(patient)
    newest = newest_signed(plan) if plan else None
    flags = list(open_flags_of(patient).order_by("-raised_at"))
    context = {
        "patient": patient,
        "age": age_of(patient, now),
        "seen": seen,
        "chart": clinic_chart(seen),
        "facts": facts(whole.lines, len(flags)),
        "flags": flags,
        "requests": request_lines(patient),
        "remarks": remark_lines(patient, most=5),
        "submission": uuid4(),
        "visit": visit_line(patient, now),
        "scores": scores(patient),
        "boxes": boxes_page(patient, now),
        "aftercare": aftercare_answers(patient),
        "notes": recent_notes(patient),
        "days": list(reversed(seen.lines[-120:])),
        "range": "28d" if back else "all",
        "stands": seen.stands,
        "next_number": seen.stands.course.step + 1 if seen.stands else 0,
        "next_words": next_words(seen.stands) if seen.stands and seen.stands.next_step else "",
        "revisions": revision_lines(patient),
        "undo": newest if newest is not None and can_undo(newest, now) else None,
        "may_draft": signed_in(request).allows(Permission.DRAFT_PLAN),
        "team": care_team(patient, now=now),
        "colleagues": colleagues(patient, now=now),
        "nav": "patients",
    }
    return render(request, "schedules/clinic/review.html", context)


def clinic_chart(seen: Progress) -> Chart:
    future = future_steps(seen.stands, most=2) if seen.stands else []
    points = points_of(seen)
    last = max([points[-1].day, *(day for day, _ in future)])
    series = Series(
        points=points,
        future=[(day, float(dose.decimal)) for day, dose in future],
        today=points[-1].day,
        last=date.fromordinal(last.toordinal() + 3),
        lanes=seen.lanes,
        levels=levels_of(seen),
        taken=[(line.logged, line.asked) for line in seen.lines],
    )
    words = f"{chart_words(seen)} The table below has every value."
    return draw(CLINIC, series, title="Dose and symptoms, day by day", words=words)


@require_POST
def hold(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Hold or resume the plan in force."""
    now = timezone.now()
    patient = record_for(request, patient_id, now=now, needs=Permission.HOLD_PLAN)
    note, by = note_of(request.POST)[:2000], signed_in(request)
    try:
        if "resume" in request.POST:
            resume_plan(patient, note=note, by=by, now=now)
            messages.success(request, "Resumed. The next step still asks at its gate.")
        else:
            hold_plan(patient, note=note, by=by, now=now)
            messages.success(request, "On hold. The dose stays until you resume.")
    except PlanRefused as refused:
        messages.error(request, str(refused))
    return redirect("review", patient_id=patient_id)


@require_POST
def spoken_go(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """A clinician records the *go* that the patient said; the gate's rules hold all the same."""
    now = timezone.now()
    patient = record_for(request, patient_id, now=now, needs=Permission.HOLD_PLAN)
    try:
        step = whole_number(request.POST.get("step"))
        by = signed_in(request)
        seen = request.POST.get("revision", "")
        clear_step(patient, step=step, seen=seen, answers={"spoken": True}, by=by, now=now)
        messages.success(request, "Recorded. The step starts on its day.")
    except GateClosed as closed:
        messages.error(request, str(closed))
    return redirect("review", patient_id=patient_id)
