"""What always holds of the way to a shelter, held against it with bugs in it: each that people would make is found.

It is held against a plain reckoning (plain.py) that shares no line with what is tested.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from importlib import import_module
from typing import Any

import msgspec
import numpy as np
import pytest

from tests.shelters.plain import Plain
from tests.shelters.towns import ABOUT, crooked_town, register, said_after, some_said, some_words, spots_in
from tocsin.errors import NotFound
from tocsin.shelters.area import Area
from tocsin.shelters.guide import nearest
from tocsin.shelters.labels import Searcher
from tocsin.shelters.profiles import Profile
from tocsin.shelters.register import Register

area: Any = import_module("tocsin.shelters.area")
graph: Any = import_module("tocsin.shelters.graph")
guide: Any = import_module("tocsin.shelters.guide")

TOWNS = 12
WALKERS = (*Profile, *[Profile.WHEELCHAIR] * 2, *[Profile.ADULT] * 2)


def holds() -> int:
    """In crooked towns, before and after closures, openings and an import: whom the nearest is told, and in what time.
    Gives how many ways were looked at. Errors: `AssertionError`, or whatever else stops who asks."""
    looked = 0
    for seed in range(TOWNS):
        chance = random.Random(seed)
        streets, shelters = crooked_town(chance)
        shelters = [some_said(chance, it) for it in shelters]
        here, known = Area(streets, ABOUT), register(shelters)
        spots = [(*spot[:2], who) for spot, who in zip(spots_in(chance, streets, 8), WALKERS, strict=True)]
        for change in range(4):
            if change == 3:
                known = known.with_events([(known.spoken + 1, imported(shelters))])
            elif change:
                known = said_after(known, some_words(chance, shelters))
            standing, plain = here.at(known), Plain(streets, shelters, known_by(known))
            for lon, lat, who in spots:
                try:
                    found = [(way.seconds, way.shelter.id) for way in nearest(standing, lon, lat, Profile(who))]
                except NotFound:
                    found = None
                wanted = plain.nearest(lon, lat, Profile(who))
                assert (found is None) == (wanted is None), (seed, change, lon, lat, who)
                for (took, id), (should, right) in zip(found or (), wanted or (), strict=True):
                    assert (id, round(took - should, 5)) == (right, 0), (seed, change, lon, lat, who)
                    looked += 1
    return looked


def imported(shelters: Any) -> Any:
    """A newer file, which says of every shelter that it is open."""
    event = import_module("tocsin.shelter").SheltersImported
    newer = tuple(msgspec.structs.replace(it, open=True, capacity=60) for it in shelters)
    return event(dataset="town", attribution="", shelters=newer, gone=(), at=ABOUT.made_at)


def known_by(register: Register) -> Callable[[Any], bool]:
    """Whether a shelter is open, by the words themselves: a person's last one, else its dataset's."""

    def is_open(shelter: Any) -> bool:
        word = register.words.get(shelter.id)
        if word is not None:
            return bool(word.open)
        return register.shelters[shelter.id].open is not False

    return is_open


def test_it_holds() -> None:
    assert holds() > 700


# --- bugs ------------------------------------------------------------------------------------------

Patch = pytest.MonkeyPatch


def a_closed_shelter_stays_in_the_labels(patch: Patch) -> None:
    right = Searcher.nearest
    patch.setattr(Searcher, "nearest", lambda self, open_: right(self, np.ones_like(open_)))


def a_closure_is_not_heard_until_the_next_import(patch: Patch) -> None:
    right = Area.at

    def at(self: Area, known: Register) -> Any:
        if self._standing is not None and self._standing.seq >= known.seq:
            return self._standing
        return right(self, known)

    patch.setattr(Area, "at", at)


def a_newer_file_opens_what_a_person_found_locked(patch: Patch) -> None:
    def is_open(self: Register, shelter: Any) -> bool:
        word = self.words.get(shelter.id)
        return shelter.open is True or (shelter.open is not False if word is None else word.open)

    patch.setattr(Register, "is_open", is_open)


def an_opening_counts_as_a_closure(patch: Patch) -> None:
    right = Register.is_open
    patch.setattr(Register, "is_open", lambda self, shelter: shelter.id not in self.words and right(self, shelter))


def shelters_that_are_not_public_are_told(patch: Patch) -> None:
    right = Area._placed

    def placed(self: Area, known: Register) -> Any:
        everybody = {id: msgspec.structs.replace(it, public=True) for id, it in known.shelters.items()}
        return right(self, Register(everybody, known.words, known.datasets, known.seq, known.spoken, known.told))

    patch.setattr(Area, "_placed", placed)


def a_wheelchair_is_sent_over_steps(patch: Patch) -> None:
    right = graph.graph_of

    def graph_of(network: Any, *, wheels: bool = False) -> Any:
        return right(network, wheels=False)

    patch.setattr(area, "graph_of", graph_of)


def a_wheelchair_is_sent_to_a_shelter_with_steps(patch: Patch) -> None:
    right = Area.at

    def at(self: Area, known: Register) -> Any:
        if self._along is None or self._along[0] != known.seq:
            placed = self._placed(known)
            self._along = known.seq, placed._replace(rollable=np.ones_like(placed.rollable))
        return right(self, known)

    patch.setattr(Area, "at", at)


def a_wheelchair_is_sent_to_a_door_with_steps(patch: Patch) -> None:
    right = area._doors
    patch.setattr(area, "_doors", lambda shelters, pieces, *, wheels: right(shelters, pieces, wheels=False))


def only_the_first_door_of_a_shelter_is_known(patch: Patch) -> None:
    right = area._doors

    def doors(shelters: Any, pieces: Any, *, wheels: bool) -> Any:
        one_each = [msgspec.structs.replace(it, entrances=it.entrances[:1]) for it in shelters]
        return right(one_each, pieces, wheels=wheels)

    patch.setattr(area, "_doors", doors)


def the_way_from_the_street_to_the_door_is_forgotten(patch: Patch) -> None:
    right = Searcher.__init__

    def init(self: Searcher, network: Any, of: Any, doors: Any) -> None:
        right(
            self, network, of, doors._replace(beside=doors.beside._replace(off_dm=np.zeros_like(doors.beside.off_dm)))
        )

    patch.setattr(Searcher, "__init__", init)


def the_way_along_the_doors_own_piece_is_counted_from_the_wrong_end(patch: Patch) -> None:
    right = Searcher.__init__

    def init(self: Searcher, network: Any, of: Any, doors: Any) -> None:
        along = network.length_dm[doors.beside.piece] - doors.beside.along_dm
        right(self, network, of, doors._replace(beside=doors.beside._replace(along_dm=along.astype(np.int32))))

    patch.setattr(Searcher, "__init__", init)


def steps_are_walked_as_quickly_as_a_street(patch: Patch) -> None:
    right = graph.costs_ds
    patch.setattr(graph, "costs_ds", lambda network: right(network._replace(traits=np.zeros_like(network.traits))))


def everybody_walks_like_an_adult(patch: Patch) -> None:
    patch.setattr(guide, "seconds", lambda time_ds, profile: time_ds / 10)


BUGS: tuple[Callable[[Patch], None], ...] = (
    a_closed_shelter_stays_in_the_labels,
    a_closure_is_not_heard_until_the_next_import,
    a_newer_file_opens_what_a_person_found_locked,
    an_opening_counts_as_a_closure,
    shelters_that_are_not_public_are_told,
    a_wheelchair_is_sent_over_steps,
    a_wheelchair_is_sent_to_a_shelter_with_steps,
    a_wheelchair_is_sent_to_a_door_with_steps,
    only_the_first_door_of_a_shelter_is_known,
    the_way_from_the_street_to_the_door_is_forgotten,
    the_way_along_the_doors_own_piece_is_counted_from_the_wrong_end,
    steps_are_walked_as_quickly_as_a_street,
    everybody_walks_like_an_adult,
)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_found(bug: Callable[[Patch], None], monkeypatch: Patch) -> None:
    bug(monkeypatch)
    with pytest.raises((AssertionError, KeyError, ValueError)):
        holds()
