"""Whoever is at the machine that keeps the log: free to warn, free to change who may what where no two people can."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.access.office import Office, terms
from tests.access.orders import ADMINISTER, OTHERS, RAISE, WARNINGS, name
from tests.world import COAST, EAST, LAND, NOON, PORT, WEST, minute
from tocsin.access import LOCAL, Caller
from tocsin.commands import (
    AcceptClock,
    Approve,
    Decline,
    GiveGrant,
    IssueToken,
    Order,
    Raise,
    Release,
    RevokeGrant,
    RevokeToken,
)
from tocsin.errors import Forbidden, UnknownZone
from tocsin.model import Hazard, HolderKind, ZoneId

GIVE = GiveGrant(terms=terms("other", WEST))
ISSUE = IssueToken(holder="other", digest="0" * 64, zones=(WEST,), expires=minute(9))
AUTHORITY = [GIVE, ISSUE, RevokeGrant(grant=1), AcceptClock()]


def two(**said: object) -> Office:
    """Olena (grant 1, token 2) and Ivan (grant 3, token 4) administer."""
    office = Office()
    for holder in ("olena", "ivan"):
        office.give(holder, LAND, **said)
        office.issue(holder)
    return office


def test_at_the_machine_anything_may_be_warned_of_and_nobody_else_is_asked() -> None:
    office = two()
    for order in (*(order for order, _ in (*WARNINGS, *OTHERS[:6])), Raise(zones=(LAND,)), Release(zones=(LAND,))):
        permission = office.permit(LOCAL, order)
        assert (permission.grant, permission.second) == ("local", False)
        assert permission.reach == office.state.hierarchy.reach(())


def test_at_the_machine_one_speaks_for_others() -> None:
    assert Office().permit(LOCAL, Raise(zones=(LAND,)), actor="import")


@pytest.mark.parametrize("order", AUTHORITY, ids=name)
def test_until_two_people_can_the_machine_changes_who_may_what(order: Order) -> None:
    office = Office()
    assert office.permit(LOCAL, order)
    office.give("olena", LAND)
    office.issue("olena")
    office.give("feed", LAND, kind=HolderKind.SERVICE)
    office.issue("feed")
    assert office.permit(LOCAL, order), "one person and a service are no two people"
    office.give("ivan", LAND)
    assert office.permit(LOCAL, order), "who has no token cannot do anything yet"
    office.issue("ivan")
    with pytest.raises(Forbidden, match="2 people may administer this, so they change it, over the API") as caught:
        office.permit(LOCAL, order)
    assert caught.value.detail == {"administrators": ["ivan", "olena"]}


@pytest.mark.parametrize(
    "said",
    [
        {"verbs": (RAISE,)},
        {"expires": minute(0)},
        {"hazards": (Hazard.NUCLEAR,)},
    ],
)
def test_people_who_could_not_do_it_do_not_keep_the_machine_from_it(said: dict[str, object]) -> None:
    assert two(**said).permit(LOCAL, GIVE)


def test_two_people_who_administer_elsewhere_do_not_keep_the_machine_from_it() -> None:
    office = Office()
    for holder in ("olena", "ivan"):
        office.give(holder, WEST)
        office.issue(holder)
    assert office.refusal(LOCAL, GIVE) == "forbidden"
    assert office.refusal(LOCAL, GiveGrant(terms=terms("other", COAST))) == ""
    assert office.refusal(LOCAL, AcceptClock()) == ""


def test_whose_tokens_have_all_run_out_is_nobody_who_could() -> None:
    office = two()
    over = NOON + timedelta(days=1)
    assert office.refusal(LOCAL, GIVE, now=over - timedelta(microseconds=1)) == "forbidden"
    assert office.refusal(LOCAL, GIVE, now=over) == ""
    assert office.refusal(LOCAL, AcceptClock(), now=over) == "", "a clock far ahead locks nobody out"


def test_a_token_for_somewhere_else_does_not_count() -> None:
    office = Office()
    for holder in ("olena", "ivan"):
        office.give(holder, LAND)
        office.issue(holder, EAST)
    assert office.refusal(LOCAL, GIVE) == ""
    assert office.refusal(LOCAL, GiveGrant(terms=terms("other", PORT))) == "forbidden"


def test_the_machine_takes_back_any_token_but_those_of_the_two_people_above_it() -> None:
    office = two()
    office.give("maria", WEST, verbs=(RAISE,))
    maria = office.issue("maria")
    assert office.refusal(LOCAL, RevokeToken(token=maria.token or 0)) == ""
    assert office.refusal(LOCAL, RevokeToken(token=2)) == "forbidden", "or it would be alone again"
    office.take_back(Caller(holder="olena", token=2))
    assert office.refusal(LOCAL, RevokeToken(token=4)) == "", "one is no two"


def test_at_the_machine_nobody_is_the_second_of_two_people() -> None:
    office = two()
    proposal = office.propose("olena", GIVE)
    for answer in (Approve(proposal=proposal, shown="0" * 64), Decline(proposal=proposal)):
        with pytest.raises(Forbidden, match=r"^the second of two people calls with a token of their own$"):
            office.permit(LOCAL, answer)


def test_an_unknown_zone_is_refused_at_the_machine_as_well() -> None:
    with pytest.raises(UnknownZone):
        two().permit(LOCAL, GiveGrant(terms=terms("other", ZoneId("atlantis"), verbs=(ADMINISTER,))))
