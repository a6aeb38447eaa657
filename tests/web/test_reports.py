"""Reports of threats over HTTP: from officers, from messages, from sensors that sign; and all that is not taken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.web.people import ALICE, BOB, Person
from tests.web.running import KYIV, NOON, SUMY, Answer, Running, StandingClock, running
from tocsin import limits
from tocsin.atlas import Atlas
from tocsin.intake.reports.signing import signature
from tocsin.model import HolderKind, Realm, SourceId, Verb, ZoneId
from tocsin.store.memory import MemoryStore
from tocsin.web.reports import FEED, MOMENT, NDJSON, NONCE, SIGNATURE

POST = Person(
    name="post-7", kind=HolderKind.SERVICE, source=SourceId("post-7"), verbs=(Verb.REPORT,), zones=(ZoneId(SUMY),)
)
ARMY = Person(name="army", kind=HolderKind.SERVICE, source=SourceId("army"), verbs=(Verb.REPORT,))
OFFICER = Person(name="officer", verbs=(Verb.RAISE,))

PATH = "/api/v1/reports/feed"
NEAR_SUMY: dict[str, Any] = {"lon": 34.8, "lat": 50.9}
NEAR_KYIV: dict[str, Any] = {"lon": 30.5, "lat": 50.45}


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def server(ukraine: Atlas, clock: StandingClock) -> Iterator[Running]:
    with running(MemoryStore(Realm.LIVE), ukraine, clock, more=(POST, ARMY, OFFICER), signed=True) as found:
        yield found


def report(server: Running, *reports: dict[str, Any], token: str | None = ALICE.token, **said: Any) -> Answer:
    body = {"key": "one", "reports": list(reports)} | said
    return server.ask("/api/v1/reports", "POST", body=body, token=token)


def sighting(**said: Any) -> dict[str, Any]:
    return {"type": "sighting", "kinds": ["drones"], "places": [{"zone": "UA-30"}]} | said


def detection(number: int = 0, **said: Any) -> dict[str, Any]:
    found = {"type": "detection", "detected_at": NOON.isoformat(), "kind": "drones", **NEAR_SUMY, "radius_m": 800}
    return found | {"track": f"t{number}"} | said


class Feed:
    """A sensor network's program, as docs/threats.md tells it to be."""

    def __init__(self, server: Running, person: Person) -> None:
        self.server = server
        told = server.get("/api/v1/reports/key", Authorization=f"Bearer {person.token}")
        self.feed, self.key = str(told["feed"]), told["key"]
        self.sent = 0

    def send(self, *reports: dict[str, Any], body: bytes | None = None, **altered: str) -> Answer:
        data = json.dumps({"reports": list(reports)}).encode() if body is None else body
        self.sent += 1
        said = {"when": NOON.strftime("%Y-%m-%dT%H:%M:%SZ"), "nonce": f"{self.sent:020}"} | altered
        signed = signature(said.get("key", self.key), PATH, said["when"], said["nonce"], data)
        headers = {
            "Content-Type": said.get("media", "application/json"),
            FEED: said.get("feed", self.feed),
            MOMENT: said["when"],
            NONCE: said["nonce"],
            SIGNATURE: said.get("signature", signed),
        }
        return self.server.ask(PATH, "POST", body=said.get("instead", "").encode() or data, headers=headers)


@pytest.fixture
def feed(server: Running) -> Feed:
    return Feed(server, POST)


def heard(server: Running) -> list[Any]:
    return list(server.tocsin.service.heard)


def test_an_officers_sighting_is_in_the_log_and_not_public(server: Running) -> None:
    said = report(server, sighting(count=2, course_deg=200, text="two, low"))
    assert (said.status, said.json["taken"], said.json["aside"]) == (200, 1, [])
    [kept] = heard(server)
    assert (kept.source, kept.count, kept.spots[0].zones, kept.received_at) == ("desk", 2, (KYIV,), NOON)
    events = server.get(f"/api/v1/events?after={said.json['seq'] - 1}")["events"]
    assert [entry["event"] for entry in events] == [{"type": "internal"}]
    assert "low" not in server.ask("/api/v1/events?limit=1000").body.decode()


def test_a_message_is_read(server: Running) -> None:
    said = report(server, {"type": "text", "text": "БпЛА курсом на Бровари", "channel": "kpszsu"})
    assert said.json["taken"] == 1
    [kept] = heard(server)
    assert (kept.kinds, kept.spots[0].role, kept.spots[0].name) == (("drones",), "heading_to", "Бровари")


