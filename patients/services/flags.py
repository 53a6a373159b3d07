"""Flags: raised by rules, seen and closed by people with names."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from patients.domain.findings import RANK, SEEN_FOR, Effect, Finding, Tier
from patients.domain.redflags import RED_RULES
from patients.models.accounts import User
from patients.models.care import Patient
from patients.models.flags import Flag
from patients.selectors.care import clinicians_of
from patients.services.audit import record
from patients.services.care import close_escalations, open_escalation
from patients.services.messages import post_message

HOURLY: Final = timedelta(hours=1)
STRENGTH: Final = {
    effect.value: place
    for place, effect in enumerate((Effect.NONE, Effect.DEFER, Effect.HOLD_IF_DUE, Effect.HOLD))
}
ALERTED: Final = (Tier.EMERGENCY, Tier.URGENT)


class FlagIncomplete(ValueError):
    """A flag that cannot be closed like this; the text is for a clinician."""


@transaction.atomic
def raise_flag(patient: Patient, finding: Finding, *, day: date, now: datetime) -> Flag:
    """Store a finding, tell the clinicians, start the ladder; all in one transaction.

    Only an unseen flag absorbs the same rule, and red rules never join across
    days. Severity only rises.
    """
    joined = _unseen(patient, finding, day)
    if joined is not None:
        return _join(joined, finding, day, now)
    flag = Flag.objects.create(
        patient=patient,
        rule=finding.rule,
        rule_version=finding.version,
        occurrence=_occurrence(patient, finding, day),
        tier=finding.tier,
        effect=finding.effect,
        sentence=finding.sentence,
        inputs={**finding.inputs, "day": day.isoformat()},
        ack_minutes=finding.ack_minutes,
        raised_at=now,
        next_escalation_at=_first_escalation(finding, now),
    )
    record(
        "flag-raised",
        by=None,
        now=now,
        patient=patient,
        subject=flag.pk,
        detail={"rule": finding.rule, "version": finding.version, "tier": finding.tier},
    )
    if finding.tier in ALERTED:
        _alert(flag, kind="flag", now=now, people=_asked(flag, now))
    refresh_open_flag_level(patient)
    return flag


def _unseen(patient: Patient, finding: Finding, day: date) -> Flag | None:
    flags = Flag.objects.filter(patient=patient, rule=finding.rule, state="raised")
    if finding.rule in RED_RULES:
        flags = flags.filter(occurrence__startswith=day.isoformat())
    return flags.order_by("-raised_at").first()


def _join(flag: Flag, finding: Finding, day: date, now: datetime) -> Flag:
    """The open flag takes in what was found again; a higher tier starts its own ladder."""
    rises = RANK[finding.tier] > flag.rank
    if flag.inputs.get("day") == day.isoformat() and finding.rule not in RED_RULES and not rises:
        return flag
    flag.count += 1
    flag.inputs = {**flag.inputs, **finding.inputs, "day": day.isoformat()}
    flag.sentence = finding.sentence
    if rises:
        flag.tier, flag.ack_minutes = finding.tier, finding.ack_minutes
        flag.effect = max(flag.effect, finding.effect, key=STRENGTH.__getitem__)
        flag.next_escalation_at = _first_escalation(finding, now)
    flag.save()
    if rises and finding.tier in ALERTED:
        _alert(flag, kind="flag", now=now, people=_asked(flag, now))
    refresh_open_flag_level(flag.patient)
    return flag


def _occurrence(patient: Patient, finding: Finding, day: date) -> str:
    before = Flag.objects.filter(
        patient=patient, rule=finding.rule, occurrence__startswith=day.isoformat()
    ).count()
    return f"{day.isoformat()}#{before + 1}"


def was_raised_for(patient: Patient, rule: str, day: date) -> bool:
    """Whether this rule already has a flag for this day, in any state."""
    return Flag.objects.filter(
        patient=patient, rule=rule, occurrence__startswith=day.isoformat()
    ).exists()


def is_known(patient: Patient, found: Finding, *, since: datetime) -> bool:
    """Whether a slow rule has an open flag, or had one lately: it is one flag, not one a day.

    A flag of a lower tier does not count: severity rises at once.
    """
    tiers = [tier.value for tier in Tier if RANK[tier] >= RANK[found.tier]]
    flags = Flag.objects.filter(patient=patient, rule=found.rule, tier__in=tiers)
    return flags.filter(Q(state__in=Flag.OPEN) | Q(raised_at__gte=since)).exists()


def _first_escalation(finding: Finding, now: datetime) -> datetime | None:
    if finding.tier not in ALERTED:
        return None
    return now + timedelta(minutes=finding.ack_minutes)


def _asked(flag: Flag, now: datetime) -> list[User]:
    """Who cares for the patient; somebody called in for want of anybody gets the record too."""
    people, clinic = clinicians_of(flag.patient, now=now), flag.patient.clinic
    for person in people:
        if person.pk in (clinic.backup_id, clinic.safety_contact_id):
            open_escalation(flag.patient, person, now=now)
    return people


def _alert(flag: Flag, *, kind: str, now: datetime, people: list[User]) -> None:
    for person in people:
        post_message(
            kind,
            occurrence=f"flag:{flag.pk}:L{flag.level}:{flag.tier}",
            due_at=now,
            now=now,
            recipient=person,
            patient=flag.patient,
            params={"path": f"/clinic/?sel={flag.pk}", "level": flag.level},
        )


def refresh_open_flag_level(patient: Patient) -> None:
    """Keep the patient row's level, which lists sort by, equal to the open flags."""
    tiers = Flag.objects.filter(patient=patient, state__in=Flag.OPEN).values_list("tier", flat=True)
    level = max((RANK[Tier(tier)] + 1 for tier in tiers), default=0)
    Patient.objects.filter(pk=patient.pk).update(open_flag_level=level)


