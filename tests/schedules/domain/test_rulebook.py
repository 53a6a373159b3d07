"""The rules as data, and the rules of each class where they can be computed."""

from pathlib import Path

import pytest

from schedules.domain import builder, class_limits, limits
from schedules.domain.class_limits import class_findings
from schedules.domain.dose import Dose
from schedules.domain.formulary.loader import medicine
from schedules.domain.rulebook import (
    CONFLICTS,
    GATES,
    RULES,
    GateAnswer,
    conflicts_about,
    gates_in_the_way,
)

SEVERITIES = {"block", "hard", "soft", "info"}


def test_all_rules_are_here_with_source_and_severity():
    assert len(RULES) == 65 + 1
    for rule in RULES.values():
        assert rule.source
        assert rule.evidence
        assert rule.severity in SEVERITIES
        assert rule.how in ("finding", "construction", "person") or rule.how[7:] in {
            *RULES,
            "schedule",
        }


def emitted():
    text = "".join(
        Path(module.__file__).read_text(encoding="utf-8")
        for module in (builder, class_limits, limits)
    )
    return {key for key in RULES if f'"{key}"' in text}


def test_every_finding_of_the_rulebook_is_computed_and_no_other():
    assert {rule.id for rule in RULES.values() if rule.how == "finding"} == emitted()


def test_decided_severities():
    assert RULES["BZD-10"].severity == "hard"
    assert RULES["GB-06"].severity == "soft"
    assert RULES["BZD-09"].severity == "block"


def test_conflicts_name_rules_that_exist():
    for conflict in CONFLICTS:
        assert set(conflict.rules) <= set(RULES)
    assert conflicts_about({"BZD-01"})
    assert conflicts_about({"AD-01"}) == []


def rules(key, start, *totals):
    plan = [(day, Dose.mg(str(mg)).ng) for day, mg in totals]
    found = class_findings(medicine(key), Dose.mg(str(start)).ng, plan)
    return [(finding.rule, finding.day) for finding in found]


@pytest.mark.parametrize(
    ("key", "start", "totals", "expected"),
    [
        ("sertraline", 200, [(0, 180)], []),
        ("sertraline", 200, [(0, 90)], [("AD-01", 0), ("AD-05", 0)]),
        ("sertraline", 200, [(0, 100)], [("AD-05", 0)]),
        ("sertraline", 200, [(0, 190), (6, 180)], [("AD-02", 6)]),
        ("sertraline", 200, [(0, 190), (7, 180)], []),
        ("sertraline", 200, [(0, 0)], [("AD-05", 0), ("AD-08", 0)]),
        ("citalopram", 20, [(0, 15)], []),
        ("citalopram", 20, [(0, 9)], [("AD-01", 0), ("AD-04", 0)]),
        ("oxycodone", 100, [(0, 90), (30, 81)], [("OP-09", 0)]),
        ("oxycodone", 100, [(0, 90), (29, 81)], [("OP-09", 0), ("OP-01", 29)]),
        ("oxycodone", 100, [(0, 70)], [("OP-01", 0), ("OP-04", 0), ("OP-09", 0)]),
        ("oxycodone", 100, [(0, 75)], [("OP-01", 0), ("OP-09", 0)]),
        ("oxycodone", 100, [(0, 0)], [("OP-05", 0), ("OP-09", 0)]),
        ("gabapentin", 1800, [(0, 1500), (7, 1200)], []),
        ("gabapentin", 1800, [(0, 1500), (6, 1200)], [("GB-01", 6)]),
        ("pregabalin", 300, [(0, 225)], []),
        ("pregabalin", 300, [(0, 200)], [("GB-02", 0), ("GB-06", 0)]),
        ("pregabalin", 75, [(0, 50), (3, 0)], [("GB-06", 0), ("GB-03", 3), ("GB-06", 3)]),
        ("alprazolam", 6, [(0, 5.25)], [("BZD-02", 0), ("BZD-13", 0)]),
        ("alprazolam", 6, [(0, 5.5)], []),
        ("mirtazapine", 30, [(0, 27)], []),
    ],
)  # fmt: skip
def test_the_rules_of_each_class(key, start, totals, expected):
    assert sorted(rules(key, start, *totals)) == sorted(expected)


def test_the_named_table_judges_and_the_strictest_judges_the_stop():
    plan = [(0, 125_000), (14, 0)]
    by_table = {
        table: {
            (f.rule, f.severity)
            for f in class_findings(medicine("clonazepam"), 250_000, plan, table=table)
        }
        for table in ("va_dod_2021", "ashton_2002")
    }
    assert ("BZD-07", "soft") in by_table["va_dod_2021"]
    assert ("BZD-07", "soft") in by_table["ashton_2002"]
    assert ("BZD-01", "hard") in by_table["ashton_2002"]


ALL_NO = {gate: GateAnswer(applies=False) for gate in GATES}


def test_an_unanswered_gate_is_in_the_way():
    assert len(GATES) == 16
    assert set(gates_in_the_way({})) == set(GATES)
    assert gates_in_the_way(ALL_NO) == {}


@pytest.mark.parametrize("gate", sorted(GATES))
def test_what_each_gate_wants(gate):
    never, stop = {"CG-05", "CG-13"}, {"CG-01", "CG-02", "CG-03", "CG-08", "CG-09", "CG-16"}
    said = gates_in_the_way({**ALL_NO, gate: GateAnswer(applies=True)})
    assert gate in said
    tick = gates_in_the_way({**ALL_NO, gate: GateAnswer(applies=True, words="done")})
    reason = gates_in_the_way(
        {**ALL_NO, gate: GateAnswer(applies=True, words="Neurologist agrees.")}
    )
    assert (gate in tick) == (gate in never | stop)
    assert (gate in reason) == (gate in never)
