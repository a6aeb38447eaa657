"""Reading the log and believing none of it: each entry read is held against its hash and the one before.

What was written is thus what is read, or it is an error; whatever a disk, a cache or someone with an editor made of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.events import Entry
from tocsin.store.chain import envelope, following, shared
from tocsin.store.rows import Row, entry_from


def entries_after(rows: Sequence[Row], after: int, genesis: bytes) -> list[Entry]:
    """The entries of ``rows``, which begin with the entry ``after`` itself unless that is 0.

    Errors: `ValueError`, with the reason, where they are not what was written, or not without a gap.
    """
    before, first = genesis, 0
    if after and rows:
        if rows[0][0] != after:
            raise ValueError(f"there is a gap: {after} is missing")
        before, first = rows[0][3], 1
    entries = []
    number, key, moment, common = None, "", "", b""
    for wanted, (seq, recorded_at, event, stored, command, *said) in enumerate(rows[first:], after + 1):
        if seq != wanted:
            raise ValueError(f"there is a gap: after {wanted - 1} comes {seq}")
        if command != number:
            number, key, moment = command, said[0], recorded_at
            common = shared(moment, envelope(*said))
        before = following(before, seq, common, event)
        if before != stored or recorded_at != moment:
            raise ValueError(f"the hash of entry {seq} does not follow from what it says")
        entries.append(entry_from((seq, recorded_at, key, event)))
    return entries
