"""Every answer has the fields, types and values of the official description of version 3, and none that it lacks, but
for the levels that are sent since 2026."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.client.giving import give
from tests.compat.ukrainealarm.test_answers import KHARKIV, get
from tests.web.running import NOON, Running
from tocsin.commands import Raise, Release
from tocsin.model import Hazard, Level, Threat

Shape = Any
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?(Z|\+00:00)")


def moment(value: object) -> bool:
    return isinstance(value, str) and bool(MOMENT.fullmatch(value)) and datetime.fromisoformat(value).year >= 1


def one_of(*values: str) -> Callable[[object], bool]:
    return lambda value: value in values


REGION_TYPE = one_of("State", "District", "Community", "Null")
ALERT_TYPE = one_of("UNKNOWN", "AIR", "ARTILLERY", "URBAN_FIGHTS", "CHEMICAL", "NUCLEAR", "INFO")
WHOLE = ("ticks", "days", "hours", "milliseconds", "minutes", "seconds")
TOTAL = ("totalDays", "totalHours", "totalMilliseconds", "totalMinutes", "totalSeconds")

LEVEL: Shape = {"alertLevel": one_of("Red", "Yellow"), "reason": str, "createdAt": moment}
ALERT: Shape = {
    "regionId": str,
    "regionType": REGION_TYPE,
    "type": ALERT_TYPE,
    "lastUpdate": moment,
    "activeAlertLevels": [LEVEL],
}
ALERT_REGION: Shape = {
    "regionId": str,
    "regionType": REGION_TYPE,
    "regionName": str,
    "regionEngName": str,
    "lastUpdate": moment,
    "activeAlerts": [ALERT],
}
ALARM: Shape = {
    "regionId": str,
    "startDate": moment,
    "endDate": moment,
    "duration": dict.fromkeys(WHOLE, int) | dict.fromkeys(TOTAL, float),
    "alertType": ALERT_TYPE,
    "regionName": str,
    "isContinue": bool,
}
HISTORY: Shape = {"regionId": str, "regionName": str, "alarms": [ALARM]}
STATUS: Shape = {"lastActionIndex": int}
REGION: Shape = {"regionId": str, "regionName": str, "regionType": REGION_TYPE}
REGION["regionChildIds"] = [REGION]


def fits(value: Any, shape: Shape, at: str = "") -> None:
    """Errors: `AssertionError`, with the place."""
    if isinstance(shape, dict):
        assert value.keys() == shape.keys(), at
        for name, inner in shape.items():
            fits(value[name], inner, f"{at}.{name}")
    elif isinstance(shape, list):
        assert isinstance(value, list), at
        for number, one in enumerate(value):
            fits(one, shape[0], f"{at}[{number}]")
    elif isinstance(shape, type):
        assert type(value) is shape or (shape is float and type(value) is int), f"{at}: {value!r}"
    else:
        assert shape(value), f"{at}: {value!r}"


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("alerts", [ALERT_REGION]),
        ("alerts/22", [ALERT_REGION]),
        ("alerts/9999", [ALERT_REGION]),
        ("alerts/0", [ALERT_REGION]),
        ("alerts/status", STATUS),
        ("alerts/regionHistory", [HISTORY]),
        ("alerts/regionHistory?regionId=22", [HISTORY]),
        ("regions", {"states": [REGION]}),
    ],
)
def test_every_answer_is_as_described(server: Running, path: str, shape: Shape) -> None:
    fits(get(server, path), shape)
    give(server, Raise(zones=(KHARKIV,), hazard=Hazard.ARTILLERY, at=NOON - timedelta(hours=1)))
    give(server, Release(zones=(KHARKIV,), hazard=Hazard.ARTILLERY))
    for hazard in Hazard:
        give(server, Raise(zones=(KHARKIV,), hazard=hazard, level=Level.YELLOW))
    give(server, Raise(zones=(KHARKIV,), threat=Threat.DRONES), source="another")
    fits(get(server, path), shape)


def test_what_is_not_as_described_is_found() -> None:
    for wrong in ({"lastActionIndex": None}, {"lastActionIndex": 1, "more": 2}, {}, {"lastActionIndex": True}):
        with pytest.raises(AssertionError):
            fits(wrong, STATUS)
    assert not moment(None)
