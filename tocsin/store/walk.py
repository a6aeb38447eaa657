"""Walking the whole chain of hashes, and naming the first entry at which it breaks.

Found is whatever was edited, taken out, put in or exchanged by someone who did not compute all hashes after it
anew. Who did that as well is found by a signed head (tocsin/store/evidence.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing

import apsw
import msgspec

from tocsin.store.chain import envelope, following, shared
from tocsin.store.contract import Link
from tocsin.store.rows import Row
from tocsin.store.statements import SQL


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """The first entry at which the chain breaks, and why."""

    seq: int
    why: str


class ChainReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a walk found."""

    link: Link
    """How far the chain holds: to the head, where nothing is broken."""
    broken: Broken | None
    hashes: Mapping[int, bytes]
    """The hashes at the seqs asked for, as far as the chain holds."""


def walk(connection: apsw.Connection, start: Link, at: Collection[int] = ()) -> ChainReport:
    """Walk from ``start``, the link before the first entry. To be called within a transaction."""
    wanted = frozenset(at)
    seq, hash = start.seq, start.hash
    hashes = {seq: hash} if seq in wanted else {}
    broken = None
    try:
        with closing(connection.execute(SQL["chain"])) as rows:
            for hash in _links(rows, start):
                seq += 1
                if seq in wanted:
                    hashes[seq] = hash
        promised = connection.execute(SQL["last_receipt"]).get
        if promised != seq:
            raise _Breaks(f"it is missing: the log ends at {seq}, but its commands led to {promised} entries")
    except _Breaks as breaks:
        broken = Broken(seq=seq + 1, why=str(breaks))
    except (TypeError, AttributeError, UnicodeError) as error:  # of a kind that the schema forbids
        broken = Broken(seq=seq + 1, why=f"it cannot be read ({error})")
    return ChainReport(link=Link(seq=seq, hash=hash), broken=broken, hashes=hashes)


class _Breaks(Exception):
    """The entry that the walk has come to does not follow."""


class _Command:
    """The command whose entries the walk is among."""

    def __init__(self, row: Row) -> None:
        self.number, self.recorded_at, self.last, events, *said = row
        if self.number is None:
            raise _Breaks("it belongs to no command")
        self.first = self.last - events + 1
        self.shared = shared(self.recorded_at, envelope(*said))


def _links(rows: Iterable[Row], start: Link) -> Iterator[bytes]:
    """Hash after hash, up to the first entry that does not follow."""
    before = start.hash
    number, ended, command = 0, start.seq, None
    for wanted, (seq, recorded_at, stored, event, *by) in enumerate(rows, start.seq + 1):
        if seq != wanted:
            raise _Breaks(f"it is missing: after {wanted - 1} comes {seq}")
        if command is None or by[0] != command.number:
            command = _Command(tuple(by))
            if command.number <= number or command.first != wanted or ended != wanted - 1:
                raise _Breaks("it does not stand where its command has its events")
            number, ended = command.number, command.last
        before = following(before, seq, command.shared, event)
        if before != stored:
            raise _Breaks("its hash does not follow from the one before, from what it says and from who ordered it")
        if recorded_at != command.recorded_at or seq > ended:
            raise _Breaks("its command was recorded at another time, or has fewer events")
        yield before
