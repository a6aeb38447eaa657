"""kill -9 in a loop over the real server: nothing acknowledged is lost, nothing happens twice, and no seq is missing.

``python -m soak.crashes [--rounds 2000] [--seed 1]``. Each round starts `tocsin serve` on the same log, has several
officers give orders over HTTP, and kills the server at a moment drawn by chance, often amid its start. After the next
start the log is read back through the API and held against every answer the officers ever got; whoever got no
answer sends the same order again under the same key. At the end the log is examined, folded and compared as a
whole. Ends with 1 at the first fault.

Most servers are forked from one process that has read the program and the atlas already, so that thousands of rounds
take minutes; every fiftieth is started as people start it.
"""

from __future__ import annotations

import argparse
import functools
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import tocsin.app
from tocsin.access import LOCAL, new_token, token_digest
from tocsin.atlas import Atlas, shipped
from tocsin.cli import main as tocsin_main
from tocsin.clock import SystemClock
from tocsin.commands import Command, GiveGrant, IssueToken, Order
from tocsin.model import Hazard, HolderKind, Realm, SourceId, Terms, Verb
from tocsin.service import Service
from tocsin.standing import verified
from tocsin.store import Receipt
from tocsin.store.doctor import examine
from tocsin.store.sqlite import SQLiteStore

OFFICERS = 4
WHOLLY_FRESH_EVERY = 50
START_S = 60.0
"""A server that is not ready by then has failed."""


class Fault(Exception):
    """A promise was broken."""


@dataclass
class Given:
    """One order and what became of it."""

    key: str
    body: bytes
    answer: dict[str, Any] | None = None


@dataclass
class Officer:
    """Gives one order at a time and remembers what it was told."""

    name: str
    token: str
    chance: random.Random
    zones: list[str]
    open_refs: list[tuple[str, str]] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    unanswered: Given | None = None
    repeated: int = 0

    def next_order(self) -> Given:
        number = len(self.given)
        key = f"{self.name}-{number}"
        if self.open_refs and self.chance.random() < 0.45:
            zone, ref = self.open_refs.pop(self.chance.randrange(len(self.open_refs)))
            order: dict[str, Any] = {"type": "release", "zones": [zone], "ref": ref}
        else:
            # Each raise has a ref of its own, so that each order leads to events and none is a mere repeat.
            zones = self.chance.sample(self.zones, self.chance.choice((1, 1, 1, 5, 40)))
            order = {"type": "raise", "zones": zones, "ref": key}
            self.open_refs += [(zone, key) for zone in zones]
        given = Given(key, json.dumps({"key": key, "reason": "soak", "order": order}).encode())
        self.given.append(given)
        return given

    def work(self, port: int, stop: threading.Event) -> None:
        """Give orders until the server is gone."""
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_S)
            while not stop.is_set():
                if self.unanswered is None:
                    self.unanswered = self.next_order()
                else:
                    self.repeated += 1
                answer = self._sent(connection, self.unanswered)
                self.unanswered.answer, self.unanswered = answer, None
        except (OSError, http.client.HTTPException):
            return  # killed: the order, if one was on its way, has no answer yet

    def _sent(self, connection: http.client.HTTPConnection, given: Given) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        connection.request("POST", "/api/v1/commands", given.body, headers)
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise Fault(f"{given.key} was refused with {response.status}: {body.decode(errors='replace')}")
        answer: dict[str, Any] = json.loads(body)
        return answer


class Server:
    """`tocsin serve` on one log, until it is killed."""

    def __init__(self, log: Path, fresh: bool) -> None:
        arguments = ["serve", "--database", str(log), "--port", "0"]
        self.port: int | None = None
        if fresh:
            process = subprocess.Popen(
                [sys.executable, "-m", "tocsin", *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            assert process.stdout is not None
            self.pid, self._out = process.pid, os.dup(process.stdout.fileno())
            process.stdout.close()
            process.returncode = 0  # it is waited for below
        else:
            self._out, child_out = os.pipe()
            self.pid = os.fork()
            if self.pid == 0:
                _serve(arguments, child_out)
            os.close(child_out)

    def wait_until_ready(self) -> int:
        """The port it listens on."""
        said = b""
        while b"\n" not in said:
            more = os.read(self._out, 4096)
            if not more:
                raise Fault(f"the server ended before it was ready: {said.decode(errors='replace')}")
            said += more
        self.port = int(said.split(b"http://127.0.0.1:")[1].split()[0].rstrip(b"/"))
        return self.port

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._out)


def _serve(arguments: list[str], out: int) -> None:
    """What a forked child does, for ever."""
    try:
        os.dup2(out, 1)
        sys.stdout = os.fdopen(1, "w", buffering=1)
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, 2)
        tocsin_main(arguments, standalone_mode=False)
    finally:
        os._exit(70)


