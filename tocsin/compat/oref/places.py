"""The areas of the Home Front Command in an atlas: those zones that have one of its segments."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from tocsin.atlas import Atlas
from tocsin.model import Zone, ZoneId

SYSTEM = "oref_segment"

LANGUAGES = ("he", "en", "ru", "ar")
"""Its own, which is Hebrew, first: a name that is missing in another stands in it."""

DISTRICT_PREFIX = "מחוז "

AREA_IDS = {
    "אילת": 1,
    "גולן": 2,
    "בקעה": 3,
    "בקעת בית שאן": 4,
    "בית שמש": 5,
    "גליל עליון": 6,
    "גליל תחתון": 7,
    "דן": 8,
    "דרום הנגב": 9,
    "שומרון": 10,
    "חוף הכרמל": 11,
    "השפלה": 12,
    "ואדי ערה": 13,
    "דרום השפלה": 14,
    "מנשה": 15,
    "מערב הנגב": 16,
    "יהודה": 17,
    "ים המלח": 18,
    "מערב לכיש": 19,
    "ירושלים": 20,
    "ירקון": 21,
    "לכיש": 22,
    "חפר": 23,
    "יערות הכרמל": 24,
    "מרכז הנגב": 25,
    "עוטף עזה": 26,
    "שרון": 27,
    "ערבה": 29,
    "קו העימות": 30,
    "חיפה": 34,
    "קצרין": 35,
    "קריות": 36,
    "תבור": 37,
}
"""How the original numbers its districts, by their Hebrew names."""


@dataclass(frozen=True, slots=True)
class Area:
    zone: ZoneId
    names: dict[str, str]
    """In every one of `LANGUAGES`."""
    segment: str
    value: str
    """A digest, as the original has one: 32 digits that stay the same and mean nothing."""
    shelter_s: int
    district: int
    """The original's number of its district; 0 where it has none."""
    district_names: dict[str, str]


class Areas:
    """They have numbers here, from 0, in the atlas's order."""

    def __init__(self, atlas: Atlas) -> None:
        self.all: list[Area] = []
        self.chains: list[tuple[ZoneId, ...]] = []
        """For each area its zone, and what that lies in."""
        self._in: dict[ZoneId, list[int]] = {}
        for zone in atlas.zones:
            segment = zone.codes.get(SYSTEM)
            if segment is None:
                continue
            above = atlas.hierarchy.ancestors(zone.id)
            number = len(self.all)
            self.all.append(_area(zone, segment, atlas.zone(above[0]) if above else zone))
            self.chains.append((zone.id, *above))
            for holder in (zone.id, *above):
                self._in.setdefault(holder, []).append(number)
        self.by_segment = {area.segment: area for area in self.all}

    def __len__(self) -> int:
        return len(self.all)

    def within(self, zone: ZoneId) -> list[int]:
        """The areas in a zone, which may be one itself."""
        return self._in.get(zone, [])


def _area(zone: Zone, segment: str, district: Zone) -> Area:
    hebrew = _names(district)["he"].removeprefix(DISTRICT_PREFIX)
    names = _names(district)
    return Area(
        zone=zone.id,
        names=_names(zone),
        segment=segment,
        value=hashlib.sha256(f"{SYSTEM}:{segment}".encode()).hexdigest()[:32].upper(),
        shelter_s=zone.shelter_s or 0,
        district=AREA_IDS.get(hebrew, 0),
        district_names=names | {"he": hebrew, "en": names["en"].removesuffix(" District")},
    )


def _names(zone: Zone) -> dict[str, str]:
    fallback = zone.names.get("he") or next(iter(zone.names.values()))
    return {lang: zone.names.get(lang, fallback) for lang in LANGUAGES}
