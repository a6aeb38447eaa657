"""From what an officer, a message and a sensor say to a proposal, to a placed hold, and to what everybody is told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.lookout.post import placing
from tests.web.people import ALICE, Person
from tests.web.running import NOON, SUMY, Answer, Running, StandingClock, running
from tests.web.test_reports import ARMY, POST, Feed, detection, report, sighting
from tocsin.assess.track import Why
from tocsin.atlas import Atlas
from tocsin.model import HolderKind, Realm, SourceId, Threat, Verb, ZoneId
from tocsin.report import Make
from tocsin.store.memory import MemoryStore
from tocsin.web.texts import LANGUAGES

MACHINE = Person(
    name="assessment", kind=HolderKind.SERVICE, source=SourceId("assessment"), verbs=(Verb.RAISE,), max_zones=40
)
READER = Person(name="reader", verbs=(Verb.RECORD,))
PEOPLE = (POST, ARMY, MACHINE, READER)


@pytest.fixture
def server(ukraine: Atlas) -> Iterator[Running]:
    """Everything is proposed here, nothing placed."""
    with running(MemoryStore(Realm.LIVE), ukraine, StandingClock(), more=PEOPLE, signed=True) as found:
        yield found


@pytest.fixture
def placer(ukraine: Atlas) -> Iterator[Running]:
    """Here the policy places drones that two sources speak of."""
    with running(
        MemoryStore(Realm.LIVE), ukraine, StandingClock(), more=PEOPLE, signed=True, policy=placing(2)
    ) as found:
        yield found


def full(server: Running, token: str = ALICE.token) -> Any:
    found = server.ask("/api/v1/threats/full", token=token)
    assert found.status == 200, found.body
    return found.json


def seen_upto(server: Running, seq: int) -> Any:
    """What the lookout sees once it has looked at the log up to there."""
    server.until(lambda: server.tocsin.watching.view().seq >= seq and bool(server.tocsin.watching.view().threats))
    return full(server)


def post(server: Running, path: str, token: str | None = ALICE.token, **body: Any) -> Answer:
    return server.ask(f"/api/v1/threats/{path}", "POST", body=body, token=token)


def holds(server: Running) -> list[tuple[str, str, str, str | None]]:
    found = server.get("/api/v1/state")["holds"]
    return [(hold["zone"], hold["threat"], hold["source"], hold["cause"]) for hold in found]


def test_from_a_message_to_a_proposal_to_a_warning_by_an_officer(server: Running) -> None:
    said = report(server, {"type": "text", "text": "БпЛА на Сумщині курсом на Полтавщину", "channel": "x"})
    found = seen_upto(server, said.json["seq"])
    [threat] = found["threats"]
    assert (threat["kinds"], threat["stale"], threat["sources"]) == (["drones"], False, ["desk"])
    [why] = threat["joined"]
    assert why["why"] == "first"
    assert [one["text"] for one in found["reports"]] == ["БпЛА на Сумщині курсом на Полтавщину"]
    proposal, *_ = found["proposals"]
    assert holds(server) == [], "nothing is placed by default"
    zones = [one["zone"] for one in proposal["zones"][:2]]
    given = post(server, "accept", key="a", proposal=proposal["id"], zones=zones, seq=found["seq"])
    assert (given.status, given.json["events"]) == (200, 2)
    assert post(server, "accept", key="a", proposal=proposal["id"], zones=zones, seq=found["seq"]).json == given.json
    assert {(zone, threat, source) for zone, threat, source, _ in holds(server)} == {
        (zone, "drones", "desk") for zone in zones
    }
    assert all(cause is not None and "earliest arrival" in cause for *_, cause in holds(server))
    done = server.get("/api/v1/audit", Authorization=f"Bearer {ALICE.token}")["done"]
    assert any("proposed at" in one["reason"] for one in done)


def test_what_was_shown_and_is_no_more_is_not_ordered(server: Running) -> None:
    found = seen_upto(server, report(server, sighting(places=[{"zone": "UA-59"}], course_deg=200)).json["seq"])
    proposal, *_ = found["proposals"]
    zone = proposal["zones"][0]["zone"]
    server.order("k", zones=[zone], threat="drones")
    post(server, "accept", key="a", proposal=proposal["id"], zones=[zone], seq=found["seq"]).refused(409, "stale_seq")
    post(server, "accept", key="b", proposal="nothing", seq=found["seq"]).refused(404, "not_found")
    elsewhere = "UA46020010000073886"
    post(server, "accept", key="c", proposal=proposal["id"], zones=[elsewhere], seq=found["seq"]).refused(
        409, "not_shown"
    )
    post(server, "end", key="d", threat="drones", seq=found["seq"]).refused(404, "not_found")
    assert len(holds(server)) == 1


def test_two_feeds_place_a_warning_within_their_areas(placer: Running) -> None:
    feeds = [Feed(placer, person) for person in (POST, ARMY)]
    first = feeds[0].send(detection(course_deg=225, speed_m_s=50)).json
    placer.until(lambda: placer.tocsin.watching.view().seq >= first["seq"])
    assert holds(placer) == []
    feeds[1].send(detection(course_deg=225, radius_m=1500)).json["taken"]
    placer.until(lambda: bool(placer.tocsin.state.holds))
    placed = holds(placer)
    assert {(threat, source) for _, threat, source, _ in placed} == {("drones", "assessment")}
    atlas = placer.tocsin.atlas
    assert all(SUMY in atlas.hierarchy.ancestors(ZoneId(zone)) for zone, *_ in placed)
    events = placer.get("/api/v1/events?limit=1000")["events"]
    assert {one["event"]["type"] for one in events} == {"internal", "hold_raised"}
    done = placer.get("/api/v1/audit", Authorization=f"Bearer {ALICE.token}")["done"]
    by = [one for one in done if one["actor"] == "assessment"]
    assert by
    assert all(one["grant"].isdigit() for one in by), "under a grant like anybody's"


def test_what_one_bad_source_says_ends_nothing(placer: Running) -> None:
    feeds = [Feed(placer, person) for person in (POST, ARMY)]
    for feed in feeds:
        feed.send(detection(course_deg=225))
    placer.until(lambda: bool(placer.tocsin.state.holds))
    before = holds(placer)
    told = feeds[0].send({"type": "sighting", "ends": ["all"], "said_at": NOON.isoformat()}).json
    placer.until(lambda: placer.tocsin.watching.view().seq >= told["seq"])
    assert holds(placer) == before
    assert full(placer)["ends"] == []


def test_everybody_is_told_zones_and_times_and_nothing_else(server: Running) -> None:
    calm = server.ask("/api/v1/threats")
    assert (calm.json["zones"], "drones" in calm.json["shown"]) == ([], True)
    same = server.ask("/api/v1/threats", headers={"If-None-Match": calm.headers["ETag"]})
    assert (same.status, same.body) == (304, b"")
    aviation = sighting(kinds=["tactical_aviation"], places=[{"zone": "UA-63"}])
    said = report(server, sighting(places=[{"zone": "UA-59"}], course_deg=200, text="secret words", count=7), aviation)
    seen_upto(server, said.json["seq"])
    told = server.ask("/api/v1/threats", headers={"If-None-Match": calm.headers["ETag"]})
    assert told.status == 200
    zones = told.json["zones"]
    assert zones
    assert {tuple(one) for one in zones} == {("zone", "threat", "band", "earliest", "likely")}
    assert {one["threat"] for one in zones} == {"drones"}, "the policy keeps tactical aviation to officers"
    assert all(one["earliest"].endswith(":00Z") for one in zones)
    assert b"secret" not in told.body
    assert b"desk" not in told.body


@pytest.mark.parametrize("path", ["full", "accept", "end", "decline"])
def test_officers_alone_see_and_decide(server: Running, path: str) -> None:
    method = "GET" if path == "full" else "POST"
    for token, status, code in ((None, 401, "unauthorised"), (READER.token, 403, "not_granted")):
        server.ask(f"/api/v1/threats/{path}", method, token=token, body={} if method == "POST" else None).refused(
            status, code
        )


def test_an_early_warning_is_declined_alone(server: Running) -> None:
    found = seen_upto(server, report(server, sighting(places=[{"zone": "UA-59"}], course_deg=200)).json["seq"])
    alert = next(one for one in found["proposals"] if one["stage"] == "alert")
    zone = alert["zones"][0]["zone"]

    def proposed() -> set[str]:
        now = seen_upto(server, found["seq"])["proposals"]
        return {one["zone"] for proposal in now for one in proposal["zones"]}

    said: dict[str, Any] = {"threat": "drones", "zones": [zone]}
    assert post(server, "decline", **said, stage="early_warning").json == {"declined": 1}
    server.tocsin.watching.look()
    assert zone in proposed()
    post(server, "decline", **said, stage="soon").refused(400, "bad_request")
    assert post(server, "decline", **said).json == {"declined": 1}
    server.tocsin.watching.look()
    assert zone not in proposed()


def test_a_drill_knows_of_no_real_threat(server: Running, ukraine: Atlas) -> None:
    seen_upto(server, report(server, sighting(places=[{"zone": "UA-59"}])).json["seq"])
    with running(MemoryStore(Realm.DRILL), ukraine, StandingClock(), signed=True) as drill:
        assert drill.get("/api/v1/threats")["zones"] == []
        drill.ask("/api/v1/threats/full", token=ALICE.token).refused(403, "wrong_realm")
        page = drill.ask("/threats").body.decode()
        assert "НАВЧАННЯ — DRILL" in page


# --- the page ---------------------------------------------------------------------------------


def form(server: Running, path: str, cookie: str | None = None, origin: str | None = None, **said: str) -> Answer:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if cookie is not None:
        headers["Cookie"] = cookie
    if origin is not None:
        headers["Origin"] = origin
    return server.ask(f"/threats/{path}", "POST", body=urlencode(said).encode(), headers=headers)


def entered(server: Running) -> tuple[str, str]:
    """A session of Alice's, and the word that its forms carry."""
    found = form(server, "enter", token=ALICE.token)
    assert found.status == 303, found.body
    cookie = found.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/threats"} <= {part.strip() for part in cookie.split(";")}
    session = cookie.split(";")[0]
    page = server.ask("/threats", headers={"Cookie": session}).body.decode()
    word = re.search(r'name="word" value="([^"]+)"', page)
    assert word
    return session, word[1]


