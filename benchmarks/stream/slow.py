"""Listeners who never read: do the others notice, and what do they cost?"""

from __future__ import annotations

import statistics
from contextlib import ExitStack

from benchmarks.stream.bench import Bench, in_turn, opened
from benchmarks.stream.processes import socket_memory
from benchmarks.stream.report import Row, kib, ms, paired

LISTENERS = 5_000
UNREAD = (0, 10, 100)
"""In a thousand."""
UNTIL_FULL = 1_000
"""Events that no buffer of the kernel holds all of."""
GAP_S = 0.005
QUEUE_BYTES = 2_048
"""Less than this for each silent one is no queue of its own."""
ALIKE_BYTES = 1 << 20
"""So much may two processes that do the same differ by in all."""


def slow(bench: Bench) -> None:
    count = min(LISTENERS, bench.most)
    with ExitStack() as stack:
        serieses = [opened(stack, bench, bench.tocsin, count, unread=unread) for unread in UNREAD]
        held: list[tuple[float, float, float]] = []
        grown: list[int] = []
        for series, unread in zip(serieses, UNREAD, strict=True):
            before = series.running.server.memory()
            fired = series.load.fire(UNTIL_FULL, GAP_S, 60)
            bench.report.check(f"Tocsin, {unread / 10:g} % that never read", fired, ours=True)
            silent = max(1, count * unread // 1000)
            here, there = socket_memory(series.running.port)
            grown.append(series.running.server.memory() - before)
            # The same events are kept for those who come back where everybody reads.
            held.append((here / silent, there / silent, (grown[-1] - grown[0]) / silent))
        in_turn(bench, serieses)
        alone = serieses[0]
        for series, unread, (ours, theirs, user) in list(zip(serieses, UNREAD, held, strict=True))[1:]:
            silent = max(1, count * unread // 1000)
            times = paired(series.last_ns, alone.last_ns)
            noise = statistics.quantiles(alone.last_ns, n=10)
            bench.report.add(
                Row(
                    figure=f"{unread / 10:g} % of {count:,} never read: publish to last of the others",
                    target="as without them",
                    tocsin=f"{ms(series.last)} (without them {ms(alone.last)}, {ms(noise[0])} to {ms(noise[-1])})",
                    ratio=f"{times:.2f}",
                    reached=series.last <= noise[-1] or times <= 1.05,
                )
            )
            bench.report.add(
                Row(
                    figure=f"{unread / 10:g} % of {count:,} never read: kernel buffers of each; user space",
                    target="<= 0.3 MB",
                    tocsin=f"{kib(ours)} here, {kib(theirs)} with the client; {kib(user)}",
                    reached=ours <= 0.3e6 and user <= max(QUEUE_BYTES, ALIKE_BYTES / silent),
                )
            )