def test_sent_again_with_its_key_it_is_answered_as_before(server: Running, clock: StandingClock) -> None:
    first = report(server, sighting())
    clock.at += timedelta(seconds=40)
    assert report(server, sighting()).json == first.json
    report(server, sighting(count=3)).refused(409, "key_reused")
    assert len(heard(server)) == 1


def test_the_same_word_under_another_key_counts_once(server: Running) -> None:
    seen = sighting(said_at=NOON.isoformat())
    report(server, seen)
    again = report(server, seen, key="two").json
    assert (again["taken"], again["repeated"], len(heard(server))) == (0, 1, 1)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (sighting(said_at=(NOON + timedelta(minutes=5)).isoformat()), "future"),
        (sighting(speed_m_s=900), "impossible_speed"),
        (sighting(places=[{"lon": 2.35, "lat": 48.85}]), "outside_country"),
        (sighting(places=[{"zone": "Atlantis"}]), "unknown_place"),
        (sighting(places=[{"lon": 30.0}]), "unknown_place"),
        (sighting(places=[{"lon": 30.0, "lat": 50.0, "zone": "UA-30"}]), "unknown_place"),
        (sighting(ends=["drones"]), "contradicts_itself"),
        (sighting(make="ballistic"), "contradicts_itself"),
        ({"type": "detection", "detected_at": NOON.isoformat()}, "unknown_place"),
    ],
)
def test_what_cannot_be_so_is_refused_by_name_and_kept_in_the_audit_trail(
    server: Running, said: dict[str, Any], why: str
) -> None:
    detail = report(server, said).refused(422, "report_refused")
    assert [one["why"] for one in detail["aside"]] == [why]
    assert heard(server) == []
    kept = server.get("/api/v1/audit", Authorization=f"Bearer {ALICE.token}")["refused"]
    assert any(one["code"] == "report_refused" for one in kept)
    assert server.tocsin.reporting.counts[why] == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (sighting(said_at=(NOON - timedelta(hours=2)).isoformat()), "old"),
        ({"type": "text", "text": "БпЛА на Київ", "said_at": (NOON - timedelta(days=30)).isoformat()}, "old"),
        ({"type": "text", "text": "Drones over Kyiv"}, "other_language"),
        ({"type": "text", "text": "Підписатись: t.me/x"}, "advert"),
        ({"type": "text", "text": "Червона рута, не шукай вечорами"}, "no_threat"),
        ({"type": "sighting"}, "says_nothing"),
    ],
)
def test_what_is_no_news_is_set_aside_with_the_reason(server: Running, said: dict[str, Any], why: str) -> None:
    told = report(server, said)
    assert (told.status, told.json["taken"]) == (200, 0)
    assert [(one["why"], one["refused"]) for one in told.json["aside"]] == [(why, False)]
    assert heard(server) == []


def test_what_is_good_is_taken_beside_what_is_not(server: Running) -> None:
    told = report(server, sighting(speed_m_s=900), sighting(), sighting(kinds=["cruise_missiles"])).json
    assert (told["taken"], [(one["number"], one["why"]) for one in told["aside"]]) == (2, [(0, "impossible_speed")])


def test_whoever_may_not_report_does_not(server: Running) -> None:
    report(server, sighting(), token=None).refused(401, "unauthorised")
    report(server, sighting(), token=OFFICER.token).refused(403, "not_granted")
    report(server, sighting(), source="army").refused(403, "not_granted")
    report(server, sighting(), realm="drill").refused(403, "wrong_realm")
    report(server, {"type": "rumour"}).refused(400, "bad_request")
    report(server).refused(400, "bad_request")
    order = {"type": "take_reports", "reports": [{"said_at": NOON.isoformat()}]}
    server.command(order).refused(400, "bad_request")
    assert heard(server) == []


def test_a_source_reports_where_it_watches(server: Running) -> None:
    here = sighting(places=[{"zone": "UA-59"}, {"zone": "UA-30", "role": "heading_to"}])
    assert report(server, here, token=POST.token).json["taken"] == 1
    report(server, sighting(), token=POST.token, key="two").refused(422, "report_refused")


# --- feeds ------------------------------------------------------------------------------------


def test_a_signed_feed_is_taken(feed: Feed) -> None:
    told = feed.send(detection(1, speed_m_s=50, course_deg=230), detection(2))
    assert (told.status, told.json["taken"]) == (200, 2)
    assert {kept.source for kept in heard(feed.server)} == {"post-7"}