@transaction.atomic
def see_flag(flag: Flag, *, by: User, now: datetime) -> Flag:
    """A named clinician has seen it: the ladder waits, and resumes without a contact."""
    flag = _locked(flag)
    if flag.state == "raised":
        flag.state, flag.seen_at, flag.seen_by = "seen", now, by
        wait = SEEN_FOR.get(Tier(flag.tier))
        flag.next_escalation_at = now + wait if wait else None
        flag.save(update_fields=["state", "seen_at", "seen_by", "next_escalation_at"])
        record("flag-seen", by=by, now=now, patient=flag.patient, subject=flag.pk)
        if flag.rank >= RANK[Tier.URGENT]:
            _tell_patient(flag, now)
    return flag


def _tell_patient(flag: Flag, now: datetime) -> None:
    post_message(
        "flag-seen",
        occurrence=f"seen:{flag.pk}",
        due_at=now,
        now=now,
        recipient=flag.patient.user,
        patient=flag.patient,
        params={"path": "/today/"},
    )


@transaction.atomic
def log_contact(flag: Flag, *, outcome: str, note: str, by: User, now: datetime) -> Flag:
    """What was done about it. Spoke, sent help and handed over end the ladder."""
    flag = see_flag(flag, by=by, now=now)
    if not flag.is_open:
        raise FlagIncomplete("This flag is closed already.")
    if outcome not in dict(Flag.OUTCOMES):
        raise FlagIncomplete("Choose what you did.")
    if outcome == "no-action" and not note.strip():
        raise FlagIncomplete("Say why no action is needed.")
    flag.state, flag.acted_at, flag.outcome = "acted", now, outcome
    flag.note = note.strip() or flag.note
    if outcome != "message":
        flag.next_escalation_at = None
    flag.save(update_fields=["state", "acted_at", "outcome", "note", "next_escalation_at"])
    record(
        "flag-acted",
        by=by,
        now=now,
        patient=flag.patient,
        subject=flag.pk,
        detail={"outcome": outcome},
    )
    return flag


@transaction.atomic
def close_flag(flag: Flag, *, note: str, by: User, now: datetime) -> Flag:
    """Close with outcome and note. Closing never clears a step."""
    flag = _locked(flag)
    if not flag.is_open:
        raise FlagIncomplete("This flag is closed already.")
    if not flag.outcome:
        raise FlagIncomplete("First log what you did.")
    if not note.strip():
        raise FlagIncomplete("Write a short note for the record.")
    flag.state, flag.closed_at, flag.closed_by = "closed", now, by
    flag.note, flag.next_escalation_at = note.strip(), None
    flag.save(update_fields=["state", "closed_at", "closed_by", "note", "next_escalation_at"])
    record("flag-closed", by=by, now=now, patient=flag.patient, subject=flag.pk)
    refresh_open_flag_level(flag.patient)
    if not Flag.objects.filter(patient=flag.patient, state__in=Flag.OPEN, level__gt=0).exists():
        close_escalations(flag.patient, now=now)
    return flag


def _locked(flag: Flag) -> Flag:
    return (
        Flag.objects.select_for_update(of=("self",))
        .select_related("patient__clinic", "patient__user")
        .get(pk=flag.pk)
    )


def escalate_flags(now: datetime) -> int:
    """Take every flag whose deadline has passed one rung up; returns how many."""
    due = Flag.objects.filter(next_escalation_at__lte=now).values_list("pk", flat=True)[:500]
    return sum(_escalate(pk, now) for pk in list(due))


@transaction.atomic
def _escalate(pk: UUID, now: datetime) -> bool:
    flag = (
        Flag.objects.select_for_update(of=("self",))
        .select_related("patient__clinic__safety_contact", "patient__clinic__backup")
        .filter(pk=pk, next_escalation_at__lte=now)
        .first()
    )
    if flag is None:
        return False
    flag.level += 1
    wait = timedelta(minutes=flag.ack_minutes) if flag.level < 2 else HOURLY
    flag.next_escalation_at = now + wait
    flag.save(update_fields=["level", "next_escalation_at"])
    _alert(flag, kind="escalation", now=now, people=_rung(flag, now))
    record(
        "flag-escalated",
        by=None,
        now=now,
        patient=flag.patient,
        subject=flag.pk,
        detail={"level": flag.level},
    )
    return True


def _rung(flag: Flag, now: datetime) -> list[User]:
    """Who is asked on this rung: the doctors again and the backup, then the safety contact too.

    Somebody without a care link gets one for as long as the flag is open.
    """
    people = {person.pk: person for person in _asked(flag, now)}
    clinic = flag.patient.clinic
    helpers = [clinic.backup] + ([clinic.safety_contact] if flag.level >= 2 else [])
    for person in helpers:
        if person is not None and person.pk not in people and person.is_active:
            open_escalation(flag.patient, person, now=now)
            people[person.pk] = person
    return list(people.values())
