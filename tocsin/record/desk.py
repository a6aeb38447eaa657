"""Where a report comes in: its text is looked at, read, held against itself, and kept beside the log.

What the reader says that does not stand in the text is left out here and counted, so that nothing invented becomes as
much as a draft. Deciding is not done here but by the order that comes of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from tocsin.claims import Drafted, may_have_zone
from tocsin.commands import TakeDocument
from tocsin.errors import BadRequest, BadTime, BodyTooLarge, TocsinError
from tocsin.facts import Check, Fact
from tocsin.limits import FACTS_PER_DOCUMENT, REPORT_CHARS
from tocsin.model import Hierarchy
from tocsin.record.placing import Places
from tocsin.record.quoting import require_quoted, require_sound
from tocsin.record.reading import read
from tocsin.record.reading.misplaced import with_places_checked
from tocsin.record.shelf import Shelf, sha256_of


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A report as it comes in."""

    text: str
    publisher: str
    published: str
    """The day or the moment, ISO 8601."""
    title: str | None = None
    url: str | None = None
    version_of: int | None = None


class Paper(NamedTuple):
    order: TakeDocument
    left_out: int
    """How many facts the reader gave that do not stand in the text."""


OblastsOf = Callable[[str], frozenset[str]]


def nowhere(name: str) -> frozenset[str]:
    """Knows no settlement, so that none is said to lie elsewhere."""
    return frozenset()


class Desk:
    def __init__(self, shelf: Shelf, places: Places, hierarchy: Hierarchy, oblasts_of: OblastsOf = nowhere) -> None:
        """``oblasts_of``: which oblasts have a settlement of a name."""
        self.shelf = shelf
        self._oblasts_of = oblasts_of
        self._places = places
        self._hierarchy = hierarchy

    def read(self, report: Report) -> Paper:
        """The order that takes it in. Nothing is kept yet. Errors: `BadRequest`, `BodyTooLarge`, `BadTime`."""
        text = report.text
        require_text(text)
        said = read(text, _day(report.published))
        said = with_places_checked(text, said, self._oblasts_of, self._places.oblast_of)
        facts = [self._drafted(fact) for fact in said.facts[:FACTS_PER_DOCUMENT]]
        kept = [number for number, drafted in enumerate(facts) if self._stands(drafted, text)]
        renumbered = {old: new for new, old in enumerate(kept)}
        drafted = tuple(_renumbered(facts[old], renumbered) for old in kept)
        checks = tuple(_about(check, renumbered) for check in said.checks)
        order = TakeDocument(
            publisher=report.publisher,
            genre=said.genre,
            language=said.language,
            published=report.published,
            sha256=sha256_of(text),
            characters=len(text),
            drafted=drafted,
            checks=tuple(check for check in checks if check is not None),
            title=report.title,
            url=report.url,
            version_of=report.version_of,
        )
        return Paper(order, len(said.facts) - len(kept))

    def _drafted(self, fact: Fact) -> Drafted:
        zone = self._places.zone_of(getattr(fact, "place", None)) if may_have_zone(fact) else None
        return Drafted(fact=fact, zone=zone)

    def _stands(self, drafted: Drafted, text: str) -> bool:
        try:
            alone = _renumbered(drafted, {})
            require_sound(alone, 0, [alone.fact], self._hierarchy)
            require_quoted(drafted.fact, text, 0)
        except TocsinError:
            return False
        return True


def require_text(text: str) -> None:
    """Errors: `BadRequest`, `BodyTooLarge`."""
    if len(text) > REPORT_CHARS:
        raise BodyTooLarge(f"a report has at most {REPORT_CHARS:,} characters", limit=REPORT_CHARS)
    if not text.strip():
        raise BadRequest("there is no text in this report")
    if any(ord(char) < 32 and char not in "\t\n\r\f\v" for char in text):
        raise BadRequest("this is not text: it holds characters that no text has")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadRequest("this is not text: it holds halves of characters") from None


def _renumbered(drafted: Drafted, numbers: dict[int, int]) -> Drafted:
    whole: int | None = getattr(drafted.fact, "subset_of", None)
    if whole is None:
        return drafted
    fact = msgspec.structs.replace(drafted.fact, subset_of=numbers.get(whole))
    return msgspec.structs.replace(drafted, fact=fact)


def _about(check: Check, numbers: dict[int, int]) -> Check | None:
    facts = tuple(numbers[fact] for fact in check.facts if fact in numbers)
    return msgspec.structs.replace(check, facts=facts)


def _day(published: str) -> date:
    try:
        return datetime.fromisoformat(published).date()
    except ValueError:
        raise BadTime("this is a day or a moment, such as 2024-11-13 or 2024-11-13T09:00Z", at=published) from None
