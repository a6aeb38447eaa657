"""The corridor that every order walks: check permission, decide, append to the log, wake the readers.

What it acknowledges is durable. Orders that wait together are appended together (group commit), each still
decided by itself upon what the ones before it left.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from tocsin import limits
from tocsin.access import Grant, permit
from tocsin.clock import Clock
from tocsin.commands import Command
from tocsin.engine import State, decide, fold
from tocsin.engine.snapshot import FORMAT, pack, unpack
from tocsin.errors import KeyReused, StoreCorrupt, TocsinError
from tocsin.events import Entry
from tocsin.model import Hierarchy
from tocsin.store import Batch, Receipt, Snapshot, Store

log = logging.getLogger("tocsin.service")

Outcome = Receipt | TocsinError
Reader = Callable[[Sequence[Entry]], None]
Progress = Callable[[int], None]

PAGE = 2_000
"""Entries read at once while folding the log, and commands decided between two words on progress."""


def entries(store: Store, after: int = 0, upto: int | None = None) -> Iterator[Sequence[Entry]]:
    """The log after one seq and up to another, in pages."""
    while page := store.read(after, PAGE if upto is None else min(PAGE, upto - after)):
        yield page
        after = page[-1].seq


def folded(store: Store, start: State, upto: int | None = None) -> State:
    """``start`` and what the log holds after it, up to a seq or all. Errors: `StoreCorrupt` where it does not fold."""
    state = start
    for page in entries(store, state.seq, upto):
        if page[0].seq != state.seq + 1 or page[-1].seq != state.seq + len(page):
            raise StoreCorrupt(f"the log has a gap after {state.seq}", after=state.seq)
        try:
            state = fold(state, (entry.event for entry in page))
        except KeyError as error:
            raise StoreCorrupt(f"the log releases a hold that is not open: {error}", after=state.seq) from error
    return state


def restored(store: Store, hierarchy: Hierarchy) -> State:
    """The state of the log's head, from the newest snapshot and the tail."""
    snapshot = store.snapshot(FORMAT)
    start = unpack(snapshot.body, hierarchy) if snapshot and snapshot.seq <= store.head() else State(hierarchy)
    return folded(store, start)


def verified(store: Store, hierarchy: Hierarchy) -> tuple[State, int | None]:
    """Fold the whole log again from nothing and compare it with the kept snapshot on the way.

    Gives the state of the head, and the seq of the snapshot that agreed, if there is one. Errors: `StoreCorrupt`.
    """
    snapshot = store.snapshot(FORMAT)
    state = State(hierarchy)
    if snapshot is not None:
        if snapshot.seq > store.head():
            raise StoreCorrupt(f"the snapshot is of {snapshot.seq}, past the log's end", snapshot=snapshot.seq)
        state = folded(store, state, upto=snapshot.seq)
        if pack(state) != snapshot.body:
            raise StoreCorrupt(
                f"the log folded up to {snapshot.seq} is not what the snapshot of it says", snapshot=snapshot.seq
            )
    state = folded(store, state)
    if state.seq != store.head():
        raise StoreCorrupt(f"the log ends at {state.seq}, its head is {store.head()}", head=store.head())
    return state, None if snapshot is None else snapshot.seq


