"""A way in words, in Ukrainian and English, both or neither."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from tocsin.shelters.area import Standing
from tocsin.shelters.guide import Way
from tocsin.shelters.walkable import Trait

LANGUAGES = ("en", "uk")
Words = dict[str, str]

TURNS = {
    "start": {"en": "walk", "uk": "йдіть"},
    "on": {"en": "go straight on", "uk": "прямо"},
    "left": {"en": "turn left", "uk": "ліворуч"},
    "right": {"en": "turn right", "uk": "праворуч"},
    "back": {"en": "turn back", "uk": "назад"},
}
KINDS = {
    Trait.STEPS: {"en": "steps", "uk": "сходи"},
    Trait.TUNNEL: {"en": "through the tunnel", "uk": "тунелем"},
    Trait.BRIDGE: {"en": "over the bridge", "uk": "мостом"},
    Trait.INDOORS: {"en": "indoors", "uk": "усередині"},
}
ALONG = {"en": "along {}", "uk": "вздовж {}"}
TO_DOOR = {"en": "then {} m to the entrance", "uk": "далі {} м до входу"}
METRE = {"en": "m", "uk": "м"}


def table() -> dict[str, Any]:
    """All words of a way, by language, and of the kinds of pieces in the order in which they are looked for: what a
    bundle brings along, so that a page says it in the same words."""
    told: dict[str, Any] = {
        language: {
            "turns": {turn: words[language] for turn, words in TURNS.items()},
            "along": ALONG[language],
            "to_door": TO_DOOR[language],
            "metre": METRE[language],
        }
        for language in LANGUAGES
    }
    return told | {"kinds": [{"trait": int(trait), **words} for trait, words in KINDS.items()]}


class Leg(NamedTuple):
    """A part of the way without a turn onto another street."""

    turn: str
    street: str
    kind: Trait
    metres: float


def legs(standing: Standing, way: Way) -> list[Leg]:
    """The way by streets: what has the same name and kind, and goes on without a turn, is one leg."""
    network = standing.network
    found: list[Leg] = []
    heading: float | None = None
    for number, piece in enumerate(way.pieces.tolist()):
        metres = float(way.piece_m[number])
        if metres < 0.05:
            continue
        ahead = _heading(way.line[number + 1 : number + 3])
        street = network.names[int(network.name[piece])]
        kind = next((trait for trait in KINDS if int(network.traits[piece]) & trait), Trait(0))
        turn = "start" if heading is None else _turn(heading, ahead)
        same = found and (found[-1].street, found[-1].kind) == (street, kind)
        if same and (street or turn == "on"):
            found[-1] = found[-1]._replace(metres=found[-1].metres + metres)
        else:
            found.append(Leg(turn, street, kind, metres))
        heading = ahead
    return found


def _heading(line: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> float:
    (lon1, lat1), (lon2, lat2) = line.tolist()
    return math.atan2((lon2 - lon1) * math.cos(math.radians(lat1)), lat2 - lat1)


def _turn(before: float, after: float) -> str:
    degrees = math.degrees(after - before) % 360
    if degrees <= 40 or degrees >= 320:
        return "on"
    if degrees < 160:
        return "right"
    return "left" if degrees > 200 else "back"


def told(standing: Standing, way: Way) -> Words:
    """The whole way in words, by language."""
    parts = legs(standing, way)
    found: Words = {}
    for language in LANGUAGES:
        said = []
        for leg in parts:
            words = [TURNS[leg.turn][language]]
            if leg.kind:
                words.append(KINDS[leg.kind][language])
            if leg.street:
                words.append(ALONG[language].format(leg.street))
            words.append(f"{_rounded(leg.metres)} {METRE[language]}")
            said.append(", ".join(words) if leg.kind else " ".join(words))
        if way.to_door_m >= 5 or not said:
            said.append(TO_DOOR[language].format(_rounded(way.to_door_m)))
        text = "; ".join(said)
        found[language] = f"{text[:1].upper()}{text[1:]}."
    return found


def _rounded(metres: float) -> int:
    step = 5 if metres < 100 else 10
    return max(step, round(metres / step) * step)
