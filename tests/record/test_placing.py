"""From a place as a report names it to its zone: never a guess."""

from __future__ import annotations

import pytest

from tests.record.statistics.records import ukraine
from tocsin.atlas.settlements import Settlement, Towns, town_meant
from tocsin.record.placing import Places

BROVARY, KRYVYI_RIH, ODESA = "UA32060050000030591", "UA12060170000091033", "UA51100270000073549"


def zone_of(place: str) -> str | None:
    atlas = ukraine()
    return Places(atlas.resolve, atlas.zones, town_meant).zone_of(place)


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        ("Brovary", BROVARY),
        ("suburb of Brovary", BROVARY),
        ("Бровари", BROVARY),
        ("Kryvyi Rih", KRYVYI_RIH),
        ("Kryvyi Rig", KRYVYI_RIH),
        ("Krivyi Rih", KRYVYI_RIH),
        ("Odesa", ODESA),
        ("Odessa", ODESA),
        ("Odesa region", "UA51000000000030770"),
        ("Одеська область", "UA51000000000030770"),
        ("на Одещині", "UA51000000000030770"),
        ("Kyiv", "UA80000000000093317"),
        ("Kyiv region", "UA32000000000030281"),
    ],
)
def test_a_town_is_in_the_hromada_that_it_lies_in_and_a_region_is_itself(place: str, zone: str) -> None:
    assert zone_of(place) == zone


@pytest.mark.parametrize("place", ["Kursk", "Belgorod", "Rostov", "Voronezh", "Orel", "Moscow", "Engels", "Nowhere"])
def test_what_lies_elsewhere_has_no_zone_though_a_village_here_is_called_so(place: str) -> None:
    assert zone_of(place) is None


def test_of_two_towns_of_one_name_neither_is_meant_unless_one_outweighs_the_other() -> None:
    def town(people: float, zone: str) -> Settlement:
        return Settlement("Миколаїв", "M", zone, True, people, None)

    big, other, small = (
        town(470_000, "UA48060150000071713"),
        town(60_000, "UA46100110000018989"),
        town(9_000, "UA46060090000017373"),
    )
    assert Towns([small, big]).meant("Mykolaiv") == big
    assert Towns([small, big, other]).meant("Mykolaiv") is None
    assert Towns([small]).meant("Mykolaiv") is None, "a village"


def test_a_former_name_of_the_same_town_is_no_other_town() -> None:
    now = Settlement("Харків", "M", "UA63120270010096107", True, 1_421_125, None)
    once = Settlement("Харьков", "A", "UA63120270000028556", False, 1_421_125, None)
    assert Towns([now, once]).meant("Kharkiv") == now
    assert Towns([now, once]).meant("Kharkov") == once
