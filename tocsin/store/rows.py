"""Between what the contract speaks of and the rows that the SQLite store keeps of it. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from tocsin.events import Entry, Event
from tocsin.store.chain import envelope_of, following, shared, stamp
from tocsin.store.contract import Batch, Done, Link, Receipt, Refusal, Snapshot

Row = tuple[Any, ...]
"""As SQLite gives it: what is in it, only the reader of its statement knows."""

CommandRow = tuple[int, str, bytes, str, str, str, str, int, str, int, int, bytes]
EntryRow = tuple[int, str, int, bytes, str]
RefusalRow = tuple[str, str, str, str, str, str, str, str]

_event_json = msgspec.json.Encoder()
_json = msgspec.json.Encoder()
_event: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def receipts_of(batches: Sequence[Batch], head: int) -> list[Receipt]:
    receipts = []
    for batch in batches:
        head += len(batch.events)
        receipts.append(Receipt(key=batch.key, digest=batch.digest, seq=head, events=len(batch.events)))
    return receipts


def command_rows(batches: Sequence[Batch], receipts: Sequence[Receipt], last: int) -> Iterator[CommandRow]:
    """``last`` is the number of the command before the first of these."""
    for number, ((batch, recorded_at), receipt) in enumerate(zip(_stamped(batches), receipts, strict=True), last + 1):
        yield summed(
            number,
            batch.key,
            batch.digest,
            batch.actor,
            batch.grant,
            batch.source,
            batch.reason,
            batch.decided_upon,
            recorded_at,
            receipt.seq,
            receipt.events,
        )


def entry_rows(batches: Sequence[Batch], link: Link, last: int) -> Iterator[EntryRow]:
    """The entries that follow ``link``, each chained to the one before."""
    seq, before = link.seq, link.hash
    for number, (batch, recorded_at) in enumerate(_stamped(batches), last + 1):
        common = shared(recorded_at, envelope_of(batch))
        for event in batch.events:
            seq += 1
            written = _event_json.encode(event)
            before = following(before, seq, common, written)
            yield seq, recorded_at, number, before, written.decode()


def _stamped(batches: Sequence[Batch]) -> Iterator[tuple[Batch, str]]:
    """Each with its moment as the log keeps it, which is worked out once for those of one moment."""
    moment, recorded_at = None, ""
    for batch in batches:
        if batch.recorded_at is not moment:
            moment = batch.recorded_at
            recorded_at = stamp(moment)
        yield batch, recorded_at


def refusal_row(refusal: Refusal) -> RefusalRow:
    return (
        refusal.actor,
        refusal.key,
        refusal.source,
        refusal.reason,
        refusal.order,
        refusal.code,
        refusal.message,
        stamp(refusal.refused_at),
    )


def summed(
    number: int,
    key: str,
    digest: bytes,
    actor: str,
    grant: str,
    source: str,
    reason: str,
    decided_upon: int,
    recorded_at: str,
    seq: int,
    events: int,
) -> CommandRow:
    """A command's row with its sum: the first eight bytes of the SHA-256 of the rest."""
    row = (number, key, digest, actor, grant, source, reason, decided_upon, recorded_at, seq, events)
    return (*row, hashlib.sha256(_json.encode(row)).digest()[:8])


def _agreeing(row: Row) -> Row:
    """The row without its sum. Errors: `ValueError` where that is another's."""
    *said, kept = row
    if summed(*said)[-1] != kept:
        raise ValueError(f"the sum of command {said[0]} is not that of what it says")
    return tuple(said)


def receipt_from(row: Row) -> Receipt:
    """Errors: `ValueError`."""
    _, key, digest, _, _, _, _, _, _, seq, events = _agreeing(row)
    return Receipt(key=key, digest=digest, seq=seq, events=events)


def entry_from(row: Row) -> Entry:
    """Errors: `ValueError`, of which msgspec's is one, if it does not hold an event and a time."""
    seq, recorded_at, key, event = row
    return Entry(seq=seq, recorded_at=datetime.fromisoformat(recorded_at), order=key, event=_event.decode(event))


def done_from(row: Row) -> Done:
    """Errors: `ValueError`."""
    number, key, _, actor, grant, source, reason, decided_upon, recorded_at, seq, events = _agreeing(row)
    return Done(
        number=number,
        key=key,
        actor=actor,
        grant=grant,
        source=source,
        reason=reason,
        decided_upon=decided_upon,
        recorded_at=datetime.fromisoformat(recorded_at),
        seq=seq,
        events=events,
    )


def refusal_from(row: Row) -> tuple[int, Refusal]:
    """Errors: `ValueError`."""
    number, actor, key, source, reason, order, code, message, refused_at = row
    return number, Refusal(
        actor=actor,
        key=key,
        source=source,
        reason=reason,
        order=order,
        code=code,
        message=message,
        refused_at=datetime.fromisoformat(refused_at),
    )


def snapshot_checksum(snapshot: Snapshot) -> bytes:
    return hashlib.sha256(f"{snapshot.seq}\n{snapshot.format}\n".encode() + snapshot.body).digest()
