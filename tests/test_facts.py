"""A fact goes into JSON and back unchanged, under the name of its kind."""

from __future__ import annotations

import msgspec

from tocsin.facts import Count, Fact, Hedge, Outcome, Read, TallyFact

SAID = TallyFact(
    quote="downed at least 37 drones",
    start=10,
    end=35,
    speaker="Air Force",
    hedges=(Hedge.AT_LEAST,),
    outcome=Outcome.SHOT_DOWN,
    weapon="drone",
    value=Count(value=37, low=37, high=None, words="at least 37"),
)


def test_a_fact_names_its_kind_and_comes_back_the_same() -> None:
    told = msgspec.json.encode(SAID)
    assert msgspec.json.decode(told)["kind"] == "tally"
    assert msgspec.json.decode(told, type=Fact) == SAID


def test_what_was_read_comes_back_the_same() -> None:
    read = Read(genre="wire_report", language="en", published="2024-11-13", facts=(SAID,))
    assert msgspec.json.decode(msgspec.json.encode(read), type=Read) == read
