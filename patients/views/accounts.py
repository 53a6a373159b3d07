"""Doors of accounts: role home, join by invitation, invite, people, settings."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from patients.domain.roles import Permission, Role
from patients.forms.accounts import InvitePatientForm, InviteStaffForm, JoinForm, ThemeForm
from patients.selectors.accounts import account_in, invitee, people_of, waiting_invitations
from patients.selectors.audit import who_looked
from patients.selectors.care import emergencies, team_lines
from patients.selectors.messages import ledger_lines
from patients.services.accounts import name_safety_contact, set_theme, switch_account
from patients.services.invitations import (
    InvitationRefused,
    accept_invitation,
    invite,
    open_invitation,
)
from patients.views.access import chosen_clinician, may, own_record, signed_in


def _closed(request: HttpRequest, why: InvitationRefused) -> HttpResponse:
    return render(request, "patients/accounts/join_closed.html", {"why": why}, status=404)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing; choosing a password opens the account, once."""
    now = timezone.now()
    try:
        invitation = open_invitation(token, now=now)
    except InvitationRefused as refused:
        return _closed(request, refused)
    first = {"time_zone": invitation.clinic.time_zone}
    form = JoinForm(request.POST or None, initial=first, user=invitee(invitation))
    if request.method == "POST" and form.is_valid():
        try:
            accept_invitation(token, now=now, **form.cleaned_data)
        except InvitationRefused as refused:
            return _closed(request, refused)
        messages.success(request, "Your account is ready. Sign in with your e-mail address.")
        return redirect("account_login")
    context = {"form": form, "invitation": invitation}
    return render(request, "patients/accounts/join.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def invite_patient(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    by = may(request, Permission.INVITE_PATIENT)
    form = InvitePatientForm(request.POST or None, today=now.date())
    if request.method == "POST" and form.is_valid():
        try:
            invite(**form.cleaned_data, role=Role.PATIENT, clinic=by.clinic, by=by, now=now)
            messages.success(request, f"{form.cleaned_data['name']} is invited.")
            return redirect("triage")
        except InvitationRefused as refused:
            form.add_error("email", str(refused))
    context = {"form": form, "waiting": waiting_invitations(by, now=now), "nav": "invite"}
    return render(request, "patients/accounts/invite.html", context)


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Accounts of the admin's clinic; no health record."""
    by = may(request, Permission.MANAGE_PEOPLE)
    everybody = people_of(by.clinic)
    context = {
        "people": everybody,
        "clinicians": [p for p in everybody if p.is_clinician and p.is_active],
        "contact": by.clinic.safety_contact_id,
        "backup": by.clinic.backup_id,
        "alarm_answered": by.clinic.alarm_answered_at,
        "nav": "people",
    }
    return render(request, "patients/accounts/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def invite_staff(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    by = may(request, Permission.MANAGE_PEOPLE)
    form = InviteStaffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            invite(
                sent["email"],
                name=sent["name"],
                role=Role(sent["role"]),
                clinic=by.clinic,
                by=by,
                now=now,
            )
            messages.success(request, f"{sent['name']} is invited.")
            return redirect("people")
        except InvitationRefused as refused:
            form.add_error("email", str(refused))
    context = {"form": form, "waiting": waiting_invitations(by, now=now), "nav": "people"}
    return render(request, "patients/accounts/invite.html", context)


@require_POST
def switch(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Switch an account of the same clinic on or off; never one's own."""
    now = timezone.now()
    by = may(request, Permission.MANAGE_PEOPLE)
    user = account_in(by.clinic, user_id)
    if user is None:
        raise Http404
    if user.pk == by.pk:
        messages.error(request, "You cannot switch off your own account.")
    elif not {"on", "off"} & set(request.POST):
        messages.error(request, "Choose on or off. Nothing was changed.")
    else:
        switch_account(user, on="on" in request.POST, by=by, now=now)
    return redirect("people")


@require_POST
def safety_contact(request: HttpRequest) -> HttpResponse:
    """Name the clinician who is asked when nobody else answers."""
    now = timezone.now()
    by = may(request, Permission.MANAGE_PEOPLE)
    person = chosen_clinician(request, by.clinic)
    name_safety_contact(by.clinic, person, by=by, now=now)
    messages.success(request, f"{person.name} is the safety contact.")
    return redirect("people")


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """What became of messages, by kind; no text, no person."""
    may(request, Permission.MANAGE_PEOPLE)
    context = {"lines": ledger_lines(), "nav": "ledger"}
    return render(request, "patients/accounts/ledger.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def more(request: HttpRequest) -> HttpResponse:
    """A patient's settings and who has looked at the record."""
    patient, user = own_record(request), signed_in(request)
    form = ThemeForm(request.POST or None, initial={"theme": user.theme})
    if request.method == "POST" and form.is_valid():
        set_theme(user, form.cleaned_data["theme"])
        messages.success(request, "Saved.")
        return redirect("more")
    context = {
        "form": form,
        "team": team_lines(patient, now=timezone.now()),
        "looked": who_looked(patient),
        "emergencies": emergencies(patient),
        "tab": "more",
        "patient": patient,
    }
    return render(request, "patients/accounts/more.html", context)
