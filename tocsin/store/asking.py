"""Asking an open log: whole answers, one state of it, and no key twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import apsw

from tocsin.errors import KeyReused
from tocsin.store.contract import Batch
from tocsin.store.rows import Row
from tocsin.store.statements import SQL


@contextmanager
def one_state(connection: apsw.Connection) -> Iterator[None]:
    """Whatever is asked within is about one state of the log: what is appended meanwhile changes nothing."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def rows_of(cursor: apsw.Cursor) -> list[Row]:
    """All at once: a cursor left open would hold back the checkpoints."""
    return list(cursor)


def number(connection: apsw.Connection, statement: str) -> int:
    number = connection.execute(SQL[statement]).get
    assert isinstance(number, int)
    return number


def refuse_reused_keys(connection: apsw.Connection, batches: Sequence[Batch]) -> None:
    seen: set[str] = set()
    for batch in batches:
        if batch.key in seen:
            raise KeyReused(f"the key {batch.key!r} is there twice", key=batch.key)
        seen.add(batch.key)
    known = connection.executemany(SQL["receipt"], ((key,) for key in seen)).fetchone()
    if known is not None:
        raise KeyReused(f"the key {known[1]!r} is in the log already", key=known[1])
