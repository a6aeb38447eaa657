"""Every order that can be given, with who gives it and why."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from tocsin.limits import NAME_CHARS, TEXT_CHARS, ZONES_PER_ORDER
from tocsin.model import Extent, Hazard, Level, SourceId, Stage, Threat, ZoneId

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_CHARS)]
Text = Annotated[str, msgspec.Meta(max_length=TEXT_CHARS)]
Zones = Annotated[tuple[ZoneId, ...], msgspec.Meta(min_length=1, max_length=ZONES_PER_ORDER)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Raise(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="raise"):
    """Put zones under warning, all or none. Where the very same hold is open already, it changes nothing."""

    zones: Zones
    hazard: Hazard = Hazard.AIR_RAID
    threat: Threat = Threat.UNKNOWN
    stage: Stage = Stage.ALERT
    level: Level = Level.RED
    extent: Extent = Extent.WHOLE
    at: Moment | None = None
    """When it takes effect; now, if not said."""
    ref: Name | None = None
    """The source's own id of the alert: two alerts with different refs are two holds, and end separately."""
    cause: Text | None = None


class Release(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="release"):
    """End the holds that this order's own source placed on exactly these zones for this hazard."""

    zones: Zones
    hazard: Hazard = Hazard.AIR_RAID
    threat: Threat | None = None
    """Only holds of this threat; all, if not said."""
    ref: Name | None = None
    """Only the hold of this alert of the source; all, if not said."""
    at: Moment | None = None
    cause: Text | None = None


Order = Raise | Release


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order with its envelope."""

    key: Name
    """Idempotency key: the same key with the same content has one effect, with other content is refused."""
    actor: Name
    """Who gives it: a person or a service."""
    source: SourceId
    """On what the holds rest: only the same source can release them."""
    reason: Text = ""
    order: Order
    decided_upon: int | None = None
    """The seq that the giver had before their eyes; if the log has moved on since, the order is refused."""
