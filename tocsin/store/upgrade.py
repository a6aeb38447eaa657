"""From a log of format 1 to one of format 2, without losing anything or stopping half-way.

The new log is made beside the old one and takes its name only when it is whole, checked and on the medium; the old
one is kept under another name. Events are carried over letter by letter. The new log is the same log (`identity`):
what a subscriber saw of the old one is at the same seqs, so it resumes where it was.

Format 1 kept no grant, source or order of commands. The grant of its commands becomes `GRANT`; the source is that of
their first event; they were decided upon the seq before; and those without events stand where their seq puts them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path

import apsw
import msgspec

from tocsin.errors import StoreCorrupt, StoreFailed
from tocsin.events import HoldRaised, HoldReleased
from tocsin.limits import STORE_WAIT_S
from tocsin.store.chain import envelope, following, genesis, shared
from tocsin.store.contract import Link
from tocsin.store.durable import discard, new_part, put_in_place, sync
from tocsin.store.failures import told_as_ours
from tocsin.store.opening import begin_making, connect, finish_rollback, is_blank, require_log, require_same
from tocsin.store.rows import Row, summed
from tocsin.store.safety import installed, require_local_file_system, require_safe_sqlite
from tocsin.store.statements import FORMAT, SQL
from tocsin.store.walk import walk
from tocsin.store.writer_lock import WriterLock

OLD = 1
GRANT = "before grants"

_facts: msgspec.json.Decoder[HoldRaised | HoldReleased] = msgspec.json.Decoder(HoldRaised | HoldReleased)


class Upgraded(msgspec.Struct, frozen=True, kw_only=True):
    entries: int
    commands: int
    kept: Path
    """Where the old log is now."""


def upgrade(path: Path, realm: str, atlas: str, *, wait_s: float = STORE_WAIT_S) -> Upgraded | None:
    """Upgrade the log at ``path``; None where it has this version's format already.

    Errors: those of opening a log for writing; `StoreLocked` as well where anyone reads it; `StoreCorrupt` where the
    old log is not whole. After any of them the old log is where it was.
    """
    path = path.resolve()
    require_safe_sqlite(installed())
    with told_as_ours(path):
        if is_blank(path):
            raise StoreFailed(f"there is no log at {path}", path=str(path))
        require_local_file_system(path)
        finish_rollback(path, wait_s=wait_s)
        if _is_new(path, realm, atlas, wait_s):
            return None
        lock = WriterLock(path)
        try:
            # Asked again: another process may have upgraded it since.
            return None if _is_new(path, realm, atlas, wait_s) else _upgraded(path, wait_s)
        finally:
            lock.release()


def _is_new(path: Path, realm: str, atlas: str, wait_s: float) -> bool:
    with closing(connect(path, wait_s=wait_s, read_only=True)) as connection:
        new = bool(connection.pragma("user_version") == FORMAT)
        require_same(require_log(connection, path, FORMAT if new else OLD), path, realm, atlas)
    return new


def _upgraded(path: Path, wait_s: float) -> Upgraded:
    kept = path.with_name(f"{path.name}.format-{OLD}")
    if kept.exists() and not kept.samefile(path):  # the same, where an earlier upgrade was cut off
        raise StoreFailed(f"{kept} exists already, and nothing is overwritten: move it away", path=str(kept))
    part = new_part(path)
    try:
        with closing(connect(path, wait_s=wait_s)) as old:
            # Out of WAL mode, which moves all into the one file and works only while nobody else has it open; and
            # locked, so that nobody comes.
            old.pragma("journal_mode", "DELETE")
            old.execute("BEGIN EXCLUSIVE")
            with told_as_ours(part):
                entries, commands = _written(old, path, part, wait_s)
            # At every moment one of the two has the name: a server that found none there would begin a new log.
            if not kept.exists():
                kept.hardlink_to(path)
                sync(path.parent)
            put_in_place(part, path)
    except BaseException:
        with suppress(OSError):
            discard(part)
        raise
    return Upgraded(entries=entries, commands=commands, kept=kept)


def _written(old: apsw.Connection, path: Path, part: Path, wait_s: float) -> tuple[int, int]:
    """Write the whole new log to ``part`` and read it back: how many entries and commands it holds."""
    meta = require_log(old, path, OLD)
    start = Link(seq=0, hash=genesis(meta.realm, meta.atlas))
    with closing(connect(part, wait_s=wait_s, create=True)) as new:
        begin_making(new)
        new.execute(SQL["add_upgraded_meta"], (meta.realm, meta.identity, meta.atlas, meta.created_at, meta.copy_of))
        link, commands = start, 0
        for command, entries in _commands(old, path):
            commands += 1
            link = _carry(new, commands, command, entries, link)
        new.execute("COMMIT")
        report = walk(new, start)
    if report.broken is not None or report.link != link:
        raise StoreFailed(f"{part} does not read back as it was written", path=str(part))
    return link.seq, commands


def _commands(old: apsw.Connection, path: Path) -> Iterator[tuple[Row, list[Row]]]:
    """Every command of the old log with its entries. Errors: `StoreCorrupt` where they do not fit together."""
    entries = old.execute(SQL["format_1_entries"])
    head = 0
    for command in old.execute(SQL["format_1_commands"]):
        key, _, _, _, recorded_at, seq, events = command
        own = list(islice(entries, events))
        if [entry[:3] for entry in own] != [(head + number, recorded_at, key) for number in range(1, events + 1)]:
            raise StoreCorrupt(f"{path}: the command {key!r} and its events disagree after seq {head}", after=head)
        head += events
        if head != seq:
            raise StoreCorrupt(f"{path}: the command {key!r} says that it ended at seq {seq}, not {head}", after=head)
        yield command, own
    if (beyond := next(entries, None)) is not None:
        raise StoreCorrupt(f"{path}: seq {beyond[0]} belongs to no command", after=head)


def _carry(new: apsw.Connection, number: int, command: Row, entries: list[Row], link: Link) -> Link:
    """Write one command and its entries down after ``link``; where the chain has come to."""
    key, digest, actor, reason, recorded_at, seq, events = command
    decided_upon = seq - events
    facts = [_event(event, link.seq + at) for at, (_, _, _, event) in enumerate(entries, 1)]
    source = facts[0].source if facts else ""
    new.execute(
        SQL["add_command"],
        summed(number, key, digest, actor, GRANT, source, reason, decided_upon, recorded_at, seq, events),
    )
    common = shared(recorded_at, envelope(key, digest, actor, GRANT, source, reason, decided_upon))
    before = link.hash
    for at, _, _, event in entries:
        before = following(before, at, common, event)
        new.execute(SQL["add_entry"], (at, recorded_at, number, before, event.decode()))
    return Link(seq=seq, hash=before)


def _event(event: bytes, seq: int) -> HoldRaised | HoldReleased:
    try:
        return _facts.decode(event)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StoreCorrupt(f"seq {seq} is not an event: {error}", seq=seq) from error
