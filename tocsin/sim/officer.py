"""An officer: looks at what stands, and warns, changes and ends as the day goes; sometimes wrongly (blunders.py)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from functools import cached_property

from tocsin.commands import (
    AcceptClock,
    Annotate,
    Escalate,
    Extend,
    Narrow,
    Order,
    Raise,
    Release,
    Replace,
    SourceBack,
    SourceSilent,
    Withdraw,
)
from tocsin.errors import ClockRanBack
from tocsin.model import Extent, Hazard, Level, SourceId, Stage, Threat, Verb, ZoneId
from tocsin.sim import blunders
from tocsin.sim.book import Held
from tocsin.sim.faults import Fault
from tocsin.sim.giver import Giver
from tocsin.sim.land import WITHIN
from tocsin.sim.station import Answer

HAZARDS = tuple(Hazard)
THREATS = tuple(Threat)
CAUSES = (None, None, "heard by two posts", "drones from the sea")


class Officer(Giver):
    """A person on duty."""

    def told(self, key: str, answer: Answer) -> None:
        super().told(key, answer)
        may = Verb.ADMINISTER in self.holder.terms[0].verbs
        if isinstance(answer, ClockRanBack) and may and self.random.random() < 0.3:
            self.give(AcceptClock(), reason="looked at the clock: it is right")

    def act(self) -> None:
        """Do something, right or wrong."""
        wrong = [Fault.GRANT_CHANGED] if self._administers() else self.weather.temptations()
        if any(blunders.commit(self, blunder) for blunder in wrong):
            return
        order = self.choose()
        decided_upon = self.book.seq if self.random.random() < 0.3 else None
        token = self.random.choice(self.tokens) if self.random.random() < 0.3 else None
        self.give(order, decided_upon=decided_upon, token=token, reason="as seen")

    def _administers(self) -> bool:
        """Who may do what changes more often here than in a quiet land."""
        may = Verb.ADMINISTER in self.holder.terms[0].verbs
        return may and self.weather.has(Fault.GRANT_CHANGED) and self.random.random() < 0.15

    def choose(self) -> Order:
        """Something that makes sense in what stands."""
        random = self.random
        mine = [hold for hold in self.book.holds.values() if hold.source == self.source]
        others = [hold for hold in self.book.holds.values() if hold.source != self.source and hold.zone in self.inside]
        chance = random.random()
        if others and chance < 0.12:
            return self._upon_another(random.choice(others))
        if chance < 0.16:
            return SourceSilent(of=SourceId(random.choice(("radar", "siren", "neighbour", "east-duty"))))
        if chance < 0.18:
            return SourceBack(of=SourceId(random.choice(("radar", "siren", "neighbour"))))
        if not mine or chance < 0.45:
            return self.warning()
        return self.upon(random.choice(mine))

    def _upon_another(self, hold: Held) -> Order:
        kind = Withdraw if self.random.random() < 0.3 else Release
        return kind(zones=(ZoneId(hold.zone),), hazard=Hazard(hold.hazard), of=SourceId(hold.source))

    @cached_property
    def inside(self) -> frozenset[str]:
        """All zones of the area."""
        return frozenset(zone for top in self.area for zone in WITHIN[top])

    @cached_property
    def _small(self) -> tuple[ZoneId, ...]:
        """The zones of the area that are no region."""
        return tuple(zone for top in self.area for zone in WITHIN[top] if len(WITHIN[zone]) <= 3)

    def zones(self) -> tuple[ZoneId, ...]:
        """One to three zones in the area, and seldom all of it."""
        random = self.random
        if random.random() < (0.15 if len(self.inside) > 6 else 0.05):
            return self.holder.terms[0].zones
        return tuple(dict.fromkeys(random.choices(self._small, k=random.choice((1, 1, 2, 3)))))

    def warning(self, zones: tuple[ZoneId, ...] | None = None) -> Raise:
        random = self.random
        granted = self.holder.terms[0].hazards
        hazard = Hazard.AIR_RAID if random.random() < 0.6 else random.choice(granted)
        return Raise(
            zones=zones or self.zones(),
            hazard=hazard,
            threat=random.choice(THREATS) if hazard is Hazard.AIR_RAID else Threat.UNKNOWN,
            stage=Stage.EARLY_WARNING if random.random() < 0.25 else Stage.ALERT,
            level=Level.YELLOW if random.random() < 0.3 else Level.RED,
            extent=Extent.PART if random.random() < 0.15 else Extent.WHOLE,
            at=self.moment() if random.random() < 0.15 else None,
            ref=f"ref {random.randrange(5)}" if random.random() < 0.2 else None,
            cause=random.choice(CAUSES),
        )

    def upon(self, hold: Held) -> Order:
        """An order upon a hold that stands."""
        random = self.random
        zone, hazard = ZoneId(hold.zone), Hazard(hold.hazard)
        at = self.moment() if random.random() < 0.1 else None
        threat = Threat(hold.threat) if random.random() < 0.3 else None
        ref = hold.ref if random.random() < 0.5 else None
        chance = random.random()
        if chance < 0.4:
            zones: tuple[ZoneId, ...] = (zone,)
            if random.random() < 0.3:
                held = (other for other in self.book.holds.values() if other.source == hold.source)
                zones = tuple(dict.fromkeys(ZoneId(other.zone) for other in held if other.hazard == hold.hazard))
            return Release(zones=zones, hazard=hazard, threat=threat, ref=ref, at=at)
        if chance < 0.5:
            return Withdraw(zones=(zone,), hazard=hazard, ref=ref, cause="it was our own")
        if chance < 0.62:
            return Escalate(zones=(zone,), hazard=hazard, to_stage=Stage.ALERT, to_level=random.choice(tuple(Level)))
        if chance < 0.74:
            below = WITHIN[zone][1:]
            return Narrow(zones=(zone,), hazard=hazard, at=at, to=(random.choice(below) if below else zone,))
        if chance < 0.84:
            return Extend(zones=(zone,), hazard=hazard, to=self.zones())
        if chance < 0.94:
            by = self.warning((zone,) if random.random() < 0.6 else None)
            return Replace(zones=(zone,), hazard=hazard, by=by)
        return Annotate(zones=(zone,), hazard=hazard, note=f"seen {random.randrange(4)}")

    def moment(self) -> datetime:
        """Now, or some time ago, by the officer's own clock and zone."""
        ago_s = self.random.choice((0.0, 5.0, 60.0, 900.0))
        ahead_s = 0.0
        if self.weather.strikes(Fault.GIVER_CLOCK_SKEWED):
            ahead_s = self.random.choice((-4_000.0, -20.0, 20.0, 50.0, 300.0))
        moment = self.universe.moment + timedelta(seconds=ahead_s - ago_s)
        if self.weather.strikes(Fault.OTHER_TIME_ZONE):
            return moment.astimezone(timezone(timedelta(hours=self.random.choice((-5, 2, 3, 14)))))
        return moment.astimezone(UTC)
