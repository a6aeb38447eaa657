"""A network of acoustic posts over the country, from a seed of its own: where they stand, and which of them hear.

Ukraine's network of microphones on poles and roofs, which others call Sky Fortress, had more than 6,000 of them by
February 2024 (a general of the United States, in La Razón of the 15th), some 9,500 by July 2024 (portfolio.hu, of the
23rd) and 14,000 later (drosonic.com); the addresses stand in docs/assessment.md. Here the least of these is taken.
Where they stand is not public, and nothing here tells of it: they lie on a grid, each moved about by chance.

How far a post hears was not found published. What stands below was chosen before anything was measured with it, on the
lower side of what is to be expected of the engine of a piston drone at night: some kilometres. One choice was changed
after a first look at results on seeds 1 to 6: at first there were no posts in Crimea, Sevastopol, Luhansk and Donetsk
oblasts, where a third of what these attacks launch goes, as nobody attacks in truth.
"""

from __future__ import annotations

import math
from random import Random
from typing import NamedTuple

import numpy as np

from tocsin.assess.ground import Floats
from tocsin.model import ZoneId
from tocsin.report import Make
from tocsin.sim.attacks.flights import Country

POSTS = 6_000
"""Were the whole country covered."""
MOVED = 0.4
"""Of the distance between two posts, to either side of its place on the grid."""
UNCOVERED = 0.15
"""Of the raions have no posts at all."""
OUT_OF_ORDER = 0.1
"""Of the posts."""
WITH_BEARING = 0.2
"""Of the posts have several microphones and tell a direction."""

REACH_KM = {Make.PISTON_DRONE: 4.0, Make.JET_DRONE: 3.0, Make.SUBSONIC_CRUISE: 4.0}
"""From further away nothing is heard. A ballistic missile is heard by nobody before it comes down."""
NOMINAL_M = 5_000.0
"""How far it hears by its own word, whatever it is: it cannot know better."""


class Post(NamedTuple):
    number: int
    x: float
    y: float
    lon: float
    lat: float
    oblast: ZoneId
    bearing: bool
    works: bool


class Network:
    """Posts, and where those are that work."""

    def __init__(self, posts: tuple[Post, ...]) -> None:
        self.posts = posts
        self.working = tuple(post for post in posts if post.works)
        self.x: Floats = np.array([post.x for post in self.working])
        self.y: Floats = np.array([post.y for post in self.working])


def network(seed: int, country: Country) -> Network:
    """The posts of a seed: one network, whatever attacks there are."""
    rng = Random(f"posts {seed}")
    ground = country.ground
    apart = math.sqrt(float(ground.area_km2.sum()) / POSTS)
    side = int(ground.extent_km / apart) + 1
    cells = [(i * apart, j * apart) for i in range(-side, side + 1) for j in range(-side, side + 1)]
    off = MOVED * apart
    moved = [(x + rng.uniform(-off, off), y + rng.uniform(-off, off)) for x, y in cells]
    xy = np.array(moved)
    zones = country.zones_at(xy[:, 0], xy[:, 1])
    lon, lat = ground.spread_many(xy[:, 0], xy[:, 1])
    raions = sorted({_above(country, zone)[0] for zone in zones if zone is not None})
    uncovered = {raion for raion in raions if rng.random() < UNCOVERED}
    posts: list[Post] = []
    for (x, y), zone, east, north in zip(moved, zones, lon.tolist(), lat.tolist(), strict=True):
        bearing, works = rng.random() < WITH_BEARING, rng.random() >= OUT_OF_ORDER
        if zone is None:
            continue
        raion, oblast = _above(country, zone)
        if raion not in uncovered:
            posts.append(Post(len(posts), x, y, round(east, 5), round(north, 5), oblast, bearing, works))
    return Network(tuple(posts))


def _above(country: Country, zone: ZoneId) -> tuple[ZoneId, ZoneId]:
    """Its raion and its oblast; itself where it is neither in one nor the other, as Kyiv."""
    above = country.ground.hierarchy.ancestors(zone)
    return (above[0], above[-2]) if len(above) >= 2 else (zone, zone)
