"""A log that fails in what it is told to fail in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tocsin.store import Batch, Receipt, Refusal, Snapshot
from tocsin.store.memory import MemoryStore
from tocsin.store.sqlite import SQLiteStore


class Failing:
    """To stand before a store among the bases of a class."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fails_append: Exception | None = None
        self.fails_snapshot: Exception | None = None
        self.appends = 0
        """How many times something was ordered; refusals alone do not count."""

    def append(self, batches: Sequence[Batch], expected_seq: int, refusals: Sequence[Refusal] = ()) -> list[Receipt]:
        if self.fails_append is not None:
            raise self.fails_append
        self.appends += bool(batches)
        kept: list[Receipt] = super().append(batches, expected_seq, refusals)  # type: ignore[misc]  # the store behind it
        return kept

    def save_snapshot(self, snapshot: Snapshot) -> None:
        if self.fails_snapshot is not None:
            raise self.fails_snapshot
        super().save_snapshot(snapshot)  # type: ignore[misc]  # the store behind it


class FailingStore(Failing, MemoryStore):
    """One in memory."""


class FailingFile(Failing, SQLiteStore):
    """One on a disk."""
