"""A city's plan for the residents of a file: how long it takes, and how many are under a roof."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np

from tocsin.shelter import Shelter, SheltersImported
from tocsin.shelters.area import Area
from tocsin.shelters.guide import nearest_times
from tocsin.shelters.labels import Searcher
from tocsin.shelters.network import Network
from tocsin.shelters.network_file import About
from tocsin.shelters.planning.assigning import _flow, best, everyone_to_the_nearest
from tocsin.shelters.planning.making import Asked, off_the_streets
from tocsin.shelters.planning.reach import Town
from tocsin.shelters.planning.residents import PARTS, read_residents
from tocsin.shelters.register import Register

NEAR_DM = 1_500
"""Residents farther from a street than this live where the extract has none."""


def measured(
    network: Network, shelters: Sequence[Shelter], file: Path, column: str, say: Callable[[str, str, str], None]
) -> None:
    """With every shelter, public or not, of which it is said how many it holds."""
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    known = tuple(msgspec.structs.replace(it, public=None) for it in shelters if it.capacity is not None)
    event = SheltersImported(dataset="x", attribution="", shelters=known, gone=(), at=noon)
    about = About(area="city", attribution="", made_at=noon, extract="")
    standing = Area(network, about).at(Register().after(0, [event]))
    asked = Asked()
    everyone = read_residents(file, {"residents": column}).residents
    places, _ = off_the_streets(standing, everyone, asked.profile)
    near = (places.piece >= 0) & (places.off_dm <= NEAR_DM)
    residents, places = everyone.some(near), type(places)(*(part[near] for part in places))
    people, ways = residents.hundredths, standing.foot
    capacity = np.array([(it.capacity or 0) * PARTS for it in standing.shelters], np.int64)
    limit, whole = asked.limit_ds(asked.minutes), int(people.sum())
    searcher = Searcher(network, ways.graph, ways.doors)
    for _ in range(2):  # the first compiles what was not compiled yet
        begun = time.thread_time()
        town = Town(network, ways, searcher, places)
        reach = town.reach(ways.open, limit)
        reached = time.thread_time() - begun
        found = best(reach, people, capacity, town.alike())
        took = time.thread_time() - begun
    begun = time.thread_time()
    other = _flow(reach.building(), people, reach.shelter, reach.time_ds, capacity)
    plainly = time.thread_time() - begun + reached
    assert int(other.sum()) == int(found.given.sum()), "as many under a roof, however it is found out"
    run = everyone_to_the_nearest(*nearest_times(ways, network, places), people, capacity, limit)
    held = int(np.minimum(run.come, capacity).sum())
    pairs = f"{whole / PARTS:,.0f} people, {len(reach.shelter):,} pairs"
    say(f"the flow over all of it, as it stands: {pairs}", f"{plainly:.2f} s", "ratio 1")
    ratio = f"ratio {took / plainly:.2f}; wanted 2 s"
    say("the best plan", f"{took:.2f} s, {reached:.2f} of it reach", ratio)
    walked = (found.walked - int((other * reach.time_ds.astype(np.int64)).sum())) / whole / 10
    say("  walked more than there, by each", f"{walked:.3f} s", "")
    say("  within 10 minutes under a roof, told where to go", f"{int(found.given.sum()) / whole:.1%}", "wanted 84 %")
    say("  everyone to the nearest", f"{held / whole:.1%}", "39 %")
