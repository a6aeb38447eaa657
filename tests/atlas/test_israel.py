"""What the atlas of Israel must hold: country > district > area, areas with seconds to shelter."""

from __future__ import annotations

import collections

import pytest
import shapely

from tocsin.atlas import Atlas
from tocsin.errors import BadRequest, UnknownZone


def test_there_are_33_districts_and_1449_areas(israel: Atlas) -> None:
    assert {level: len(israel.zones_of_level(level)) for level in israel.levels} == {
        "country": 1,
        "district": 33,
        "area": 1449,
    }


def test_every_area_says_how_many_seconds_there_are(israel: Atlas) -> None:
    seconds = collections.Counter(zone.shelter_s for zone in israel.zones_of_level("area"))
    assert seconds == {0: 1, 15: 138, 30: 126, 45: 139, 60: 170, 90: 875}


def test_an_area_is_found_by_its_name_in_four_languages_and_by_its_numbers(israel: Atlas) -> None:
    for said in ("אבו גוש", "Abu Ghosh", "Абу-Гош", "ابو غوش", "oref_segment:5000511", "tzevaadom:511", "IL-5000511"):
        assert israel.resolve(said).id == "IL-5000511"


def test_hebrew_abbreviation_marks_do_not_matter(israel: Atlas) -> None:
    for said in ("כפר הרא''ה", 'כפר הרא"ה', "כפר הרא״ה"):
        assert israel.resolve(said).id == "IL-5000966"


def test_a_district_and_a_town_of_the_same_name_are_told_apart(israel: Atlas) -> None:
    assert israel.resolve("אילת").level == "area"
    for said in ("Eilat", "eilat", "EILAT"):
        assert israel.resolve(said).level == "area"
    assert israel.resolve("מחוז אילת").level == "district"
    assert israel.resolve("Eilat District").level == "district"
    assert israel.resolve("Eilat, Eilat District").id == israel.resolve("Eilat").id


def test_one_of_several_places_that_share_an_area_leads_to_it(israel: Atlas) -> None:
    assert israel.resolve("Sderot") is israel.resolve("Sderot, Ivim, Nir Am")


def test_towns_that_only_an_apostrophe_tells_apart_are_told_apart(israel: Atlas) -> None:
    assert israel.resolve("גת").id == "IL-5000314"
    assert israel.resolve("ג'ת").id == "IL-5000977"
    with pytest.raises(BadRequest):
        israel.resolve("ג’ת")


def test_every_area_is_found_by_its_hebrew_name_alone(israel: Atlas) -> None:
    assert all(israel.resolve(zone.names["he"]) is zone for zone in israel.zones_of_level("area"))


def test_a_district_holds_its_areas(israel: Atlas) -> None:
    district = israel.resolve("Gaza Envelope District")
    assert len(israel.descendants(district.id)) == 50
    assert {zone.level for zone in israel.descendants(district.id)} == {"area"}


def test_a_point_in_a_town_is_in_its_area_and_one_between_towns_in_none(israel: Atlas) -> None:
    zone = israel.locate(34.5951, 31.525)
    assert zone is not None
    assert zone.names["en"] == "Sderot, Ivim, Nir Am"
    assert zone.shelter_s == 15
    assert israel.locate(34.9, 30.6) is None


def test_every_area_has_a_sound_polygon_with_its_label_inside(israel: Atlas) -> None:
    for zone in israel.zones_of_level("area"):
        polygon = israel.polygon(zone.id)
        assert polygon is not None
        assert shapely.is_valid(polygon)
        assert zone.point is not None
        assert israel.locate(*zone.point) is zone


def test_a_number_that_no_area_has_is_unknown(israel: Atlas) -> None:
    with pytest.raises(UnknownZone):
        israel.resolve("oref_segment:1")
