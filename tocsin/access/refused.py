"""What the audit trail keeps of those who were refused: who, what and why, as far as it was established."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tocsin.access.callers import Caller
from tocsin.commands import Command
from tocsin.errors import TocsinError
from tocsin.limits import REFUSED_ORDER_CHARS
from tocsin.store import Refusal

_json = msgspec.json.Encoder()


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
