-- Every statement of the SQLite store, by name (tocsin/store/statements.py).

-- name: add_meta
INSERT INTO meta (one, realm, identity, atlas) VALUES (1, ?, ?, ?);

-- name: meta
SELECT realm, identity, atlas, created_at, copy_of FROM meta;

-- name: settle
UPDATE meta SET settled = settled + 1;

-- name: rename_copy
UPDATE meta SET copy_of = identity, identity = ?;

-- name: head
SELECT coalesce(max(seq), 0) FROM log;

-- name: add_command
INSERT INTO command (key, digest, actor, reason, recorded_at, seq, events) VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: add_entry
INSERT INTO log (seq, recorded_at, order_key, event) VALUES (?, ?, ?, ?);

-- name: receipt
SELECT key, digest, seq, events FROM command WHERE key = ?;

-- name: read
SELECT seq, recorded_at, order_key, event FROM log WHERE seq > ? ORDER BY seq LIMIT ?;

-- name: add_snapshot
INSERT INTO snapshot (seq, format, body, sha256) VALUES (?, ?, ?, ?);

-- name: drop_old_snapshots
DELETE FROM snapshot WHERE number NOT IN (SELECT number FROM snapshot ORDER BY number DESC LIMIT ?);

-- name: snapshots
SELECT seq, body, sha256 FROM snapshot
WHERE format = ? AND seq <= (SELECT coalesce(max(seq), 0) FROM log)
ORDER BY seq DESC, number DESC;

-- name: every_snapshot
SELECT seq, format, body, sha256 FROM snapshot ORDER BY number;

-- name: extent
SELECT count(*), coalesce(min(seq), 1), coalesce(max(seq), 0) FROM log;

-- name: commands_at_odds
-- Commands whose events are not exactly the last ``events`` seqs up to their ``seq``.
SELECT command.key FROM command
LEFT JOIN log ON log.order_key = command.key
GROUP BY command.key
HAVING count(log.seq) <> command.events
    OR (command.events > 0 AND (min(log.seq) <> command.seq - command.events + 1 OR max(log.seq) <> command.seq))
LIMIT 5;

-- name: entries_without_command
SELECT log.seq FROM log LEFT JOIN command ON command.key = log.order_key WHERE command.key IS NULL LIMIT 5;

-- name: every_event
SELECT seq, event FROM log ORDER BY seq;

-- name: schema
SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%';
