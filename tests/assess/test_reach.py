"""The footprint: who can be reached, when, and how likely."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.assess.scene import OTHER, at_risk, ground, minute, over, picture, point, report, southwest, spot, to, zone
from tocsin.assess.assessment import AT_LEAST, Band, assess, band
from tocsin.assess.ground import Floats
from tocsin.assess.profiles import Manner, profiles
from tocsin.atlas import shipped
from tocsin.model import Threat
from tocsin.report import Make, Role


def test_the_zone_that_it_is_over_is_near_certain_and_reached_at_once() -> None:
    risk = at_risk(picture(*southwest(4)), 15.2)
    lon, lat = _last()
    here = shipped("ua").locate(lon, lat)
    assert here is not None
    assert risk[here.id].band in (Band.LIKELY, Band.NEAR_CERTAIN)
    assert risk[here.id].earliest == minute(15.2)


def _last() -> tuple[float, float]:
    spot_ = southwest(4)[-1].spots[0]
    assert spot_.lon is not None
    assert spot_.lat is not None
    return spot_.lon, spot_.lat


def _off(lon: float, lat: float) -> tuple[Floats, Floats]:
    x, y = ground().flatten(lon, lat)
    return ground().x - float(x), ground().y - float(y)


def test_what_lies_ahead_is_likelier_than_what_lies_aside_and_that_than_what_lies_behind() -> None:
    seen = picture(*southwest(6))
    (track,) = seen.tracks.values()
    rows = assess(seen, minute(25)).rows_of[track.id]
    chances = dict(zip(rows.zone.tolist(), rows.probability.tolist(), strict=True))
    motion = track.motion
    assert motion is not None

    def at(angle: float, km: float) -> float:
        x = motion.x + km * math.sin(motion.course_rad + angle)
        y = motion.y + km * math.cos(motion.course_rad + angle)
        return float(chances.get(int(np.argmin(np.hypot(ground().x - x, ground().y - y))), 0.0))

    assert at(0, 40) > at(1.0, 40) > at(math.pi, 70) == 0.0
    assert at(0, 20) > at(0, 80)


def test_times_are_in_their_sequence_and_grow_with_the_distance() -> None:
    seen = assess(picture(*southwest(5)), minute(20))
    rows = seen.table.rows
    assert np.all(rows.earliest_s <= rows.likely_s)
    assert np.all(rows.likely_s <= rows.latest_s)
    (track,) = seen.picture.tracks.values()
    assert track.motion is not None
    away = np.hypot(seen.ground.x[rows.zone] - track.motion.x, seen.ground.y[rows.zone] - track.motion.y)
    far, near = int(np.argmax(away)), int(np.argmin(away))
    fastest = away[far] / (profiles().by_name["piston_drone"].fast_m_s / 1000.0)
    assert rows.earliest_s[far] > rows.earliest_s[near]
    assert rows.earliest_s[far] - track.motion.at_s <= fastest


def test_the_place_that_it_heads_for_is_likely_and_what_lies_far_behind_it_is_less_so() -> None:
    with_aim = at_risk(picture(*southwest(4), report(16, to("Лохвиця"))), 16)
    without = at_risk(picture(*southwest(4), report(16, point(*_last()), course_deg=225.0)), 16)
    assert with_aim[zone("Лохвиця")].band in (Band.LIKELY, Band.NEAR_CERTAIN)
    assert len(with_aim) < len(without) + 10


@given(
    st.sampled_from(("Полтавська область", "Сумська область", "Київ", "Одеський район")),
    st.sampled_from(tuple(kind for kind in Threat if kind is not Threat.STRATEGIC_AVIATION)),
    st.sampled_from((Role.UNDER_THREAT, Role.AT, Role.HEADING_TO)),
)
@settings(max_examples=40, deadline=None)
def test_every_zone_of_a_named_area_is_in_the_footprint(name: str, kind: Threat, role: Role) -> None:
    risk = at_risk(picture(report(0, spot(role, name), kind=kind)), 0.3)
    missing = set(ground().ids(ground().below(zone(name)))) - risk.keys()
    assert missing == set()


def test_a_region_under_threat_is_likely_to_be_reached() -> None:
    risk = at_risk(picture(report(0, over("Суми")), report(1, spot(Role.UNDER_THREAT, "Полтавська область"))), 2)
    bands = {risk[one].band for one in ground().ids(ground().below(zone("Полтавська область")))}
    assert bands <= {Band.LIKELY, Band.NEAR_CERTAIN}


def test_of_several_places_of_one_name_all_are_at_risk() -> None:
    risk = at_risk(picture(report(0, over("Одеса", "Суми", "Луцьк"))), 0.3)
    assert {zone("Одеса"), zone("Суми"), zone("Луцьк")} <= risk.keys()


def test_a_ballistic_launch_threatens_all_within_range_at_once() -> None:
    launch = point(34.0, 53.3, Role.LAUNCH_AREA, 30_000)
    risk = at_risk(picture(report(0, launch, kind=Threat.BALLISTIC_MISSILES)), 0.3)
    assert len(risk) > 300
    assert {zone("Київ"), zone("Суми")} <= risk.keys()
    assert zone("Одеса") not in risk
    assert max(one.earliest for one in risk.values()) <= minute(6)
    assert risk[zone("Суми")].earliest <= risk[zone("Київ")].earliest


def test_a_ballistic_launch_of_which_it_is_said_where_to_threatens_that_and_what_lies_beside() -> None:
    launch = point(34.0, 53.3, Role.LAUNCH_AREA, 30_000)
    risk = at_risk(picture(report(0, launch, to("Київ"), kind=Threat.BALLISTIC_MISSILES)), 0.3)
    assert risk[zone("Київ")].band is Band.LIKELY
    assert 2 < len(risk) < 40
    kyiv, brovary = ground().patch(zone("Київ")), ground().place[zone("Бровари")]
    assert kyiv is not None
    gap = np.hypot(ground().x - kyiv.x, ground().y - kyiv.y) - ground().radius_km - kyiv.radius_km
    assert gap[brovary] < 0.0
    assert risk[zone("Бровари")].band is Band.LIKELY, "what touches it is meant too"
    further = {one.band for id, one in risk.items() if gap[ground().place[id]] > 3.0}
    assert further == {Band.POSSIBLE}


def test_bombers_in_the_air_are_in_the_picture_and_reach_nobody() -> None:
    seen = picture(report(0, kind=Threat.STRATEGIC_AVIATION, track="olenya"))
    assert len(seen.tracks) == 1
    assert at_risk(seen, 1) == {}


def test_a_carrier_of_what_reaches_everywhere_threatens_the_whole_country() -> None:
    spot_ = point(44.0, 56.0, Role.LAUNCH_AREA, 30_000)
    assert len(at_risk(picture(report(0, spot_, kind=Threat.MIG31K)), 1)) == len(ground().zones)


def test_a_jet_drone_is_sooner_there_than_one_with_a_propeller() -> None:
    reports = [report(0, over("Суми"), to("Київ"), make=make) for make in (Make.PISTON_DRONE, Make.JET_DRONE)]
    slow, fast = (at_risk(picture(one), 0.3) for one in reports)
    both = [one for one in slow.keys() & fast.keys() if slow[one].likely > minute(5)]
    assert both
    assert all(fast[one].likely < slow[one].likely for one in both)


def test_one_word_of_something_far_inland_is_of_its_neighbourhood_and_a_second_one_of_its_way() -> None:
    first, second = report(0, over("Полтава")), report(5, point(34.35, 49.5), source=OTHER, course_deg=235.0)
    alone = at_risk(picture(first), 12)
    known = at_risk(picture(first, second), 12)
    assert zone("Полтава") in alone
    assert len(alone) <= 8
    assert len(known) > 2 * len(alone)


def test_what_is_seen_far_from_one_word_and_long_after_is_something_new() -> None:
    one_word = picture(report(0, over("Полтава")))
    assert len(one_word.add(report(6, point(34.3, 49.5))).tracks) == 1
    assert len(one_word.add(report(45, over("Київ"))).tracks) == 2


def test_the_bands_are_what_they_are_called() -> None:
    assert [band(chance) for chance in (0.0, 0.029, 0.03, 0.129, 0.13, 0.3, 0.6, 1.0)] == [
        Band.NONE,
        Band.NONE,
        Band.UNLIKELY,
        Band.UNLIKELY,
        Band.POSSIBLE,
        Band.POSSIBLE,
        Band.LIKELY,
        Band.NEAR_CERTAIN,
    ]
    assert [band(least) for least in AT_LEAST.values()] == list(Band)
    assert list(AT_LEAST) == list(Band)


def test_what_changed_alone_is_reckoned_anew_and_gives_what_all_would() -> None:
    reports = [*southwest(4), report(1, over("Одеса"), to("Миколаїв"))]
    later = report(18, point(33.5, 50.6))
    seen = picture(*reports)
    assess(seen, minute(15))
    again = assess(seen.add(later), minute(19)).at_risk
    assert again == assess(picture(*reports, later), minute(19)).at_risk


@pytest.mark.parametrize("kind", list(Threat))
def test_every_kind_has_speeds_in_their_sequence_and_says_where_they_come_from(kind: Threat) -> None:
    profile = profiles().of((kind,), None)
    assert profile.threat is kind
    assert 0 < profile.slow_m_s <= profile.usual_m_s <= profile.fast_m_s
    assert profile.sources
    assert profile.stale_after_s > 0
    assert profile.manner in Manner


@pytest.mark.parametrize("make", list(Make))
def test_every_make_has_speeds(make: Make) -> None:
    assert profiles().of((), make).name == make.value


@given(st.floats(22, 40), st.floats(44, 52.5))
@settings(max_examples=40, deadline=None)
def test_the_map_and_back_is_where_one_was(lon: float, lat: float) -> None:
    x, y = ground().flatten(lon, lat)
    assert ground().spread(float(x), float(y)) == pytest.approx((lon, lat), abs=1e-6)


def test_north_leans_away_from_the_middle_of_the_map() -> None:
    x, y = ground().flatten(39.0, 48.0)
    east, north = ground().flatten(39.0, 48.1)
    on_map = math.degrees(math.atan2(float(east - x), float(north - y)))
    assert ground().bearing_on_map(0.0, float(x), float(y)) == pytest.approx(on_map, abs=0.3)
