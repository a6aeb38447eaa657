"""Orders that wait for a second person, from the proposal to what comes of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.access.office import terms
from tests.failing_store import FailingStore
from tests.service.people import Staff, give, one
from tests.world import (
    ARMY,
    CAPITAL,
    COAST,
    COUNTRY,
    DUTY,
    EAST,
    FOREST,
    LAND,
    NOON,
    PORT,
    WEST,
    StillClock,
    command,
    minute,
    raising,
    releasing,
)
from tocsin import limits
from tocsin.access import LOCAL, token_digest
from tocsin.commands import (
    Approve,
    Decline,
    Escalate,
    Extend,
    GiveGrant,
    IssueToken,
    Narrow,
    Order,
    Raise,
    Release,
    Replace,
    RevokeGrant,
    Withdraw,
)
from tocsin.engine import State, statuses
from tocsin.errors import (
    CeilingReached,
    NotFound,
    NotGranted,
    NothingHeld,
    NotShown,
    ProposalClosed,
    SamePerson,
    StaleSeq,
    TocsinError,
)
from tocsin.events import (
    Event,
    GrantGiven,
    HoldRaised,
    HoldReleased,
    OrderProposed,
    ProposalApproved,
    ProposalDeclined,
    TokenIssued,
    public,
)
from tocsin.model import Level, Reach, SourceId, Status
from tocsin.service import Service
from tocsin.store import Receipt

EVERYWHERE = Raise(zones=(LAND,), cause="a full scale attack")


@pytest.fixture
def staff(service: Service) -> Staff:
    return Staff(service)


def proposed(staff: Staff, order: Order, source: SourceId = DUTY, **envelope: Any) -> int:
    """Olena orders what takes two people; the proposal's number."""
    outcome = give(staff.service, staff.olena, order, source, **envelope)
    assert isinstance(outcome, Receipt), outcome
    assert outcome.seq in staff.service.access.proposals
    return outcome.seq


def approved(staff: Staff, proposal: int, **envelope: Any) -> Receipt | TocsinError:
    """Ivan agrees to what he was shown."""
    shown = staff.service.access.proposals[proposal].shown
    return give(staff.service, staff.ivan, Approve(proposal=proposal, shown=shown), **envelope)


def added(service: Service, since: int) -> list[Event]:
    return [entry.event for entry in service.store.read(since, 100)]


def held(service: Service) -> list[tuple[str, str]]:
    return [(hold.zone, hold.source) for hold in service.state.holds.values()]


# --- from the proposal to its effect ---------------------------------------------------------


def test_a_country_wide_order_changes_nothing_until_a_second_person_has_agreed(staff: Staff) -> None:
    service = staff.service
    proposal = proposed(staff, EVERYWHERE)
    assert held(service) == []
    receipt = approved(staff, proposal)
    assert isinstance(receipt, Receipt)
    assert receipt.events == 2, "the approval and what it leads to, in one append"
    approval, raised = added(service, proposal)
    assert approval == ProposalApproved(proposal=proposal, by="ivan", at=NOON)
    assert isinstance(raised, HoldRaised)
    assert (raised.zone, raised.source, raised.cause) == (LAND, DUTY, "a full scale attack")
    assert set(statuses(service.state).values()) == {Status.RED}


def test_what_waits_says_all_that_the_second_person_must_see(store: FailingStore) -> None:
    asked: list[tuple[object, ...]] = []

    def described(command: object, events: object, reach: Reach, state: State) -> dict[str, str]:
        asked.append((command, events, reach, state))
        return {"uk": "тривога всюди", "en": "alarm everywhere"}

    service = Service(store, COUNTRY, StillClock(), describe=described)
    staff = Staff(service)
    before = service.state
    given = command(Escalate(zones=(EAST,), to_level=Level.RED), actor="olena")
    one(service.submit([raising(EAST, level=Level.YELLOW)], LOCAL))
    before = service.state
    seq = one(service.submit([given], staff.olena)).seq
    [event] = added(service, before.seq)
    assert event == OrderProposed(
        command=msgspec.json.encode(given).decode(),
        grant=str(staff.olena_grant),
        texts={"uk": "тривога всюди", "en": "alarm everywhere"},
        zones=5,
        people=None,
        counted=1_200,
        at=NOON,
    )
    [(command_, events, reach, state)] = asked
    assert (command_, reach, state) == (given, Reach(zones=5, people=None, counted=1_200, country_wide=True), before)
    assert [getattr(event, "level", None) for event in events] == [Level.RED]  # type: ignore[attr-defined]  # a tuple
    assert service.access.proposals[seq].asked() == given


