"""What always holds of the picture and of what follows from it, held against it with bugs in it: each bug that people
would make here is found."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import timedelta
from importlib import import_module
from typing import Any

import msgspec
import numpy as np
import pytest

from tests.assess.scene import (
    AIR_FORCE,
    CHANNEL,
    OTHER,
    at_risk,
    minute,
    nothing,
    over,
    picture,
    point,
    report,
    southwest,
    spot,
    to,
    whole,
    zone,
)
from tocsin.assess.advice import Held, Stands
from tocsin.assess.advising import advise
from tocsin.assess.assessment import assess
from tocsin.assess.nearby import Nearby
from tocsin.assess.picture import Picture
from tocsin.assess.policy import policy_of
from tocsin.assess.reach import Rows
from tocsin.assess.track import Track
from tocsin.model import Threat
from tocsin.report import Report, Role

fitting: Any = import_module("tocsin.assess.fitting")
joining: Any = import_module("tocsin.assess.joining")
merging: Any = import_module("tocsin.assess.merging")
moving: Any = import_module("tocsin.assess.motion")
painting: Any = import_module("tocsin.assess.picture")
reaching: Any = import_module("tocsin.assess.reach")
sighting: Any = import_module("tocsin.assess.sighting")
releasing: Any = import_module("tocsin.assess.releasing")
track: Any = import_module("tocsin.assess.track")

POLICY = policy_of(None)
TWO = [*southwest(5), *southwest(5, source=OTHER)]
"""One drone that two sources speak of."""


def night() -> list[Report]:
    """Something of everything, with a late word, a repeated one, and an end of a stranger."""
    repeated = msgspec.structs.replace(southwest(2)[1], source=OTHER, said_at=minute(6))
    return [
        *southwest(5),
        repeated,
        report(3, over("Одеса"), to("Миколаїв"), source=OTHER),
        report(4, spot(Role.UNDER_THREAT, "Полтава"), kind=Threat.BALLISTIC_MISSILES, source=AIR_FORCE),
        report(9, point(31.6, 46.8), source=OTHER, late=9),
        report(15, kind=None, source=OTHER, ends=("all",)),
        report(22, point(33.6, 50.3), course_deg=225.0),
    ]


def holds() -> None:
    """All of it. Errors: `AssertionError`, or whatever else stops who asks."""
    _the_same_reports_are_the_same_picture()
    _what_is_apart_is_apart_and_what_is_one_is_one()
    _nothing_is_over_but_by_an_end()
    _what_lies_ahead_is_reached()
    _what_is_old_says_nothing_new_and_clears_nothing()
    _a_repeated_word_is_no_second_one()


def _the_same_reports_are_the_same_picture() -> None:
    reports = night()
    at_once = picture(*reports, trusted=(AIR_FORCE,))
    backwards: Picture = nothing(AIR_FORCE)
    for said in [*reversed(reports), *reports]:
        backwards = backwards.add(msgspec.structs.replace(said, received_at=said.received_at + timedelta(minutes=3)))
    assert whole(backwards) == whole(at_once), "neither sequence nor repetition matters"
    assert len(backwards) == len(reports)
    known = {id for one in (*at_once.tracks.values(), *at_once.ended.values()) for id in one.reports}
    told = {said.id for said in reports if said.kinds}
    assert known == told, "every report is in the picture"


def _what_is_apart_is_apart_and_what_is_one_is_one() -> None:
    far = picture(report(0, over("Суми")), report(1, over("Одеса")))
    assert len(far.tracks) == 2, "nothing is at two places"
    soon = picture(report(0, over("Суми")), report(10, over("Полтава")))
    assert len(soon.tracks) == 2, "no drone flies 145 km in ten minutes"
    one = picture(*TWO)
    (only,) = one.tracks.values()
    assert set(only.sources) == {CHANNEL, OTHER}
    assert len(only.reports) == len(TWO)
    (ours,) = picture(*southwest(5)).tracks.values()
    (theirs,) = picture(*southwest(5, source=OTHER)).tracks.values()
    assert painting.twin(theirs, [ours]) is ours, "two that fly as one are one"
    both = painting.merged(ours, theirs)
    assert set(both.reports) == {*ours.reports, *theirs.reports}
    assert set(both.sources) == {CHANNEL, OTHER}
    kinds = picture(report(0, over("Суми")), report(0, over("Суми"), kind=Threat.BALLISTIC_MISSILES))
    assert len(kinds.tracks) == 2, "a drone is no ballistic missile"


def _nothing_is_over_but_by_an_end() -> None:
    stranger = picture(*TWO, report(22, kind=None, source=OTHER, ends=("all",)), trusted=(AIR_FORCE,))
    assert len(stranger.tracks) == 1, "the other source still speaks of it"
    of_missiles = report(22, kind=None, source=AIR_FORCE, ends=("ballistic_missiles",))
    assert len(picture(*TWO, of_missiles, trusted=(AIR_FORCE,)).tracks) == 1
    elsewhere = report(22, spot(Role.ENDED, "Одеська область"), kind=None, source=AIR_FORCE, ends=("drones",))
    assert len(picture(*TWO, elsewhere, trusted=(AIR_FORCE,)).tracks) == 1
    of_drones = report(22, kind=None, source=AIR_FORCE, ends=("drones",))
    after = picture(*TWO, of_drones, trusted=(AIR_FORCE,))
    assert after.tracks == {}
    assert len(after.ended) == 1
    burst = report(22, spot(Role.IMPACT, "Ромни"), kind=None)
    assert len(picture(*southwest(5), burst).tracks) == 1, "an explosion ends nothing"


def _what_lies_ahead_is_reached() -> None:
    seen = picture(*TWO)
    (only,) = seen.tracks.values()
    motion = only.motion
    assert motion is not None
    found = assess(seen, minute(20.5))
    ground, rows = found.ground, found.rows_of[only.id]

    def chance(angle: float, km: float) -> float:
        x = motion.x + km * math.sin(motion.course_rad + angle)
        y = motion.y + km * math.cos(motion.course_rad + angle)
        number = int(np.argmin(np.hypot(ground.x - x, ground.y - y)))
        return float(dict(zip(rows.zone.tolist(), rows.probability.tolist(), strict=True)).get(number, 0.0))

    assert chance(0.0, 25.0) > 0.4, "what lies on its course is likely"
    assert chance(0.0, 25.0) > 2.0 * chance(math.pi, 40.0)
    assert abs(chance(0.5, 40.0) - chance(-0.5, 40.0)) < 0.35, "it may turn to either side"
    assert motion.course_rad % math.tau == pytest.approx(math.radians(225.0), abs=0.3)
    away = np.hypot(ground.x[rows.zone] - motion.x, ground.y[rows.zone] - motion.y)
    assert np.all(rows.earliest_s <= rows.likely_s)
    far = away > 40.0
    assert np.all(rows.earliest_s[far] > motion.at_s + 120.0), "nobody is there before it can be"
    assert np.all(rows.likely_s[far] < motion.at_s + 3_600.0)
    named = at_risk(picture(report(0, over("Одеса", "Суми"))), 0.3)
    assert {zone("Одеса"), zone("Суми")} <= named.keys(), "of several places of one name each counts"


def _what_is_old_says_nothing_new_and_clears_nothing() -> None:
    seen = picture(*TWO)
    later = minute(20 + 60)
    assert [one.stale for one in assess(seen, later).seen] == [True]
    assert advise(assess(seen, later), POLICY, {}).raises == (), "where it is nobody knows"
    standing: Mapping[Held, Stands] = advise(assess(seen, minute(20.5)), POLICY, {}).standing
    assert standing
    for at in (40, 80, 400):
        after = advise(assess(seen, minute(at)), POLICY, standing)
        standing = after.standing
        gone = {release.zone for release in after.releases}
        assert not gone, "nothing is released because nothing was heard"


def _a_repeated_word_is_no_second_one() -> None:
    alone = picture(report(0, over("Полтава"), to("Київ")))
    again = alone.add(report(1, over("Полтава"), to("Київ"), source=OTHER))
    (only,), (before,) = again.tracks.values(), alone.tracks.values()
    assert set(only.sources) == {CHANNEL, OTHER}
    assert only.motion == before.motion, "it has not moved, and is known no better"
    assert only.tellings == 1


def test_it_holds() -> None:
    holds()


# --- bugs ------------------------------------------------------------------------------------------

Patch = pytest.MonkeyPatch


def anything_fits_the_nearest_track(patch: Patch) -> None:
    def fits(of: Track, said: Any, *given: Any, **more: Any) -> Any:
        return fitting.Fit(0.0, track.Why.WHERE_EXPECTED, 0.0, said.at[0])

    patch.setattr(Nearby, "fitting", lambda self, said: [one for one in self._tracks if one is not None])
    patch.setattr(fitting, "_fit_place", fits)


def nothing_fits_and_every_report_is_a_threat(patch: Patch) -> None:
    patch.setattr(painting, "fit", lambda *given: None)


def all_kinds_are_alike(patch: Patch) -> None:
    patch.setattr(fitting, "alike", lambda one, other: True)
    patch.setattr(fitting, "_fit_area", lambda *given: fitting.Fit(0.0, track.Why.SAME_AREA, None, None))


def reports_are_folded_as_they_come_in(patch: Patch) -> None:
    counted = iter(range(1_000_000))
    right = Picture._item

    def item(self: Picture, said: Report, id: Any) -> Any:
        return right(self, said, id)._replace(said_s=float(next(counted)))

    patch.setattr(Picture, "_item", item)


def a_report_received_twice_counts_twice(patch: Patch) -> None:
    counted = iter(range(1_000_000))
    patch.setattr(Report, "id", property(lambda self: f"{next(counted):032x}"))


def what_is_late_is_left_out(patch: Patch) -> None:
    right = Picture._with

    def with_(self: Picture, fresh: Mapping[Any, Any]) -> Picture:
        last = max((item.said_s for item in self._items), default=-1.0)
        kept = {id: item for id, item in fresh.items() if item.said_s >= last}
        return right(self, kept) if kept else self

    patch.setattr(Picture, "_with", with_)


def anybody_may_end_anything(patch: Patch) -> None:
    right = painting._end

    def end(state: Any, said: Any, setting: Any, *more: Any) -> Any:
        return right(state, said, msgspec.structs.replace(setting, trusted=frozenset({said.source})), *more)

    patch.setattr(painting, "_end", end)


def an_end_ends_every_kind(patch: Patch) -> None:
    right = painting._end

    def end(state: Any, said: Any, *more: Any) -> Any:
        return right(state, msgspec.structs.replace(said, kinds=("all",)), *more)

    patch.setattr(painting, "_end", end)


def an_end_of_one_place_is_of_all(patch: Patch) -> None:
    patch.setattr(painting, "_spoken_of", lambda *given: True)


def an_explosion_is_an_end(patch: Patch) -> None:
    right = painting.end_in

    def end_in(said: Report, id: Any) -> Any:
        if any(one.role is Role.IMPACT for one in said.spots):
            said = msgspec.structs.replace(said, ends=("all",))
        return right(said, id)

    patch.setattr(painting, "end_in", end_in)


def courses_are_mirrored(patch: Patch) -> None:
    right = reaching._column

    def column(of: Track, motion: Any, share: float, aim_km: float) -> tuple[float, ...]:
        made = right(of, motion, share, aim_km)
        return (*made[:3], -made[3], *made[4:])

    patch.setattr(reaching, "_column", column)


def a_course_is_where_it_comes_from(patch: Patch) -> None:
    right = moving.told
    patch.setattr(
        joining.moving, "told", lambda motion, course, *more: right(motion, (course + math.pi) % math.tau, *more)
    )


def metres_are_taken_for_kilometres(patch: Patch) -> None:
    right = reaching._column

    def column(*given: Any) -> tuple[float, ...]:
        made = right(*given)
        return (*made[:9], *(1_000.0 * speed for speed in made[9:12]), *made[12:])

    patch.setattr(reaching, "_column", column)


def of_places_of_one_name_the_first_is_meant(patch: Patch) -> None:
    right = joining._named
    patch.setattr(joining, "_named", lambda *given: right(*given)[:1])


def what_is_stale_flies_on(patch: Patch) -> None:
    patch.setattr(Track, "stale", lambda self, now_s: False)


def what_is_stale_keeps_nothing(patch: Patch) -> None:
    patch.setattr(releasing, "_Reached", lambda assessment: lambda zone, threat: False)


def merging_keeps_one_half(patch: Patch) -> None:
    right = merging.merged

    def merged(older: Track, younger: Track) -> Track:
        both: Track = right(older, younger)
        return msgspec.structs.replace(both, joined=older.joined, sources=older.sources)

    patch.setattr(painting, "merged", merged)


def what_flies_as_one_stays_two(patch: Patch) -> None:
    patch.setattr(painting, "twin", lambda *given: None)


def a_repeated_word_is_taken_for_another(patch: Patch) -> None:
    patch.setattr(fitting, "repeats", lambda *given: False)


def the_least_likely_counts(patch: Patch) -> None:
    right = reaching._once

    def once(zones: Any, inverse: Any, every: Rows) -> Rows:
        made = right(zones, inverse, every)
        least = np.full(len(zones), np.inf)
        np.minimum.at(least, inverse, every.probability)
        return Rows(made.zone, least, made.earliest_s, made.likely_s, made.latest_s)

    patch.setattr(reaching, "_once", once)


BUGS: tuple[Callable[[Patch], None], ...] = (
    anything_fits_the_nearest_track,
    nothing_fits_and_every_report_is_a_threat,
    all_kinds_are_alike,
    reports_are_folded_as_they_come_in,
    a_report_received_twice_counts_twice,
    what_is_late_is_left_out,
    anybody_may_end_anything,
    an_end_ends_every_kind,
    an_end_of_one_place_is_of_all,
    an_explosion_is_an_end,
    courses_are_mirrored,
    a_course_is_where_it_comes_from,
    metres_are_taken_for_kilometres,
    of_places_of_one_name_the_first_is_meant,
    what_is_stale_flies_on,
    what_is_stale_keeps_nothing,
    merging_keeps_one_half,
    what_flies_as_one_stays_two,
    a_repeated_word_is_taken_for_another,
    the_least_likely_counts,
)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_found(bug: Callable[[Patch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    bug(monkeypatch)
    with pytest.raises((AssertionError, KeyError, ValueError)):
        holds()
