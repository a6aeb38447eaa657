"""Nothing that is read is lost on the way to a reviewer: every fact stands in its text as the record asks of it."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from tests.record.reading.gold import FILES, cases
from tests.record.reading.pictures import PICTURES, POSTS
from tests.record.reading.styles_russian import BULLETINS
from tests.record.reading.test_styles import STYLES
from tests.world import COUNTRY
from tocsin.claims import Drafted
from tocsin.facts import CasualtyFact, Fact, TallyFact
from tocsin.record.quoting import require_quoted, require_sound
from tocsin.record.reading import read

POSTED = [(text, date.fromisoformat(day)) for day, text, _ in (*STYLES, *BULLETINS, *PICTURES, *POSTS)]
REPORTS = {file: [(case.text, case.published) for case in cases(file)] for file in FILES} | {"posts": POSTED}
DAY = date(2024, 11, 13)


def facts(text: str, published: date = DAY) -> tuple[Fact, ...]:
    """All of them, once each has been held against the text as whatever comes in is."""
    found = read(text, published).facts
    for fact in found:
        alone = msgspec.structs.replace(fact, subset_of=None) if isinstance(fact, TallyFact | CasualtyFact) else fact
        require_sound(Drafted(fact=alone), 0, [alone], COUNTRY)
        require_quoted(fact, text, 0)
    return found


@pytest.mark.parametrize("file", REPORTS)
def test_every_fact_stands_in_its_text(file: str) -> None:
    assert sum(len(facts(text, published)) for text, published in REPORTS[file]) > 20


def test_a_quotation_says_over_how_many_areas_where_the_number_does() -> None:
    text = "Ukraine's air force said it had shot down 37 drones and four missiles over eight regions overnight."
    drones, missiles = facts(text)
    for fact in (drones, missiles):
        assert isinstance(fact, TallyFact)
        assert fact.areas is not None
        assert fact.areas.value == 8
        assert fact.quote.endswith("over eight regions")


def test_where_it_would_be_too_long_it_says_nothing_of_areas() -> None:
    far = (
        "in what the spokesman of its command called a long and hard night for all of its crews and their families " * 2
    )
    [drones] = facts(f"Ukraine's air force said it had shot down 37 drones, {far}, over eight regions.")
    assert isinstance(drones, TallyFact)
    assert (drones.areas, drones.value.value) == (None, 37)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("a 52-year-old woman", 1),
        ("a woman and her teenage son", 2),
        ("a 32-year-old mother and her three children", 4),
        ("two men, aged 43 and 60,", 2),
    ],
)
def test_an_age_is_no_number_that_contradicts_how_many(said: str, value: int) -> None:
    [harm] = facts(f"A Russian missile killed {said} in Kharkiv, the governor said.")
    assert isinstance(harm, CasualtyFact)
    assert harm.value is not None
    assert harm.value.value == value


@pytest.mark.parametrize("file", REPORTS)
def test_a_quotation_begins_and_ends_with_a_whole_word(file: str) -> None:
    for text, published in REPORTS[file]:
        for fact in facts(text, published):
            assert text[fact.start].strip()
            assert text[fact.end - 1].strip()
            assert not (text[fact.start - 1 : fact.start].isalnum() and text[fact.start].isalnum())
