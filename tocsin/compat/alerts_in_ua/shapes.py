"""What alerts.in.ua says over the wire. Every key is always there: some clients ask for it without looking."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from tocsin.model import Hazard, Threat


class LocationType(StrEnum):
    OBLAST = "oblast"
    RAION = "raion"
    CITY = "city"
    HROMADA = "hromada"
    UNKNOWN = "unknown"


class AlertType(StrEnum):
    AIR_RAID = "air_raid"
    ARTILLERY_SHELLING = "artillery_shelling"
    URBAN_FIGHTS = "urban_fights"
    CHEMICAL = "chemical"
    NUCLEAR = "nuclear"


TYPE_OF = {
    Hazard.AIR_RAID: AlertType.AIR_RAID,
    Hazard.ARTILLERY: AlertType.ARTILLERY_SHELLING,
    Hazard.URBAN_FIGHTING: AlertType.URBAN_FIGHTS,
    Hazard.CHEMICAL: AlertType.CHEMICAL,
    Hazard.NUCLEAR: AlertType.NUCLEAR,
}

THREAT_OF = {
    Threat.DRONES: "drones",
    Threat.CRUISE_MISSILES: "cruise_missiles",
    Threat.BALLISTIC_MISSILES: "ballistic_missiles",
    Threat.UNSPECIFIED_MISSILES: "unspecified_missiles",
    Threat.GUIDED_BOMBS: "guided_aerial_bombs",
    Threat.TACTICAL_AVIATION: "tactic_aircraft_activity",
    Threat.STRATEGIC_AVIATION: "strategic_aircraft_activity",
    Threat.MIG31K: "mig31k_departure",
    Threat.AIR_DEFENCE: "air_defense",
}
"""The system has an ``unknown`` too; of a threat that nobody named nothing is said."""


class ThreatTold(msgspec.Struct, frozen=True, kw_only=True):
    threat_type: str
    level: str
    started_at: str
    source_message: str | None


class AlertTold(msgspec.Struct, frozen=True, kw_only=True):
    """An alert of the past: without its threats."""

    id: int
    location_title: str
    location_title_en: str | None
    location_type: LocationType
    started_at: str
    finished_at: str | None
    updated_at: str
    alert_type: AlertType
    location_uid: str
    """Text, where the oblast's is a number."""
    location_oblast: str
    location_oblast_uid: int
    location_raion: str | None
    notes: str | None
    country: str | None
    calculated: bool
    """Whether the end is only foreseen. No end is here."""
    alert_level: str


class ActiveAlert(AlertTold, frozen=True, kw_only=True):
    threats: list[ThreatTold]


class Meta(msgspec.Struct, frozen=True, kw_only=True):
    last_updated_at: str
    type: str = "full"


class AlertsTold(msgspec.Struct, frozen=True, kw_only=True):
    alerts: msgspec.Raw
    """Of `ActiveAlert` or `AlertTold`."""
    meta: Meta
    disclaimer: str


class Oblast(msgspec.Struct, frozen=True, kw_only=True):
    """Which oblast a character is about. Not in the original."""

    index: int
    uid: int
    title: str
    title_en: str | None


class Refusal(msgspec.Struct, frozen=True):
    message: str


def moment(at: datetime) -> str:
    """With milliseconds and a Z: clients read it by exactly that pattern."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def updated(at: datetime) -> str:
    """As `Meta` has it, which is not ISO 8601."""
    return at.astimezone(UTC).strftime("%Y/%m/%d %H:%M:%S +0000")
