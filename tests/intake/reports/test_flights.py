"""The threats of the night that the demo lives again: worked out, and such as could have flown."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest

from tests.world import command
from tocsin.assess.assessment import assess
from tocsin.assess.ground import Ground
from tocsin.assess.picture import Picture, Setting
from tocsin.atlas import shipped
from tocsin.commands import TakeReports
from tocsin.errors import BadFile
from tocsin.intake.reports.flights import WORDS, read_flights, told_of
from tocsin.intake.reports.heard import Heard
from tocsin.intake.reports.sifting import decide_reports, report_of
from tocsin.model import SourceId, Threat
from tocsin.report import Role, Told

REPLAY = SourceId("replay")


@pytest.fixture(scope="module")
def told() -> list[Told]:
    said = (files("tocsin.data") / "night-2024-11-13/flights.json").read_bytes()
    return told_of(read_flights(said), lambda name: shipped("ua").resolve(name).id)


def at(hour: int, minute: int, day: int = 13) -> datetime:
    return datetime(2024, 11, day, hour, minute, tzinfo=UTC)


def test_every_report_is_taken_at_its_moment_and_says_what_it_is(told: list[Told]) -> None:
    assert len(told) > 100
    assert [one.said_at for one in told] == sorted(one.said_at for one in told)
    hierarchy = shipped("ua").hierarchy
    for one in told:
        assert one.text == WORDS
        [event] = decide_reports(Heard(), command(TakeReports(reports=(one,)), REPLAY), hierarchy, one.said_at)
        assert len(event.reports) == 1


def test_nothing_flies_faster_or_slower_than_its_kind(told: list[Told]) -> None:
    last: dict[str, Told] = {}
    for one in (one for one in told if one.track is not None and one.kinds):
        assert one.track is not None
        before, last[one.track] = last.get(one.track), one
        if before is None:
            continue
        (here,), (there,) = one.spots, before.spots
        assert here.role is Role.AT
        assert here.lon is not None
        assert here.lat is not None
        assert there.lon is not None
        assert there.lat is not None
        km = math.hypot((here.lon - there.lon) * 71.5, (here.lat - there.lat) * 111.2)
        speed = 1000 * km / (one.said_at - before.said_at).total_seconds()
        low, high = (28, 62) if one.kinds == (Threat.DRONES,) else (150, 320)
        assert low < speed < high, (one.track, one.said_at, speed)


def test_the_night_has_threats_with_time_left_and_in_the_morning_it_is_over(told: list[Told]) -> None:
    ground = Ground(shipped("ua"))

    def seen(upto: datetime) -> Picture:
        reports = [report_of(one, REPLAY, one.said_at) for one in told if one.said_at <= upto]
        return Picture(Setting(ground=ground)).add(*reports)

    night = assess(seen(at(23, 0, day=12)), at(23, 0, day=12))
    assert len(night.seen) >= 3, "each flight is one threat"
    ahead = [one for one in night.at_risk if one.earliest > night.now + timedelta(minutes=4)]
    assert ahead, "there is time left somewhere"
    kyiv = shipped("ua").resolve("Kyiv").id
    morning = assess(seen(at(4, 50)), at(4, 50))
    assert (kyiv, Threat.BALLISTIC_MISSILES) in {(one.zone, one.threat) for one in morning.at_risk}
    assert seen(at(8, 0)).tracks == {}


@pytest.mark.parametrize("said", [b"", b"[]", b'{"drones": [{"name": "a", "way": []}]}'])
def test_what_is_no_flight_is_refused(said: bytes) -> None:
    with pytest.raises(BadFile, match="no flights"):
        read_flights(said)
