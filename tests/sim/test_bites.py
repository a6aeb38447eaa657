"""The simulator bites: each planted bug is found within a few seeds, by a rule it breaks; without one, nothing is."""

from __future__ import annotations

import pytest

from tests.sim import planted_in_authority, planted_in_the_log, planted_in_the_record, planted_in_what_is_heard
from tests.sim.planting import PLANTED
from tocsin.sim.run import Failure, Outcome, run

BUGS = (planted_in_the_log, planted_in_what_is_heard, planted_in_authority, planted_in_the_record)
"""Where they are written; reading these has them known."""

SEEDS = range(150)
STEPS = 500


def test_without_a_planted_bug_none_of_these_seeds_breaks_a_rule() -> None:
    assert [outcome for seed in SEEDS[:60] if isinstance(outcome := run(seed, STEPS), Failure)] == []


def test_there_are_enough_planted_bugs_each_of_a_place_of_its_own() -> None:
    written = [name for module in BUGS for name in vars(module) if name in PLANTED]
    assert sorted(written) == sorted(PLANTED)
    assert len(PLANTED) >= 12


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, rules = PLANTED[name]
    plant(monkeypatch)
    for seed in SEEDS:
        outcome = run(seed, STEPS)
        if isinstance(outcome, Failure):
            assert outcome.rule in {rule.name for rule in rules}, outcome.detail
            return
        assert isinstance(outcome, Outcome)
    pytest.fail(f"not found in {len(SEEDS)} runs of {STEPS} steps")
