"""A settlement said to lie in an oblast that has none of that name is flagged; whatever else is not."""

from __future__ import annotations

from datetime import date

import pytest

from tocsin.record.reading import read
from tocsin.record.reading.misplaced import placed, with_places_checked

DAY = date(2024, 11, 13)
NIGHT = "Russia attacked Ukraine with 12 drones overnight, the air force said. "
LIES_IN = {
    "Uman": {"71"},
    "Умань": {"71"},
    "Nikopol": {"12", "63"},
    "Sumy": {"59"},
    "Odesa": {"51"},
    "Kupiansk": {"63"},
}
OBLASTS = {"Kyiv": "32", "Київської": "32", "Черкаської": "71", "Cherkasy": "71", "Dnipropetrovsk": "12", "Kharkiv": "63", "Poltava": "53", "Sumy": "59"}  # fmt: skip  # noqa: E501 - a table


def flagged(sentence: str) -> list[tuple[str, tuple[int, ...]]]:
    text = NIGHT + sentence
    found = with_places_checked(text, read(text, DAY), lambda name: frozenset(LIES_IN.get(name, ())), OBLASTS.get)
    return [(check.words, check.facts) for check in found.checks if check.rule == "place_in_oblast"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Two people were killed in Uman in Kyiv oblast, the governor said.",
        "Two people were killed in Uman in the northern Kyiv region, the governor said.",
        "A drone killed two people in Uman, Kyiv region, the governor said.",
        "A drone killed two people in the Kyiv region town of Uman, the governor said.",
        "A drone killed two people in the Kyiv region's Uman, the governor said.",
    ],
)
def test_a_place_in_the_wrong_oblast_is_flagged_with_the_facts_about_it(sentence: str) -> None:
    [(words, facts)] = flagged(sentence)
    assert words.endswith("but no settlement of that oblast is called Uman")
    assert facts == (1,)
    assert read(NIGHT + sentence, DAY).facts[1].quote  # it is flagged, and stands


@pytest.mark.parametrize(
    "sentence",
    [
        "Two people were killed in Uman in Cherkasy oblast, the governor said.",
        "Two people were killed in Nikopol in the Kharkiv region, where another of that name is.",
        "Two people were killed in Xyzivka in the Kyiv region, a village nobody has heard of.",
        "Two people were killed in Uman in the Kursk region, which is no oblast of Ukraine.",
        "Two people were killed in Sumy, Kharkiv region and Odesa.",
        "Two people were killed in Sumy, Kharkiv region, and Odesa.",
        "Two people were killed in Sumy and the Kharkiv region.",
        "Two people were killed in Sumy. Kharkiv region was attacked too.",
        "Two people were killed on Tuesday in the Kyiv region.",
        "Zelensky in Kyiv region spoke of two dead.",
    ],
)
def test_what_may_be_right_is_not_flagged(sentence: str) -> None:
    assert flagged(sentence) == []


def test_it_reads_ukrainian_where_the_name_stands_in_the_nominative() -> None:
    bulletin = "У ніч на 13 листопада ворог атакував 12 ударними БпЛА. Збито 9 БпЛА у районі м. Умань {}ї області."
    for oblast, rules in (("Київсько", ["place_in_oblast"]), ("Черкасько", [])):
        text = bulletin.format(oblast)
        found = with_places_checked(text, read(text, DAY), lambda name: frozenset(LIES_IN.get(name, ())), OBLASTS.get)
        assert [check.rule for check in found.checks] == rules


def test_a_text_without_facts_is_not_looked_at() -> None:
    text = "The bank opened a branch in Uman in Kyiv oblast."
    found = read(text, DAY)
    assert placed(text)
    assert with_places_checked(text, found, lambda _: frozenset({"71"}), lambda _: "32") is found
