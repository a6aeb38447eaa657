"""A lookout with its sources, and what they report: as short to write as what matters in it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from tests.service.people import granted
from tests.world import StillClock, command
from tocsin.access import LOCAL, Caller
from tocsin.assess.policy import Policy, read_policy
from tocsin.atlas import Atlas
from tocsin.commands import Command, Order, TakeReports
from tocsin.group import Outcome
from tocsin.lookout.watching import ASSESSMENT, Watching
from tocsin.model import Hold, HolderKind, Realm, SourceId, Threat, Verb, ZoneId
from tocsin.report import Role, Spot, Told
from tocsin.service import Service
from tocsin.store import Receipt
from tocsin.store.memory import MemoryStore

UKRAINE, SUMY, POLTAVA, KYIV_OBLAST = map(
    ZoneId, ("UA", "UA59000000000057109", "UA53000000000028050", "UA32000000000030281")
)
ARMY, POST, RUMOUR = SourceId("army"), SourceId("post"), SourceId("rumour")
NEAR_SUMY, SOUTH_OF_SUMY, SOUTH_OF_POLTAVA = (34.8, 50.9), (34.6, 50.4), (34.5, 49.4)


def placing(confirmations: int = 2, zones: int = 10_000, hold_back: int = 10_000) -> Policy:
    """A policy that places drones by itself."""
    return read_policy(f"""
        name = "placing"
        ceiling = {{ zones = {zones}, people = 50_000_000 }}
        hold_back = {{ zones = {hold_back}, wait_s = 60 }}
        [[rules]]
        threats = ["drones"]
        unit = "hromada"
        stage = "alert"
        level = "red"
        propose = {{ near_certain = 30, likely = 30, possible = 30, unlikely = 30 }}
        place = {{ near_certain = 30, likely = 30, possible = 30, unlikely = 30 }}
        confirmations = {confirmations}
        keep_min = 5
        public = "zones"
        """)


class Post:
    """One service with a lookout over it; time stands until it is moved."""

    def __init__(self, atlas: Atlas, policy: Policy, *, store: MemoryStore | None = None, **terms: Any) -> None:
        """``terms``: of the machine's own grant; without verbs it has none."""
        self.atlas, self.policy = atlas, policy
        self.clock = StillClock()
        self.store = store or MemoryStore(Realm.LIVE)
        self.service = Service(self.store, atlas.hierarchy, self.clock)
        if store is None:
            self.reporter(ARMY, UKRAINE)
            self.reporter(POST, SUMY)
            if terms.get("verbs") != ():
                self.grant(ASSESSMENT, UKRAINE, **{"verbs": (Verb.RAISE,), **terms})
            self.grant("olena", UKRAINE, kind=HolderKind.PERSON)
        self.watching = Watching(self.service, atlas, policy)
        self.service.wake(self.watching.hear)

    def grant(self, holder: str, *zones: ZoneId, **said: Any) -> int:
        given: dict[str, Any] = {"kind": HolderKind.SERVICE, "sources": (SourceId(holder),), **said}
        return granted(self.service, holder, *zones, **given)

    def reporter(self, source: SourceId, *zones: ZoneId, **said: Any) -> int:
        return self.grant(source, *zones, verbs=(Verb.REPORT,), **said)

    def report(self, source: SourceId, at: tuple[float, float] = NEAR_SUMY, **said: Any) -> None:
        """One drone, seen somewhere now and flying south-west, if nothing else is said."""
        spots = (Spot(role=Role.AT, lon=at[0], lat=at[1], radius_m=2_000.0),)
        usual: dict[str, Any] = {
            "said_at": self.clock.at,
            "kinds": (Threat.DRONES,),
            "spots": spots,
            "course_deg": 225.0,
        }
        order = TakeReports(reports=(Told(**{**usual, **said}),))
        [outcome] = self.service.submit([command(order, source)], LOCAL)
        assert isinstance(outcome, Receipt), outcome

    def over(self, source: SourceId) -> None:
        self.report(source, kinds=(), ends=("drones",), spots=(), course_deg=None)

    def look(self) -> None:
        asyncio.run(self.watching.step(self._give))

    async def _give(self, commands: Sequence[Command], caller: Caller) -> Sequence[Outcome]:
        return self.service.submit(commands, caller)

    def order(self, order: Order) -> Outcome:
        """By Olena."""
        [outcome] = self.service.submit([command(order, SourceId("olena"), actor="olena")], Caller(holder="olena"))
        return outcome

    def placed(self) -> list[Hold]:
        return [hold for hold in self.service.state.holds.values() if hold.source == ASSESSMENT]

    def zones(self) -> set[ZoneId]:
        return {hold.zone for hold in self.placed()}

    def within(self, *areas: ZoneId) -> bool:
        """Whether all that was placed lies there."""
        above = self.atlas.hierarchy.ancestors
        return all(not {zone, *above(zone)}.isdisjoint(areas) for zone in self.zones())

    def proposed(self) -> dict[ZoneId, str | None]:
        """What is proposed, and why it is left to people."""
        found = self.watching.view().proposals
        return {zone.zone: zone.held_back for proposal in found for zone in proposal.zones}

    def minutes(self, number: float) -> None:
        self.clock.at += timedelta(minutes=number)
        self.clock.elapsed += number * 60
