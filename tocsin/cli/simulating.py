"""`tocsin sim`: the whole service in a simulated world in which everything goes wrong."""

from __future__ import annotations

import sys
import time

import click

from tocsin.sim.run import Failure, Outcome
from tocsin.sim.soak import Tally, commit, runs

TOLD_ONE_BY_ONE = 20
"""Up to so many runs are told one by one."""

PROGRESS_S = 10.0


@click.command()
@click.option("--seed", type=click.IntRange(0), default=0, help="The first seed; 0 if not said.")
@click.option("--steps", type=click.IntRange(1), default=1_000, help="Steps of each run; 1000 if not said.")
@click.option("--seeds", type=click.IntRange(1), default=1, help="How many seeds, one after the other; 1 if not said.")
@click.option("--jobs", type=click.IntRange(1), default=1, help="How many processes share them; 1 if not said.")
def sim(seed: int, steps: int, seeds: int, jobs: int) -> None:
    """Run the service over a virtual clock, network and disk; exit with 1 where a rule is broken."""
    program = commit()  # before the runs, for it may be edited meanwhile
    began, told = time.monotonic(), time.monotonic()
    tally = Tally()
    for outcome in runs(range(seed, seed + seeds), steps, jobs):
        if isinstance(outcome, Failure):
            _tell_failure(outcome, steps, program)
            sys.exit(1)
        tally.add(outcome)
        if seeds <= TOLD_ONE_BY_ONE:
            _tell_run(outcome)
        elif time.monotonic() - told >= PROGRESS_S:
            told = time.monotonic()
            click.echo(f"  {tally.runs:,} runs, {tally.steps:,} steps", err=True)
    _tell_all(tally, time.monotonic() - began, program)


def _tell_run(outcome: Outcome) -> None:
    click.echo(
        f"seed {outcome.seed}: {outcome.steps:,} steps in {outcome.virtual_s:,.0f} s of its own time; "
        f"{outcome.entries:,} entries, {outcome.refusals:,} refusals, {outcome.starts} starts; "
        f"trace {outcome.digest:08x}"
    )


def _tell_all(tally: Tally, took_s: float, program: str) -> None:
    for fault, times in tally.struck.items():
        click.echo(f"{fault.name:<21}{times:>11,}  {fault}")
    happened = len(tally.struck) - len(tally.never)
    click.echo(
        f"{tally.runs:,} runs, {tally.steps:,} steps in {took_s:,.0f} s ({tally.steps / took_s:,.0f} a second): "
        f"no rule was broken. {tally.virtual_s / 3600:,.0f} hours of their own time, {tally.entries:,} entries, "
        f"{tally.refusals:,} refusals, {tally.starts:,} starts, {tally.resets:,} resets of subscribers; "
        f"{happened} of {len(tally.struck)} kinds of faults happened. {program}"
    )


def _tell_failure(failure: Failure, steps: int, program: str) -> None:
    for line in failure.trace:
        click.echo(line)
    click.echo(f"seed {failure.seed}, step {failure.steps:,}, {program}: {failure.rule} is broken:", err=True)
    click.echo(failure.detail, err=True)
    click.echo(f"the same again: tocsin sim --seed {failure.seed} --steps {steps}", err=True)
