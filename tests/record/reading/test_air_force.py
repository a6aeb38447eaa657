"""Bulletins of the Air Force in the manner of its posts; every sentence here is of our own making."""

from __future__ import annotations

from datetime import date

import pytest

from tests.record.reading.told import checks_of, of_air_force, tallies
from tocsin.facts import Hedge, Outcome
from tocsin.record.reading import air_force, read

MERGED = """⚡️ ЗБИТО/ПОДАВЛЕНО 61 ВОРОЖИЙ БПЛА

У ніч на 4 березня (з 19:00 3 березня) противник атакував 80 ударними БпЛА типу Shahed (понад 30 із них - реактивні), \
Гербера та дронами інших типів із напрямків: Брянськ, Орел – рф, Чауда – ТОТ АР Крим.

За попередніми даними, станом на 08:30, протиповітряною обороною збито/подавлено 61 ворожий БпЛА типу Shahed, Гербера \
на півночі та сході країни.

Зафіксовано влучання 14 ударних БпЛА на 9 локаціях, а також падіння збитих (уламки) на трьох локаціях.
"""


def test_what_was_launched_downed_and_hit_is_told_apart() -> None:
    assert of_air_force(MERGED, "2026-03-04") == {
        ("launched", "shahed/gerbera", 80),
        ("launched*", "jet_drone", 30),
        ("shot_down_or_suppressed", "shahed/gerbera", 61),
        ("hit", "attack_drone", 14),
        ("hit", "places", 9),
        ("debris", "places", 3),
    }


def test_a_bulletin_says_when_from_where_and_how_surely() -> None:
    facts = tallies(air_force.read(MERGED, date(2026, 3, 4))[0])
    launched, downed = facts[0], next(f for f in facts if f.outcome is Outcome.SHOT_DOWN_OR_SUPPRESSED)
    assert launched.origins == ("Брянськ", "Орел", "Чауда – ТОТ АР Крим")
    assert (launched.since, launched.as_of) == ("2026-03-03T19:00", None)
    assert (downed.as_of, downed.place) == ("2026-03-04T08:30", "на півночі та сході країни")
    assert downed.hedges == (Hedge.PRELIMINARY,)


def test_a_part_is_never_counted_beside_its_total() -> None:
    launched, jets = tallies(air_force.read(MERGED, date(2026, 3, 4))[0])[:2]
    assert (jets.subset_of, jets.value.low, jets.value.high) == (0, 30, None)
    assert launched.subset_of is None


def test_every_quote_stands_in_the_text_and_holds_its_number() -> None:
    for fact in tallies(air_force.read(MERGED, date(2026, 3, 4))[0]):
        assert fact.quote == " ".join(MERGED[fact.start : fact.end].split())
        assert fact.value.words in fact.quote
        assert len(fact.quote.split()) <= 25


def test_a_list_that_says_347_under_345_is_flagged_and_not_mended() -> None:
    text = """У ніч на 22 лютого противник завдав удару. Загалом виявлено 345 засобів повітряного нападу:
- 50 крилатих ракет Х-101;
- 297 ударних БпЛА типу Shahed.
Збито/подавлено 300 цілей."""
    facts, found = air_force.read(text, date(2026, 2, 22))
    assert [fact.value.value for fact in tallies(facts)] == [345, 50, 297, 300]
    assert [(check.rule, check.words) for check in found] == [
        ("parts_against_total", "345 launched, but the parts come to 347")
    ]


HEADLINE = """⚡️ ЗБИТО/ПОДАВЛЕНО 110 ВОРОЖИХ БПЛА
У ніч на 5 травня (з 18:00 4 травня) противник атакував 200 ударними БпЛА типу Shahed.
Станом на 08:00 протиповітряною обороною збито/подавлено {number} ворожих БпЛА типу Shahed.
"""


def test_a_headline_that_the_text_contradicts_is_flagged_and_not_counted_beside_it() -> None:
    text = HEADLINE.format(number=186)
    assert ("shot_down_or_suppressed", "shahed", 186) in of_air_force(text, "2026-05-05")
    assert not any(number == 110 for _, _, number in of_air_force(text, "2026-05-05"))
    assert checks_of(text, "2026-05-05") == ["headline_against_text"]
    assert checks_of(HEADLINE.format(number=110), "2026-05-05") == []


def test_up_to_a_number_is_no_more_than_it() -> None:
    text = """У ніч на 5 травня противник атакував 173 ударними БпЛА типу Shahed.
Станом на 08:00 збито до 160 ударних БпЛА типу Shahed."""
    downed = next(f for f in tallies(air_force.read(text, date(2026, 5, 5))[0]) if f.outcome is Outcome.SHOT_DOWN)
    assert (downed.value.value, downed.value.low, downed.value.high) == (160, None, 160)


