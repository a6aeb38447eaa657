"""What a store promises.

Append-only; seq from 1 without gaps; commit order is seq order; an append is all or nothing and, once it
returns, survives a power cut; a repeated idempotency key has one effect; of two writers who decided upon
the same head, one wins and the other is told `StaleSeq`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from tocsin.events import Entry, Event
from tocsin.model import Realm


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What one command led to: its envelope and its events, none included."""

    key: str
    digest: bytes
    """SHA-256 of the command's content, to tell a repeat from a contradiction."""
    actor: str
    grant: str
    """Under which grant: its id, or ``local``."""
    source: str
    reason: str
    decided_upon: int
    """The seq that the order was decided upon."""
    recorded_at: datetime
    events: tuple[Event, ...]


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a command; a repeat gets the receipt of the first."""

    key: str
    digest: bytes
    seq: int
    """The head of the log once the command was in it."""
    events: int
    """How many events it led to: the last ``events`` seqs up to ``seq``."""


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """One command of the audit trail that was carried out."""

    number: int
    """Grows from 1, in the order of the log."""
    key: str
    actor: str
    grant: str
    source: str
    reason: str
    decided_upon: int
    recorded_at: datetime
    seq: int
    events: int


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """One command of the audit trail that was refused."""

    actor: str
    """Who gave it, as far as that was established."""
    key: str
    source: str
    reason: str
    order: str
    """The order, JSON; cut where it is long."""
    code: str
    message: str
    """Why, in words."""
    refused_at: datetime


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Where the chain of hashes has come to (tocsin/store/chain.py)."""

    seq: int
    hash: bytes
    """32 bytes."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A fold up to ``seq``, in a named format so that an old one is passed over, never misread."""

    seq: int
    format: str
    body: bytes


class Log(Protocol):
    """What everything that only reads asks of a log. Calls may come from any thread, one at a time or at once; after
    `close` each raises `StoreFailed`.

    Moments come with a time zone; the store may give them back in UTC.
    """

    @property
    def realm(self) -> Realm: ...

    @property
    def identity(self) -> str:
        """Which log this is: made once with it, so that a reader can tell a new log from a longer one."""

    def head(self) -> int:
        """The seq of the last entry; 0 for an empty log."""

    def read(self, after: int, limit: int) -> list[Entry]:
        """Up to ``limit`` entries with seq > ``after``, in order."""

    def close(self) -> None:
        """Let go of everything; to close again changes nothing."""


class Store(Log, Protocol):
    """The contract."""

    def append(self, batches: Sequence[Batch], expected_seq: int, refusals: Sequence[Refusal] = ()) -> list[Receipt]:
        """Append all batches in one transaction, in order, and the refusals beside them; return once all is durable.

        Errors: `StaleSeq` (``detail["head"]``) if the head is not ``expected_seq``; `KeyReused` if a key is there
        already, whatever its digest (callers ask `receipts` first), or twice in ``batches``; `StoreFull`,
        `StoreLocked`, `StoreFailed`, `StoreCorrupt`. After any of them nothing was appended.
        """

    def receipts(self, keys: Iterable[str]) -> Mapping[str, Receipt]:
        """The receipts of those keys that are known."""

    def link(self) -> Link:
        """Where the chain of hashes has come to: the head's seq and hash."""

    def done(self, after: int, limit: int) -> list[Done]:
        """Up to ``limit`` commands with a number > ``after``, in order."""

    def refused(self, after: int, limit: int) -> list[tuple[int, Refusal]]:
        """Up to ``limit`` refusals with their numbers > ``after``, in order."""

    def save_snapshot(self, snapshot: Snapshot) -> None:
        """Keep it, and let those saved longest ago go, whatever their format, past `limits.SNAPSHOTS_KEPT`.

        To save one with a seq beyond the head is a bug.
        """

    def snapshot(self, format: str) -> Snapshot | None:
        """The newest of that format whose checksum holds."""
