"""Answers that the real services gave, read."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.recorded import active_of_alerts_in_ua, alarms_of_the_home_front_command
from tocsin.app import open_atlas
from tocsin.intake.following import alerts_in_ua, oref
from tocsin.intake.following.places import AtlasPlaces
from tocsin.intake.following.readings import Answer
from tocsin.model import Extent, Hazard, Level, Threat


@pytest.fixture(scope="module")
def israel() -> AtlasPlaces:
    return AtlasPlaces(open_atlas("il"))


def test_an_answer_of_alerts_in_ua() -> None:
    ukraine = open_atlas("ua")
    answer = Answer(status=200, headers={}, body=json.dumps(active_of_alerts_in_ua()).encode())
    reading = alerts_in_ua.read(answer, AtlasPlaces(ukraine))
    told = {one.ref: one for one in reading.said}
    luhansk, nikopol = told["8757"], told["73992"]
    assert [ukraine.zone(one.zone).names["uk"] for one in (luhansk, nikopol)] == [
        "Луганська область",
        "Нікопольська міська громада",
    ]
    assert (luhansk.hazard, luhansk.level, luhansk.extent) == (Hazard.AIR_RAID, Level.RED, Extent.WHOLE)
    assert luhansk.since == datetime(2022, 4, 4, 16, 45, 39, tzinfo=UTC)
    assert (nikopol.hazard, nikopol.since) == (Hazard.ARTILLERY, datetime(2024, 5, 5, 15, 48, 31, tzinfo=UTC))
    assert (len(told), reading.unknown, reading.not_fit) == (2, (), ())
    assert reading.as_of == datetime(2024, 5, 6, 10, 2, 45, tzinfo=UTC)


def rows(day: str) -> list[dict[str, object]]:
    """Of one day, in the form of AlertsHistory.json."""
    return [
        {
            "alertDate": row["alertDate"].replace("T", " "),
            "title": row["category_desc"],
            "data": row["data"],
            "category": int(row["category"]),
        }
        for row in reversed(alarms_of_the_home_front_command())
        if row["alertDate"].startswith(day)
    ]


def test_the_rows_of_a_country_under_missiles(israel: AtlasPlaces) -> None:
    told = rows("2024-10-01")
    assert len(told) == 1_783
    _, reading = oref.read_past(json.dumps(told).encode(), israel)
    assert {(one.hazard, one.threat) for one in reading.said} == {(Hazard.AIR_RAID, Threat.UNSPECIFIED_MISSILES)}
    assert reading.ended == ()
    # Of the areas of that day these are no longer called so: some were joined or split, beaches and junctions left out.
    assert (len(reading.said), len(reading.unknown)) == (815, 51)
    assert {"עלי זהב", "כרמי קטיף", "חוף אמנון"} < set(reading.unknown)


def test_the_rows_of_an_evening_of_drones(israel: AtlasPlaces) -> None:
    _, reading = oref.read_past(json.dumps(rows("2024-10-11")).encode(), israel)
    assert {one.threat for one in reading.said} == {Threat.UNSPECIFIED_MISSILES, Threat.DRONES}


def test_drills_raise_nothing(israel: AtlasPlaces) -> None:
    drills = [row for row in rows("20") if int(str(row["category"])) >= 15]
    assert len(drills) == 10
    _, reading = oref.read_past(json.dumps(drills).encode(), israel)
    assert (reading.said, reading.ended, reading.not_fit) == ((), (), ())
