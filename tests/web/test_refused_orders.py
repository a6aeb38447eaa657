"""Whatever order is refused is refused with a reason that a person understands, and stands in the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.web.people import ALICE, BOB, TOKEN, Person, token_of
from tests.web.running import KHARKIV, KYIV, LVIV, NOON, SUMY, Answer, Running, StandingClock, running
from tocsin import limits
from tocsin.access import token_digest
from tocsin.atlas import Atlas
from tocsin.model import HolderKind, Realm, SourceId, Verb, ZoneId
from tocsin.store.memory import MemoryStore

CAROL = Person(name="carol", source=SourceId("kyiv"), zones=(ZoneId(KYIV),))
RADAR = Person(
    name="radar", kind=HolderKind.SERVICE, source=SourceId("radar"), verbs=(Verb.REPORT, Verb.RAISE), max_zones=1
)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def server(ukraine: Atlas, clock: StandingClock) -> Iterator[Running]:
    """Kyiv is under warning; Carol may act in Kyiv only, and the radar may warn one zone at a time."""
    with running(MemoryStore(), ukraine, clock, more=(CAROL, RADAR)) as server:
        assert server.order("standing").status == 200
        yield server


def last_refused(server: Running, token: str = TOKEN) -> Any:
    """The newest refusal of the audit trail."""
    answer = server.ask("/api/v1/audit?limit=1", token=token)
    assert answer.status == 200, answer.body
    return answer.json["refused"][-1]


REFUSED: dict[str, tuple[Callable[[Running], Answer], int, str, str]] = {
    "a zone that there is not": (
        lambda server: server.order(reason="why", zones=[KHARKIV, "UA00"]),
        *(404, "unknown_zone", "no such zone: UA00"),
    ),
    "somebody else's area": (
        lambda server: server.order(reason="why", token=CAROL.token, zones=[KHARKIV]),
        *(403, "not_granted", f"carol may not do this: outside the area: {KHARKIV}"),
    ),
    "a verb that was not granted": (
        lambda server: server.order(reason="why", token=RADAR.token, type="withdraw"),
        *(403, "not_granted", "radar may not do this: not granted: withdraw"),
    ),
    "a source that somebody else speaks as": (
        lambda server: server.order(reason="why", token=CAROL.token, source="desk"),
        *(403, "not_granted", "carol may not do this: does not speak as desk"),
    ),
    "more zones than the ceiling": (
        lambda server: server.order(reason="why", token=RADAR.token, zones=[KHARKIV, SUMY]),
        *(403, "ceiling_reached", "this grant allows 1"),
    ),
    "the whole country by a service": (
        lambda server: server.order(reason="why", token=RADAR.token, zones=["UA"]),
        *(403, "ceiling_reached", "this grant allows 1"),
    ),
    "a stale seq": (
        lambda server: server.order(reason="why", level="yellow", decided_upon=8),
        *(409, "stale_seq", "look again and decide anew"),
    ),
    "a key with other content": (
        lambda server: server.order("standing", reason="why", zones=[SUMY]),
        *(409, "key_reused", "the key standing was used for another order"),
    ),
    "a moment ahead": (
        lambda server: server.order(reason="why", at="2026-03-01T12:02:00Z"),
        *(400, "bad_time", "more than 60 s ahead"),
    ),
    "nothing held": (
        lambda server: server.order(reason="why", type="release", zones=[LVIV]),
        *(409, "nothing_held", LVIV),
    ),
    "no part of what is held": (
        lambda server: server.order(reason="why", type="narrow", to=[LVIV]),
        *(409, "not_inside", LVIV),
    ),
    "no escalation": (
        lambda server: server.order(reason="why", type="escalate", to_level="yellow"),
        *(409, "not_an_escalation", ""),
    ),
    "a source that nobody knows": (
        lambda server: server.command({"type": "source_silent", "of": "lidar"}, reason="why"),
        *(404, "source_unknown", "lidar"),
    ),
    "a proposal that there is not": (
        lambda server: server.command({"type": "approve", "proposal": 77, "shown": "0" * 64}, reason="why"),
        *(404, "not_found", "there is no proposal 77"),
    ),
    "a grant for another realm": (
        lambda server: server.command({"type": "give_grant", "terms": terms("drill")}, reason="why"),
        *(403, "wrong_realm", "drill"),
    ),
}


def terms(realm: str) -> dict[str, object]:
    wide: dict[str, object] = {"zones": ["UA"], "hazards": ["air_raid"], "verbs": ["raise"], "sources": ["desk"]}
    return {"holder": "dave", "kind": "person", **wide, "realm": realm}


@pytest.mark.parametrize("case", REFUSED)
def test_an_order_that_is_refused_changes_nothing_and_is_in_the_audit_trail(server: Running, case: str) -> None:
    give, status, code, why = REFUSED[case]
    before = server.get("/api/v1/state")
    answer = give(server)
    answer.refused(status, code)
    told = answer.json["error"]["message"]
    assert why in told
    kept = last_refused(server)
    assert (kept["code"], kept["message"], kept["reason"]) == (code, told, "why")
    assert kept["actor"] in ("alice", "carol", "radar")
    assert kept["key"] in ("k", "standing")
    assert kept["order"].startswith('{"type":"')
    assert kept["refused_at"] == "2026-03-01T12:00:00Z"
    assert server.get("/api/v1/state") == before


BODIES: dict[str, tuple[Callable[[Running], Answer], int, str, str]] = {
    "a reason over the limit": (
        lambda server: server.order(reason="r" * 1_001),
        *(400, "bad_request", "length <= 1000 - at `$.reason`"),
    ),
    "a cause over the limit": (
        lambda server: server.order(cause="c" * 1_001),
        *(400, "bad_request", "length <= 1000 - at `$.order.cause`"),
    ),
    "an order that there is not": (
        lambda server: server.command({"type": "clear_everything"}),
        *(400, "bad_request", "clear_everything"),
    ),
    "another realm": (
        lambda server: server.order(realm="drill"),
        *(403, "wrong_realm", "this order is for the drill realm, and here is live"),
    ),
    "not JSON": (
        lambda server: server.ask("/api/v1/commands", "POST", body=b"{\xff", token=TOKEN),
        *(400, "bad_json", "the body is not JSON"),
    ),
    "a body over the limit": (
        lambda server: server.ask("/api/v1/commands", "POST", body=b" " * (limits.BODY_BYTES + 1), token=TOKEN),
        *(413, "body_too_large", "larger than an order or a report can be"),
    ),
}


@pytest.mark.parametrize("case", BODIES)
def test_what_is_refused_before_it_is_an_order_is_in_the_audit_trail_as_it_was_sent(server: Running, case: str) -> None:
    give, status, code, why = BODIES[case]
    answer = give(server)
    answer.refused(status, code)
    told = answer.json["error"]["message"]
    assert why in told
    kept = last_refused(server)
    assert (kept["actor"], kept["code"], kept["message"], kept["key"]) == ("alice", code, told, "")
    assert len(kept["order"]) <= limits.REFUSED_ORDER_CHARS
    sent = {"bad_json": "{\\xff", "body_too_large": ""}.get(code, '{"key": "k"')
    assert kept["order"].startswith(sent)
    assert server.get("/api/v1/state")["seq"] == 9


# --- tokens --------------------------------------------------------------------------------------


def test_a_token_of_nobody_is_refused_and_the_trail_names_nobody(server: Running) -> None:
    server.order(token="tocsin_live_" + "x" * 43).refused(401, "unauthorised")
    kept = last_refused(server)
    assert (kept["actor"], kept["code"], kept["message"]) == ("", "unauthorised", "this token is not known here")


def test_a_token_of_the_other_realm_is_refused_by_name(server: Running) -> None:
    server.order(token=token_of("alice", Realm.DRILL)).refused(403, "wrong_realm")
    assert "this is a token of the drill realm, and here is live" in last_refused(server)["message"]


def test_a_token_that_was_taken_back_is_refused_at_once_and_the_trail_names_its_holder(server: Running) -> None:
    carols = server.ask("/api/v1/me", token=CAROL.token).json["token"]["id"]
    assert server.command({"type": "revoke_token", "token": carols}, "taking back", token=CAROL.token).status == 200
    server.order(token=CAROL.token).refused(401, "token_taken_back")
    kept = last_refused(server)
    assert (kept["actor"], kept["code"]) == ("carol", "token_taken_back")


def test_a_token_past_its_end_is_refused_and_the_trail_names_its_holder(ukraine: Atlas) -> None:
    store, clock = MemoryStore(), StandingClock()
    with running(store, ukraine, clock) as server:
        assert server.order("k1", token=BOB.token).status == 200
        clock.at = NOON + timedelta(days=30)
        server.order("k2", token=BOB.token).refused(401, "token_expired")
        assert (
            "this token was good until 2026-03-31T12:00:00"
            in server.ask("/api/v1/me", token=TOKEN).json["error"]["message"]
        ), "Alice's is over as well"
    assert [(refusal.actor, refusal.code) for _, refusal in store.refused(0, 10)] == [
        ("bob", "token_expired"),
        ("alice", "token_expired"),
    ]


def test_a_token_that_is_good_for_some_zones_is_good_for_no_others(server: Running) -> None:
    """Alice and Bob have one made for her that is good in Kyiv only."""
    narrow = "tocsin_live_of alice in Kyiv"
    said = {"holder": "alice", "digest": token_digest(narrow), "zones": [KYIV], "expires": "2026-03-02T12:00:00Z"}
    made = server.command({"type": "issue_token", **said}, "token")
    assert made.status == 202
    shown = server.ask(f"/api/v1/proposals/{made.json['proposal']}", token=BOB.token).json["shown"]
    approved = {"type": "approve", "proposal": made.json["proposal"], "shown": shown}
    assert server.command(approved, "agreed", token=BOB.token).status == 200
    [issued] = [token for token in server.ask("/api/v1/tokens", token=TOKEN).json["tokens"] if token["zones"]]
    assert (issued["holder"], issued["zones"], issued["good"]) == ("alice", [KYIV], True)
    server.order("k1", token=narrow, zones=[SUMY]).refused(403, "not_granted")
    assert f"outside the token's area: {SUMY}" in last_refused(server)["message"]
    assert server.order("k2", token=narrow, zones=[KYIV], threat="drones").status == 200


# --- a clock that ran backwards --------------------------------------------------------------------


def test_by_a_clock_that_ran_back_a_warning_is_given_and_nothing_is_ended(
    server: Running, clock: StandingClock
) -> None:
    clock.at = NOON - timedelta(minutes=10)
    for kind in ("release", "withdraw"):
        answer = server.order(f"{kind} too early", type=kind)
        answer.refused(503, "clock_ran_back")
        assert "set the clock, or accept it" in answer.json["error"]["message"]
        kept = last_refused(server)
        assert (kept["actor"], kept["code"], kept["key"]) == ("alice", "clock_ran_back", f"{kind} too early")
    assert server.get("/api/v1/state")["zones"][KYIV] == "red"
    assert server.order("warned", zones=[SUMY]).status == 200


def test_two_people_accept_a_clock_that_ran_back_and_then_warnings_can_be_ended(
    server: Running, clock: StandingClock
) -> None:
    clock.at = NOON - timedelta(minutes=10)
    waiting = server.command({"type": "accept_clock"}, "accept").json["proposal"]
    server.order("still", type="release").refused(503, "clock_ran_back")
    shown = server.ask(f"/api/v1/proposals/{waiting}", token=BOB.token).json["shown"]
    agreed = {"type": "approve", "proposal": waiting, "shown": shown}
    assert server.command(agreed, "agreed", token=BOB.token).status == 200
    assert server.order("now", type="release").status == 200


# --- who may look --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["grants", "tokens", "audit"])
def test_only_those_who_administer_see_who_may_what_and_an_attempt_is_in_the_trail(server: Running, path: str) -> None:
    server.ask(f"/api/v1/{path}").refused(401, "unauthorised")
    server.ask(f"/api/v1/{path}", token=RADAR.token).refused(403, "not_granted")
    kept = last_refused(server)
    assert (kept["actor"], kept["code"], kept["order"]) == ("radar", "not_granted", f"GET /api/v1/{path}")
    assert server.ask(f"/api/v1/{path}", token=ALICE.token).status == 200


def test_whoever_has_no_good_grant_sees_no_proposal_but_still_who_they_are(ukraine: Atlas) -> None:
    clock = StandingClock()
    with running(MemoryStore(), ukraine, clock, more=(CAROL,)) as server:
        [carols] = server.ask("/api/v1/me", token=CAROL.token).json["grants"]
        asked = server.command({"type": "revoke_grant", "grant": carols["id"]}, "revoke").json["proposal"]
        for token in (None, "x"):
            server.ask("/api/v1/proposals", token=token).refused(401, "unauthorised")
        assert server.ask("/api/v1/proposals", token=CAROL.token).status == 200
        shown = server.ask(f"/api/v1/proposals/{asked}", token=BOB.token).json["shown"]
        approved = {"type": "approve", "proposal": asked, "shown": shown}
        assert server.command(approved, "agreed", token=BOB.token).status == 200
        server.ask("/api/v1/proposals", token=CAROL.token).refused(403, "not_granted")
        server.ask(f"/api/v1/proposals/{asked}", token=CAROL.token).refused(403, "not_granted")
        server.order(token=CAROL.token).refused(403, "not_granted")
        me = server.ask("/api/v1/me", token=CAROL.token).json
        assert (me["holder"], me["realm"], me["grants"], me["token"]["good"]) == ("carol", "live", [], True)


def test_the_newest_of_the_trail_come_first_to_hand_and_all_of_it_page_by_page(server: Running) -> None:
    for number in range(7):
        server.order(f"refused {number}", zones=["UA00"])
        server.order(f"done {number}", zones=[SUMY], reason=f"reason {number}")
    newest = server.ask("/api/v1/audit?limit=3", token=TOKEN).json
    assert [refused["key"] for refused in newest["refused"]] == ["refused 4", "refused 5", "refused 6"]
    assert [done["key"] for done in newest["done"]] == ["done 4", "done 5", "done 6"]
    done = newest["done"][-1]
    assert (done["actor"], done["source"], done["reason"]) == ("alice", "desk", "reason 6")
    grants = {
        grant["terms"]["holder"]: grant["id"] for grant in server.ask("/api/v1/grants", token=TOKEN).json["grants"]
    }
    assert done["grant"] == str(grants["alice"])
    for trail in ("done", "refused"):
        seen: list[int] = []
        while page := server.ask(f"/api/v1/audit?{trail}_after={len(seen)}&limit=4", token=TOKEN).json[trail]:
            seen += [line["number"] for line in page]
        assert seen == list(range(1, len(seen) + 1))
        assert len(seen) == {"done": 9 + 7, "refused": 7}[trail]