def test_where_no_texts_are_at_hand_the_order_itself_is_shown(staff: Staff) -> None:
    number = proposed(staff, EVERYWHERE)
    proposal = staff.service.access.proposals[number]
    assert list(proposal.texts) == ["en"]
    assert msgspec.json.decode(proposal.texts["en"], type=Raise) == EVERYWHERE


def test_how_many_people_it_reaches_is_shown_where_it_is_known(staff: Staff) -> None:
    number = proposed(staff, Raise(zones=(COAST, WEST)))
    proposal = staff.service.access.proposals[number]
    assert (proposal.zones, proposal.people, proposal.counted) == (5, 1_600, 1_600)


def test_an_order_that_leads_to_nothing_waits_for_nobody(staff: Staff) -> None:
    one(staff.service.submit([raising(LAND)], LOCAL))
    outcome = give(staff.service, staff.olena, Raise(zones=(LAND,)))
    assert isinstance(outcome, Receipt)
    assert outcome.events == 0
    assert not staff.service.access.proposals


def test_an_order_that_is_refused_anyway_is_refused_at_once(staff: Staff) -> None:
    assert isinstance(give(staff.service, staff.olena, Release(zones=(LAND,))), NothingHeld)
    stale = give(staff.service, staff.olena, EVERYWHERE, decided_upon=10_000)
    assert isinstance(stale, StaleSeq)
    assert not staff.service.access.proposals


def test_the_public_hears_that_something_happened_and_not_what(staff: Staff) -> None:
    proposal = proposed(staff, EVERYWHERE)
    told = [public(entry) for entry in staff.service.store.read(0, 100)]
    assert len(told) == proposal
    assert {type(entry.event).__name__ for entry in told} == {"Internal"}
    assert {entry.order for entry in told} == {""}


# --- who agrees, to what, and when -----------------------------------------------------------


def test_one_person_alone_does_nothing_that_takes_two_by_whatever_token(staff: Staff) -> None:
    service = staff.service
    proposal = proposed(staff, EVERYWHERE)
    shown = service.access.proposals[proposal].shown
    assert isinstance(give(service, staff.olena, Approve(proposal=proposal, shown=shown)), SamePerson)
    assert isinstance(give(service, staff.maria, Approve(proposal=proposal, shown=shown)), NotGranted)
    assert isinstance(give(service, staff.feed, Approve(proposal=proposal, shown=shown)), NotGranted)
    assert [outcome.code for outcome in service.submit([command(Approve(proposal=proposal, shown=shown))], LOCAL)
            if isinstance(outcome, TocsinError)] == ["forbidden"]  # fmt: skip
    assert held(service) == []


def test_who_saw_something_else_has_not_agreed(staff: Staff) -> None:
    first, second = proposed(staff, EVERYWHERE), proposed(staff, EVERYWHERE)
    shown = staff.service.access.proposals[second].shown
    for wrong in (shown, "0" * 64):
        outcome = give(staff.service, staff.ivan, Approve(proposal=first, shown=wrong))
        assert isinstance(outcome, NotShown)
        assert outcome.detail == {"proposal": first}
    assert held(staff.service) == []
    assert isinstance(approved(staff, first), Receipt)


def test_a_proposal_has_one_effect(staff: Staff) -> None:
    proposal = proposed(staff, EVERYWHERE)
    first = approved(staff, proposal, key="yes")
    assert approved(staff, proposal, key="yes") == first
    assert isinstance(approved(staff, proposal), ProposalClosed)
    one(staff.service.submit([releasing(LAND)], LOCAL))
    assert approved(staff, proposal, key="yes") == first
    assert isinstance(approved(staff, proposal), ProposalClosed)
    assert held(staff.service) == []


def test_the_proposing_order_repeated_does_not_propose_twice(staff: Staff) -> None:
    first = give(staff.service, staff.olena, EVERYWHERE, key="k")
    assert give(staff.service, staff.olena, EVERYWHERE, key="k") == first
    assert len(staff.service.access.proposals) == 1


