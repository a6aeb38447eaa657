"""The Tocsin that is followed: the real service, and what it says in each dialect, by the dialect's own code."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from tocsin.access import LOCAL
from tocsin.app import open_atlas
from tocsin.atlas import Atlas
from tocsin.commands import Command, Escalate, Order, Raise, Release, Replace, Withdraw
from tocsin.compat.alerts_in_ua import bodies as alerts_in_ua
from tocsin.compat.alerts_in_ua import words as alerts_in_ua_words
from tocsin.compat.alerts_in_ua.places import Places
from tocsin.compat.kept import Kept
from tocsin.compat.ukrainealarm import bodies as ukrainealarm
from tocsin.compat.ukrainealarm import words as ukrainealarm_words
from tocsin.compat.ukrainealarm.regions import Regions
from tocsin.events import public
from tocsin.intake.following.readings import Answer
from tocsin.model import Extent, Hazard, Hold, Level, SourceId, Stage, Threat, ZoneId
from tocsin.service import Service
from tocsin.store.memory import MemoryStore

ISRAEL = ZoneInfo("Asia/Jerusalem")
DESK = SourceId("desk")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

Held = dict[tuple[ZoneId, Hazard], Level]
"""What is under alert, and the worst level of it."""


class Time:
    """The time of a round."""

    rate = 1.0

    def __init__(self) -> None:
        self.s = 0.0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.s)

    def elapsed_s(self) -> float:
        return self.s


class OwnClock(Time):
    """The follower's clock, which may be off."""

    def __init__(self, time: Time) -> None:
        super().__init__()
        self.off_s = 0.0
        self._time = time

    def now(self) -> datetime:
        return self._time.now() + timedelta(seconds=self.off_s)

    def elapsed_s(self) -> float:
        return self._time.s


@cache
def atlas(name: str) -> Atlas:
    return open_atlas(name)


@cache
def places() -> Places:
    return Places(atlas("ua"))


@cache
def regions() -> Regions:
    return Regions(atlas("ua"))


