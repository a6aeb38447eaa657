"""The nouns of the public record: documents, what was drafted from them, and how claims stand to one another.

A claim is that somebody said so. It never becomes more than that here, and a claim of territory never gets a zone.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from tocsin.facts import ControlFact, Fact
from tocsin.model import SourceId, ZoneId


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a report beside what it says. Its text is nowhere in the log."""

    publisher: str
    """Whose word it is: "AFP", "Повітряні Сили ЗС України"."""
    source: SourceId
    """As whom it was taken in. Trust is in this, which nobody can claim without a grant."""
    genre: str
    """As in `facts.Read`."""
    language: str
    published: str
    """The day or the moment, ISO 8601."""
    sha256: str
    """Of the text in UTF-8, hexadecimal."""
    characters: int
    title: str | None = None
    url: str | None = None
    version_of: int | None = None
    """The document that this is a later version of."""


class Drafted(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as it was read or mended, and the zone that its place was found to be."""

    fact: Fact
    zone: ZoneId | None = None


def may_have_zone(fact: Fact) -> bool:
    """Whether it may stand on a map at all. A claim of territory never does."""
    return not isinstance(fact, ControlFact)


class How(StrEnum):
    """By what a claim got into the public record."""

    REVIEWED = "reviewed"
    """Somebody with the right accepted it."""
    TRUSTED = "trusted"
    """It came from a source whose bulletins are published at once."""


class Relation(StrEnum):
    """How one claim stands to another. That one takes another's place is said where it is published."""

    CONTESTS = "contests"
    """They speak of the same thing and cannot both be so."""
    CORROBORATES = "corroborates"
    """They say the same, and neither has it from the other."""
    REPEATS = "repeats"
    """It only says again what the other says: never a second count."""


class Bounds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which attack: who upon whom, and when."""

    night: str
    """The day in whose morning it ends or within which it happens, ISO 8601: 18:00 to 18:00, local time."""
    by: str | None = None
    """Whose attack, ISO 3166 alpha-2: RU. None where that is not known."""
    upon: str | None = None
    since: str | None = None
    """When it began, ISO 8601, as far as it is known better than by the night."""
    until: str | None = None
