"""What stands after the log: the warnings, who may do what, the record of attacks, the register of shelters and what
was lately reported of threats, folded from the same entries.

`snapshot + tail` gives the same as folding from nothing, and `verified` checks that it does.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import msgspec

from tocsin.access import Access
from tocsin.access.standing import PackedAccess
from tocsin.engine import Draft, State
from tocsin.engine.snapshot import Packed, pack, unpack
from tocsin.errors import StoreCorrupt
from tocsin.events import Entry, Event
from tocsin.intake.reports.heard import Heard
from tocsin.model import Hierarchy
from tocsin.record.archive import Archive
from tocsin.shelters.register import Register
from tocsin.store import Log, Snapshot, Store

FORMAT = "standing-4"
"""The name changes whenever a fold of the same log would differ, so that an old snapshot is passed over."""

PAGE = 2_000
"""Entries read at once."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A value that never changes once taken."""

    state: State
    access: Access
    archive: Archive = field(default_factory=Archive)
    register: Register = field(default_factory=Register)
    heard: Heard = field(default_factory=Heard)

    @property
    def seq(self) -> int:
        return self.state.seq


class _Packed(msgspec.Struct, frozen=True, kw_only=True):
    state: Packed
    access: PackedAccess
    record: list[tuple[int, int]]
    """Where in the log the record of attacks stands, first and last seq of each run. It is read from there: written
    out it would be many megabytes in every snapshot, and orders to warn wait while one is kept."""
    register: list[tuple[int, int]]
    """The same of the register of shelters."""
    heard: list[tuple[int, int]]
    """The same of reports of threats."""


def snapshot_of(standing: Standing) -> Snapshot:
    """The same bytes for the same standing."""
    packed = _Packed(
        state=pack(standing.state),
        access=standing.access.pack(),
        record=list(standing.archive.runs()),
        register=list(standing.register.runs()),
        heard=list(standing.heard.runs()),
    )
    return Snapshot(seq=standing.seq, format=FORMAT, body=msgspec.json.encode(packed))


def nothing(hierarchy: Hierarchy) -> Standing:
    """What stands before the first entry."""
    return Standing(State(hierarchy), Access())


def entries(store: Log, after: int = 0, upto: int | None = None) -> Iterator[Sequence[Entry]]:
    """The log after one seq and up to another, in pages."""
    while page := store.read(after, PAGE if upto is None else min(PAGE, upto - after)):
        yield page
        after = page[-1].seq


def folded(store: Store, start: Standing, upto: int | None = None) -> Standing:
    """``start`` and what the log holds after it, up to a seq or all. Errors: `StoreCorrupt` where it does not fold."""
    draft, access, archive = Draft(start.state), start.access, start.archive
    register, heard = start.register, start.heard
    for page in entries(store, start.seq, upto):
        seq = draft.state.seq
        if page[0].seq != seq + 1 or page[-1].seq != seq + len(page):
            raise StoreCorrupt(f"the log has a gap after {seq}", after=seq)
        events = [entry.event for entry in page]
        try:
            draft.apply(events)
            access = access.after(seq, events)
            archive = archive.after(seq, events)
            register = register.after(seq, events)
            heard = heard.after(seq, events)
        except (KeyError, StopIteration) as error:
            raise StoreCorrupt(f"the log speaks of something that is not there: {error}", after=seq) from error
    return Standing(draft.state, access, archive, register, heard)


def restored(store: Store, hierarchy: Hierarchy) -> Standing:
    """What stands at the log's head, from the newest snapshot and the tail."""
    snapshot = store.snapshot(FORMAT)
    with _keeping_all():
        if snapshot is None or snapshot.seq > store.head():
            return folded(store, nothing(hierarchy))
        return folded(store, unpacked(snapshot, hierarchy, store))


@contextmanager
def _keeping_all() -> Iterator[None]:
    """What is folded stays: to look through it again and again for what could be thrown away takes half of a start."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def unpacked(snapshot: Snapshot, hierarchy: Hierarchy, store: Log) -> Standing:
    """Errors: `StoreCorrupt` where the log does not hold the record, the register or the reports that it tells of."""
    packed = msgspec.json.decode(snapshot.body, type=_Packed)
    try:
        archive = Archive().with_events(_within(packed.record, store))
    except KeyError as error:
        raise StoreCorrupt(f"the record speaks of something that is not there: {error}", after=snapshot.seq) from error
    if list(archive.runs()) != packed.record:
        raise StoreCorrupt("the snapshot tells of a record that the log does not hold", after=snapshot.seq)
    register = Register().with_events(_within(packed.register, store))
    if list(register.runs()) != packed.register:
        raise StoreCorrupt("the snapshot tells of a register that the log does not hold", after=snapshot.seq)
    heard = Heard().with_events(_within(packed.heard, store))
    if list(heard.runs()) != packed.heard:
        raise StoreCorrupt("the snapshot tells of reports that the log does not hold", after=snapshot.seq)
    return Standing(unpack(packed.state, hierarchy), Access.unpack(packed.access), archive, register, heard)


def _within(runs: Sequence[tuple[int, int]], store: Log) -> Iterator[tuple[int, Event]]:
    """What the log holds in these runs, each event with its seq."""
    for first, last in runs:
        for page in entries(store, first - 1, last):
            yield from ((entry.seq, entry.event) for entry in page)


def verified(store: Store, hierarchy: Hierarchy) -> tuple[Standing, int | None]:
    """Fold the whole log again from nothing and compare it with the kept snapshot on the way.

    Gives what stands at the head, and the seq of the snapshot that agreed, if there is one. Errors: `StoreCorrupt`.
    """
    snapshot = store.snapshot(FORMAT)
    standing = nothing(hierarchy)
    if snapshot is not None:
        if snapshot.seq > store.head():
            raise StoreCorrupt(f"the snapshot is of {snapshot.seq}, past the log's end", snapshot=snapshot.seq)
        standing = folded(store, standing, upto=snapshot.seq)
        if snapshot_of(standing).body != snapshot.body:
            raise StoreCorrupt(
                f"the log folded up to {snapshot.seq} is not what the snapshot of it says", snapshot=snapshot.seq
            )
    standing = folded(store, standing)
    if standing.seq != store.head():
        raise StoreCorrupt(f"the log ends at {standing.seq}, its head is {store.head()}", head=store.head())
    return standing, None if snapshot is None else snapshot.seq