class Loop:
    """All the rounds over one log."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.log = folder / "soak.db"
        self.chance = random.Random(seed)
        self.atlas = _cached_atlas()
        self.officers = self._officers(seed)
        self.seen = 0
        """Up to which seq the log has been read back."""
        self.by_key: dict[str, list[int]] = {}
        self.checked: dict[str, int] = {}
        """How many of each officer's orders have been held against the log."""
        self.in_start = 0

    def _officers(self, seed: int) -> list[Officer]:
        """Grants and tokens, given on the machine itself before anything is served."""
        zones = [zone.id for zone in self.atlas.zones_of_level("hromada")]
        officers = []
        with closing(SQLiteStore(self.log, Realm.LIVE, self.atlas.country.id)) as store:
            service = Service(store, self.atlas.hierarchy, SystemClock())
            for number in range(OFFICERS):
                name = f"officer-{number}"
                token = new_token(Realm.LIVE)
                terms = Terms(
                    holder=name,
                    kind=HolderKind.PERSON,
                    sources=(SourceId(name),),
                    zones=(self.atlas.country.id,),
                    hazards=tuple(Hazard),
                    verbs=(Verb.RAISE, Verb.RELEASE),
                )
                expires = datetime.now(UTC) + timedelta(days=1)
                orders: list[Order] = [
                    GiveGrant(terms=terms),
                    IssueToken(holder=name, digest=token_digest(token), expires=expires),
                ]
                for order in orders:
                    command = Command(
                        key=f"begin {name} {type(order).__name__}",
                        actor=LOCAL.holder,
                        source=SourceId("local"),
                        order=order,
                    )
                    [outcome] = service.submit([command], LOCAL)
                    assert isinstance(outcome, Receipt), outcome
                officers.append(Officer(name, token, random.Random(f"{seed} {name}"), list(zones)))
        return officers

    def round(self, number: int) -> None:
        fresh = number % WHOLLY_FRESH_EVERY == WHOLLY_FRESH_EVERY - 1
        server = Server(self.log, fresh)
        try:
            if self.chance.random() < 0.1:
                self.in_start += 1
                time.sleep(self.chance.uniform(0, 0.2))
                return
            port = server.wait_until_ready()
            self.read_back(port)
            stop = threading.Event()
            faults: list[BaseException] = []
            threads = [
                threading.Thread(target=_noting, args=(faults, officer, port, stop)) for officer in self.officers
            ]
            for thread in threads:
                thread.start()
            time.sleep(self.chance.uniform(0, 0.12))
        finally:
            server.kill()
        stop.set()
        for thread in threads:
            thread.join()
        if faults:
            raise faults[0]

    def read_back(self, port: int) -> None:
        """Hold what the server says of its log against all that was ever answered."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_S)
        while True:
            connection.request("GET", f"/api/v1/events?after={self.seen}&limit=1000")
            response = connection.getresponse()
            page = json.loads(response.read())
            for entry in page["events"]:
                if entry["seq"] != self.seen + 1:
                    raise Fault(f"after {self.seen} comes {entry['seq']}")
                self.seen = entry["seq"]
                self.by_key.setdefault(entry["order"], []).append(self.seen)
            if not page["events"]:
                if page["head"] != self.seen:
                    raise Fault(f"the head is {page['head']}, but the log ends at {self.seen}")
                break
        connection.close()
        for officer in self.officers:
            done = self.checked.get(officer.name, 0)
            answered = [given for given in officer.given[done:] if given.answer is not None]
            for given in answered:
                self.hold_against_log(given)
            self.checked[officer.name] = done + len(answered)

    def hold_against_log(self, given: Given) -> None:
        answer = given.answer
        assert answer is not None
        seqs = self.by_key.get(given.key, [])
        told = list(range(answer["seq"] - answer["events"] + 1, answer["seq"] + 1))
        if seqs != told or not told:
            raise Fault(f"{given.key} was acknowledged with seqs {told}, and the log has {seqs}")

    def finish(self) -> None:
        """One last server that answers everybody, and a look at the whole log from inside."""
        server = Server(self.log, fresh=True)
        try:
            port = server.wait_until_ready()
            for officer in self.officers:
                if officer.unanswered is not None:
                    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_S)
                    officer.unanswered.answer = officer._sent(connection, officer.unanswered)
                    officer.unanswered = None
                    connection.close()
            self.read_back(port)
        finally:
            server.kill()
        with closing(SQLiteStore(self.log, Realm.LIVE, self.atlas.country.id, read_only=True)) as store:
            verified(store, self.atlas.hierarchy)
            done = {command.key: command for page in _pages(store) for command in page}
        for officer in self.officers:
            for given in officer.given:
                if given.key not in done or done[given.key].actor != officer.name:
                    raise Fault(f"{given.key} is not in the audit trail as {officer.name}'s")
        ills = [finding for finding in examine(self.log) if finding.level == "refuse"]
        if ills:
            raise Fault(f"the doctor refuses: {ills}")


def _noting(faults: list[BaseException], officer: Officer, port: int, stop: threading.Event) -> None:
    try:
        officer.work(port, stop)
    except Fault as fault:
        faults.append(fault)


def _pages(store: SQLiteStore) -> Any:
    after = 0
    while page := store.done(after, 1_000):
        yield page
        after = page[-1].number


@functools.cache
def _cached_atlas() -> Atlas:
    """Read once; servers forked from this process find it read already."""
    atlas = shipped("ua")
    setattr(tocsin.app, "shipped", lambda country: atlas)  # noqa: B010  # a plain assignment is refused by mypy
    return atlas


def run(rounds: int, seed: int, *, told: bool = True) -> str:
    """Do it all; a line about how it went. Errors: `Fault`."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tocsin-soak-") as folder:
        loop = Loop(Path(folder), seed)
        for number in range(rounds):
            loop.round(number)
            if told and number % 100 == 99:
                print(f"  {number + 1:,} rounds, {loop.seen:,} events", flush=True)
        loop.finish()
    answered = sum(1 for officer in loop.officers for given in officer.given if given.answer is not None)
    repeated = sum(officer.repeated for officer in loop.officers)
    return (
        f"{rounds:,} rounds of kill -9 ({loop.in_start:,} amid the start), seed {seed}: {answered:,} orders "
        f"acknowledged, {repeated:,} sent again after a kill, {loop.seen:,} events: 0 lost, 0 twice, 0 gaps; "
        f"{time.monotonic() - begun:.0f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    try:
        print(run(asked.rounds, asked.seed))
    except Fault as fault:
        print(f"a promise was broken (seed {asked.seed}): {fault}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
