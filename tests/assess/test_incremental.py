"""Whatever comes in, and in whatever sequence, an assessment carried on is the assessment made from nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from importlib import import_module
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.assess.scene import AIR_FORCE, CHANNEL, OTHER, minute, nothing, over, picture, point, report, spot, to
from tests.assess.test_picture import some_reports
from tocsin.assess.advice import Held, Stands
from tocsin.assess.advising import advise, without
from tocsin.assess.assessment import Assessment, assess
from tocsin.assess.nearby import Nearby
from tocsin.assess.picture import Picture
from tocsin.assess.policy import Policy, policy_of, read_policy
from tocsin.assess.profiles import Profile
from tocsin.assess.sighting import Sighting
from tocsin.assess.table import Table
from tocsin.assess.track import Track, TrackId
from tocsin.model import Threat
from tocsin.report import Report, Role

picturing: Any = import_module("tocsin.assess.picture")
tabling: Any = import_module("tocsin.assess.table")

DEFAULT = policy_of(None)
PLACING = read_policy("""
    name = "places"
    ceiling = { zones = 30, people = 3_000_000 }
    hold_back = { zones = 12, wait_s = 60 }
    [[rules]]
    threats = ["drones", "cruise_missiles"]
    unit = "hromada"
    stage = "alert"
    level = "red"
    propose = { near_certain = 15, likely = 12, possible = 6 }
    place = { near_certain = 12, likely = 9 }
    confirmations = 2
    [[rules]]
    threats = ["ballistic_missiles", "unknown"]
    unit = "raion"
    stage = "early_warning"
    level = "yellow"
    propose = { possible = 15 }
    place = { likely = 5 }
    confirmations = 1
    """)


def told(found: Assessment) -> Any:
    """All that an assessment says."""
    table = found.table
    rows = {track.id: [column.tolist() for column in table.of(n)] for n, track in enumerate(table.tracks)}
    told_of_tracks = [column.tolist() for column in table.of_track]
    marks = found.ahead.tolist(), found.stale.tolist(), table.track.tolist()
    return list(rows.items()), told_of_tracks, marks, found.at_risk, found.seen


class Carried:
    """One assessment carried on from report to report, held against one made from nothing each time."""

    def __init__(self, policy: Policy = DEFAULT) -> None:
        self._policy = policy
        self._said: list[Report] = []
        self._picture: Picture = nothing(AIR_FORCE)
        self._standing: Mapping[Held, Stands] = {}

    def hear(self, *said: Report) -> None:
        self._said += said
        self._picture = self._picture.add(*said)

    def look(self, at: datetime) -> None:
        """Errors: `AssertionError` where the two differ."""
        here, anew = assess(self._picture, at), assess(picture(*self._said, trusted=(AIR_FORCE,)), at)
        assert told(here) == told(anew)
        one, other = (advise(found, self._policy, self._standing) for found in (here, anew))
        assert one == other
        released = [(release.zone, release.threat) for release in one.releases]
        self._standing = without(one.standing, released[::2])


@st.composite
def a_course_of_things(draw: st.DrawFn) -> list[tuple[float, list[Report]]]:
    """Looks, and what was heard right before each: late, twice, together, or nothing."""
    said = draw(some_reports())
    said += draw(st.lists(st.sampled_from(said), max_size=4))
    heard = draw(st.permutations(said)) if draw(st.booleans()) else sorted(said, key=lambda one: one.said_at)
    course, at = [], 0.0
    while heard:
        count = draw(st.integers(1, 3))
        now, heard = heard[:count], heard[count:]
        at += draw(st.sampled_from((0.1, 1.0, 7.0, 45.0)))
        course.append((at, list(now)))
        if draw(st.booleans()):
            course.append((at + 0.5, []))
    return [*course, (at + draw(st.sampled_from((0.0, 5.0, 300.0))), [])]


@settings(max_examples=25, deadline=None)
@given(a_course_of_things(), st.sampled_from((DEFAULT, PLACING)))
def test_an_assessment_carried_on_is_the_one_made_from_nothing(
    course: list[tuple[float, list[Report]]], policy: Policy
) -> None:
    carried = Carried(policy)
    for at, heard in course:
        carried.hear(*heard)
        carried.look(minute(at))


# --- a dense sky ------------------------------------------------------------------------------------

CENTRES = ((34.8, 50.9), (33.5, 50.7), (31.2, 51.3), (30.6, 46.6))
KINDS = (Threat.DRONES, Threat.DRONES, Threat.DRONES, Threat.CRUISE_MISSILES, Threat.UNSPECIFIED_MISSILES)


def a_dense_sky(seed: int, count: int = 60) -> list[Report]:
    """Many threats near one another, as coarse and as contradictory as messages are."""
    rng = Random(seed)
    found: list[Report] = []
    for number in range(count):
        at = number * 0.7 - (rng.uniform(0, 12) if rng.random() < 0.15 else 0.0)
        source = rng.choice((AIR_FORCE, CHANNEL, OTHER))
        if rng.random() < 0.06:
            where = rng.choice(((), (spot(Role.ENDED, "Сумська область"),)))
            found.append(report(at, *where, kind=None, source=source, ends=(rng.choice(("drones", "all")),)))
            continue
        lon, lat = rng.choice(CENTRES)
        near = [point(lon + rng.gauss(0, 0.35), lat + rng.gauss(0, 0.25), radius_m=rng.choice((1_000, 6_000)))]
        spots = rng.choice((near, near, near, [], [over("Суми", "Ромни")], [*near, to("Київ")]))
        if not spots:
            spots = rng.choice(([to("Полтава")], [spot(Role.UNDER_THREAT, "Полтава")], []))
        more: dict[str, Any] = rng.choice(
            ({}, {}, {"course_deg": rng.choice((200.0, 230.0, 260.0))}, {"track": "7"}, {"measured": True})
        )
        found.append(report(at, *spots, kind=rng.choice(KINDS), source=source, **more))
    return found


def carried_on(seed: int) -> None:
    """Errors: `AssertionError` where what was carried on differs."""
    carried = Carried(PLACING if seed % 2 else DEFAULT)
    for number, said in enumerate(a_dense_sky(seed)):
        carried.hear(said)
        if number % 3 == 0 or number > 56:
            carried.look(minute(number * 0.7 + 0.2))
    carried.look(minute(70))
    carried.look(minute(140))


SEEDS = (1, 2)


@pytest.mark.parametrize("seed", SEEDS)
def test_under_a_dense_sky_too(seed: int) -> None:
    carried_on(seed)


class Everything:
    """Sifts nothing."""

    def __init__(self, tracks: Iterable[Track], jet: Profile) -> None:
        self._jet, self._open = jet, {track.id: track for track in tracks}

    def copy(self) -> Everything:
        return Everything(self._open.values(), self._jet)

    def put(self, track: Track) -> None:
        self._open[track.id] = track

    same = put

    def drop(self, id: TrackId) -> None:
        del self._open[id]

    def fitting(self, sighting: Sighting) -> list[Track]:
        return [one for one in self._open.values() if not _far(one, sighting)]

    def twins(self, track: Track) -> list[Track]:
        return list(self._open.values())

    beside = twins


def _far(track: Track, sighting: Sighting) -> bool:
    """What a picture passes over by rule, and not only to be quick: of one place that is plainly too far."""
    there = track.motion
    if there is None or len(sighting.at) != 1:
        return False
    jet = nothing().setting.jet
    fast = max(track.profile.fast_m_s, sighting.profile.fast_m_s, jet.fast_m_s) / 1000.0
    reach = fast * (sighting.said_s - there.at_s) + 3.0 * (there.sigma_km + sighting.at[0].sigma_km)
    return abs(sighting.at[0].x - there.x) > reach or abs(sighting.at[0].y - there.y) > reach


def nobody_is_passed_over(seed: int) -> None:
    """Errors: `AssertionError` where somebody is who would not have been refused."""
    said = a_dense_sky(seed, 90)
    sifted = picture(*said, trusted=(AIR_FORCE,))
    assert len(sifted.tracks) + len(sifted.ended) > 8, "there is much to confuse"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(picturing, "Nearby", Everything)
        whole = picture(*said, trusted=(AIR_FORCE,))
    assert list(sifted.tracks.items()) == list(whole.tracks.items())
    assert sifted.ended == whole.ended


@pytest.mark.parametrize("seed", range(10, 22))
def test_who_is_passed_over_would_have_been_refused(seed: int) -> None:
    nobody_is_passed_over(seed)


# --- bugs -------------------------------------------------------------------------------------------

Patch = pytest.MonkeyPatch


def all_of_it() -> None:
    for seed in SEEDS:
        carried_on(seed)
        nobody_is_passed_over(seed)


def a_threat_that_changed_keeps_its_old_rows(patch: Patch) -> None:
    right = tabling.changed

    def changed(had: Table, tracks: Any, ground: Any) -> Table:
        old = [had.tracks[had.place[track.id]] if track.id in had.place else track for track in tracks]
        found: Table = right(had, old, ground)
        return found

    patch.setattr(tabling, "changed", changed)


def the_rows_of_one_are_put_in_the_place_of_another(patch: Patch) -> None:
    right = tabling._rows

    def rows(pieces: Any, number: int) -> Any:
        pieces = list(pieces)
        return right([*pieces[1:2], *pieces[:1], *pieces[2:]] if len(pieces) > 1 else pieces, number)

    patch.setattr(tabling, "_rows", rows)


def what_is_stale_is_reckoned_once(patch: Patch) -> None:
    right = Assessment.__init__
    kept: list[tuple[Table, Any]] = []

    def init(self: Assessment, seen: Picture, now: datetime, table: Table) -> None:
        right(self, seen, now, table)
        self.stale = next((stale for one, stale in kept if one is table), self.stale)
        self.ahead = (table.rows.latest_s >= self.now_s) & ~self.stale[table.track]
        kept.append((table, self.stale))

    patch.setattr(Assessment, "__init__", init)


def a_picture_changes_the_one_it_was_made_of(patch: Patch) -> None:
    patch.setattr(Nearby, "copy", lambda self: self)


def a_joined_threat_is_looked_for_where_it_was(patch: Patch) -> None:
    right = Nearby.put

    def put(self: Nearby, track: Track) -> None:
        if track.id in self._place:
            self._tracks[self._place[track.id]] = track
        else:
            right(self, track)

    patch.setattr(Nearby, "put", put)


def what_is_over_can_still_be_joined(patch: Patch) -> None:
    patch.setattr(Nearby, "drop", lambda self, id: None)


def a_late_report_is_folded_last(patch: Patch) -> None:
    right = picturing.bisect_left
    patch.setattr(picturing, "bisect_left", lambda items, *given, **more: right(items, *given, **more) and len(items))


BUGS: tuple[Callable[[Patch], None], ...] = (
    a_threat_that_changed_keeps_its_old_rows,
    the_rows_of_one_are_put_in_the_place_of_another,
    what_is_stale_is_reckoned_once,
    a_joined_threat_is_looked_for_where_it_was,
    what_is_over_can_still_be_joined,
    a_late_report_is_folded_last,
)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_found(bug: Callable[[Patch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    bug(monkeypatch)
    with pytest.raises((AssertionError, KeyError)):
        all_of_it()


def stays_as_it_was() -> None:
    """Errors: `AssertionError`, or whatever else stops who reads it."""
    said = sorted(a_dense_sky(3), key=lambda one: one.said_at)
    before = picture(*said[:40])
    known, seen = dict(before.tracks), told(assess(before, minute(30)))
    after = before.add(*said[40:])
    assess(after, minute(42))
    assert dict(before.tracks) == known
    assert told(assess(before, minute(30))) == seen
    again = before.add(*said[40:])
    assert list(again.tracks.items()) == list(after.tracks.items())
    assert np.array_equal(assess(again, minute(42)).table.rows.zone, assess(after, minute(42)).table.rows.zone)


def test_a_picture_stays_as_it_was_when_another_is_made_of_it() -> None:
    stays_as_it_was()


def test_a_picture_that_changes_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    a_picture_changes_the_one_it_was_made_of(monkeypatch)
    with pytest.raises((AssertionError, KeyError)):
        stays_as_it_was()
