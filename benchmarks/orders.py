"""How fast orders are decided and kept, every commit durable, beside bare SQLite in the same run.

``python benchmarks/orders.py [DIRECTORY]`` writes below DIRECTORY (the temporary one, if not said): name the disk that
matters. Four questions: how many orders a second by 16 callers who each wait for an answer, and how long one waits;
how long an order for a whole country takes, from the request to the last event stored; how long a restart takes on a
history of 150,000 events; and how fast that history folds from nothing.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from tocsin.access import LOCAL, Caller, new_token, token_digest
from tocsin.app import Tocsin
from tocsin.atlas import Atlas, shipped
from tocsin.clock import SystemClock
from tocsin.commands import Approve, Command, GiveGrant, IssueToken, Order, Raise, Release
from tocsin.engine import State, fold
from tocsin.events import Entry
from tocsin.intake import sirens
from tocsin.model import Hazard, HolderKind, Realm, SourceId, Terms, Verb, ZoneId
from tocsin.queue import Queue
from tocsin.service import Service
from tocsin.standing import folded, nothing
from tocsin.store import Receipt
from tocsin.store.opening import connect, make_writable
from tocsin.store.safety import file_system, installed
from tocsin.store.sqlite import SQLiteStore

CALLERS = 16
ORDERS_EACH = 250
ROUNDS = 5
DESK = SourceId("desk")
HISTORY = Path(__file__).parents[1] / "tocsin/data/sirens/oblast_consolidated_2022-03_2026-06.csv.gz"

_numbers = iter(range(10**9))


def order(given: Order, actor: str) -> Command:
    return Command(key=f"order {next(_numbers)}", actor=actor, source=DESK, reason="benchmark", order=given)


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def officers(service: Service, atlas: Atlas, names: Sequence[str]) -> list[Caller]:
    """People with a grant over the country, each with a token of their own."""
    country = atlas.country.id
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    tokens = []
    for name in names:
        terms = Terms(
            holder=name,
            kind=HolderKind.PERSON,
            sources=(DESK,),
            zones=(country,),
            hazards=tuple(Hazard),
            verbs=(Verb.RAISE, Verb.RELEASE, Verb.WITHDRAW),
        )
        token = new_token(Realm.LIVE)
        given: list[Order] = [
            GiveGrant(terms=terms),
            IssueToken(holder=name, digest=token_digest(token), expires=tomorrow),
        ]
        for outcome in service.submit([order(one, LOCAL.holder) for one in given], LOCAL):
            assert isinstance(outcome, Receipt), outcome
        tokens.append(token)
    return [service.authenticate(f"Bearer {token}") for token in tokens]


# --- 16 callers -------------------------------------------------------------------------------


async def by_callers(service: Service, callers: Sequence[Caller], hromadas: Sequence[ZoneId]) -> list[float]:
    """The seconds that each of many orders waited for its answer; each caller gives the next when it has one."""
    queue = Queue(service)
    waited: list[float] = []

    async def one(number: int, caller: Caller) -> None:
        mine = hromadas[number :: len(callers)]
        for turn in range(ORDERS_EACH):
            zones = (mine[turn // 2 % len(mine)],)
            given: Order = Release(zones=zones) if turn % 2 else Raise(zones=zones)
            begun = time.perf_counter()
            await queue.submit(order(given, caller.holder), caller)
            waited.append(time.perf_counter() - begun)

    await asyncio.gather(*(one(number, caller) for number, caller in enumerate(callers)))
    await queue.close()
    return waited


def bare_commits(path: Path, commits: int, rows_each: int) -> float:
    """Commits per second of as many rows as a group of orders leaves, with the store's own settings of SQLite."""
    with closing(connect(path, wait_s=1, create=True)) as connection:
        make_writable(connection)
        connection.execute("CREATE TABLE log (seq INTEGER PRIMARY KEY, event TEXT)")
        rows = [("x" * 300,)] * (2 * rows_each)

        def insert() -> None:
            for _ in range(commits):
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany("INSERT INTO log (event) VALUES (?)", rows)
                connection.execute("COMMIT")

        return commits / seconds(insert)


