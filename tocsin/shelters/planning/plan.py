"""A plan as it is told: sums over zones, squares of the map and shelters. No building, and nobody's home, is in it."""

from __future__ import annotations

from datetime import datetime

import msgspec

FORMAT = 1

FEW = 10
"""Of a square with fewer residents nothing is told but that there are some: it may be one family's house."""


class Horizon(msgspec.Struct, frozen=True, kw_only=True):
    """All of the city, if there are so many minutes."""

    minutes: int
    in_reach: int
    """People with a shelter in reach."""
    out_of_reach: int
    places_in_reach: int
    """Places, as far as they are known, of the shelters that anybody reaches."""
    nearest_sheltered: int
    """People with a place, if everyone runs to the nearest shelter."""
    nearest_turned_away: int
    """People who find the nearest shelter full."""
    nearest_unknown: int
    """People whose nearest shelter is one of which nobody says how many it holds."""
    nearest_walk_s: float | None
    """Mean walk of all who run, in seconds."""
    best_sheltered: int
    """People with a place, if everyone is told where to go: no assignment has more."""
    best_walk_s: float | None
    """Mean walk of these."""


class ZonePlan(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    names: dict[str, str]
    """By language; under no language where a file says the name."""
    residents: int
    within: list[int]
    """People with a shelter within 1, 2, 3 ... minutes."""
    nearest_sheltered: list[int]
    """By horizon. Of those who run to a shelter that is too small for them, the share that it holds."""
    best_sheltered: list[int]


class ShelterPlan(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    address: str
    lon: float
    lat: float
    places: int | None
    """How many it holds; null where nobody says."""
    assumed: bool
    """Whether that is an assumption."""
    public: bool | None
    come: list[int]
    """How many run there by horizon, if it is everyone's nearest."""
    over: list[int | None]
    """By how many it runs over then; null where nobody says how many it holds."""
    given: list[int]
    """How many are sent there in the best assignment."""


class NewPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place where a new shelter helps most people, after those before it."""

    lon: float
    lat: float
    street: str
    """The names of the streets that meet there, as far as they have any."""
    helped: int
    """How many more get under a roof."""
    unreached: int
    """How many in its reach have no shelter in reach today."""
    sheltered: int
    """How many are under a roof then, in all of the city."""


class Square(msgspec.Struct, frozen=True, kw_only=True):
    """A square of the map."""

    bounds: tuple[float, float, float, float]
    """West, south, east, north."""
    residents: int | None
    """Null where they are few; then nothing else is told either."""
    within: list[int]
    left: list[int]
    """By horizon, people without a place in the best assignment."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    format: int
    area: str
    made_at: datetime
    attribution: list[str]
    profile: str
    """Who walks."""
    speed_m_s: float
    minutes: int
    """The horizon for which new places are looked for, and by which shelters are listed."""
    residents: int
    buildings: int
    left_out_rows: int
    """Rows of the file of residents that were bad."""
    places: int
    """What they hold together, as far as it is known or assumed."""
    unknown_places: int
    """Of how many shelters nobody says how many they hold."""
    assumed_places: int | None
    """How many each of these is put at; null where they are left out of the assignment."""
    private: bool
    """Whether shelters that are not public are counted."""
    new_places: int | None
    """How many a new shelter is put at; null where it holds whoever comes."""
    within: list[int]
    horizons: list[Horizon]
    zones: list[ZonePlan]
    shelters: list[ShelterPlan]
    """Those that are open and have a street, those first that run over most."""
    new: list[NewPlace]
    squares: list[Square]

    def horizon(self) -> int:
        """Which of the horizons is that of ``minutes``."""
        return next(i for i, horizon in enumerate(self.horizons) if horizon.minutes == self.minutes)
