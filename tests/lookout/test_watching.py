"""The lookout proposes, and places what the policy lets it: within every bound, and nothing is ended by it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.lookout.post import (
    ARMY,
    KYIV_OBLAST,
    NEAR_SUMY,
    POLTAVA,
    POST,
    RUMOUR,
    SOUTH_OF_POLTAVA,
    SOUTH_OF_SUMY,
    SUMY,
    UKRAINE,
    Post,
    placing,
)
from tests.world import command
from tocsin.access import LOCAL
from tocsin.assess.assessment import Band
from tocsin.assess.policy import Shown, policy_of
from tocsin.assess.sighting import moment
from tocsin.atlas import Atlas
from tocsin.commands import Raise, Release, RevokeGrant
from tocsin.events import HoldReleased, HoldWithdrawn
from tocsin.lookout import watching
from tocsin.lookout.accepting import accepted, ended
from tocsin.lookout.bounds import resting_on
from tocsin.lookout.watching import ASSESSMENT
from tocsin.model import Level, SourceId, Stage, Threat
from tocsin.store import Receipt


def test_without_reports_there_is_nothing(ukraine: Atlas) -> None:
    post = Post(ukraine, placing())
    post.look()
    view = post.watching.view()
    assert (view.threats, view.at_risk, view.proposals, view.ends, post.placed()) == ((), (), (), (), [])


def test_the_ground_is_laid_out_before_the_first_report(ukraine: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    post = Post(ukraine, policy_of(None))
    post.look()
    monkeypatch.delattr(watching, "Ground")  # who needs it now would have the first report wait for it
    post.report(ARMY)
    post.look()
    assert post.watching.view().proposals


def test_by_default_all_is_proposed_and_nothing_placed(ukraine: Atlas) -> None:
    post = Post(ukraine, policy_of(None))
    post.report(ARMY)
    post.report(POST)
    post.look()
    assert post.placed() == []
    alert, early = post.watching.view().proposals
    assert (alert.threat, alert.stage, alert.level) == (Threat.DRONES, Stage.ALERT, Level.RED)
    assert (early.threat, early.stage, early.level) == (Threat.DRONES, Stage.EARLY_WARNING, Level.YELLOW)
    assert {one.band for one in early.zones} == {Band.UNLIKELY}
    assert {one.zone for one in alert.zones}.isdisjoint(one.zone for one in early.zones)
    assert min(alert.people, early.people) > 0


def test_what_is_accepted_is_an_ordinary_raise_upon_what_was_shown(ukraine: Atlas) -> None:
    post = Post(ukraine, policy_of(None))
    post.report(ARMY)
    post.look()
    view = post.watching.view()
    alert, early = view.proposals
    for proposal in (alert, early):
        assert proposal.id.split(".")[2] == proposal.stage
    proposal = max(alert, early, key=lambda one: len(one.zones))
    order, why = accepted(view, proposal.id, [zone.zone for zone in proposal.zones[:2]])
    assert order.cause == f"drones, earliest arrival {proposal.zones[0].earliest:%H:%M} UTC"
    assert "1 reports of 1 sources" in why
    assert isinstance(post.order(order), Receipt)
    post.look()
    assert set(post.proposed()) == {zone.zone for one in (alert, early) for zone in one.zones} - {
        zone.zone for zone in proposal.zones[:2]
    }, "what is under warning is not proposed"


def test_two_sources_place_what_one_may_not(ukraine: Atlas) -> None:
    post = Post(ukraine, placing(confirmations=2))
    post.report(ARMY)
    post.look()
    assert post.placed() == []
    assert set(post.proposed().values()) == {"confirmations"}
    post.report(POST)
    post.look()
    assert {(hold.threat, hold.level, hold.ref) for hold in post.placed()} == {("drones", "red", "drones sources")}
    assert post.within(SUMY), "the second source watches there alone"
    assert all(why == "outside_area" for why in post.proposed().values())


def test_one_source_alone_places_in_its_own_area_and_no_further(ukraine: Atlas) -> None:
    post = Post(ukraine, placing(confirmations=1))
    post.report(POST, SOUTH_OF_SUMY, track="1")
    post.look()
    assert {hold.ref for hold in post.placed()} == {"drones post"}
    assert post.within(SUMY)
    assert set(post.proposed().values()) == {"outside_area"}


def test_the_ceiling_of_a_source_holds_for_what_rests_on_it_alone(ukraine: Atlas) -> None:
    post = Post(ukraine, placing(confirmations=1))
    post.reporter(RUMOUR, UKRAINE, max_zones=3)
    for lon in (34.8, 33.5, 30.0):
        post.report(RUMOUR, (lon, 50.6), track=str(lon))
        post.look()
    assert len(post.zones()) == 3
    assert "ceiling_of_source" in post.proposed().values()
    post.report(ARMY)
    post.look()
    assert len(post.zones()) > 3, "what another source says too does not rest on it alone"


def test_the_ceiling_of_the_policy_and_that_of_the_grant_hold(ukraine: Atlas) -> None:
    few = Post(ukraine, placing(confirmations=1, zones=4))
    few.report(ARMY)
    few.look()
    assert len(few.zones()) == 4
    assert "ceiling" in few.proposed().values()
    less = Post(ukraine, placing(confirmations=1), max_zones=2)
    less.report(ARMY)
    less.look()
    assert len(less.zones()) == 2
    assert set(less.proposed().values()) == {"not_granted"}
    assert less.watching.trouble is not None


def test_what_a_source_may_not_have_placed_takes_nothing_of_the_ceiling(ukraine: Atlas) -> None:
    """What lies nearer, outside of its area, would else use up all of it, and nobody inside be warned."""
    post = Post(ukraine, placing(confirmations=1, zones=3))
    for number, place in enumerate((SOUTH_OF_POLTAVA, SOUTH_OF_SUMY)):
        post.report(POST, place, track=str(number))
    post.look()
    assert len(post.zones()) == 3
    assert post.within(SUMY)
    assert "ceiling" in post.proposed().values()
    post.minutes(0.5)
    post.look()
    assert len(post.zones()) == 3


def test_a_wave_is_held_back_for_a_person(ukraine: Atlas) -> None:
    post = Post(ukraine, placing(confirmations=1, hold_back=2))
    post.report(ARMY)
    post.look()
    assert len(post.zones()) == 2
    assert "hold_back" in post.proposed().values()
    post.minutes(1.1)
    post.look()
    assert len(post.zones()) > 2


def test_without_a_grant_nothing_is_placed(ukraine: Atlas) -> None:
    post = Post(ukraine, placing(confirmations=1), verbs=())
    post.report(ARMY)
    post.look()
    assert post.placed() == []
    assert post.proposed()
    assert "grant" in (post.watching.trouble or "")


def test_a_source_that_may_report_no_more_counts_no_more(ukraine: Atlas) -> None:
    post = Post(ukraine, placing(confirmations=1))
    grant = post.reporter(RUMOUR, UKRAINE)
    post.report(RUMOUR)
    [outcome] = post.service.submit([command(RevokeGrant(grant=grant))], LOCAL)
    assert isinstance(outcome, Receipt), outcome
    post.look()
    assert post.placed() == []
    assert set(post.proposed().values()) == {"outside_area"}


def test_an_end_is_proposed_of_its_own_holds_and_carried_out_by_a_person_alone(ukraine: Atlas) -> None:
    post = Post(ukraine, placing(confirmations=1, zones=3))
    post.report(ARMY)
    post.look()
    mine = post.zones()
    assert len(mine) == 3
    beyond, both = sorted(post.proposed())[0], sorted(mine)[0]
    assert isinstance(post.order(Raise(zones=(beyond, both), threat=Threat.DRONES)), Receipt)
    post.look()
    post.over(ARMY)
    post.minutes(6)
    post.look()
    view = post.watching.view()
    assert {one.zone for one in view.ends} == mine, "not of what others placed, nor of what was only proposed"
    assert post.zones() == mine, "nothing ends by itself"
    order, _ = ended(view, Threat.DRONES, ())
    assert order.of == ASSESSMENT
    assert isinstance(post.order(order), Receipt)
    assert post.zones() == set()
    left = post.service.state.holds.values()
    assert sorted((hold.zone, hold.source) for hold in left) == sorted([(beyond, "olena"), (both, "olena")])


def test_the_end_of_one_source_ends_nothing_of_another(ukraine: Atlas) -> None:
    post = Post(ukraine, placing(confirmations=1))
    post.reporter(RUMOUR, UKRAINE)
    post.report(ARMY)
    post.look()
    post.over(RUMOUR)
    post.minutes(1)
    post.look()
    assert post.watching.view().ends == ()
    assert len(post.watching.view().threats) == 1


def test_what_a_person_ended_is_not_placed_again_by_itself(ukraine: Atlas) -> None:
    post = Post(ukraine, placing(confirmations=1))
    post.report(ARMY)
    post.look()
    zone, *_ = sorted(post.zones())
    assert isinstance(post.order(Release(zones=(zone,), of=ASSESSMENT)), Receipt)
    for _ in range(3):
        post.minutes(0.5)
        post.report(ARMY)
        post.look()
        assert zone not in post.zones()
        assert post.proposed().get(zone, "ended_by_people") == "ended_by_people"
    again = Post(ukraine, post.policy, store=post.store)
    again.clock.at = post.clock.at
    again.look()
    assert zone not in again.zones(), "after a restart neither"


def test_what_was_declined_is_not_proposed_for_a_while(ukraine: Atlas) -> None:
    post = Post(ukraine, policy_of(None))
    post.report(ARMY)
    post.look()
    zones = sorted(post.proposed())
    post.watching.set_aside(zones[:2], Threat.DRONES)
    post.look()
    assert sorted(post.proposed()) == zones[2:]


def test_after_a_restart_the_picture_is_the_same(ukraine: Atlas) -> None:
    post = Post(ukraine, policy_of(None))
    for source, at in ((ARMY, NEAR_SUMY), (POST, SOUTH_OF_SUMY), (ARMY, (30.0, 51.2))):
        post.report(source, at)
        post.minutes(3)
        post.look()
    post.service.snapshot()
    again = Post(ukraine, post.policy, store=post.store)
    again.clock.at = post.clock.at
    post.look()
    again.look()
    one, other = post.watching.view(), again.watching.view()
    assert (one.threats, one.at_risk, one.wanted) == (other.threats, other.at_risk, other.wanted)
    assert (one.at, one.seq, one.proposals, one.ends) == (other.at, other.seq, other.proposals, other.ends)


def test_neither_their_sequence_nor_their_number_matters(ukraine: Atlas) -> None:
    views = []
    for sequence in ((0, 1, 2), (2, 0, 1), (1, 1, 2, 0, 2, 0)):
        post = Post(ukraine, policy_of(None))
        begin = post.clock.at
        said: list[tuple[SourceId, dict[str, Any]]] = [
            (ARMY, {"at": NEAR_SUMY, "said_at": begin}),
            (POST, {"at": SOUTH_OF_SUMY, "said_at": begin.replace(minute=5)}),
            (ARMY, {"at": (30.0, 51.2), "said_at": begin.replace(minute=7)}),
        ]
        post.minutes(9)
        for number in sequence:
            source, what = said[number]
            post.report(source, **what)
        post.look()
        view = post.watching.view()
        views.append((view.threats, view.at_risk, [proposal.zones for proposal in view.proposals]))
    assert views[0] == views[1] == views[2]


def test_a_source_that_contradicts_itself_takes_nothing_back(ukraine: Atlas) -> None:
    """It says that one thing is in two places at once, and that it is over while it flies: all of it counts for
    warning, and what others say of the same stays."""
    post = Post(ukraine, policy_of(None))
    post.report(ARMY)
    post.reporter(RUMOUR, UKRAINE)
    post.look()
    before = set(post.proposed())
    for at in (NEAR_SUMY, (30.0, 48.5), (25.0, 50.5), NEAR_SUMY):
        post.report(RUMOUR, at, track="x", said_at=post.clock.at)
    post.over(RUMOUR)
    post.report(RUMOUR, track="x", said_at=post.clock.at)
    post.look()
    assert before <= set(post.proposed())
    assert any(set(one.sources) >= {ARMY} for one in post.watching.view().threats)
    assert post.placed() == []


def test_everybody_is_told_in_short_what_officers_see_at_length(ukraine: Atlas) -> None:
    shown, hidden = (msgspec.structs.replace(placing().rules[0], public=public) for public in Shown)
    here = msgspec.structs.replace(hidden, zones=(SUMY,))
    post = Post(ukraine, msgspec.structs.replace(placing(), rules=(here, shown)))
    post.report(ARMY)
    post.report(ARMY, (34.5, 49.6), track="2", count=2)
    post.look()
    view = post.watching.view()
    assert view.wants is not None
    brief = {(one.zone, one.threat): one for one in view.wants.told_to_all()}
    elsewhere = [one for one in view.wanted if SUMY not in ukraine.hierarchy.ancestors(one.zone)]
    assert 0 < len(elsewhere) < len(view.wanted), "the rule that holds there shows nothing of that oblast"
    assert brief.keys() == {(one.zone, one.threat) for one in elsewhere}
    for one in elsewhere:
        told = brief[one.zone, one.threat]
        assert (told.band, moment(told.earliest_s), moment(told.likely_s)) == (one.band, one.earliest, one.likely)


AREAS = (UKRAINE, SUMY, POLTAVA, KYIV_OBLAST)
SPOTS = [NEAR_SUMY, SOUTH_OF_SUMY, (34.5, 49.6), (30.3, 50.1)]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_sources_say_no_bound_is_passed_and_nothing_ended(ukraine: Atlas, data: st.DataObject) -> None:
    confirmations, ceiling, most = (data.draw(st.integers(1, up_to)) for up_to in (2, 12, 9))
    post = Post(ukraine, placing(confirmations, zones=ceiling), max_zones=most)
    terms = {}
    for number in range(3):
        source = SourceId(f"s{number}")
        terms[source] = data.draw(st.sampled_from(AREAS)), data.draw(st.integers(1, 5))
        post.reporter(source, terms[source][0], max_zones=terms[source][1])
    for _ in range(data.draw(st.integers(1, 6))):
        source = data.draw(st.sampled_from(list(terms)))
        if data.draw(st.integers(0, 4)) == 0:
            post.over(source)
        else:
            course = float(data.draw(st.sampled_from([0, 90, 225])))
            post.report(source, data.draw(st.sampled_from(SPOTS)), course_deg=course)
        post.minutes(data.draw(st.sampled_from([0.1, 2.0, 8.0])))
        before = post.zones()
        post.look()
        assert before <= post.zones(), "nothing is ended"
    log = [entry.event for entry in post.store.read(0, 1_000)]
    assert not any(isinstance(event, HoldReleased | HoldWithdrawn) for event in log)
    assert len(post.zones()) <= min(ceiling, most)
    assert post.within(*(area for area, _ in terms.values()))
    refs = {hold.zone: hold.ref for hold in post.placed()}
    for source, (area, at_most) in terms.items():
        alone = resting_on(refs, source)
        assert len(alone) <= at_most
        assert all(zone == area or area in ukraine.hierarchy.ancestors(zone) for zone in alone)
    if confirmations == 2:
        assert all(ref == "drones sources" for ref in refs.values())