def commands(below: Path, atlas: Atlas) -> None:
    hromadas = [zone.id for zone in atlas.zones_of_level("hromada")]
    with closing(SQLiteStore(below / "commands.db", Realm.LIVE, atlas.country.id)) as store:
        service = Service(store, atlas.hierarchy, SystemClock())
        callers = officers(service, atlas, [f"officer {number}" for number in range(CALLERS)])
        rates, halves, worst = [], [], []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            waited = asyncio.run(by_callers(service, callers, hromadas))
            rates.append(len(waited) / (time.perf_counter() - begun))
            cuts = statistics.quantiles(waited, n=100)
            halves.append(cuts[49] * 1e3)
            worst.append(cuts[98] * 1e3)
    bare = bare_commits(below / "bare.db", 300, CALLERS) * CALLERS
    rate = statistics.median(rates)
    print(
        f"{CALLERS} callers, one order each at a time: {rate:,.0f} commands/s, p50 {statistics.median(halves):.1f} ms, "
        f"p99 {statistics.median(worst):.1f} ms (worst round {max(worst):.1f}); bare SQLite committing {CALLERS} "
        f"rows of each kind: {bare:,.0f}/s, ratio {bare / rate:.1f} : 1"
    )


# --- a whole country --------------------------------------------------------------------------


def country_wide(below: Path, atlas: Atlas) -> None:
    every = tuple(zone.id for zone in atlas.zones)
    below_it = tuple(zone for zone in every if zone != atlas.country.id)
    with closing(SQLiteStore(below / "country.db", Realm.LIVE, atlas.country.id)) as store:
        service = Service(store, atlas.hierarchy, SystemClock())
        first, second = officers(service, atlas, ["first", "second"])
        for label, zones in (("one hold", (atlas.country.id,)), (f"{len(below_it):,} zones named", below_it)):
            proposed, carried_out = [], []
            orders: list[Order] = [Raise(zones=zones), Release(zones=zones)] * ROUNDS
            for given in orders:
                proposed.append(_spent(service, given, first))
                proposal = service.access.proposals[service.state.seq]
                carried_out.append(_spent(service, Approve(proposal=proposal.id, shown=proposal.shown), second))
            print(
                f"a country-wide order, {label}: proposed in {statistics.median(proposed) * 1e3:.1f} ms; from the "
                f"approval to the last event stored {statistics.median(carried_out) * 1e3:.1f} ms "
                f"(worst {max(carried_out) * 1e3:.1f})"
            )


def _spent(service: Service, given: Order, caller: Caller) -> float:
    """The seconds until one order is durable."""
    command = order(given, caller.holder)
    begun = time.perf_counter()
    [outcome] = service.submit([command], caller)
    spent = time.perf_counter() - begun
    assert isinstance(outcome, Receipt), outcome
    return spent


# --- a restart, and folding -------------------------------------------------------------------


def restart(below: Path, atlas: Atlas) -> None:
    path = below / "history.db"
    with closing(SQLiteStore(path, Realm.LIVE, atlas.country.id)) as store:
        service = Service(store, atlas.hierarchy, SystemClock())
        orders = [given for _, given in sirens.commands(sirens.read(HISTORY))]
        service.submit(orders, LOCAL, together=True)
        service.snapshot()
        head = service.state.seq

        encoded = [msgspec.json.encode(entry.event) for entry in store.read(0, head)]
        decoder: msgspec.json.Decoder[dict[str, str]] = msgspec.json.Decoder()
        parse = statistics.median(seconds(lambda: [decoder.decode(text) for text in encoded]) for _ in range(ROUNDS))
        from_log = statistics.median(seconds(lambda: folded(store, nothing(atlas.hierarchy))) for _ in range(ROUNDS))
        entries: list[Entry] = store.read(0, head)
        alone = statistics.median(
            seconds(lambda: fold(State(atlas.hierarchy), (entry.event for entry in entries))) for _ in range(ROUNDS)
        )

    async def begin() -> None:
        with closing(SQLiteStore(path, Realm.LIVE, atlas.country.id)) as store:
            Tocsin(store, atlas, SystemClock()).encoded_state()

    begun = statistics.median(seconds(lambda: asyncio.run(begin())) for _ in range(ROUNDS))
    print(f"restart on {head:,} events with a snapshot, until the state can be served: {begun * 1e3:.0f} ms")
    print(
        f"fold of {head:,} events from nothing: {head / alone:,.0f}/s in memory, {head / from_log:,.0f}/s read from "
        f"the log; parsing their JSON into plain objects alone {head / parse:,.0f}/s"
    )


def main(directory: str | None) -> None:
    atlas = shipped("ua")
    with tempfile.TemporaryDirectory(dir=directory) as name:
        below = Path(name)
        print(f"SQLite {installed().version}, {file_system(below)}, median of {ROUNDS} rounds, every commit synced")
        commands(below, atlas)
        country_wide(below, atlas)
        restart(below, atlas)


if __name__ == "__main__":
    assert len(sys.argv) <= 2, __doc__
    main(sys.argv[1] if len(sys.argv) == 2 else None)
