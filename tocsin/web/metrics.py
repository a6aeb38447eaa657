"""Figures for Prometheus under /metrics: what is said of zones, since when, and how the server fares.

Zones are told one by one only on the levels that are asked for, and by default on all but the smallest: a country has
some hundreds of those, and a watcher keeps each as a series of its own. Documented in docs/metrics.md.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated

import msgspec
from aiohttp import hdrs, web
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from tocsin import __version__, limits
from tocsin.app import Tocsin
from tocsin.engine import State, stale_zones, status_of, statuses
from tocsin.errors import BadRequest
from tocsin.intake.reports.sifting import Aside
from tocsin.model import Freshness, Hazard, Level, Stage, Status, Zone, ZoneId, ZoneStatus
from tocsin.reading import Reading
from tocsin.web.answers import NO_STORE
from tocsin.web.questions import query
from tocsin.web.sse import DOOR

Family = GaugeMetricFamily | InfoMetricFamily | CounterMetricFamily


class MetricsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    levels: Annotated[str, msgspec.Meta(max_length=limits.NAME_CHARS)] | None = None
    """The levels whose zones are told one by one, with commas between them; none where it is empty."""


class Metrics:
    """The handler, over one running Tocsin or edge."""

    def __init__(self, tocsin: Reading) -> None:
        self._tocsin = tocsin
        self._process = CollectorRegistry()
        ProcessCollector(registry=self._process)
        self._known: dict[tuple[str, ...], tuple[State, Said]] = {}
        """What was found out of the last state, by levels: it takes its time where a whole country is under alert."""

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/metrics", self.metrics)

    async def metrics(self, request: web.Request) -> web.Response:
        """All figures, in the form that the asker prefers."""
        asked = query(request, MetricsQuery)
        levels = self._levels(asked.levels)
        state = self._tocsin.state
        known = self._known.get(levels)
        if known is None or known[0] is not state:
            said = await asyncio.to_thread(_said, state, self._zones(levels))
            self._known[levels] = known = state, said
        registry = CollectorRegistry()
        connections = request.app[DOOR].connections if DOOR in request.app else 0
        registry.register(Told(self._tocsin, known[0], known[1], self._counted(known[1]), connections))
        registry.register(_Through(self._process))
        encode, content_type = choose_encoder(request.headers.get(hdrs.ACCEPT, ""))
        return web.Response(body=encode(registry), headers={**NO_STORE, hdrs.CONTENT_TYPE: content_type})

    def _levels(self, asked: str | None) -> tuple[str, ...]:
        there = self._tocsin.atlas.levels
        if asked is None:
            return there[:-1]
        wanted = [level for level in asked.split(",") if level]
        if unknown := [level for level in wanted if level not in there]:
            raise BadRequest(f"there is no level {unknown[0]}", levels=list(there))
        return tuple(level for level in there if level in wanted)

    def _zones(self, levels: tuple[str, ...]) -> list[Zone]:
        return [zone for level in levels for zone in self._tocsin.atlas.zones_of_level(level)]

    def _counted(self, said: Said) -> list[tuple[str, Status, int]]:
        """How many zones of each level have each status, none left out."""
        level = {zone.id: zone.level for zone in self._tocsin.atlas.zones}
        found = Counter((level[zone], status) for zone, status in said.statuses.items())
        return [(one, status, found[one, status]) for one in self._tocsin.atlas.levels for status in Status]


class Said(msgspec.Struct, frozen=True):
    """What is to be known of one state."""

    statuses: dict[ZoneId, Status]
    zones: list[tuple[Zone, ZoneStatus]]
    stale: int


def _said(state: State, zones: Iterable[Zone]) -> Said:
    return Said(
        statuses(state),
        [(zone, status_of(state, zone.id)) for zone in zones],
        len(stale_zones(state)),
    )


class _Through(Collector):
    """What another registry holds."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterable[Metric]:
        return self._registry.collect()


