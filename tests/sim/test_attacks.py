"""Attacks that never were: the same for the same seed, flyable, and as coarse and unruly in words as promised."""

from __future__ import annotations

from functools import cache

import msgspec
import numpy as np
import pytest

from tests.assess.scene import ground
from tocsin.assess.policy import Ahead, policy_of
from tocsin.assess.profiles import profiles
from tocsin.assess.replaying import Warned, replay
from tocsin.atlas import shipped
from tocsin.model import Stage, Threat, ZoneId
from tocsin.report import Make, Role
from tocsin.sim.attacks.flights import Country, Flight, flights
from tocsin.sim.attacks.saying import OFFICIAL, told
from tocsin.sim.attacks.scoring import horizons, score
from tocsin.sim.attacks.telling import Told, at

SEEDS = (3, 5)


@cache
def country() -> Country:
    return Country(shipped("ua"), ground())


@cache
def attack(seed: int) -> tuple[list[Flight], list[Told]]:
    flown = flights(seed, country())
    return flown, told(seed, flown, country())


def test_a_seed_gives_one_attack_and_another_seed_another() -> None:
    flown = flights(3, country())
    assert [one.report.id for one in told(3, flown, country())] == [one.report.id for one in attack(3)[1]]
    assert [one.report.id for one in attack(5)[1]] != [one.report.id for one in attack(3)[1]]


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_flies_faster_than_its_kind(seed: int) -> None:
    for flight in attack(seed)[0]:
        if flight.make is Make.BALLISTIC:
            continue
        steps = np.hypot(np.diff(flight.x), np.diff(flight.y)) / np.diff(flight.at_s)
        assert 1000 * steps.max() <= profiles().by_name[flight.make].fast_m_s * 1.1


@pytest.mark.parametrize("seed", SEEDS)
def test_a_zone_is_entered_where_the_path_is_in_its_polygon(seed: int) -> None:
    for flight in attack(seed)[0][:4]:
        for zone, when in list(flight.entered.items())[:5]:
            lon, lat = ground().spread(*flight.position(when))
            here = shipped("ua").locate(lon, lat)
            assert here is not None
            assert zone in (here.id, *shipped("ua").hierarchy.ancestors(here.id))


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_said_is_late_doubled_false_and_partly_without_a_course(seed: int) -> None:
    said = attack(seed)[1]
    late = [one.report.received_at - one.report.said_at for one in said]
    assert min(late).total_seconds() >= 0
    assert max(late).total_seconds() > 180
    assert len({one.report.id for one in said}) < len(said)
    assert any(one.flight is None and one.report.kinds for one in said)
    assert any(not one.report.spots or one.report.spots[0].role is Role.HEADING_TO for one in said)
    assert [one.report.received_at for one in said] == sorted(one.report.received_at for one in said)


def everything(since_s: float) -> list[Warned]:
    until = at(10**6)
    return [
        Warned(zone=zone, threat=Threat.DRONES, stage=Stage.ALERT, since=at(since_s), until=until)
        for zone in ground().zones
    ]


def test_who_warns_everybody_from_the_first_moment_misses_nobody_and_warns_most_in_vain() -> None:
    flown, said = attack(3)
    found = score(flown, said, everything(-10_000), policy_of(None), country())
    assert all(hit.alerted_s > 0 for hit in found.hits)
    assert found.alerted.zones == found.proposed.zones == len(ground().zones) - len(found.hits)
    assert found.alerted.zones > found.oblasts.zones


def test_who_warns_nobody_misses_all_and_warns_nobody_in_vain() -> None:
    flown, said = attack(3)
    found = score(flown, said, [], policy_of(None), country())
    assert {(hit.proposed_s, hit.alerted_s) for hit in found.hits} == {(0.0, 0.0)}
    assert found.alerted == found.proposed == (0, 0.0)


def test_perfect_knowledge_knows_no_more_than_was_reported_and_not_further_ahead_than_the_policy() -> None:
    flown, said = attack(3)
    found = score(flown, [], [], policy_of(None), country())
    assert {hit.perfect_s for hit in found.hits} == {0.0}, "of what nobody reports nobody can know"
    with_reports = score(flown, said, [], policy_of(None), country())
    ahead = horizons(policy_of(None))
    assert all(hit.perfect_s <= max(ahead.values()) for hit in with_reports.hits)
    assert any(hit.perfect_s == ahead[Threat.DRONES] for hit in with_reports.hits)


def test_an_early_warning_is_a_proposal_and_no_alert() -> None:
    flown, said = attack(3)
    early = [msgspec.structs.replace(one, stage=Stage.EARLY_WARNING) for one in everything(-10_000)]
    found = score(flown, said, early, policy_of(None), country())
    assert all(hit.proposed_s > 0 and not hit.alerted_s for hit in found.hits)
    assert found.alerted == (0, 0.0)
    assert found.proposed.zones == len(ground().zones) - len(found.hits)
    later = [*early, *(msgspec.structs.replace(one, since=at(3_000)) for one in everything(0))]
    both = score(flown, said, later, policy_of(None), country())
    assert all(hit.proposed_s >= hit.alerted_s for hit in both.hits)
    assert any(hit.proposed_s > hit.alerted_s > 0 for hit in both.hits)
    assert both.proposed.hours > both.alerted.hours > 0


def test_the_time_ahead_is_the_longest_of_all_rules_of_a_kind() -> None:
    rules = policy_of(None).rules
    assert horizons(msgspec.structs.replace(policy_of(None), rules=rules[::-1])) == horizons(policy_of(None))
    assert horizons(policy_of(None))[Threat.DRONES] == 20 * 60
    longer = msgspec.structs.replace(rules[0], propose=Ahead(unlikely=25))
    assert horizons(msgspec.structs.replace(policy_of(None), rules=(*rules, longer)))[Threat.DRONES] == 25 * 60


def test_an_attack_replayed_is_mostly_warned_of_before_it_arrives() -> None:
    flown, said = attack(3)
    first = [one for one in said if one.report.received_at <= at(5_000)]
    policy = policy_of(None)
    warned = replay((one.report for one in first), ground(), policy)
    found = score(flown, first, warned, policy, country())
    upto = [hit for hit in found.hits if hit.perfect_s > 0 and min(_entered(flown, hit.zone)) <= 5_000]
    assert len(upto) > 10
    assert sum(hit.alerted_s > 0 for hit in upto) >= 0.8 * len(upto)
    assert all(hit.proposed_s >= hit.alerted_s for hit in found.hits)
    assert found.alerted.zones < found.proposed.zones < found.oblasts.zones


def _entered(flown: list[Flight], zone: ZoneId) -> list[float]:
    return [flight.entered[zone] for flight in flown if zone in flight.entered]


def test_all_that_is_entered_is_a_smallest_zone() -> None:
    flown, said = attack(3)
    assert OFFICIAL in {one.report.source for one in said}
    assert {zone for flight in flown for zone in flight.entered} <= set(ground().zones)
