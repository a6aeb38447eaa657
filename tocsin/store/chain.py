"""The chain of hashes through the log: each entry's hash covers the entry, who ordered it, and the hash before.

    hash of 0 = SHA-256("tocsin log 2\\n" realm "\\n" atlas)
    leaf of n = SHA-256(seq "\\n" recorded_at "\\n" envelope "\\n" event)
                where the envelope is the JSON array of the command's key, digest (hexadecimal), actor, grant,
                source, reason and decided_upon, and no part holds a line break
    hash of n = SHA-256(hash of n-1, leaf of n)

Whoever keeps one hash can tell later whether anything up to it was edited, taken out, put in or exchanged.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import msgspec

from tocsin.model import Realm
from tocsin.store.contract import Batch

_json = msgspec.json.Encoder()


def genesis(realm: Realm | str, atlas: str) -> bytes:
    """The hash before the first entry: a chain belongs to one realm and one atlas."""
    return hashlib.sha256(f"tocsin log 2\n{realm}\n{atlas}".encode()).digest()


def envelope(key: str, digest: bytes, actor: str, grant: str, source: str, reason: str, decided_upon: int) -> bytes:
    """What the hash of each of a command's entries covers of the command."""
    return _json.encode((key, digest.hex(), actor, grant, source, reason, decided_upon))


def envelope_of(batch: Batch) -> bytes:
    return envelope(batch.key, batch.digest, batch.actor, batch.grant, batch.source, batch.reason, batch.decided_upon)


def shared(recorded_at: str, envelope: bytes) -> bytes:
    """What the leaves of one command's entries have in common. ``recorded_at`` is as stored: RFC 3339 in UTC."""
    return b"\n%b\n%b\n" % (recorded_at.encode(), envelope)


def following(before: bytes, seq: int, shared: bytes, event: bytes) -> bytes:
    """The hash of entry ``seq``. ``event`` is its JSON, as stored."""
    leaf = hashlib.sha256(b"%d%b%b" % (seq, shared, event)).digest()
    return hashlib.sha256(before + leaf).digest()


def stamp(moment: datetime) -> str:
    """A moment as the log keeps it: RFC 3339 in UTC, to the microsecond."""
    assert moment.tzinfo is not None, "a moment without its time zone"
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