def test_the_number_of_a_brigade_is_no_count_of_what_it_downed() -> None:
    text = "У ніч на 5 травня бійці 118-ї бригади збили 5 ударних БпЛА типу Shahed."
    assert of_air_force(text, "2026-05-05") == {("shot_down", "shahed", 5)}


def test_more_downed_than_launched_is_flagged() -> None:
    text = (
        "У ніч на 3 січня ворог атакував 20 ударними БпЛА типу Shahed. Станом на 8.00 збито 22 ударні БпЛА типу Shahed."
    )
    assert checks_of(text, "2025-01-03") == ["downed_over_launched"]


@pytest.mark.parametrize("since", ["8 січня", "9 січня", "5 січня"])
def test_a_night_that_cannot_have_begun_then_is_flagged(since: str) -> None:
    text = "У ніч на 8 січня (із 19.30 {}) противник атакував 20 БпЛА типу Shahed. Збито 12 БпЛА."
    assert checks_of(text.format(since), "2025-01-08") == ["date"]
    assert checks_of(text.format("7 січня"), "2025-01-08") == []


def test_a_bulletin_older_than_what_it_tells_is_flagged() -> None:
    text = "У ніч на 14 листопада ворог атакував 20 ударними БпЛА. Збито 12 БпЛА."
    assert checks_of(text, "2024-11-10") == ["date"]


def test_midnight_is_written_24() -> None:
    text = "Із 20.00 до 24.00 6 травня противник атакував 12 ударними БпЛА. Збито 9 БпЛА."
    fact = tallies(air_force.read(text, date(2025, 5, 7))[0])[0]
    assert (fact.since, fact.until) == ("2025-05-06T20:00", "2025-05-07T00:00")


def test_a_correction_says_so_of_itself() -> None:
    text = "УТОЧНЕНО. У ніч на 28 травня знищено 58 із 59 ударних БпЛА типу Shahed, противник атакував із півночі."
    told = read(text, date(2023, 5, 28))
    assert told.correction
    assert of_air_force(text, "2023-05-28") == {("launched", "shahed", 59), ("shot_down", "shahed", 58)}
    assert not read(MERGED, date(2026, 3, 4)).correction


def test_lost_to_radar_is_not_downed() -> None:
    text = (
        "Станом на 9.00 збито 40 ворожих БпЛА, ще 25 – локаційно втрачені, 2 – полетіли у бік Білорусі, один у повітрі."
    )
    assert of_air_force(text, "2024-11-05") == {
        ("shot_down", "drone", 40),
        ("lost", "drone", 25),
        ("left_airspace", "drone", 2),
        ("airborne", "drone", 1),
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00\x01\x02" * 500,
        "Ой у лузі червона калина похилилася, чогось наша славна Україна зажурилася.",
        "Купуйте дрони Mavic: знижка 20 %, доставка 3 дні, лише 45 000 грн! Збито ціни на 30 %.",
        "Протиповітряна оборона працює. Противник атакує ударними БпЛА. Перебувайте в укриттях.",
        "У ніч на 5 травня противник атакував балістичними ракетами. Збито кілька ракет, уточнюється.",
        "0 з 3НИ ЩЕ НО БП ЛА 1О4 Shah ed, ПO вiт pя ні си ли 17 . 0З",
        "Від початку повномасштабного вторгнення Повітряні Сили знищили 13 315 ворожих БпЛА.",
        "Він загинув 30 грудня 2024 року, збиваючи ворожий безпілотник, Повітряні Сили сумують.",
        "Drones shot down over Kyiv: 37 of 90, said the Air Force.",
        "x" * 10_000_000,
        "У ніч на 5 травня збито 7 БпЛА противника. " * 100_000,
    ],
    ids=[
        "empty",
        "binary",
        "song",
        "advert",
        "no numbers",
        "a few",
        "ocr",
        "since",
        "obituary",
        "english",
        "10 MB",
        "long",
    ],
)
def test_what_says_no_number_of_this_night_gives_no_fact(text: str) -> None:
    assert not read(text, date(2025, 5, 5)).facts


def test_a_region_named_before_two_counts_is_of_both() -> None:
    text = "На Сумщині цієї ночі сили ППО збили 5 ворожих БпЛА та дві ракети Х-59. На Харківщині збито 3 БпЛА."
    facts = air_force.read(text, date(2025, 9, 3))[0]
    assert [(fact.value.value, fact.regions) for fact in tallies(facts)] == [
        (5, ("Сумщині",)),
        (2, ("Сумщині",)),
        (3, ("Харківщині",)),
    ]


def test_so_many_that_are_of_a_kind_are_not_as_many_again() -> None:
    text = "У ніч на 5 травня ворог атакував 70 БпЛА. Сили ППО збили 46 дронів, 24 – «шахеди». Станом на 08:00."
    assert of_air_force(text, "2025-05-05") == {("launched", "drone", 70), ("shot_down", "drone", 46)}
