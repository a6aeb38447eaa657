"""A clock that ran back: warnings are given all the same, and nothing is ended or allowed by it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.access.office import terms
from tests.failing_store import FailingStore
from tests.service.people import FEED, Staff, give, one, shown
from tests.world import COUNTRY, FOREST, LAND, NOON, WEST, StillClock, command, minute, raising
from tocsin import limits
from tocsin.access import LOCAL
from tocsin.commands import (
    AcceptClock,
    Annotate,
    Approve,
    Decline,
    Escalate,
    Extend,
    GiveGrant,
    Heartbeat,
    IssueToken,
    Narrow,
    Order,
    Raise,
    Release,
    Replace,
    RevokeGrant,
    RevokeToken,
    SourceBack,
    SourceSilent,
    Withdraw,
)
from tocsin.errors import ClockRanBack, Forbidden, TokenExpired
from tocsin.events import ClockAccepted, GrantGiven
from tocsin.model import Level
from tocsin.service import Service
from tocsin.store import Receipt

LATER = minute(60)
ISSUE = IssueToken(holder="maria", digest="0" * 64, expires=minute(600))


@pytest.fixture
def staff(service: Service, clock: StillClock) -> Staff:
    """The last entry is of an hour past noon."""
    staff = Staff(service)
    clock.at = LATER
    one(service.submit([raising(FOREST, WEST, level=Level.YELLOW)], LOCAL))
    one(service.submit([command(Heartbeat(), FEED)], LOCAL))
    return staff


def approve(staff: Staff, proposal: object) -> Any:
    assert isinstance(proposal, Receipt), proposal
    shown = staff.service.access.proposals[proposal.seq].shown
    return give(staff.service, staff.ivan, Approve(proposal=proposal.seq, shown=shown))


@pytest.mark.parametrize(
    "order",
    [
        Release(zones=(FOREST,)),
        Withdraw(zones=(FOREST,)),
        Narrow(zones=(WEST,), to=(FOREST,)),
        Replace(zones=(FOREST,), by=Raise(zones=(WEST,))),
        SourceBack(of=FEED),
        GiveGrant(terms=terms("petro", WEST)),
        RevokeGrant(grant=1),
        ISSUE,
        RevokeToken(token=2),
    ],
    ids=lambda order: type(order).__name__,
)
def test_what_ends_and_what_allows_waits_for_the_clock(staff: Staff, clock: StillClock, order: Order) -> None:
    just = timedelta(seconds=limits.CLOCK_BACK_S)
    clock.at = LATER - just - timedelta(microseconds=1)
    outcome = give(staff.service, staff.olena, order)
    assert isinstance(outcome, ClockRanBack)
    assert outcome.detail == {"now": clock.at.isoformat(), "recorded_at": LATER.isoformat()}
    clock.at = LATER - just
    assert isinstance(give(staff.service, staff.olena, order), Receipt), "clocks are set right by a little all the time"


@pytest.mark.parametrize(
    "order",
    [
        Raise(zones=(FOREST,)),
        Escalate(zones=(FOREST,), to_level=Level.RED),
        Extend(zones=(FOREST,), to=(WEST,)),
        Annotate(zones=(FOREST,), note="three"),
        SourceSilent(of=FEED),
    ],
    ids=lambda order: type(order).__name__,
)
def test_a_warning_is_given_whatever_the_clock_says_and_stands_no_earlier_than_what_came_before(
    staff: Staff, clock: StillClock, store: FailingStore, order: Order
) -> None:
    clock.at = NOON
    assert isinstance(give(staff.service, staff.olena, order), Receipt)
    assert store.done(0, 99)[-1].recorded_at == LATER
    assert all(entry.recorded_at <= LATER for entry in store.read(0, 99))


def test_a_sign_of_life_counts_whatever_the_clock_says(staff: Staff, clock: StillClock) -> None:
    clock.at = NOON
    assert isinstance(give(staff.service, staff.feed, Heartbeat(silent_after_s=60), FEED), Receipt)


def test_nothing_is_ended_or_allowed_by_two_people_either(staff: Staff, clock: StillClock) -> None:
    service = staff.service
    one(service.submit([raising(LAND)], LOCAL))
    orders: list[Order] = [Release(zones=(LAND,)), GiveGrant(terms=terms("petro", WEST)), ISSUE]
    ends = [give(service, staff.olena, order) for order in orders]
    warns = give(service, staff.olena, Raise(zones=(LAND,), ref="again"))
    clock.at = NOON
    assert [type(approve(staff, end)) for end in ends] == [ClockRanBack] * 3
    assert [service.access.proposals[end.seq].status for end in ends if isinstance(end, Receipt)] == ["open"] * 3
    assert isinstance(approve(staff, warns), Receipt), "a warning is"
    [first, *_] = [end.seq for end in ends if isinstance(end, Receipt)]
    assert isinstance(give(service, staff.ivan, Decline(proposal=first)), Receipt), "and nothing is lost by a no"


def test_at_the_machine_even_that_can_be_done_for_whoever_is_there_sees_the_clock(
    staff: Staff, clock: StillClock
) -> None:
    clock.at = NOON
    one(staff.service.submit([command(Release(zones=(FOREST,)))], LOCAL))


def test_time_goes_on_from_the_clock_once_two_people_have_accepted_it(
    staff: Staff, clock: StillClock, store: FailingStore
) -> None:
    service = staff.service
    clock.at = minute(5)
    assert service.now() == LATER
    proposal = give(service, staff.olena, AcceptClock())
    assert service.now() == LATER, "one alone has accepted nothing"
    assert isinstance(give(service, staff.olena, Release(zones=(FOREST,))), ClockRanBack)
    assert isinstance(approve(staff, proposal), Receipt)
    assert store.read(0, 99)[-1].event == ClockAccepted(at=minute(5))
    assert service.now() == minute(5)
    assert isinstance(give(service, staff.olena, Release(zones=(FOREST,))), Receipt)
    assert Service(store, COUNTRY, clock).now() == minute(5), "after a restart as well"


def test_a_clock_behind_the_log_is_found_after_a_restart_as_well(
    staff: Staff, clock: StillClock, store: FailingStore
) -> None:
    clock.at = minute(5)
    again = Service(store, COUNTRY, clock)
    assert again.now() == LATER
    assert isinstance(give(again, staff.olena, Release(zones=(FOREST,))), ClockRanBack)
    one(again.submit([raising(LAND)], LOCAL))
    assert store.read(0, 99)[-1].recorded_at == LATER


def test_what_is_allowed_while_the_clock_is_a_little_behind_is_dated_by_the_log(
    staff: Staff, clock: StillClock, store: FailingStore
) -> None:
    clock.at = LATER - timedelta(seconds=3)
    proposal = give(staff.service, staff.olena, GiveGrant(terms=terms("petro", WEST)))
    assert isinstance(approve(staff, proposal), Receipt)
    given = store.read(0, 99)[-1].event
    assert isinstance(given, GrantGiven)
    assert given.at == LATER


def test_a_silence_found_by_a_clock_behind_the_log_stands_after_what_came_before_it(
    staff: Staff, clock: StillClock, store: FailingStore
) -> None:
    clock.at, clock.elapsed = NOON, 31.0
    assert len(staff.service.watch()) == 1
    assert store.read(0, 99)[-1].recorded_at == LATER


def test_a_hold_from_a_time_that_has_not_come_can_be_ended_once_the_clock_is_accepted(
    staff: Staff, clock: StillClock
) -> None:
    service = staff.service
    clock.at = minute(5)
    assert isinstance(approve(staff, give(service, staff.olena, AcceptClock())), Receipt)
    assert isinstance(give(service, staff.olena, Withdraw(zones=(FOREST,))), Receipt)
    assert FOREST not in service.state.by_zone


def test_in_one_append_what_follows_an_accepted_clock_goes_by_it(staff: Staff, clock: StillClock) -> None:
    service = staff.service
    clock.at = minute(5)
    proposal = give(service, staff.olena, AcceptClock())
    assert isinstance(proposal, Receipt)
    accept = Approve(proposal=proposal.seq, shown=service.access.proposals[proposal.seq].shown)
    release = command(Release(zones=(FOREST,)), actor="olena")
    before, accepted, after = service.carry_out(
        [
            (release, staff.olena),
            (command(accept, actor="ivan"), staff.ivan),
            (command(release.order, actor="olena"), staff.olena),
        ]
    )
    assert isinstance(before, ClockRanBack)
    assert isinstance(accepted, Receipt)
    assert isinstance(after, Receipt)


def test_a_clock_that_had_run_far_ahead_locks_nobody_out(staff: Staff, clock: StillClock) -> None:
    service = staff.service
    clock.at = NOON + timedelta(days=500)
    one(service.submit([raising(WEST, ref="far ahead")], LOCAL))
    clock.at = minute(61)
    assert isinstance(give(service, staff.olena, Release(zones=(FOREST,))), TokenExpired)
    one(service.submit([command(AcceptClock())], LOCAL))
    assert service.now() == minute(61)
    assert isinstance(give(service, staff.olena, Release(zones=(FOREST,))), Receipt)
    assert isinstance(service.submit([command(AcceptClock())], LOCAL)[0], Forbidden), "two people are there again"


def test_what_was_over_stays_over_when_the_clock_steps_back(service: Service, clock: StillClock) -> None:
    header = shown(service, "petro", days=1)
    clock.at = NOON + timedelta(days=2)
    one(service.submit([raising(WEST)], LOCAL))
    clock.at = NOON
    with pytest.raises(TokenExpired):
        service.authenticate(header)
