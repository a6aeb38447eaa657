"""A report is known by what its source said, and by nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from tocsin.model import SourceId, Threat, ZoneId
from tocsin.report import KIND_OF, Make, Report, Role, Spot

SAID = datetime(2026, 2, 22, 3, 15, tzinfo=UTC)
SEEN = Report(
    source=SourceId("kp-12"),
    said_at=SAID,
    received_at=SAID + timedelta(seconds=4),
    kinds=(Threat.DRONES,),
    spots=(Spot(role=Role.AT, lon=30.5, lat=50.4, radius_m=3_000), Spot(role=Role.HEADING_TO, zones=(ZoneId("UA80"),))),
    course_deg=210.0,
    course_spread_deg=15.0,
)
LATER = SEEN.received_at + timedelta(minutes=9)
ELSEWHERE = SAID.astimezone(timezone(timedelta(hours=2)))


def test_what_is_received_again_is_the_same_report() -> None:
    assert msgspec.structs.replace(SEEN, received_at=LATER).id == SEEN.id


def test_the_same_moment_in_another_time_zone_is_the_same_report() -> None:
    assert msgspec.structs.replace(SEEN, said_at=ELSEWHERE).id == SEEN.id


@pytest.mark.parametrize(
    "changed",
    [
        {"source": SourceId("kp-13")},
        {"said_at": SAID + timedelta(seconds=1)},
        {"kinds": (Threat.CRUISE_MISSILES,)},
        {"course_deg": 211.0},
        {"ends": (Threat.DRONES,)},
        {"track": "7"},
        {"text": "on its way"},
        {"spots": SEEN.spots[:1]},
    ],
)
def test_whatever_a_source_says_otherwise_makes_another_report(changed: dict[str, object]) -> None:
    assert msgspec.structs.replace(SEEN, **changed).id != SEEN.id


def test_a_report_is_the_same_after_the_log_has_kept_it() -> None:
    kept = msgspec.json.decode(msgspec.json.encode(SEEN), type=Report)
    assert (kept, kept.id) == (SEEN, SEEN.id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"spots": [{"role": "at", "lon": 181, "lat": 50}]},
        {"spots": [{"role": "at", "lon": 30, "lat": 91}]},
        {"spots": [{"role": "near", "zones": ["UA80"]}]},
        {"spots": [{"role": "at", "lon": 30, "lat": 50, "radius_m": -1}]},
        {"course_deg": 360},
        {"count": 0},
        {"speed_m_s": 4_001},
        {"text": "a" * 1_001},
        {"ends": ["everything"]},
        {"aim": "at"},
    ],
)
def test_what_cannot_be_a_report_is_not_read_as_one(wrong: dict[str, object]) -> None:
    said = msgspec.to_builtins(SEEN) | wrong
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(said, Report)


def test_every_make_is_of_a_kind() -> None:
    assert set(KIND_OF) == set(Make)
    assert all(KIND_OF.values())
