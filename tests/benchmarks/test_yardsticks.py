"""The bare loops of the bench give the engine's own answers."""

import pytest

from schedules.domain.builder import build
from schedules.domain.limits import hundredths
from tests.benchmarks.plans import LIQUID, clonazepam_request
from tests.benchmarks.yardsticks import bare_plan, pieces_of


def answers(built):
    steps, start = built.plan.steps, built.plan.steps[0].total.ng
    for before, step, found in zip(steps, steps[1:], built.findings, strict=False):
        yield (
            tuple(portion.dose.ng // 1000 for _, portion in step.portions),
            step.asked * 100_000,
            step.over_asked,
            hundredths(before.total.ng, step.total.ng),
            10_000 - hundredths(start, step.total.ng),
            tuple(finding.rule for finding in found),
        )


@pytest.mark.parametrize(("liquids", "grid"), [((), 250), (LIQUID, 10)])
def test_the_bare_loop_finds_what_the_engine_finds(liquids, grid):
    rows = bare_plan(grid, 50, 14, pieces_of((250, 500, 1_000, 2_000), 2_000))
    bare = [(r.slots, r.asked_times_100, r.is_over, r.cut, r.of_start, r.rules) for r in rows]
    assert bare == list(answers(build(clonazepam_request(liquids))))
