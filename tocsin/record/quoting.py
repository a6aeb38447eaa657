"""Whether a fact may be said: its words stand in its document, its number in its words, and all of it has bounds.

Pure. What a reader, a person or a model proposes is held against the text here, whoever proposed it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from tocsin.claims import Drafted, may_have_zone
from tocsin.errors import BadFact, NotInText, UnknownZone
from tocsin.facts import QUOTE_WORDS, Count, Fact
from tocsin.limits import COUNT_MOST, FACT_CHARS
from tocsin.model import Hierarchy
from tocsin.record.weapons import WEAPONS, parts

_DIGITS = re.compile(r"\d{1,3}(?:[ \u00a0\u202f,.]\d{3})+(?!\d)|\d+")
_AGE = re.compile(r"\d+[- ]years?[- ]old|\baged? \d+(?:(?:,| and| or|, and) \d+(?! \w))*", re.IGNORECASE)
"""What tells how old somebody is, and counts nobody."""
_FREE = ("speaker", "via", "place", "what", "state", "cause", "asserted_by", "measure", "unit", "weapon")


def folded(text: str) -> str:
    """With white space as it does not matter."""
    return " ".join(text.split())


def found_in(text: str, quote: str) -> tuple[int, int] | None:
    """Where in the text these words first stand, white space aside."""
    words = quote.split()
    if not words:
        return None
    found = re.search(r"\s+".join(map(re.escape, words)), text)
    return None if found is None else found.span()


def require_sound(drafted: Drafted, number: int, known: Sequence[Fact], hierarchy: Hierarchy) -> None:
    """Errors: `BadFact`, `UnknownZone`, where it could be said of no document. ``known`` are the facts beside it."""
    fact = drafted.fact
    if drafted.zone is not None:
        if not may_have_zone(fact):
            raise BadFact("a claim of territory is told in words and never stands on a map", number=number)
        if drafted.zone not in hierarchy:
            raise UnknownZone(f"no such zone: {drafted.zone}", zones=[drafted.zone])
    if not 1 <= len(fact.quote.split()) <= QUOTE_WORDS:
        raise BadFact(f"a quote has 1 to {QUOTE_WORDS} words", number=number)
    for name, value in _free(fact):
        if len(value) > FACT_CHARS or len(value.split()) > QUOTE_WORDS:
            raise BadFact(f"the {name} has more than {QUOTE_WORDS} words or {FACT_CHARS} characters", number=number)
    weapon = getattr(fact, "weapon", None)
    if isinstance(weapon, str) and (unknown := [part for part in parts(weapon) if part not in WEAPONS]):
        raise BadFact(f"no such weapon: {unknown[0]}", number=number)
    if fact.as_of is not None and not _is_moment(fact.as_of):
        raise BadFact("as_of is a day or a moment, such as 2024-11-13 or 2024-11-13T09:00", number=number)
    if fact.happened is not None and not _is_moment(fact.happened):
        raise BadFact("happened is a day, a week, a month or a year, such as 2024-11-11 or 2024-W46", number=number)
    for count in counts(fact):
        bounds = [value for value in (count.low, count.value, count.high) if value is not None]
        if bounds != sorted(bounds) or bounds[0] < 0 or bounds[-1] > COUNT_MOST:
            raise BadFact(f"a number goes from 0 to {COUNT_MOST:,}, its low before its high", number=number)
    _require_part_of_another(fact, number, known)


def require_quoted(fact: Fact, text: str, number: int) -> None:
    """Errors: `NotInText`."""
    if not 0 <= fact.start < fact.end <= len(text) or folded(text[fact.start : fact.end]) != fact.quote:
        raise NotInText("the quote does not stand in the document where the fact says", number=number)
    require_number_in_quote(fact, number)


def require_number_in_quote(fact: Fact, number: int) -> None:
    """Errors: `NotInText`. A number in digits must be one of those in its words; one in words is believed."""
    for count in counts(fact):
        if not count.words or _run_together(count.words) not in _run_together(fact.quote):
            raise NotInText(f"the number {count.words!r} does not stand in the quote", number=number)
        said = [int(re.sub(r"\D", "", digits)) for digits in _DIGITS.findall(_AGE.sub("", count.words))]
        if said and count.value not in said:
            raise NotInText(f"{count.value} is not what {count.words!r} says", number=number)


def _run_together(words: str) -> str:
    """Without white space: "600 +" stands in "600+ drones"."""
    return "".join(words.split()).casefold()


def counts(fact: Fact) -> Iterator[Count]:
    """The numbers in it."""
    for name in ("value", "areas"):
        count = getattr(fact, name, None)
        if isinstance(count, Count):
            yield count


def placed(drafted: Drafted, text: str) -> Drafted:
    """The same with its quote where it stands in the text; as it is where it stands nowhere."""
    where = found_in(text, drafted.fact.quote)
    if where is None:
        return drafted
    fact = msgspec.structs.replace(drafted.fact, quote=folded(drafted.fact.quote), start=where[0], end=where[1])
    return msgspec.structs.replace(drafted, fact=fact)


def _free(fact: Fact) -> Iterator[tuple[str, str]]:
    for name in _FREE:
        if isinstance(value := getattr(fact, name, None), str):
            yield name, value
    for person in getattr(fact, "persons", ()):
        yield "person", person
    for count in counts(fact):
        yield "number", count.words


def _require_part_of_another(fact: Fact, number: int, known: Sequence[Fact]) -> None:
    seen = {number}
    above: int | None = getattr(fact, "subset_of", None)
    while above is not None:
        if above in seen or not 0 <= above < len(known):
            raise BadFact("subset_of names another fact of the same document, and never leads back", number=number)
        seen.add(above)
        above = getattr(known[above], "subset_of", None)


def _is_moment(said: str) -> bool:
    try:
        datetime.fromisoformat(said)
    except ValueError:
        return bool(re.fullmatch(r"\d{4}(-\d{2})?", said))
    return True
