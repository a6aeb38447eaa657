"""A report: one message from one source about one thing in the air, and the facts about reports that the log can hold.

It gives areas, as coarse as its source gave them, for warning people. What a source did not say is None or empty, never
a guess. Received twice it is one report: its id is a digest of what the source said.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, NewType

import msgspec

from tocsin import limits
from tocsin.model import SourceId, Threat, ZoneId

ReportId = NewType("ReportId", str)


class Role(StrEnum):
    """What a place is in a report."""

    AT = "at"
    """It is there, or the place stands alone."""
    HEADING_TO = "heading_to"
    FROM = "from"
    PASSING = "passing"
    """It passes it, or the place is on a route."""
    UNDER_THREAT = "under_threat"
    """People there are told to take care or cover."""
    LAUNCH_AREA = "launch_area"
    ENDED = "ended"
    """The end is of this place."""
    IMPACT = "impact"
    """Explosions, debris."""


POSITIONS = frozenset({Role.AT, Role.PASSING, Role.ENDED})
"""The roles of places where something is, or is over: whoever reports them has to be one who watches there."""


class Make(StrEnum):
    """What sort of thing within a kind, where that is known: it bounds how fast it can be."""

    PISTON_DRONE = "piston_drone"
    JET_DRONE = "jet_drone"
    RECONNAISSANCE_DRONE = "reconnaissance_drone"
    SUBSONIC_CRUISE = "subsonic_cruise"
    SUPERSONIC_CRUISE = "supersonic_cruise"
    BALLISTIC = "ballistic"
    AEROBALLISTIC = "aeroballistic"
    GUIDED_BOMB = "guided_bomb"


KIND_OF: dict[Make, frozenset[Threat]] = {
    Make.PISTON_DRONE: frozenset({Threat.DRONES}),
    Make.JET_DRONE: frozenset({Threat.DRONES}),
    Make.RECONNAISSANCE_DRONE: frozenset({Threat.DRONES}),
    Make.SUBSONIC_CRUISE: frozenset({Threat.CRUISE_MISSILES, Threat.UNSPECIFIED_MISSILES}),
    Make.SUPERSONIC_CRUISE: frozenset({Threat.CRUISE_MISSILES, Threat.UNSPECIFIED_MISSILES}),
    Make.BALLISTIC: frozenset({Threat.BALLISTIC_MISSILES, Threat.UNSPECIFIED_MISSILES}),
    Make.AEROBALLISTIC: frozenset({Threat.BALLISTIC_MISSILES, Threat.MIG31K, Threat.UNSPECIFIED_MISSILES}),
    Make.GUIDED_BOMB: frozenset({Threat.GUIDED_BOMBS}),
}
"""Of which kinds each make is."""

POSSIBLE_M_S: dict[Threat, tuple[float, float]] = {
    Threat.DRONES: (0, 300),
    Threat.CRUISE_MISSILES: (90, 2_800),
    Threat.BALLISTIC_MISSILES: (100, 4_000),
    Threat.UNSPECIFIED_MISSILES: (90, 4_000),
    Threat.GUIDED_BOMBS: (60, 600),
    Threat.TACTICAL_AVIATION: (0, 950),
    Threat.STRATEGIC_AVIATION: (0, 700),
    Threat.MIG31K: (0, 950),
    Threat.AIR_DEFENCE: (0, 4_000),
    Threat.UNKNOWN: (0, 4_000),
}
"""Speeds over the ground outside of which a report is a slip, wide enough for wind and for what is yet unknown: the
fastest of each kind that is known flies at half to three quarters of its bound (docs/threats.md)."""

ALL = "all"
"""In `Report.ends`: whatever flies."""

End = Annotated[str, msgspec.Meta(pattern=f"^({'|'.join((ALL, *Threat))})$")]
"""A kind, or `ALL`."""
Degrees = Annotated[float, msgspec.Meta(ge=0, lt=360)]
"""Clockwise from north: where it flies to."""
Text = Annotated[str, msgspec.Meta(max_length=limits.TEXT_CHARS)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=limits.NAME_CHARS)]


class Spot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A place in a report: zones of which one is meant, a point with its uncertainty, or both."""

    role: Role
    zones: Annotated[tuple[ZoneId, ...], msgspec.Meta(max_length=limits.SPOT_ZONES)] = ()
    """The smallest zones of the atlas that hold it; of more than one it is not known which. To raise a warning all of
    them count."""
    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    radius_m: Annotated[float, msgspec.Meta(ge=0, le=limits.SPOT_RADIUS_M)] = 0.0
    """How far from the point it may be; where it lies in zones and has no point, that is the uncertainty."""
    name: Text = ""
    """As its source called it."""


class Told(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a source says about one thing, or about the end of one."""

    said_at: Annotated[datetime, msgspec.Meta(tz=True)]
    kinds: Annotated[tuple[Threat, ...], msgspec.Meta(max_length=len(Threat))] = ()
    """What it may be that flies; empty where the report speaks of an end alone."""
    make: Make | None = None
    spots: Annotated[tuple[Spot, ...], msgspec.Meta(max_length=limits.SPOTS_PER_REPORT)] = ()
    course_deg: Degrees | None = None
    """Where it flies to, in degrees from north."""
    course_spread_deg: Annotated[float, msgspec.Meta(ge=0, le=180)] | None = None
    """To how much on either side of the course; None where the source did not say."""
    speed_m_s: Annotated[float, msgspec.Meta(ge=0, le=limits.SPEED_M_S)] | None = None
    count: Annotated[int, msgspec.Meta(ge=1, le=limits.THREATS_PER_REPORT)] | None = None
    ends: Annotated[tuple[End, ...], msgspec.Meta(max_length=len(Threat) + 1)] = ()
    """Kinds that are declared over, or `ALL`: by this source, and of the places that its spots with the role `ended`
    name, or where there are none of all that it spoke of."""
    track: Name | None = None
    """The source's own id of what it follows."""
    measured: bool = False
    """Whether an instrument found it: there, and at that very moment, as far as its radius says."""
    text: Text = ""
    """The words, where there were words."""
    original_sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")] | None = None
    """Of the bytes that were received."""


class Report(Told, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What was told, with who told it and when it came in."""

    source: SourceId
    received_at: Annotated[datetime, msgspec.Meta(tz=True)]

    @property
    def id(self) -> ReportId:
        """The same for the same words of the same source about the same moment, however often they are received."""
        said = msgspec.structs.replace(self, said_at=self.said_at.astimezone(UTC), received_at=_ALWAYS)
        kept = _report.decode(_json.encode(said))  # 3 and 3.0 are one number
        return ReportId(hashlib.sha256(_json.encode(kept)).hexdigest()[:32])


class ReportsTaken(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="reports_taken"):
    """These reports came in. The log alone holds them: what everybody is told of threats is said elsewhere."""

    reports: tuple[Report, ...]
    at: datetime


_json = msgspec.json.Encoder()
_report = msgspec.json.Decoder(Report)
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
