"""The zones of one atlas on the page of threats: their names, and the map with what is at risk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from tocsin.assess.assessment import Band, Seen
from tocsin.atlas import Atlas
from tocsin.model import Realm, ZoneId
from tocsin.web.flatmap import FlatMap, flat_map
from tocsin.web.markup import Html
from tocsin.web.texts import LANGUAGES
from tocsin.web.threats import PublicRisk
from tocsin.web.threats_map import DRAWN, cone_of, radius_of, risk_map
from tocsin.web.threats_officers import threat_name
from tocsin.web.threats_sheet import ThreatsWords, threats_words

LEVELS = ("oblast", "raion", "hromada")


class InDrawing(msgspec.Struct, frozen=True, kw_only=True):
    """Where a threat lies in the flat map."""

    x: float
    y: float
    r: float
    cone: str


class InTheAir(msgspec.Struct, frozen=True, kw_only=True):
    """A threat on the map of the first page."""

    id: str
    name: str
    stale: bool
    lon: float | None
    lat: float | None
    radius_m: float | None
    cone: tuple[tuple[float, float], ...]
    flat: InDrawing | None


class Air(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    threats: list[InTheAir]


class Drawn:
    """Made once."""

    def __init__(self, atlas: Atlas, realm: Realm) -> None:
        self._atlas, self._realm = atlas, realm
        self.names = {
            lang: {zone.id: threats_words(lang, realm).name(zone.names) for zone in atlas.zones} for lang in LANGUAGES
        }
        above = {zone.id: atlas.hierarchy.ancestors(zone.id) for zone in atlas.zones}
        self.within = {
            lang: {zone: self.names[lang][chain[-2]] for zone, chain in above.items() if len(chain) > 1}
            for lang in LANGUAGES
        }
        """Of each zone the name of what it lies in."""

    def map(
        self, t: ThreatsWords, risks: Sequence[PublicRisk], now: datetime, threats: Sequence[Seen] | None = None
    ) -> Html | None:
        """With the threats themselves for officers; None where the atlas has no outlines."""
        path = self._atlas.map_files.get("zones_coarse")
        if path is None:
            return None
        flat, names = flat_map(path, LEVELS), self.names[t.lang]
        likelier = self._soonest([one for one in risks if one.band is not Band.UNLIKELY], flat)
        shown = self._soonest([one for one in risks if one.band is Band.UNLIKELY], flat) | likelier
        less = shown.keys() - likelier.keys()
        titles = {zone: f"{names[zone]}: {t.minutes(at, now)}" for zone, at in shown.items()}
        titles |= {zone: f"{titles[zone]}, {t('threats.band.unlikely')}" for zone in less}
        label = t("threats.map" if threats is None else "threats.map.full")
        said: dict[str, str] = {seen.id: threat_name(t, seen) for seen in threats or ()}
        return risk_map(flat, shown, less, threats or (), now, titles, label, said)

    def in_the_air(self, lang: str, threats: Sequence[Seen]) -> list[InTheAir]:
        """At most as many as are drawn."""
        path, t = self._atlas.map_files.get("zones_coarse"), threats_words(lang, self._realm)
        flat = None if path is None else flat_map(path, LEVELS)
        return [
            InTheAir(
                id=one.id,
                name=f"{threat_name(t, one)}, {t('threats.age', n=int(one.age_s // 60))}",
                stale=one.stale,
                lon=one.lon,
                lat=one.lat,
                radius_m=one.radius_m,
                cone=() if one.stale else one.cone,
                flat=None if flat is None else _in_drawing(flat, one),
            )
            for one in threats[:DRAWN]
        ]

    def _soonest(self, risks: Sequence[PublicRisk], flat: FlatMap) -> dict[ZoneId, datetime]:
        """When each zone can be reached first. Zones that the map does not have are drawn by what lies in them."""
        soonest: dict[ZoneId, datetime] = {}
        for one in risks:
            soonest[one.zone] = min(one.earliest, soonest.get(one.zone, one.earliest))
        shown = {zone: at for zone, at in soonest.items() if zone in flat.paths}
        for zone, at in soonest.items():
            if zone not in flat.paths:
                shown |= {below: at for below in self._atlas.hierarchy.descendants(zone) if below in flat.paths}
        return shown


def _in_drawing(flat: FlatMap, one: Seen) -> InDrawing | None:
    if one.lon is None or one.lat is None:
        return None
    x, y = flat.place(one.lon, one.lat)
    return InDrawing(x=round(x, 1), y=round(y, 1), r=round(radius_of(flat, one), 1), cone=cone_of(flat, one))
