"""Logs that hold a record: its events put into a store as they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tests.world import NOON
from tocsin.recorded import RecordEvent
from tocsin.store import Batch, Store


def put(store: Store, events: Sequence[RecordEvent], recorded_at: datetime = NOON) -> None:
    """Append them, in one order. Ids in them are seqs of the log."""
    after = store.head()
    batch = Batch(
        key=f"record {after}",
        digest=bytes(32),
        actor="editor",
        grant="local",
        source="agency",
        reason="",
        decided_upon=after,
        recorded_at=recorded_at,
        events=tuple(events),
    )
    store.append([batch], after)