def test_what_was_declined_stays_undone(staff: Staff) -> None:
    service = staff.service
    proposal = proposed(staff, EVERYWHERE)
    declined = give(service, staff.ivan, Decline(proposal=proposal))
    assert isinstance(declined, Receipt)
    assert added(service, proposal) == [ProposalDeclined(proposal=proposal, by="ivan", at=NOON)]
    assert isinstance(approved(staff, proposal), ProposalClosed)
    again = proposed(staff, EVERYWHERE)
    assert isinstance(give(service, staff.olena, Decline(proposal=again)), Receipt), "she takes it back herself"
    assert isinstance(approved(staff, again), ProposalClosed)
    assert held(service) == []


def test_a_proposal_expires(staff: Staff, clock: StillClock) -> None:
    early, late = proposed(staff, EVERYWHERE), proposed(staff, EVERYWHERE)
    clock.at = NOON + timedelta(seconds=limits.PROPOSAL_S - 1)
    assert isinstance(approved(staff, early), Receipt)
    clock.at = NOON + timedelta(seconds=limits.PROPOSAL_S)
    assert isinstance(approved(staff, late), ProposalClosed)


def test_a_proposal_that_never_was_is_not_found(staff: Staff) -> None:
    assert isinstance(give(staff.service, staff.ivan, Approve(proposal=99, shown="0" * 64)), NotFound)
    assert isinstance(give(staff.service, staff.ivan, Decline(proposal=99)), NotFound)


