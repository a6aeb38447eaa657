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

-- name: link
SELECT seq, hash FROM log ORDER BY seq DESC LIMIT 1;

-- name: last_command
SELECT coalesce(max(number), 0) FROM command;

-- name: add_command
INSERT INTO command (number, key, digest, actor, grant_id, source, reason, decided_upon, recorded_at, seq, events, sum)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: add_entry
INSERT INTO log (seq, recorded_at, command, hash, event) VALUES (?, ?, ?, ?, ?);

-- name: add_refusal
INSERT INTO refusal (number, actor, key, source, reason, ordered, code, message, refused_at)
VALUES ((SELECT coalesce(max(number), 0) + 1 FROM refusal), ?, ?, ?, ?, ?, ?, ?, ?);

-- name: receipt
SELECT number, key, digest, actor, grant_id, source, reason, decided_upon, recorded_at, seq, events, sum FROM command
WHERE key = ?;

-- name: every_command
SELECT number, key, digest, actor, grant_id, source, reason, decided_upon, recorded_at, seq, events, sum FROM command
ORDER BY number;

-- name: read
-- From an entry on, that one included, with all that their hashes cover.
SELECT log.seq, log.recorded_at, CAST(log.event AS BLOB), log.hash,
       command.number, command.key, command.digest, command.actor, command.grant_id, command.source, command.reason,
       command.decided_upon
FROM log JOIN command ON command.number = log.command
WHERE log.seq >= ? ORDER BY log.seq LIMIT ?;

-- name: done
SELECT number, key, digest, actor, grant_id, source, reason, decided_upon, recorded_at, seq, events, sum FROM command
WHERE number > ? ORDER BY number LIMIT ?;

-- name: refused
SELECT number, actor, key, source, reason, ordered, code, message, refused_at FROM refusal
WHERE number > ? ORDER BY number LIMIT ?;

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

-- name: chain
-- Every entry with the command it belongs to, as the hashes cover them.
SELECT log.seq, log.recorded_at, log.hash, CAST(log.event AS BLOB),
       command.number, command.recorded_at, command.seq, command.events,
       command.key, command.digest, command.actor, command.grant_id, command.source, command.reason,
       command.decided_upon
FROM log LEFT JOIN command ON command.number = log.command ORDER BY log.seq;

-- name: last_receipt
-- Commands are numbered in the order of the log.
SELECT coalesce((SELECT seq FROM command ORDER BY number DESC LIMIT 1), 0);

-- name: extent
SELECT count(*), coalesce(min(seq), 1), coalesce(max(seq), 0) FROM log;

-- name: commands_at_odds
-- Commands whose events are not exactly the last ``events`` seqs up to their ``seq``, or recorded at another moment,
-- or that were decided upon what had not happened yet.
SELECT command.key FROM command
LEFT JOIN log ON log.command = command.number
GROUP BY command.number
HAVING count(log.seq) <> command.events
    OR (command.events > 0 AND (min(log.seq) <> command.seq - command.events + 1 OR max(log.seq) <> command.seq))
    OR max(log.recorded_at <> command.recorded_at)
    OR command.decided_upon NOT BETWEEN 0 AND command.seq - command.events
LIMIT 5;

-- name: commands_out_of_order
-- Commands whose number does not follow the last, or whose events come before those of an earlier command.
SELECT key FROM (
    SELECT key, number, seq,
           lag(number, 1, 0) OVER (ORDER BY number) AS before,
           lag(seq, 1, 0) OVER (ORDER BY number) AS seq_before
    FROM command
)
WHERE number <> before + 1 OR seq < seq_before LIMIT 5;

-- name: entries_without_command
SELECT log.seq FROM log LEFT JOIN command ON command.number = log.command WHERE command.number IS NULL LIMIT 5;

-- name: every_event
SELECT seq, event FROM log ORDER BY seq;

-- name: refusal_extent
SELECT count(*), coalesce(min(number), 1), coalesce(max(number), 0) FROM refusal;

-- name: schema
SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%';

-- name: format_1_commands
-- In the order in which a log of format 1 took them in; it kept no other trace of it.
SELECT key, digest, actor, reason, recorded_at, seq, events FROM command ORDER BY seq, events = 0, recorded_at, key;

-- name: format_1_entries
SELECT seq, recorded_at, order_key, CAST(event AS BLOB) FROM log ORDER BY seq;

-- name: add_upgraded_meta
INSERT INTO meta (one, realm, identity, atlas, created_at, copy_of) VALUES (1, ?, ?, ?, ?, ?);
