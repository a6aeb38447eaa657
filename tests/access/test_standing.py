"""Grants, tokens and proposals folded from the log, and kept in snapshots."""

from __future__ import annotations

import hashlib

import msgspec
import pytest

from tests.access.office import Office, terms
from tests.world import DUTY, EAST, NOON, WEST, decided, minute, raising
from tocsin.access import Access, Grant, Proposal, Token
from tocsin.access.standing import PackedAccess
from tocsin.commands import GiveGrant
from tocsin.events import (
    ClockAccepted,
    Event,
    GrantGiven,
    GrantRevoked,
    HoldRaised,
    ProposalApproved,
    ProposalDeclined,
    TokenIssued,
    TokenRevoked,
)


def busy() -> Office:
    """Two grants and a revoked one, two tokens of which one is taken back, three proposals of which one is open."""
    office = Office()
    office.give("olena", WEST)
    office.revoke(office.give("ivan", EAST))
    office.give("olena", EAST, expires=minute(5))
    first = office.issue("olena", WEST)
    office.take_back(office.issue("ivan"))
    for number in range(3):
        office.propose("olena", GiveGrant(terms=terms(f"other {number}", WEST)))
    office.happened(ProposalApproved(proposal=office.seq - 2, by="ivan", at=NOON))
    office.happened(ProposalDeclined(proposal=office.seq - 2, by="ivan", at=NOON))
    assert first.token == 5
    return office


def test_each_has_the_seq_of_its_event_as_its_number() -> None:
    access = busy().access
    assert {grant.id: grant.terms.holder for grant in access.grants.values()} == {1: "olena", 2: "ivan", 4: "olena"}
    assert {token.id: token.holder for token in access.tokens.values()} == {5: "olena", 6: "ivan"}
    assert {proposal.id: proposal.status for proposal in access.proposals.values()} == {
        8: "approved",
        9: "declined",
        10: "open",
    }
    assert list(access.grants) == [1, 2, 4]
    assert list(access.proposals) == [8, 9, 10]
    assert all(token.digest == digest for digest, token in access.tokens.items())


def test_what_was_taken_back_is_kept_and_marked() -> None:
    access = busy().access
    assert {grant.id: grant.revoked for grant in access.grants.values()} == {1: False, 2: True, 4: False}
    assert {token.id: token.revoked for token in access.tokens.values()} == {5: False, 6: True}


def test_all_that_a_grant_a_token_and_a_proposal_say_is_kept() -> None:
    access = busy().access
    assert access.grants[1] == Grant(id=1, terms=terms("olena", WEST))
    token = access.token(5)
    assert token is not None
    assert token == Token(id=5, holder="olena", digest=token.digest, zones=(WEST,), expires=minute(24 * 60), label="")
    proposal = access.proposals[10]
    assert proposal == Proposal(
        id=10,
        command=proposal.command,
        actor="olena",
        grant="1",
        texts={"en": "the words"},
        zones=1,
        people=7,
        counted=6,
        at=NOON,
    )
    assert (proposal.asked().order, proposal.asked().source) == (GiveGrant(terms=terms("other 2", WEST)), DUTY)
    assert proposal.expires == minute(10)


def test_a_holders_grants_are_found_oldest_first_and_only_good_ones() -> None:
    access = busy().access
    assert [grant.id for grant in access.grants_of("olena", NOON)] == [1, 4]
    assert [grant.id for grant in access.grants_of("olena", minute(5))] == [1]
    assert access.grants_of("ivan", NOON) == access.grants_of("nobody", NOON) == []
    assert [grant.id for grant in access.grants_to("olena")] == [1, 4], "an expired one is not taken back"
    assert access.grants_to("ivan") == access.grants_to("nobody") == []


def test_a_token_is_found_by_its_number() -> None:
    access = busy().access
    found = [access.token(number) for number in (5, 6, 1, 99)]
    assert [token and token.holder for token in found] == ["olena", "ivan", None, None]


def test_a_token_is_good_until_it_expires_or_is_taken_back() -> None:
    first, second = busy().access.tokens.values()
    assert first.good_at(NOON)
    assert not first.good_at(first.expires)
    assert not second.good_at(NOON)


def test_a_token_issued_and_taken_back_in_one_append_is_none() -> None:
    issued = TokenIssued(holder="olena", digest="0" * 64, zones=(), expires=minute(9), label="", at=NOON)
    access = Access().after(0, [issued, TokenRevoked(token=1, at=NOON)])
    assert [token.revoked for token in access.tokens.values()] == [True]
    assert access.token(1) == access.tokens["0" * 64]


def test_one_that_stands_stays_as_it_is_whatever_comes_after() -> None:
    office = busy()
    before, packed = office.access, msgspec.json.encode(office.access.pack())
    before.grants_of("olena", NOON)
    office.revoke(1)
    office.happened(ProposalApproved(proposal=10, by="ivan", at=NOON))
    office.give("petro", WEST)
    assert msgspec.json.encode(before.pack()) == packed
    assert [grant.id for grant in before.grants_of("olena", NOON)] == [1, 4]
    assert [grant.id for grant in office.access.grants_of("olena", NOON)] == [4]


def test_events_of_warnings_take_a_seq_and_change_nothing() -> None:
    [raised] = decided([raising(WEST)])
    assert isinstance(raised, HoldRaised)
    access = busy().access
    assert access.after(12, [raised]) is access
    assert access.after(12, []) is access
    assert access.after(12, [raised, ClockAccepted(at=NOON)]) == access
    given, revoked = GrantGiven(terms=terms("new", WEST), at=NOON), GrantRevoked(grant=1, at=NOON)
    events: list[Event] = [raised, revoked, raised, given]
    after = access.after(12, events)
    assert after.grants[1].revoked
    assert list(after.grants) == [1, 2, 4, 16]


def test_what_the_log_never_gave_cannot_be_taken_back_or_answered() -> None:
    for event in (
        GrantRevoked(grant=9, at=NOON),
        TokenRevoked(token=9, at=NOON),
        ProposalApproved(proposal=9, by="ivan", at=NOON),
        ProposalDeclined(proposal=9, by="ivan", at=NOON),
    ):
        with pytest.raises(KeyError):
            Access().after(0, [event])


def test_packed_and_unpacked_it_is_the_same() -> None:
    access = busy().access
    packed = msgspec.json.decode(msgspec.json.encode(access.pack()), type=PackedAccess)
    back = Access.unpack(packed)
    assert back == access
    assert list(back.grants) == list(access.grants)
    assert (token := back.token(5)) is not None
    assert token.holder == "olena"


def test_what_a_proposal_shows_is_proven_by_a_digest_of_all_of_it() -> None:
    proposal = busy().access.proposals[10]
    assert (
        proposal.shown
        == hashlib.sha256(
            msgspec.json.encode((10, proposal.command, "olena", [("en", "the words")], 1, 7, 6))
        ).hexdigest()
    )
    changes = {
        "id": 11,
        "command": proposal.command.replace("other 2", "other 3"),
        "actor": "ivan",
        "texts": {"en": "other words"},
        "zones": 2,
        "people": 5,
        "counted": 4,
    }
    shown = {msgspec.structs.replace(proposal, **{field: value}).shown for field, value in changes.items()}
    assert len(shown | {proposal.shown}) == len(changes) + 1
    one, other = ({"en": "a", "uk": "b"}, {"uk": "b", "en": "a"})
    in_any_order = {msgspec.structs.replace(proposal, texts=texts).shown for texts in (one, other)}
    assert len(in_any_order) == 1, "in whichever order the languages come"
