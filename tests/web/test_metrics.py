"""/metrics, read by the parser of Prometheus's own library: every figure is what the API says, and there are few."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

from tests.test_house import ROOT
from tests.web.running import KHARKIV, KYIV, LVIV, LVIV_HROMADA, NOON, SUMY, Running, StandingClock, running
from tocsin import __version__
from tocsin.access import LOCAL
from tocsin.atlas import Atlas, shipped
from tocsin.commands import Command, Heartbeat, Order, Raise, Release, SourceSilent
from tocsin.model import Realm, SourceId, Status, ZoneId
from tocsin.store.memory import MemoryStore


class Figures:
    """What was read."""

    def __init__(self, server: Running, query: str = "") -> None:
        answer = server.ask(f"/metrics{query}")
        assert answer.status == 200, answer.body
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        self.text = answer.body.decode()
        self.families = {family.name: family for family in text_string_to_metric_families(self.text)}

    def value(self, metric: str, /, **labels: str) -> float:
        """Of the only sample that has these labels among its own."""
        (found,) = self.values(metric, **labels)
        return found

    def values(self, metric: str, /, **labels: str) -> list[float]:
        return [
            sample.value
            for family in self.families.values()
            for sample in family.samples
            if sample.name == metric and labels.items() <= sample.labels.items()
        ]


def give(server: Running, *orders: Order, source: str = "desk") -> None:
    async def submit() -> None:
        commands = [
            Command(key=f"{source} {order}", actor="officer", source=SourceId(source), order=order) for order in orders
        ]
        server.tocsin.service.submit(commands, LOCAL, together=True)

    server.call(submit)


def test_each_zone_above_the_smallest_has_its_status_and_its_age(morning: Running) -> None:
    figures = Figures(morning)
    assert figures.value("tocsin_zone_status", zone=KYIV, level="oblast", name="Kyiv") == Status.RED.rank
    assert figures.value("tocsin_zone_status_age_seconds", zone=KYIV) == 3_600
    assert figures.value("tocsin_zone_status", zone=SUMY) == Status.EARLY_WARNING.rank
    assert figures.value("tocsin_zone_status_age_seconds", zone=SUMY) == 600
    assert figures.value("tocsin_zone_status", zone=LVIV) == Status.PARTIAL.rank
    assert figures.value("tocsin_zone_within", zone=LVIV) == Status.YELLOW.rank
    assert figures.values("tocsin_zone_status_age_seconds", zone="UA05000000000010236") == []


def test_calm_beside_an_unnamed_part_is_told_as_that(morning: Running, ukraine: Atlas) -> None:
    raion = next(zone for zone in ukraine.zones_of_level("raion") if zone.parent == KHARKIV)
    figures = Figures(morning)
    assert figures.value("tocsin_zone_status", zone=raion.id) == Status.CLEAR.rank
    assert figures.value("tocsin_zone_around", zone=raion.id) == Status.RED.rank


def test_by_default_there_are_no_more_series_than_oblasts_and_raions_call_for(morning: Running, ukraine: Atlas) -> None:
    figures = Figures(morning)
    told = figures.values("tocsin_zone_status")
    assert len(told) == sum(len(ukraine.zones_of_level(level)) for level in ("country", "oblast", "raion")) == 164
    assert figures.values("tocsin_zone_status", zone=LVIV_HROMADA) == []
    assert sum(len(family.samples) for family in figures.families.values()) < 1_000


@pytest.mark.parametrize(
    ("query", "series"), [("?levels=oblast", 27), ("?levels=raion,hromada", 136 + 1_469), ("?levels=", 0)]
)
def test_the_levels_can_be_chosen(morning: Running, query: str, series: int) -> None:
    assert len(Figures(morning, query).values("tocsin_zone_status")) == series


def test_what_there_is_not_is_refused(morning: Running) -> None:
    assert morning.ask("/metrics?levels=village").refused(400, "bad_request")["levels"][0] == "country"
    morning.ask("/metrics?level=oblast").refused(400, "bad_request")


def test_every_zone_is_counted_whatever_its_level(morning: Running) -> None:
    figures, said = Figures(morning), list(morning.get("/api/v1/state")["zones"].values())
    for status in Status:
        assert sum(figures.values("tocsin_zones", status=status)) == said.count(status)
    assert sum(figures.values("tocsin_zones")) == 1_633
    assert figures.value("tocsin_zones", level="hromada", status="yellow") == 1


def test_every_kind_of_hold_is_counted(morning: Running) -> None:
    figures = Figures(morning)
    assert figures.value("tocsin_holds", hazard="air_raid", stage="alert", level="red") == 2
    assert figures.value("tocsin_holds", hazard="air_raid", stage="alert", level="yellow") == 1
    assert figures.value("tocsin_holds", hazard="air_raid", stage="early_warning", level="red") == 1
    assert sum(figures.values("tocsin_holds")) == len(morning.get("/api/v1/state")["holds"])


def test_the_server_tells_who_it_is_and_how_far_it_has_come(server: Running) -> None:
    give(server, Raise(zones=(ZoneId(KYIV),)))
    figures = Figures(server)
    assert figures.value("tocsin_info", version=__version__, realm="live", country="UA", log=server.tocsin.hub.log) == 1
    head = server.get("/api/v1/state")["seq"]
    assert figures.value("tocsin_log_head") == figures.value("tocsin_stream_head") == head
    assert figures.value("tocsin_clock_timestamp_seconds") == NOON.timestamp()
    assert figures.value("tocsin_clock_rate") == 1
    assert figures.value("process_resident_memory_bytes") > 1_000_000


def test_streams_and_connections_are_counted(server: Running) -> None:
    before = Figures(server)
    assert before.value("tocsin_stream_subscribers") == 0
    with server.listening() as first, server.listening() as second:
        first.next("snapshot")
        second.next("snapshot")
        figures = Figures(server)
        assert figures.value("tocsin_stream_subscribers") == 2
        assert figures.value("tocsin_connections") >= 3


def test_silence_and_being_cut_off_and_never_having_heard_anything_are_told(server: Running) -> None:
    figures = Figures(server)
    assert [figures.value(f"tocsin_{name}") for name in ("heard", "cut_off", "cut_off_seconds")] == [0, 0, 0]
    give(server, Heartbeat(zones=(ZoneId(LVIV),)), SourceSilent())
    give(server, Heartbeat(), source="sensors")

    async def cut_off() -> None:
        server.tocsin.hub.cut_off(NOON - timedelta(seconds=40))

    server.call(cut_off)
    figures = Figures(server)
    assert [figures.value(f"tocsin_{name}") for name in ("heard", "cut_off", "cut_off_seconds")] == [1, 1, 40]
    assert (figures.value("tocsin_sources"), figures.value("tocsin_sources_silent")) == (2, 1)
    assert figures.value("tocsin_zone_stale", zone=LVIV) == 1
    assert figures.value("tocsin_zone_stale", zone=KYIV) == 0
    assert figures.value("tocsin_zones_stale") > 1


def test_ages_grow_while_nothing_happens_and_figures_change_with_the_state(ukraine: Atlas) -> None:
    clock = StandingClock()
    with running(MemoryStore(Realm.LIVE), ukraine, clock) as server:
        give(server, Raise(zones=(ZoneId(KYIV),)))
        assert Figures(server).value("tocsin_zone_status_age_seconds", zone=KYIV) == 0
        clock.at += timedelta(seconds=90)
        assert Figures(server).value("tocsin_zone_status_age_seconds", zone=KYIV) == 90
        give(server, Release(zones=(ZoneId(KYIV),)))
        figures = Figures(server)
        assert figures.value("tocsin_zone_status", zone=KYIV) == 0
        assert figures.values("tocsin_zone_status_age_seconds") == []


def test_over_another_country_the_smallest_level_is_left_out_as_well() -> None:
    with running(MemoryStore(Realm.DRILL), shipped("il")) as server:
        figures = Figures(server)
    assert len(figures.values("tocsin_zone_status")) == 34
    assert figures.value("tocsin_info", realm="drill") == 1


def test_every_figure_is_documented_and_every_documented_one_is_there(morning: Running) -> None:
    documented = set(re.findall(r"`(tocsin_\w+)`", (ROOT / "docs/metrics.md").read_text("utf-8")))
    samples = {sample.name for family in Figures(morning).families.values() for sample in family.samples}
    assert {name for name in samples if not name.startswith("process_")} == documented


def test_whoever_prefers_open_metrics_is_given_it(morning: Running) -> None:
    answer = morning.ask("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
    parse: Callable[..., object] = openmetrics.text_string_to_metric_families
    names = {family.name for family in parse(answer.body.decode())}  # type: ignore[attr-defined]  # an untyped generator
    assert {"tocsin_zone_status", "tocsin_zones", "tocsin_log_head"} <= names
