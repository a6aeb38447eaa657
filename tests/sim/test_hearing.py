"""Acoustic posts: the same for the same seed, deaf beyond their reach, and never more certain than a microphone is."""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import cache

import msgspec
import numpy as np
import pytest

from tests.sim.test_attacks import attack, country
from tocsin.assess.policy import policy_of
from tocsin.assess.replaying import Warned
from tocsin.model import Stage, Threat
from tocsin.report import Make, Report
from tocsin.sim.attacks import hearing
from tocsin.sim.attacks.flights import Flight, flights
from tocsin.sim.attacks.hearing import AGAIN_S, SOUND_KM_S, SOURCE, hear
from tocsin.sim.attacks.posts import NOMINAL_M, OUT_OF_ORDER, REACH_KM, UNCOVERED, Network, Post, network
from tocsin.sim.attacks.saying import told
from tocsin.sim.attacks.scoring import score
from tocsin.sim.attacks.telling import EPOCH, Told, at

WORDS = {3: "5271ee2c076ada32", 5: "39319513d1dfc1bc"}
"""Digests of what was said in words before there were any posts."""
MANY = tuple(range(1, 13))


@cache
def posts() -> Network:
    return network(1, country())


@cache
def heard(seed: int) -> tuple[list[Flight], list[Told]]:
    flown = flights(seed, country())
    return flown, hear(seed, flown, posts())


def everything_heard() -> list[tuple[Flight | None, Report]]:
    return [
        (None if one.flight is None else flown[one.flight], one.report)
        for flown, found in map(heard, MANY)
        for one in found
    ]


@pytest.mark.parametrize("seed", WORDS)
def test_words_are_what_they_were_before_there_were_posts(seed: int) -> None:
    digest = hashlib.sha256()
    for one in attack(seed)[1]:
        digest.update(msgspec.json.encode((one.report, one.flight)))
    assert digest.hexdigest()[:16] == WORDS[seed]


def test_with_posts_everything_is_said_in_words_too_and_the_sequence_is_that_of_receipt() -> None:
    flown, words = attack(3)
    both = told(3, flown, country(), posts())
    assert [one for one in both if one.report.source != SOURCE] == words
    assert Counter(one.report.id for one in both if one.report.source == SOURCE) == Counter(
        one.report.id for one in heard(3)[1]
    )
    assert [one.report.received_at for one in both] == sorted(one.report.received_at for one in both)


def test_a_seed_gives_one_network_and_one_hearing_and_another_seed_another() -> None:
    assert network(1, country()).posts == posts().posts
    assert network(2, country()).posts != posts().posts
    flown = flights(3, country())
    assert hear(3, flown, posts()) == heard(3)[1]
    assert hear(4, flown, posts()) != heard(3)[1]


def test_posts_stand_where_they_may_and_as_many_work_as_is_said() -> None:
    hierarchy = country().ground.hierarchy
    x, y = (np.array([getattr(post, axis) for post in posts().posts]) for axis in "xy")
    assert None not in country().zones_at(x, y)
    here = {hierarchy.ancestors(zone)[0] for zone in country().zones_at(x, y) if zone is not None}
    raions = {above[0] for zone in country().ground.zones if len(above := hierarchy.ancestors(zone)) >= 2}
    assert UNCOVERED / 2 < len(raions - here) / len(raions) < 2 * UNCOVERED
    idle = sum(not post.works for post in posts().posts) / len(posts().posts)
    assert 0.7 * OUT_OF_ORDER < idle < 1.3 * OUT_OF_ORDER
    assert 3_000 < len(posts().posts) < 6_000


def test_a_post_out_of_order_tells_nothing() -> None:
    flown = flights(3, country())
    where = {(post.lon, post.lat): post for post in posts().posts}
    spoke = {where[place] for one in heard(3)[1] if (place := _place(one.report)) in where}
    assert spoke
    assert all(post.works for post in spoke)
    without = Network(tuple(post._replace(works=post.works and post not in spoke) for post in posts().posts))
    again = {where[place] for one in hear(3, flown, without) if (place := _place(one.report)) in where}
    assert again
    assert not again & spoke
    assert hear(3, flown, Network(tuple(post._replace(works=False) for post in posts().posts))) == []


def test_nothing_is_heard_from_beyond_its_reach_and_nothing_ballistic_at_all() -> None:
    where = {(post.lon, post.lat): post for post in posts().posts}
    checked = 0
    for flight, report in everything_heard():
        post = where.get(_place(report))  # one that tells a bearing puts the circle elsewhere
        if flight is None or post is None:
            continue
        assert flight.make in REACH_KM
        assert _nearest_km(flight, report, post) <= REACH_KM[flight.make] + 1e-6
        checked += 1
    assert checked > 500


def test_where_it_is_is_told_no_better_than_a_microphone_can() -> None:
    radii = {report.spots[0].radius_m for _, report in everything_heard()}
    assert max(radii) == NOMINAL_M
    assert len(radii) == 2, "of all around, or of one side"
    for flight, report in everything_heard():
        assert (report.track, report.course_deg, report.speed_m_s, report.count) == (None, None, None, None)
        assert report.measured
        (spot,) = report.spots
        assert not spot.zones
        assert spot.radius_m >= 2_500.0
        if flight is not None:
            moment = (report.said_at - EPOCH).total_seconds()
            assert flight.at_s[0] <= moment <= flight.at_s[-1] + REACH_KM[flight.make] / SOUND_KM_S + 1.0


