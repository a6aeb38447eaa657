"""Bulletins of the Russian Ministry of Defence, in its manner and of our own making, their numbers spelled out."""

from __future__ import annotations

from datetime import date

import pytest

from tests.record.reading.told import checks_of, of_russian_mod, tallies
from tocsin.record.reading import read, russian_mod

NIGHT = """В период с 23.00 мск 21 мая до 7.00 мск 22 мая дежурными средствами ПВО перехвачены и уничтожены сто пять \
украинских беспилотных летательных аппаратов самолётного типа:
тридцать пять – над территорией Московского региона, в том числе 11 БПЛА, летевших на Москву,
30 – над территорией Орловской области,
по пятнадцать – над территориями Тульской и Курской областей,
девять – над акваторией Азовского моря,
один – над территорией Республики Крым."""


def test_a_night_is_told_by_region_and_the_regions_are_parts_of_it() -> None:
    assert of_russian_mod(NIGHT, "2025-05-22") == [
        ("drone", 105, None, None),
        ("drone", 35, "Московского региона", 0),
        ("drone", 11, "Москву", 1),
        ("drone", 30, "Орловской области", 0),
        ("drone", 15, "Тульской области", 0),
        ("drone", 15, "Курской области", 0),
        ("drone", 9, "Азовского моря", 0),
        ("drone", 1, "Республики Крым", 0),
    ]
    assert checks_of(NIGHT, "2025-05-22", russian_mod.read) == []


def test_its_period_is_told_as_written() -> None:
    fact = tallies(russian_mod.read(NIGHT, date(2025, 5, 22))[0])[0]
    assert (fact.since, fact.until) == ("2025-05-21T23:00", "2025-05-22T07:00")


def test_regions_that_do_not_come_to_the_total_are_flagged() -> None:
    assert checks_of(NIGHT.replace("девять", "восемь"), "2025-05-22", russian_mod.read) == ["parts_against_total"]
    assert checks_of(NIGHT.replace("девять", "двадцать"), "2025-05-22", russian_mod.read) == ["parts_against_total"]


@pytest.mark.parametrize("characters", [260, 330, 400])
def test_a_text_that_was_cut_is_known_by_its_sum(characters: int) -> None:
    told = read(NIGHT[:characters], date(2025, 5, 22))
    assert told.genre == "russian_mod_bulletin"
    assert [check.rule for check in told.checks] == ["cut_short"]


def test_one_that_was_downed_is_one() -> None:
    text = (
        "Около 14.20 мск средствами ПВО уничтожен украинский беспилотный летательный аппарат над Белгородской областью."
    )
    assert of_russian_mod(text, "2025-05-22") == [("drone", 1, "Белгородской области", None)]


def test_other_weapons_have_their_own_total() -> None:
    text = (
        "Минувшей ночью силами ПВО перехвачены и уничтожены семь БПЛА над территориями Курской, Брянской и Орловской "
        "областей и две управляемые ракеты «Нептун» над акваторией Чёрного моря, сообщило Минобороны России."
    )
    assert of_russian_mod(text, "2025-05-22") == [("drone", 7, None, None), ("neptune", 2, "Чёрного моря", None)]
    first, second = tallies(russian_mod.read(text, date(2025, 5, 22))[0])
    assert first.regions == ("Курской области", "Брянской области", "Орловской области")
    assert (second.speaker, second.since) == ("Минобороны России", "2025-05-21")


def test_what_fell_after_jamming_was_suppressed() -> None:
    text = "ПВО: три дрона сбиты над Тверской областью, ещё два после работы средств РЭБ упали в Калужской области."
    facts = tallies(russian_mod.read(text, date(2023, 9, 5))[0])
    assert [(fact.value.value, fact.outcome) for fact in facts] == [(3, "shot_down"), (2, "suppressed")]


def test_a_list_that_breaks_off_before_its_region_has_no_count_without_one() -> None:
    text = "Силами ПВО сбиты 17 БПЛА: 12 над Тверской областью, по одному – над"
    assert of_russian_mod(text, "2025-05-22") == [("drone", 17, None, None), ("drone", 12, "Тверской области", 0)]
    text = "Силами ПВО шесть дронов сбиты над Тверской областью, по одному – над"
    assert of_russian_mod(text, "2025-05-22") == [("drone", 6, "Тверской области", None)]


EVENING = """Средства ПВО с 20:30 до 22:00 мск сбили пять украинских беспилотников, сообщило Минобороны. Два из \
них сбили над Тверской областью.
Ранее Минобороны сообщало, что в ночь на 12 сентября над Тверской областью сбили два беспилотника."""


def test_each_count_has_the_time_that_its_sentence_says() -> None:
    facts = tallies(russian_mod.read(EVENING, date(2025, 9, 12))[0])
    assert [(fact.value.value, fact.since, fact.until, fact.subset_of) for fact in facts] == [
        (5, "2025-09-12T20:30", "2025-09-12T22:00", None),
        (2, "2025-09-12T20:30", "2025-09-12T22:00", 0),
        (2, "2025-09-11", "2025-09-12", None),
    ]


def test_regions_that_later_sentences_mention_need_not_come_to_the_total() -> None:
    text = "Ночью ПВО сбила 40 БПЛА. Над Тверской областью сбито 12. Над Псковской областью сбито 9 беспилотников."
    assert checks_of(text, "2025-05-22", russian_mod.read) == []


@pytest.mark.parametrize(
    "text",
    [
        "Всего с начала проведения специальной военной операции средствами ПВО уничтожены 45 000 беспилотников.",
        "Средства ПВО приведены в готовность, беспилотники не обнаружены, ракет не было. Уничтоженных нет.",
        "Выходила на берег Катюша, на высокий берег на крутой.",
        "Продам дрон, две ракеты-носителя и ПВО в подарок, уничтожен конкурент, звоните 8-900-123-45-67.",
    ],
)
def test_what_tells_of_no_night_gives_no_fact(text: str) -> None:
    assert not read(text, date(2025, 5, 22)).facts
