"""Whether a log is sound and lies where it is safe: every ill that can be found without changing anything.

It reads beside a running server. What it cannot look at is a finding too, never an exception.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Literal

import apsw
import msgspec

from tocsin.errors import BadKey, TocsinError
from tocsin.events import Event
from tocsin.limits import STORE_WAIT_S
from tocsin.model import Realm
from tocsin.store.chain import genesis
from tocsin.store.checksums import has_checksums
from tocsin.store.contract import Link, Snapshot
from tocsin.store.failures import told_as_ours
from tocsin.store.key_file import key_path, load
from tocsin.store.opening import Meta, connect, is_blank, require_log, require_same
from tocsin.store.rows import refusal_from, snapshot_checksum
from tocsin.store.safety import NETWORK_FILE_SYSTEMS, SAFE_SQLITE, Sqlite, file_system, installed
from tocsin.store.statements import FORMAT, SCHEMA, SQL
from tocsin.store.walk import walk

Level = Literal["info", "warning", "refuse"]

FREE_BYTES_WANTED = 1024**3
"""Below it there is a warning: a country's busiest year of alerts takes about a tenth of this."""

FREE_BYTES_NEEDED = 64 * 1024**2
"""Below it the log may be full before anyone comes to look."""

RESTORE = "restore the log from its newest sound backup (docs/store.md)"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing looked at."""

    name: str
    ok: bool
    level: Level
    """``info`` where all is well; ``refuse`` where the log must not be served as it is."""
    found: str
    advice: str = ""
    """What to do about it; empty where all is well."""


def examine(
    path: Path,
    *,
    realm: Realm | None = None,
    atlas: str | None = None,
    key: Path | None = None,
    sqlite: Sqlite | None = None,
    wait_s: float = STORE_WAIT_S,
) -> list[Finding]:
    """Look at everything, from the library to the last event. ``realm`` and ``atlas`` are compared where given; ``key``
    is the file of the private key, if it does not lie beside the log.
    """
    path = path.resolve()
    findings = [*_library(sqlite or installed()), _file_system(path), _space(path), _permissions(path)]
    connection: apsw.Connection | None = None
    try:
        with told_as_ours(path):
            if is_blank(path):
                findings.append(_ill("file", f"there is no log at {path}", "start the server, or put a backup there"))
                return findings
            connection = connect(path, wait_s=wait_s, read_only=True)
            meta = require_log(connection, path)
            require_same(meta, path, realm or meta.realm, atlas if atlas is not None else meta.atlas)
    except TocsinError as error:
        findings.append(_ill("file", error.message, _advice(error)))
        if connection is not None:
            connection.close()
        return findings
    findings.append(_well("file", _described(meta)))
    findings.append(_key(key or key_path(path), meta))
    with closing(connection):
        # One read transaction: a server that writes meanwhile does not make the parts disagree.
        connection.execute("BEGIN")
        for name, check in _CHECKS.items():
            try:
                with told_as_ours(path):
                    findings.append(check(connection, meta))
            except TocsinError as error:
                findings.append(_ill(name, error.message, _advice(error)))
    return findings


def _well(name: str, found: str) -> Finding:
    return Finding(name=name, ok=True, level="info", found=found)


def _ill(name: str, found: str, advice: str, level: Level = "refuse") -> Finding:
    return Finding(name=name, ok=False, level=level, found=found, advice=advice)


def _advice(error: TocsinError) -> str:
    match error.code:
        case "store_corrupt":
            return RESTORE
        case "store_locked":
            return "end the program that holds it, then look again"
        case "store_foreign" if error.detail.get("format", FORMAT) < FORMAT:
            return "end every Tocsin that uses it, then run tocsin upgrade"
        case "store_foreign":
            return "point Tocsin at the right file, or set the realm, atlas and version that it was made with"
        case _:
            return "see what the operating system says of the disk and of the file's owner and mode"


def _described(meta: Meta) -> str:
    origin = f", a copy of {meta.copy_of}" if meta.copy_of else ""
    return f"realm {meta.realm}, atlas {meta.atlas}, identity {meta.identity}{origin}, made {meta.created_at}"


# --- where it lies -----------------------------------------------------------------------------


def _library(sqlite: Sqlite) -> Iterator[Finding]:
    found = f"{sqlite.version}, {sqlite.source}"
    if sqlite.safe:
        yield _well("sqlite", found)
    else:
        wanted = ".".join(map(str, SAFE_SQLITE))
        yield _ill("sqlite", f"{found}: it can corrupt a WAL database", f"install apsw {wanted}.0 or newer as a wheel")
    threads = next((option for option in sqlite.options if option.startswith("THREADSAFE=")), "THREADSAFE=1")
    grave = [option for option in sqlite.options if option in ("THREADSAFE=0", "OMIT_WAL")]
    if grave:
        yield _ill("compile options", ", ".join(grave), "install apsw as a wheel, which is built with threads and WAL")
    else:
        yield _well("compile options", f"{threads}, WAL built in")


def _file_system(path: Path) -> Finding:
    kind = file_system(path)
    if kind is None:
        return _ill("file system", "could not be found out", "make sure that it is a local disk", "warning")
    if kind in NETWORK_FILE_SYSTEMS:
        return _ill("file system", f"{kind}, over a network", "keep the log on a local disk")
    if kind in ("tmpfs", "ramfs", "overlay"):
        return _ill("file system", f"{kind} may not outlive a restart", "keep the log on a disk or a volume", "warning")
    return _well("file system", kind)


def free_bytes(path: Path) -> int:
    return shutil.disk_usage(path.parent).free


def may_use(file: Path) -> bool:
    return os.access(file, os.R_OK | os.W_OK)


def _space(path: Path) -> Finding:
    try:
        free = free_bytes(path)
    except OSError as error:
        return _ill("free space", str(error), "make the directory")
    found = f"{free / 1024**2:,.0f} MiB free"
    if free >= FREE_BYTES_WANTED:
        return _well("free space", found)
    return _ill("free space", found, "make room", "refuse" if free < FREE_BYTES_NEEDED else "warning")


def _permissions(path: Path) -> Finding:
    name = "permissions"
    present = [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm", ".lock")]
    present = [path.parent, *(file for file in present if file.exists())]
    barred = [str(file) for file in present if not may_use(file)]
    if barred:
        return _ill(name, f"not readable and writable here: {', '.join(barred)}", "give them to the server's user")
    open_to_all = [
        str(file) for file in present if (mode := file.stat().st_mode) & stat.S_IWOTH and not mode & stat.S_ISVTX
    ]
    if open_to_all:
        return _ill(name, f"anyone may write: {', '.join(open_to_all)}", "chmod o-w", "warning")
    return _well(name, "readable and writable for this user, not writable for everyone")


def _key(file: Path, meta: Meta) -> Finding:
    if not os.path.lexists(file):
        return _well("key", f"none yet at {file}")
    try:
        signer = load(file, meta.realm)
    except BadKey as error:
        return _ill("key", error.message, "see docs/store.md on signed heads")
    return _well("key", f"for this user alone; the public key is {signer.key}")


# --- what it holds -----------------------------------------------------------------------------


def _journal_mode(connection: apsw.Connection, meta: Meta) -> Finding:
    mode = connection.pragma("journal_mode")
    if mode == "wal":
        return _well("journal mode", "wal")
    return _ill("journal mode", f"{mode}, as in a backup", "none: the server turns it to wal when it starts", "warning")


def _checksums(connection: apsw.Connection, meta: Meta) -> Finding:
    name = "checksums"
    if has_checksums(connection):
        return _well(name, "in every page, and compared whenever one is read")
    advice = "with apsw from its wheel make a backup, which has them, and put it in the log's place (docs/store.md)"
    return _ill(name, "none in its pages: of what a disk changes, less is found", advice, "warning")


def _synchronous(connection: apsw.Connection, meta: Meta) -> Finding:
    value = connection.pragma("synchronous")
    if value == 2:
        return _well("synchronous", "full: every commit is synced before it is acknowledged")
    return _ill("synchronous", f"{value} where 2 (full) was set", "install apsw as a wheel")


def _integrity(connection: apsw.Connection, meta: Meta) -> Finding:
    said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(10)") if row[0] != "ok"]
    said += [f"{row[0]} row {row[1]} refers to no {row[2]}" for row in connection.execute("PRAGMA foreign_key_check")]
    return _ill("integrity", "; ".join(said), RESTORE) if said else _well("integrity", "ok")


def _guards(connection: apsw.Connection, meta: Meta) -> Finding:
    with closing(connect(Path(":memory:"), wait_s=0)) as pristine:
        pristine.execute(SCHEMA)
        wanted = set(pristine.execute(SQL["schema"]))
    there = set(connection.execute(SQL["schema"]))
    changed = sorted({str(name) for name, _ in wanted ^ there})
    if changed:
        return _ill(
            "schema", f"not as Tocsin made it: {', '.join(changed)}", "find out who changed it; then " + RESTORE
        )
    return _well("schema", "as Tocsin made it, its guards against gaps and changes included")


def _sequence(connection: apsw.Connection, meta: Meta) -> Finding:
    count, first, head = connection.execute(SQL["extent"]).fetchall()[0]
    if count == head and first == 1:
        return _well("sequence", f"{head} events, no gap")
    return _ill("sequence", f"{count} events from seq {first} to {head}: there are gaps", RESTORE)


def _commands(connection: apsw.Connection, meta: Meta) -> Finding:
    at_odds = [str(row[0]) for row in connection.execute(SQL["commands_at_odds"])]
    astray = [str(row[0]) for row in connection.execute(SQL["commands_out_of_order"])]
    orphans = [str(row[0]) for row in connection.execute(SQL["entries_without_command"])]
    said = [f"command {key!r} and its events disagree" for key in at_odds]
    said += [f"command {key!r} does not follow the one before" for key in astray]
    said += [f"seq {seq} belongs to no command" for seq in orphans]
    return _ill("commands", "; ".join(said), RESTORE) if said else _well("commands", "each has exactly its events")


def _chain(connection: apsw.Connection, meta: Meta) -> Finding:
    report = walk(connection, Link(seq=0, hash=genesis(meta.realm, meta.atlas)))
    if report.broken is not None:
        return _ill("chain", f"it breaks at entry {report.broken.seq}: {report.broken.why}", RESTORE)
    return _well("chain", f"whole; the hash of entry {report.link.seq} is {report.link.hash.hex()}")


def _events(connection: apsw.Connection, meta: Meta) -> Finding:
    decoder = msgspec.json.Decoder(Event)
    for seq, event in connection.execute(SQL["every_event"]):
        try:
            decoder.decode(str(event))
        except msgspec.MsgspecError as error:
            return _ill("events", f"seq {seq} is not an event: {error}", RESTORE)
    return _well("events", "all can be read")


def _refusals(connection: apsw.Connection, meta: Meta) -> Finding:
    count, first, last = connection.execute(SQL["refusal_extent"]).fetchall()[0]
    if count != last or first != 1:
        return _ill("refusals", f"{count} refusals from {first} to {last}: there are gaps", RESTORE)
    for row in connection.execute(SQL["refused"], (0, -1)):
        try:
            refusal_from(row)
        except (ValueError, TypeError) as error:
            return _ill("refusals", f"refusal {row[0]} cannot be read: {error}", RESTORE)
    return _well("refusals", f"{count}, no gap")


def _snapshots(connection: apsw.Connection, meta: Meta) -> Finding:
    damaged, sound = [], 0
    for seq, format, body, checksum in connection.execute(SQL["every_snapshot"]):
        snapshot = msgspec.convert({"seq": seq, "format": format, "body": body}, Snapshot)
        if snapshot_checksum(snapshot) == checksum:
            sound += 1
        else:
            damaged.append(f"{snapshot.format} at seq {snapshot.seq}")
    if damaged:
        advice = "none at once: it is passed over and soon replaced; but look after the disk"
        return _ill("snapshots", f"damaged: {', '.join(damaged)}", advice, "warning")
    return _well("snapshots", f"{sound}, checksums hold")


_CHECKS: dict[str, Callable[[apsw.Connection, Meta], Finding]] = {
    "journal mode": _journal_mode,
    "checksums": _checksums,
    "synchronous": _synchronous,
    "integrity": _integrity,
    "schema": _guards,
    "sequence": _sequence,
    "commands": _commands,
    "chain": _chain,
    "events": _events,
    "refusals": _refusals,
    "snapshots": _snapshots,
}
