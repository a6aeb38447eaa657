"""What instruments notice: exact, of nothing that is known by name, and now and then of a motorcycle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
import numpy as np
import pytest

from tests.assess.scene import CHANNEL, at_risk, ground, minute, nothing, over, picture, point, report, southwest, whole
from tocsin.assess import motion as moving
from tocsin.assess.advice import Held, Stands
from tocsin.assess.advising import advise
from tocsin.assess.assessment import AT_LEAST, Band, assess
from tocsin.assess.picture import Picture
from tocsin.assess.policy import policy_of, read_policy
from tocsin.assess.reach import rumour
from tocsin.assess.track import Track, Why
from tocsin.model import SourceId, Stage, Threat, ZoneId
from tocsin.report import Report

POSTS = SourceId("posts")
LON, LAT = 33.2, 49.9
"""Far inland, where the stories below happen."""
BORDER = (34.9, 51.15)


def heard(at: float, east_km: float = 0.0, north_km: float = 0.0, radius_m: float = 5_000, **said: Any) -> Report:
    """By a post so far from the place of the stories."""
    lon, lat = LON + east_km / 71.7, LAT + north_km / 111.2
    return report(at, point(lon, lat, radius_m=radius_m), source=POSTS, measured=True, **said)


def only(seen: Picture) -> Track:
    (track,) = seen.tracks.values()
    return track


def zones(seen: Picture, at: float, least: float = AT_LEAST[Band.POSSIBLE]) -> int:
    table = assess(seen, minute(at)).table
    return int((table.rows.probability >= least).sum())


def test_an_instrument_tells_where_something_is_at_that_very_moment() -> None:
    by_word = only(picture(msgspec.structs.replace(heard(0), measured=False))).motion
    measured = only(picture(heard(0))).motion
    assert measured is not None
    assert by_word is not None
    assert measured.at_s == minute(0).timestamp()
    assert by_word.at_s == minute(-0.5).timestamp()
    assert measured.sigma_km == pytest.approx(2.5)
    assert by_word.sigma_km > 4.0
    x, y = ground().flatten(LON, LAT)
    assert (measured.x, measured.y) == pytest.approx((float(x), float(y)), abs=0.01)


@pytest.mark.parametrize("where", [(LON, LAT), BORDER])
def test_what_one_post_alone_noticed_warns_its_neighbourhood_and_no_more(where: tuple[float, float]) -> None:
    alone = picture(report(0, point(*where, radius_m=5_000), source=POSTS, measured=True))
    told_in_words = picture(report(0, point(*where, radius_m=5_000), source=CHANNEL))
    motion = only(alone).motion
    assert motion is not None
    here = ground().zones[int((np.hypot(ground().x - motion.x, ground().y - motion.y) / ground().radius_km).argmin())]
    assert here in at_risk(alone, 0.5), "nobody is passed over where it was heard"
    assert zones(alone, 0.5) <= 8
    if where == BORDER:
        assert zones(alone, 0.5) <= zones(told_in_words, 0.5) / 2


def test_somebody_is_told_wherever_one_post_noticed_something() -> None:
    large = np.argsort(ground().radius_km)[-25:].tolist()
    for place, way in zip(large, np.linspace(0.0, 6.0, len(large)).tolist(), strict=True):
        off = 0.8 * float(ground().radius_km[place])
        lon, lat = ground().spread(ground().x[place] + off * np.sin(way), ground().y[place] + off * np.cos(way))
        seen = picture(report(0, point(lon, lat, radius_m=5_000), source=POSTS, measured=True))
        assert at_risk(seen, 0.5), f"nobody at {lon:.2f}, {lat:.2f}"


def test_when_the_next_post_hears_it_it_is_a_threat_with_a_course() -> None:
    alone, followed = picture(heard(0)), picture(heard(0), heard(3.5, -7.0, -7.0))
    track = only(followed)
    assert rumour(only(alone))
    assert not rumour(track)
    assert track.tellings == 2
    assert track.motion is not None
    assert track.motion.course_rad % 6.2832 == pytest.approx(3.93, abs=0.3)
    assert zones(followed, 4) > 2 * zones(alone, 0.5)


def test_when_somebody_says_so_in_words_it_is_believed() -> None:
    track = only(picture(heard(0), report(1.5, point(LON, LAT, radius_m=6_000), source=CHANNEL)))
    assert not rumour(track)
    assert not track.noticed
    assert set(track.sources) == {POSTS, CHANNEL}


def test_a_post_that_hears_the_same_noise_for_minutes_says_no_more_than_once() -> None:
    motorcycle = [heard(minutes) for minutes in range(7)]
    track = only(picture(*motorcycle))
    assert rumour(track)
    assert track.tellings == 1
    assert [joined.why for joined in track.joined] == [Why.FIRST] + [Why.REPEATED] * 6
    assert track.last_s == minute(6).timestamp()
    assert track.motion is not None
    assert track.motion.at_s == minute(6).timestamp()
    assert zones(picture(*motorcycle), 6.5) == zones(picture(motorcycle[0]), 0.5)


def test_a_post_that_tells_a_side_hears_the_same_noise_on_another_side_and_it_is_no_flight() -> None:
    around = [heard(0, 2.4, 0.0, 2_570), heard(1, -1.7, 1.7, 2_570), heard(2, 0.0, -2.4, 2_570)]
    assert rumour(only(picture(*around)))


def test_what_is_seen_exactly_has_moved_on_when_it_is_seen_three_kilometres_further() -> None:
    track = only(picture(heard(0, radius_m=300), heard(1, -2.1, -2.1, 300), heard(2, -4.2, -4.2, 300)))
    assert track.tellings == 3
    assert track.motion is not None
    assert track.motion.course_rad % 6.2832 == pytest.approx(3.93, abs=0.4)


def test_after_the_same_noise_it_still_counts_when_the_next_post_hears_it() -> None:
    track = only(picture(heard(0), heard(1), heard(2), heard(5, -6.0, -6.0)))
    assert track.tellings == 2
    assert not rumour(track)


def test_two_noises_that_would_have_had_to_wait_for_one_another_are_two() -> None:
    assert len(picture(heard(0), heard(25, 13.0)).tracks) == 2
    assert len(picture(heard(0), heard(4.5, 13.0)).tracks) == 1
    assert len(picture(heard(0), heard(8, 6.0)).tracks) == 2
    assert len(picture(heard(0), heard(12)).tracks) == 2, "nor does one noise last for ever"


def test_a_noise_far_from_what_nobody_saw_for_long_does_not_carry_it_off() -> None:
    before = only(picture(*southwest(4)))
    assert before.motion is not None
    there = moving.ahead(before.motion, minute(40).timestamp(), before.profile)
    lon, lat = ground().spread(there.x + 45.0, there.y)
    noise = report(40, point(lon, lat, radius_m=5_000), source=POSTS, measured=True)
    after = picture(*southwest(4), noise)
    assert len(after.tracks) == 2
    assert after.tracks[before.id].motion == before.motion
    by_word = picture(*southwest(4), msgspec.structs.replace(noise, measured=False))
    assert len(by_word.tracks) == 1, "it would have been taken for that, had somebody said it in words"


@pytest.mark.parametrize("kind", [Threat.DRONES, Threat.UNKNOWN])
def test_what_is_heard_where_something_is_expected_is_that_whatever_the_post_takes_it_for(kind: Threat) -> None:
    known = only(picture(*southwest(4)))
    assert known.motion is not None
    there = moving.ahead(known.motion, minute(18).timestamp(), known.profile)
    lon, lat = ground().spread(there.x + 2.0, there.y)
    seen = picture(*southwest(4), report(18, point(lon, lat, radius_m=5_000), kind=kind, source=POSTS, measured=True))
    track = only(seen)
    assert track.kinds == (Threat.DRONES,)
    assert track.motion is not None
    assert track.motion.sigma_km < 2.6


@pytest.mark.parametrize("more", [{"track": "7"}, {"course_deg": 225.0}])
def test_an_instrument_that_follows_something_is_believed_at_once(more: dict[str, Any]) -> None:
    lon, lat = BORDER
    seen = picture(report(0, point(lon, lat, radius_m=400), source=POSTS, measured=True, **more))
    assert not only(seen).noticed
    assert not rumour(only(seen))


def test_two_neighbours_that_hear_the_same_within_seconds_tell_of_one_thing() -> None:
    assert len(picture(heard(0), heard(0.1, 6.0, 3.0), heard(0.2, -3.0, 5.0)).tracks) == 1


def test_neither_sequence_nor_repetition_matters_of_what_is_noticed_either() -> None:
    said = [heard(0), heard(1), heard(2, 2.0), heard(3.5, -7.0, -7.0), heard(30, 50.0), report(4, over("Полтава"))]
    backwards = nothing()
    for one in [*reversed(said), *said[:2]]:
        backwards = backwards.add(msgspec.structs.replace(one, received_at=one.received_at + timedelta(minutes=3)))
    assert whole(backwards) == whole(picture(*said))


def raised(seen: Picture, at: float, standing: Mapping[Held, Stands] | None = None) -> dict[ZoneId, Stage]:
    """By the policy that comes with Tocsin."""
    return {one.zone: one.stage for one in advise(assess(seen, minute(at)), policy_of(None), standing or {}).raises}


@pytest.mark.parametrize("kind", [Threat.DRONES, Threat.CRUISE_MISSILES, Threat.UNKNOWN])
def test_a_lone_noise_is_an_early_warning_and_what_is_heard_again_further_on_an_alert(kind: Threat) -> None:
    alone = picture(heard(0, kind=kind))
    stages = raised(alone, 0.5)
    assert set(stages.values()) == {Stage.EARLY_WARNING}
    assert stages.keys() == at_risk(alone, 0.5).keys(), "nobody near it is passed over"
    away = 30.0 if kind is Threat.CRUISE_MISSILES else 7.0
    flying = picture(heard(0, kind=kind), heard(3.0, -away, -away, kind=kind))
    assert Stage.ALERT in raised(flying, 3.2).values()


def test_the_early_warning_of_a_noise_becomes_an_alert_where_it_is_confirmed() -> None:
    alone = picture(heard(0))
    first = advise(assess(alone, minute(0.5)), policy_of(None), {})
    told = alone.add(report(1.5, point(LON, LAT, radius_m=6_000), source=CHANNEL))
    assert raised(told, 1.6, first.standing)
    assert Stage.ALERT in raised(told, 1.6, first.standing).values()
    had = {zone for zone, _ in first.standing}
    assert {zone for zone in raised(told, 1.6) if zone not in had} <= raised(told, 1.6, first.standing).keys()


def test_where_a_threat_is_known_to_fly_a_noise_beside_it_takes_nothing_from_its_alert() -> None:
    known = picture(*southwest(4))
    before = raised(known, 16)
    motion = only(known).motion
    assert motion is not None
    lon, lat = ground().spread(motion.x + 30.0, motion.y)
    beside = known.add(report(15.9, point(lon, lat, radius_m=5_000), source=POSTS, measured=True))
    assert len(beside.tracks) == 2
    after = raised(beside, 16)
    assert {zone for zone, stage in before.items() if stage is Stage.ALERT} <= {
        zone for zone, stage in after.items() if stage is Stage.ALERT
    }


def test_a_policy_that_says_nothing_of_noises_alarms_for_them() -> None:
    policy = read_policy("""
        name = "plain"
        [[rules]]
        threats = ["drones"]
        unit = "hromada"
        stage = "alert"
        level = "red"
        propose = { unlikely = 10 }
        """)
    stages = {one.stage for one in advise(assess(picture(heard(0)), minute(0.5)), policy, {}).raises}
    assert stages == {Stage.ALERT}


def here(lon: float, lat: float) -> ZoneId:
    """The zone of a point, as discs have it."""
    x, y = ground().flatten(lon, lat)
    return ground().zones[int(np.argmin(np.hypot(ground().x - x, ground().y - y) / ground().radius_km))]


@pytest.mark.parametrize("where", [(LON, LAT), BORDER])
def test_a_single_word_is_no_noise(where: tuple[float, float]) -> None:
    by_word = picture(report(0, point(*where, radius_m=5_000), source=CHANNEL))
    stages = raised(by_word, 0.5)
    assert stages[here(*where)] is Stage.ALERT
    assert raised(picture(heard(0)), 0.5)[here(LON, LAT)] is Stage.EARLY_WARNING


def test_a_point_that_is_known_to_tens_of_kilometres_alone_names_no_zone() -> None:
    vague = picture(report(0, point(LON, LAT, radius_m=60_000), source=CHANNEL))
    assert Stage.ALERT not in raised(vague, 0.5).values()
    assert raised(vague, 0.5), "people are to be ready"
