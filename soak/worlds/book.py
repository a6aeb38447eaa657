"""The things that can be said in a small world, numbered, so that a state is a short string of bytes.

What decides the future of a state is which holds are open and what is known of the sources. Their ids, their times,
the order in which holds came and the notes on them are left out of it. The two sources and the two hazards can be
swapped: an engine that treats them alike has the same future after. tests/engine/test_small_worlds.py does without
each of these four abbreviations in turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import NamedTuple

from soak.worlds.dumb import OBLAST, RANK, ZONES, Life, Said, status
from tocsin.model import Extent, Hazard, Level, SourceId, Stage, Threat, ZoneId

SOURCES = (SourceId("army"), SourceId("duty"))
HAZARDS = (Hazard.AIR_RAID, Hazard.ARTILLERY)
SILENT_AFTER_S = 30

Key = bytes
Ranks = tuple[int, ...]
"""How bad it is said to be, by zone."""


class Kind(NamedTuple):
    """What a hold says beside where, of what hazard and whose it is."""

    stage: Stage = Stage.ALERT
    level: Level = Level.RED
    extent: Extent = Extent.WHOLE
    threat: Threat = Threat.UNKNOWN
    ref: str | None = None


class Book:
    """The numbers of all that can be said with these kinds."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        self.contents = [
            Said(zone, hazard, kind.threat, kind.stage, kind.level, kind.extent, source, kind.ref)
            for zone, hazard, source, kind in product(ZONES, HAZARDS, SOURCES, kinds)
        ]
        assert len(self.contents) <= 256, "a number must fit into a byte"
        self.number: dict[tuple[object, ...], int] = {tuple(said): at for at, said in enumerate(self.contents)}
        self._shapes = [_shape(said) for said in self.contents]
        self._ranks: dict[int, Ranks] = {}
        swaps = [(s, h) for s, h in product((False, True), repeat=2) if s or h]
        self._swaps = [(sources, self._swapped(sources=sources, hazards=hazards)) for sources, hazards in swaps]

    def _swapped(self, *, sources: bool, hazards: bool) -> bytes:
        """Each number's number with the two sources, or the two hazards, in each other's place."""
        other = []
        for said in self.contents:
            source = SOURCES[1 - SOURCES.index(said.source)] if sources else said.source
            hazard = HAZARDS[1 - HAZARDS.index(said.hazard)] if hazards else said.hazard
            other.append(self.number[tuple(said._replace(source=source, hazard=hazard))])
        return bytes(other).ljust(256, b"\0")

    def key(self, holds: Iterable[int], lives: Mapping[SourceId, Life]) -> Key:
        """The state, without what decides nothing."""
        return bytes(_life(lives.get(source)) for source in SOURCES) + bytes(sorted(holds))

    def least(self, key: Key) -> Key:
        """The first of the states that are this one with sources or hazards swapped: it stands for all of them."""
        return min(self.orbit(key))

    def orbit(self, key: Key) -> set[Key]:
        lives, back, holds = key[:2], key[1::-1], key[2:]
        return {key} | {
            (back if sources else lives) + bytes(sorted(holds.translate(table))) for sources, table in self._swaps
        }

    def ranks(self, holds: Iterable[int]) -> Ranks:
        """What is said of each zone, by the plain definition, asked once for each set of shapes."""
        shapes = 0
        for number in holds:
            shapes |= self._shapes[number]
        found = self._ranks.get(shapes)
        if found is None:
            said = [self.contents[number] for number in holds]
            found = self._ranks[shapes] = tuple(RANK[status(said, zone)] for zone in ZONES)
        return found


def _shape(said: Said) -> int:
    """One bit for all that the plain definition of a status looks at: where, how far, how bad."""
    shapes = list(product(ZONES, Extent, RANK))
    return 1 << shapes.index((said.zone, said.extent, said.status))


SPOKEN: tuple[tuple[ZoneId, ...], ...] = ((), (OBLAST,))
"""For which zones a source says that it speaks."""
_PROMISES = [(None, ()), *((SILENT_AFTER_S, zones) for zones in SPOKEN)]


def _life(life: Life | None) -> int:
    if life is None:
        return 0
    return 1 + 2 * _PROMISES.index((life.silent_after_s, life.zones)) + (life.silent_since is not None)
