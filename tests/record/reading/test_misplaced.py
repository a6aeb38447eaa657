"""A settlement said to lie in an oblast that has none of that name is flagged; whatever else is not."""

from __future__ import annotations

from datetime import date

import pytest

from tests.record.statistics.records import ukraine
from tocsin.atlas.settlements import oblasts_of
from tocsin.record.placing import Places
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


ALERT = "У ніч на 13 листопада ворог атакував 12 ударними БпЛА, збито 9 БпЛА. "


def in_ukrainian(sentence: str) -> list[str]:
    """As with the list of settlements and the atlas that come with Tocsin."""
    text = ALERT + sentence
    places = Places(ukraine().resolve, ukraine().zones)
    return [check.words for check in with_places_checked(text, read(text, DAY), oblasts_of, places.oblast_of).checks]


@pytest.mark.parametrize(
    "sentence",
    [
        "Уламки впали у районі м. Умань Київської області.",
        "Уламки впали в Умані Київської області.",
        "Уламки впали в Умані (Київська область).",
        "Уламки впали у місті Умань на Київщині.",
        "Уламки впали в Умані на Київщині.",
        "Уламки впали в Умані, що на Київщині, пошкоджено дах.",
        "На Київщині в Умані пошкоджено дах.",
        "На Київщині, у місті Умань, пошкоджено дах.",
        "У Київській області в місті Умань пошкоджено дах.",
        "У Київській області в Умані пошкоджено дах.",
        "Поблизу Умані Уманського району Київської області впали уламки.",
        "Пожежа біля Шостки Харківської області.",
        "Пожежа у Шостці на Харківщині.",
        "Загорівся склад в Одесі Сумської області.",
        "У Кривому Розі Полтавської області пошкоджено дах.",
        "Пошкоджено дах у Білій Церкві на Одещині.",
    ],
)
def test_it_reads_ukrainian_in_every_case(sentence: str) -> None:
    [words] = in_ukrainian(sentence)
    assert "but no settlement of that oblast is called" in words


@pytest.mark.parametrize(
    "sentence",
    [
        "Уламки впали в Умані Черкаської області.",
        "Уламки впали в Умані на Черкащині.",
        "На Черкащині, в Умані, пошкоджено дах.",
        "Пожежа у Шостці на Сумщині.",
        "Загорівся склад в Одесі на Одещині.",
        "У Куп'янську Харківської області поранено двох.",
        "У Кривому Розі Дніпропетровської області пошкоджено дах.",
        "Пошкоджено дах у Білій Церкві на Київщині.",
        "У Сумах, на Харківщині та в Одесі лунали вибухи.",
        "Вибухи в Одесі, на Сумщині та Київщині.",
        "Вибухи в Одесі та на Сумщині.",
        "На Сумщині та в Одесі лунали вибухи.",
        "На Сумщині, в Одесі та на Харківщині лунали вибухи.",
        "На Харківщині в Одесі та Сумах.",
        "У Хтозна-Якому Полтавської області пошкоджено дах.",
        "У ніч на середу в Київській області збито дрон.",
        "У Запоріжжі та Запорізькій області без постраждалих.",
    ],
)
def test_in_ukrainian_too_what_may_be_right_is_not_flagged(sentence: str) -> None:
    assert in_ukrainian(sentence) == []


def test_a_text_without_facts_is_not_looked_at() -> None:
    text = "The bank opened a branch in Uman in Kyiv oblast."
    found = read(text, DAY)
    assert placed(text)
    assert with_places_checked(text, found, lambda _: frozenset({"71"}), lambda _: "32") is found