class Leader:
    """One that gives orders by chance, on a few zones that lie in one another and beside."""

    def __init__(self, dialect: str, time: Time, chance: random.Random) -> None:
        self.dialect = dialect
        self.time = time
        self.chance = chance
        self.atlas = atlas("il" if dialect == "oref" else "ua")
        self.store = MemoryStore()
        self.service = Service(self.store, self.atlas.hierarchy, time)
        self.zones = self._some_zones()
        self.rows: list[dict[str, object]] = []
        """Of the Home Front Command, newest first."""
        self.called: tuple[float, dict[str, object]] | None = None
        self._number = 0
        state = lambda: self.service.state  # noqa: E731 - a name for what is used twice
        self._alerts, self._kept = Kept(state, time.now), Kept(state, time.now)

    def _some_zones(self) -> list[ZoneId]:
        if self.dialect == "oref":
            areas = [zone.id for zone in self.atlas.zones_of_level("area")]
            return self.chance.sample(areas, 8)
        told = [zone.id for zone in self.atlas.zones if regions().of(zone.id) and "alerts_in_ua" in zone.codes]
        oblasts = [zone for zone in told if self.atlas.level_of(zone) == "oblast" and self._below(zone, told)]
        found: list[ZoneId] = []
        for oblast in self.chance.sample(oblasts, 3):
            raions = self.chance.sample(below := self._below(oblast, told), min(2, len(below)))
            found += [oblast, *raions, *self._below(raions[0], told)[:1]]
        return found

    def _below(self, zone: ZoneId, told: list[ZoneId]) -> list[ZoneId]:
        return [child for child in self.atlas.hierarchy.children(zone) if child in told]

    # --- what happens ---------------------------------------------------------------------------

    def live(self) -> None:
        """One thing, by chance."""
        holds = list(self.service.state.holds.values())
        draw = self.chance.random()
        if draw < 0.5 or not holds:
            self._raise()
        elif draw < 0.6 and self.dialect != "oref":
            self._change(self.chance.choice(holds))
        elif draw < 0.66:
            for hold in self.chance.sample(holds, (len(holds) + 1) // 2):
                self._end(hold)
        else:
            self._end(self.chance.choice(holds))

    def _raise(self) -> None:
        early = self.dialect in ("tocsin", "oref") and self.chance.random() < 0.2
        plain = self.dialect == "oref"
        part = (
            not plain and self.chance.random() < 0.1
        )  # one zone is never held in part and as a whole: that is said so
        zones = (
            self.zones[-1:] if part else tuple(self.chance.sample(self.zones[:-1], self.chance.choice((1, 1, 2, 4))))
        )
        order = Raise(
            zones=tuple(zones),
            hazard=Hazard.AIR_RAID if plain or self.chance.random() < 0.9 else Hazard.ARTILLERY,
            threat=Threat.UNSPECIFIED_MISSILES if plain else self.chance.choice((Threat.UNKNOWN, Threat.DRONES)),
            stage=Stage.EARLY_WARNING if early else Stage.ALERT,
            level=Level.RED if plain else self.chance.choice(tuple(Level)),
            extent=Extent.PART if part else Extent.WHOLE,
        )
        self.order(order)
        if plain:
            title = "בדקות הקרובות צפויות להתקבל התרעות באזורך" if early else "ירי רקטות וטילים"
            self._call(order.zones, title, "10" if early else "1", 14 if early else 1)

    def _change(self, hold: Hold) -> None:
        lower = hold.level is Level.RED and hold.stage is Stage.ALERT and self.chance.random() < 0.5
        if lower:
            by = Raise(
                zones=(hold.zone,), hazard=hold.hazard, threat=hold.threat, level=Level.YELLOW, extent=hold.extent
            )
            self.order(Replace(zones=(hold.zone,), hazard=hold.hazard, by=by))
        else:
            self.order(Escalate(zones=(hold.zone,), hazard=hold.hazard, to_level=Level.RED, to_stage=Stage.ALERT))

    def _end(self, hold: Hold) -> None:
        kind = Withdraw if self.chance.random() < 0.2 else Release
        self.order(kind(zones=(hold.zone,), hazard=hold.hazard))
        if self.dialect == "oref":
            self._call((hold.zone,), "ירי רקטות וטילים - האירוע הסתיים", "10", 13)

    def order(self, order: Order) -> None:
        self._number += 1
        command = Command(key=str(self._number), actor="desk", source=DESK, order=order)
        self.service.submit([command], LOCAL)  # one that the state does not allow is refused, which is all right

    def _call(self, zones: tuple[ZoneId, ...], title: str, cat: str, category: int) -> None:
        names = [self.atlas.zone(zone).names["he"] for zone in zones]
        id = str(int(self.time.s * 10_000_000) + self._number + 134_177_258_620_000_000)
        self.called = (self.time.s, {"id": id, "cat": cat, "title": title, "data": names, "desc": ""})
        at = f"{self.time.now().astimezone(ISRAEL):%Y-%m-%d %H:%M:%S}"
        rows = [{"alertDate": at, "title": title, "data": name, "category": category} for name in names]
        self.rows = [*rows, *self.rows][:200]

    # --- what is so -----------------------------------------------------------------------------

    def holds(self) -> Held:
        """What the dialect can say of what stands."""
        found: Held = {}
        for hold in self.service.state.holds.values():
            if hold.stage is Stage.EARLY_WARNING and self.dialect in ("alerts.in.ua", "ukrainealarm"):
                continue
            key = (hold.zone, hold.hazard)
            if found.get(key) is not Level.RED:
                found[key] = hold.level
        return found

    # --- what is said ---------------------------------------------------------------------------

    def answer(self, path: str, headers: dict[str, str]) -> Answer:
        state = self.service.state
        if path == "/v1/alerts/active.json":
            marks = alerts_in_ua_words.Marks()
            told = self._alerts.get("active", lambda state: alerts_in_ua.active(state, places(), marks))
            made = self._kept.get("active", lambda _: alerts_in_ua.alerts(told.body, told.modified, "none"))
            modified = made.modified.strftime("%a, %d %b %Y %H:%M:%S GMT")
            if headers.get("If-Modified-Since") == modified:
                return Answer(status=304, headers={"last-modified": modified})
            return Answer(status=200, headers={"last-modified": modified}, body=made.body)
        if path == "/api/v3/alerts/status":
            return Answer(status=200, body=ukrainealarm.status(state))
        if path == "/api/v3/alerts":
            made = self._kept.get(
                "alerts",
                lambda state: ukrainealarm.Standing(state, regions(), ukrainealarm_words.Marks()).alerts(),
            )
            return Answer(status=200, body=made.body)
        date = {"date": self.time.now().strftime("%a, %d %b %Y %H:%M:%S GMT")}
        if path.endswith("Alerts.json"):
            called = self.called if self.called is not None and self.time.s - self.called[0] < 10 else None
            body = b"\xef\xbb\xbf" + (json.dumps(called[1]).encode() if called else b"")
            return Answer(status=200, headers=date, body=body)
        return Answer(status=200, headers=date, body=json.dumps(self.rows).encode())

    def entries(self, after: int) -> list[bytes]:
        """What the stream says after a seq, each as JSON."""
        import msgspec

        return [msgspec.json.encode(public(entry)) for entry in self.store.read(after, 10_000)]

    def snapshot(self) -> dict[str, object]:
        import msgspec

        state = self.service.state
        return {
            "seq": state.seq,
            "log": self.store.identity,
            "realm": "live",
            "heard": True,
            "holds": msgspec.to_builtins(sorted(state.holds.values(), key=lambda hold: hold.id)),
            "sources": [],
            "cut_off_since": None,
        }
