"""The picture: reports become threats, whatever sequence they come in; nothing is over unless somebody says so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.assess.scene import (
    AIR_FORCE,
    CHANNEL,
    OTHER,
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
from tocsin import limits
from tocsin.assess.assessment import assess
from tocsin.assess.picture import Picture
from tocsin.assess.track import Track, Why
from tocsin.model import Threat
from tocsin.report import Make, Report, Role

KINDS = st.sampled_from((Threat.DRONES, Threat.CRUISE_MISSILES, Threat.BALLISTIC_MISSILES, Threat.UNKNOWN))
PLACES = st.tuples(st.floats(24, 39), st.floats(45, 52))


@st.composite
def some_reports(draw: st.DrawFn, ends: bool = True) -> list[Report]:
    found = []
    for _ in range(draw(st.integers(1, 14))):
        at = draw(st.integers(0, 90))
        source = draw(st.sampled_from((AIR_FORCE, CHANNEL, OTHER)))
        if ends and draw(st.integers(0, 7)) == 0:
            over_ = draw(st.sampled_from(("drones", "ballistic_missiles", "all")))
            where = draw(st.sampled_from(((), (spot(Role.ENDED, "Сумська область"),))))
            found.append(report(at, *where, kind=None, source=source, ends=(over_,)))
            continue
        spots = [point(*draw(PLACES)) for _ in range(draw(st.integers(0, 2)))]
        spots += draw(st.sampled_from(((), (to("Київ"),), (spot(Role.UNDER_THREAT, "Полтавська область"),))))
        course: dict[str, Any] = draw(
            st.sampled_from(({}, {"course_deg": 270.0}, {"track": "7"}, {"count": 3}, {"measured": True}))
        )
        found.append(report(at, *spots, kind=draw(KINDS), source=source, **course))
    return found


def only(seen: Picture) -> Track:
    (track,) = seen.tracks.values()
    return track


def test_reports_along_a_way_are_one_threat() -> None:
    track = only(picture(*southwest(5)))
    assert len(track.joined) == 5
    assert [joined.why for joined in track.joined] == [Why.FIRST] + [Why.WHERE_EXPECTED] * 4


def test_a_course_is_learnt_from_positions_alone() -> None:
    motion = only(picture(*southwest(5, course=False))).motion
    assert motion is not None
    assert motion.course_rad % 6.2832 == pytest.approx(3.92, abs=0.2)
    assert motion.course_sigma_rad < 0.4
    assert 0.038 <= motion.speed_km_s <= 0.058


@given(some_reports(), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_neither_sequence_nor_repetition_of_reports_matters(reports: list[Report], rng: Any) -> None:
    others = [*reports, *reports[: len(reports) // 2]]
    rng.shuffle(others)
    one_by_one = nothing(AIR_FORCE)
    for said in others:
        later = msgspec.structs.replace(said, received_at=said.received_at + timedelta(minutes=rng.randint(0, 9)))
        one_by_one = one_by_one.add(later)
    assert whole(one_by_one) == whole(picture(*reports, trusted=(AIR_FORCE,)))


@pytest.mark.parametrize("late", [0, 3, 40, 90])
def test_a_late_report_is_put_where_it_belongs(late: int) -> None:
    reports = southwest(100, every=1.0)
    held_back = reports.pop(late)
    assert whole(picture(*reports).add(held_back)) == whole(picture(*reports, held_back))


@given(some_reports(ends=False))
@settings(max_examples=25, deadline=None)
def test_nothing_ends_without_an_end(reports: list[Report]) -> None:
    seen, known = nothing(AIR_FORCE), set()
    for said in reports:
        seen = seen.add(said)
        known |= {joined for track in seen.tracks.values() for joined in track.reports}
        told = {joined for track in seen.tracks.values() for joined in track.reports}
        assert seen.ended == {}
        assert told == known, "a report that was in the picture stays in it"


def test_what_is_not_heard_of_any_more_is_stale_and_still_there() -> None:
    seen = picture(*southwest(3))
    much_later = assess(seen, seen_at := southwest(3)[-1].said_at + timedelta(hours=9))
    assert [(one.stale, one.age_s) for one in much_later.seen] == [(True, 9 * 3600.0)]
    assert much_later.at_risk == ()
    assert not assess(seen, seen_at - timedelta(hours=8, minutes=50)).seen[0].stale


def test_two_that_are_far_apart_are_two() -> None:
    seen = picture(report(0, over("Суми")), report(1, over("Одеса")))
    assert len(seen.tracks) == 2


def test_what_cannot_have_flown_there_in_the_time_is_another() -> None:
    seen = picture(report(0, over("Суми")), report(10, over("Полтава")))  # 145 km in ten minutes
    assert len(seen.tracks) == 2
    seen = picture(
        report(0, over("Суми"), kind=Threat.CRUISE_MISSILES), report(10, over("Полтава"), kind=Threat.CRUISE_MISSILES)
    )
    assert len(seen.tracks) == 1


def test_a_drone_and_a_ballistic_missile_at_one_place_are_two() -> None:
    seen = picture(report(0, over("Суми")), report(0, over("Суми"), kind=Threat.BALLISTIC_MISSILES))
    assert len(seen.tracks) == 2


def test_a_missile_of_no_kind_becomes_one_when_it_is_told_which() -> None:
    seen = picture(
        report(0, over("Суми"), kind=Threat.UNSPECIFIED_MISSILES),
        report(1, over("Суми"), kind=Threat.CRUISE_MISSILES, make=Make.SUBSONIC_CRUISE),
    )
    assert only(seen).kinds == (Threat.CRUISE_MISSILES,)
    assert only(seen).make is Make.SUBSONIC_CRUISE


def test_two_ids_of_one_source_are_two_threats_even_at_one_place() -> None:
    seen = picture(report(0, over("Суми"), track="1"), report(1, over("Суми"), track="2"))
    assert len(seen.tracks) == 2
    assert len(seen.add(report(4, over("Суми"), track="2")).tracks) == 2


def test_what_it_heads_for_is_joined_to_what_is_on_its_way_there() -> None:
    seen = picture(*southwest(4)).add(report(16, to("Лохвиця"), source=OTHER))
    track = only(seen)
    assert track.joined[-1].why is Why.ON_ITS_WAY
    assert track.aim is not None
    assert set(track.sources) == {CHANNEL, OTHER}


def test_two_that_were_begun_apart_and_fly_as_one_are_merged() -> None:
    ours = southwest(8, every=3.0)
    first, *rest = ours
    aside = report(0.5, point(34.75, 51.35), source=OTHER, course_deg=225.0)  # told 40 km off at first
    theirs = [msgspec.structs.replace(one, source=OTHER, said_at=one.said_at + timedelta(seconds=50)) for one in rest]
    seen = picture(first, aside, *rest, *theirs)
    assert len(seen.tracks) <= 2
    assert max(len(track.joined) for track in seen.tracks.values()) >= 14


def test_an_end_of_a_trusted_source_ends_that_kind_and_no_other() -> None:
    reports = [
        report(0, over("Суми")),
        report(0, spot(Role.UNDER_THREAT, "Київ"), kind=Threat.BALLISTIC_MISSILES),
    ]
    seen = picture(*reports, trusted=(AIR_FORCE,))
    seen = seen.add(report(9, kind=None, source=AIR_FORCE, ends=("ballistic_missiles",)))
    assert [track.threat for track in seen.tracks.values()] == [Threat.DRONES]
    (ended,) = seen.ended.values()
    assert ended.ended is not None
    assert ended.ended.source == AIR_FORCE


def test_an_end_of_anybody_else_ends_only_what_nobody_else_speaks_of() -> None:
    seen = picture(*southwest(3), *southwest(3, source=OTHER), report(0, over("Одеса"), source=OTHER))
    assert len(seen.tracks) == 2
    after = seen.add(report(20, kind=None, source=OTHER, ends=("all",)))
    assert [set(track.sources) for track in after.tracks.values()] == [{CHANNEL, OTHER}]
    both = after.add(report(21, kind=None, source=CHANNEL, ends=("all",)))
    assert both.tracks == {}


def test_who_speaks_of_it_again_takes_the_end_back() -> None:
    seen = picture(*southwest(3), *southwest(3, source=OTHER))
    seen = seen.add(report(11, kind=None, source=OTHER, ends=("drones",)))
    seen = seen.add(report(12, over("Ромни"), source=OTHER), report(13, kind=None, source=CHANNEL, ends=("drones",)))
    assert OTHER in {source for track in seen.tracks.values() for source in track.sources}


def test_the_end_of_one_oblast_does_not_end_what_is_over_another() -> None:
    seen = picture(report(0, over("Суми")), report(0, over("Одеса")), trusted=(AIR_FORCE,))
    seen = seen.add(report(5, spot(Role.ENDED, "Сумська область"), kind=None, source=AIR_FORCE, ends=("drones",)))
    assert [track.named for track in seen.tracks.values()] == [(zone("Одеса"),)]


def test_an_explosion_is_no_end_and_no_threat() -> None:
    seen = picture(*southwest(3)).add(report(16, spot(Role.IMPACT, "Ромни"), kind=None))
    assert len(seen.tracks) == 1
    assert seen.ended == {}


def test_of_places_of_one_name_all_are_kept_while_nobody_says_which() -> None:
    seen = picture(report(0, over("Одеса", "Суми")))
    assert set(only(seen).named) == {zone("Одеса"), zone("Суми")}


def test_a_flood_is_remembered_only_so_far_and_its_threats_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PICTURE_REPORTS", 120)
    seen = picture(report(0, over("Одеса"), source=OTHER))
    for said in southwest(200, every=0.5):
        seen = seen.add(said)
    assert len(seen) <= 121
    assert {OTHER} in [set(track.sources) for track in seen.tracks.values()]
    assert seen.add(southwest(200, every=0.5)[-1]) is seen
