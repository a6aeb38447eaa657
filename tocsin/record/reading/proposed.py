"""What somebody else proposes to have read in a report: held against the report, and dropped unless it stands there.

A proposal is kept only if its quotation stands in the report word for word, holds the number that it claims and, as the
case may be, the weapon or what became of people; and if no reader found it already. Who speaks is kept only if the
report names them. What is written for programs is no part of a report. So whatever a proposer says, nothing gets in
that the report does not say; what it says is still a draft until somebody accepts it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from tocsin.facts import QUOTE_WORDS, CasualtyFact, Check, Count, Fact, Harm, Outcome, Read, TallyFact
from tocsin.limits import PROPOSALS
from tocsin.record.reading.wire.fitting import TO_A_MACHINE
from tocsin.record.reading.wire.numbers import number_at
from tocsin.record.reading.wire.tokens import Sentence, fold, sentences
from tocsin.record.weapons import WEAPONS, Language, is_a, mentions

_HARM = {
    Harm.KILLED: re.compile(r"kill|dead|die[ds]?\b|death|lives|загин|вбит|погиб|убит", re.IGNORECASE),
    Harm.INJURED: re.compile(r"injur|wound|hurt|hospital|поранен|постражда|травм|ранен|пострада", re.IGNORECASE),
    Harm.MISSING: re.compile(r"missing|зник|пропа", re.IGNORECASE),
    Harm.RESCUED: re.compile(r"rescue|saved|freed|pulled|врятов|спас", re.IGNORECASE),
}


class Proposal(msgspec.Struct, frozen=True):
    """As it comes: anything may be wrong with it."""

    kind: str
    quote: str
    value: int
    outcome: str
    weapon: str | None = None
    speaker: str | None = None
    place: str | None = None


class _Proposals(msgspec.Struct, frozen=True):
    facts: list[msgspec.Raw]


def with_proposals(text: str, found: Read, answer: str, by: str) -> Read:
    """What was read, with those proposals of the answer that stand in the text. Errors: `ValueError`, for an answer
    that is no list of proposals."""
    try:
        raw = msgspec.json.decode(answer, type=_Proposals).facts
    except (msgspec.DecodeError, UnicodeError) as error:
        raise ValueError(f"the answer is no list of facts: {error}") from error
    spans = _Report(text)
    kept: list[Fact] = []
    for fact in _facts(raw[:PROPOSALS], spans, found.language):
        if not any(_same(fact, other) for other in (*found.facts, *kept)):
            kept.append(fact)
    checks = list(found.checks)
    if kept:
        numbers = tuple(range(len(found.facts), len(found.facts) + len(kept)))
        checks.append(Check(rule="proposed", words=f"proposed by {by}, not read by grammar: look twice", facts=numbers))
    if dropped := len(raw) - len(kept):
        words = f"{dropped} of {len(raw)} proposals by {by} were dropped: known already, or not what the report says"
        checks.append(Check(rule="proposals_dropped", words=words, facts=()))
    return msgspec.structs.replace(found, facts=(*found.facts, *kept), checks=tuple(checks))


class _Report:
    """The text, where its words stand however they are spaced, and which of them are for programs."""

    def __init__(self, text: str) -> None:
        self.text = text
        folded = fold(text)
        self.spaced = re.sub(r"\s", " ", folded)
        self.barred = [(s.begin, s.end) for s in sentences(folded) if TO_A_MACHINE.search(folded, s.begin, s.end)]

    def find(self, quote: str) -> tuple[int, int] | None:
        """Where the quotation stands word for word, the first time outside what is barred."""
        words = fold(quote).split()
        if not words or len(words) > QUOTE_WORDS:
            return None
        pattern = r"(?<!\w)" + r" +".join(re.escape(word) for word in words) + r"(?!\w)"
        for match in re.finditer(pattern, self.spaced):
            if not any(begin < match.end() and match.start() < end for begin, end in self.barred):
                return match.span()
        return None


def _facts(raw: list[msgspec.Raw], report: _Report, language: str) -> Iterator[Fact]:
    for one in raw:
        try:
            proposal = msgspec.json.decode(one, type=Proposal)
        except (msgspec.DecodeError, UnicodeError):
            continue
        span = report.find(proposal.quote)
        if span is None:
            continue
        start, end = span
        quote = " ".join(report.text[start:end].split())
        words = _number_words(quote, proposal.value)
        if words is None:
            continue
        speaker, place = _named(report, proposal.speaker), _named(report, proposal.place)
        count = Count(value=proposal.value, low=proposal.value, high=proposal.value, words=words)
        if proposal.kind == "tally" and (tally := _tally(proposal, quote, language)):
            outcome, weapon = tally
            yield TallyFact(
                quote=quote,
                start=start,
                end=end,
                speaker=speaker,
                outcome=outcome,
                weapon=weapon,
                value=count,
                place=place,
            )
        elif proposal.kind == "casualty" and (harm := _harm(proposal, quote)):
            yield CasualtyFact(
                quote=quote, start=start, end=end, speaker=speaker, outcome=harm, value=count, place=place
            )


def _number_words(quote: str, value: int) -> str | None:
    """The words in the quotation that say this number, and no year or distance."""
    sentence = Sentence(fold(quote), 0, len(quote), 0, False)
    for at in range(len(sentence)):
        number = number_at(sentence.low, at)
        if number and number.value == value and not number.article:
            return sentence.words(at, number.last)
    return None


def _tally(proposal: Proposal, quote: str, language: str) -> tuple[Outcome, str] | None:
    if proposal.outcome not in set(Outcome) or proposal.weapon not in WEAPONS:
        return None
    spoken: Language = "uk" if language == "uk" else "ru" if language == "ru" else "en"
    named = {mention.weapon for mention in mentions(quote, spoken)}
    if not any(is_a(one, proposal.weapon) or is_a(proposal.weapon, one) for one in named):
        return None
    return Outcome(proposal.outcome), proposal.weapon


def _harm(proposal: Proposal, quote: str) -> Harm | None:
    if proposal.outcome not in set(Harm) or proposal.outcome == Harm.NONE:
        return None
    harm = Harm(proposal.outcome)
    return harm if _HARM[harm].search(quote) else None


def _named(report: _Report, name: str | None) -> str | None:
    """A speaker or a place, if the report names it."""
    span = report.find(name) if name else None
    return " ".join(report.text[span[0] : span[1]].split()) if span else None


def _same(fact: Fact, other: Fact) -> bool:
    """Whether it was read already: the same number of the same kind, in words that overlap."""
    if isinstance(fact, TallyFact | CasualtyFact) and type(fact) is type(other):
        assert isinstance(other, TallyFact | CasualtyFact)
        overlap = fact.start < other.end and other.start < fact.end
        return overlap and other.value is not None and fact.value is not None and fact.value.value == other.value.value
    return False