def test_shares_hold() -> None:
    every = everything_heard()
    true = [(flight, report) for flight, report in every if flight is not None]
    piston = [report for flight, report in true if flight.make is Make.PISTON_DRONE]
    count = len(piston)
    assert count > 1_000
    assert 0.12 < sum(report.kinds == (Threat.UNKNOWN,) for report in piston) / count < 0.18
    assert 0.005 < sum(report.kinds == (Threat.CRUISE_MISSILES,) for report in piston) / count < 0.03
    assert 0.5 < sum(report.make is Make.PISTON_DRONE for report in piston) / count < 0.65
    jets = [report for flight, report in true if flight.make is not Make.PISTON_DRONE]
    assert any(report.kinds == (Threat.DRONES,) for report in jets)
    assert any(report.kinds == (Threat.CRUISE_MISSILES,) for report in jets)
    late = sum((report.received_at - report.said_at).total_seconds() > 60 for _, report in every) / len(every)
    assert 0.015 < late < 0.05
    assert min((report.received_at - report.said_at).total_seconds() for _, report in every) >= 1
    ids = Counter(report.id for _, report in every)
    twice = sum(count - 1 for count in ids.values()) / len(ids)
    assert 0.03 < twice < 0.07


def test_false_alarms_come_as_often_as_is_said_and_are_of_no_flight() -> None:
    hours = told_once = 0.0
    for flown, found in map(heard, MANY):
        hours += (max(float(flight.at_s[-1]) for flight in flown) - float(flown[0].at_s[0])) / 3600.0
        told_once += len({one.report.id for one in found if one.flight is None})
    alarms = hearing.FALSE_A_DAY * len(posts().working) * hours / 24.0
    each = (1.0 - hearing.FALSE_LASTS) + 4.0 * hearing.FALSE_LASTS
    assert 0.85 < told_once / (alarms * each * (1.0 - hearing.LOST)) < 1.15


def test_a_post_speaks_of_what_is_there_at_most_once_a_minute() -> None:
    for flown, found in map(heard, MANY):
        assert flown
        spoke: dict[tuple[float, float], list[float]] = {}
        for one in {one.report.id: one for one in found if one.flight is not None}.values():
            if one.report.spots[0].radius_m == NOMINAL_M:
                moment = (one.report.said_at - EPOCH).total_seconds()
                spoke.setdefault(_place(one.report), []).append(moment)
        for moments in spoke.values():
            assert all(gap >= AGAIN_S - 1.0 for gap in np.diff(sorted(moments)))


def test_in_wind_less_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    flown = flights(3, country())
    monkeypatch.setattr(hearing, "WINDY", 1.0)
    windy = sum(one.flight is not None for one in hear(3, flown, posts()))
    monkeypatch.setattr(hearing, "WINDY", 0.0)
    still = sum(one.flight is not None for one in hear(3, flown, posts()))
    assert 0 < windy < 0.6 * still


def test_the_oblast_wide_practice_goes_by_words() -> None:
    flown, words = attack(3)
    by_words = score(flown, words, [], policy_of(None), country())
    by_both = score(flown, [*words, *heard(3)[1]], [], policy_of(None), country())
    assert by_both.oblasts == by_words.oblasts
    assert sum(hit.perfect_s for hit in by_both.hits) >= sum(hit.perfect_s for hit in by_words.hits)


def test_what_comes_down_is_told_apart_from_what_is_flown_over_and_an_early_warning_from_an_alert() -> None:
    flown, words = attack(3)
    nobody = score(flown, words, [], policy_of(None), country())
    assert 0 < len(nobody.downs) < len(nobody.hits)
    ends = {down.zone for down in nobody.downs}
    assert ends <= {hit.zone for hit in nobody.hits}
    assert not any(down.alerted or down.proposed for down in nobody.downs)
    early = [
        Warned(zone=zone, threat=Threat.DRONES, stage=Stage.EARLY_WARNING, since=at(-10_000), until=at(10**6))
        for zone in country().ground.zones
    ]
    found = score(flown, words, early, policy_of(None), country())
    assert all(down.proposed and not down.alerted for down in found.downs)
    assert all(hit.proposed_s and not hit.alerted_s for hit in found.hits)
    too_late = [msgspec.structs.replace(one, stage=Stage.ALERT, since=at(10**5)) for one in early]
    assert not any(down.proposed for down in score(flown, words, too_late, policy_of(None), country()).downs)
    released = [msgspec.structs.replace(one, stage=Stage.ALERT, until=at(-9_000)) for one in early]
    assert not any(down.proposed for down in score(flown, words, released, policy_of(None), country()).downs)
    landed = sorted(flown, key=lambda flight: float(flight.at_s[-1]))
    zones = country().zones_at(np.array([one.x[-1] for one in landed]), np.array([one.y[-1] for one in landed]))
    assert [down.zone for down in nobody.downs] == list(dict.fromkeys(zone for zone in zones if zone is not None))


def test_what_is_lost_never_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "LOST", 1.0)
    assert hear(3, flights(3, country()), posts()) == []


def _place(report: Report) -> tuple[float, float]:
    spot = report.spots[0]
    assert spot.lon is not None
    assert spot.lat is not None
    return spot.lon, spot.lat


def _nearest_km(flight: Flight, report: Report, post: Post) -> float:
    """How near it came to the post while it can have made what was heard."""
    moment = (report.said_at - EPOCH).total_seconds()
    then = (flight.at_s <= moment + 1.0) & (flight.at_s >= moment - REACH_KM[flight.make] / SOUND_KM_S - 1.0)
    return float(np.hypot(flight.x[then] - post.x, flight.y[then] - post.y).min())
