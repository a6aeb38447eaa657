"""What is advised: to raise, to place, to end, and what stands while it is decided upon."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from tocsin.assess.assessment import Band
from tocsin.assess.track import TrackId
from tocsin.model import Hazard, Level, Stage, Threat, ZoneId

Held = tuple[ZoneId, Threat]


class Stands(msgspec.Struct, frozen=True, kw_only=True):
    """What is proposed or placed already, for one zone and one kind."""

    since: datetime
    """Since when it is wanted."""
    wanted: datetime | None = None
    """When it last was, where whoever keeps this knows."""
    unwanted: datetime | None = None
    """Since when it is not any more; None while it is."""
    stage: Stage = Stage.ALERT
    placed: bool = False
    """Whether the machine placed it by itself."""


class Act(StrEnum):
    PROPOSE = "propose"
    """A person decides."""
    PLACE = "place"
    """The policy lets the machine place it."""


class HeldBack(StrEnum):
    """Why something that the policy would place is only proposed."""

    CONFIRMATIONS = "confirmations"
    CEILING = "ceiling"
    HOLD_BACK = "hold_back"


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """One zone that should be under warning."""

    zone: ZoneId
    hazard: Hazard
    threat: Threat
    stage: Stage
    level: Level
    act: Act
    band: Band
    earliest: datetime
    likely: datetime
    tracks: tuple[TrackId, ...]
    """The threats it is for, the most pressing first."""
    confirmations: int
    """How many sources speak of the best confirmed of them."""
    needed: int
    """How many the policy asks for before it is placed."""
    held_back: HeldBack | None = None
    why: str
    """In a sentence, for the officer."""


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """One zone whose warning may be over. A person decides."""

    zone: ZoneId
    threat: Threat
    why: str
    ended: bool
    """Whether somebody declared it over; else all that it was for has gone elsewhere."""


class Advised(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from an assessment, and what stands with it."""

    raises: tuple[Advice, ...]
    """What is new: zones not wanted before, an alert where an early warning was wanted, and what may be placed by now
    that was only proposed."""
    releases: tuple[Release, ...]
    standing: Mapping[Held, Stands]
    """To be handed in next time. Releases take nothing out of it: whoever ends a hold does (`without`)."""
