"""From messages as they are written to what they report."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import pytest

from tocsin.app import open_atlas
from tocsin.intake.messages.gazetteer import Gazetteer
from tocsin.intake.messages.reading import Reader
from tocsin.intake.reports.wording import Wording, abroad, course_in, make_in, why_nothing
from tocsin.model import Threat
from tocsin.report import Make, Role, Told

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@cache
def reader() -> tuple[Gazetteer, Wording]:
    atlas = open_atlas("ua")
    gazetteer = Gazetteer(atlas)
    return gazetteer, Wording(gazetteer, atlas.hierarchy)


def told(text: str) -> tuple[Told, ...]:
    gazetteer, wording = reader()
    return wording.told(Reader(gazetteer).read(text, "", NOON), text, NOON)


def shape(one: Told) -> tuple[list[str], list[tuple[str, str]], list[str]]:
    return list(one.kinds), [(spot.role.value, spot.name) for spot in one.spots], list(one.ends)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("БпЛА курсом на Бровари", [(["drones"], [("heading_to", "Бровари")], [])]),
        ("Загроза балістики з Брянська", [(["ballistic_missiles"], [("launch_area", "Брянська")], [])]),
        ("По балістиці відбій", [([], [], ["ballistic_missiles"])]),
        ("Загроза балістики!", [(["ballistic_missiles"], [], [])]),
        (
            "БпЛА на Сумщині курсом на Полтавщину.\nКрилаті ракети через Чернігівщину на Київ",
            [
                (["drones"], [("at", "Сумщині"), ("heading_to", "Полтавщину")], []),
                (["cruise_missiles"], [("passing", "Чернігівщину"), ("heading_to", "Київ")], []),
            ],
        ),
        (
            "Сумщина:\nБпЛА курсом на Конотоп\nБпЛА курсом на Ромни",
            [(["drones"], [("heading_to", "Конотоп")], []), (["drones"], [("heading_to", "Ромни")], [])],
        ),
    ],
)
def test_a_message_tells_of_each_thing_by_itself(text: str, wanted: list[object]) -> None:
    assert [shape(one) for one in told(text)] == wanted


@pytest.mark.parametrize(
    "text", ["Вибухи у Харкові", "Підписуйтесь на наш канал @x", "Слава Україні!", "♪ Ой у лузі ♪"]
)
def test_what_tells_of_no_threat_makes_no_report(text: str) -> None:
    assert told(text) == ()


@pytest.mark.parametrize("text", ["Вибух", "БпЛА: зниження", "локаційно втрачено", "у Сумах вибухи"])
def test_what_is_no_end_makes_none(text: str) -> None:
    assert all(not one.ends for one in told(text))


def test_a_launch_abroad_has_its_place() -> None:
    [one] = told("Загроза балістики з Курська")
    [spot] = one.spots
    assert (spot.role, spot.zones) == (Role.LAUNCH_AREA, ())
    assert spot.lon is not None
    assert spot.lat is not None
    assert 35 < spot.lon < 37.5
    assert 51 < spot.lat < 52.5


def test_every_place_abroad_lies_outside_of_ukraine_and_near_enough() -> None:
    atlas = open_atlas("ua")
    inside = [name for name, (lon, lat, radius_m) in abroad().items() if radius_m < 50_000 and atlas.locate(lon, lat)]
    assert inside == []


def test_every_place_abroad_is_one_that_messages_name() -> None:
    gazetteer, _ = reader()
    named = {place.name for place in gazetteer._all(open_atlas("ua")) if place.zone is None}
    assert set(abroad()) <= named


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("БпЛА на Сумщині, курс південний", 180.0),
        ("курс північно-західний", 315.0),
        ("курсом на захід", 270.0),
        ("у напрямку північного сходу", 45.0),
        ("рухаються у західному напрямку", 270.0),
        ("курс - південно-східний", 135.0),
        ("курс на північ", 0.0),
        ("на заході Сумщини", None),
        ("курсом на Бровари", None),
        ("перші курс південний, другі курс північний", None),
    ],
)
def test_a_course_in_words_is_read_where_it_is_one(text: str, degrees: float | None) -> None:
    assert course_in(text) == degrees


@pytest.mark.parametrize(
    ("text", "kinds", "make"),
    [
        ("Реактивні шахеди", (Threat.DRONES,), Make.JET_DRONE),
        ("Пуски Калібрів", (Threat.CRUISE_MISSILES,), Make.SUBSONIC_CRUISE),
        ("Х-22 з Чорного моря", (Threat.CRUISE_MISSILES,), Make.SUPERSONIC_CRUISE),
        ("Кинджал на Староконстянтинів", (Threat.BALLISTIC_MISSILES,), Make.AEROBALLISTIC),
        ("Калібри та Онікси", (Threat.CRUISE_MISSILES,), None),
        ("розвідник", (Threat.CRUISE_MISSILES,), None),
        ("БпЛА", (Threat.DRONES,), None),
    ],
)
def test_a_make_is_read_where_one_is_named(text: str, kinds: tuple[Threat, ...], make: Make | None) -> None:
    assert make_in(text, kinds) is make


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Drone heading to Kyiv", "other_language"),
        ("Dron leci na Lwów", "other_language"),
        ("Підтримати канал: картка monobank", "advert"),
        ("Деталі: https://t.me/x", "advert"),
        ("Червона рута, не шукай вечорами", "no_threat"),
        ("12:30", "no_threat"),
    ],
)
def test_why_a_message_is_set_aside_has_a_name(text: str, why: str) -> None:
    assert why_nothing(text).why == why
