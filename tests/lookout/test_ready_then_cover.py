"""Early warnings and alerts of one thing: what is decided of the lesser is not decided of the worse."""

from __future__ import annotations

from typing import Any

import msgspec

from tests.lookout.post import ARMY, Post, placing
from tocsin.assess.policy import policy_of
from tocsin.atlas import Atlas
from tocsin.commands import Release
from tocsin.lookout.watching import ASSESSMENT
from tocsin.model import Stage, Threat
from tocsin.report import Role, Spot
from tocsin.store import Receipt


def test_who_declines_an_early_warning_has_not_declined_an_alert(ukraine: Atlas) -> None:
    post = Post(ukraine, policy_of(None))
    post.report(ARMY)
    post.look()
    alert, early = post.watching.view().proposals
    one, other = early.zones[0].zone, alert.zones[0].zone
    post.watching.set_aside([one, other], Threat.DRONES, Stage.EARLY_WARNING)
    post.look()
    assert one not in post.proposed()
    assert other in post.proposed(), "an alert was not declined"
    post.report(ARMY, spots=(Spot(role=Role.AT, zones=(one,)),), course_deg=None)
    post.look()
    [nearer] = [found for found in post.watching.view().proposals if one in {zone.zone for zone in found.zones}]
    assert nearer.stage is Stage.ALERT
    post.watching.set_aside([one, other], Threat.DRONES, Stage.ALERT)
    post.look()
    assert {one, other}.isdisjoint(post.proposed()), "nor is the lesser of the two proposed then"


def test_what_people_ended_as_an_early_warning_is_placed_as_an_alert_all_the_same(ukraine: Atlas) -> None:
    flying = [rule for rule in policy_of(None).rules if Threat.DRONES in rule.threats]
    rules = tuple(msgspec.structs.replace(rule, place=rule.propose, confirmations=1) for rule in flying)
    post = Post(ukraine, msgspec.structs.replace(placing(), rules=rules))
    post.report(ARMY)
    post.look()
    early = min(hold.zone for hold in post.placed() if hold.stage is Stage.EARLY_WARNING)
    assert isinstance(post.order(Release(zones=(early,), of=ASSESSMENT)), Receipt)
    post.minutes(0.5)
    post.look()
    assert early not in post.zones(), "what people ended stays ended"
    post.report(ARMY, spots=(Spot(role=Role.AT, zones=(early,)),), course_deg=None)
    post.look()
    assert [hold.stage for hold in post.placed() if hold.zone == early] == [Stage.ALERT]
    assert isinstance(post.order(Release(zones=(early,), of=ASSESSMENT)), Receipt)
    post.minutes(0.5)
    post.look()
    assert early not in post.zones(), "an alert that people ended is neither placed again nor made less of"


def test_what_was_placed_as_an_early_warning_becomes_an_alert_when_a_place_is_named(ukraine: Atlas) -> None:
    rules = policy_of(None).rules
    ballistic = [rule for rule in rules if rule.threats == (Threat.BALLISTIC_MISSILES,)]
    rules = tuple(msgspec.structs.replace(rule, place=rule.propose, confirmations=1) for rule in ballistic)
    post = Post(ukraine, msgspec.structs.replace(placing(), rules=rules))
    launch = Spot(role=Role.LAUNCH_AREA, lon=36.6, lat=50.6, radius_m=20_000)
    said: dict[str, Any] = {"kinds": (Threat.BALLISTIC_MISSILES,), "course_deg": None}
    post.report(ARMY, spots=(launch,), **said)
    post.look()
    city = ukraine.locate(36.23, 50.0)
    assert city is not None
    assert [hold.stage for hold in post.placed() if hold.zone == city.id] == [Stage.EARLY_WARNING]
    post.minutes(0.5)
    post.report(ARMY, spots=(launch, Spot(role=Role.UNDER_THREAT, zones=(city.id,))), **said)
    post.look()
    assert Stage.ALERT in {hold.stage for hold in post.placed() if hold.zone == city.id}
