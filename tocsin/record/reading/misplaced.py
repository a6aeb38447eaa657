"""A settlement that is said to lie in an oblast that has none of that name: flagged, and never mended.

What lies where is an argument. A name that nobody knows is no reason to flag: transliteration has many forms.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from tocsin.facts import Check, Read
from tocsin.record.reading.cases import nominatives

_NAME = r"[A-Z][a-z'’ʼ]+(?:[- ][A-Z][a-z'’ʼ]+){0,2}"
_REGION = rf"(?P<region>{_NAME}) (?i:region|oblast|province)\b"
_LEAD = (
    r"\b(?i:in|at|on|near|of|from|over|hit|struck|attacked|shelled|targeted|outside|around"
    r"|city|town|village|settlement)"
)
_KIND = r"(?i:city|town|village|settlement|port|community)"
_ENGLISH = (
    re.compile(rf"{_LEAD} (?P<town>{_NAME}) in (?:the )?(?:[a-z-]+ )?{_REGION}"),
    re.compile(rf"{_LEAD} (?P<town>{_NAME}), (?:the )?{_REGION}(?=[.;)]|, (?!and\b|or\b|[A-Z]))"),
    re.compile(rf"{_REGION}(?:['’]s)? (?:[a-z-]+ ){{0,2}}?{_KIND} of (?P<town>{_NAME})"),
    re.compile(rf"{_REGION}['’]s (?P<town>{_NAME})"),
)
_CYRILLIC = re.compile(r"[А-ЯІЇЄҐ]")
_UK_NAME = r"[А-ЯІЇЄҐ][а-яіїєґ'’ʼ]+(?:[- ][А-ЯІЇЄҐ][а-яіїєґ'’ʼ]+)?"
_UK_KIND = r"(?:м\. ?|с\. ?|смт\.? |міст[оауі] |сел[оауі] |селищ[еаі] )"
_UK_IN = r"\b(?i:в|у|на|біля|поблизу|неподалік|під|до|по|з|із|зі) "
_UK_OBLAST = r"(?P<region>[А-ЯІЇЄҐ][а-яіїєґ-]+[сцз]ьк(?:ої|ій|а|у)) обл"
_UK_LAND = r"(?P<region>[А-ЯІЇЄҐ][а-яіїєґ-]+щин)(?:і|и|у|а)\b"
_UK_DISTRICT = r"(?:[А-ЯІЇЄҐ][а-яіїєґ'’ʼ-]+ого р(?:айону|-ну) )?"
_UKRAINIAN = (
    # "м. Умань Київської області", "село Кути, Київська область"
    re.compile(rf"\b(?i:{_UK_KIND})(?P<town>{_UK_NAME})[ ,(]+{_UK_DISTRICT}{_UK_OBLAST}"),
    # "в Умані Київської області" and its like, "в Умані, що на Київщині"
    re.compile(rf"{_UK_IN}(?i:{_UK_KIND})?(?P<town>{_UK_NAME}) \(?{_UK_DISTRICT}{_UK_OBLAST}"),
    re.compile(rf"{_UK_IN}(?i:{_UK_KIND})?(?P<town>{_UK_NAME}),? (?:\(|(?:що )?на ){_UK_LAND}(?! т[ау]\b| й\b| і\b)"),
    # "на Київщині в місті Умань", "у Київській області в Умані"
    re.compile(rf"\b(?i:на) {_UK_LAND},? {_UK_IN}(?i:{_UK_KIND})(?P<town>{_UK_NAME})"),
    re.compile(rf"\b(?i:на) {_UK_LAND} {_UK_IN}(?P<town>{_UK_NAME})(?! (?:т[ау]|й|і|або)\b)"),
    re.compile(rf"\b(?i:у|в) {_UK_OBLAST}\w*\.?,? {_UK_IN}(?i:{_UK_KIND})(?P<town>{_UK_NAME})"),
    re.compile(rf"\b(?i:у|в) {_UK_OBLAST}\w*\.? {_UK_IN}(?P<town>{_UK_NAME})"),
)
"""In the same breath: what a comma parts from an oblast in another case may be a list ("в Умані, на Київщині")."""
_NEAR = 300
"""Characters: facts about the place stand no further from where it is named."""


class Placed(NamedTuple):
    """A settlement and the oblast that it is said to lie in."""

    town: str
    region: str
    start: int
    end: int


def placed(text: str) -> list[Placed]:
    """Where a text says of a settlement in which oblast it lies."""
    spaced = re.sub(r"\s", " ", text)
    found = {
        Placed(match["town"], match["region"], *match.span())
        for pattern in (*_ENGLISH, *_UKRAINIAN)
        for match in pattern.finditer(spaced)
    }
    return sorted(found, key=lambda one: one.start)


def with_places_checked(
    text: str, found: Read, oblasts_of: Callable[[str], frozenset[str]], oblast: Callable[[str], str | None]
) -> Read:
    """What was read, with a check for each settlement that lies elsewhere.

    ``oblasts_of`` gives the oblasts that have a settlement of a name, ``oblast`` the one that a name is of; None for
    what is no oblast of this country.
    """
    checks = []
    for one in placed(text) if found.facts else ():
        region = oblast(f"{one.region}а" if one.region.endswith("щин") else one.region)
        if region is None:
            continue
        town, known = _known(one.town, oblasts_of)
        if not known or region in known:
            continue
        about = tuple(number for number, fact in enumerate(found.facts) if _is_about(one, fact.start, _place(fact)))
        words = f"“{' '.join(text[one.start : one.end].split())}”, but no settlement of that oblast is called {town}"
        checks.append(Check(rule="place_in_oblast", words=words, facts=about))
    return msgspec.structs.replace(found, checks=(*found.checks, *checks)) if checks else found


def _known(name: str, oblasts_of: Callable[[str], frozenset[str]]) -> tuple[str, frozenset[str]]:
    """The longest beginning of a name that something is called by, in whatever case it stands; and where that is."""
    words = name.split(" ")
    for size in range(len(words), 0, -1):
        called = " ".join(words[:size])
        forms = nominatives(called) if _CYRILLIC.match(called) else (called,)
        known = {form: found for form in sorted(forms) if (found := oblasts_of(form))}
        if known:
            return called if called in known else next(iter(known)), frozenset().union(*known.values())
    return name, frozenset()


def _place(fact: object) -> str:
    return getattr(fact, "place", None) or ""


def _is_about(one: Placed, start: int, place: str) -> bool:
    named = one.town in place or one.region in place
    return named and one.start - _NEAR < start < one.end + _NEAR
