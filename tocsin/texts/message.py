"""A message: one thing said to the people of some zones, in every language at once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from tocsin.model import Extent, Hazard, HoldId, Level, Realm, SourceId, Stage, Status, Threat, ZoneId
from tocsin.texts.wording import Wording


class Kind(StrEnum):
    ALARM = "alarm"
    ESCALATED = "escalated"
    CONTINUED = "continued"
    """A warning was narrowed, and goes on here."""
    REPLACED = "replaced"
    """A warning takes the place of another on the same zone."""
    ALL_CLEAR = "all_clear"
    ENDED = "ended"
    """This warning is over, but some part of the zone, or all of it, is still under one."""
    NARROWED = "narrowed"
    """This warning is over for the zone as a whole, and goes on in a part of it."""
    WITHDRAWN = "withdrawn"
    """A correction: the alarm was false."""
    NOTE = "note"
    SILENT = "source_silent"
    BACK = "source_back"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One thing said to the people of some zones, in every language."""

    seq: int
    """The last log entry that it tells of."""
    first_seq: int
    realm: Realm
    kind: Kind
    at: datetime
    """When what it tells took effect."""
    hazard: Hazard | None
    threat: Threat | None
    stage: Stage | None
    level: Level | None
    extent: Extent | None
    """``part``: some of each zone, and it is not known which. Only told where a hold is placed."""
    leaves: Status | None
    """What the zones are still under, where a warning ended."""
    zones: tuple[ZoneId, ...]
    """In log order, each once. Empty for a source's silence: what rests on the source is for the state to say."""
    holds: tuple[HoldId, ...]
    """The holds it tells of: a correction belongs to whoever got the alarm of one of these."""
    source: SourceId
    instruction: str
    """The key of the text, the same in every language."""
    cause: str | None
    """As whoever gave the order put it, in one language."""
    wording: dict[str, Wording]
    """By language."""
