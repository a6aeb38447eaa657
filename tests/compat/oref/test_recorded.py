"""What the real Home Front Command told one evening, ordered here, is told here in the same words."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.compat.oref.conftest import Start
from tests.compat.oref.hearing import ALARMS
from tests.recorded import alarms_of_the_home_front_command
from tocsin.atlas import Atlas
from tocsin.commands import Raise
from tocsin.model import Threat, ZoneId

ISRAEL = ZoneInfo("Asia/Jerusalem")
THREATS = {"1": Threat.UNSPECIFIED_MISSILES, "2": Threat.DRONES}


def moment(row: dict[str, str]) -> datetime:
    return datetime.strptime(f"{row['date']} {row['time']}", "%d.%m.%Y %H:%M:%S").replace(tzinfo=ISRAEL)


def test_the_evening_of_1_october_2024_is_told_as_it_was(serve: Start, israel: Atlas) -> None:
    names = {zone.names["he"]: zone.id for zone in israel.zones if zone.level == "area"}
    first: dict[tuple[str, str], dict[str, str]] = {}  # what is called out again while it stands is one alarm here
    for row in alarms_of_the_home_front_command():
        if row["alertDate"].startswith("2024-10-01") and row["data"] in names:
            first.setdefault((row["data"], row["category"]), row)
    together = defaultdict[tuple[datetime, str], list[ZoneId]](list)
    for row in first.values():
        together[moment(row), row["category"]].append(names[row["data"]])
    assert len(first) > 800
    assert len(together) > 40

    served = serve()
    served.clock.at = max(at for at, _ in together) + timedelta(minutes=1)
    for (at, category), zones in sorted(together.items(), key=lambda item: item[0][0]):
        served.give(Raise(zones=tuple(zones), threat=THREATS[category], at=at))
    told = {(row["data"], str(row["category"])): row for row in served.rows(f"{ALARMS}?mode=1")}
    assert told.keys() == first.keys()
    for key, row in first.items():
        assert set(told[key]) == set(row)
        assert {name: str(told[key][name]) for name in row if name != "rid"} == {
            name: value for name, value in row.items() if name != "rid"
        }
