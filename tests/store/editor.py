"""Someone with an editor for databases, who knows how to switch the log's guards off and on again."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import apsw

from tocsin.store.chain import envelope, following, genesis, shared


def without_guards(path: Path, *statements: str) -> None:
    path.with_name(path.name + ".lock").unlink(missing_ok=True)  # it may tell how long the log was
    with closing(apsw.Connection(str(path))) as connection:
        guards = list(connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"))
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in guards:
            connection.execute(str(sql))


def rechain(path: Path, realm: str, atlas: str) -> None:
    """Compute every hash anew, as someone would who has read docs/store.md."""
    with closing(apsw.Connection(str(path))) as connection:
        rows = list(
            connection.execute(
                "SELECT log.seq, log.recorded_at, event, key, digest, actor, grant_id, source, reason, decided_upon"
                " FROM log JOIN command ON number = command ORDER BY log.seq"
            )
        )
    hash = genesis(realm, atlas)
    statements = []
    for seq, recorded_at, event, *said in rows:
        hash = following(hash, seq, shared(recorded_at, envelope(*said)), event.encode())
        statements.append(f"UPDATE log SET hash = x'{hash.hex()}' WHERE seq = {seq}")
    without_guards(path, *statements)
