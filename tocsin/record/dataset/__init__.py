"""The dataset "Massive Missile Attacks on Ukraine": official posts, told weapon by weapon, as others have tabled them.

The post is the document and its author speaks; the dataset is through what it reached us. Times are Kyiv's. The whole
file is read and judged before anything is ordered, and a row that is not understood is named with its line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec

from tocsin import tabular
from tocsin.errors import BadFile
from tocsin.facts import TallyFact
from tocsin.record.dataset.rows import Entry, RowFact, UnknownWeapon, entry
from tocsin.record.dataset.spellings import MODELS, NAME, NEEDED, address_of, oblasts_in, speaker_of
from tocsin.tabular import BadRow

__all__ = ["NAME", "Dataset", "Entry", "Post", "oblasts_in", "read"]


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """One official post on one night: a document, with what was told in it weapon by weapon."""

    source: str
    """Its address, as the dataset gives it."""
    url: str
    speaker: str | None
    night: date
    since: str
    until: str
    text: str
    """Its address and times, and what the rows say of it, one fact to a line."""
    facts: tuple[RowFact, ...]


class Dataset(msgspec.Struct, frozen=True, kw_only=True):
    rows: int
    repeated: int
    """Rows that say letter for letter what another says."""
    posts: tuple[Post, ...]
    """By the night, and in each as they stand in the file."""
    bad: tuple[BadRow, ...]
    unknown: int
    """How many of those name a weapon that is in no table."""


def read(path: Path, upto: date | None = None, known: Mapping[str, str] | None = None) -> Dataset:
    """Read a file whole. Errors: `BadFile` where it is not one; malformed rows are in the answer.

    ``known`` says of further spellings which weapon of the taxonomy each is. A row that ends after ``upto`` is
    malformed: what is still to come is no history.
    """
    table = tabular.table(path)
    if missing := [column for column in NEEDED if column not in table.header]:
        raise BadFile(
            f"{path.name} is not the dataset of attacks: it has no column {', '.join(missing)}",
            path=str(path),
            header=list(table.header),
        )
    models = dict(MODELS) | {spelt.casefold(): (weapon,) for spelt, weapon in (known or {}).items()}
    found: dict[tuple[str, date], list[Entry]] = {}
    bad: list[BadRow] = []
    seen: set[tuple[str, ...]] = set()
    rows = repeated = unknown = 0
    for row in table.rows:
        rows += 1
        if isinstance(row, BadRow):
            bad.append(row)
            continue
        content = tuple(field.strip() for field in row.fields)
        if content in seen:
            repeated += 1
            continue
        seen.add(content)
        cells = dict(zip(table.header, content, strict=True))
        try:
            one = entry(row.line, cells, models, upto)
        except ValueError as error:
            unknown += isinstance(error, UnknownWeapon)
            bad.append(BadRow(row.line, str(error)))
        else:
            found.setdefault((cells["source"], one.night), []).append(one)
    posts = [_post(source, night, entries) for (source, night), entries in found.items()]
    posts.sort(key=lambda post: post.night)
    return Dataset(rows=rows, repeated=repeated, posts=tuple(posts), bad=tuple(bad), unknown=unknown)


def _post(source: str, night: date, entries: Sequence[Entry]) -> Post:
    """The facts of all its rows, numbered through, each with where it stands in the text."""
    # Whose it is and of when: two posts that say the same are two texts.
    lines = [f"{source}, {min(one.since for one in entries)} to {max(one.until for one in entries)}"]
    facts: list[RowFact] = []
    at = len(lines[0]) + 1
    for one in entries:
        first = len(facts)
        for fact in one.facts:
            placed = msgspec.structs.replace(fact, start=at, end=at + len(fact.quote))
            if isinstance(placed, TallyFact) and placed.subset_of is not None:
                placed = msgspec.structs.replace(placed, subset_of=first + placed.subset_of)
            facts.append(placed)
            lines.append(fact.quote)
            at = placed.end + 1
    return Post(
        source=source,
        url=address_of(source),
        speaker=speaker_of(source),
        night=night,
        since=min(one.since for one in entries),
        until=max(one.until for one in entries),
        text="\n".join(lines),
        facts=tuple(facts),
    )
