"""Which lamp is lit by what, as the files for everybody say it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.compat.serving import Served
from tests.web.running import NOON
from tocsin.atlas import Atlas
from tocsin.commands import Escalate, Raise, Release, Withdraw
from tocsin.compat.jaam.lamps import Lamps
from tocsin.model import Extent, Hazard, Level, Realm, Stage, ZoneId

NAMES = [
    "Закарпатська область",
    "Івано-Франківська область",
    "Тернопільська область",
    "Львівська область",
    "Волинська область",
    "Рівненська область",
    "Житомирська область",
    "Київська область",
    "Чернігівська область",
    "Сумська область",
    "Харківська область",
    "Луганська область",
    "Донецька область",
    "Запорізька область",
    "Херсонська область",
    "Автономна Республіка Крим",
    "Одеська область",
    "Миколаївська область",
    "Дніпропетровська область",
    "Полтавська область",
    "Черкаська область",
    "Кіровоградська область",
    "Вінницька область",
    "Хмельницька область",
    "Чернівецька область",
    "м. Київ",
    "м. Харків та Харківська територіальна громада",
    "м. Запоріжжя та Запорізька територіальна громада",
]
"""As the lamps count them."""

OBLAST, RAION, CITY = 22, 124, 1293
IN_OBLAST, IN_CITY = "Харківська область", "м. Харків та Харківська територіальна громада"


def states(served: Served, version: int) -> Any:
    told = served.server.get(f"/alerts_statuses_v{version}.json")
    assert list(told) == ["version", "states"]
    assert told["version"] == version
    assert list(told["states"]) == NAMES
    return told["states"]


def lit(served: Served) -> dict[str, str]:
    """The lamps that are lit, and whether wholly; the same in all three files."""
    first, second, third = (states(served, version) for version in (1, 2, 3))
    found = {name: "district" if one["district"] else "whole" for name, one in first.items() if one["enabled"]}
    assert {
        name: "district" if one["district"] else "whole" for name, one in second.items() if one["alertnow"]
    } == found
    assert [name for name, on in third.items() if on] == list(found)
    return found


def test_the_lamps_are_in_the_order_of_the_lamps(ukraine: Atlas) -> None:
    assert [lamp.name for lamp in Lamps(ukraine).lamps] == NAMES


def test_calm_is_dark_and_has_every_key(served: Served) -> None:
    assert lit(served) == {}
    assert states(served, 1)["м. Київ"] == {
        "district": False,
        "enabled": False,
        "type": "state",
        "disabled_at": None,
        "enabled_at": None,
    }
    assert states(served, 2)["м. Київ"] == {"alertnow": False, "district": False, "changes": None}


def test_one_raion_lights_its_oblast_as_a_district_and_the_city_in_it_wholly(served: Served) -> None:
    served.give(Raise(zones=(served.zone(RAION),)))
    assert lit(served) == {IN_OBLAST: "district", IN_CITY: "whole"}
    assert states(served, 1)[IN_OBLAST]["enabled_at"] == "2026-03-01T12:00:00Z"
    assert states(served, 2)[IN_OBLAST]["changes"] == "2026-03-01T12:00:00Z"


def test_a_whole_oblast_lights_its_lamp_and_that_of_the_city_in_it(served: Served) -> None:
    served.give(Raise(zones=(served.zone(OBLAST),)))
    assert lit(served) == {IN_OBLAST: "whole", IN_CITY: "whole"}


@pytest.mark.parametrize("every", [False, True])
def test_an_alert_of_the_country_lights_every_lamp(served: Served, *, every: bool) -> None:
    zones = tuple(zone.id for zone in served.atlas.zones if zone.id != "UA") if every else (ZoneId("UA"),)
    served.give(Raise(zones=zones, level=Level.YELLOW))
    assert lit(served) == dict.fromkeys(NAMES, "whole")


def test_red_after_yellow_changes_nothing_that_a_lamp_shows(served: Served) -> None:
    kyiv = (served.zone(31),)
    served.give(Raise(zones=kyiv, level=Level.YELLOW))
    before = states(served, 1)
    served.give(Escalate(zones=kyiv, to_level=Level.RED))
    assert lit(served) == {"м. Київ": "whole"}
    assert states(served, 1) == before


def test_an_early_warning_lights_nothing(served: Served) -> None:
    served.give(Raise(zones=(ZoneId("UA"),), stage=Stage.EARLY_WARNING))
    assert lit(served) == {}


def test_only_an_air_raid_lights_a_lamp(served: Served) -> None:
    served.give(*(Raise(zones=(served.zone(31),), hazard=one) for one in Hazard if one is not Hazard.AIR_RAID))
    assert lit(served) == {}


@pytest.mark.parametrize("ending", [Release, Withdraw])
def test_an_ended_alert_is_dark(served: Served, ending: Callable[..., Release | Withdraw]) -> None:
    served.give(Raise(zones=(served.zone(OBLAST), served.zone(31))))
    served.give(ending(zones=(served.zone(OBLAST),)))
    assert lit(served) == {"м. Київ": "whole"}


def test_a_hromada_lights_its_own_lamp_and_never_hides_its_oblast(served: Served) -> None:
    served.give(Raise(zones=(served.zone(CITY),), ref="since 2022"), Raise(zones=(served.zone(1300),)))
    assert lit(served) == {IN_CITY: "whole"}
    served.give(Raise(zones=(served.zone(OBLAST),)))
    assert lit(served) == {IN_OBLAST: "whole", IN_CITY: "whole"}
    served.give(Release(zones=(served.zone(OBLAST),)))
    assert lit(served) == {IN_CITY: "whole"}


def test_a_part_that_nobody_names_lights_as_a_district_whatever_it_may_be(served: Served) -> None:
    served.give(Raise(zones=(served.zone(RAION),), extent=Extent.PART))
    assert lit(served) == {IN_OBLAST: "district", IN_CITY: "district"}
    served.give(Raise(zones=(ZoneId("UA"),), extent=Extent.PART))
    assert lit(served) == dict.fromkeys(NAMES, "district")


def test_an_unchanged_file_is_not_sent_twice_and_a_calm_that_nobody_told_of_is_marked(served: Served) -> None:
    first = served.server.ask("/alerts_statuses_v1.json")
    assert (first.headers["Tocsin-Unheard"], first.headers["Tocsin-Realm"]) == ("true", "live")
    again = served.server.ask("/alerts_statuses_v1.json", headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert (again.status, again.body) == (304, b"")
    served.clock.at = NOON + timedelta(minutes=1)
    served.give(Raise(zones=(served.zone(31),)))
    changed = served.server.ask(
        "/alerts_statuses_v1.json", headers={"If-Modified-Since": first.headers["Last-Modified"]}
    )
    assert (changed.status, changed.headers["Tocsin-Unheard"]) == (200, None)


def test_a_drill_is_told_apart_by_its_header(serve: Callable[..., Served]) -> None:
    served = serve(Realm.DRILL)
    served.give(Raise(zones=(served.zone(31),)))
    assert lit(served) == {"м. Київ": "whole"}
    assert served.server.ask("/alerts_statuses_v3.json").headers["Tocsin-Realm"] == "drill"
