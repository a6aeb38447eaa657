"""What always holds of the lookout, held against it with bugs in it: each bug that people would make here is found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from importlib import import_module
from typing import Any

import msgspec
import numpy as np
import pytest

from tests.lookout.post import (
    ARMY,
    NEAR_SUMY,
    POLTAVA,
    POST,
    RUMOUR,
    SOUTH_OF_SUMY,
    SUMY,
    UKRAINE,
    Post,
    placing,
)
from tests.world import NOON, command
from tocsin.access import LOCAL
from tocsin.assess.policy import Ahead, Policy, policy_of
from tocsin.atlas import Atlas
from tocsin.commands import Release, RevokeGrant
from tocsin.errors import TocsinError
from tocsin.intake.reports.signing import Nonces
from tocsin.lookout.bounds import Reporters, resting_on
from tocsin.lookout.rate import Rate
from tocsin.lookout.watching import ASSESSMENT, Watching
from tocsin.model import Threat
from tocsin.store import Receipt

advising: Any = import_module("tocsin.assess.advising")
picturing: Any = import_module("tocsin.assess.picture")
releasing: Any = import_module("tocsin.assess.releasing")
tabling: Any = import_module("tocsin.assess.table")
watching: Any = import_module("tocsin.lookout.watching")
policies: Any = import_module("tocsin.lookout.policies")

CEILING, HOLD_BACK = 6, 4


def holds(ukraine: Atlas) -> None:
    """All of it, over two services. Errors: `AssertionError`."""
    _two_sources_and_the_policy(ukraine)
    _one_source_and_its_own_bounds(ukraine)
    _what_is_no_policy_is_refused(ukraine)
    _a_feed_says_it_once()
    _no_source_says_too_much()


def _two_sources_and_the_policy(ukraine: Atlas) -> None:
    post = Post(ukraine, placing(confirmations=2, zones=CEILING, hold_back=HOLD_BACK))
    post.reporter(RUMOUR, UKRAINE)
    for seconds in range(3):
        post.report(ARMY, said_at=post.clock.at - timedelta(seconds=seconds))
    post.look()
    assert post.placed() == [], "one source is one source, however often it speaks"
    assert post.proposed(), "it is proposed all the same"
    post.report(POST)
    post.look()
    assert len(post.zones()) == HOLD_BACK, "a wave waits for a person"
    assert post.within(SUMY), "the second source watches there alone"
    post.minutes(1.1)
    post.look()
    assert len(post.zones()) == CEILING, "and then there is the ceiling"
    post.minutes(0.2)
    post.look()
    assert len(post.zones()) == CEILING
    mine = post.zones()
    post.over(RUMOUR)
    post.minutes(0.5)
    post.look()
    view = post.watching.view()
    assert len(view.threats) == 1, "what others speak of is not ended by a stranger"
    assert view.ends == ()
    ended = sorted(mine)[0]
    assert isinstance(post.order(Release(zones=(ended,), of=ASSESSMENT)), Receipt)
    post.report(ARMY)
    post.look()
    assert ended not in post.zones(), "what a person ended is not placed again"
    post.minutes(70)
    post.look()
    view = post.watching.view()
    assert [one.stale for one in view.threats] == [True]
    assert view.ends == (), "nobody said that it is over: it is only not heard of"
    assert mine - post.zones() == {ended}, "nothing ends by itself"
    post.over(ARMY)
    post.over(POST)
    post.minutes(6)
    post.look()
    assert {one.zone for one in post.watching.view().ends} <= post.zones(), "only of what it placed itself"


def _one_source_and_its_own_bounds(ukraine: Atlas) -> None:
    post = Post(ukraine, placing(confirmations=1))
    post.reporter(RUMOUR, POLTAVA, max_zones=2)
    grant = post.reporter(ARMY, UKRAINE)
    post.report(RUMOUR, (34.5, 49.6), track="1")  # one word of what nobody follows would be of its neighbourhood alone
    post.look()
    refs = {hold.zone: hold.ref for hold in post.placed()}
    assert len(resting_on(refs, RUMOUR)) == 2, "its own ceiling holds, and up to it it may"
    assert post.within(POLTAVA)
    for terms in list(post.service.access.grants.values()):
        if ARMY in terms.terms.sources:
            [outcome] = post.service.submit([command(RevokeGrant(grant=terms.id))], LOCAL)
            assert isinstance(outcome, Receipt), outcome
    assert grant
    post.report(ARMY, NEAR_SUMY)
    post.report(ARMY, SOUTH_OF_SUMY, track="2")
    post.look()
    assert len(post.zones()) == 2, "who may report no more counts no more"


def _what_is_no_policy_is_refused(ukraine: Atlas) -> None:
    earlier = msgspec.structs.replace(placing().rules[0], propose=Ahead(likely=5), place=Ahead(likely=9))
    wrong = list(policies._wrong(msgspec.structs.replace(placing(), rules=(earlier,)), ukraine))
    assert wrong, "nothing is placed before it is proposed"
    assert not policy_of(None).places_anything


def _a_feed_says_it_once() -> None:
    nonces = Nonces()
    when = NOON.strftime("%Y-%m-%dT%H:%M:%SZ")
    nonces.take(7, when, "n" * 16, NOON)
    assert _refused(lambda: nonces.take(7, when, "n" * 16, NOON)) == "replayed"


def _refused(what: Callable[[], object]) -> str | None:
    try:
        what()
    except TocsinError as error:
        return error.code
    return None


def _no_source_says_too_much() -> None:
    rate = Rate(3_000, 60.0, lambda: 0.0)
    taken = sum(rate.allows("flood", 500) for _ in range(20))
    assert taken == 6, "3,000 of 10,000 in a minute"
    assert rate.allows("other", 500), "and nobody else is harmed"


def test_it_holds(ukraine: Atlas) -> None:
    holds(ukraine)


# --- bugs ------------------------------------------------------------------------------------------

Patch = pytest.MonkeyPatch


def _more_allowed(patch: Patch, **said: Any) -> None:
    """Whatever the policy says, it is read otherwise where it is weighed."""
    right = advising._Budget.__init__

    def init(self: Any, policy: Policy, *given: Any) -> None:
        right(self, msgspec.structs.replace(policy, **said), *given)

    patch.setattr(advising._Budget, "__init__", init)


def the_ceiling_is_ignored(patch: Patch) -> None:
    _more_allowed(patch, ceiling=msgspec.structs.replace(placing().ceiling, zones=100_000))


def the_hold_back_is_ignored(patch: Patch) -> None:
    _more_allowed(patch, hold_back=msgspec.structs.replace(placing().hold_back, zones=100_000))


def what_the_machine_placed_before_is_not_counted(patch: Patch) -> None:
    right = advising._Budget.__init__
    patch.setattr(advising._Budget, "__init__", lambda self, policy, ground, standing: right(self, policy, ground, {}))


def confirmations_are_counted_by_report(patch: Patch) -> None:
    right = tabling._told

    def told(tracks: Any) -> Any:
        *before, _, lone_noise = right(tracks)
        return [*before, np.array([len(track.joined) for track in tracks], dtype=np.intp), lone_noise]

    def backing(self: Reporters, zone: Any, tracks: Iterable[Any], needed: int, hierarchy: Any) -> Any:
        return whole(self, zone, tracks, 1, hierarchy)

    whole = Reporters.backing
    patch.setattr(tabling, "_told", told)
    patch.setattr(Reporters, "backing", backing)


def a_request_is_taken_twice(patch: Patch) -> None:
    patch.setattr(Nonces, "take", lambda self, *given: None)


def a_stale_threat_releases(patch: Patch) -> None:
    right = releasing._Reached._mask

    def mask(self: Any, threat: Threat) -> Any:
        return right(self, threat) & bool((~self._assessment.stale).any())

    patch.setattr(releasing._Reached, "_mask", mask)


def the_end_of_a_stranger_clears(patch: Patch) -> None:
    right = picturing._end

    def end(state: Any, said: Any, setting: Any, nearby: Any) -> Any:
        return right(state, said, msgspec.structs.replace(setting, trusted=frozenset({said.source})), nearby)

    patch.setattr(picturing, "_end", end)


def a_source_counts_where_it_does_not_watch(patch: Patch) -> None:
    patch.setattr(Reporters, "_watches", lambda self, source, above: True)


def the_ceiling_of_a_source_is_ignored(patch: Patch) -> None:
    patch.setattr(Reporters, "within_ceiling", lambda self, *given: True)


def what_a_person_ended_is_placed_again(patch: Patch) -> None:
    right = Watching._keep_wanted

    def keep(self: Watching, wanted: Any, now: Any) -> None:
        right(self, wanted, now)
        self._ended = {}

    patch.setattr(Watching, "_keep_wanted", keep)


def a_grant_taken_back_counts_on(patch: Patch) -> None:
    patch.setattr("tocsin.access.standing.Grant.good_at", lambda self, now: True)


def something_is_placed_before_it_is_proposed(patch: Patch) -> None:
    patch.setattr(policies, "_wrong", lambda policy, atlas: iter(()))


def a_flood_is_let_in(patch: Patch) -> None:
    patch.setattr(Rate, "allows", lambda self, source, count: True)


def one_flood_stops_everybody(patch: Patch) -> None:
    right = Rate.allows
    patch.setattr(Rate, "allows", lambda self, source, count: right(self, "all", count))


BUGS: tuple[Callable[[Patch], None], ...] = (
    the_ceiling_is_ignored,
    the_hold_back_is_ignored,
    what_the_machine_placed_before_is_not_counted,
    confirmations_are_counted_by_report,
    a_request_is_taken_twice,
    a_stale_threat_releases,
    the_end_of_a_stranger_clears,
    a_source_counts_where_it_does_not_watch,
    the_ceiling_of_a_source_is_ignored,
    what_a_person_ended_is_placed_again,
    a_grant_taken_back_counts_on,
    something_is_placed_before_it_is_proposed,
    a_flood_is_let_in,
    one_flood_stops_everybody,
)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_found(bug: Callable[[Patch], None], ukraine: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    bug(monkeypatch)
    with pytest.raises(AssertionError):
        holds(ukraine)
