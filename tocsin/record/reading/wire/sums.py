"""What in a report does not add up. It is flagged and never mended."""

from __future__ import annotations

from datetime import date, timedelta

from tocsin.facts import Check, Fact, Outcome, TallyFact
from tocsin.record.reading.wire.dates import Dated

_LAUNCHED = Outcome.LAUNCHED
_DOWN = frozenset({Outcome.SHOT_DOWN, Outcome.SUPPRESSED, Outcome.SHOT_DOWN_OR_SUPPRESSED})


def sums(facts: tuple[Fact, ...], moments: list[Dated], published: date) -> tuple[Check, ...]:
    """More downed than launched; parts beyond their whole; a day after the report's."""
    return (*_downed_over_launched(facts), *_parts(facts), *_days(moments, published))


def _downed_over_launched(facts: tuple[Fact, ...]) -> list[Check]:
    launched: dict[tuple[str, str | None], tuple[int, int, str | None]] = {}
    found = []
    for number, fact in enumerate(facts):
        if isinstance(fact, TallyFact) and fact.outcome is _LAUNCHED and fact.value.high is not None:
            launched[fact.weapon, fact.speaker] = (number, fact.value.value, fact.place)
    for number, fact in enumerate(facts) if launched else ():
        if not isinstance(fact, TallyFact) or fact.outcome not in _DOWN:
            continue
        known = launched.get((fact.weapon, fact.speaker))
        if known and fact.value.value > known[1] and fact.place in (None, known[2]):
            found.append(
                Check(
                    rule="downed_over_launched",
                    words=f"{fact.value.value} downed of {known[1]} launched",
                    facts=(known[0], number),
                )
            )
    return found


def _parts(facts: tuple[Fact, ...]) -> list[Check]:
    parts: dict[int, list[int]] = {}
    for number, fact in enumerate(facts):
        if isinstance(fact, TallyFact) and fact.subset_of is not None:
            parts.setdefault(fact.subset_of, []).append(number)
    found = []
    for whole, own in parts.items():
        total, fact = 0, facts[whole]
        for number in own:
            part = facts[number]
            total += part.value.value if isinstance(part, TallyFact) else 0
        if isinstance(fact, TallyFact) and fact.value.high is not None and total > fact.value.value:
            found.append(
                Check(
                    rule="parts_against_total",
                    words=f"the parts come to {total}, more than {fact.value.value}",
                    facts=(whole, *own),
                )
            )
    return found


def _days(moments: list[Dated], published: date) -> list[Check]:
    return [
        Check(rule="date", words=f"it speaks of {moment.day}, after it was published ({published})", facts=())
        for moment in moments
        if moment.day is not None and moment.day > published + timedelta(days=1)
    ]
