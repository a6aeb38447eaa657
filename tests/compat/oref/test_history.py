"""What was told: the last hour in one file, a month in another, in the time of Jerusalem and by any language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.compat.oref.conftest import Start
from tests.compat.oref.hearing import (
    AIRCRAFT,
    ALARMS,
    COUNTRY,
    EILAT,
    EILAT_AREAS,
    ENDED,
    MISSILES,
    TOWN,
    TOWN_NAME,
    Served,
)
from tocsin.commands import Escalate, Narrow, Raise, Release
from tocsin.model import Stage, Threat


def test_the_history_is_in_the_time_of_jerusalem_newest_first(served: Served) -> None:
    served.give(Raise(zones=(TOWN,)))
    served.wait(90)
    served.give(Release(zones=(TOWN,)))
    assert served.rows() == [
        {"alertDate": "2026-03-01 14:01:30", "title": ENDED, "data": TOWN_NAME, "category": 13},
        {"alertDate": "2026-03-01 14:00:00", "title": MISSILES, "data": TOWN_NAME, "category": 1},
    ]


def test_in_summer_the_hour_is_that_of_summer(serve: Start) -> None:
    served = serve()
    served.clock.at = datetime(2026, 7, 1, 12, tzinfo=UTC)
    served.give(Raise(zones=(TOWN,)))
    assert served.rows()[0]["alertDate"] == "2026-07-01 15:00:00"


def test_after_an_hour_only_what_stands_is_left(served: Served) -> None:
    served.give(Raise(zones=(EILAT,)))
    served.wait(60)
    served.give(Narrow(zones=(EILAT,), to=(TOWN,)))
    served.wait(3_700)
    assert served.rows() == [{"alertDate": "2026-03-01 14:00:00", "title": MISSILES, "data": TOWN_NAME, "category": 1}]
    served.give(Release(zones=(TOWN,)))
    served.wait(3_700)
    assert served.rows() == []


def test_an_early_warning_that_became_an_alert_does_not_stand_beside_it(served: Served) -> None:
    served.give(Raise(zones=(TOWN,), stage=Stage.EARLY_WARNING))
    assert len(served.history()) == 1
    served.give(Escalate(zones=(TOWN,), to_stage=Stage.ALERT))
    served.wait(3_700)
    assert served.history() == [(1, MISSILES, TOWN_NAME)]


def test_what_was_told_before_the_first_question_is_there(served: Served) -> None:
    served.give(Raise(zones=(TOWN,)))
    served.wait(40 * 86_400)
    served.give(Raise(zones=(EILAT,), threat=Threat.DRONES))
    assert set(served.history()) == {(2, AIRCRAFT, name) for name in EILAT_AREAS} | {(1, MISSILES, TOWN_NAME)}
    told = served.told()
    assert told is not None
    assert told[1] == AIRCRAFT


def test_what_is_imported_long_afterwards_is_history_and_is_told_to_nobody(served: Served) -> None:
    served.give(Raise(zones=(TOWN,), at=served.clock.at - timedelta(days=2)))
    served.give(Release(zones=(TOWN,), at=served.clock.at - timedelta(days=2, minutes=-5)))
    assert served.told() is None
    assert served.history() == []
    assert [row["date"] for row in served.rows(f"{ALARMS}?mode=2")] == ["27.02.2026", "27.02.2026"]
    assert served.rows(f"{ALARMS}?mode=1") == []


def test_a_row_of_the_alarms_has_the_original_s_fields(served: Served) -> None:
    served.wait(17.5)
    served.give(Raise(zones=(TOWN,)))
    (row,) = served.rows(f"{ALARMS}?lang=ru&mode=1")
    assert row.pop("rid") > 0
    assert row == {
        "data": "Эйлат",
        "date": "01.03.2026",
        "time": "14:00:17",
        "alertDate": "2026-03-01T14:00:00",
        "category": 1,
        "category_desc": "Ракетный обстрел",
        "matrix_id": 1,
    }


def test_rows_have_numbers_of_their_own(served: Served) -> None:
    served.give(Raise(zones=(COUNTRY,)))
    served.give(Release(zones=(COUNTRY,)))
    rows = served.rows(ALARMS)
    assert len({row["rid"] for row in rows}) == len(rows) == 2 * 1_449


def test_no_more_rows_than_the_original_gives_and_those_are_the_newest(served: Served) -> None:
    for _ in range(2):
        served.give(Raise(zones=(COUNTRY,)))
        served.wait(60)
        served.give(Release(zones=(COUNTRY,)))
        served.wait(60)
    rows = served.rows(ALARMS)
    assert len(rows) == 3_000
    assert rows[0]["time"] == "14:03:00"
    assert rows[-1]["time"] == "14:01:00"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", 3),
        ("mode=1", 3),
        ("mode=0&fromDate=01.03.2026&toDate=01.03.2026", 3),
        ("fromDate=28.02.2026&toDate=02.03.2026", 3),
        ("mode=0&fromDate=02.03.2026", 0),
        ("mode=0&toDate=28.02.2026", 0),
        ("mode=0&fromDate=yesterday&toDate=99.99.2026", 3),
        ("mode=9&lang=xx", 3),
        ("city_0=%D7%90%D7%99%D7%9C%D7%AA", 1),
        ("lang=en&city_0=Eilat&city_1=Eilot", 2),
        ("city_0=Nowhere", 0),
    ],
)
def test_the_alarms_of_some_days_or_areas(served: Served, asked: str, found: int) -> None:
    served.give(Raise(zones=(EILAT,)))
    assert len(served.rows(f"{ALARMS}?{asked}")) == found