def test_the_page_tells_everybody_what_the_api_tells_them(server: Running) -> None:
    assert "No zone is known to be at risk now" in server.ask("/threats?lang=en").body.decode()
    said = report(server, sighting(places=[{"zone": "UA-59"}], course_deg=200, text="secret words"))
    seen_upto(server, said.json["seq"])
    page = server.ask("/threats?lang=en").body.decode()
    assert "Drones" in page
    assert 'class="risk now"' in page
    for kept in ("secret", "desk", 'class="cone"', 'class="area"', "<button>Raise"):
        assert kept not in page
    assert "Дрони" in server.ask("/threats?lang=uk").body.decode()


def test_where_all_is_unlikely_the_page_says_so_and_lists_it_as_that(server: Running) -> None:
    vague = sighting(places=[{"lon": 33.2, "lat": 49.9, "radius_m": 60_000}])
    seen_upto(server, report(server, vague).json["seq"])
    told = server.get("/api/v1/threats")["zones"]
    assert {one["band"] for one in told} == {"unlikely"}
    page = server.ask("/threats?lang=en").body.decode()
    assert f"less likely: {len(told)} zone" in page
    assert 'class="risk unlikely"' in page
    assert "<caption>" not in page, "nothing is listed as more than that"
    assert "No zone is known to be at risk now" not in page


