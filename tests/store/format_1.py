"""A log as the version before wrote it, made from that version's own words."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

import apsw

SCHEMA = """
PRAGMA application_id = 1416586099;  -- "Tocs"
PRAGMA user_version = 1;             -- the format of this file

CREATE TABLE meta (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    realm      TEXT NOT NULL,
    identity   TEXT NOT NULL,
    atlas      TEXT NOT NULL,
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    copy_of    TEXT,
    settled    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE command (
    key         TEXT NOT NULL PRIMARY KEY,
    digest      BLOB NOT NULL,
    actor       TEXT NOT NULL,
    reason      TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    seq         INTEGER NOT NULL,
    events      INTEGER NOT NULL,
    CHECK (events BETWEEN 0 AND seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE log (
    seq         INTEGER PRIMARY KEY,
    recorded_at TEXT NOT NULL,
    order_key   TEXT NOT NULL REFERENCES command (key),
    event       TEXT NOT NULL
) STRICT;

CREATE TABLE snapshot (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    seq    INTEGER NOT NULL,
    format TEXT NOT NULL,
    body   BLOB NOT NULL,
    sha256 BLOB NOT NULL
) STRICT;

CREATE TRIGGER log_has_no_gap BEFORE INSERT ON log
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM log)
BEGIN SELECT RAISE(ABORT, 'the next seq of the log is its head plus one'); END;

CREATE TRIGGER log_never_changes BEFORE UPDATE ON log
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER log_never_shrinks BEFORE DELETE ON log
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER command_key_has_one_effect BEFORE INSERT ON command
WHEN EXISTS (SELECT 1 FROM command WHERE key = NEW.key)
BEGIN SELECT RAISE(ABORT, 'the key of a command has one effect'); END;

CREATE TRIGGER command_never_changes BEFORE UPDATE ON command
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER command_never_goes BEFORE DELETE ON command
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
"""

KYIV, LVIV, VINNYTSIA = "UA80000000000093317", "UA46000000000026241", "UA05000000000010236"
IDENTITY = "6ce5ec9a-6a6d-4bd5-9d5f-1f1e4a3f9f3c"
MADE = "2026-01-02T03:04:05.678Z"
AT = "2026-03-01T12:00:00.123457+00:00"
LATER = "2026-03-01T12:30:00.000000+00:00"


def raised(zone: str, cause: str = "null") -> str:
    return (
        f'{{"type":"hold_raised","zone":"{zone}","hazard":"air_raid","threat":"drones","stage":"alert","level":"red",'
        f'"extent":"whole","source":"operator","at":"2026-03-01T12:00:00Z","ref":null,"cause":{cause}}}'
    )


def released(hold: int, zone: str) -> str:
    """As it was written before the field ``leaves`` was there."""
    return (
        f'{{"type":"hold_released","hold":{hold},"zone":"{zone}","source":"Officer Ольга",'
        '"at":"2026-03-01T12:30:00Z","cause":null}'
    )


COMMANDS: list[tuple[str, str, str, str, int, list[str]]] = [
    # key, actor, reason, recorded_at, seq, events; in the order in which they were given
    ("z-empty", "import", "", AT, 0, []),
    ("m", "Олена", "дрони", AT, 2, [raised(KYIV), raised(LVIV, '"шахеди"')]),
    ("b-empty", "Олена", "again", AT, 2, []),
    ("a-empty", "Олена", "and again", LATER, 2, []),
    ("a", "Ольга", "відбій", LATER, 3, [released(1, KYIV)]),
    ("k", "import", "", LATER, 4, [raised(VINNYTSIA)]),
]
EVENTS = [event for *_, events in COMMANDS for event in events]


def digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def make(path: Path, *, wal: bool = True, realm: str = "live", atlas: str = "UA") -> None:
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute(SCHEMA)
        connection.pragma("journal_mode", "WAL" if wal else "DELETE")
        connection.execute("BEGIN")
        connection.execute(
            "INSERT INTO meta (one, realm, identity, atlas, created_at) VALUES (1, ?, ?, ?, ?)",
            (realm, IDENTITY, atlas, MADE),
        )
        seq = 0
        for key, actor, reason, at, end, events in COMMANDS:
            connection.execute(
                "INSERT INTO command VALUES (?, ?, ?, ?, ?, ?, ?)",
                (key, digest(key), actor, reason, at, end, len(events)),
            )
            for event in events:
                seq += 1
                connection.execute("INSERT INTO log VALUES (?, ?, ?, ?)", (seq, at, key, event))
        connection.execute(
            "INSERT INTO snapshot (seq, format, body, sha256) VALUES (3, 'state-1', ?, ?)", (b"{}", bytes(32))
        )
        connection.execute("COMMIT")
