"""Who said what, and when: every document with its claims, and each claim with what became of it."""

from __future__ import annotations

from typing import Any

from tocsin.facts import (
    CasualtyFact,
    ControlFact,
    DamageFact,
    Fact,
    Harm,
    StatementFact,
    StatisticFact,
    TallyFact,
    WaveFact,
)
from tocsin.model import ZoneId
from tocsin.record.published import Fate
from tocsin.record.saying import land_of, number, speaker_of, weapon_of, word
from tocsin.web.markup import Html, joined, tag
from tocsin.web.record.bodies import AttackAnswer, ClaimBody
from tocsin.web.record.frame import Reader
from tocsin.web.texts import moment


def documents(r: Reader, told: AttackAnswer) -> list[Html]:
    """Each document with its claims, as it said them and when; corrections under what they correct."""
    by_document: dict[int, list[ClaimBody]] = {}
    for claim in told.claims:
        by_document.setdefault(claim.document, []).append(claim)
    found = []
    for one in told.documents:
        said = one.document
        name = said.title or said.publisher
        head = (
            tag("a", name, href=said.url, rel="nofollow noreferrer")
            if said.url and said.url.startswith(("https://", "http://"))
            else name
        )
        more = ", ".join(filter(None, (said.publisher if said.title else None, said.published.replace("T", " "))))
        checks = [tag("li", f"{word(f'rule.{check.rule}', r.lang, check.rule)}: {check.words}") for check in one.checks]
        found.append(
            tag(
                "article",
                tag("h3", head, tag("small", more), id=f"d{one.id}"),
                tag("ul", *checks, class_="checks", aria_label=r.words("attacks.checks")) if checks else None,
                tag("ul", *(_claim(r, claim) for claim in by_document[one.id]), class_="claims"),
                class_="document",
            )
        )
    return found


def _claim(r: Reader, claim: ClaimBody) -> Html:
    t, fact = r.words, claim.fact
    notes: list[Html | str] = []
    if claim.superseded_by:
        notes.append(tag("a", t("attacks.superseded", id=claim.superseded_by), href=f"#c{claim.superseded_by}"))
    if claim.supersedes:
        notes.append(tag("a", t("attacks.supersedes", id=claim.supersedes), href=f"#c{claim.supersedes}"))
    if claim.fate in (Fate.WITHDRAWN, Fate.MISREAD):
        notes.append(t(f"attacks.fate.{claim.fate.value}"))
    if claim.ended_at:
        notes.append(f"{moment(claim.ended_at)}{f': {claim.ended_reason}' if claim.ended_reason else ''}")
    if claim.part_of:
        notes.append(tag("a", t("attacks.part_of", id=claim.part_of), href=f"#c{claim.part_of}"))
    notes += (
        tag(
            "a",
            t(f"attacks.link.{link.relation.value}{'.by' if link.of_other else ''}", id=link.claim),
            href=f"#c{link.claim}",
            title=link.reason,
        )
        for link in claim.links
    )
    gone = claim.fate is not Fate.CURRENT
    said = tag("q", fact.quote)
    body: list[Any] = [tag("s", said) if gone else said, " ", tag("span", _means(r, fact, claim.zone), class_="means")]
    return tag(
        "li",
        tag("a", str(claim.id), href=f"#c{claim.id}", class_="ref", aria_label=t("attacks.claim", id=claim.id)),
        tag(
            "div",
            tag("p", *body),
            tag(
                "p",
                tag("b", speaker_of(fact.speaker, fact.speaker, r.lang))
                if fact.speaker
                else tag("span", t("attacks.no_speaker"), class_="unknown"),
                " · ",
                tag("time", moment(claim.published_at), datetime=claim.published_at.isoformat()),
                *(joined(" · ", note) for note in notes),
                class_="note",
            ),
        ),
        id=f"c{claim.id}",
        class_=f"claim fate-{claim.fate.value}",
    )


def _means(r: Reader, fact: Fact, zone: ZoneId | None) -> str:
    """The claim in the words of the record."""
    place: str | None = getattr(fact, "place", None)
    if zone is not None and place:
        place = r.name(zone)
    elif place:
        place = land_of(place, r.lang)
    where = f", {place}" if place else ""
    match fact:
        case TallyFact():
            counted = word("places", r.lang) if fact.unit == "locations" else weapon_of(fact, r.lang)
            return f"{word(f'outcome.{fact.outcome.value}', r.lang)}: {counted} {number(fact, r.lang)}{where}"
        case CasualtyFact():
            count = f" {number(fact, r.lang)}" if fact.outcome is not Harm.NONE else ""
            return f"{word(f'harm.{fact.outcome.value}', r.lang)}{count}{where}"
        case WaveFact():
            return f"{word('waves', r.lang)}: {fact.order}) {weapon_of(fact, r.lang)}{where}"
        case ControlFact():
            return f"{word('control', r.lang)}: {place}"
        case StatementFact():
            return word(f"stance.{fact.stance.value}", r.lang)
        case StatisticFact():
            return word("claimed", r.lang)
        case DamageFact():
            return f"{word('damage', r.lang)}{where}"
