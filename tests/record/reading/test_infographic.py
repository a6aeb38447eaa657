"""What stands on the pictures: a date, a heading, entries. As machines read it, with what they get wrong."""

from __future__ import annotations

from datetime import date

import pytest

from tests.record.reading.told import checks_of, of_infographic, tallies
from tocsin.record.reading import infographic, read

PICTURE = """07.04.2023
(21.40-02.30)

ЗНИЩЕНО:
- 16 ударі БПЛА "Shahed-136/13"
- два БПЛА (ОТР) "Орлан-10"
- одну Х-47М2 "Кинджал"
- 5 аеробал. ракет Х-47М2 "Кинджал"
- 4 КР Х-101/X555, «Кaлібр»
- штурмовик Су-25
- 3 БПЛА (тип уточнюється)

Повітряні
Сили

https://t.me/kpszsu
"""


def test_every_entry_is_read_and_one_without_a_number_is_one() -> None:
    assert of_infographic(PICTURE, "2023-04-08") == {
        ("shot_down", "shahed", 16),
        ("shot_down", "orlan-10", 2),
        ("shot_down", "kinzhal", 1),
        ("shot_down", "kinzhal", 5),
        ("shot_down", "kh-101/kh-555/kalibr", 4),
        ("shot_down", "aircraft", 1),
        ("shot_down", "drone", 3),
    }


def test_the_period_over_midnight_ends_on_the_next_day() -> None:
    fact = tallies(infographic.read(PICTURE, date(2023, 4, 8))[0])[0]
    assert (fact.since, fact.until) == ("2023-04-07T21:40", "2023-04-08T02:30")


def test_decoration_is_no_entry() -> None:
    text = "09.03.2023\n(09.00)\n\n34 x\n\n4 x\n\nЗНИЩЕНО:\n- 34 КР Х-101\n- 4 БПЛА «Shahed-131/136»\n\nПовітряні\nСили"
    assert of_infographic(text, "2023-03-09") == {("shot_down", "kh-101", 34), ("shot_down", "shahed", 4)}


def test_entries_that_are_drawn_in_columns_are_joined() -> None:
    text = (
        "Повітряне командування\n«Південь»\n\nЗНИЩЕНО\nПОВІТРЯНИХ ЦІЛЕЙ\n\nстаном на 17:00 08 травня 2023 р.\n\n"
        '2\nударних БПЛА\nтипу "Ланцет"\n\n1\nБПЛА типу "ZALA"'
    )
    assert of_infographic(text, "2023-05-08") == {("shot_down", "lancet", 2), ("shot_down", "zala", 1)}


MISREAD = {
    "two alphabets": (
        '11.05.2023\n(06.30)\n\nЗHИЩEHО:\n- 7 удapних БПЛА "Shahed-136/131"\n- 2 KAP Х-59\n- 1 БПЛА (OTP)\n'
        "- штурмoвик Cу-25\n\nПoвітpяні\nCили\nУкpаїни"
    ),
    "dashes": (
        "11.05.2023\n(06.30)\n\nЗНИЩЕНО:\n– 7 ударних БПЛА «Shahed–136/131»\n– 2 КАР Х–59\n"
        "– 1 БПЛА оперативно–тактичного рівня\n– штурмовик Су–25\n\nПовітряні\nСили"
    ),
    "one line": (
        "11.05.2023\n(06.30)\n\nЗНИЩЕНО: - 7 ударних БПЛА «Shahed-136/131» - 2 КАР Х-59 - 1 БПЛА (ОТР)"
        " - штурмовик Су-25\n\nПовітряні\nСили"
    ),
    "told in English": (
        "Here is the text of the picture, which is in Ukrainian, as it stands on it:\n\n11.05.2023\n(06.30)\n\n"
        "Знищено:\n- 7 ударних БПЛА «Shahed-136/131»\n- 2 КАР Х-59\n- 1 БПЛА (ОТР)\n- штурмовик Су-25\n\nПовітряні Сили"
    ),
}


@pytest.mark.parametrize("text", MISREAD.values(), ids=MISREAD)
def test_what_a_machine_takes_for_other_signs_is_read_and_quoted_as_it_wrote_it(text: str) -> None:
    told = read(text, date(2023, 5, 11))
    assert told.genre == "air_force_infographic"
    assert {(fact.outcome, fact.weapon, fact.value.value) for fact in tallies(told.facts)} == {
        ("shot_down", "shahed", 7),
        ("shot_down", "kh-59", 2),
        ("shot_down", "recon_drone", 1),
        ("shot_down", "aircraft", 1),
    }
    for fact in told.facts:
        assert fact.quote == " ".join(text[fact.start : fact.end].split())


def test_a_dash_between_a_name_and_its_number_parts_no_entry() -> None:
    text = "11.05.2023\n(06.30)\n\nЗНИЩЕНО:\n- ударних БПЛА - 7\n- ракет Х-59 - 2\n\nПовітряні\nСили"
    assert of_infographic(text, "2023-05-11") == {("shot_down", "attack_drone", 7), ("shot_down", "kh-59", 2)}


def test_a_wrong_year_is_flagged() -> None:
    text = "02.01.2023\n(08.00)\n\nЗНИЩЕНО:\n- 9 БПЛА «Shahed-136/131»\n\nПовітряні\nСили"
    assert checks_of(text, "2024-01-02", infographic.read) == ["date"]


@pytest.mark.parametrize(
    "text",
    [
        "Повітряні\nСили\n\nВАЖЛИВА\nІНФОРМАЦІЯ",
        "05.05.2023\n\nБЕЗ КОМЕНТАРІВ\n\nПовітряні Сили",
        "I cannot transcribe this image.",
        "09.03.2023\n\nЗНИЩЕНО:\n\nПовітряні Сили",
        "09.03.2023\n\nЗНИЩЕНО:\n- к1лька БПЛ\n- ракети\n\nПовітряні Сили",
    ],
)
def test_a_picture_without_a_count_gives_no_fact(text: str) -> None:
    assert not read(text, date(2023, 5, 5)).facts
