-- The log, format 2. Explained in docs/store.md.
-- What the store promises is also enforced here, so that no other tool can break it by accident.
-- SQLite keeps the text of each statement and the doctor compares it: comments stand between them, not within.

PRAGMA application_id = 1416586099;  -- "Tocs"
PRAGMA user_version = 2;             -- the format of this file

-- copy_of: the identity of the log this is a backup of. settled: how often a failed commit had to be buried.
CREATE TABLE meta (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    realm      TEXT NOT NULL,
    identity   TEXT NOT NULL,
    atlas      TEXT NOT NULL,
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    copy_of    TEXT,
    settled    INTEGER NOT NULL DEFAULT 0
) STRICT;

-- sum: over the rest of the row (tocsin/store/rows.py): a command without events has no hash in the log.
CREATE TABLE command (
    number       INTEGER PRIMARY KEY,
    key          TEXT NOT NULL UNIQUE,
    digest       BLOB NOT NULL,
    actor        TEXT NOT NULL,
    grant_id     TEXT NOT NULL,
    source       TEXT NOT NULL,
    reason       TEXT NOT NULL,
    decided_upon INTEGER NOT NULL,
    recorded_at  TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    events       INTEGER NOT NULL,
    sum          BLOB NOT NULL,
    CHECK (events BETWEEN 0 AND seq)
) STRICT;

-- hash: the chain (tocsin/store/chain.py).
CREATE TABLE log (
    seq         INTEGER PRIMARY KEY,
    recorded_at TEXT NOT NULL,
    command     INTEGER NOT NULL REFERENCES command (number),
    hash        BLOB NOT NULL CHECK (length(hash) = 32),
    event       TEXT NOT NULL
) STRICT;

CREATE TABLE refusal (
    number     INTEGER PRIMARY KEY,
    actor      TEXT NOT NULL,
    key        TEXT NOT NULL,
    source     TEXT NOT NULL,
    reason     TEXT NOT NULL,
    ordered    TEXT NOT NULL,
    code       TEXT NOT NULL,
    message    TEXT NOT NULL,
    refused_at TEXT NOT NULL
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

CREATE TRIGGER command_has_no_gap BEFORE INSERT ON command
WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM command)
BEGIN SELECT RAISE(ABORT, 'the next number of a command is the last plus one'); END;

-- Without it, INSERT OR REPLACE in a tool that leaves recursive_triggers off would take a command out.
CREATE TRIGGER command_key_has_one_effect BEFORE INSERT ON command
WHEN EXISTS (SELECT 1 FROM command WHERE key = NEW.key)
BEGIN SELECT RAISE(ABORT, 'the key of a command has one effect'); END;

CREATE TRIGGER command_never_changes BEFORE UPDATE ON command
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER command_never_goes BEFORE DELETE ON command
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER refusal_has_no_gap BEFORE INSERT ON refusal
WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM refusal)
BEGIN SELECT RAISE(ABORT, 'the next number of a refusal is the last plus one'); END;

CREATE TRIGGER refusal_never_changes BEFORE UPDATE ON refusal
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

CREATE TRIGGER refusal_never_goes BEFORE DELETE ON refusal
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
