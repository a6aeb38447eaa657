"""What a bulletin was read to say, short enough to be compared: outcome, weapon, number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tocsin.facts import Check, Fact, TallyFact
from tocsin.record.reading import air_force, infographic, read, russian_mod

Cell = tuple[str, str, int]


def tallies(facts: tuple[Fact, ...]) -> list[TallyFact]:
    return [fact for fact in facts if isinstance(fact, TallyFact)]


def cells(text: str, day: str, read: Callable[..., tuple[tuple[Fact, ...], tuple[Check, ...]]]) -> set[Cell]:
    """Every cell; what is only a part of another is marked with a star."""
    facts, _ = read(text, date.fromisoformat(day))
    found = tallies(facts)
    told = [
        (
            fact.outcome + ("*" if fact.subset_of is not None else ""),
            "places" if fact.unit == "locations" else fact.weapon,
            fact.value.value,
        )
        for fact in found
    ]
    assert len(told) == len(set(told)), told
    return set(told)


def of_air_force(text: str, day: str) -> set[Cell]:
    return cells(text, day, air_force.read)


def of_infographic(text: str, day: str) -> set[Cell]:
    return cells(text, day, infographic.read)


def of_whatever(text: str, day: str) -> set[Cell]:
    """By whichever reader takes it."""

    def found(text: str, published: date) -> tuple[tuple[Fact, ...], tuple[Check, ...]]:
        told = read(text, published)
        return told.facts, told.checks

    return cells(text, day, found)


def of_russian_mod(text: str, day: str) -> list[tuple[str, int, str | None, int | None]]:
    """Outcome and weapon, number, place, and the total that it is a part of."""
    facts, _ = russian_mod.read(text, date.fromisoformat(day))
    return [(fact.weapon, fact.value.value, fact.place, fact.subset_of) for fact in tallies(facts)]


def checks_of(
    text: str, day: str, read: Callable[..., tuple[tuple[Fact, ...], tuple[Check, ...]]] = air_force.read
) -> list[str]:
    """The rules that flagged something."""
    return [check.rule for check in read(text, date.fromisoformat(day))[1]]
