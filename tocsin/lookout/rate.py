"""How much each source may send: so many in a stretch of time, refilled evenly."""

from __future__ import annotations

from collections.abc import Callable


class Rate:
    """A bucket for each source. Sources are those of grants, so there are not too many of them."""

    def __init__(self, most: int, window_s: float, elapsed_s: Callable[[], float]) -> None:
        """At most ``most`` at once, and again in every ``window_s`` seconds."""
        self._most, self._window_s, self._elapsed_s = most, window_s, elapsed_s
        self._left: dict[str, tuple[float, float]] = {}

    def allows(self, source: str, count: int) -> bool:
        """Count so many more, all or none."""
        now = self._elapsed_s()
        left, since = self._left.get(source, (float(self._most), now))
        left = min(float(self._most), left + (now - since) * self._most / self._window_s)
        allowed = count <= left
        self._left[source] = (left - count if allowed else left, now)
        return allowed
