"""What cannot be so is refused, what is no news is set aside, each by name; everything else is taken."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from tests.world import CAPITAL, COAST, COUNTRY, DUTY, EAST, FOREST, LAND, NOON, PORT, WEST, command, minute
from tocsin.commands import TakeReports
from tocsin.errors import ReportRefused
from tocsin.intake.reports.heard import Heard
from tocsin.intake.reports.sifting import Aside, Flaw, Ground, decide_reports, flaw_in, placed
from tocsin.model import Threat, ZoneId
from tocsin.report import KIND_OF, POSSIBLE_M_S, Make, Role, Spot, Told

SEEN = Told(said_at=NOON, kinds=(Threat.DRONES,))


def told(**said: object) -> Told:
    return msgspec.structs.replace(SEEN, **said)


def why(found: object) -> str:
    return found.why.value if isinstance(found, Flaw) else ""


def in_the_port(lon: float, lat: float) -> ZoneId | None:
    """East of 30 lies the port, west of it the forest, and north of 50 what is abroad."""
    if lat > 50:
        return None
    return PORT if lon > 30 else FOREST


GROUND = Ground(in_the_port, lambda lon, lat: abs(lat - 50) * 111.0)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({}, ""),
        ({"said_at": NOON + timedelta(seconds=60)}, ""),
        ({"said_at": NOON + timedelta(seconds=61)}, "future"),
        ({"said_at": NOON - timedelta(minutes=60)}, ""),
        ({"said_at": NOON - timedelta(minutes=61)}, "old"),
        ({"kinds": ()}, "says_nothing"),
        ({"kinds": (), "ends": ("all",)}, ""),
        ({"ends": ("drones",)}, "contradicts_itself"),
        ({"ends": ("all",)}, "contradicts_itself"),
        ({"ends": ("cruise_missiles",)}, ""),
        ({"make": Make.JET_DRONE}, ""),
        ({"make": Make.BALLISTIC}, "contradicts_itself"),
        ({"speed_m_s": 51.0}, ""),
        ({"speed_m_s": 301.0}, "impossible_speed"),
        ({"speed_m_s": 301.0, "kinds": (Threat.DRONES, Threat.CRUISE_MISSILES)}, ""),
        ({"speed_m_s": 5.0, "kinds": (Threat.BALLISTIC_MISSILES,)}, "impossible_speed"),
        ({"spots": (Spot(role=Role.AT, lon=30.0),)}, "unknown_place"),
    ],
)
def test_a_report_is_weighed_by_itself(said: dict[str, object], wanted: str) -> None:
    assert why(flaw_in(told(**said), NOON)) == wanted


@pytest.mark.parametrize(
    ("spots", "area", "wanted"),
    [
        ((Spot(role=Role.AT, zones=(PORT,)),), (EAST,), ""),
        ((Spot(role=Role.AT, zones=(PORT,)),), (WEST,), "outside_area"),
        ((Spot(role=Role.PASSING, zones=(EAST,)),), (COAST,), "outside_area"),
        ((Spot(role=Role.HEADING_TO, zones=(CAPITAL,)),), (WEST,), ""),
        ((Spot(role=Role.AT, zones=(ZoneId("atlantis"),)),), (LAND,), "unknown_place"),
        ((Spot(role=Role.AT, lon=31.0, lat=49.0),), (EAST,), ""),
        ((Spot(role=Role.AT, lon=29.0, lat=49.0),), (EAST,), "outside_area"),
        ((Spot(role=Role.AT, lon=31.0, lat=52.0),), (EAST,), ""),
        ((Spot(role=Role.AT, lon=31.0, lat=54.0),), (EAST,), "outside_country"),
        ((Spot(role=Role.LAUNCH_AREA, lon=31.0, lat=60.0),), (EAST,), ""),
        ((Spot(role=Role.LAUNCH_AREA, lon=31.0, lat=80.0),), (EAST,), "outside_country"),
    ],
)
def test_a_source_speaks_of_where_it_watches(spots: tuple[Spot, ...], area: tuple[ZoneId, ...], wanted: str) -> None:
    assert why(placed(told(spots=spots), GROUND, COUNTRY, area)) == wanted


def test_of_places_that_may_be_meant_those_of_its_own_area_count() -> None:
    said = told(spots=(Spot(role=Role.AT, zones=(PORT, FOREST)), Spot(role=Role.HEADING_TO, zones=(PORT, FOREST))))
    kept = placed(said, GROUND, COUNTRY, (EAST,))
    assert not isinstance(kept, Flaw)
    assert [spot.zones for spot in kept[0].spots] == [(PORT,), (PORT,)]
    everywhere = placed(said, GROUND, COUNTRY, (LAND,))
    assert not isinstance(everywhere, Flaw)
    assert everywhere[0] == said, "unsettled, all of them count"


def test_where_a_point_lies_is_told_with_it() -> None:
    kept = placed(told(spots=(Spot(role=Role.AT, lon=31.0, lat=49.0),)), GROUND, COUNTRY, (EAST,))
    assert not isinstance(kept, Flaw)
    assert kept[1] == {PORT}


def test_exchanged_longitude_and_latitude_are_said_to_be() -> None:
    ground = Ground(lambda lon, lat: None, lambda lon, lat: 0.0 if (lon, lat) == (30.5, 50.4) else 2_500.0)
    flaw = placed(told(spots=(Spot(role=Role.AT, lon=50.4, lat=30.5),)), ground, COUNTRY, (LAND,))
    assert isinstance(flaw, Flaw)
    assert "exchanged" in flaw.words


def test_refused_and_set_aside_are_told_apart() -> None:
    assert {one for one in Aside if not one.refused} == {
        Aside.OLD,
        Aside.SAYS_NOTHING,
        Aside.ADVERT,
        Aside.OTHER_LANGUAGE,
        Aside.NO_THREAT,
        Aside.REPEATED,
    }


def test_every_kind_has_speeds_that_its_makes_fit() -> None:
    assert set(POSSIBLE_M_S) == set(Threat)
    assert all(POSSIBLE_M_S[kind][0] < POSSIBLE_M_S[kind][1] for kinds in KIND_OF.values() for kind in kinds)


def test_what_was_said_before_leads_to_nothing() -> None:
    order = TakeReports(reports=(SEEN, SEEN, told(track="2")))
    [event] = decide_reports(Heard(), command(order), COUNTRY, NOON)
    assert [(report.source, report.received_at, report.track) for report in event.reports] == [
        (DUTY, NOON, None),
        (DUTY, NOON, "2"),
    ]
    heard = Heard().after(0, [event])
    assert decide_reports(heard, command(order), COUNTRY, minute(5)) == ()


@pytest.mark.parametrize("said", [{"said_at": minute(9)}, {"spots": (Spot(role=Role.AT, zones=(ZoneId("nowhere"),)),)}])
def test_an_order_with_what_cannot_be_is_refused_whole(said: dict[str, object]) -> None:
    with pytest.raises(ReportRefused):
        decide_reports(Heard(), command(TakeReports(reports=(SEEN, told(**said)))), COUNTRY, NOON)
