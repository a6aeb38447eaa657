"""How a person or a program says which zone is meant."""

from __future__ import annotations

import pytest

from tocsin.atlas import Atlas
from tocsin.atlas.names import fold
from tocsin.errors import BadRequest, UnknownZone


@pytest.mark.parametrize(
    ("said", "id"),
    [
        ("UA", "UA"),
        ("Україна", "UA"),
        (" UA46000000000026241 ", "UA46000000000026241"),
        ("ua46000000000026241", "UA46000000000026241"),
        ("Львівська область", "UA46000000000026241"),
        ("ЛЬВІВСЬКА ОБЛАСТЬ", "UA46000000000026241"),
        ("Львівська обл.", "UA46000000000026241"),
        ("lvivska oblast", "UA46000000000026241"),
        ("Lviv Region", "UA46000000000026241"),
        ("Вінницький", "UA05020000000026686"),
        ("Vinnytskyi Raion", "UA05020000000026686"),
        ("Київ", "UA80000000000093317"),
        ("місто Київ", "UA80000000000093317"),
        ("Kyiv", "UA80000000000093317"),
        ("Київська область", "UA32000000000030281"),
        ("Kyiv Oblast", "UA32000000000030281"),
        ("Kyivska", "UA32000000000030281"),
        ("Крим", "UA01000000000013043"),
        ("м. Харків", "UA63120270000028556"),
        ("Харківська громада", "UA63120270000028556"),
        ("Харківська міська", "UA63120270000028556"),
        ("Івано Франківська область", "UA26000000000069363"),
        ("alerts_in_ua: 27", "UA46000000000026241"),
    ],
)
def test_one_zone_is_meant(ukraine: Atlas, said: str, id: str) -> None:
    assert ukraine.resolve(said).id == id


@pytest.mark.parametrize("apostrophe", ["'", "’", "ʼ", "`", "‘", "´", ""])
def test_any_apostrophe_will_do(ukraine: Atlas, apostrophe: str) -> None:
    assert ukraine.resolve(f"Кам{apostrophe}янський район").names["uk"] == "Кам’янський район"


@pytest.mark.parametrize(
    "said",
    [
        "Миколаївська громада, Львівська область",
        "Львівська область, Миколаївська громада",
        "миколаївська міська, стрийський район, львівська",
        "Львівська область, Стрийський район, Миколаївська",
    ],
)
def test_a_name_that_repeats_is_said_with_what_it_lies_in(ukraine: Atlas, said: str) -> None:
    assert ukraine.resolve(said).id == "UA46100110000018989"


def test_an_ambiguous_name_is_refused_with_its_candidates(ukraine: Atlas) -> None:
    with pytest.raises(BadRequest) as caught:
        ukraine.resolve("Миколаївська громада")
    candidates = caught.value.detail["candidates"]
    assert len(candidates) == 8
    assert {
        "id": "UA46100110000018989",
        "level": "hromada",
        "path": "Миколаївська міська громада, Стрийський район, Львівська область",
    } in candidates
    assert "Стрийський район" in caught.value.message


def test_a_name_with_an_enclosing_zone_may_still_be_ambiguous(ukraine: Atlas) -> None:
    with pytest.raises(BadRequest) as caught:
        ukraine.resolve("Миколаївська громада, Сумська область")
    assert len(caught.value.detail["candidates"]) == 2
    assert ukraine.resolve("Миколаївська селищна громада, Сумська область").id == "UA59080130000022249"


def test_a_short_name_that_fits_two_levels_is_ambiguous(ukraine: Atlas) -> None:
    with pytest.raises(BadRequest) as caught:
        ukraine.resolve("Львівська")
    assert {candidate["level"] for candidate in caught.value.detail["candidates"]} == {"oblast", "hromada"}


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Атлантида",
        "Київ область",
        "Львівська громада область",
        "Львівська область громада",
        "Львівський область",
        "область",
        "Стрийська громада, Сумська область",
        "UA-99",
        "zip:79000",
        ",",
    ],
)
def test_what_fits_nothing_is_an_unknown_zone(ukraine: Atlas, said: str) -> None:
    with pytest.raises(UnknownZone) as caught:
        ukraine.resolve(said)
    assert caught.value.detail["zone"] == said


def test_a_former_name_finds_the_zone_of_today(ukraine: Atlas) -> None:
    for former, today in [
        ("Новомосковський район", "Самарівський район"),
        ("Червоноградський район", "Шептицький район"),
        ("Красноградський район", "Берестинський район"),
    ]:
        assert ukraine.resolve(former).names["uk"] == today


@pytest.mark.parametrize(("language", "twins"), [("uk", 0), ("en", 6)])
def test_every_zone_is_found_by_its_full_name_with_what_it_lies_in(ukraine: Atlas, language: str, twins: int) -> None:
    """In English three pairs in one raion are spelt alike: a town's, a settlement's and a village's hromada."""
    paths = [
        ", ".join(part.names[language] for part in [zone, *ukraine.ancestors(zone.id)][:3]) for zone in ukraine.zones
    ]
    alone = [(zone, path) for zone, path in zip(ukraine.zones, paths, strict=True) if paths.count(path) == 1]
    assert len(ukraine.zones) - len(alone) == twins
    assert all(ukraine.resolve(path) is zone for zone, path in alone)


def test_a_very_long_text_is_refused_without_looking(ukraine: Atlas) -> None:
    with pytest.raises(BadRequest):
        ukraine.resolve("а" * 401)


def test_names_are_compared_without_case_marks_or_dashes() -> None:
    assert fold("  Кам’янець-Подільський  РАЙОН ") == "камянець подільський район"
    assert fold("обл.") == "обл"
