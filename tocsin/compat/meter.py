"""How often somebody may ask: so many times in a stretch of time, by whatever they are known by."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable

MOST = 20_000
"""Askers remembered at once; the one that asked longest ago is forgotten."""


class Meter:
    """Counts in a sliding window."""

    def __init__(self, most: int, window_s: float, elapsed_s: Callable[[], float]) -> None:
        """At most ``most`` in any ``window_s`` seconds; 0 for as many as they like."""
        self._most = most
        self._window_s = window_s
        self._elapsed_s = elapsed_s
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()

    def allows(self, who: str) -> bool:
        """Count one more, unless it is one too many."""
        if not self._most:
            return True
        now = self._elapsed_s()
        asked = self._asked.setdefault(who, deque())
        self._asked.move_to_end(who)
        while asked and now - asked[0] >= self._window_s:
            asked.popleft()
        if len(asked) >= self._most:
            return False
        asked.append(now)
        if len(self._asked) > MOST:
            self._asked.popitem(last=False)
        return True
