"""The zones at risk on a flat map; for officers the threats too: a circle for where each may be, a cone for where to.

Areas and nothing finer: it is drawn for those who warn.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import numpy as np

from tocsin.assess.assessment import Seen
from tocsin.model import ZoneId
from tocsin.web.flatmap import WIDTH, FlatMap
from tocsin.web.markup import Html, tag

NOW_MIN, SOON_MIN = 5, 10
"""Zones are drawn in three steps: what can be reached within so many minutes, within so many, and later."""

EARTH_M = 6_371_008.8
DRAWN = 300
"""Most threats drawn; the list has all."""

SMALLEST = 5.0
"""Radius of a circle, in units of the drawing, below which nobody would see it."""


def step(earliest: datetime, now: datetime) -> str:
    minutes = (earliest - now).total_seconds() / 60
    return "now" if minutes < NOW_MIN else "soon" if minutes < SOON_MIN else "later"


def risk_map(
    flat: FlatMap,
    risk: Mapping[ZoneId, datetime],
    less: Collection[ZoneId],
    threats: Sequence[Seen],
    now: datetime,
    titles: Mapping[ZoneId, str],
    label: str,
    named: Mapping[str, str],
) -> Html:
    """``risk``: of each zone when it can be reached first; ``less``: those to which that is unlikely. ``titles`` by
    zone, ``named`` by threat."""
    top = flat.levels[0]
    ground = [tag("path", d=outline, class_="land") for level, outline in flat.paths.values() if level == top]
    above = sorted(risk, key=lambda zone: (zone not in less, -risk[zone].timestamp()))
    at_risk = [
        tag(
            "path",
            tag("title", titles[zone]),
            d=flat.paths[zone][1],
            class_=f"risk {'unlikely' if zone in less else step(risk[zone], now)}",
        )
        for zone in above
        if zone in flat.paths
    ]
    borders = [tag("path", d=outline, class_="border") for level, outline in flat.paths.values() if level == top]
    return tag(
        "svg",
        tag("g", ground),
        tag("g", at_risk),
        tag("g", borders, aria_hidden="true"),
        tag("g", [_threat(flat, seen, named.get(seen.id, "")) for seen in threats[:DRAWN]]),
        xmlns="http://www.w3.org/2000/svg",
        class_="flat risks",
        viewBox=f"0 0 {WIDTH} {flat.height}",
        role="img",
        aria_label=label,
    )


def _threat(flat: FlatMap, seen: Seen, name: str) -> Html | None:
    if seen.lon is None or seen.lat is None:
        return None
    x, y = flat.place(seen.lon, seen.lat)
    radius, old = radius_of(flat, seen), " stale" if seen.stale else ""
    outline = cone_of(flat, seen)
    cone = tag("path", d=outline, class_="cone") if outline else None
    return tag(
        "a",
        cone,
        tag("circle", tag("title", name), cx=f"{x:.1f}", cy=f"{y:.1f}", r=f"{radius:.1f}", class_=f"area{old}"),
        tag("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="2.5", class_=f"spot{old}"),
        href=f"#threat-{seen.id}",
        aria_label=name,
    )


def radius_of(flat: FlatMap, seen: Seen) -> float:
    """Of the area where it may be, in the drawing."""
    return max(SMALLEST, flat.length((seen.radius_m or 0.0) / EARTH_M))


def cone_of(flat: FlatMap, seen: Seen) -> str:
    """The outline of where it can be soon, in the drawing; empty where nobody knows."""
    if not seen.cone or seen.stale:
        return ""
    points = flat.places(np.array(seen.cone))
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"
