"""What the atlas of Ukraine must hold."""

from __future__ import annotations

import pytest
import shapely

from tocsin.atlas import Atlas
from tocsin.errors import BadRequest, UnknownZone

NUMBERS = (5, 7, 9, 12, 14, 18, 21, 23, 26, 30, 32, 35, 40, 43, 46, 48, 51, 53, 56, 59, 61, 63, 65, 68, 71, 74, 77)
ISO_CODES = [f"UA-{number:02}" for number in NUMBERS]
"""The 24 oblasts, Crimea (43), Kyiv (30) and Sevastopol (40)."""


def test_there_are_1633_zones_on_four_levels(ukraine: Atlas) -> None:
    assert {level: len(ukraine.zones_of_level(level)) for level in ukraine.levels} == {
        "country": 1,
        "oblast": 27,
        "raion": 136,
        "hromada": 1469,
    }
    assert len(ukraine) == len(ukraine.zones) == len(ukraine.hierarchy) == 1633


def test_the_country_is_the_root(ukraine: Atlas) -> None:
    assert ukraine.country.id == "UA"
    assert ukraine.country.names == {"uk": "Україна", "en": "Ukraine"}
    assert len(ukraine.descendants("UA")) == 1632


def test_every_first_level_unit_has_its_iso_code_and_every_code_its_unit(ukraine: Atlas) -> None:
    assert sorted(zone.codes["iso3166_2"] for zone in ukraine.zones_of_level("oblast")) == ISO_CODES
    for code in ISO_CODES:
        zone = ukraine.resolve(code)
        assert zone.level == "oblast"
        assert ukraine.resolve(code.lower()) is zone


@pytest.mark.parametrize(
    ("system", "value", "name"),
    [
        ("katottg", "UA46000000000026241", "Львівська область"),
        ("iso3166_2", "UA-46", "Львівська область"),
        ("alerts_in_ua", "31", "м. Київ"),
        ("alerts_in_ua", "29", "Автономна Республіка Крим"),
        ("alerts_in_ua", "1449", "Балаклеївська сільська громада"),
        ("ukrainealarm", "9999", "Автономна Республіка Крим"),
        ("ukrainealarm", "27", "Львівська область"),
        ("osm_relation", "421866", "м. Київ"),
        ("wikidata", "Q212", "Україна"),
    ],
)
def test_a_zone_is_found_by_its_id_in_any_system(ukraine: Atlas, system: str, value: str, name: str) -> None:
    zone = ukraine.by_code(system, value)
    assert zone.names["uk"] == name
    assert ukraine.resolve(f"{system}:{value}") is zone


def test_every_code_leads_back_to_its_zone(ukraine: Atlas) -> None:
    assert all(ukraine.by_code(*code) is zone for zone in ukraine.zones for code in zone.codes.items())
    known = {system: sum(system in zone.codes for zone in ukraine.zones) for system in ukraine.code_systems}
    assert known["katottg"] == 1632
    assert known["alerts_in_ua"] == 27 + 126 + 1469
    assert known["ukrainealarm"] == 27 + 122 + 1458


def test_an_unknown_code_system_or_code_is_no_zone(ukraine: Atlas) -> None:
    with pytest.raises(UnknownZone) as caught:
        ukraine.by_code("alerts_in_ua", "123456")
    assert caught.value.detail == {"system": "alerts_in_ua", "value": "123456"}
    with pytest.raises(UnknownZone):
        ukraine.by_code("zip", "79000")


@pytest.mark.parametrize(
    ("uid", "hromada"),
    [
        ("6293", "Харківська міська громада"),
        ("5564", "Запорізька міська громада"),
        ("5351", "Нікопольська міська громада"),
        ("5349", "Марганецька міська громада"),
        ("5279", "Криворізька міська громада"),
        ("5332", "Дніпровська міська громада"),
        ("5786", "Світловодська міська громада"),
    ],
)
def test_a_city_that_is_warned_apart_elsewhere_widens_to_its_hromada(ukraine: Atlas, uid: str, hromada: str) -> None:
    assert ukraine.by_code("alerts_in_ua", uid).names["uk"] == hromada
    assert ukraine.names_a_part("alerts_in_ua", uid)
    assert not ukraine.names_a_part("alerts_in_ua", ukraine.resolve(hromada).codes["alerts_in_ua"])


def test_an_unknown_id_is_refused_with_the_id_in_the_detail(ukraine: Atlas) -> None:
    for ask in (ukraine.zone, ukraine.ancestors, ukraine.descendants, ukraine.polygon, ukraine.index_of):
        with pytest.raises(UnknownZone) as caught:
            ask("UA99")
        assert caught.value.detail == {"zone": "UA99"}
    assert "UA99" not in ukraine
    assert "UA" in ukraine


def test_an_unknown_level_is_refused_with_the_levels_there_are(ukraine: Atlas) -> None:
    with pytest.raises(BadRequest) as caught:
        ukraine.zones_of_level("county")
    assert caught.value.detail["levels"] == ["country", "oblast", "raion", "hromada"]


def test_ancestors_go_from_the_parent_to_the_country(ukraine: Atlas) -> None:
    kharkiv = ukraine.resolve("Харківська міська громада")
    assert [zone.names["uk"] for zone in ukraine.ancestors(kharkiv.id)] == [
        "Харківський район",
        "Харківська область",
        "Україна",
    ]
    assert ukraine.ancestors("UA") == ()


def test_descendants_come_nearest_first(ukraine: Atlas) -> None:
    levels = [zone.level for zone in ukraine.descendants(ukraine.resolve("UA-63").id)]
    assert levels == ["raion"] * 7 + ["hromada"] * 56
    assert ukraine.descendants(ukraine.resolve("м. Київ").id) == ()


def test_every_zone_but_the_country_has_a_sound_polygon_with_its_label_inside(ukraine: Atlas) -> None:
    for zone in ukraine.zones[1:]:
        polygon = ukraine.polygon(zone.id)
        assert polygon is not None
        assert shapely.is_valid(polygon), zone.id
        assert zone.point is not None
        assert shapely.intersects_xy(polygon, *zone.point), zone.id
    assert ukraine.polygon("UA") is None


def test_the_population_of_2022_is_there_for_every_hromada(ukraine: Atlas) -> None:
    assert sum(zone.population or 0 for zone in ukraine.zones_of_level("hromada")) == 38_215_034


def test_openstreetmap_is_credited(ukraine: Atlas) -> None:
    assert "© OpenStreetMap contributors" in ukraine.attribution
    assert {source.licence for source in ukraine.sources} >= {"ODbL-1.0", "MIT"}


def test_the_files_for_drawing_are_there(ukraine: Atlas) -> None:
    assert ukraine.map_files.keys() == {"zones_tiles", "zones_coarse", "zones_fine", "places", "base_tiles"}
    assert all(path.is_file() for path in ukraine.map_files.values())
