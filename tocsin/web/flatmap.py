"""A flat map of the zones as SVG, for where no WebGL or no JavaScript is, and to be put into other pages.

The shapes come from the atlas's coarse TopoJSON (https://github.com/topojson/topojson-specification) and are
projected once: Albers' equal-area conic (Snyder, "Map Projections", USGS 1987, equations 14-1 to 14-6), so that no
oblast looks larger than it is. Every shape has its zone's id, its status as a class, and a title that says both.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tocsin.engine import State, silent_sources, statuses
from tocsin.model import Extent, Realm, Status, ZoneId
from tocsin.web.markup import Html, tag

Points = npt.NDArray[np.float64]

WIDTH = 1000
MARGIN = 8
NEAREST = 0.7
"""Points closer together than this, in units of the drawing, are drawn as one."""

COLOURS = {
    Realm.LIVE: {"clear": "#e9eef0", "red": "#c8452f", "yellow": "#e3a516", "on_yellow": "#7b5600", "early": "#6a6cc0"},
    Realm.DRILL: {
        "clear": "#e6ecf8",
        "red": "#3a5cc8",
        "yellow": "#7cc6ea",
        "on_yellow": "#165f88",
        "early": "#2b8f85",
    },
}
"""For where no style sheet of ours reaches; on our pages the theme's colours go before these."""

PATTERNED = {
    Status.PARTIAL: "url(#flat-partial)",
    Status.EARLY_WARNING: "url(#flat-early)",
    Status.YELLOW: "url(#flat-yellow)",
}