def test_so_many_orders_of_one_person_wait_and_no_more(
    staff: Staff, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PROPOSALS_OPEN", 2)
    first, _ = proposed(staff, EVERYWHERE), proposed(staff, EVERYWHERE)
    assert isinstance(give(staff.service, staff.olena, EVERYWHERE), CeilingReached)
    assert isinstance(give(staff.service, staff.ivan, EVERYWHERE), Receipt), "each has their own"
    assert isinstance(give(staff.service, staff.olena, Decline(proposal=first)), Receipt)
    proposed(staff, EVERYWHERE)
    assert isinstance(give(staff.service, staff.olena, EVERYWHERE), CeilingReached)
    clock.at += timedelta(seconds=limits.PROPOSAL_S)
    proposed(staff, EVERYWHERE)


# --- what has changed meanwhile --------------------------------------------------------------


def test_an_order_of_who_lost_the_right_meanwhile_is_not_carried_out(staff: Staff) -> None:
    proposal = proposed(staff, EVERYWHERE)
    revoked = proposed(staff, RevokeGrant(grant=staff.olena_grant))
    assert isinstance(approved(staff, revoked), Receipt)
    assert isinstance(approved(staff, proposal), NotGranted)
    assert held(staff.service) == []


@pytest.mark.parametrize(
    "order",
    [
        Release(zones=(LAND,)),
        Narrow(zones=(LAND,), to=(PORT,)),
        Replace(zones=(LAND,), by=Raise(zones=(PORT,))),
    ],
    ids=lambda order: type(order).__name__,
)
@pytest.mark.parametrize("meanwhile", [raising(PORT, source=ARMY), raising(LAND, ref="b")], ids=["in it", "on it"])
def test_nothing_is_ended_that_has_changed_since_both_looked_at_it(
    staff: Staff, order: Order, meanwhile: object
) -> None:
    service = staff.service
    one(service.submit([raising(LAND)], LOCAL))
    proposal = proposed(staff, order)
    again = proposed(staff, order)
    one(service.submit([meanwhile], LOCAL))  # type: ignore[list-item]  # a command
    before = service.state
    assert isinstance(approved(staff, proposal), StaleSeq)
    assert (service.state, service.access.proposals[again].status) == (before, "open")


def test_what_has_not_changed_is_ended(staff: Staff) -> None:
    one(staff.service.submit([raising(LAND)], LOCAL))
    proposal = proposed(staff, Release(zones=(LAND,)), decided_upon=staff.service.state.seq)
    receipt = approved(staff, proposal)
    assert isinstance(receipt, Receipt)
    assert held(staff.service) == []


@pytest.mark.parametrize(
    ("order", "zones"),
    [
        (Raise(zones=(LAND,)), [LAND]),
        (Extend(zones=(PORT,), to=(LAND,)), [LAND]),
        (Escalate(zones=(PORT, EAST), to_level=Level.RED), []),
    ],
    ids=["Raise", "Extend", "Escalate"],
)
def test_a_warning_is_given_though_something_has_changed_since(staff: Staff, order: Order, zones: list[str]) -> None:
    service = staff.service
    one(service.submit([raising(PORT, EAST, level=Level.YELLOW)], LOCAL))
    proposal = proposed(staff, order, decided_upon=service.state.seq)
    one(service.submit([raising(WEST, PORT, EAST, source=ARMY)], LOCAL))
    before = service.state.seq
    receipt = approved(staff, proposal)
    assert isinstance(receipt, Receipt), "nobody misses a warning for want of a newer seq"
    assert receipt.events > 1
    assert [event.zone for event in added(service, before) if isinstance(event, HoldRaised)] == zones


def test_a_warning_that_stands_by_now_is_agreed_to_and_changes_nothing(staff: Staff) -> None:
    proposal = proposed(staff, EVERYWHERE)
    one(staff.service.submit([raising(LAND)], LOCAL))
    receipt = approved(staff, proposal)
    assert isinstance(receipt, Receipt)
    assert receipt.events == 1
    assert staff.service.access.proposals[proposal].status == "approved"


def test_in_one_append_each_is_decided_upon_what_the_one_before_it_left(staff: Staff) -> None:
    service = staff.service
    first, second = proposed(staff, EVERYWHERE), proposed(staff, EVERYWHERE)
    shown = {number: service.access.proposals[number].shown for number in (first, second)}
    told = service.carry_out(
        [
            (command(Approve(proposal=first, shown=shown[first]), actor="ivan"), staff.ivan),
            (command(Approve(proposal=first, shown=shown[first]), actor="ivan"), staff.ivan),
            (command(Decline(proposal=second), actor="ivan"), staff.ivan),
            (command(Approve(proposal=second, shown=shown[second]), actor="ivan"), staff.ivan),
        ]
    )
    assert [outcome.code if isinstance(outcome, TocsinError) else outcome.events for outcome in told] == [
        2,
        "proposal_closed",
        1,
        "proposal_closed",
    ]


# --- grants and tokens -----------------------------------------------------------------------


def test_two_people_grant_and_issue_and_neither_does_it_alone(staff: Staff) -> None:
    service = staff.service
    given = proposed(staff, GiveGrant(terms=terms("petro", CAPITAL)))
    assert not service.access.grants_to("petro")
    assert isinstance(approved(staff, given), Receipt)
    assert isinstance(added(service, given)[-1], GrantGiven)
    issued = proposed(staff, IssueToken(holder="petro", digest=token_digest("token"), expires=NOON + timedelta(days=1)))
    assert token_digest("token") not in service.access.tokens
    assert isinstance(approved(staff, issued), Receipt)
    assert isinstance(added(service, issued)[-1], TokenIssued)
    petro = service.authenticate("Bearer token")
    assert isinstance(give(service, petro, Raise(zones=(CAPITAL,))), Receipt)
    assert isinstance(give(service, petro, Raise(zones=(FOREST,))), NotGranted)


def test_a_false_alarm_everywhere_is_taken_back_by_one_person_in_one_call(staff: Staff) -> None:
    service = staff.service
    assert isinstance(approved(staff, proposed(staff, EVERYWHERE)), Receipt)
    outcome = give(service, staff.ivan, Withdraw(zones=(LAND,), cause="a false alarm"))
    assert isinstance(outcome, Receipt)
    assert set(statuses(service.state).values()) == {Status.CLEAR}
    assert isinstance(give(service, staff.maria, Withdraw(zones=(LAND,))), NotGranted)


def test_parts_of_a_country_take_one_person_each(staff: Staff, clock: StillClock) -> None:
    clock.at = minute(1)
    assert isinstance(give(staff.service, staff.maria, Raise(zones=(FOREST,))), Receipt)
    assert isinstance(give(staff.service, staff.maria, Release(zones=(FOREST,))), Receipt)
    assert [type(event) for event in added(staff.service, staff.service.state.seq - 2)] == [HoldRaised, HoldReleased]
