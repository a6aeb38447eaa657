"""From an order to the first byte out, with the real `tocsin serve` on a log that is synced at every commit."""

from __future__ import annotations

import json
import statistics
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.stream.bench import Bench
from benchmarks.stream.load import Load, Voice
from benchmarks.stream.processes import Server
from benchmarks.stream.report import Row, ms
from benchmarks.stream.systems import posted
from tocsin.access import LOCAL, new_token, token_digest
from tocsin.atlas import shipped
from tocsin.clock import SystemClock
from tocsin.commands import Command, GiveGrant, IssueToken, Order
from tocsin.model import Hazard, HolderKind, Realm, SourceId, Terms, Verb
from tocsin.service import Service
from tocsin.store import Receipt
from tocsin.store.sqlite import SQLiteStore

LISTENERS = 1_000
ORDERS = 300
GAP_S = 0.03
DESK = SourceId("desk")


def order(bench: Bench) -> None:
    folder = bench.work / "orders"
    folder.mkdir()
    zone, token = _begun(folder / "log.db")
    program = Path(sys.executable).with_name("tocsin")
    command: list[str | Path] = [
        program,
        "serve",
        "--database",
        folder / "log.db",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
    ]
    server = Server(command, log=bench.work / "serve.log")
    try:
        port = int(next(word for word in server.line().split() if word.startswith("http")).rpartition(":")[2])
        given = {
            "key": "order @00000000@",
            "order": {"type": "raise", "zones": [zone], "ref": "@00000000@", "cause": "~00000000~"},
        }
        body = json.dumps(given).encode()
        asked = posted("/api/v1/commands", body, "application/json")
        asked = asked.replace(b"\r\nContent-Type", f"\r\nAuthorization: Bearer {token}\r\nContent-Type".encode(), 1)
        load = Load(bench.work, port, min(LISTENERS, bench.most), bench.sse.talk, Voice(port=port, template=asked))
        try:
            load.open()
            first, answered = [], []
            for number in range(ORDERS):
                fired = load.fire()
                bench.report.check("an order", fired, ours=True)
                if number >= ORDERS // 10:
                    first.append(fired.first_ns[0])
                    answered.append(fired.first_ns[0] - fired.answered_ns)
                time.sleep(GAP_S)
        finally:
            load.close()
    finally:
        server.stop()
    cuts, later = statistics.quantiles(first, n=100), statistics.median(answered)
    bench.report.add(
        Row(
            figure=f"an order sent, checked, durable, first byte out, {LISTENERS:,} listeners: p50, p99",
            target="p99 <= 20 ms",
            tocsin=f"{ms(cuts[49])}, {ms(cuts[98])} (the answer to the order {ms(abs(later))} "
            f"{'earlier' if later > 0 else 'later'})",
            reached=cuts[98] <= 20e6,
        )
    )


def _begun(path: Path) -> tuple[str, str]:
    """A log in which somebody may give orders: a zone for them, and the token."""
    atlas = shipped("ua")
    token = new_token(Realm.LIVE)
    terms = Terms(
        holder="officer",
        kind=HolderKind.PERSON,
        sources=(DESK,),
        zones=(atlas.country.id,),
        hazards=tuple(Hazard),
        verbs=(Verb.RAISE, Verb.RELEASE),
    )
    expires = datetime.now(UTC) + timedelta(days=1)
    given: list[Order] = [
        GiveGrant(terms=terms),
        IssueToken(holder="officer", digest=token_digest(token), expires=expires),
    ]
    commands = [
        Command(key=f"begin {number}", actor=LOCAL.holder, source=DESK, order=one) for number, one in enumerate(given)
    ]
    with closing(SQLiteStore(path, Realm.LIVE, atlas.country.id)) as store:
        outcomes = Service(store, atlas.hierarchy, SystemClock()).submit(commands, LOCAL)
        assert all(isinstance(outcome, Receipt) for outcome in outcomes), outcomes
    return atlas.zones_of_level("hromada")[0].id, token
