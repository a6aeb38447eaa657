"""What goes over the wire: the fields of the Home Front Command's files, with their types."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

BOM = b"\xef\xbb\xbf"
"""What Alerts.json holds when nothing is told: this and nothing else."""

NEW_LINE = b"\r\n"
"""What ended it before 2024. It began with the mark then, whatever it held."""

JSON = "application/json; charset=utf-8"

SUFFIXES = {"heb": "he", "eng": "en", "rus": "ru", "arb": "ar"}
"""How the names of its files end, and which language that is."""


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """Alerts.json."""

    id: str
    """A larger number with each."""
    cat: str
    """In the numbering of what is said now, as text."""
    title: str
    data: list[str]
    """Areas, by their Hebrew names."""
    desc: str


class HistoryRow(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """AlertsHistory.json: one area."""

    alert_date: str
    title: str
    data: str
    category: int
    """In the history's numbering."""


class AlarmRow(msgspec.Struct, frozen=True, kw_only=True, rename={"alert_date": "alertDate"}):
    """GetAlarmsHistory.aspx: one area."""

    data: str
    date: str
    time: str
    alert_date: str
    """Of the minute."""
    category: int
    category_desc: str
    matrix_id: int
    rid: int


class District(msgspec.Struct, frozen=True, kw_only=True):
    """GetDistricts.aspx, GetCitiesMix.aspx and districts_*.json: one area, and how long one has to reach shelter."""

    label: str
    value: str
    id: str
    areaid: int
    areaname: str
    label_he: str
    migun_time: int


class City(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """cities_*.json: one area, with its district behind a bar."""

    label: str
    city_al_id: str
    id: str
    areaid: int
    rashut: str | None
    color: str


class Note(msgspec.Struct, frozen=True, kw_only=True, rename={"color_code": "colorCode"}):
    """GetAlarmInstructions.aspx: one area."""

    code: str
    area_id: int
    area_name: str
    """The area's, where the district's is the zone's: so the original has it."""
    heb_name: str
    zone_name: str
    time_notes: str
    """The seconds there are to reach shelter."""
    mode: str = ""
    color_code: str = ""


class Notes(msgspec.Struct, frozen=True, kw_only=True):
    notes: list[Note]


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """alertCategories.json."""

    id: int
    category: str
    matrix_id: int
    priority: int
    queue: bool


class Translation(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """alertsTranslation.json."""

    heb: str
    eng: str
    rus: str
    arb: str
    cat_id: int
    matrix_cat_id: int
    heb_title: str
    eng_title: str
    rus_title: str
    arb_title: str
    update_type: str


_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def alert_id(at: datetime, seq: int) -> str:
    """Tenths of microseconds since 1601, of which the last seven digits tell one alert from another."""
    return str(int((at - _EPOCH).total_seconds()) * 10_000_000 + seq % 10_000_000)
