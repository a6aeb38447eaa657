"""The sums that a plan tells: over all of the city, over its parts, over shelters and over squares of the map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tocsin.shelter import Shelter
from tocsin.shelters.network import Floats
from tocsin.shelters.planning.assigning import UNKNOWN, Best, Counts, Nearest
from tocsin.shelters.planning.plan import FEW, Horizon, ShelterPlan, Square, ZonePlan
from tocsin.shelters.planning.reach import Reach
from tocsin.shelters.planning.residents import PARTS
from tocsin.shelters.planning.zoning import Cells, Zoning

Numbers = NDArray[np.integer]


class At(NamedTuple):
    """What was found for one horizon."""

    minutes: int
    reach: Reach
    run: Nearest
    best: Best

    def placed(self) -> Counts:
        """Of each building, how many have a place in the best assignment."""
        return added(self.reach.building(), self.best.given, self.reach.buildings)

    def held(self, people: Counts) -> Floats:
        """Of each building, how many are held by the nearest shelter, on average over whoever comes there."""
        goes = self.run.goes_to
        share = np.nan_to_num(self.run.share)[goes] if len(self.run.share) else np.zeros(len(goes))
        found: Floats = np.where(goes >= 0, people * share, 0.0)
        return found


def whole(hundredths: float | np.number) -> int:
    """Whole people, to the nearest."""
    return int(hundredths / PARTS + 0.5)


def added(of: Numbers, what: Counts, number: int) -> Counts:
    found = np.zeros(number, np.int64)
    np.add.at(found, of, what)
    return found


def within(of: Numbers, number: int, first_minute: Numbers, people: Counts, minutes: int) -> list[list[int]]:
    """For each of some groups of buildings, how many people reach a shelter within 1, 2, 3 ... minutes. ``of`` is -1
    for buildings of no group, ``first_minute`` 0 for those within one minute."""
    table = np.zeros((number, minutes + 1), np.int64)
    chosen = of >= 0
    np.add.at(table, (of[chosen], np.minimum(first_minute[chosen], minutes)), people[chosen])
    return [[whole(one) for one in row] for row in np.cumsum(table[:, :minutes], axis=1)]


def horizon(at: At, people: Counts, capacity: Counts, slower: float) -> Horizon:
    """``slower`` is how many seconds this walker needs where an adult needs a tenth of one."""
    run = at.run
    reached = int(people[run.goes_to >= 0].sum())
    unknown = capacity == UNKNOWN
    nobody_says = int(run.come[unknown].sum())
    held = int(np.minimum(run.come, capacity)[~unknown].sum())
    given = int(at.best.given.sum())
    usable = np.unique(at.reach.shelter)
    return Horizon(
        minutes=at.minutes,
        in_reach=whole(reached),
        out_of_reach=whole(int(people.sum()) - reached),
        places_in_reach=whole(capacity[usable[capacity[usable] != UNKNOWN]].sum()),
        nearest_sheltered=whole(held),
        nearest_turned_away=whole(reached - held - nobody_says),
        nearest_unknown=whole(nobody_says),
        nearest_walk_s=round(run.walked / reached * slower, 1) if reached else None,
        best_sheltered=whole(given),
        best_walk_s=round(at.best.walked / given * slower, 1) if given else None,
    )


def zones(zoning: Zoning, first_minute: Numbers, people: Counts, minutes: int, found: Sequence[At]) -> list[ZonePlan]:
    """Every part of the city in which somebody lives, and last what lies in none of them."""
    number = len(zoning.parts)
    of = np.where(zoning.of >= 0, zoning.of, number)
    residents = added(of, people, number + 1)
    reached = within(of, number + 1, first_minute, people, minutes)
    held = [np.bincount(of, weights=at.held(people), minlength=number + 1) for at in found]
    placed = [added(of, at.placed(), number + 1) for at in found]
    return [
        ZonePlan(
            id="" if one == number else zoning.parts[one].id,
            names={} if one == number else dict(zoning.parts[one].names),
            residents=whole(residents[one]),
            within=reached[one],
            nearest_sheltered=[whole(it[one]) for it in held],
            best_sheltered=[whole(it[one]) for it in placed],
        )
        for one in range(number + 1)
        if residents[one]
    ]


def shelters(
    known: Sequence[Shelter],
    open_: NDArray[np.bool_],
    capacity: Counts,
    assumed: NDArray[np.bool_],
    found: Sequence[At],
    main: int,
) -> list[ShelterPlan]:
    """Those that are open, in the order of how far they run over, and then of how many come."""
    given = [added(at.reach.shelter, at.best.given, len(known)) for at in found]
    told = []
    for one in np.flatnonzero(open_).tolist():
        shelter, holds = known[one], int(capacity[one])
        come = [int(at.run.come[one]) for at in found]
        told.append(
            ShelterPlan(
                id=shelter.id,
                name=shelter.name,
                address=shelter.address,
                lon=shelter.lon,
                lat=shelter.lat,
                places=None if holds == UNKNOWN else whole(holds),
                assumed=bool(assumed[one]),
                public=shelter.public,
                come=[whole(it) for it in come],
                over=[None if holds == UNKNOWN else whole(max(0, it - holds)) for it in come],
                given=[whole(it[one]) for it in given],
            )
        )
    return sorted(told, key=lambda it: (-(it.over[main] or 0), -it.come[main], it.id))


def squares(found: Cells, first_minute: Numbers, people: Counts, minutes: int, horizons: Sequence[At]) -> list[Square]:
    """Squares with somebody in them. Of those with few nothing is told but that."""
    number = len(found.corners)
    residents = added(found.of, people, number)
    reached = within(found.of, number, first_minute, people, minutes)
    left = [added(found.of, people - at.placed(), number) for at in horizons]
    told = []
    for one in np.flatnonzero(residents).tolist():
        west, south, east, north = (round(float(side), 6) for side in found.corners[one])
        few = whole(residents[one]) < FEW
        told.append(
            Square(
                bounds=(west, south, east, north),
                residents=None if few else whole(residents[one]),
                within=[] if few else reached[one],
                left=[] if few else [whole(it[one]) for it in left],
            )
        )
    return told
