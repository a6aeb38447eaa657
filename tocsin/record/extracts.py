"""Documents of which nothing is kept but the quotes that facts rest on: a file of them, read into orders.

Each document's text is its quotes, a line each, so that what it is held against is all there is of it. Nothing is
published from here: what comes out are orders to take it in and to accept it, for whoever may give them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from tocsin.claims import Drafted, may_have_zone
from tocsin.commands import AcceptDrafts, TakeDocument
from tocsin.errors import BadFile
from tocsin.facts import Fact
from tocsin.record.placing import Places
from tocsin.record.quoting import placed
from tocsin.record.shelf import sha256_of


class _Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    at: datetime
    publisher: str
    genre: str
    language: str
    published: str
    title: str
    attack: str
    """The night to which it belongs."""
    facts: tuple[dict[str, Any], ...]
    url: str | None = None
    speaker: str | None = None
    via: str | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    documents: tuple[_Document, ...]


class Extract(NamedTuple):
    """One document, when it came, and the two orders that bring it into the record."""

    at: datetime
    text: str
    taking: TakeDocument
    accepting: AcceptDrafts


def read(path: Path, places: Places) -> list[Extract]:
    """In time. Errors: `BadFile`."""
    try:
        documents = msgspec.json.decode(path.read_bytes(), type=_File).documents
        return sorted((_extract(document, places) for document in documents), key=lambda one: one.at)
    except msgspec.MsgspecError as error:
        raise BadFile(f"{path.name} does not hold extracts: {error}", path=str(path)) from error


def _extract(document: _Document, places: Places) -> Extract:
    text = "\n".join(dict.fromkeys(str(said.get("quote", "")) for said in document.facts))
    drafted = tuple(_drafted(said, document, text, places) for said in document.facts)
    taking = TakeDocument(
        publisher=document.publisher,
        genre=document.genre,
        language=document.language,
        published=document.published,
        sha256=sha256_of(text),
        characters=len(text),
        drafted=drafted,
        title=document.title,
        url=document.url,
    )
    return Extract(document.at, text, taking, AcceptDrafts(document=taking.sha256, attack=document.attack))


def _drafted(said: Mapping[str, Any], document: _Document, text: str, places: Places) -> Drafted:
    usual = {"speaker": document.speaker, "via": document.via, "start": 0, "end": 0}
    whole = usual | {name: value for name, value in said.items() if name not in ("low", "high", "words")}
    if "value" in said:
        whole["value"] = _count(said)
    if "areas" in said:
        whole["areas"] = _count(said["areas"])
    fact = msgspec.convert(whole, type=Fact)
    zone = places.zone_of(getattr(fact, "place", None)) if may_have_zone(fact) else None
    return placed(Drafted(fact=fact, zone=zone), text)


def _count(said: Mapping[str, Any]) -> dict[str, Any]:
    value = said["value"]
    return {
        "value": value,
        "low": said.get("low", value),
        "high": said.get("high", value),
        "words": said.get("words", str(value)),
    }
