"""The small worlds: for each, the orders that are tried at every state that earlier ones lead to.

All have two sources, two hazards and three zones, each within the one before. No alphabet of orders is both rich and
short enough to be followed through every log of seven entries: the first two worlds are as rich as that allows, one
in orders and one in sources that fall silent; the last two are rich in what a hold can say, and shorter.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product

from soak.worlds import orders
from soak.worlds.book import SPOKEN, Book, Kind
from soak.worlds.dumb import COUNTRY, OBLAST, RAION, ZONES
from soak.worlds.orders import EARLY, PART, RED, YELLOW
from tocsin.commands import Command, Order
from tocsin.model import Extent, Level, SourceId, Stage, Threat


@dataclass(frozen=True)
class World:
    name: str
    about: str
    length: int
    """How long the logs become."""
    small: int
    """How long in the small dose."""
    closely: int
    """Behind so many entries every order is decided twice, every two orders to raise are given in both sequences, and
    every log is followed by itself, though others count as the same state."""
    kinds: tuple[Kind, ...]
    """All that its holds can come to say."""
    orders: tuple[tuple[SourceId, Order], ...]

    @cached_property
    def commands(self) -> list[Command]:
        return [
            Command(key=f"order {at}", actor="officer", source=source, order=order)
            for at, (source, order) in enumerate(self.orders)
        ]

    @cached_property
    def book(self) -> Book:
        return Book(self.kinds)


ALL_KINDS = tuple(Kind(*said) for said in product(Stage, Level, Extent))
ALERTS = tuple(Kind(threat=threat, ref=ref) for threat in (Threat.DRONES, Threat.MIG31K) for ref in (None, "7"))

_PLACED = {COUNTRY: (EARLY,), OBLAST: (PART,), RAION: (RED,)}
_LEVELS = {COUNTRY: (YELLOW,), OBLAST: (YELLOW, RED), RAION: (RED,)}
_HEARD = {COUNTRY: (RED, PART), OBLAST: (PART,), RAION: (RED,)}

WORLDS = {
    world.name: world
    for world in (
        World(
            name="orders",
            about="every kind of order upon early warnings, alerts and unnamed parts",
            length=7,
            small=3,
            closely=2,
            kinds=ALL_KINDS,
            orders=(
                *orders.raised(_PLACED),
                *orders.ended(),
                *orders.escalated((Stage.ALERT, Level.RED)),
                *orders.narrowed(),
                *orders.extended(),
                *orders.replaced(_PLACED),
                *orders.annotated(),
                *orders.slips(),
            ),
        ),
        World(
            name="levels",
            about="yellow and red, raised, escalated, released and withdrawn",
            length=7,
            small=3,
            closely=2,
            kinds=(YELLOW, RED),
            orders=(*orders.raised(_LEVELS), *orders.ended(), *orders.escalated((None, Level.RED))),
        ),
        World(
            name="sources",
            about="sources that are watched, fall silent and come back, while others warn",
            length=7,
            small=3,
            closely=2,
            kinds=(RED, PART),
            orders=(*orders.raised(_HEARD), *orders.released(), *orders.lives(SPOKEN[1:])),
        ),
        World(
            name="kinds",
            about="all stages, levels and extents on every zone, and all escalations between them",
            length=3,
            small=2,
            closely=0,
            kinds=ALL_KINDS,
            orders=(
                *orders.raised(dict.fromkeys(ZONES, ALL_KINDS)),
                *orders.raised_everywhere(RED),
                *orders.ended(),
                *orders.escalated(*product((None, *Stage), (None, *Level))),
                *orders.narrowed(),
                *orders.extended(),
                *orders.replaced(dict.fromkeys(ZONES, (EARLY, YELLOW, RED, PART))),
                *orders.lives(SPOKEN),
            ),
        ),
        World(
            name="alerts",
            about="two threats, and a source's own ids of its alerts, named and not named",
            length=4,
            small=2,
            closely=1,
            kinds=(*ALERTS, RED),
            orders=(
                *orders.raised(dict.fromkeys(ZONES, ALERTS)),
                *orders.by_alert((None, Threat.DRONES, Threat.MIG31K), (None, "7")),
                *orders.slips(),
            ),
        ),
    )
}
