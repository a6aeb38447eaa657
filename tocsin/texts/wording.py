"""From a text with blanks to the words that are told, in the live realm or in a drill."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo

import msgspec

from tocsin.model import Hazard, Level, Realm, Stage, Threat
from tocsin.texts.catalogue import BLANK, SEEN_AFTER_ALL, UNSEEN, Catalogue


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """One message in one language."""

    title: str
    body: str
    do: tuple[str, ...]
    dont: tuple[str, ...]

    @property
    def chars(self) -> int:
        """How long it is, a line break after each of its parts included."""
        return sum(len(part) + 1 for part in (self.title, self.body, *self.do, *self.dont))


def worded(
    catalogue: Catalogue,
    realm: Realm,
    key: str,
    values: Mapping[str, str],
    *,
    before: Iterable[str] = (),
    after: Iterable[str] = (),
) -> Wording:
    """The text of ``key`` with its blanks filled, and its body between the leads ``before`` and ``after`` it."""
    template, leads = catalogue.texts[key], catalogue.leads
    sentences = (
        *(getattr(leads, name) for name in before),
        filled(template.body, values),
        *(getattr(leads, name) for name in after),
    )
    title, body = filled(template.title, values), " ".join(sentences)
    do = tuple(filled(text, values) for text in template.do)
    dont = tuple(filled(text, values) for text in template.dont)
    if realm is Realm.DRILL:
        mark = catalogue.drill.mark
        return Wording(
            title=marked(title, mark),
            body=marked(f"{catalogue.drill.explained} {body}", mark),
            do=tuple(marked(text, mark) for text in do),
            dont=tuple(marked(text, mark) for text in dont),
        )
    return Wording(title=title, body=body, do=do, dont=dont)


def signal(catalogue: Catalogue, stage: Stage, level: Level) -> str:
    """What a warning of this stage and level is called. An early warning is one whatever its level."""
    if stage is Stage.EARLY_WARNING:
        return catalogue.signals.early_warning
    return catalogue.signals.red if level is Level.RED else catalogue.signals.yellow


def what(catalogue: Catalogue, hazard: Hazard, threat: Threat) -> str:
    """What threatens: in an air raid what is flying, else the hazard."""
    return catalogue.threats[threat] if hazard is Hazard.AIR_RAID else catalogue.hazards[hazard]


def announced(catalogue: Catalogue, began: datetime | None, at: datetime, local: tzinfo) -> str:
    """When a warning was given, as told at ``at``: the hour, with the day where it was another."""
    if began is None:
        return catalogue.leads.announced_earlier
    then, today = began.astimezone(local), at.astimezone(local).date()
    day = "" if then.date() == today else f", {then:%d.%m.%Y}"
    utc = " UTC" if local is UTC else ""
    return filled(catalogue.leads.announced_at, {"time": f"{then:%H:%M}{day}{utc}"})


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with each blank filled once: a brace within a value stays a brace."""
    return BLANK.sub(lambda found: values[found[1]], text)


def marked(text: str, mark: str) -> str:
    return f"{mark} — {text} — {mark}"


def one_line(text: str) -> str:
    """What a person wrote, as it may stand among our own words: without line breaks and other unseen characters, so
    that it cannot look like more of them."""
    seen = (char if char in SEEN_AFTER_ALL or unicodedata.category(char) not in UNSEEN else " " for char in text)
    return " ".join("".join(seen).split())