class FlatMap:
    """The shapes of one atlas, ready to be drawn with any state."""

    def __init__(self, topojson: bytes, levels: Sequence[str]) -> None:
        """``levels`` are the objects of the file that are drawn, from the largest zones down."""
        topology = json.loads(topojson)
        arcs = [_projected(arc, topology["transform"]) for arc in topology["arcs"]]
        corner = np.min([arc.min(axis=0) for arc in arcs], axis=0)
        extent: Points = np.max([arc.max(axis=0) for arc in arcs], axis=0) - corner
        scale = (WIDTH - 2 * MARGIN) / extent[0]
        self.height = round(float(extent[1] * scale)) + 2 * MARGIN
        placed = [_thinned((arc - corner) * scale + MARGIN) for arc in arcs]
        self._corner, self._scale = corner, float(scale)
        self.paths: dict[ZoneId, tuple[str, str]] = {}
        """Zone -> its level and its outline. A zone that is drawn on a larger level is not drawn again below."""
        for level in levels:
            for geometry in topology["objects"][level]["geometries"]:
                zone = ZoneId(geometry["properties"]["id"])
                self.paths.setdefault(zone, (level, "".join(_outline(ring, placed) for ring in _rings(geometry))))
        self.levels = tuple(levels)

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a point lies in the drawing."""
        x, y = self.places(np.array([[lon, lat]]))[0]
        return float(x), float(y)

    def places(self, degrees: Points) -> Points:
        """Where points lie in the drawing, longitude and latitude given."""
        placed: Points = (_in_plane(degrees) - self._corner) * self._scale + MARGIN
        return placed

    def length(self, angle: float) -> float:
        """How long in the drawing is what spans this angle, in radians, seen from the middle of the Earth."""
        return angle * self._scale

    def draw(
        self,
        state: State,
        realm: Realm,
        title: Callable[[ZoneId, Status, bool], str],
        label: str,
        drill: str,
        *,
        cut_off: bool = False,
    ) -> Html:
        """The map of ``state``. Of the smaller zones those are filled that a hold of their own covers; a silent source
        veils what it leaves without a word, and all is veiled where this server is ``cut_off``. ``title`` is given a
        zone, its status, and whether it is veiled; in a drill the word ``drill`` stands across the picture."""
        said, veiled = statuses(state), set(state.hierarchy) if cut_off else veiled_zones(state)
        held = {hold.zone for hold in state.holds.values() if hold.extent is Extent.WHOLE}
        shown = {zone: path for zone, path in self.paths.items() if zone in said}

        def named(zone: ZoneId) -> str:
            return title(zone, said[zone], zone in veiled)

        return tag(
            "svg",
            _patterns(COLOURS[realm]),
            [
                self._shape(zone, level, outline, said[zone], zone in held, realm, named)
                for zone, (level, outline) in shown.items()
            ],
            [
                tag("path", d=outline, class_="veil", fill="url(#flat-silent)", pointer_events="none")
                for zone, (level, outline) in shown.items()
                if zone in veiled
                and (level == self.levels[0] or zone in held or state.hierarchy.parents[zone] not in veiled)
            ],
            _watermark(drill, self.height) if realm is Realm.DRILL else None,
            xmlns="http://www.w3.org/2000/svg",
            class_="flat",
            viewBox=f"0 0 {WIDTH} {self.height}",
            role="group",
            aria_label=label,
        )

    def _shape(
        self,
        zone: ZoneId,
        level: str,
        outline: str,
        status: Status,
        held: bool,
        realm: Realm,
        named: Callable[[ZoneId], str],
    ) -> Html:
        top = level == self.levels[0]
        filled = top or held
        plain = COLOURS[realm]["red" if status is Status.RED else "clear"]
        return tag(
            "path",
            tag("title", named(zone)),
            d=outline,
            class_=" ".join(["zone", level, *([f"s-{status}"] if filled else []), *(["own"] if held else [])]),
            data_zone=zone,
            fill=PATTERNED.get(status, plain) if filled else "none",
            stroke="#7a8791",
            stroke_width="1.2" if top else "0.4",
        )


@cache
def flat_map(topojson: Path, levels: tuple[str, ...]) -> FlatMap:
    return FlatMap(topojson.read_bytes(), levels)


def veiled_zones(state: State) -> set[ZoneId]:
    """The zones of which nothing is sure: a silent source speaks for them, or holds them or some unnamed part of them
    or of what they lie in. Not those that are stale because of a zone within them alone."""
    silent = silent_sources(state)
    places = [zone for source in silent for zone in state.sources[source].zones]
    places += [hold.zone for hold in state.holds.values() if hold.source in silent]
    return {below for zone in places for below in (zone, *state.hierarchy.descendants(zone))}


def _watermark(word: str, height: int) -> Html:
    """The word across the whole picture, over and over, so that no part of it can be cut out without."""
    return tag(
        "g",
        [
            tag("text", word, x=x, y=y, transform=f"rotate(-20 {x} {y})")
            for number, y in enumerate(range(70, height + 90, 130))
            for x in range(-140 + 170 * (number % 2), WIDTH, 340)
        ],
        class_="watermark",
        font_family="Arial, sans-serif",
        font_size="34",
        font_weight="700",
        fill="#1b232d",
        fill_opacity="0.2",
        pointer_events="none",
        aria_hidden="true",
    )


def _patterns(colours: Mapping[str, str]) -> Html:
    def pattern(id: str, *inside: Html) -> Html:
        return tag(
            "pattern", inside, id=id, width=10, height=10, patternUnits="userSpaceOnUse", patternTransform="scale(1.5)"
        )

    def ground(class_: str, fill: str) -> Html:
        return tag("rect", class_=class_, width=10, height=10, fill=fill)

    def line(class_: str, d: str, stroke: str) -> Html:
        return tag("path", class_=class_, d=d, stroke=stroke, stroke_width="2")

    return tag(
        "defs",
        pattern(
            "flat-partial",
            ground("p-ground", colours["clear"]),
            line("p-line", "M-2 2 2-2M-2 12 12-2M8 12 12 8", colours["red"]),
        ),
        pattern(
            "flat-yellow", ground("p-yellow", colours["yellow"]), line("p-yellow-line", "M5 0V10", colours["on_yellow"])
        ),
        pattern(
            "flat-silent",
            tag("rect", class_="p-veil", width=10, height=10, fill="#9498a0", fill_opacity="0.5"),
            line("p-silent", "M-2 8 2 12M-2-2 12 12M8-2 12 2", "#6a6f76"),
        ),
        pattern(
            "flat-early",
            ground("p-early", colours["early"]),
            *(tag("circle", class_="p-dot", cx=at, cy=at, r="1.4", fill="#ffffff") for at in ("2.5", "7.5")),
        ),
    )


def _projected(arc: Sequence[Sequence[int]], transform: Mapping[str, Sequence[float]]) -> Points:
    """An arc of the file as points in the plane, y downward."""
    return _in_plane(np.cumsum(np.asarray(arc, dtype=np.float64), axis=0) * transform["scale"] + transform["translate"])


def _in_plane(degrees: Points) -> Points:
    lon, lat = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    south, north, middle, origin = np.radians([45.0, 51.5, 31.2, 48.5])
    n = (np.sin(south) + np.sin(north)) / 2
    c = np.cos(south) ** 2 + 2 * n * np.sin(south)
    rho, rho_origin = (np.sqrt(c - 2 * n * np.sin(phi)) / n for phi in (lat, origin))
    theta = n * (lon - middle)
    projected: Points = np.column_stack([rho * np.sin(theta), rho * np.cos(theta) - rho_origin])
    return projected


def _thinned(points: Points) -> Points:
    """Without points that lie too near to the one before; both ends stay, so that neighbours still meet."""
    kept = [points[0]]
    for point in points[1:-1]:
        if np.abs(point - kept[-1]).max() >= NEAREST:
            kept.append(point)
    return np.array([*kept, points[-1]])


def _rings(geometry: Mapping[str, Any]) -> Iterator[list[int]]:
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    for polygon in polygons:
        yield from polygon


def _outline(ring: list[int], arcs: Sequence[Points]) -> str:
    """One closed line of a path; arc ~i is arc i walked backward."""
    walked = [arcs[arc] if arc >= 0 else arcs[~arc][::-1] for arc in ring]
    points = np.concatenate([walked[0], *(arc[1:] for arc in walked[1:])])
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"
