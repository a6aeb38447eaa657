"""What is told of an attack, and of what it is told: the same for words and for posts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from tocsin.report import Report

EPOCH = datetime(2026, 3, 1, 20, tzinfo=UTC)


class Told(NamedTuple):
    """A report, and of which flight it is; None of what is not there."""

    report: Report
    flight: int | None


def at(seconds: float) -> datetime:
    return EPOCH + timedelta(seconds=round(seconds))


def in_sequence(said: list[Told]) -> list[Told]:
    """As they are received."""
    return sorted(said, key=lambda one: (one.report.received_at, one.report.id))
