"""What takes two people, over HTTP: proposed by one, seen and agreed to by another; and nothing of it is public."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from tests.web.people import ALICE, BEGUN, BOB, DESK, TOKEN, token_of
from tests.web.running import KYIV, NOON, SUMY, Answer, Listener, Running, StandingClock, Word, running
from tocsin.atlas import Atlas
from tocsin.limits import PROPOSAL_S
from tocsin.model import Realm
from tocsin.store.heads import SignedHead, check
from tocsin.store.memory import MemoryStore


def proposed(server: Running, key: str = "wide", **order: object) -> int:
    """An order for the whole country by Alice, which waits."""
    said: dict[str, object] = {"type": "raise", "zones": ["UA"], "cause": "launches seen", **order}
    answer = server.command(said, key, reason="secret reason")
    assert answer.status == 202, answer.body
    number: int = answer.json["proposal"]
    return number


def shown(server: Running, proposal: int) -> str:
    digest: str = server.ask(f"/api/v1/proposals/{proposal}", token=BOB.token).json["shown"]
    return digest


def approve(server: Running, proposal: int, digest: str | None = None, token: str = BOB.token) -> Answer:
    order = {"type": "approve", "proposal": proposal, "shown": digest or shown(server, proposal)}
    return server.command(order, f"yes {proposal} {token == TOKEN}", token=token)


def test_an_order_for_the_whole_country_waits_until_another_person_agrees(server: Running) -> None:
    proposal = proposed(server)
    assert server.order("wide", zones=["UA"], cause="launches seen", reason="secret reason").json == {
        "key": "wide",
        "seq": proposal,
        "events": 1,
        "proposal": proposal,
    }
    assert server.get("/api/v1/state")["zones"][KYIV] == "clear"
    agreed = approve(server, proposal)
    assert (agreed.status, agreed.json["events"], agreed.json["proposal"]) == (200, 2, None)
    state = server.get("/api/v1/state")
    assert (state["zones"][KYIV], state["zones"]["UA"], [hold["source"] for hold in state["holds"]]) == (
        "red",
        "red",
        [DESK],
    )
    again = server.order("wide", zones=["UA"], cause="launches seen", reason="secret reason")
    assert (again.status, again.json["proposal"]) == (202, proposal), "a repeat answers the same"
    assert server.get("/api/v1/state")["seq"] == state["seq"]


def test_an_order_that_changes_nothing_right_after_a_proposal_is_not_taken_for_it(server: Running) -> None:
    server.order("first")
    proposal = proposed(server)
    assert server.order("again").json == {"key": "again", "seq": proposal, "events": 0, "proposal": None}


def test_the_second_person_is_shown_all_that_matters(server: Running, ukraine: Atlas) -> None:
    proposal = proposed(server)
    told = server.ask(f"/api/v1/proposals/{proposal}", token=BOB.token).json
    assert (told["id"], told["actor"], told["source"], told["reason"]) == (proposal, "alice", DESK, "secret reason")
    assert (told["order"]["type"], told["order"]["zones"]) == ("raise", ["UA"])
    assert (told["at"], told["expires"]) == ("2026-03-01T12:00:00Z", "2026-03-01T12:10:00Z")
    assert (told["status"], told["zones"]) == ("open", 1_633)
    reach = ukraine.hierarchy.reach([ukraine.country.id])
    assert (told["people"], told["counted"]) == (reach.people, reach.counted)
    assert told["counted"] > 20_000_000
    assert told["texts"]
    assert all(told["texts"].values())
    assert len(told["shown"]) == 64
    [listed] = server.ask("/api/v1/proposals", token=TOKEN).json["proposals"]
    assert listed == told


def test_one_person_alone_cannot_warn_the_whole_country(server: Running) -> None:
    proposal = proposed(server)
    approve(server, proposal, token=ALICE.token).refused(403, "same_person")
    approve(server, proposal, "0" * 64).refused(409, "not_shown")
    assert server.get("/api/v1/state")["zones"][KYIV] == "clear"


def test_what_was_declined_or_has_lapsed_is_not_approved_any_more(ukraine: Atlas) -> None:
    clock = StandingClock()
    with running(MemoryStore(), ukraine, clock) as server:
        first, second = proposed(server, "one"), proposed(server, "two", threat="mig31k")
        assert server.command({"type": "decline", "proposal": first}, "no", token=BOB.token).status == 200
        approve(server, first).refused(409, "proposal_closed")
        clock.at = NOON + timedelta(seconds=PROPOSAL_S)
        approve(server, second).refused(409, "proposal_closed")
        third = proposed(server, "three", threat="drones")

        def listed(query: str) -> list[tuple[int, str]]:
            found = server.ask(f"/api/v1/proposals{query}", token=TOKEN).json["proposals"]
            return [(proposal["id"], proposal["status"]) for proposal in found]

        assert listed("") == [(third, "open"), (second, "lapsed"), (first, "declined")], "the newest first"
        assert listed("?status=lapsed") == [(second, "lapsed")]
        assert listed("?status=approved") == []
        assert listed("?limit=1") == [(third, "open")]


@pytest.mark.parametrize("named", ["0", "999", "x", "-1", "1e3", "٣", "9" * 40])
def test_a_proposal_that_there_is_not(server: Running, named: str) -> None:
    server.ask(f"/api/v1/proposals/{quote(named)}", token=TOKEN).refused(404, "not_found")


def test_withdrawing_a_false_alarm_of_ones_own_area_takes_one_person_and_one_call(server: Running) -> None:
    assert approve(server, proposed(server)).status == 200
    withdrawn = server.order("false alarm", type="withdraw", zones=["UA"])
    assert (withdrawn.status, withdrawn.json["events"], withdrawn.json["proposal"]) == (200, 1, None)
    assert server.get("/api/v1/state")["zones"][KYIV] == "clear"


def test_any_change_of_grants_takes_two_people(server: Running) -> None:
    wide = {"zones": [KYIV], "hazards": ["air_raid"], "verbs": ["raise"], "sources": ["kyiv"]}
    given = server.command({"type": "give_grant", "terms": {"holder": "dave", "kind": "person", **wide}}, "grant")
    assert given.status == 202
    assert daves(server) == []
    assert approve(server, given.json["proposal"]).status == 200
    [dave] = daves(server)
    assert (dave["good"], dave["revoked"], dave["terms"]["zones"]) == (True, False, [KYIV])
    taken = server.command({"type": "revoke_grant", "grant": dave["id"]}, "revoke", token=BOB.token)
    assert taken.status == 202
    digest = shown(server, taken.json["proposal"])
    approve(server, taken.json["proposal"], digest).refused(403, "same_person")
    assert approve(server, taken.json["proposal"], digest, token=TOKEN).status == 200
    [dave] = daves(server)
    assert (dave["good"], dave["revoked"]) == (False, True)


def daves(server: Running) -> list[Any]:
    """What Dave was granted."""
    grants = server.ask("/api/v1/grants", token=TOKEN).json["grants"]
    return [grant for grant in grants if grant["terms"]["holder"] == "dave"]


# --- what is not public --------------------------------------------------------------------------

PUBLIC: tuple[str, ...] = (
    "state",
    "events?limit=1000",
    f"zones/{KYIV}",
    f"history?zone={KYIV}",
    "clock",
    "zones?level=country",
)
PUBLIC += ("holds?from=2026-03-01T00:00:00Z&until=2026-03-02T00:00:00Z",)
SECRETS = ("alice", "bob", "secret reason", "carol-to-be", "grant", "token", "proposal", "digest", "5e" * 32)


def up_to(listener: Listener, seq: int) -> list[Word]:
    """Everything that is heard until the entry of that seq."""
    heard = [listener.next("entry", "message", "heartbeat")]
    while heard[-1].id != seq:
        heard.append(listener.next("entry", "message", "heartbeat"))
    return heard


def test_who_may_what_and_who_did_what_is_nowhere_public(server: Running) -> None:
    with server.listening() as listener, server.listening(after=0) as resumed:
        first = [listener.next()]
        assert approve(server, proposed(server)).status == 200
        expires = "2026-03-02T12:00:00Z"
        issued = {"type": "issue_token", "holder": "carol-to-be", "digest": "5e" * 32, "expires": expires}
        waiting = server.command(issued, "token for carol-to-be", reason="secret reason").json["proposal"]
        assert server.command({"type": "decline", "proposal": waiting}, "no", token=BOB.token).status == 200
        server.order("a release", type="release", zones=[SUMY], reason="secret reason").refused(409, "nothing_held")
        head = server.get("/api/v1/state")["seq"]
        assert head == BEGUN + 5
        heard = first + up_to(listener, head) + up_to(resumed, head)
    assert "message" in {word.event for word in heard}
    said = {f"the stream's {word.event} {word.id}": json.dumps(word.data) for word in heard}
    said |= {path: server.ask(f"/api/v1/{path}").body.decode() for path in PUBLIC}
    leaked = {where: secret for where, text in said.items() for secret in SECRETS if secret in text}
    assert leaked == {}
    events = server.get("/api/v1/events?limit=1000")["events"]
    assert [entry["seq"] for entry in events] == list(range(1, head + 1)), "though no seq is missing"
    internal = [entry for entry in events if entry["event"] == {"type": "internal"}]
    assert len(internal) == head - 1
    assert {entry["order"] for entry in internal} == {""}


# --- realms --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/api/v1/state", "GET", 200),
        ("/api/v1/nothing", "GET", 404),
        ("/api/v1/state", "DELETE", 405),
        ("/api/v1/commands", "POST", 401),
        ("/api/v1/openapi.json", "HEAD", 200),
        ("/", "GET", 200),
    ],
)
def test_every_answer_says_of_which_realm_it_is(morning: Running, path: str, method: str, status: int) -> None:
    answer = morning.ask(path, method)
    assert (answer.status, answer.headers.get_all("Tocsin-Realm")) == (status, ["live"])


def test_an_answer_to_what_is_no_http_and_a_stream_say_their_realm_too(morning: Running) -> None:
    assert b"\r\nTocsin-Realm: live\r\n" in morning.raw(b"how do I get to the shelter?\r\n\r\n")
    told = morning.raw(b"GET /api/v1/state HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: the unexpected\r\n\r\n")
    assert b"\r\nTocsin-Realm: live\r\n" in told
    with morning.listening() as listener:
        assert listener.realm == "live"


def test_a_drill_says_that_it_is_one_and_takes_no_order_that_is_meant_for_reality(ukraine: Atlas) -> None:
    drill = token_of("alice", Realm.DRILL)
    with running(MemoryStore(Realm.DRILL), ukraine) as server:
        answer = server.ask("/api/v1/state")
        assert (answer.headers["Tocsin-Realm"], answer.json["realm"]) == ("drill", "drill")
        server.order(token=TOKEN).refused(403, "wrong_realm")
        server.order(token=drill, realm="live").refused(403, "wrong_realm")
        assert server.order(token=drill, realm="drill").status == 200
        assert server.ask("/api/v1/me", token=drill).json["realm"] == "drill"


# --- the signed head -----------------------------------------------------------------------------


def test_the_head_is_signed_and_moves_with_the_log(ukraine: Atlas) -> None:
    store = MemoryStore()
    with running(store, ukraine, signed=True) as server:
        first = server.get("/api/v1/head")
        assert (first["seq"], first["log"], first["realm"]) == (BEGUN, store.identity, "live")
        server.order()
        second = server.get("/api/v1/head")
    assert (second["seq"], second["hash"], second["key"]) == (BEGUN + 1, store.link().hash.hex(), first["key"])
    for head in (first, second):
        check(msgspec.convert(head, SignedHead), first["key"])


def test_where_no_head_is_signed_there_is_none(server: Running) -> None:
    server.ask("/api/v1/head").refused(404, "not_found")
