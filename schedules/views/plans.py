"""The plan builder: preview without a write, keep a draft, sign, undo."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from patients.domain.roles import Permission
from patients.domain.words import clock_words, long_day
from patients.selectors.care import may_open
from patients.views.access import may, record_for, signed_in
from patients.views.checkins import plan_day
from schedules.charts import Chart, Frame, draw_ahead
from schedules.domain.builder import Built
from schedules.domain.formulary.loader import medicine, offered_keys
from schedules.domain.medicine import Medicine
from schedules.domain.rulebook import conflicts_about, gates_in_the_way
from schedules.domain.ways_out import way_out
from schedules.forms.known import Known, read_known, sign_known
from schedules.forms.plans import BuilderForm
from schedules.selectors.plans import standing
from schedules.selectors.revisions import plan_view, revision_of, step_rows, weeks_of
from schedules.services.plans import PlanRefused, draft_plan, sign_revision, withdraw_revision
from schedules.tables import Way, axis_marks, breaks, month_marks, step_head, step_table
from schedules.views.diary import whole_number

BUILDER = Frame(820, 44, 20, 176, 166, 176)
MOST_NAMED = 4
PACE = {"strategy": "proportional", "percent": "10", "every_days": "14"}


def _medicine(request: HttpRequest) -> Medicine:
    key = request.GET.get("medicine", "clonazepam")
    if key not in offered_keys():
        raise Http404
    return medicine(key)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Build a plan; Preview shows it, Check keeps it as a draft to sign."""
    now = timezone.now()
    patient = record_for(request, patient_id, now=now, needs=Permission.DRAFT_PLAN)
    chosen, today = _medicine(request), plan_day(patient, now)
    stands = standing(patient, now)
    same = stands is not None and stands.medicine.key == chosen.key
    in_force = stands.step.total if stands and same else None
    form = BuilderForm(
        request.POST or None,
        medicine=chosen,
        today=today,
        in_force=in_force,
        initial=_initial(request, patient, now),
    )
    wants_check = request.method == "POST" and form.is_valid() and "check" in request.POST
    if wants_check and (saved := _keep(request, patient, form, now)) is not None:
        return saved
    context = {
        "patient": patient,
        "form": form,
        "medicine": chosen,
        "other": stands.medicine.name if stands and not same else "",
        "in_force": str(in_force) if in_force is not None else "",
        "known": sign_known(Known(patient.pk, today, in_force)),
        "medicines": [medicine(key) for key in offered_keys()],
        "preview": _preview(form, today) if form.is_bound and form.built else None,
        "nav": "patients",
    }
    return render(request, "schedules/plans/new.html", context)


