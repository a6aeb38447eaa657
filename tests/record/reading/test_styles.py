"""The many manners of the Air Force's posts over the years: every cell, and nothing beside it."""

from __future__ import annotations

from datetime import date

import pytest

from tests.record.reading import (
    styles_fresh,
    styles_from_2025,
    styles_held_back,
    styles_later,
    styles_nights,
    styles_of_all_years,
    styles_papers,
    styles_russian,
    styles_russian_nights,
    styles_russian_papers,
    styles_to_2024,
)
from tests.record.reading.pictures import PICTURES, POSTS
from tests.record.reading.told import Cell, of_air_force, of_russian_mod, of_whatever, tallies
from tocsin.record.reading import read

STYLES = (*styles_to_2024.STYLES, *styles_from_2025.STYLES, *styles_of_all_years.STYLES, *styles_held_back.STYLES)

SHORT = (*POSTS, *styles_fresh.POSTS, *styles_later.POSTS, *styles_nights.POSTS, *styles_papers.POSTS)
RUSSIAN = (
    *styles_russian.BULLETINS,
    *styles_fresh.RUSSIAN,
    *styles_later.RUSSIAN,
    *styles_russian_nights.RUSSIAN,
    *styles_russian_papers.RUSSIAN,
)


@pytest.mark.parametrize(("day", "text", "cells"), STYLES, ids=[day for day, _, _ in STYLES])
def test_a_bulletin_of_any_year_is_read_whole(day: str, text: str, cells: set[Cell]) -> None:
    assert of_air_force(text, day) == cells


@pytest.mark.parametrize(("day", "text", "cells"), STYLES, ids=[day for day, _, _ in STYLES])
def test_it_is_known_for_what_it_is_and_quotes_itself(day: str, text: str, cells: set[Cell]) -> None:
    told = read(text, date.fromisoformat(day))
    assert told.genre == "air_force_bulletin"
    assert len(told.facts) == len(cells)
    for fact in tallies(told.facts):
        assert fact.quote == " ".join(text[fact.start : fact.end].split())
        assert len(fact.quote.split()) <= 25
        assert all(word in fact.quote for word in fact.value.words.split())


@pytest.mark.parametrize(("day", "text", "cells"), PICTURES, ids=[day for day, _, _ in PICTURES])
def test_a_picture_is_read_whole(day: str, text: str, cells: set[Cell]) -> None:
    assert of_whatever(text, day) == cells


@pytest.mark.parametrize(("day", "text", "cells"), SHORT, ids=[day for day, _, _ in SHORT])
def test_a_short_post_is_read_whole(day: str, text: str, cells: set[Cell]) -> None:
    assert of_whatever(text, day) == cells


@pytest.mark.parametrize(("day", "text", "told"), RUSSIAN, ids=[one[0] for one in RUSSIAN])
def test_a_russian_bulletin_is_read_whole(day: str, text: str, told: styles_russian.Told) -> None:
    assert of_russian_mod(text, day) == told
    assert read(text, date.fromisoformat(day)).genre == "russian_mod_bulletin"


@pytest.mark.parametrize(("day", "text"), styles_papers.OF_THE_OTHER_SIDE)
def test_a_paper_of_ukraine_in_russian_is_no_bulletin_of_the_russian_ministry(day: str, text: str) -> None:
    assert read(text, date.fromisoformat(day)).genre != "russian_mod_bulletin"


@pytest.mark.parametrize(("day", "text"), styles_papers.OF_RUSSIA)
def test_what_was_downed_over_russia_is_not_taken_for_what_ukraine_downed(day: str, text: str) -> None:
    told = read(text, date.fromisoformat(day))
    assert (told.genre, told.facts) == ("other", ())
