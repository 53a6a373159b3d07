"""Advice, roles and delivery: small tables with their own tests."""

from datetime import UTC, datetime, timedelta

import pytest

from patients.domain.advice import REGIONS, advice_for, emergency_words, lines_for, plain_page
from patients.domain.delivery import expires_at, kind_of, next_try
from patients.domain.roles import CLINICIANS, MAY, Permission, Role, allows

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize("region", [*REGIONS, ""])
@pytest.mark.parametrize("saved", [True, False])
@pytest.mark.parametrize("code", ["r1", "r2", "r3", "r4", "r5"])
def test_the_plain_page_always_says_call(region, saved, code):
    lines = lines_for(region)
    page = plain_page(frozenset({code}), lines, saved=saved)
    assert emergency_words(lines) in page
    assert ("could not save" in page) == (not saved)
    for sentence in advice_for(frozenset({code})):
        assert sentence in page


def test_somebody_hard_to_wake_is_never_told_to_take_a_dose():
    assert not any("dose" in sentence for sentence in advice_for(frozenset({"r1", "r5"})))
    assert any("Keep to today's dose" in sentence for sentence in advice_for(frozenset({"r1"})))


def test_no_advice_tells_to_change_a_dose():
    words = " ".join(advice_for(frozenset({"r1", "r2", "r3", "r4", "r5"}))).lower()
    for forbidden in ("cut", "lower your", "double", "skip"):
        assert forbidden not in words


def test_the_matrix_of_roles():
    matrix = {role.value: sorted(p.value for p in MAY[role]) for role in Role}
    assert matrix == {
        "patient": ["hold-plan", "keep-diary", "share"],
        "nurse": ["answer-flag", "hold-plan", "invite-patient", "read-record"],
        "doctor": [
            "answer-flag", "draft-plan", "hold-plan", "invite-patient", "read-record", "sign-plan",
        ],
        "admin": ["manage-people"],
        "supporter": ["see-shared"],
    }  # fmt: skip


def test_only_a_doctor_signs_and_an_admin_reads_no_record():
    assert [role for role in Role if allows(role, Permission.SIGN_PLAN)] == [Role.DOCTOR]
    assert not allows(Role.ADMIN, Permission.READ_RECORD)
    assert not allows("stranger", Permission.READ_RECORD)
    assert {role for role in Role if allows(role, Permission.READ_RECORD)} == CLINICIANS


def test_flags_go_first_and_never_expire():
    order = [kind_of(name).priority for name in ("flag", "dose-due", "check-in")]
    assert order == sorted(set(order))
    assert expires_at("flag", NOW) is None
    assert expires_at("escalation", NOW) is None
    assert expires_at("dose-due", NOW) == NOW + timedelta(hours=3)


@pytest.mark.parametrize(("failures", "least", "most"), [(0, 15, 45), (1, 30, 90), (30, 900, 2700)])
def test_waits_double_up_to_half_an_hour(failures, least, most):
    assert (next_try(NOW, failures, 0.0) - NOW).total_seconds() == least
    assert (next_try(NOW, failures, 1.0) - NOW).total_seconds() == most
