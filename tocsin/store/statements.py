"""The SQL of the store: the schema, and each statement by its name in queries.sql."""

from __future__ import annotations

from importlib.resources import files

APPLICATION_ID = 0x546F6373
"""``Tocs``, in the header of every log, so that `file` and SQLite can tell it from other databases."""

FORMAT = 2
"""The version of the schema, in the header as ``user_version``."""

SCHEMA = (files("tocsin.store") / "schema.sql").read_text("utf-8")


def _by_name(text: str) -> dict[str, str]:
    _, *sections = text.split("-- name: ")
    named = dict(section.split("\n", 1) for section in sections)
    assert len(named) == len(sections), "two statements have one name"
    return {name.strip(): statement.strip() for name, statement in named.items()}


SQL = _by_name((files("tocsin.store") / "queries.sql").read_text("utf-8"))