class Told(Collector):
    """The families, from one state at one moment."""

    def __init__(
        self,
        tocsin: Reading,
        state: State,
        said: Said,
        counted: list[tuple[str, Status, int]],
        connections: int,
    ) -> None:
        self._tocsin = tocsin
        self._state = state
        self._said = said
        self._counted = counted
        self._connections = connections
        self._now = tocsin.clock.now()

    def collect(self) -> Iterator[Metric]:
        yield from self._server()
        yield from self._threats()
        yield from self._standing()
        yield from self._zones()

    def _server(self) -> Iterator[Family]:
        tocsin, hub, state = self._tocsin, self._tocsin.hub, self._state
        info = InfoMetricFamily("tocsin", "Which Tocsin this is")
        info.add_metric(
            [],
            {
                "version": __version__,
                "realm": tocsin.store.realm.value,
                "country": str(tocsin.atlas.country.id),
                "log": hub.log,
            },
        )
        yield info
        cut_off = 0.0 if hub.cut_off_since is None else max((self._now - hub.cut_off_since).total_seconds(), 0.0)
        silent = sum(source.silent_since is not None for source in state.sources.values())
        heads = tocsin.heads
        for name, meaning, value in (
            ("tocsin_heard", "Whether a warning or a source was ever told of; calm is none where not", _heard(state)),
            ("tocsin_cut_off", "Whether this edge is cut off from the server that it follows", cut_off > 0),
            ("tocsin_cut_off_seconds", "For how long it has been cut off", cut_off),
            ("tocsin_clock_timestamp_seconds", "What its clock says", self._now.timestamp()),
            ("tocsin_clock_rate", "Seconds of its clock for each real one", tocsin.clock.rate),
            ("tocsin_log_head", "The seq of the log's last entry", state.seq),
            ("tocsin_log_signed_head", "The seq of the last head that was signed", heads.latest.seq if heads else 0),
            ("tocsin_stream_head", "The seq up to which the stream has been told", hub.ring.head),
            ("tocsin_stream_subscribers", "Open streams", hub.subscribers),
            ("tocsin_connections", "Open connections, streams included", self._connections),
            ("tocsin_sources_silent", "Sources that have fallen silent", silent),
            ("tocsin_sources", "Sources that are watched or silent", len(state.sources)),
        ):
            yield GaugeMetricFamily(name, meaning, value=float(value))

    def _threats(self) -> Iterator[Family]:
        if not isinstance(self._tocsin, Tocsin):
            return
        counts, view = self._tocsin.reporting.counts, self._tocsin.watching.view()
        reports = CounterMetricFamily(
            "tocsin_reports", "Reports of threats since the start, by what became of them", labels=["outcome"]
        )
        for outcome in dict.fromkeys(("taken", "too_often", *(one.value for one in Aside))):
            reports.add_metric([outcome], counts[outcome])
        yield reports
        threats = GaugeMetricFamily(
            "tocsin_threats", "Threats in the air, by whether news of them is old", labels=["stale"]
        )
        for stale in (False, True):
            threats.add_metric([str(stale).lower()], view.in_the_air(stale=stale))
        yield threats
        zones = sum(len(proposal.zones) for proposal in view.proposals)
        yield GaugeMetricFamily("tocsin_zones_proposed", "Zones for which a warning is proposed", value=float(zones))

    def _standing(self) -> Iterator[Family]:
        holds = GaugeMetricFamily("tocsin_holds", "Open holds", labels=["hazard", "stage", "level"])
        found = Counter((hold.hazard, hold.stage, hold.level) for hold in self._state.holds.values())
        for hazard in Hazard:
            for stage in Stage:
                for level in Level:
                    holds.add_metric([hazard, stage, level], found[hazard, stage, level])
        yield holds
        zones = GaugeMetricFamily("tocsin_zones", "Zones, by what is said of them", labels=["level", "status"])
        for zone_level, status, count in self._counted:
            zones.add_metric([zone_level, status], count)
        yield zones
        yield GaugeMetricFamily("tocsin_zones_stale", "Zones of which what is said may be over", value=self._said.stale)

    def _zones(self) -> Iterator[Family]:
        labels = ["zone", "name", "level"]
        scale = "0 clear, 1 partial, 2 early warning, 3 yellow, 4 red"
        status = GaugeMetricFamily("tocsin_zone_status", f"What is said of a zone: {scale}", labels=labels)
        within = GaugeMetricFamily("tocsin_zone_within", "The worst of any part of it, likewise", labels=labels)
        around = GaugeMetricFamily(
            "tocsin_zone_around",
            "The worst of an unnamed part of what it lies in, which may be it: it is not calm where this is not 0",
            labels=labels,
        )
        stale = GaugeMetricFamily("tocsin_zone_stale", "Whether what is said of it may be over", labels=labels)
        age = GaugeMetricFamily(
            "tocsin_zone_status_age_seconds", "How long it has been under warning; absent where clear", labels=labels
        )
        for zone, said in self._said.zones:
            named = [str(zone.id), zone.names.get("en") or next(iter(zone.names.values())), zone.level]
            status.add_metric(named, said.status.rank)
            within.add_metric(named, said.within.rank)
            around.add_metric(named, said.around.rank)
            stale.add_metric(named, said.freshness is Freshness.STALE)
            if said.since is not None:
                age.add_metric(named, max((self._now - said.since).total_seconds(), 0.0))
        yield from (status, within, around, stale, age)


def _heard(state: State) -> bool:
    return bool(state.touched or state.sources)
