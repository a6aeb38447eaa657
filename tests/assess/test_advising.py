"""The policy at work: what is proposed, what is placed by itself and what not, and which ends are proposed."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest

from tests.assess.scene import (
    AIR_FORCE,
    CHANNEL,
    OTHER,
    ground,
    minute,
    over,
    picture,
    point,
    report,
    southwest,
    spot,
    to,
    zone,
)
from tocsin.assess.advice import Act, Advised, Held, HeldBack, Stands
from tocsin.assess.advising import advise, without
from tocsin.assess.assessment import AT_LEAST, Band, assess
from tocsin.assess.picture import Picture
from tocsin.assess.policy import Ahead, Ceiling, HoldBack, Policy, Rule, Shown, policy_of, read_policy
from tocsin.errors import BadFile
from tocsin.model import Level, Stage, Threat
from tocsin.report import Role, Spot

DEFAULT = policy_of(None)
EVERYTHING = Ahead(near_certain=20, likely=20, possible=14, unlikely=14)


def placing(**said: object) -> Policy:
    """A policy that places by itself."""
    rules = (
        Rule(
            threats=(Threat.DRONES,),
            unit="hromada",
            stage=Stage.ALERT,
            level=Level.RED,
            propose=EVERYTHING,
            place=EVERYTHING,
            confirmations=2,
        ),
    )
    given = {"ceiling": Ceiling(zones=500, people=40_000_000), "hold_back": HoldBack(zones=500)} | said
    return Policy(name="places", rules=rules, **given)  # type: ignore[arg-type]  # each is of the type of its field


def advised(
    seen: Picture, at: float, policy: Policy = DEFAULT, standing: Mapping[Held, Stands] | None = None
) -> Advised:
    return advise(assess(seen, minute(at)), policy, standing or {})


TWICE = [*southwest(3), *southwest(3, source=OTHER)]


def test_the_policy_that_comes_with_tocsin_places_nothing() -> None:
    assert not DEFAULT.places_anything
    raises = advised(picture(*TWICE), 11).raises
    assert raises
    assert {one.act for one in raises} == {Act.PROPOSE}


def test_every_kind_that_can_arrive_is_in_the_policy_that_comes_with_tocsin() -> None:
    named = {threat for rule in DEFAULT.rules for threat in rule.threats}
    assert set(Threat) - named == {Threat.STRATEGIC_AVIATION}


def test_what_is_sooner_comes_first_and_says_why() -> None:
    raises = advised(picture(*TWICE), 11).raises
    assert [one.likely for one in raises] == sorted(one.likely for one in raises)
    assert "2 sources" in raises[0].why
    assert all(one.earliest <= one.likely for one in raises)


def test_what_was_proposed_is_not_proposed_again() -> None:
    seen = picture(*TWICE)
    first = advised(seen, 11)
    assert advised(seen, 11, standing=first.standing).raises == ()
    later = advised(seen, 14, standing=first.standing)
    assert {one.zone for one in later.raises}.isdisjoint(one.zone for one in first.raises)


def test_two_sources_let_the_machine_place_and_one_does_not() -> None:
    alone = advised(picture(*southwest(3)), 11, placing()).raises
    assert {(one.act, one.held_back) for one in alone} == {(Act.PROPOSE, HeldBack.CONFIRMATIONS)}
    assert {one.act for one in advised(picture(*TWICE), 11, placing()).raises} == {Act.PLACE}


def test_what_was_only_proposed_is_placed_once_it_is_confirmed() -> None:
    alone = advised(picture(*southwest(3)), 11, placing())
    again = advised(picture(*TWICE), 11.2, placing(), alone.standing)
    assert {one.act for one in again.raises} == {Act.PLACE}
    assert advised(picture(*TWICE), 11.3, placing(), again.standing).raises == ()


@pytest.mark.parametrize("ceiling", [Ceiling(zones=3, people=40_000_000), Ceiling(zones=500, people=1), Ceiling()])
def test_beyond_its_ceiling_the_machine_only_proposes(ceiling: Ceiling) -> None:
    raises = advised(picture(*TWICE), 11, placing(ceiling=ceiling)).raises
    assert sum(one.act is Act.PLACE for one in raises) <= ceiling.zones
    assert HeldBack.CEILING in {one.held_back for one in raises}
    assert len(raises) == len(advised(picture(*TWICE), 11).raises), "all of it is proposed none the less"


def test_a_wide_wave_waits_for_a_person_and_then_is_placed() -> None:
    policy = placing(hold_back=HoldBack(zones=3, wait_s=60))
    first = advised(picture(*TWICE), 11, policy)
    assert sum(one.act is Act.PLACE for one in first.raises) == 3
    assert HeldBack.HOLD_BACK in {one.held_back for one in first.raises}
    soon = advised(picture(*TWICE), 11.5, policy, first.standing)
    assert not any(one.act is Act.PLACE for one in soon.raises)
    later = advised(picture(*TWICE), 12.1, policy, soon.standing)
    assert any(one.act is Act.PLACE for one in later.raises)


def test_a_rule_for_some_zones_holds_there_alone() -> None:
    rule = msgspec.structs.replace(DEFAULT.rules[0], zones=(zone("Полтавська область"),))
    raises = advised(picture(*TWICE), 11, msgspec.structs.replace(DEFAULT, rules=(rule,))).raises
    within = set(ground().ids(ground().below(zone("Полтавська область"))))
    assert {one.zone for one in raises} <= within
    assert len(advised(picture(*TWICE), 11).raises) > len(raises)


def test_by_oblast_the_oblast_is_proposed_once() -> None:
    rule = msgspec.structs.replace(DEFAULT.rules[0], unit="oblast")
    raises = advised(picture(*TWICE), 11, msgspec.structs.replace(DEFAULT, rules=(rule,))).raises
    assert zone("Сумська область") in {one.zone for one in raises}
    assert {ground().level_of[one.zone] for one in raises} == {"oblast"}


def test_a_launch_of_which_nobody_said_where_to_is_an_early_warning_and_the_city_named_later_an_alert() -> None:
    launch = point(34.0, 53.3, Role.LAUNCH_AREA, 30_000)
    seen = picture(report(0, launch, kind=Threat.BALLISTIC_MISSILES))
    first = advised(seen, 0.3)
    assert {one.stage for one in first.raises} == {Stage.EARLY_WARNING}
    named = seen.add(report(1, launch, to("Київ"), kind=Threat.BALLISTIC_MISSILES))
    second = advised(named, 1.3, standing=first.standing).raises
    assert (zone("Київ"), Stage.ALERT) in {(one.zone, one.stage) for one in second}


def test_a_release_is_proposed_when_the_end_of_its_kind_is_declared_and_of_no_other() -> None:
    city = spot(Role.UNDER_THREAT, "Полтава")
    reports = [report(0, city), report(0, city, kind=Threat.BALLISTIC_MISSILES)]
    seen = picture(*reports, trusted=(AIR_FORCE,))
    stands = advised(seen, 1).standing
    assert {(zone("Полтава"), Threat.DRONES), (zone("Полтава"), Threat.BALLISTIC_MISSILES)} <= stands.keys()
    seen = seen.add(report(4, kind=None, source=AIR_FORCE, ends=("ballistic_missiles",)))
    releases = advised(seen, 5, standing=stands).releases
    assert {one.threat for one in releases} == {Threat.BALLISTIC_MISSILES}
    assert all(one.ended for one in releases)


def test_nothing_is_released_because_nothing_was_heard() -> None:
    seen = picture(*TWICE)
    standing: Mapping[Held, Stands] = advised(seen, 11).standing
    names = {held for held in standing if _reached(seen, held)}
    for at in range(12, 600, 30):
        after = advised(seen, at, standing=standing)
        assert names.isdisjoint((one.zone, one.threat) for one in after.releases)
        standing = after.standing


def _reached(seen: Picture, held: Held) -> bool:
    """Whether the last report leaves it open that the threat gets there."""
    found = assess(seen, minute(11))
    (track,) = seen.tracks
    rows = found.rows_of[track]
    number = ground().place[held[0]]
    return bool((rows.zone[rows.probability >= AT_LEAST[Band.UNLIKELY]] == number).any())


def test_what_has_flown_on_by_newer_reports_is_proposed_for_release_and_stands_until_somebody_agrees() -> None:
    way = southwest(14)
    standing: Mapping[Held, Stands] = {}
    released = set()
    for number in range(2, 15):
        after = advised(picture(*way[:number]), 5.0 * number - 4, standing=standing)
        standing = after.standing
        released |= {(one.zone, one.threat) for one in after.releases}
    assert (zone("Суми"), Threat.DRONES) in standing or released
    assert released
    assert released <= standing.keys()
    assert released.isdisjoint(without(standing, released))


def test_the_end_of_a_stranger_releases_nothing_at_once_while_anything_of_the_kind_is_in_the_air() -> None:
    his = report(8, over("Одеса"), source=OTHER)
    seen = picture(*TWICE, his)
    stands = advised(seen, 11).standing
    assert (zone("Одеса"), Threat.DRONES) in stands
    after = seen.add(report(12, kind=None, source=OTHER, ends=("all",)))
    assert len(after.tracks) == 1, "what he alone spoke of is over"
    assert advised(after, 12.2, standing=stands).releases == ()
    alone = picture(his).add(report(12, kind=None, source=OTHER, ends=("all",)))
    released = advised(alone, 12.2, standing=advised(picture(his), 11).standing).releases
    assert zone("Одеса") in {one.zone for one in released}


def test_an_end_of_a_stranger_releases_nothing_that_others_speak_of() -> None:
    seen = picture(*TWICE)
    stands = advised(seen, 11).standing
    seen = seen.add(report(12, kind=None, source=OTHER, ends=("all",)))
    assert advised(seen, 12.2, standing=stands).releases == ()
    assert CHANNEL in {source for track in seen.tracks.values() for source in track.sources}


@pytest.mark.parametrize(
    "wrong",
    [
        "name = 3",
        "nothing here",
        'name = "x"\nceiling = { zones = -1 }',
        'name = "x"\n[[rules]]\nthreats = ["dragons"]\nunit = "hromada"\nstage = "alert"\nlevel = "red"',
        'name = "x"\n[[rules]]\nthreats = []\nunit = "hromada"\nstage = "alert"\nlevel = "red"',
        'name = "x"\nplaces = true',
    ],
)
def test_what_is_no_policy_is_refused_and_it_is_said_why(wrong: str) -> None:
    with pytest.raises(BadFile, match="this is no policy"):
        read_policy(wrong)


def test_where_it_is_unlikely_people_are_to_be_ready_and_where_it_is_possible_to_take_cover() -> None:
    raises = advised(picture(*TWICE), 11).raises
    by_stage = {
        stage: {one.band for one in raises if one.stage is stage} for stage in (Stage.EARLY_WARNING, Stage.ALERT)
    }
    assert by_stage[Stage.EARLY_WARNING] == {Band.UNLIKELY}
    assert Band.UNLIKELY not in by_stage[Stage.ALERT]
    assert by_stage[Stage.ALERT]


def test_what_was_to_be_ready_is_alarmed_where_it_is_seen_coming() -> None:
    seen = picture(*TWICE)
    standing = advised(seen, 11).standing
    ready = sorted(held for held, stands in standing.items() if stands.stage is Stage.EARLY_WARNING)
    assert len(ready) > 3
    for held in ready[:3]:
        nearer = seen.add(report(14, Spot(role=Role.AT, zones=(held[0],))))
        after = advised(nearer, 14.2, standing=standing)
        assert (held, Stage.ALERT) in {((one.zone, one.threat), one.stage) for one in after.raises}
        assert after.standing[held].stage is Stage.ALERT


WOULD_PLACE = msgspec.structs.replace(
    DEFAULT,
    ceiling=Ceiling(),
    rules=tuple(msgspec.structs.replace(rule, place=rule.propose, confirmations=1) for rule in DEFAULT.rules),
)
"""Would place all that it proposes, had it not a ceiling of nothing."""


@pytest.mark.parametrize("policy", [DEFAULT, WOULD_PLACE], ids=["proposes", "would place"])
def test_an_alert_is_not_lowered_nor_its_end_proposed_while_the_zone_may_yet_be_reached(policy: Policy) -> None:
    way = southwest(14)
    standing: Mapping[Held, Stands] = {}
    ended = set()
    for number in range(2, 15):
        seen, at = picture(*way[:number]), 5.0 * number - 4
        after = advised(seen, at, policy, standing)
        alarmed = {held for held, stands in standing.items() if stands.stage is Stage.ALERT}
        assert alarmed <= {held for held, stands in after.standing.items() if stands.stage is Stage.ALERT}
        rows = assess(seen, minute(at)).table.rows
        may_be = {ground().zones[place] for place in rows.zone[rows.probability >= AT_LEAST[Band.UNLIKELY]]}
        ended |= {one.zone for one in after.releases}
        assert may_be.isdisjoint(one.zone for one in after.releases)
        standing = after.standing
    assert ended


def test_what_the_public_sees_is_said_for_every_rule() -> None:
    assert {rule.public for rule in DEFAULT.rules} == {Shown.ZONES, Shown.NOTHING}


def test_a_single_word_of_something_far_inland_proposes_less_than_one_at_the_border() -> None:
    inland = advised(picture(report(0, over("Полтава"))), 0.3).raises
    border = advised(picture(report(0, over("Суми"))), 0.3).raises
    assert len(inland) < len(border)
