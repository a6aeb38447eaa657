"""A run follows from its seed alone; every kind of fault happens; a failure is told so that it can be had again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import tocsin
from tests.sim.planted_in_the_log import a_release_ignores_what_is_held_above, refusals_are_not_kept
from tocsin.cli import main
from tocsin.sim.faults import BLUNDERS, RATES, Fault
from tocsin.sim.run import SQLITE_EVERY, Failure, Outcome, run
from tocsin.sim.soak import Tally, commit, runs

SEEDS = range(1, 13)


def lived(seed: int, steps: int = 400) -> Outcome:
    outcome = run(seed, steps)
    assert isinstance(outcome, Outcome), outcome
    return outcome


def test_the_same_seed_gives_the_same_run() -> None:
    assert [lived(seed) for seed in SEEDS] == [lived(seed) for seed in SEEDS]


def test_another_seed_gives_another_run() -> None:
    assert len({lived(seed).digest for seed in SEEDS}) == len(SEEDS)


def test_a_longer_run_begins_like_the_shorter_one() -> None:
    shorter, longer = lived(3, 200), lived(3, 400)
    assert shorter.steps < longer.steps
    assert shorter.entries <= longer.entries


def test_no_run_depends_on_the_sequence_in_which_sets_are_walked() -> None:
    """In another process, where every string has another hash."""
    asked = "from tocsin.sim.run import run; print([run(seed, 400).digest for seed in (1, 2, 3, 4)])"
    told = [
        subprocess.run(
            [sys.executable, "-c", asked],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert told[0] == told[1] == f"{[lived(seed).digest for seed in (1, 2, 3, 4)]}\n"


def test_there_are_many_kinds_of_faults_and_nearly_all_happen_within_a_few_runs() -> None:
    tally = Tally()
    for outcome in runs(range(2_000, 2_050), 500, jobs=1):
        assert isinstance(outcome, Outcome), outcome
        tally.add(outcome)
    assert len(Fault) >= 20
    assert len(tally.never) <= 3, tally.never
    assert tally.steps >= 50 * 500


def test_every_kind_of_fault_strikes_at_a_rate_or_is_what_somebody_does_wrong() -> None:
    assert set(RATES) | set(BLUNDERS) == set(Fault)
    assert not set(RATES) & set(BLUNDERS)


def test_some_runs_are_over_real_sqlite_files() -> None:
    assert lived(SQLITE_EVERY * 3).starts >= 2


# --- what a failure tells -----------------------------------------------------------------------


def test_a_failure_tells_seed_step_commit_and_rule_and_the_same_seed_fails_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    a_release_ignores_what_is_held_above(monkeypatch)
    told = CliRunner().invoke(main, ["sim", "--seeds", "20", "--steps", "400"])
    assert told.exit_code == 1
    first = next(outcome for outcome in runs(range(20), 400, jobs=1) if isinstance(outcome, Failure))
    assert f"seed {first.seed}, step {first.steps:,}, {commit()}: {first.rule} is broken" in told.stderr
    assert first.detail in told.stderr
    assert f"tocsin sim --seed {first.seed} --steps 400" in told.stderr
    assert first.trace[-1] in told.stdout
    again = CliRunner().invoke(main, ["sim", "--seed", str(first.seed), "--steps", "400"])
    assert (again.exit_code, again.stderr) == (1, told.stderr)


def test_after_the_first_failure_nothing_more_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    refusals_are_not_kept(monkeypatch)
    outcomes = list(runs(range(20), 400, jobs=1))
    assert [isinstance(outcome, Failure) for outcome in outcomes].index(True) == len(outcomes) - 1


def test_where_no_rule_is_broken_the_faults_are_counted_and_the_rate_is_told() -> None:
    told = CliRunner().invoke(main, ["sim", "--seed", "5", "--seeds", "2", "--steps", "300"])
    assert told.exit_code == 0, told.output
    assert "2 runs" in told.output
    assert "no rule was broken" in told.output
    assert "a second)" in told.output
    assert all(fault.name in told.output for fault in Fault)
    assert f"trace {lived(5, 300).digest:08x}" in told.output


def test_seeds_can_be_shared_among_processes() -> None:
    alone = {outcome.seed: outcome for outcome in runs(range(10, 14), 200, jobs=1)}
    assert {outcome.seed: outcome for outcome in runs(range(10, 14), 200, jobs=2)} == alone


def test_without_a_checkout_the_version_is_told_even_inside_a_checkout_of_something_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "site-packages/tocsin/__init__.py"
    elsewhere.parent.mkdir(parents=True)
    elsewhere.touch()
    monkeypatch.setattr(tocsin, "__file__", str(elsewhere))
    assert commit() == f"version {tocsin.__version__}"
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    assert commit() == f"version {tocsin.__version__}"