class Service:
    """One writer over one store. Safe to call from any thread; calls are served one at a time."""

    def __init__(self, store: Store, hierarchy: Hierarchy, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self._state = restored(store, hierarchy)
        self._snapshot_seq = self._state.seq
        self._lock = threading.Lock()
        self._readers: list[Reader] = []

    @property
    def state(self) -> State:
        """What stands now; a value that never changes once taken."""
        return self._state

    def wake(self, reader: Reader) -> None:
        """Have ``reader`` called, in the writer's thread and in log order, with what each append added."""
        self._readers.append(reader)

    def submit(
        self, commands: Sequence[Command], grant: Grant, *, together: bool = False, decided: Progress | None = None
    ) -> list[Outcome]:
        """Carry out commands in order with one append; what is returned is durable.

        Each stands alone: a refused one leaves no trace and its error in its place. With ``together`` the first
        refusal is raised instead and nothing at all is kept. Errors of the store are raised, with nothing kept.
        ``decided`` is called now and then with how many commands have been decided.
        """
        with self._lock:
            outcomes, batches, state = self._decide(commands, grant, together, decided)
            if batches:
                self.store.append(batches, expected_seq=self._state.seq)
                appended = self._appended(batches)
                self._state = state
                self._wake_readers(appended)
                self._snapshot_if_due()
            return outcomes

    def snapshot(self) -> None:
        """Keep the state so that the next start folds only what follows."""
        with self._lock:
            self._save_snapshot()

    def _decide(
        self, commands: Sequence[Command], grant: Grant, together: bool, decided: Progress | None
    ) -> tuple[list[Outcome], list[Batch], State]:
        state = self._state
        known = dict(self.store.receipts([command.key for command in commands]))
        outcomes: list[Outcome] = []
        batches: list[Batch] = []
        now = self.clock.now()
        for number, command in enumerate(commands):
            if decided is not None and number % PAGE == 0:
                decided(number)
            try:
                permit(grant, command)
                digest = content_digest(command)
                receipt = known.get(command.key)
                if receipt is None:
                    events = decide(state, command, now)
                    state = fold(state, events)
                    receipt = Receipt(key=command.key, digest=digest, seq=state.seq, events=len(events))
                    batches.append(
                        Batch(
                            key=command.key,
                            digest=digest,
                            actor=command.actor,
                            reason=command.reason,
                            recorded_at=now,
                            events=events,
                        )
                    )
                    known[command.key] = receipt
                elif receipt.digest != digest:
                    raise KeyReused(f"the key {command.key} was used for another order", key=command.key)
                outcomes.append(receipt)
            except TocsinError as error:
                if together:
                    raise
                outcomes.append(error)
        return outcomes, batches, state

    def _appended(self, batches: Sequence[Batch]) -> list[Entry]:
        seq = self._state.seq
        appended = []
        for batch in batches:
            for event in batch.events:
                seq += 1
                appended.append(Entry(seq=seq, recorded_at=batch.recorded_at, order=batch.key, event=event))
        return appended

    def _wake_readers(self, appended: Sequence[Entry]) -> None:
        """What is in the log is acknowledged and told to everyone else, whatever becomes of one reader."""
        for reader in self._readers:
            try:
                reader(appended)
            except Exception:
                log.exception("a reader of the log failed, and has missed what was added up to %d", self._state.seq)

    def _snapshot_if_due(self) -> None:
        if self._state.seq - self._snapshot_seq >= limits.SNAPSHOT_EVERY_EVENTS:
            # The order is durable by now: that no snapshot could be kept must not refuse it. The next one tries again.
            try:
                self._save_snapshot()
            except TocsinError as error:
                log.warning("no snapshot could be kept at %d: %s", self._state.seq, error.message)

    def _save_snapshot(self) -> None:
        if self._state.seq > self._snapshot_seq:
            self.store.save_snapshot(Snapshot(seq=self._state.seq, format=FORMAT, body=pack(self._state)))
            self._snapshot_seq = self._state.seq


def content_digest(command: Command) -> bytes:
    """SHA-256 of everything in a command that its effect depends on."""
    content = (command.actor, command.source, command.reason, command.order, command.decided_upon)
    return hashlib.sha256(msgspec.json.encode(content)).digest()


class Queue:
    """Group commit for an event loop: callers wait, one thread writes whatever has gathered meanwhile."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._waiting: list[tuple[Command, Grant, asyncio.Future[Receipt]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tocsin-writer")

    async def submit(self, command: Command, grant: Grant) -> Receipt:
        """The receipt, once durable. Errors: any of the `TocsinError` family."""
        answer: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._waiting.append((command, grant, answer))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await answer

    async def close(self) -> None:
        """Finish what was begun."""
        if self._writing is not None:
            await self._writing
        self._thread.shutdown()

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                grant = self._waiting[0][1]
                group = list(itertools.takewhile(lambda waiting: waiting[1] == grant, self._waiting))  # noqa: B023  # used at once
                del self._waiting[: len(group)]
                commands = [command for command, _, _ in group]
                outcomes: Sequence[Outcome | Exception]
                try:
                    outcomes = await loop.run_in_executor(self._thread, self._service.submit, commands, grant)
                except Exception as error:  # whatever it was, every caller must learn of it
                    outcomes = [error] * len(group)
                for (_, _, answer), outcome in zip(group, outcomes, strict=True):
                    if answer.cancelled():
                        continue
                    if isinstance(outcome, Receipt):
                        answer.set_result(outcome)
                    else:
                        answer.set_exception(outcome)
        finally:
            self._writing = None
