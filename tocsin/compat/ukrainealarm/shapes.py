"""What goes over the wire, named as the official description of version 3 names it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from tocsin.compat.ukrainealarm.regions import RegionType
from tocsin.model import Hazard


class AlertType(StrEnum):
    """Those that Tocsin has a hazard for; the system also knows UNKNOWN and INFO."""

    AIR = "AIR"
    ARTILLERY = "ARTILLERY"
    URBAN_FIGHTS = "URBAN_FIGHTS"
    CHEMICAL = "CHEMICAL"
    NUCLEAR = "NUCLEAR"


TYPE_OF = {
    Hazard.AIR_RAID: AlertType.AIR,
    Hazard.ARTILLERY: AlertType.ARTILLERY,
    Hazard.URBAN_FIGHTING: AlertType.URBAN_FIGHTS,
    Hazard.CHEMICAL: AlertType.CHEMICAL,
    Hazard.NUCLEAR: AlertType.NUCLEAR,
}


class _Shape(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    pass


class AlertLevel(_Shape, frozen=True, kw_only=True):
    """Not in the official description, and sent since 2026."""

    alert_level: str
    """``Red`` or ``Yellow``."""
    reason: str
    created_at: datetime


class Alert(_Shape, frozen=True, kw_only=True):
    region_id: str
    """Where it was placed: the region itself, or one that it lies in."""
    region_type: RegionType
    type: AlertType
    last_update: datetime
    """Since when it stands."""
    active_alert_levels: list[AlertLevel]


class AlertRegion(_Shape, frozen=True, kw_only=True):
    region_id: str
    region_type: RegionType
    region_name: str
    region_eng_name: str
    last_update: datetime
    active_alerts: list[msgspec.Raw]
    """Of `Alert`: each is put into bytes once, however many regions lie in its own."""


class AlertModification(_Shape, frozen=True, kw_only=True):
    last_action_index: int


class TimeSpan(_Shape, frozen=True, kw_only=True):
    """A duration as .NET spells it out."""

    ticks: int
    days: int
    hours: int
    milliseconds: int
    minutes: int
    seconds: int
    total_days: float
    total_hours: float
    total_milliseconds: float
    total_minutes: float
    total_seconds: float


class RegionAlarm(_Shape, frozen=True, kw_only=True):
    region_id: str
    start_date: datetime
    end_date: datetime
    """In the year 1 while it stands."""
    duration: TimeSpan
    alert_type: AlertType
    region_name: str
    is_continue: bool


class RegionAlarmsHistory(_Shape, frozen=True, kw_only=True):
    region_id: str
    region_name: str
    alarms: list[RegionAlarm]


class RegionView(_Shape, frozen=True, kw_only=True):
    region_id: str
    region_name: str
    region_type: RegionType
    region_child_ids: list[RegionView]


class RegionsView(_Shape, frozen=True, kw_only=True):
    states: list[RegionView]


class WebHook(_Shape, frozen=True, kw_only=True):
    """What is asked for with a webhook."""

    web_hook_url: str | None = msgspec.field(name="webHookUrl", default=None)


class Status(StrEnum):
    ACTIVATE = "Activate"
    DEACTIVATE = "Deactivate"


class Notice(_Shape, frozen=True, kw_only=True):
    """What is delivered to a webhook."""

    status: Status
    region_id: int
    alarm_type: AlertType
    created_at: datetime
    """In whole seconds."""


class Problem(_Shape, frozen=True, kw_only=True, omit_defaults=True):
    """A refusal, as the framework of the original gives it (RFC 7807)."""

    type: str
    title: str
    status: int
    errors: dict[str, list[str]] | None = None
