"""Invitations, accounts and care links."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from patients.domain.roles import Role
from patients.models.accounts import User
from patients.models.care import CareLink, is_in_time
from patients.models.messages import Message
from patients.selectors.accounts import waiting_invitations
from patients.selectors.care import may_open, own_patient, visible_patients
from patients.services.accounts import switch_account
from patients.services.care import LastLink, end_care, link_care
from patients.services.invitations import (
    InvitationRefused,
    accept_invitation,
    invite,
    open_invitation,
    token_of,
)
from tests.cast import DAY, NOW, PASSWORD, a_person, tick

pytestmark = pytest.mark.django_db


def invited(cast, email="maya@home.example", **more):
    given = {"name": "Maya Okafor", "role": Role.PATIENT, "clinic": cast.clinic, "by": cast.bell}
    return invite(email, now=NOW, born_on=date(1981, 6, 3), **{**given, **more})


def accept(invitation, now=NOW):
    zone = "Europe/Paris"
    return accept_invitation(token_of(invitation), password=PASSWORD, time_zone=zone, now=now)


def test_an_invited_patient_has_a_record_and_a_care_link(cast):
    user = accept(invited(cast))
    assert own_patient(user).time_zone == "Europe/Paris"
    assert visible_patients(cast.bell, now=NOW).filter(user=user).exists()
    assert not visible_patients(cast.nurse, now=NOW).filter(user=user).exists()


def test_a_link_works_once(cast):
    invitation = invited(cast)
    accept(invitation)
    with pytest.raises(InvitationRefused):
        accept(invitation)
    assert User.objects.filter(email="maya@home.example").count() == 1


def test_a_link_dies_after_two_weeks(cast):
    with pytest.raises(InvitationRefused):
        accept(invited(cast), now=NOW + 14 * DAY)


@pytest.mark.parametrize("token", ["", "x", "x:y:z"])
def test_a_forged_link(cast, token):
    with pytest.raises(InvitationRefused):
        open_invitation(token, now=NOW)


def test_an_address_in_any_case_is_one_account(cast):
    with pytest.raises(InvitationRefused, match="account already"):
        invited(cast, email=cast.ana.user.email.upper())
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(
            cast.ana.user.email, None, name="x", role="patient", clinic=cast.clinic, joined_at=NOW
        )


@pytest.mark.parametrize(("who", "role"), [("admin", Role.PATIENT), ("bell", Role.DOCTOR)])
def test_who_may_invite_whom(cast, who, role):
    with pytest.raises(InvitationRefused):
        invited(cast, role=role, by=getattr(cast, who))


def test_a_care_link_opens_the_record_until_it_ends(cast):
    link_care(cast.ana, cast.nurse, by=cast.bell, now=NOW)
    assert visible_patients(cast.nurse, now=NOW).count() == 1
    end_care(cast.ana, cast.nurse, by=cast.bell, now=NOW + DAY)
    assert visible_patients(cast.nurse, now=NOW + DAY).count() == 0


def test_linking_twice_is_one_link(cast):
    link_care(cast.ana, cast.bell, by=cast.bell, now=NOW)
    assert CareLink.objects.filter(patient=cast.ana).count() == 1


def test_the_last_link_does_not_end(cast):
    with pytest.raises(LastLink):
        end_care(cast.ana, cast.bell, by=cast.bell, now=NOW)


@pytest.mark.parametrize("who", ["cole", "admin"])
def test_a_link_is_for_a_clinician_of_the_same_clinic(cast, who):
    with pytest.raises(ValueError, match="clinician"):
        link_care(cast.ana, getattr(cast, who), by=cast.bell, now=NOW)


def test_a_link_of_the_future_opens_nothing(cast):
    CareLink.objects.create(patient=cast.ana, clinician=cast.nurse, since=NOW + timedelta(hours=1))
    assert visible_patients(cast.nurse, now=NOW).count() == 0


def test_an_account_that_is_off_opens_nothing(cast):
    switch_account(cast.bell, on=False, by=cast.admin, now=NOW)
    cast.bell.refresh_from_db()
    assert visible_patients(cast.bell, now=NOW).count() == 0


def test_an_admin_sees_no_record(cast):
    assert visible_patients(cast.admin, now=NOW).count() == 0


def test_a_doctor_is_no_patient(cast):
    assert own_patient(a_person(cast.clinic, "Dr Two", Role.DOCTOR)) is None


def test_two_invitations_to_one_address_are_one_account(cast):
    one, two = invited(cast), invited(cast)
    accept(one)
    with pytest.raises(InvitationRefused, match="Sign in instead"):
        accept(two)


def states(kind):
    rows = Message.objects.filter(kind=kind).order_by("due_at")
    return [(row.due_at - NOW, row.state, row.reason) for row in rows]


def test_an_unused_link_is_sent_again_and_its_end_is_told(cast):
    invited(cast)
    for day in range(16):
        tick(NOW + day * DAY)
    assert states("invitation") == [(k * DAY, "sent", "") for k in (0, 3, 7)]
    assert states("invitation-over") == [(14 * DAY, "sent", "")]
    over = Message.objects.get(kind="invitation-over")
    assert (over.recipient, over.params["path"]) == (cast.bell, "/clinic/")


def test_a_used_link_is_not_sent_again(cast):
    invitation = invited(cast)
    tick(NOW)
    accept(invitation, now=NOW + DAY)
    for day in range(1, 16):
        tick(NOW + day * DAY)
    used = [(k * DAY, "cancelled", "used") for k in (3, 7)]
    assert states("invitation") == [(0 * DAY, "sent", ""), *used]
    assert states("invitation-over") == [(14 * DAY, "cancelled", "used")]


@pytest.mark.parametrize("since", [-1, 0, 1])
@pytest.mark.parametrize("until", [None, -1, 0, 1])
def test_a_link_is_in_time_alike_in_python_and_in_the_database(cast, since, until):
    link = cast.ana.links.get()
    ends = None if until is None else NOW + until * DAY
    begins = NOW + since * DAY
    if ends is not None and ends < begins:
        return
    CareLink.objects.filter(pk=link.pk).update(since=begins, until=ends)
    expected = since <= 0 and (until is None or until > 0)
    assert is_in_time(begins, ends, NOW) == expected
    assert CareLink.objects.in_time(NOW).filter(pk=link.pk).exists() == expected
    assert may_open(cast.bell, cast.ana.pk, now=NOW) == expected
    assert visible_patients(cast.bell, now=NOW).filter(pk=cast.ana.pk).exists() == expected


def test_an_account_that_is_off_may_open_nothing(cast):
    switch_account(cast.bell, on=False, by=cast.admin, now=NOW)
    cast.bell.refresh_from_db()
    assert not may_open(cast.bell, cast.ana.pk, now=NOW)


def test_who_invites_sees_what_nobody_has_used(cast):
    first = invited(cast)
    invited(cast, email="kim@home.example", name="Kim Lee")
    accept(first)
    [line] = waiting_invitations(cast.bell, now=NOW)
    assert (line.name, line.is_over) == ("Kim Lee", False)
    assert waiting_invitations(cast.bell, now=NOW + 14 * DAY)[0].is_over
    assert waiting_invitations(cast.nurse, now=NOW) == []
