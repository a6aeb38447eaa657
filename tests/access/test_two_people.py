"""What takes two people, who they may be, and what one does alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.access.office import Office, terms
from tests.access.orders import ADMINISTER, RAISE, WITHDRAW, name
from tests.world import ARMY, CAPITAL, COAST, DUTY, EAST, FOREST, HILLS, LAND, NOON, PORT, WEST, minute, raising
from tocsin.access.permit import open_proposal
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
from tocsin.errors import CeilingReached, Forbidden, NotFound, NotGranted, ProposalClosed, SamePerson
from tocsin.events import ProposalApproved, ProposalDeclined
from tocsin.limits import PROPOSAL_S
from tocsin.model import Hazard, HolderKind, Reach, Verb, ZoneId

ISSUE = IssueToken(holder="olena", digest="0" * 64, expires=minute(9))


# --- what takes two --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "order",
    [
        Raise(zones=(LAND,)),
        Raise(zones=(EAST,)),
        Raise(zones=(COAST, HILLS, FOREST)),
        Escalate(zones=(LAND,)),
        Release(zones=(LAND,)),
        Narrow(zones=(LAND,), to=(PORT,)),
        Extend(zones=(PORT,), to=(LAND,)),
        Extend(zones=(LAND,), to=(PORT,)),
        Replace(zones=(LAND,), by=Raise(zones=(PORT,))),
        Replace(zones=(PORT,), by=Raise(zones=(LAND,))),
        GiveGrant(terms=terms("other", PORT)),
        RevokeGrant(grant=1),
        ISSUE,
        AcceptClock(),
    ],
    ids=name,
)
def test_what_reaches_a_whole_country_and_what_changes_who_may_what_takes_two_people(order: Order) -> None:
    office = Office()
    office.give("olena", LAND)
    office.give("feed", LAND, kind=HolderKind.SERVICE)
    assert office.permit("olena", order).second
    with pytest.raises(
        Forbidden,
        match=r"^this takes two people, and a service is none: .* for each part$",
    ) as caught:
        office.permit("feed", order)
    assert caught.value.detail == {"holder": "feed"}


@pytest.mark.parametrize(
    "order",
    [
        Raise(zones=(COAST, CAPITAL)),
        Escalate(zones=(WEST,)),
        Release(zones=(WEST,)),
        Narrow(zones=(WEST,), to=(FOREST,)),
        Extend(zones=(WEST,), to=(CAPITAL,)),
        Replace(zones=(WEST,), by=Raise(zones=(CAPITAL,))),
        Annotate(zones=(LAND,), note="three"),
        Heartbeat(zones=(LAND,)),
        SourceSilent(),
        SourceBack(),
        SourceSilent(of=ARMY),
        SourceBack(of=ARMY),
        RevokeToken(token=2),
    ],
    ids=name,
)
def test_everything_else_takes_one(order: Order) -> None:
    office = Office()
    office.give("olena", LAND)
    office.issue("olena")
    assert not office.permit("olena", order).second


@pytest.mark.parametrize("zone", [PORT, EAST, LAND])
def test_a_false_alarm_in_ones_own_area_takes_one_person_however_large_it_is(zone: ZoneId) -> None:
    office = Office()
    office.give("olena", zone, verbs=(WITHDRAW,))
    assert not office.permit("olena", Withdraw(zones=(zone,))).second


def test_a_permission_says_how_far_the_order_goes() -> None:
    office = Office()
    office.give("olena", LAND)
    extend = office.permit("olena", Extend(zones=(PORT,), to=(WEST, CAPITAL)))
    assert extend.reach == Reach(zones=4, people=6_400, counted=6_400, country_wide=False)
    east = Reach(zones=5, people=None, counted=1_200, country_wide=True)
    assert office.permit("olena", Raise(zones=(EAST,))).reach == east


# --- who is the second -----------------------------------------------------------------------


@pytest.fixture
def office() -> Office:
    """Olena proposed (seq 4) what Ivan and Petro could as well; the feed is a service."""
    office = Office()
    office.give("olena", LAND)
    office.give("ivan", LAND)
    office.give("feed", LAND, kind=HolderKind.SERVICE)
    office.propose("olena", Raise(zones=(LAND,)))
    return office


YES, NO = Approve(proposal=4, shown="0" * 64), Decline(proposal=4)


@pytest.mark.parametrize("answer", [YES, NO], ids=name)
def test_another_person_with_the_same_right_answers(office: Office, answer: Order) -> None:
    permission = office.permit("ivan", answer)
    assert (permission.grant, permission.second) == ("2", False)
    assert permission.reach.zones == 9


def test_the_same_person_does_not_agree_with_themselves_by_whatever_token_or_grant(office: Office) -> None:
    office.give("olena", LAND)
    for caller in ("olena", office.issue("olena"), office.issue("olena", LAND)):
        with pytest.raises(SamePerson, match="olena gave this order; a second person must agree") as caught:
            office.permit(caller, YES)
        assert caught.value.detail == {"holder": "olena"}


def test_whoever_proposed_takes_it_back_alone(office: Office) -> None:
    permission = office.permit("olena", NO)
    assert (permission.grant, permission.reach.zones) == ("1", 9)
    office.revoke(1)
    assert office.permit("olena", NO), "even who may no longer propose it"


@pytest.mark.parametrize("answer", [YES, NO], ids=name)
def test_a_service_is_no_second_person(office: Office, answer: Order) -> None:
    with pytest.raises(Forbidden, match=r"^the second of two people is a person$") as caught:
        office.permit("feed", answer)
    assert caught.value.detail == {"holder": "feed"}


@pytest.mark.parametrize("answer", [YES, NO], ids=name)
def test_the_second_needs_the_same_right_as_the_first(office: Office, answer: Order) -> None:
    office.give("west", WEST, EAST, CAPITAL)
    office.give("release", LAND, verbs=(Verb.RELEASE,))
    office.give("chemical", LAND, hazards=(Hazard.CHEMICAL,))
    office.give("expired", LAND, expires=minute(-1))
    office.revoke(office.give("revoked", LAND))
    for holder in ("west", "release", "chemical", "expired", "revoked", "nobody"):
        with pytest.raises(NotGranted):
            office.permit(holder, answer)
    with pytest.raises(NotGranted):
        office.permit(office.issue("ivan", EAST), answer)
    assert office.permit(office.issue("ivan", LAND), answer)


def test_the_second_need_not_speak_as_the_source_of_the_first(office: Office) -> None:
    office.give("petro", LAND, sources=(ARMY,))
    assert office.permit("petro", YES, ARMY)


def test_the_ceiling_of_the_second_counts_as_well(office: Office) -> None:
    office.give("petro", LAND, max_zones=8, sources=(ARMY,))
    office.give("maria", LAND, max_zones=9, sources=(ARMY,))
    with pytest.raises(CeilingReached):
        office.permit("petro", YES)
    assert office.permit("maria", YES)
    office.propose("olena", Raise(zones=(COAST, HILLS, FOREST)))
    office.stand(raising(CAPITAL), raising(PORT, source=ARMY))
    limited = office.give("anna", LAND, max_zones=5)
    last = Approve(proposal=limited - 1, shown="0" * 64)
    with pytest.raises(CeilingReached) as caught:
        office.permit("anna", last)
    assert caught.value.detail["zones"] == 6, "what stands of the first one's source counts"


def test_what_the_second_needs_is_told_by_what_stands_now(office: Office) -> None:
    office.give("boss", WEST, hazards=(Hazard.CHEMICAL,))
    proposal = office.propose("olena", IssueToken(holder="boss", digest="0" * 64, expires=minute(9)))
    office.give("petro", WEST)
    answer = Approve(proposal=proposal, shown="0" * 64)
    assert office.permit("petro", answer)
    office.give("boss", EAST)
    assert office.refusal("petro", answer) == "not_granted"
    assert office.refusal("ivan", answer) == ""


# --- what waits ------------------------------------------------------------------------------


def test_what_never_waited_cannot_be_answered(office: Office) -> None:
    for number in (3, 5):
        with pytest.raises(NotFound, match=f"no proposal {number}") as caught:
            office.permit("ivan", Approve(proposal=number, shown="0" * 64))
        assert caught.value.detail == {"proposal": number}


def test_a_proposal_waits_so_long_and_no_longer(office: Office) -> None:
    end = NOON + timedelta(seconds=PROPOSAL_S)
    assert office.permit("ivan", YES, now=end - timedelta(microseconds=1))
    for answer in (YES, NO):
        with pytest.raises(ProposalClosed, match=f"past its time, {end.isoformat()}".replace("+", r"\+")):
            office.permit("ivan", answer, now=end)


@pytest.mark.parametrize(
    ("closed", "how"),
    [
        (ProposalApproved(proposal=4, by="ivan", at=NOON), "approved"),
        (ProposalDeclined(proposal=4, by="ivan", at=NOON), "declined"),
    ],
)
def test_a_proposal_is_answered_once(office: Office, closed: ProposalApproved | ProposalDeclined, how: str) -> None:
    office.happened(closed)
    for answer in (YES, NO):
        for holder in ("ivan", "olena"):
            with pytest.raises(ProposalClosed, match=f"proposal 4 is {how}") as caught:
                office.permit(holder, answer)
            assert caught.value.detail == {"proposal": 4, "status": how}


def test_an_open_proposal_is_the_one_that_was_made(office: Office) -> None:
    proposal = open_proposal(office.access, 4, NOON)
    assert (proposal.actor, proposal.asked().order, proposal.asked().source) == ("olena", Raise(zones=(LAND,)), DUTY)


# --- one's own token -------------------------------------------------------------------------


def test_anyone_takes_back_a_token_of_their_own_whatever_they_may_otherwise(office: Office) -> None:
    first, second = office.issue("maria"), office.issue("maria", WEST)
    permission = office.permit(second, RevokeToken(token=first.token or 0))
    assert (permission.grant, permission.reach.zones, permission.second) == ("own token", 0, False)
    assert office.permit(first, RevokeToken(token=first.token or 0)).grant == "own token"
    assert office.refusal("nobody", RevokeToken(token=first.token or 0)) == "not_granted"


def test_anothers_token_is_taken_back_by_who_administers_all_of_its_holders_area(office: Office) -> None:
    office.give("boss", WEST, CAPITAL)
    token = office.issue("boss", WEST).token or 0
    office.give("west", WEST, verbs=(ADMINISTER,))
    office.give("both", WEST, CAPITAL, verbs=(ADMINISTER,))
    office.give("raising", LAND, verbs=(RAISE,))
    found = [office.refusal(who, RevokeToken(token=token)) for who in ("west", "both", "raising")]
    assert found == ["not_granted", "", "not_granted"]
    unknown = [office.refusal(who, RevokeToken(token=99)) for who in ("west", "raising")]
    assert unknown == ["", "not_granted"], "that there is no such token is told to who administers something"