def test_a_bearing_becomes_an_area(feed: Feed) -> None:
    sensor = {"lon": 34.8, "lat": 50.9}
    told = feed.send(detection(lon=None, lat=None, radius_m=0, sensor=sensor, bearing_deg=180, reach_m=8000))
    assert told.json["taken"] == 1
    [kept] = heard(feed.server)
    assert kept.spots[0].lat < 50.9
    assert 3_900 < kept.spots[0].radius_m < 8_000


def test_lines_are_taken_one_by_one(feed: Feed) -> None:
    lines = [json.dumps(detection(number)).encode() for number in range(3)]
    told = feed.send(body=b"\n".join([lines[0], b"{", lines[1], b'{"type": "detection"}', lines[2], b""]), media=NDJSON)
    assert told.json["taken"] == 3
    assert [(one["number"], one["why"]) for one in told.json["aside"]] == [(1, "unreadable"), (3, "unreadable")]


def test_the_same_request_is_taken_once(feed: Feed) -> None:
    assert feed.send(detection(), nonce="n" * 20).status == 200
    feed.send(detection(), nonce="n" * 20).refused(409, "replayed")
    feed.send(detection(5), nonce="n" * 20).refused(409, "replayed")
    assert len(heard(feed.server)) == 1
    assert feed.send(detection()).json["repeated"] == 1, "under a new nonce it counts once all the same"


@pytest.mark.parametrize(
    ("altered", "status", "code"),
    [
        ({"key": "00" * 32}, 401, "unauthorised"),
        ({"signature": ""}, 401, "unauthorised"),
        ({"feed": "999"}, 401, "unauthorised"),
        ({"feed": "post-7"}, 401, "unauthorised"),
        ({"instead": "{}"}, 401, "unauthorised"),
        ({"when": "2026-03-01T11:58:00Z"}, 400, "bad_time"),
        ({"when": "2026-03-01T12:02:00Z"}, 400, "bad_time"),
        ({"when": "now"}, 400, "bad_time"),
        ({"nonce": "short"}, 400, "bad_request"),
        ({"media": "text/plain"}, 415, "unsupported_media"),
    ],
)
def test_what_is_not_signed_as_it_should_be_is_refused(
    feed: Feed, altered: dict[str, Any], status: int, code: str
) -> None:
    feed.send(detection(), **altered).refused(status, code)
    assert heard(feed.server) == []


def test_what_was_refused_may_be_sent_again_under_its_nonce(feed: Feed) -> None:
    feed.send(detection(speed_m_s=900), nonce="n" * 20).refused(422, "report_refused")
    assert feed.send(detection(), nonce="n" * 20).json["taken"] == 1


def test_a_feed_whose_token_is_taken_back_is_heard_no_more(feed: Feed) -> None:
    order = {"type": "revoke_token", "token": int(feed.feed)}
    assert feed.server.command(order, "revoke", BOB.token).status == 200
    feed.send(detection()).refused(401, "token_taken_back")


def test_a_feed_speaks_of_its_own_area(feed: Feed) -> None:
    feed.send(detection(**NEAR_KYIV)).refused(422, "report_refused")
    assert heard(feed.server) == []


def test_each_feed_has_its_own_key_and_nobody_else_gets_one(server: Running) -> None:
    keys = {Feed(server, person).key for person in (POST, ARMY)}
    assert len(keys) == 2
    assert Feed(server, POST).key in keys
    server.ask("/api/v1/reports/key", token=OFFICER.token).refused(403, "not_granted")
    server.ask("/api/v1/reports/key").refused(401, "unauthorised")


def test_a_flood_from_one_source_is_bounded_and_harms_no_other(server: Running) -> None:
    flood, other = Feed(server, ARMY), Feed(server, POST)
    statuses = [
        flood.send(*(detection(at + number, **NEAR_KYIV) for number in range(500))).status
        for at in range(0, 10_000, 500)
    ]
    assert statuses == [200] * 6 + [429] * 14
    assert len(heard(server)) == limits.REPORTS_PER_MINUTE
    assert other.send(detection()).json["taken"] == 1
    assert server.order(token=ALICE.token).status == 200


def test_the_form_of_a_feed_is_published(server: Running) -> None:
    schema = server.get("/api/v1/reports/schema")
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert {"Detection", "Sighting", "Words"} <= set(schema["$defs"])


def test_reports_are_there_after_a_restart_and_known(server: Running, ukraine: Atlas, clock: StandingClock) -> None:
    seen = sighting(said_at=NOON.isoformat())
    report(server, seen)
    server.tocsin.service.snapshot()
    with running(server.tocsin.store, ukraine, clock, signed=True) as again:
        assert heard(again) == heard(server)
        assert report(again, seen, key="two").json["repeated"] == 1
