"""Many events within one second to 5,000 listeners: how far behind does the last of them fall?"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial

from benchmarks.stream import systems
from benchmarks.stream.bench import Bench, Series, Start, by_name, opened
from benchmarks.stream.load import Fired
from benchmarks.stream.report import Row, ms

LISTENERS = 5_000
EVENTS = 100
TRANSITIONS = 1_633
"""Every zone of a country, each by an order of its own."""
ROUNDS = 3
PATIENCE_S = 60.0
"""A plain loop of C needs a while for eight million writes."""
NEVER = math.inf
"""In the place of a time: not all had it when patience ended."""
AS_MUCH_AS_C = 1.25
"""On a machine on which even a loop in C that lets leave together what waits together takes longer than the bound in
milliseconds, the bound is so many times as long as that."""
GATHERING = "C gathering"
PLAIN_WAY = "sse-starlette"
"""Left out: it would take minutes."""


def burst(bench: Bench) -> None:
    count = min(LISTENERS, bench.most)
    with ExitStack() as stack:
        gathering = partial(systems.baseline, bench.work, bench.sse, gathering=True)
        starts: list[Start] = [bench.c, gathering, bench.tocsin, *bench.others()]
        serieses = [opened(stack, bench, start, count) for start in starts]
        serieses = [series for series in serieses if series.running.name != PLAIN_WAY]
        for series in serieses:
            series.load.fire()
        worst: dict[str, list[float]] = {}
        for _ in range(ROUNDS):
            for name, each in _fired(bench, serieses, EVENTS):
                worst.setdefault(name, []).append(max(each.last_ns) if each.sound else NEVER)
        halves = {name: statistics.median(each) for name, each in worst.items()}
        bench.report.add(
            Row(
                figure=f"{EVENTS} events in one second, {count:,} listeners: worst last receipt",
                target=f"<= 150 ms, or {AS_MUCH_AS_C} x C gathering",
                tocsin=ms(halves["Tocsin"]),
                c=ms(halves[GATHERING]),
                ratio=f"{halves['Tocsin'] / halves[GATHERING]:.2f}",
                others=_others(halves),
                reached=_reached(halves, 150e6),
            )
        )
        fired = dict(_fired(bench, serieses, TRANSITIONS))
        after = {name: each.last_ns[-1] if each.sound else NEVER for name, each in fired.items()}
        bench.report.add(
            Row(
                figure=f"{TRANSITIONS:,} transitions in one second, {count:,} listeners: last receipt after the last",
                target=f"all, in order, <= 1 s, or {AS_MUCH_AS_C} x C gathering",
                tocsin=ms(after["Tocsin"]),
                c=ms(after[GATHERING]),
                ratio=f"{after['Tocsin'] / after[GATHERING]:.2f}",
                others=_others(after),
                reached=_reached(after, 1e9),
            )
        )


def _fired(bench: Bench, serieses: Sequence[Series], events: int) -> list[tuple[str, Fired]]:
    done = []
    for name, series in by_name(serieses).items():
        fired = series.load.fire(events, 1 / events, PATIENCE_S)
        bench.report.check(f"{name}, {events:,} events in a second", fired, ours=name == "Tocsin")
        done.append((name, fired))
    return done


def _reached(figures: dict[str, float], bound_ns: float) -> bool:
    ours = figures["Tocsin"]
    return ours <= bound_ns or ours <= AS_MUCH_AS_C * figures[GATHERING] < NEVER


def _others(figures: dict[str, float]) -> str:
    plain = {"C": "C with one send an event"}
    return ", ".join(
        f"{plain.get(name, name)} {ms(value)}" for name, value in figures.items() if name not in ("Tocsin", GATHERING)
    )
