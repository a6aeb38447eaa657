"""One language's catalogue: its texts, its words for hazards and threats, the mark of a drill, and who approved it.

What is wrong with a catalogue is found when it is read (`check`), never when a warning is to be told: a text that is
missing, too long, says something in one language only, has a blank nobody fills, or looks like a drill.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

import msgspec

from tocsin.model import Hazard, HolderKind, Realm, Threat, Verb
from tocsin.texts import keys

Word = TypeVar("Word", bound=StrEnum)

BLANK = re.compile(r"\{(\w+)\}")
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""General categories of characters that show nothing or turn the text around (Unicode 15, section 4.5)."""

SEEN_AFTER_ALL = "\u200c\u200d\u200e\u200f"
"""Joiners and direction marks, which some languages cannot be written without."""


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text with blanks: ``{what}`` and others, by `keys.blanks`."""

    title: str
    body: str
    do: tuple[str, ...] = ()
    dont: tuple[str, ...] = ()

    def parts(self) -> Iterator[str]:
        yield from (self.title, self.body, *self.do, *self.dont)


class Approval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who stands behind the texts. What was changed after it was approved does not load."""

    version: str
    note: str
    by: str | None = None
    on: date | None = None
    sha256: str | None = None
    """The digest of all the rest of the file, as `Catalogue.digest`."""


class Drill(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mark: str
    """Every text of a drill begins and ends with it; no text of the live realm holds it."""
    explained: str


class Signals(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a warning is called."""

    early_warning: str
    yellow: str
    red: str


class Leads(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sentences that stand before or after the body of an alarm where they apply."""

    escalated: str
    continued: str
    replaced: str
    part: str
    """The source does not say which part of the zone is meant."""
    under_alert: str
    """After an early warning: where an alert stands already, it goes on."""
    under_red: str
    """After a yellow alert: where a red one stands already, it goes on."""
    stronger: str
    """A more serious warning stands beside this one."""
    announced_at: str
    announced_earlier: str


class Second(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words for the second of two people, who sees an order before it is carried out."""

    asked: str
    reason: str
    reach: str
    unknown_people: str
    at_least: str
    told: str
    nothing_told: str
    where: str
    more: str
    cause: str
    do: str
    dont: str
    give_grant: str
    revoke_grant: str
    terms: str
    ceiling: str
    no_ceiling: str
    no_limit: str
    no_end: str
    issue_token: str
    whole_area: str
    revoke_token: str
    accept_clock: str
    trust_source: str
    holders: dict[HolderKind, str]
    verbs: dict[Verb, str]
    realms: dict[Realm, str]


SECOND_BLANKS: Mapping[str, frozenset[str]] = {
    name: frozenset(blanks.split())
    for name, blanks in {
        "asked": "actor",
        "reason": "reason",
        "reach": "zones people",
        "at_least": "people",
        "where": "names",
        "more": "n",
        "cause": "cause",
        "revoke_grant": "grant",
        "terms": "holder kind verbs hazards names sources ceiling until realm",
        "ceiling": "zones people",
        "issue_token": "holder names until label",
        "revoke_token": "token",
        "trust_source": "source",
    }.items()
}


class Catalogue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of one language, as it is in its file."""

    format: int
    lang: str
    approval: Approval
    drill: Drill
    signals: Signals
    hazards: dict[Hazard, str]
    threats: dict[Threat, str]
    leads: Leads
    texts: dict[str, Template]
    second: Second

    def find(self, wanted: keys.Keys) -> str:
        """The first of these keys that has a text. A catalogue that was checked has one for whatever can happen."""
        return next(key for key in wanted if key in self.texts)


def check(catalogue: Catalogue) -> Iterator[str]:
    """What is wrong with it, each as a sentence."""
    if catalogue.format != 1:
        yield f"this is format {catalogue.format}; known is 1"
    yield from _check_keys(catalogue)
    yield from _check_words(catalogue)
    mark = catalogue.drill.mark.casefold()
    for where, text, blanks in _texts(catalogue):
        if not text.strip() or text != text.strip():
            yield f"{where} is empty, or begins or ends with a space"
        if unseen := [char for char in text if unicodedata.category(char) in UNSEEN and char not in SEEN_AFTER_ALL]:
            yield f"{where} holds the character {unseen[0]!a}, which cannot be seen"
        if unknown := set(BLANK.findall(text)) - blanks:
            yield f"{where} has a blank that nobody fills: {', '.join(sorted(unknown))}"
        if re.search(r"[{}]", BLANK.sub("", text)):
            yield f"{where} has a brace that belongs to no blank"
        if mark and mark in text.casefold() and not where.startswith(("drill.", "second.")):
            yield f"{where} holds the mark of a drill, and a real warning must not look like one"


def _check_keys(catalogue: Catalogue) -> Iterator[str]:
    if unknown := sorted(catalogue.texts.keys() - keys.KNOWN):
        yield f"there is no such text: {', '.join(unknown)}"
    lacking = dict.fromkeys(wanted[-1] for wanted in keys.needed() if catalogue.texts.keys().isdisjoint(wanted))
    if lacking:
        yield f"missing texts: {', '.join(lacking)}"
    for key, template in catalogue.texts.items():
        if key in keys.ALARMS and not (2 <= len(template.do) <= 5 and 2 <= len(template.dont) <= 5):
            yield f"{key} needs two to five things to do and as many not to do"
        if key == keys.NOTE and "{note}" not in template.body:
            yield f"{key} does not tell the note"


def _check_words(catalogue: Catalogue) -> Iterator[str]:
    second = catalogue.second
    words: tuple[tuple[str, Mapping[str, str], Iterable[str]], ...] = (
        ("hazards", _plain(catalogue.hazards), Hazard),
        ("threats", _plain(catalogue.threats), Threat),
        ("second.holders", _plain(second.holders), HolderKind),
        ("second.verbs", _plain(second.verbs), Verb),
        ("second.realms", _plain(second.realms), Realm),
    )
    for where, there, wanted in words:
        if lacking := sorted(set(wanted) - there.keys()):
            yield f"{where} has no word for: {', '.join(lacking)}"


def _texts(catalogue: Catalogue) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Every text with where it stands and what it may leave blank."""
    for key, template in catalogue.texts.items():
        for part in template.parts():
            yield key, part, keys.blanks(key)
    second = catalogue.second
    groups: tuple[tuple[str, Mapping[str, str], Mapping[str, frozenset[str]]], ...] = (
        ("hazards", _plain(catalogue.hazards), {}),
        ("threats", _plain(catalogue.threats), {}),
        ("signals", _fields(catalogue.signals), {}),
        ("drill", _fields(catalogue.drill), {}),
        ("leads", _fields(catalogue.leads), {"announced_at": frozenset({"time"})}),
        ("second", _fields(second), SECOND_BLANKS),
        ("second.holders", _plain(second.holders), {}),
        ("second.verbs", _plain(second.verbs), {}),
        ("second.realms", _plain(second.realms), {}),
    )
    for where, words, blanks in groups:
        for name, word in words.items():
            yield f"{where}.{name}", word, blanks.get(name, frozenset())


def _plain(words: Mapping[Word, str]) -> dict[str, str]:
    return {str(name): word for name, word in words.items()}


def _fields(group: msgspec.Struct) -> dict[str, str]:
    """Those of its fields that are texts themselves."""
    fields = {name: getattr(group, name) for name in group.__struct_fields__}
    return {name: word for name, word in fields.items() if isinstance(word, str)}
