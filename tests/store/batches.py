"""Batches to append, as short to write as what matters in them."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from tocsin.events import Event, HoldRaised, HoldReleased
from tocsin.model import Extent, Hazard, HoldId, Level, SourceId, Stage, Threat, ZoneId
from tocsin.store import Batch, Refusal

NOON = datetime(2026, 3, 1, 12, 0, 0, 123_457, tzinfo=UTC)


def raised(number: int = 0, cause: str | None = None) -> Event:
    return HoldRaised(
        zone=ZoneId(f"UA-{number:02}"),
        hazard=Hazard.AIR_RAID,
        threat=Threat.DRONES,
        stage=Stage.ALERT,
        level=Level.RED,
        extent=Extent.WHOLE,
        source=SourceId("operator"),
        at=NOON + timedelta(microseconds=number),
        cause=cause,
    )


def released(hold: int) -> Event:
    return HoldReleased(hold=HoldId(hold), zone=ZoneId("UA-80"), source=SourceId("operator"), at=NOON)


def batch(key: str, events: int = 1, *, recorded_at: datetime = NOON) -> Batch:
    return of(key, *(raised(number, cause=key) for number in range(events)), recorded_at=recorded_at)


def of(key: str, *events: Event, recorded_at: datetime = NOON, reason: str = "", decided_upon: int = 0) -> Batch:
    return Batch(
        key=key,
        digest=hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest(),
        actor="duty officer",
        grant="7",
        source="operator",
        reason=reason,
        decided_upon=decided_upon,
        recorded_at=recorded_at,
        events=events,
    )


def refusal(key: str, *, refused_at: datetime = NOON) -> Refusal:
    return Refusal(
        actor="passer-by",
        key=key,
        source="nobody",
        reason="bored",
        order='{"type":"release","zones":["UA"]}',
        code="not_granted",
        message=f"no grant covers {key}",
        refused_at=refused_at,
    )
