"""From streets, shelters and residents to a plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tocsin.limits import PERSON_TO_STREET_M
from tocsin.shelters.area import Standing, Ways
from tocsin.shelters.beside import Beside
from tocsin.shelters.guide import nearest_times
from tocsin.shelters.labels import Searcher
from tocsin.shelters.planning.assigning import UNKNOWN, Counts, best, everyone_to_the_nearest
from tocsin.shelters.planning.plan import FORMAT, NewPlace, Plan
from tocsin.shelters.planning.reach import Town
from tocsin.shelters.planning.residents import PARTS, Residents
from tocsin.shelters.planning.sites import Situation, candidates, sites
from tocsin.shelters.planning.summing import At, horizon, shelters, squares, whole, within, zones
from tocsin.shelters.planning.zoning import Zoning, cells
from tocsin.shelters.profiles import SPEED_M_S, Profile, seconds
from tocsin.tabular import BadRow

HORIZONS = (5, 10, 15)
"""Minutes for which all is counted, beside the ones that are asked for."""

BESIDE = 0.01
"""So far beyond the streets a building is looked at, in degrees; what lies farther off is outside of the area."""

REACH_MINUTES = 20
"""For so many minutes it is told how many reach a shelter."""


class Asked(NamedTuple):
    """What a plan is to be made for."""

    minutes: int = 10
    profile: Profile = Profile.ADULT
    assumed_places: int | None = None
    """How many a shelter holds of which nobody says it."""
    new: int = 10
    """So many new places are looked for."""
    new_places: int | None = None
    private: bool = False

    def limit_ds(self, minutes: int) -> int:
        """So many minutes of this walker, in tenths of a second of an adult."""
        return int(minutes * 600 * SPEED_M_S[self.profile] / SPEED_M_S[Profile.ADULT] + 1e-9)


class Planned(NamedTuple):
    plan: Plan
    assigned: At
    """For the minutes that were asked for. It tells of homes: it is for whoever has the file of residents."""


def off_the_streets(standing: Standing, residents: Residents, profile: Profile) -> tuple[Beside, list[BadRow]]:
    """Where each building lies beside the streets, and those that lie too far from any."""
    west, south, east, north = standing.network.bounds
    inside = (residents.lon >= west - BESIDE) & (residents.lon <= east + BESIDE)
    inside &= (residents.lat >= south - BESIDE) & (residents.lat <= north + BESIDE)
    found = Beside(*(np.full(len(inside), default, np.int32) for default in (-1, 0, 0)))
    near = _ways(standing, profile).pieces.beside(residents.lon[inside], residents.lat[inside])
    for column, some in zip(found, near, strict=True):
        column[inside] = some
    bad = []
    for number in np.flatnonzero((found.piece < 0) | (found.off_dm > PERSON_TO_STREET_M * 10)).tolist():
        lon, lat = float(residents.lon[number]), float(residents.lat[number])
        off = "it lies outside of the network's area"
        if found.piece[number] >= 0:
            off = f"the nearest way is {found.off_dm[number] / 10:,.0f} m away"
        swapped = west <= lat <= east and south <= lon <= north
        bad.append(BadRow(residents.line[number], off + ("; longitude and latitude seem swapped" if swapped else "")))
    return found, bad


def planned(
    standing: Standing,
    residents: Residents,
    places: Beside,
    zoning: Zoning,
    asked: Asked,
    attribution: Sequence[str],
    made_at: datetime,
    left_out_rows: int = 0,
) -> Planned:
    """``places`` and ``zoning`` are of the same buildings as ``residents``; each building has a street.

    Errors: `BadSetting` where OR-tools is not installed, `BadParameter` where there is too much to reckon.
    """
    ways = _ways(standing, asked.profile)
    people = residents.hundredths
    capacity, unknown = _capacity(standing, asked)
    town = Town(standing.network, ways, Searcher(standing.network, ways.graph, ways.doors), places)
    alike = town.alike()
    time_ds, nearest = nearest_times(ways, standing.network, places)
    minutes = sorted({*HORIZONS, asked.minutes})
    widest = town.reach(ways.open, asked.limit_ds(minutes[-1]))
    found = []
    for one in minutes:
        limit = asked.limit_ds(one)
        reach = widest.only(widest.time_ds <= limit)
        run = everyone_to_the_nearest(time_ds, nearest, people, capacity, limit)
        found.append(At(one, reach, run, best(reach, people, capacity, alike)))
    main = minutes.index(asked.minutes)
    limits = [asked.limit_ds(minute) for minute in range(1, max(REACH_MINUTES, asked.minutes) + 1)]
    first_minute = np.where(nearest >= 0, np.searchsorted(limits, time_ds), len(limits))
    now = Situation(found[main].reach, people, capacity, alike, asked.limit_ds(asked.minutes), found[main].best)
    slower = seconds(1, asked.profile)
    made = Plan(
        format=FORMAT,
        area=standing.about.area,
        made_at=made_at,
        attribution=list(attribution),
        profile=asked.profile.value,
        speed_m_s=SPEED_M_S[asked.profile],
        minutes=asked.minutes,
        residents=whole(people.sum()),
        buildings=len(people),
        left_out_rows=left_out_rows,
        places=whole(capacity[ways.open & (capacity != UNKNOWN)].sum()),
        unknown_places=int((unknown & ways.open).sum()),
        assumed_places=asked.assumed_places,
        private=asked.private,
        new_places=asked.new_places,
        within=within(np.zeros(len(people), np.int64), 1, first_minute, people, len(limits))[0],
        horizons=[horizon(at, people, capacity, slower) for at in found],
        zones=zones(zoning, first_minute, people, len(limits), found),
        shelters=shelters(standing.shelters, ways.open, capacity, unknown & (capacity != UNKNOWN), found, main),
        new=list(_new(standing, town, now, asked)),
        squares=squares(
            cells(ways.pieces.plane, residents.lon, residents.lat), first_minute, people, len(limits), found
        ),
    )
    return Planned(made, found[main])


def _capacity(standing: Standing, asked: Asked) -> tuple[Counts, NDArray[np.bool_]]:
    """How many each shelter holds, in hundredths, and of which nobody says so."""
    said = [shelter.capacity for shelter in standing.shelters]
    unknown = np.array([one is None for one in said], np.bool_)
    assumed = UNKNOWN if asked.assumed_places is None else asked.assumed_places * PARTS
    return np.array([assumed if one is None else one * PARTS for one in said], np.int64), unknown


def _new(standing: Standing, town: Town, now: Situation, asked: Asked) -> Iterator[NewPlace]:
    network = standing.network
    x, y = standing.foot.pieces.plane.xy(network.lon_e6.astype(np.float64), network.lat_e6.astype(np.float64))
    among = candidates(town.chains.corner, x, y)
    sheltered = int(now.best.given.sum())
    each = None if asked.new_places is None else asked.new_places * PARTS
    for site in islice(sites(town, now, among, each), asked.new):
        sheltered += site.helped
        beside = np.flatnonzero((network.start == site.point) | (network.end == site.point))
        streets = [network.names[name] for name in network.name[beside].tolist() if network.names[name]]
        yield NewPlace(
            lon=int(network.lon_e6[site.point]) / 1e6,
            lat=int(network.lat_e6[site.point]) / 1e6,
            street=" / ".join(dict.fromkeys(streets)),
            helped=whole(site.helped),
            unreached=whole(site.unreached),
            sheltered=whole(sheltered),
        )


def _ways(standing: Standing, profile: Profile) -> Ways:
    return standing.wheels if profile is Profile.WHEELCHAIR else standing.foot
