"""Who may do what, and what waits for a second person, is nobody else's business: it leaves as a bare seq."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from tests.channels.listening import Server, Subscriber, parsed
from tests.web.people import ALICE, BEGUN, BOB, begin
from tests.world import EAST, LAND, NOON, command, raising, run_leaping
from tocsin.access import Caller, token_digest
from tocsin.channels.frames import Form, piece
from tocsin.commands import (
    AcceptClock,
    Approve,
    Command,
    Decline,
    GiveGrant,
    IssueToken,
    Order,
    RevokeGrant,
    RevokeToken,
)
from tocsin.events import AuthorityEvent
from tocsin.model import Hazard, HolderKind, SourceId, Terms, Verb
from tocsin.store import Receipt

SECRET = ("alice", "bob", "carol", "desk", "a wide order", "hers", token_digest("hers"), "begin", "key-")
"""What stands in the events that are nobody's business."""


def give(server: Server, holder: str, order: Order, key: str) -> int:
    """The seq of the order's last event."""
    given = Command(key=f"key-{key}", actor=holder, source=SourceId("desk"), reason="a wide order", order=order)
    [receipt] = server.service.submit([given], Caller(holder=holder))
    assert isinstance(receipt, Receipt), receipt
    return receipt.seq


def agreed(server: Server, order: Order, key: str) -> None:
    """Alice proposes it and Bob agrees."""
    seq = give(server, ALICE.name, order, key)
    waiting = server.service.access.proposals[seq]
    give(server, BOB.name, Approve(proposal=waiting.id, shown=waiting.shown), f"{key}-approved")


def lived() -> Server:
    """A log with every event there is about authority, and nothing public in it but one warning."""
    server = Server(speaks=True)
    begin(server.service)
    terms = Terms(
        holder="carol",
        kind=HolderKind.PERSON,
        sources=(SourceId("desk"),),
        zones=(EAST,),
        hazards=tuple(Hazard),
        verbs=(Verb.RAISE,),
    )
    agreed(server, GiveGrant(terms=terms), "grant")
    grant = max(server.service.access.grants)
    issue = IssueToken(holder="carol", digest=token_digest("hers"), expires=NOON + timedelta(days=9), label="hers")
    agreed(server, issue, "token")
    give(
        server, ALICE.name, RevokeToken(token=max(token.id for token in server.service.access.tokens.values())), "back"
    )
    agreed(server, RevokeGrant(grant=grant), "revoked")
    agreed(server, AcceptClock(), "clock")
    waiting = give(server, ALICE.name, raising(LAND).order, "wide")
    give(server, BOB.name, Decline(proposal=waiting), "declined")
    server.order(command(raising(EAST).order, key="the public one"))
    return server


def test_no_event_about_authority_leaves_the_house() -> None:
    server = lived()
    log = server.store.read(0, 99)
    kinds = {type(entry.event) for entry in log if isinstance(entry.event, AuthorityEvent)}
    assert kinds == set(AuthorityEvent.__args__), "each kind is in this log"
    stream = piece(server.ring.since(0) or [], Form.SSE)
    told = [frame.data for frame in parsed(stream) if frame.event == "entry"]
    assert [entry["seq"] for entry in told] == list(range(1, len(log) + 1)), "not even their number is hidden"
    assert all(entry["event"] == {"type": "internal"} and entry["order"] == "" for entry in told[:-1])
    assert (told[-1]["event"]["type"], told[-1]["order"]) == ("hold_raised", "the public one")
    assert [secret for secret in SECRET if secret.encode() in stream] == []
    log_itself = msgspec.json.encode(log)
    assert [secret for secret in SECRET if secret.encode() not in log_itself] == [], "it would have been seen"


def test_no_message_is_made_of_it_and_a_wide_order_is_told_once_it_is_agreed_to() -> None:
    server = lived()
    assert [message.seq for message in server.told] == [server.service.state.seq]
    before = server.service.state.seq
    agreed(server, raising(LAND).order, "wide again")
    assert [(message.seq, message.zones) for message in server.told[1:]] == [(before + 3, (LAND,))]
    assert server.service.state.seq == before + 3, "proposed, approved, raised"


def test_whoever_hears_only_what_is_told_outside_ends_with_what_stands() -> None:
    async def play() -> None:
        server = Server(speaks=True)
        subscriber = Subscriber()
        subscriber.connect(server.hub)
        await subscriber.hear()
        begin(server.service)
        server.order(raising(EAST))
        await subscriber.hear()
        assert (subscriber.last, subscriber.state) == (BEGUN + 1, server.service.state)

    run_leaping(play)
