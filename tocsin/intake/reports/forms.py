"""The forms in which reports come in: an officer's sighting, a message in words, what a sensor detected.

They are what the JSON Schema at /api/v1/reports/schema is made of (docs/threats.md).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from tocsin import limits
from tocsin.model import Threat
from tocsin.report import Degrees, End, Make, Name, Role, Text

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]
Metres = Annotated[float, msgspec.Meta(ge=0, le=limits.SPOT_RADIUS_M)]
Speed = Annotated[float, msgspec.Meta(ge=0, le=limits.SPEED_M_S)]
Count = Annotated[int, msgspec.Meta(ge=1, le=limits.THREATS_PER_REPORT)]
Kinds = Annotated[tuple[Threat, ...], msgspec.Meta(max_length=len(Threat))]


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where: a zone by its id, a code or its name; or a point."""

    role: Role = Role.AT
    zone: Name | None = None
    lon: Longitude | None = None
    lat: Latitude | None = None
    radius_m: Metres = 0.0
    """How far from the point it may be."""


class Sighting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="sighting"):
    """What somebody saw, heard or was told, in an officer's form."""

    kinds: Kinds = ()
    """What it may be that flies; none where only an end is told of."""
    make: Make | None = None
    places: Annotated[tuple[Place, ...], msgspec.Meta(max_length=limits.SPOTS_PER_REPORT)] = ()
    said_at: Moment | None = None
    """When it was seen or said; now, if not said."""
    course_deg: Degrees | None = None
    """Where it flies to, in degrees clockwise from north."""
    course_spread_deg: Annotated[float, msgspec.Meta(ge=0, le=180)] | None = None
    speed_m_s: Speed | None = None
    count: Count | None = None
    ends: Annotated[tuple[End, ...], msgspec.Meta(max_length=len(Threat) + 1)] = ()
    """Kinds of which this source says that they are over; `all` for all."""
    track: Name | None = None
    text: Text = ""


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="text"):
    """A message in Ukrainian or Russian, as it was written. It is read, and may tell of several things or of none."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=limits.THREAT_TEXT_CHARS)]
    channel: Annotated[str, msgspec.Meta(max_length=limits.NAME_CHARS)] = ""
    """Where it was published; what a channel spoke of before helps to tell places apart."""
    said_at: Moment | None = None
    """When it was published; of a message that was passed on, the original. Now, if not said."""


class Sensor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the sensor stands."""

    lon: Longitude
    lat: Latitude


class Detection(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="detection"
):
    """What a sensor found: either a position, or a bearing from where it stands."""

    detected_at: Moment
    kind: Threat = Threat.UNKNOWN
    make: Make | None = None
    lon: Longitude | None = None
    """Of a position; or else a sensor and a bearing."""
    lat: Latitude | None = None
    radius_m: Metres = 0.0
    """How far from that position it may be."""
    sensor: Sensor | None = None
    bearing_deg: Degrees | None = None
    """From the sensor to what it found, in degrees clockwise from north."""
    bearing_error_deg: Annotated[float, msgspec.Meta(ge=0, le=180)] = 10.0
    """By how much on either side the bearing may be wrong."""
    range_m: Metres | None = None
    """How far away it is, where that is known."""
    range_error_m: Metres = 0.0
    reach_m: Annotated[float, msgspec.Meta(gt=0, le=100_000)] = 10_000.0
    """How far the sensor hears or sees at most: where no range is known, it is between there and the sensor."""
    course_deg: Degrees | None = None
    course_spread_deg: Annotated[float, msgspec.Meta(ge=0, le=180)] | None = None
    speed_m_s: Speed | None = None
    count: Count | None = None
    track: Name | None = None
    """The network's own id of what it follows: detections with one track are one thing."""


Item = Sighting | Words | Detection
Items = Annotated[tuple[Item, ...], msgspec.Meta(min_length=1, max_length=limits.REPORTS_PER_ORDER)]


class FeedBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a feed sends, signed."""

    reports: Items
    realm: str | None = None
    """The realm that it is meant for, `live` or `drill`; in another it is refused."""


class ReportsBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Reports as given with a token."""

    key: Name
    """Idempotency key, as for an order."""
    reports: Items
    source: Name | None = None
    """As whom the giver speaks; the first source of their first grant, if not said."""
    reason: Text = ""
    realm: str | None = None
