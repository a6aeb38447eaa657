"""The bulletin: nothing in it that is not in the record, and nothing in the record that it hides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.record import papers
from tests.world import NOON
from tocsin.claims import Relation
from tocsin.facts import (
    CasualtyFact,
    Check,
    Count,
    DamageFact,
    Fact,
    Harm,
    Hedge,
    Outcome,
    Stance,
    StatementFact,
    StatisticFact,
    WaveFact,
)
from tocsin.record.bulletin import Sentence, bulletin
from tocsin.record.published import Fate, Published, Told
from tocsin.record.saying import LANGUAGES, PLURALS, SPEAKERS, WORDS
from tocsin.record.weapons import TABLE
from tocsin.recorded import ClaimsLinked, ClaimWithdrawn, DocumentPublished, PublishedEvent


def record(*facts: Fact, more: Iterable[PublishedEvent] = (), checks: tuple[Check, ...] = ()) -> Published:
    """One document with these facts, all of one attack: the first claim is number 3."""
    listed = DocumentPublished(id=2, document=papers.document(publisher="An Agency"), checks=checks, at=NOON)
    claims = (papers.published(fact, 2, n, attack=1) for n, fact in enumerate(facts))
    events: list[PublishedEvent] = [papers.opened(), listed, *claims, *more]
    return Published().after(Told(seq=seq, event=event) for seq, event in enumerate(events, 1))


def told(found: Published, lang: str = "en") -> list[str]:
    return [
        f"{one.speaker[lang]}. {one.text[lang]}" if one.speaker[lang] else one.text[lang] for one in bulletin(found, 1)
    ]


def test_what_a_source_counted_is_told_as_it_counted_it_with_who_says_so() -> None:
    found = record(
        papers.tally(37, weapon="drone", speaker="Air Force of Ukraine"),
        papers.tally(4, weapon="missile", speaker="Air Force of Ukraine"),
        papers.tally(90, Outcome.LAUNCHED, "shahed", speaker="Air Force of Ukraine"),
        papers.tally(6, Outcome.LAUNCHED, "missile", speaker="Air Force of Ukraine"),
    )
    assert told(found) == [
        "Air Force of Ukraine (An Agency). Shot down: drones 37, missiles 4.",
        "Air Force of Ukraine (An Agency). Launched: Shaheds 90, missiles 6.",
    ]
    assert told(found, "uk")[0] == "Повітряні сили України (An Agency). Збито: безпілотники 37, ракети 4."
    assert [one.claims for one in bulletin(found, 1)] == [(3, 4), (5, 6)]


def test_what_nobody_said_is_said_to_be_unknown_and_is_no_nought() -> None:
    found = record(papers.tally(37, weapon="drone"), papers.killed(None, "Brovary"))
    assert told(found) == [
        "An Agency. Shot down: drones 37.",
        "How many were launched nobody says: drones.",
        "An Agency. Killed, how many is not said (Brovary).",
    ]
    assert not any(re.search(r"\b0\b", text) for text in told(found))


def test_that_nobody_was_hurt_is_told_as_said() -> None:
    assert told(record(papers.nobody_hurt(speaker="the mayor"))) == [
        "the mayor (An Agency). Nobody was harmed, it is said."
    ]


def test_a_part_is_told_within_its_total_and_never_beside_it() -> None:
    found = record(
        papers.tally(100, Outcome.LAUNCHED, "drone"),
        papers.tally(60, Outcome.LAUNCHED, "shahed", subset_of=0),
    )
    assert told(found) == ["An Agency. Launched: drones 100 (of these: Shaheds 60)."]
    assert "160" not in told(found)[0]


def test_contested_numbers_stand_side_by_side_with_who_says_which() -> None:
    other: list[PublishedEvent] = [
        DocumentPublished(id=4, document=papers.document("other", publisher="Another Agency"), at=NOON),
        papers.published(papers.tally(47, Outcome.LOST), 4, 0, attack=1),
        ClaimsLinked(claim=5, relation=Relation.CONTESTS, other=3, at=NOON),
    ]
    found = record(papers.tally(46, Outcome.LOST), more=other)
    [sentence] = [one for one in bulletin(found, 1) if one.kind == "contested"]
    assert sentence.text["en"].startswith("Sources differ: Lost from sight or did not reach their targets, drones: ")
    assert {"46 (An Agency)", "47 (Another Agency)"} == set(re.findall(r"\d+ \([^)]*\)", sentence.text["en"]))
    assert set(sentence.claims) == {3, 5}
    assert sum("46" in text for text in told(found)) == 1


def test_what_repeats_another_is_not_told_twice_unless_that_one_is_gone() -> None:
    more: list[PublishedEvent] = [
        DocumentPublished(id=4, document=papers.document("other", publisher="Another Agency"), at=NOON),
        papers.published(papers.tally(46), 4, 0, attack=1),
        ClaimsLinked(claim=5, relation=Relation.REPEATS, other=3, at=NOON),
    ]
    assert [text for text in told(record(papers.tally(46), more=more)) if "Another" in text] == []
    gone = ClaimWithdrawn(claim=3, misread=True, at=NOON)
    assert "Another Agency. Shot down: drones 46." in told(record(papers.tally(46), more=[*more, gone]))


def test_a_claim_of_territory_is_told_as_a_claim_by_whom() -> None:
    assert told(record(papers.control("Somewhere"))) == [
        "An Agency. Claims territory as its own (a claim): the other side: Somewhere."
    ]


def test_hedges_are_told() -> None:
    def said(low: int | None, high: int | None, *hedges: Hedge) -> str:
        value = Count(value=12, low=low, high=high, words="12")
        return told(record(msgspec.structs.replace(papers.tally(12, Outcome.LAUNCHED), value=value, hedges=hedges)))[0]

    assert "drones at least 12" in said(12, None)
    assert "drones at most 12" in said(None, 12)
    assert "drones about 12" in said(10, 14)
    assert "drones about 12" in said(12, 12, Hedge.ABOUT)


def test_what_does_not_add_up_is_told_and_not_mended() -> None:
    check = Check(rule="parts_against_total", words="345 launched, but the parts come to 347", facts=(0,))
    found = record(papers.tally(345, Outcome.LAUNCHED), checks=(check,))
    assert told(found)[-1] == (
        "An Agency. Does not add up: the parts do not come to the total (345 launched, but the parts come to 347)."
    )
    assert "347" not in told(found)[0]


def test_an_attack_of_which_nothing_is_published_has_no_bulletin() -> None:
    assert bulletin(record(), 1) == []


# --- whatever the record holds -------------------------------------------------------------------

NAMES = ("the mayor", "Air Force of Ukraine", None)
PLACES = ("Brovary", "Sumy oblast", None)
NUMBERS = st.integers(0, 500)


def _said(kind: type[Fact], **said: Any) -> Fact:
    quote = f"words about {said.get('place') or said.get('what') or 'it'}"
    return kind(quote=quote, start=0, end=len(quote), **said)


WEAPONS = ("drone", "shahed", "kh-101/kh-555", "missile")
OUTCOMES = list(Outcome)
FACTS = st.one_of(
    st.builds(
        papers.tally,
        NUMBERS,
        st.sampled_from(OUTCOMES),
        st.sampled_from(WEAPONS),
        speaker=st.sampled_from(NAMES),
        place=st.sampled_from(PLACES),
        subset_of=st.sampled_from([None, None, 0]),
    ),
    st.builds(papers.killed, st.one_of(st.none(), NUMBERS), st.sampled_from(PLACES), speaker=st.sampled_from(NAMES)),
    st.builds(lambda place: papers.nobody_hurt(place=place), st.sampled_from(PLACES)),
    st.builds(papers.control, st.sampled_from(["Here", "There"])),
    st.builds(
        lambda what, place: _said(DamageFact, what=what, place=place),
        st.sampled_from(["a school", "flats"]),
        st.sampled_from(PLACES),
    ),
    st.builds(lambda stance: _said(StatementFact, stance=stance), st.sampled_from(list(Stance))),
    st.builds(lambda order: _said(WaveFact, order=order, weapon="missile"), st.integers(1, 4)),
    st.builds(lambda n: _said(StatisticFact, measure="days_since", value=papers.count(n)), NUMBERS),
)
OURS = " ".join(
    [
        *(words for pair in (*WORDS.values(), *PLURALS.values()) for words in pair),
        *SPEAKERS.values(),
        *(f"{row.en} {row.uk}" for row in TABLE),
    ]
)


@settings(
    max_examples=60,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(
    st.lists(FACTS, max_size=8),
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=3),
    st.integers(0, 7),
)
def test_every_number_and_name_is_in_a_standing_claim_and_goes_with_it(
    facts: list[Fact], contested: list[tuple[int, int]], removed: int
) -> None:
    links = [
        ClaimsLinked(claim=a + 3, relation=Relation.CONTESTS, other=b + 3, at=NOON)
        for a, b in dict.fromkeys(contested)
        if a != b and max(a, b) < len(facts)
    ]
    whole = record(*facts, more=links)
    for one in bulletin(whole, 1):
        _rests_on_its_claims(one, whole)
    everything = {id for one in bulletin(whole, 1) for id in one.claims}
    assert everything == {claim.id for claim in whole.current(1)}, "whatever stands is told"
    if removed < len(facts):
        gone = record(*facts, more=[*links, ClaimWithdrawn(claim=removed + 3, misread=False, at=NOON)])
        for one in bulletin(gone, 1):
            assert removed + 3 not in one.claims
            _rests_on_its_claims(one, gone)


def _rests_on_its_claims(one: Sentence, found: Published) -> None:
    claims = [found.claims[id] for id in one.claims]
    assert claims
    assert {claim.fate for claim in claims} == {Fate.CURRENT}
    known = " ".join(str(msgspec.to_builtins(claim.fact)) for claim in claims)
    known += " ".join(found.documents[claim.document].document.publisher for claim in claims)
    for lang in LANGUAGES:
        text = f"{one.speaker[lang]} {one.text[lang]}"
        for number in re.findall(r"\d+", text):
            assert re.search(rf"(?<!\d){number}(?!\d)", known) or number in OURS, (number, text)
        for word in re.findall(r"\w{4,}", text):
            assert word in known or word in OURS, (word, text)


def test_harm_that_stands_in_no_claim_is_never_made_up() -> None:
    found = record(CasualtyFact(quote="some were hurt", start=0, end=14, outcome=Harm.INJURED, value=None))
    assert told(found) == ["An Agency. Injured, how many is not said."]
