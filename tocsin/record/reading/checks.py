"""What in a bulletin does not add up. It is flagged and never mended: which of its numbers is wrong, nobody knows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tocsin.facts import Check, Fact, Outcome, TallyFact
from tocsin.record.weapons import is_a, parts

# Named once: Python 3.11 looks for a member of an enum for longer than these loops take around it.
_LAUNCHED = Outcome.LAUNCHED
_DOWNED = (Outcome.SHOT_DOWN, Outcome.SUPPRESSED, Outcome.SHOT_DOWN_OR_SUPPRESSED)
_ACCOUNTED_FOR = (*_DOWNED, Outcome.LOST, Outcome.LEFT_AIRSPACE, Outcome.AIRBORNE)

_ENDS = re.compile(r"[.!?»)]\s*$")


def checks(facts: Sequence[Fact], *, complete: bool = True) -> tuple[Check, ...]:
    """Parts against their totals, and what was downed against what was launched.

    ``complete``: whether the parts of a total are meant to be all of it. Subsets that a source only mentions ("понад 50
    із них") may come to less than their total and never to more.
    """
    return (*_parts(facts, complete), *_downed(facts))


def _exact(fact: TallyFact) -> bool:
    return fact.value.low == fact.value.high == fact.value.value


def _least(fact: TallyFact) -> int:
    return fact.value.low or 0


def _parts(facts: Sequence[Fact], complete: bool) -> Iterable[Check]:
    members: dict[int, list[int]] = {}
    for i, fact in enumerate(facts):
        if isinstance(fact, TallyFact) and fact.subset_of is not None:
            members.setdefault(fact.subset_of, []).append(i)
    for total, indices in members.items():
        whole = facts[total]
        tallies = [f for i in indices if isinstance(f := facts[i], TallyFact)]
        assert isinstance(whole, TallyFact)
        come_to = sum(f.value.value for f in tallies if _exact(f)) + sum(_least(f) for f in tallies if not _exact(f))
        all_exact = all(map(_exact, tallies))
        high = whole.value.high
        if high is not None and come_to > high:
            more = "" if all_exact else " at least"
        elif (
            complete
            and all_exact
            and _exact(whole)
            and come_to < whole.value.value
            and not any(_by_the_way(facts, i) for i in indices)
            and _spelled_out(whole, tallies)
        ):
            more = ""
        else:
            continue
        yield Check(
            rule="parts_against_total",
            words=f"{whole.value.value} {whole.outcome.replace('_', ' ')}, but the parts come to{more} {come_to}",
            facts=(total, *indices),
        )


def _by_the_way(facts: Sequence[Fact], i: int) -> bool:
    """Whether the same words say another outcome too: the 45 of "33 з 45" stand there for the 33, and make no list."""
    here = facts[i]
    return isinstance(here, TallyFact) and any(
        isinstance(fact, TallyFact) and fact.start == here.start and fact.outcome != here.outcome for fact in facts
    )


def _spelled_out(whole: TallyFact, tallies: list[TallyFact]) -> bool:
    """Whether the parts are a list that is meant to be whole: places, or kinds that are more than one mention."""
    by_place = all(f.place for f in tallies) and not whole.place
    kinds = {part for f in tallies for part in parts(f.weapon)}
    several = len(tallies) > 1 and (whole.weapon == "target" or len(kinds) > 1)
    return (by_place and len(tallies) > 1) or (several and all(f.weapon != whole.weapon for f in tallies))


def _downed(facts: Sequence[Fact]) -> Iterable[Check]:
    tallies = [(i, f) for i, f in enumerate(facts) if isinstance(f, TallyFact) and f.unit == "weapons"]
    for i, launched in tallies:
        if launched.outcome is not _LAUNCHED or launched.value.high is None or launched.subset_of is not None:
            continue
        same = [
            (j, f)
            for j, f in tallies
            if f.outcome is not _LAUNCHED and f.subset_of is None and _same_kind(f.weapon, launched.weapon)
        ]
        for outcomes, word in ((_DOWNED, "downed"), (_ACCOUNTED_FOR, "accounted for")) if same else ():
            mine = [(j, f) for j, f in same if f.outcome in outcomes]
            most = sum(_least(f) for _, f in mine)
            if most > launched.value.high:
                yield Check(
                    rule="downed_over_launched",
                    words=f"{launched.value.value} launched, but {most} {word}",
                    facts=(i, *(j for j, _ in mine)),
                )
                break


def _same_kind(told: str, launched: str) -> bool:
    """Whether all that is told of can only be of what was launched."""
    if told == launched:
        return True
    return all(any(is_a(one, of) or of in parts(told) for of in parts(launched)) for one in parts(told))


def with_cuts(text: str, facts: Sequence[TallyFact], found: tuple[Check, ...]) -> list[Check]:
    """A list that stops before its total, in a text that stops before its end, was cut and is not a contradiction."""
    end = text.rstrip()
    totals = [i for i, fact in enumerate(facts) if isinstance(fact, TallyFact) and fact.subset_of is None]
    if not totals or (_ENDS.search(end) and not end.endswith(("...", "…"))):
        return list(found)
    last = totals[-1]
    whole = facts[last]
    parts = {
        i: fact.value.value for i, fact in enumerate(facts) if isinstance(fact, TallyFact) and fact.subset_of == last
    }
    assert isinstance(whole, TallyFact)
    if sum(parts.values()) >= whole.value.value or (not parts and ":" not in end[whole.end :]):
        return list(found)
    told = f"{whole.value.value} {whole.outcome.replace('_', ' ')}, {sum(parts.values())} told by place"
    words = f"{told}; the text breaks off"
    others = [check for check in found if not (check.rule == "parts_against_total" and check.facts[0] == last)]
    return [*others, Check(rule="cut_short", words=words, facts=(last, *parts))]
