"""What Alerts.json shows when: one thing at a time, as the original does, and nobody who looks often misses one. Pure.

A call is shown from the moment it is told, for `SHOWN_S`. The file has room for one kind. Where several are told within
that time, each has at least `TURN_S` to itself; alarms go first, and one that is told while something less is shown
takes its place at once. What is shown depends on the calls and the time alone, and is the same for everybody who asks.
"""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.compat.oref.calls import Call
from tocsin.compat.oref.words import Kind

SHOWN_S = 30.0
"""How long a call is shown; the original's are seen for half a minute to a minute."""

TURN_S = 4.0
"""How long one kind is shown at least while others wait. Clients look every second or two."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One kind, with all the areas that were told of it."""

    kind: Kind
    areas: tuple[int, ...]
    """The newest first."""
    call: Call
    """The newest call."""


class Board:
    """Moments are Unix seconds; one that lies before another that was said already counts as that."""

    def __init__(self) -> None:
        self._now = 0.0
        self._shown: Shown | None = None
        self._turn_ends = 0.0
        self._gone = 0.0
        """When what is shown is taken down, if nothing takes its place before."""
        self._waiting: dict[Kind, Shown] = {}
        self._again: Shown | None = None
        """What joined what is shown while others waited: it has a turn of its own after theirs."""
        self._overtaken: set[int] = set()
        """Areas of which something else was told since what is shown was put up."""

    def tell(self, call: Call) -> None:
        """Put up one more call, at the moment it became known. Calls come in the order of the log."""
        self._go_to(call.recorded_at.timestamp())
        self._overtake(call)
        shown = self._shown
        if shown is not None and shown.kind is call.kind:
            self._join(shown, call)
            return
        item = _joined(self._waiting.pop(call.kind, None), call)
        if shown is None or self._turn_ends <= self._now:
            self._put_up(item, self._now)
        elif call.kind.is_alarm and not shown.kind.is_alarm:
            if (rest := _without(shown, self._overtaken)) is not None:
                self._waiting[shown.kind] = rest
            self._put_up(item, self._now)
        else:
            self._waiting[call.kind] = item

    def _join(self, shown: Shown, call: Call) -> None:
        """More of what is shown. While others wait its turn is no longer for that, and what joined has another."""
        turn_ends, again = self._turn_ends, _joined(self._again, call)
        self._put_up(_joined(_without(shown, self._overtaken), call), self._now)
        if self._waiting:
            self._turn_ends, self._again = turn_ends, again

    def _overtake(self, call: Call) -> None:
        """What was told of an area before is not shown after this; but of two kinds of alarm each is told."""
        told = set(call.areas)
        for kind, waiting in tuple(self._waiting.items()):
            if kind is not call.kind and not (kind.is_alarm and call.kind.is_alarm):
                rest = _without(waiting, told)
                if rest is None:
                    del self._waiting[kind]
                else:
                    self._waiting[kind] = rest
        shown = self._shown
        if shown is not None and shown.kind is not call.kind and not (shown.kind.is_alarm and call.kind.is_alarm):
            self._overtaken |= told
            self._again = self._again and _without(self._again, told)

    def at(self, now: float) -> Shown | None:
        """What is shown now; None for nothing."""
        self._go_to(now)
        return self._shown

    def _go_to(self, now: float) -> None:
        self._now = max(self._now, now)
        while self._waiting and self._turn_ends <= self._now:
            again = self._again
            kind = min(self._waiting, key=lambda waiting: 0 if waiting.is_alarm else waiting.number)
            self._put_up(self._waiting.pop(kind), self._turn_ends)
            if again is not None:
                self._waiting[again.kind] = again
        if self._gone <= self._now:
            self._shown = None

    def _put_up(self, item: Shown, at: float) -> None:
        self._shown, self._again, self._overtaken = item, None, set()
        self._turn_ends = at + TURN_S
        # What had to wait is shown for as long as it would have been, but never less than its turn.
        self._gone = max(self._turn_ends, item.call.recorded_at.timestamp() + SHOWN_S)


def _without(shown: Shown, areas: set[int]) -> Shown | None:
    rest = tuple(number for number in shown.areas if number not in areas)
    return Shown(shown.kind, rest, shown.call) if rest else None


def _joined(shown: Shown | None, call: Call) -> Shown:
    before = () if shown is None else shown.areas
    return Shown(call.kind, tuple(dict.fromkeys((*call.areas, *before))), call)
