"""Arithmetic of intervals: overlapping ones joined into periods, and how many run at once. Unix seconds throughout."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Seconds = NDArray[np.float64]


def joined(start: Seconds, end: Seconds) -> tuple[Seconds, Seconds]:
    """The union of intervals as disjoint periods in time order; intervals that touch are one period.

    An interval that is empty or ends before its start adds nothing.
    """
    kept = end > start
    order = np.argsort(start[kept], kind="stable")
    start, end = start[kept][order], end[kept][order]
    if not len(start):
        return start, end
    reach = np.maximum.accumulate(end)
    first = np.concatenate([[True], start[1:] > reach[:-1]])
    last = np.concatenate([first[1:], [True]])
    return start[first], reach[last]


def clipped(start: Seconds, end: Seconds, since: float, until: float) -> tuple[Seconds, Seconds]:
    """Only what lies within [since, until]."""
    start, end = np.maximum(start, since), np.minimum(end, until)
    kept = end > start
    return start[kept], end[kept]


def most_at_once(start: Seconds, end: Seconds) -> tuple[int, float]:
    """The largest number of intervals open at one moment, and the first moment it was reached; (0, nan) for none.

    At one moment ends come before beginnings: an interval is open from its start until just before its end.
    """
    if not len(start):
        return 0, float("nan")
    moments = np.concatenate([end, start])
    steps = np.concatenate([np.full(len(end), -1), np.full(len(start), 1)])
    order = np.lexsort((steps, moments))
    running = np.cumsum(steps[order])
    at = int(np.argmax(running))
    return int(running[at]), float(moments[order][at])