def test_an_officer_signs_in_and_orders_what_is_proposed(server: Running) -> None:
    said = report(server, sighting(places=[{"zone": "UA-59"}], course_deg=200, text="<script>low</script>"))
    found = seen_upto(server, said.json["seq"])
    proposal, *_ = found["proposals"]
    session, word = entered(server)
    page = server.ask("/threats?lang=en", headers={"Cookie": session}).body.decode()
    assert "&lt;script&gt;low" in page
    assert 'class="area"' in page
    zone = proposal["zones"][0]["zone"]
    asked = {"action": "accept", "proposal": proposal["id"], "threat": "drones", "seq": str(found["seq"]), "key": "k"}
    for wrong in ({"word": "another"}, {"word": word, "action": "burn"}, {"word": word, "zone": "UA46020010000073886"}):
        refused = form(server, "decide", session, **(asked | {"zone": zone} | wrong))
        assert refused.status >= 400
        assert "Refused" in refused.body.decode()
    assert form(server, "decide", session, "https://elsewhere.example", word=word, zone=zone, **asked).status == 403
    assert form(server, "decide", word=word, zone=zone, **asked).status == 401
    assert holds(server) == []
    done = form(server, "decide", session, word=word, zone=zone, **asked)
    assert (done.status, "done=accepted" in done.headers["Location"]) == (303, True)
    assert [held[0] for held in holds(server)] == [zone]
    form(server, "leave", session, word=word)
    assert form(server, "decide", session, word=word, zone=zone, **asked).status == 401


def test_whoever_may_nothing_does_not_get_in(server: Running) -> None:
    assert form(server, "enter", token="tocsin_live_" + "x" * 43).status == 401
    assert form(server, "enter", token=READER.token).status == 403


def test_both_languages_say_the_same_things() -> None:
    tables = [
        json.loads(files("tocsin.web").joinpath("threats_words", f"{lang}.json").read_text("utf-8"))
        for lang in LANGUAGES
    ]
    one, other = tables
    assert one.keys() == other.keys()
    for key in one:
        said = [set(re.findall(r"\{(\w+)\}", json.dumps(table[key]))) for table in tables]
        assert said[0] == said[1], key
    for threat in Threat:
        assert f"threats.threat.{threat}" in one
    for make in Make:
        assert f"threats.make.{make}" in one
    for why in Why:
        assert f"threats.why.{why}" in one
