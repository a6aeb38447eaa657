"""One area: its streets, the shelters along them, and who reaches what while these are open and those are closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tocsin.limits import SHELTER_TO_STREET_M
from tocsin.shelter import Shelter, ShelterId
from tocsin.shelters.beside import Beside, Pieces
from tocsin.shelters.graph import Graph, graph_of
from tocsin.shelters.labels import Doors, Labels, Searcher
from tocsin.shelters.network import Ints, Network
from tocsin.shelters.network_file import About
from tocsin.shelters.register import Register, Word

MARGIN_DEGREES = 0.003
"""So far beyond the outermost street a shelter may lie and still have one, about 300 m."""


class DoorIndex(NamedTuple):
    """Doors by their piece and by their shelter, in compressed rows as in `Graph`; and what each piece costs."""

    along_first: Ints
    along: Ints
    """Doors beside a piece."""
    of_first: Ints
    of: Ints
    """Doors of a shelter."""
    spots: NDArray[np.float64]
    """Where each door is: longitude, latitude."""
    cost_ds: Ints


class Ways(NamedTuple):
    """An area as one kind of walker finds it."""

    graph: Graph
    pieces: Pieces
    doors: Doors
    labels: Labels
    known: DoorIndex
    open: NDArray[np.bool_]
    """Which shelters are open to this kind of walker."""


class Standing(NamedTuple):
    """What stands in an area after a register. A value; numbers of shelters mean something only here."""

    about: About
    network: Network
    shelters: tuple[Shelter, ...]
    """Those that everybody may go to, as far as is known, and that have a street; by id."""
    words: tuple[Word | None, ...]
    """What a person said of each."""
    open: NDArray[np.bool_]
    foot: Ways
    wheels: Ways
    """Without steps, and without what is said not to be step-free."""
    no_street: tuple[ShelterId, ...]
    """Shelters within the area to whose doors no way comes near: nobody is sent there."""
    seq: int
    """Of the last event of the register that is in it."""
    sources: tuple[str, ...]
    """Whose data it is, as it must be shown: of the streets, and of the datasets of the shelters."""


class _Along(NamedTuple):
    """Which shelters stand along the streets: it changes only with an import."""

    shelters: tuple[Shelter, ...]
    no_street: tuple[ShelterId, ...]
    foot: tuple[Doors, DoorIndex]
    wheels: tuple[Doors, DoorIndex]
    on_foot: Searcher
    rolling: Searcher
    rollable: NDArray[np.bool_]
    """Which of the shelters are not said to have steps."""


class Area:
    """The streets of an area, and what was last found of them. Not to be asked from two threads at once."""

    def __init__(self, network: Network, about: About) -> None:
        self.network, self.about = network, about
        self._foot, self._wheels = graph_of(network), graph_of(network, wheels=True)
        self.pieces = Pieces(network)
        self._rolling = Pieces(network, np.unique(self._wheels.piece))
        self._along: tuple[int, _Along] | None = None
        self._standing: Standing | None = None

    def at(self, register: Register) -> Standing:
        """What stands after this register: at once where nothing has changed, within some milliseconds where shelters
        closed or opened, and within a second after an import."""
        seq = max(register.seq, register.spoken)
        if self._standing is not None and self._standing.seq == seq:
            return self._standing
        if self._along is None or self._along[0] != register.seq:
            self._along = register.seq, self._placed(register)
        along = self._along[1]
        open_ = np.array([register.is_open(shelter) for shelter in along.shelters], np.bool_)
        standing = Standing(
            about=self.about,
            network=self.network,
            shelters=along.shelters,
            words=tuple(register.words.get(ShelterId(shelter.id)) for shelter in along.shelters),
            open=open_,
            foot=_ways(self._foot, self.pieces, along.foot, along.on_foot, open_),
            wheels=_ways(self._wheels, self._rolling, along.wheels, along.rolling, open_ & along.rollable),
            no_street=along.no_street,
            seq=seq,
            sources=(self.about.attribution, *_datasets(along.shelters, register)),
        )
        self._standing = standing
        return standing

    def _placed(self, register: Register) -> _Along:
        west, south, east, north = self.network.bounds
        east_margin = MARGIN_DEGREES / max(0.1, float(np.cos(np.radians((south + north) / 2))))
        here = [
            shelter
            for _, shelter in sorted(register.shelters.items())
            if shelter.public is not False
            and west - east_margin <= shelter.lon <= east + east_margin
            and south - MARGIN_DEGREES <= shelter.lat <= north + MARGIN_DEGREES
        ]
        foot, spots = _doors(here, self.pieces, wheels=False)
        kept = np.unique(foot.shelter)
        number = np.full(len(here), -1, np.int32)
        number[kept] = np.arange(len(kept), dtype=np.int32)
        shelters = tuple(here[i] for i in kept)
        on_foot = Doors(number[foot.shelter], foot.beside)
        rolling, rolling_spots = _doors(shelters, self._rolling, wheels=True)
        return _Along(
            shelters=shelters,
            no_street=tuple(ShelterId(shelter.id) for i, shelter in enumerate(here) if number[i] < 0),
            foot=(on_foot, _index(on_foot, spots, self.network, self._foot, len(shelters))),
            wheels=(rolling, _index(rolling, rolling_spots, self.network, self._wheels, len(shelters))),
            on_foot=Searcher(self.network, self._foot, on_foot),
            rolling=Searcher(self.network, self._wheels, rolling),
            rollable=np.array([shelter.step_free is not False for shelter in shelters], np.bool_),
        )


def _datasets(shelters: Sequence[Shelter], register: Register) -> list[str]:
    named = sorted({shelter.id.partition(":")[0] for shelter in shelters})
    known = (register.datasets.get(name) for name in named)
    return [dataset.attribution for dataset in known if dataset is not None and dataset.attribution]


def _ways(
    graph: Graph, pieces: Pieces, doors: tuple[Doors, DoorIndex], searcher: Searcher, open_: NDArray[np.bool_]
) -> Ways:
    return Ways(graph, pieces, doors[0], searcher.nearest(open_), doors[1], open_)


def _doors(shelters: Sequence[Shelter], pieces: Pieces, *, wheels: bool) -> tuple[Doors, NDArray[np.float64]]:
    """Their doors that have a street, and where these are; for wheels only those not said to have steps."""
    doors = [
        (number, door)
        for number, shelter in enumerate(shelters)
        for door in shelter.doors
        if not (wheels and door.step_free is False)
    ]
    of = np.array([number for number, _ in doors], np.int32)
    lon = np.array([door.lon for _, door in doors], np.float64)
    lat = np.array([door.lat for _, door in doors], np.float64)
    found = pieces.beside(lon, lat)
    near = np.nonzero((found.piece >= 0) & (found.off_dm <= SHELTER_TO_STREET_M * 10))[0]
    spots = np.stack([lon[near], lat[near]], axis=1)
    return Doors(of[near], Beside(found.piece[near], found.along_dm[near], found.off_dm[near])), spots


def _index(doors: Doors, spots: NDArray[np.float64], network: Network, graph: Graph, shelters: int) -> DoorIndex:
    cost = np.zeros(network.pieces, np.int32)
    cost[graph.piece] = graph.cost_ds
    return DoorIndex(*_rows(doors.beside.piece, network.pieces), *_rows(doors.shelter, shelters), spots, cost)


def _rows(of: Ints, rows: int) -> tuple[Ints, Ints]:
    """Which numbers belong to each row, rising."""
    first = np.zeros(rows + 1, np.int32)
    np.cumsum(np.bincount(of, minlength=rows), out=first[1:])
    return first, np.argsort(of, kind="stable").astype(np.int32)
