"""What the audit trail keeps of those who were refused: who, what and why, as far as it was established."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import msgspec

from tocsin.access.callers import Caller
from tocsin.commands import Command
from tocsin.errors import TocsinError
from tocsin.limits import REFUSED_ORDER_CHARS
from tocsin.store import Refusal

_json = msgspec.json.Encoder()


class Rationed:
    """How many refusals of each caller are kept: so many a minute, so that nobody can fill the disk with them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._minute = 0
        self._counts: Counter[str] = Counter()

    def over(self, elapsed_s: float) -> dict[str, int]:
        """Of whom more than is kept was refused in a minute that has gone by since this was last asked: how many."""
        minute = int(elapsed_s // 60)
        if minute == self._minute:
            return {}
        counts, self._minute, self._counts = self._counts, minute, Counter()
        return {who: count for who, count in counts.items() if count > self._most}

    def keeps(self, who: str) -> bool:
        """Whether one more of this caller's is kept; it counts either way."""
        self._counts[who] += 1
        return not self.spent(who)

    def spent(self, who: str) -> bool:
        """Whether there were more of this caller's in this minute than are kept."""
        return self._counts[who] > self._most


def refused_command(command: Command, error: TocsinError, now: datetime) -> Refusal:
    """An order that was refused."""
    return Refusal(
        actor=command.actor,
        key=command.key,
        source=command.source,
        reason=command.reason,
        order=_json.encode(command.order).decode()[:REFUSED_ORDER_CHARS],
        code=error.code,
        message=error.message[:REFUSED_ORDER_CHARS],
        refused_at=now,
    )


def refused_request(caller: Caller, asked: str, error: TocsinError, now: datetime) -> Refusal:
    """What a known caller asked for that did not come to be an order: ``asked``, as it was sent."""
    return Refusal(
        actor=caller.holder,
        key="",
        source="",
        reason="",
        order=asked[:REFUSED_ORDER_CHARS],
        code=error.code,
        message=error.message[:REFUSED_ORDER_CHARS],
        refused_at=now,
    )


def refused_stranger(error: TocsinError, now: datetime) -> Refusal:
    """Someone whose token shows nobody who may act; the error names the holder where the token is a known one."""
    return refused_request(Caller(holder=str(error.detail.get("holder", ""))), "", error, now)