@require_POST
def preview(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The plan that what is typed would make. Writes nothing, and reads no record but the link.

    The dose in force and the day come signed from the builder's own page;
    saving reads them again.
    """
    user = may(request, Permission.DRAFT_PLAN)
    if not may_open(user, patient_id, now=timezone.now()):
        raise Http404
    known = read_known(request.POST.get("known", ""), patient_id)
    if known is None:
        return render(request, "schedules/plans/_stale.html")
    form = BuilderForm(
        request.POST, medicine=_medicine(request), today=known.today, in_force=known.in_force
    )
    shown = _preview(form, known.today) if form.is_valid() and form.built else None
    page = render_to_string("schedules/plans/_preview.html", {"form": form, "preview": shown})
    return HttpResponse(page)


def _initial(request: HttpRequest, patient: Any, now: datetime) -> dict[str, Any]:
    """The pace the guideline proposes first; doses and products are never filled in,
    unless the doctor opens an earlier draft again."""
    earlier = request.GET.get("from", "")
    try:
        revision = revision_of(patient, UUID(earlier)) if earlier else None
    except ValueError:
        revision = None
    return revision.asked if revision is not None else PACE


def _keep(
    request: HttpRequest, patient: Any, form: BuilderForm, now: datetime
) -> HttpResponse | None:
    assert form.built is not None
    if form.needs_reason():
        rules = ", ".join(form.built.hard)
        form.add_error("reason", f"Type a reason of 10 letters or more for {rules}.")
        return None
    try:
        revision = draft_plan(
            patient,
            form.built,
            asked=form.asked(),
            first_lower_on=form.cleaned_data["first_lower_on"],
            reason=form.cleaned_data["reason"],
            by=signed_in(request),
            now=now,
        )
    except PlanRefused as refused:
        form.add_error(None, str(refused))
        return None
    return redirect("plan-sign", patient_id=patient.pk, revision_id=revision.pk)


def _preview(form: BuilderForm, today: date) -> dict[str, Any]:
    built = form.built
    assert built is not None
    first = form.cleaned_data["first_lower_on"]
    plan, found = built.plan, built.all_findings
    rows = step_rows(built, form.medicine, first)
    chart = plan_chart(built, first, today)
    return {
        "title": f"{rows[0].total} to {rows[-1].total} "
        f"in {len(plan.steps) - 1} steps, {weeks_of(plan)} weeks",
        "head": step_head(tuple(label for label, _, _ in rows[0].doses)),
        "table": step_table(rows),
        "chart": chart,
        "axis": axis_marks(chart),
        "months": month_marks(chart),
        "breaks": breaks(
            len(built.over_asked),
            way=_way(form),
            notes=built.notes,
            hard=built.hard,
            blocked=built.blocked,
            conflicts=tuple(conflicts_about({finding.rule for finding in found})),
        ),
        "ends": gettext("Last step not before {on}, if every step is cleared on its day.").format(
            on=long_day(first + timedelta(days=plan.days))
        ),
    }


def _way(form: BuilderForm) -> Way | None:
    """The ways out of the first step that is larger than asked."""
    assert form.request is not None
    assert form.built is not None
    other = None if form.medicine.key == "diazepam" else medicine("diazepam")
    into = other if form.medicine.tables else None
    first = next(iter(form.built.over_asked), None)
    if first is None:
        return None
    way = way_out(form.request, form.built, first, into=into)
    return Way(
        "; ".join(item.title for item in way.products[:MOST_NAMED]),
        way.hold_days,
        ", ".join(reading.words for reading in way.crossover),
    )


def plan_chart(built: Built, first: date, today: date) -> Chart:
    day, future, warned = first, [(today, float(built.plan.steps[0].total.decimal))], set()
    for step in built.plan.steps[1:]:
        future.append((day, float(step.total.decimal)))
        if step.over_asked:
            warned.add(day)
        day += timedelta(days=step.least_days)
    return draw_ahead(
        BUILDER,
        future,
        today=today,
        last=future[-1][0] + timedelta(days=14),
        warned=warned,
        title="Draft plan, dose by date",
        words="Every step is in the table below.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, patient_id: UUID, revision_id: UUID) -> HttpResponse:
    """Exactly what the patient will read, what the plan breaks, and the signature."""
    now = timezone.now()
    patient = record_for(request, patient_id, now=now, needs=Permission.DRAFT_PLAN)
    revision = revision_of(patient, revision_id)
    if revision is None:
        raise Http404
    error = ""
    if request.method == "POST":
        try:
            seen = whole_number(request.POST.get("version"))
            signed = sign_revision(revision, seen_version=seen, by=signed_in(request), now=now)
            visible = signed.visible_at()
            at = clock_words(visible.astimezone(patient.zone)) if visible else ""
            words = f"Signed. {patient.name} can read it from {at}. You can undo until then."
            messages.success(request, words)
            return redirect("review", patient_id=patient.pk)
        except PlanRefused as refused:
            error = str(refused)
    stands = standing(patient, now)
    context = {
        "patient": patient,
        "revision": revision,
        "view": plan_view(revision),
        "gates_open": len(gates_in_the_way(revision.plan.gate_answers())),
        "error": error,
        "stands": stands,
        "nav": "patients",
    }
    return render(request, "schedules/plans/sign.html", context, status=409 if error else 200)


@require_POST
def withdraw(request: HttpRequest, patient_id: UUID, revision_id: UUID) -> HttpResponse:
    """Undo a signature within ten minutes."""
    now = timezone.now()
    patient = record_for(request, patient_id, now=now, needs=Permission.SIGN_PLAN)
    revision = revision_of(patient, revision_id)
    if revision is None:
        raise Http404
    try:
        withdraw_revision(revision, by=signed_in(request), now=now)
        messages.success(request, "Undone. The patient never saw it.")
    except PlanRefused as refused:
        messages.error(request, str(refused))
    return redirect("review", patient_id=patient.pk)
