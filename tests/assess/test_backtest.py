"""A policy tried on a night: who was warned before, who was not, and for how many hours."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.assess.scene import ground, minute, over, point, report, southwest, zone
from tocsin.assess.backtest import Alarm, Backtest, backtest, first_seen
from tocsin.assess.policy import policy_of
from tocsin.assess.replaying import replay
from tocsin.model import Threat
from tocsin.report import Report, Role

SUMY, POLTAVA = zone("Сумська область"), zone("Полтавська область")
NIGHT = [*southwest(8), report(40, over("Лохвиця")), report(50, kind=None, ends=("drones",))]


def tried(reports: list[Report], *alarms: Alarm) -> Backtest:
    return backtest(reports, alarms, ground(), policy_of(None))


def alarm(name: str, since: float, until: float, part: bool = False) -> Alarm:
    return Alarm(zone=zone(name), since=minute(since), until=minute(until), part=part)


def test_an_alarm_before_it_is_seen_is_in_time_and_one_with_it_is_not() -> None:
    early = tried(NIGHT, alarm("Полтавська область", -60, 60)).practices[0]
    assert (early.warned, early.missed) == (1, ())
    assert early.median_warning_s == pytest.approx(40 * 60, abs=30), "counted from where the reports begin"
    seen_at = first_seen(NIGHT, ground())[zone("Лохвиця")].at
    with_it = Alarm(zone=POLTAVA, since=seen_at, until=minute(60))
    late = tried(NIGHT, with_it).practices[0]
    assert (late.warned, [one.late_s for one in late.missed]) == (0, [0.0])


def test_an_alarm_elsewhere_is_in_vain_and_who_was_not_warned_was_missed() -> None:
    found = tried(NIGHT, alarm("Сумська область", 0, 40)).practices[0]
    assert [one.zone for one in found.missed] == [zone("Лохвиця")]
    assert found.missed[0].late_s is None
    assert found.vain == found.zones == len(ground().below(SUMY))


def test_hours_and_people_are_those_of_the_zones_within_the_time_of_the_reports() -> None:
    found = tried(NIGHT, alarm("Сумська область", -600, 600))
    history = found.practices[0]
    hours = (found.ended - found.began) / timedelta(hours=1)
    people = sum(ground().people[one] for one in ground().below(SUMY))
    assert history.zone_hours == pytest.approx(hours * len(ground().below(SUMY)))
    assert history.person_hours == pytest.approx(hours * people)
    assert history.people[0] == people


def test_overlapping_alarms_of_a_zone_count_once() -> None:
    once = tried(NIGHT, alarm("Полтавська область", 0, 30)).practices[0]
    twice = tried(
        NIGHT, alarm("Полтавська область", 0, 20), alarm("Лохвиця", 5, 25), alarm("Полтавська область", 10, 30)
    )
    assert twice.practices[0].person_hours == pytest.approx(once.person_hours)


def test_the_policy_warns_before_and_wider_is_more_hours() -> None:
    _, policy, placed, early, raion, oblast = tried(NIGHT).practices
    assert policy.warned == 1
    assert policy == placed or policy.person_hours >= placed.person_hours
    assert policy.person_hours < raion.person_hours < oblast.person_hours
    assert policy.zones < raion.zones < oblast.zones
    assert (early.warned, early.zones > policy.zones) == (policy.warned, True)
    assert early.median_warning_s is not None
    assert policy.median_warning_s is not None
    assert early.median_warning_s >= policy.median_warning_s


def test_of_what_is_seen_first_of_all_no_report_could_have_told() -> None:
    seen = first_seen([report(0, over("Суми")), report(5, over("Ромни")), report(6, over("Одеса"))], ground())
    assert {one: seen[one].out_of_nowhere for one in seen} == {
        zone("Суми"): True,
        zone("Ромни"): False,
        zone("Одеса"): True,
    }


def test_of_several_places_of_one_name_none_was_seen() -> None:
    assert first_seen([report(0, over("Суми", "Одеса")), report(1, point(30, 50))], ground()) == {}


def test_an_alarm_of_a_part_is_counted_and_said() -> None:
    assert tried(NIGHT, alarm("Сумська область", 0, 9, part=True)).history_in_part == 1


def test_a_replay_ends_what_was_declared_over() -> None:
    launch = point(34.0, 53.3, Role.LAUNCH_AREA, 30_000)
    reports = [
        report(0, launch, over("Київ"), kind=Threat.BALLISTIC_MISSILES),
        report(6, kind=None, ends=("ballistic_missiles",)),
    ]
    warned = replay(reports, ground(), policy_of(None), minute(30))
    assert {one.until for one in warned} == {minute(6.2)}
    assert replay(reports[:1], ground(), policy_of(None), minute(30))[0].until > minute(29)
