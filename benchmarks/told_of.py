"""From a report to whoever hears of it, over the real `tocsin serve` on a log that is synced at every commit.

A report is posted until the hold that the policy lets the machine place is in the stream at a client; and one that is
only proposed, until everybody can read its zone at /api/v1/threats, asked for without a pause. Beside it, in turns, a
plain order over the same path: posted, and heard in the same stream. First with nothing else in the air, then among
many threats.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.stream.processes import Server
from tocsin.access import LOCAL, new_token, token_digest
from tocsin.atlas import Atlas, shipped
from tocsin.clock import SystemClock
from tocsin.commands import Command, GiveGrant, IssueToken, Order
from tocsin.lookout.watching import ASSESSMENT
from tocsin.model import Hazard, HolderKind, Realm, SourceId, Terms, Verb
from tocsin.service import Service
from tocsin.store import Receipt
from tocsin.store.sqlite import SQLiteStore

ROUNDS = 100
THREATS = 1_000
GAP_S = 0.03
PATIENCE_S = 30.0

POLICY = """
name = "bench"
ceiling = { zones = 100_000, people = 50_000_000 }
hold_back = { zones = 100_000, wait_s = 0 }
[[rules]]
threats = ["guided_bombs"]
unit = "hromada"
stage = "alert"
level = "red"
propose = { near_certain = 15, likely = 15 }
place = { near_certain = 15, likely = 15 }
confirmations = 1
public = "zones"
[[rules]]
threats = ["drones", "ballistic_missiles"]
unit = "hromada"
stage = "alert"
level = "red"
propose = { near_certain = 15, likely = 12, possible = 6 }
public = "zones"
"""


class Client:
    """Who posts, and who listens to the stream."""

    def __init__(self, port: int, token: str) -> None:
        self._at, self._port = ("127.0.0.1", port), port
        self._line = http.client.HTTPConnection(*self._at, timeout=PATIENCE_S)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._heard: dict[tuple[str, str], float] = {}
        self._came = threading.Condition()
        self._listening = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        assert self._listening.wait(PATIENCE_S), "the stream did not begin"

    def _listen(self) -> None:
        line = http.client.HTTPConnection(*self._at, timeout=600)
        line.request("GET", "/api/v1/stream")
        answer = line.getresponse()
        self._listening.set()
        while said := answer.readline():
            if said.startswith(b"data:") and b'"hold_raised"' in said:
                now, event = time.perf_counter(), json.loads(said[5:])["event"]
                with self._came:
                    self._heard[event["zone"], event["source"]] = now
                    self._came.notify_all()

    def post(self, path: str, body: Any) -> float:
        """Gives when it was sent."""
        sent = time.perf_counter()
        self._line.request("POST", path, json.dumps(body), self._headers)
        answer = self._line.getresponse()
        said = answer.read()
        assert answer.status == 200, said
        return sent

    def heard(self, zone: str, source: str) -> float:
        with self._came:
            assert self._came.wait_for(lambda: (zone, source) in self._heard, PATIENCE_S), f"{zone} was not heard of"
            return self._heard[zone, source]

    def readable(self, zone: str, threat: str) -> float:
        """When a zone could be read among those at risk."""
        etag, until = "", time.perf_counter() + PATIENCE_S
        while time.perf_counter() < until:
            self._line.request("GET", "/api/v1/threats", headers={"If-None-Match": etag} if etag else {})
            answer = self._line.getresponse()
            said = answer.read()
            if answer.status == 200:
                now, etag = time.perf_counter(), answer.headers["ETag"]
                if any(one["zone"] == zone and one["threat"] == threat for one in json.loads(said)["zones"]):
                    return now
        raise AssertionError(f"{zone} was not proposed")


def sighting(zone: str, kind: str) -> dict[str, Any]:
    return {"type": "sighting", "kinds": [kind], "places": [{"zone": zone, "role": "under_threat"}]}


def drone(atlas: Atlas, number: int) -> dict[str, Any]:
    lon, lat = next(zone.point for zone in atlas.zones_of_level("hromada")[number % 1_400 :] if zone.point)
    place = {"lon": lon, "lat": lat, "radius_m": 2_000}
    return {
        "type": "sighting",
        "kinds": ["drones"],
        "places": [place],
        "course_deg": number * 37 % 360,
        "track": str(number),
    }


def main(rounds: int = ROUNDS, threats: int = THREATS) -> None:
    atlas = shipped("ua")
    zones = [zone.id for zone in atlas.zones_of_level("hromada")]
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
        tokens = _begun(Path(folder) / "log.db", atlas)
        (Path(folder) / "policy.toml").write_text(POLICY, encoding="utf-8")
        program = Path(sys.executable).with_name("tocsin")
        where: list[str | Path] = ["--database", Path(folder) / "log.db", "--host", "127.0.0.1", "--port", "0"]
        env = {**os.environ, "TOCSIN_POLICY": str(Path(folder) / "policy.toml")}
        server = Server([program, "serve", *where], log=Path(folder) / "serve.log", env=env)
        try:
            port = int(next(word for word in server.line().split() if word.startswith("http")).rpartition(":")[2])
            client = Client(port, tokens)
            ways: dict[str, Callable[[int, str], float]] = {
                "a plain order -> hold": lambda n, zone: _ordered(client, n, zone),
                "a report -> hold": lambda n, zone: _placed(client, n, zone),
                "a report -> proposal": lambda n, zone: _proposed(client, n, zone),
            }
            some = iter(range(10**9))
            for said in ("nothing else in the air", f"{threats:,} threats in the air"):
                if said[0] != "n":
                    for first in range(0, threats, 500):
                        drones = [drone(atlas, number) for number in range(first, min(threats, first + 500))]
                        client.post("/api/v1/reports", {"key": f"sky {first}", "source": "post", "reports": drones})
                    time.sleep(2.0)
                spent: dict[str, list[float]] = {name: [] for name in ways}
                cpu = server.cpu_s()
                for _ in range(rounds):
                    for name, way in ways.items():
                        number = next(some)
                        spent[name].append(way(number, zones[number % len(zones)]))
                        time.sleep(GAP_S)
                cpu = (server.cpu_s() - cpu) / (3 * rounds)
                print(f"{said}:")
                plain = statistics.median(spent["a plain order -> hold"])
                for name, times in spent.items():
                    p50, p99 = statistics.median(times), sorted(times)[int(0.99 * len(times))]
                    beside = f"{p50 / plain:.1f} times a plain order"
                    print(f"  {name:<22} p50 {1000 * p50:6.1f} ms, p99 {1000 * p99:6.1f} ms, {beside}")
                print(f"  the server's CPU: {1000 * cpu:.1f} ms for each of them")
        finally:
            server.stop()


def _ordered(client: Client, number: int, zone: str) -> float:
    order = {"type": "raise", "zones": [zone], "threat": "drones"}
    sent = client.post("/api/v1/commands", {"key": f"order {number}", "order": order, "source": "desk"})
    return client.heard(zone, "desk") - sent


def _placed(client: Client, number: int, zone: str) -> float:
    said = {"key": f"bomb {number}", "source": "post", "reports": [sighting(zone, "guided_bombs")]}
    sent = client.post("/api/v1/reports", said)
    return client.heard(zone, ASSESSMENT) - sent


def _proposed(client: Client, number: int, zone: str) -> float:
    said = {"key": f"launch {number}", "source": "post", "reports": [sighting(zone, "ballistic_missiles")]}
    sent = client.post("/api/v1/reports", said)
    return client.readable(zone, "ballistic_missiles") - sent


def _begun(path: Path, atlas: Atlas) -> str:
    """A log in which somebody may report and order, and the machine place; gives the token."""
    token = new_token(Realm.LIVE)

    def terms(holder: str, source: str, kind: HolderKind, *verbs: Verb) -> GiveGrant:
        zones, hazards = (atlas.country.id,), tuple(Hazard)
        said = Terms(holder=holder, kind=kind, sources=(SourceId(source),), zones=zones, hazards=hazards, verbs=verbs)
        return GiveGrant(terms=said)

    expires = datetime.now(UTC) + timedelta(days=1)
    given: list[Order] = [
        terms("officer", "desk", HolderKind.PERSON, Verb.RAISE, Verb.RELEASE),
        terms("officer", "post", HolderKind.PERSON, Verb.REPORT),
        terms(ASSESSMENT, ASSESSMENT, HolderKind.SERVICE, Verb.RAISE),
        IssueToken(holder="officer", digest=token_digest(token), expires=expires),
    ]
    commands = [
        Command(key=f"begin {number}", actor=LOCAL.holder, source=SourceId("desk"), order=one)
        for number, one in enumerate(given)
    ]
    with closing(SQLiteStore(path, Realm.LIVE, atlas.country.id)) as store:
        outcomes = Service(store, atlas.hierarchy, SystemClock()).submit(commands, LOCAL)
        assert all(isinstance(outcome, Receipt) for outcome in outcomes), outcomes
    return token


if __name__ == "__main__":
    main()
