"""Which oblasts have a settlement of a name, in Ukrainian and as it is written in English."""

from __future__ import annotations

import pytest

from tocsin.atlas.settlements import Oblasts, Settlement, oblasts_of, settlements, transliterated

KYIV = Settlement("Київ", "K", "UA80000000000093317", False, 2_952_301, None)
UMAN = Settlement("Умань", "M", "UA71060230000082393", True, 81_525, None)


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("Умань", "uman"),
        ("Згурівка", "zghurivka"),
        ("Єнакієве", "yenakiieve"),
        ("Їжаківка", "yizhakivka"),
        ("Кам'янець-Подільський", "kamianets-podilskyi"),
        ("Щастя", "shchastia"),
        ("Юнаківка", "yunakivka"),
        ("Яготин", "yahotyn"),
        ("Кривий Ріг", "kryvyi rih"),
        ("Нова Йорківка", "nova yorkivka"),
    ],
)
def test_a_name_is_written_in_latin_letters_as_in_a_passport(name: str, latin: str) -> None:
    assert transliterated(name) == latin


def test_a_name_is_known_in_both_scripts_whatever_its_case_apostrophe_or_hyphen() -> None:
    known = Oblasts([UMAN, Settlement("Кам’янець-Подільський", "M", "UA68020110000064996", True, 97_896, None)])
    assert known.of("UMAN") == known.of("умань") == frozenset({"UA71"})
    assert known.of("Kamianets Podilskyi") == known.of("Кам'янець-Подільський") == frozenset({"UA68"})
    assert known.of("Nowhere") == frozenset()


def test_kyiv_lies_in_the_region_around_it_too_as_people_say() -> None:
    assert Oblasts([KYIV]).of("Kyiv") == frozenset({"UA80", "UA32"})


def test_the_settlements_that_come_with_tocsin_are_all_read() -> None:
    kinds = [one.kind for one in settlements()]
    assert (len(kinds), kinds.count("A")) == (33_570, 3_867)
    assert oblasts_of("Uman") == frozenset({"UA71"})
    assert oblasts_of("Odessa") == frozenset({"UA51"})
    assert {"UA12", "UA63"} <= oblasts_of("Nikopol")
