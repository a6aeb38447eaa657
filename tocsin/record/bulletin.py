"""A bulletin of one attack, in Ukrainian and English, made of the claims that stand and of nothing else.

Every sentence names who says it and the claims that it tells. Nothing is added up: what a source counted is told as it
counted it, parts as parts of their total, contested numbers side by side, and what nobody said is said to be unknown.
Take a claim out of the record, and what it told is gone from the bulletin. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from tocsin.claims import Relation
from tocsin.facts import (
    CasualtyFact,
    ControlFact,
    DamageFact,
    Outcome,
    StatementFact,
    StatisticFact,
    TallyFact,
    WaveFact,
)
from tocsin.record.published import Claim, Fate, Published
from tocsin.record.saying import LANGUAGES, Language, hours_of, number, place_of, speaker_of, weapon_of, word
from tocsin.record.weapons import is_a

Kind = Literal["tally", "contested", "unknown", "harm", "damage", "waves", "statistic", "control", "statement", "check"]
Named = Callable[[Claim, Language], str | None]
"""What the place of a claim is called; None where it names none."""

DOWNED = (Outcome.SHOT_DOWN, Outcome.SUPPRESSED, Outcome.SHOT_DOWN_OR_SUPPRESSED)


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    kind: Kind
    speaker: dict[str, str]
    """Who says it, by language; of what nobody says, empty."""
    text: dict[str, str]
    claims: tuple[int, ...]
    """All that it tells, and nothing but that."""


def bulletin(record: Published, attack: int, named: Named = place_of) -> list[Sentence]:
    """What the record says of the attack, in the order in which people ask: what flew, who was hurt, what was hit."""
    making = _Making(record, attack, named)
    return [
        *making.contested(),
        *making.tallies(),
        *making.unknown(),
        *making.waves(),
        *making.harm(),
        *making.damage(),
        *making.one_by_one(StatisticFact, "statistic", making.statistic),
        *making.one_by_one(ControlFact, "control", making.control),
        *making.one_by_one(StatementFact, "statement", making.statement),
        *making.checks(),
    ]


class _Making:
    def __init__(self, record: Published, attack: int, named: Named) -> None:
        self._record = record
        self._attack = attack
        self._named = named
        self._claims = [claim for claim in record.current(attack) if not record.repeats(claim)]

    # --- what flew ------------------------------------------------------------------------------

    def contested(self) -> Iterator[Sentence]:
        """Each thing of which sources say numbers that cannot both be so, with all of them."""
        for group in self._groups():
            fact = group[0].fact
            assert isinstance(fact, TallyFact | CasualtyFact)
            text: dict[str, str] = {}
            speaker: dict[str, str] = {}
            for lang in LANGUAGES:
                what = self._what(group[0], lang)
                said = "; ".join(f"{number(claim.fact, lang)} ({self._speaker(claim, lang)})" for claim in group)
                text[lang] = f"{word('contested', lang)}: {what}: {said}."
                speaker[lang] = ", ".join(dict.fromkeys(self._speaker(claim, lang) for claim in group))
            yield self._sentence("contested", speaker, text, group)

    def tallies(self) -> Iterator[Sentence]:
        """What each source counted, outcome by outcome."""
        told = {claim.id for group in self._groups() for claim in group}
        about: dict[tuple[int, str | None, Outcome, str, str], list[Claim]] = {}
        for claim in self._of(TallyFact):
            fact = claim.fact
            assert isinstance(fact, TallyFact)
            if claim.id not in told and self._total(claim) is None:
                when = hours_of(fact.since, fact.until)
                about.setdefault((claim.document, fact.speaker, fact.outcome, fact.unit, when), []).append(claim)
        for (_, _, outcome, unit, when), claims in about.items():
            parts = [part for claim in claims for part in self._parts(claim)]
            text: dict[str, str] = {}
            for lang in LANGUAGES:
                items = [
                    f"{weapon_of(claim.fact, lang)} {number(claim.fact, lang)}{self._within(claim, lang)}"
                    for claim in claims
                ]
                if unit == "locations":
                    items = [
                        f"{word('places', lang)} {number(claim.fact, lang)}{self._within(claim, lang)}"
                        for claim in claims
                    ]
                what = word(f"outcome.{outcome.value}", lang) + (f" ({when})" if when else "")
                text[lang] = f"{what}: {', '.join(items)}."
            yield self._sentence("tally", self._speakers(claims[0]), text, [*claims, *parts])

    def unknown(self) -> Iterator[Sentence]:
        """Of what was downed nobody may have said how many were launched; and nobody may have said anything."""
        tallies = [claim for claim in self._of(TallyFact) if isinstance(claim.fact, TallyFact)]
        launched = [claim.fact.weapon for claim in tallies if claim.fact.outcome is Outcome.LAUNCHED]  # type: ignore[union-attr]  # tallies
        for claim in tallies:
            fact = claim.fact
            assert isinstance(fact, TallyFact)
            if fact.outcome not in DOWNED or fact.subset_of is not None:
                continue
            if any(is_a(fact.weapon, other) or is_a(other, fact.weapon) for other in launched):
                continue
            text: dict[str, str] = {
                lang: f"{word('unknown.launched', lang)}: {weapon_of(claim.fact, lang)}." for lang in LANGUAGES
            }
            yield self._sentence("unknown", dict.fromkeys(LANGUAGES, ""), text, [claim])

    def waves(self) -> Iterator[Sentence]:
        by_source: dict[tuple[int, str | None], list[Claim]] = {}
        for claim in self._of(WaveFact):
            by_source.setdefault((claim.document, claim.fact.speaker), []).append(claim)
        for claims in by_source.values():
            claims.sort(key=_order)
            text: dict[str, str] = {}
            for lang in LANGUAGES:
                each = (f"{_order(one)}) {weapon_of(one.fact, lang)}{self._within(one, lang)}" for one in claims)
                text[lang] = f"{word('waves', lang)}: {', '.join(each)}."
            yield self._sentence("waves", self._speakers(claims[0]), text, claims)

    # --- people and things ----------------------------------------------------------------------

    def harm(self) -> Iterator[Sentence]:
        told = {claim.id for group in self._groups() for claim in group}
        for claim in self._of(CasualtyFact):
            fact = claim.fact
            assert isinstance(fact, CasualtyFact)
            if claim.id in told or self._total(claim) is not None:
                continue
            text: dict[str, str] = {}
            for lang in LANGUAGES:
                count = f" {number(fact, lang)}" if fact.value is not None else f", {word('unknown.number', lang)}"
                if fact.outcome == "none":
                    count = ""
                persons = f" ({'; '.join(fact.persons)})" if fact.persons else ""
                since_long = f", {word('cumulative', lang)}" if fact.cumulative else ""
                what = f"{word(f'harm.{fact.outcome.value}', lang)}{count}{persons}"
                text[lang] = f"{what}{self._within(claim, lang)}{since_long}."
            yield self._sentence("harm", self._speakers(claim), text, [claim, *self._parts(claim)])

    def damage(self) -> Iterator[Sentence]:
        by_source: dict[tuple[int, str | None, str, str | None], list[Claim]] = {}
        for claim in self._of(DamageFact):
            fact = claim.fact
            assert isinstance(fact, DamageFact)
            by_source.setdefault((claim.document, fact.speaker, fact.what, fact.state), []).append(claim)
        for (_, _, what, state), claims in by_source.items():
            text: dict[str, str] = {}
            for lang in LANGUAGES:
                places = [place for claim in claims if (place := self._named(claim, lang))]
                where = f": {', '.join(places)}" if places else ""
                how = f" ({state})" if state else ""
                said = word("damage.affected", lang) if what == "affected" else f"{word('damage', lang)}: {what}{how}"
                text[lang] = f"{said}{where}."
            yield self._sentence("damage", self._speakers(claims[0]), text, claims)

    # --- words ----------------------------------------------------------------------------------

    def one_by_one(self, kind: type, called: Kind, told: Callable[[Claim, Language], str]) -> Iterator[Sentence]:
        for claim in self._of(kind):
            text: dict[str, str] = {lang: told(claim, lang) for lang in LANGUAGES}
            yield self._sentence(called, self._speakers(claim), text, [claim])

    def statistic(self, claim: Claim, lang: Language) -> str:
        fact = claim.fact
        assert isinstance(fact, StatisticFact)
        value = f": {number(fact, lang)}" if fact.value is not None else ""
        return f"{word('claimed', lang)}: {word(f'measure.{fact.measure}', lang, fact.measure)}{value}: “{fact.quote}”."

    def control(self, claim: Claim, lang: Language) -> str:
        fact = claim.fact
        assert isinstance(fact, ControlFact)
        by = fact.asserted_by or word("nobody", lang)
        whose = "" if by == fact.speaker else f"{by}: "
        return f"{word('control', lang)}: {whose}{fact.place}."

    def statement(self, claim: Claim, lang: Language) -> str:
        fact = claim.fact
        assert isinstance(fact, StatementFact)
        return f"{word(f'stance.{fact.stance.value}', lang)}: “{fact.quote}”."

    def checks(self) -> Iterator[Sentence]:
        """What does not add up, within a document and between documents. It is said, and nothing is mended."""
        for document in dict.fromkeys(claim.document for claim in self._claims):
            listed = self._record.documents[document]
            for check in listed.checks:
                about = [
                    claim
                    for number_ in check.facts
                    if (id := self._record.by_number.get((document, number_))) is not None
                    and (claim := self._record.claims[id]).fate is Fate.CURRENT
                ]
                if about and len(about) == len(check.facts):
                    yield self._flagged(check.rule, check.words, about)
        for flag in self._record.flags.values():
            about = [self._record.claims[id] for id in flag.claims]
            if flag.attack == self._attack and all(claim.fate is Fate.CURRENT for claim in about):
                yield self._flagged(flag.rule, flag.words, about)

    # --- what all of these need -----------------------------------------------------------------

    def _flagged(self, rule: str, words: str, claims: Sequence[Claim]) -> Sentence:
        text: dict[str, str] = {
            lang: f"{word('check', lang)}: {word(f'rule.{rule}', lang, rule)}{f' ({words})' if lang == 'en' else ''}."
            for lang in LANGUAGES
        }
        return self._sentence("check", self._speakers(claims[0]), text, claims)

    def _sentence(self, kind: Kind, speaker: dict[str, str], text: dict[str, str], claims: Iterable[Claim]) -> Sentence:
        return Sentence(
            kind=kind, speaker=speaker, text=text, claims=tuple(dict.fromkeys(claim.id for claim in claims))
        )

    def _of(self, kind: type) -> list[Claim]:
        return [claim for claim in self._claims if isinstance(claim.fact, kind)]

    def _groups(self) -> list[list[Claim]]:
        """The claims that contest one another, each group once."""
        standing = {claim.id: claim for claim in self._claims if isinstance(claim.fact, TallyFact | CasualtyFact)}
        groups: list[list[Claim]] = []
        placed: dict[int, list[Claim]] = {}
        for id in standing:
            for link in self._record.links(id):
                ends = (link.claim, link.other)
                if link.relation is not Relation.CONTESTS or not all(end in standing for end in ends):
                    continue
                group = next((placed[end] for end in ends if end in placed), None)
                if group is None:
                    groups.append(group := [])
                for end in ends:
                    if end not in placed:
                        group.append(standing[end])
                        placed[end] = group
        return groups

    def _what(self, claim: Claim, lang: Language) -> str:
        fact = claim.fact
        if isinstance(fact, CasualtyFact):
            return f"{word(f'harm.{fact.outcome.value}', lang)}{self._within(claim, lang)}"
        assert isinstance(fact, TallyFact)
        counted = word("places", lang) if fact.unit == "locations" else weapon_of(claim.fact, lang)
        return f"{word(f'outcome.{fact.outcome.value}', lang)}, {counted}"

    def _within(self, claim: Claim, lang: Language) -> str:
        """Where, and the parts that a number has."""
        place, parts = self._named(claim, lang), self._parts(claim)
        said = f" ({place})" if place else ""
        if parts:
            each = ", ".join(f"{self._part(part, claim, lang)} {number(part.fact, lang)}" for part in parts)
            said += f" ({word('of_which', lang)}: {each})"
        return said

    def _part(self, part: Claim, total: Claim, lang: Language) -> str:
        """By what it is a part: its weapon where that is another, else its place."""
        fact, whole = part.fact, total.fact
        place = self._named(part, lang)
        if isinstance(fact, TallyFact) and isinstance(whole, TallyFact) and (fact.weapon != whole.weapon or not place):
            return weapon_of(part.fact, lang)
        return place or word("some", lang)

    def _parts(self, claim: Claim) -> list[Claim]:
        return [part for part in self._claims if (total := self._total(part)) and total.id == claim.id]

    def _total(self, part: Claim) -> Claim | None:
        """The whole number within which a part is told: none, where that is no number here or is told as contested."""
        seen, claim = {part.id}, part
        while (total := self._record.total_of(claim)) is not None and total.id not in seen:
            seen.add(total.id)
            claim = total
        told_so = {one.id for one in self._claims} - {one.id for group in self._groups() for one in group}
        alike = type(claim.fact) is type(part.fact) and {claim.id, part.id} <= told_so
        return claim if claim is not part and alike else None

    def _speakers(self, claim: Claim) -> dict[str, str]:
        return {lang: self._speaker(claim, lang) for lang in LANGUAGES}

    def _speaker(self, claim: Claim, lang: Language) -> str:
        publisher = self._record.documents[claim.document].document.publisher
        return speaker_of(claim.fact.speaker, publisher, lang)


def _order(claim: Claim) -> int:
    assert isinstance(claim.fact, WaveFact)
    return claim.fact.order
