"""Sources that are no people: a sensor that may lie, flap or fall silent, and the follower of an upstream feed."""

from __future__ import annotations

import msgspec

from tocsin.commands import Heartbeat, Raise, Release, SourceBack, SourceSilent, Withdraw
from tocsin.model import Hazard, Realm, SourceId, Threat, ZoneId
from tocsin.sim import blunders
from tocsin.sim.book import Book
from tocsin.sim.faults import Fault
from tocsin.sim.giver import Giver
from tocsin.sim.land import ZONES, Holder
from tocsin.sim.officer import Officer
from tocsin.sim.station import Answer
from tocsin.sim.universe import IDLE
from tocsin.sim.wires import Wires
from tocsin.store import Receipt


class Pulse:
    """Signs of life, a third of the promised silence apart, for as long as the source can be heard."""

    def __init__(self, giver: Giver, promise_s: int, zones: tuple[ZoneId, ...]) -> None:
        self.giver = giver
        self.promise_s = promise_s
        self.zones = zones
        self.quiet_until_s = 0.0
        self.heard_s = -1.0
        """When it gave the sign of life that was answered last, if it was not refused."""

    @property
    def quiet(self) -> bool:
        return self.giver.universe.now_s < self.quiet_until_s and not self.giver.weather.healed

    def beat(self) -> object:
        giver, weather = self.giver, self.giver.weather
        giver.universe.after(self.promise_s / 3, self.beat)
        if self.quiet:
            return IDLE
        if weather.strikes(Fault.SOURCE_SILENT):
            self.quiet_until_s = giver.universe.now_s + self.promise_s * giver.random.choice((3, 20))
        elif weather.strikes(Fault.SOURCE_FLAPS):
            self.quiet_until_s = giver.universe.now_s + self.promise_s * giver.random.uniform(0.9, 1.3)
        else:
            self.give()
        return None

    def lose_power(self) -> None:
        """What ended the service may have ended the source beside it."""
        weather, random = self.giver.weather, self.giver.random
        if weather.has(Fault.SOURCE_SILENT) and random.random() < 0.4:
            weather.note(Fault.SOURCE_SILENT)
            self.quiet_until_s = self.giver.universe.now_s + self.promise_s * random.choice((3, 20))

    def give(self) -> None:
        now_s = self.giver.universe.now_s

        def answered(answer: Answer) -> None:
            self.heard_s = now_s if isinstance(answer, Receipt) else -1.0

        self.giver.give(Heartbeat(silent_after_s=self.promise_s, zones=self.zones), honest=False, then=answered)


class Sensor(Officer):
    """A service that warns and ends by itself, each alert under an id of its own."""

    def __init__(self, wires: Wires, realm: Realm, holder: Holder, book: Book, promise_s: int) -> None:
        super().__init__(wires, realm, holder, book)
        self.pulse = Pulse(self, promise_s, self.holder.terms[0].zones[:1])
        self._alerts = 0

    def act(self) -> None:
        if self.pulse.quiet:
            return
        wrong = self.weather.temptations()
        if self.weather.has(Fault.SOURCE_MEDDLES) and self.random.random() < 0.1:
            wrong = [Fault.SOURCE_MEDDLES]
        if not any(self._misbehave(blunder) for blunder in wrong):
            self._speak()

    def _misbehave(self, blunder: Fault) -> bool:
        if blunder is Fault.SOURCE_MEDDLES:
            return self._meddle()
        if blunder is Fault.SOURCE_LIES:
            self.weather.note(blunder)
            self.give(self.warning((self.random.choice(ZONES),)), honest=False)
            return True
        return blunders.commit(self, blunder)

    def _speak(self) -> None:
        mine = [hold for hold in self.book.holds.values() if hold.source == self.source]
        if mine and self.random.random() < 0.5:
            hold = self.random.choice(mine)
            if self.random.random() < 0.3:
                self.give(self.upon(hold))
                return
            self.give(Release(zones=(ZoneId(hold.zone),), hazard=Hazard(hold.hazard), ref=hold.ref))
            return
        self._alerts += 1
        self.give(msgspec.structs.replace(self.warning(), ref=f"{self.source} {self._alerts}"))

    def _meddle(self) -> bool:
        others = [hold for hold in self.book.holds.values() if hold.source != self.source]
        others = [hold for hold in others if hold.zone in self.inside] or others
        if not others:
            return False
        self.weather.note(Fault.SOURCE_MEDDLES)
        hold = self.random.choice(others)
        of, zones, hazard = SourceId(hold.source), (ZoneId(hold.zone),), Hazard(hold.hazard)
        order = self.random.choice(
            (
                Release(zones=zones, hazard=hazard, of=of),
                Withdraw(zones=zones, hazard=hazard, of=of),
                SourceSilent(of=of),
                SourceBack(of=of),
            )
        )
        self.give(order, honest=False)
        return True


class Alert(msgspec.Struct, frozen=True):
    """One alert as an upstream feed lists it."""

    ref: str
    zone: ZoneId
    ended: bool


class Feed(msgspec.Struct, frozen=True):
    """What one poll gives."""

    version: int
    alerts: tuple[Alert, ...]


class Upstream:
    """Another country's system: the truth about its alerts, and what its feed makes of it."""

    def __init__(self, giver: Giver) -> None:
        self.giver = giver
        self.truth: dict[str, Alert] = {}
        self.version = 0
        self._older = Feed(0, ())

    def happen(self) -> None:
        """An alert begins or ends there."""
        random = self.giver.random
        if self.version % 4 == 0:
            self._older = Feed(self.version, tuple(self.truth.values()))
        self.version += 1
        going = [alert for alert in self.truth.values() if not alert.ended]
        if len(going) < 4 and (not going or random.random() < 0.5):
            alert = Alert(f"up {self.version}", random.choice(ZONES[1:]), ended=False)
        else:
            alert = msgspec.structs.replace(random.choice(going), ended=True)
        self.truth[alert.ref] = alert

    def poll(self) -> Feed | None:
        """The feed as it comes; None where it cannot be read."""
        weather, random = self.giver.weather, self.giver.random
        if weather.strikes(Fault.FEED_UNREADABLE):
            return None
        if weather.strikes(Fault.FEED_EMPTY):
            return Feed(self.version, ())
        if weather.strikes(Fault.FEED_OLD):
            return self._older
        alerts = list(self.truth.values())
        if weather.strikes(Fault.FEED_SHORT):
            alerts = [alert for alert in alerts if random.random() < 0.5]
        if weather.strikes(Fault.FEED_REPEATS):
            alerts = [*alerts, *alerts]
        return Feed(self.version, tuple(alerts))


class Follower(Giver):
    """Raises what an upstream feed lists, and releases what the feed says has ended. What is missing says nothing."""

    def __init__(self, wires: Wires, realm: Realm, holder: Holder, book: Book, promise_s: int) -> None:
        super().__init__(wires, realm, holder, book)
        self.upstream = Upstream(self)
        self.pulse = Pulse(self, promise_s, ())
        self.raised: dict[str, Alert] = {}
        self._released: set[str] = set()
        self._asked: set[str] = set()
        self._version = 0

    def poll(self) -> object:
        self.universe.after(self.pulse.promise_s / 4, self.poll)
        if self.weather.strikes(Fault.FOLLOWER_FORGETS):
            self.raised, self._released, self._asked, self._version = {}, set(), set(), 0
        if self.random.random() < 0.3 and not self.weather.healed:
            self.upstream.happen()
        if self.pulse.quiet or self.weather.strikes(Fault.SOURCE_SILENT):
            return IDLE
        feed = self.upstream.poll()
        if feed is None or feed.version < self._version:
            return None
        self._version = feed.version
        self.take(feed)
        return None

    def take(self, feed: Feed) -> None:
        """Do what the feed says. An empty one is no sign of life either: it may be broken."""
        for alert in feed.alerts:
            if alert.ended:
                self._end(alert)
            elif alert.ref not in self.raised and alert.ref not in self._asked:
                self._begin(alert)
        if feed.alerts:
            self.pulse.give()

    def _begin(self, alert: Alert) -> None:
        def answered(answer: Answer) -> None:
            self._asked.discard(alert.ref)
            if isinstance(answer, Receipt):
                self.raised[alert.ref] = alert

        self._asked.add(alert.ref)
        order = Raise(zones=(alert.zone,), threat=Threat.DRONES, ref=alert.ref)
        self.give(order, key=f"{self.name} {alert.ref} begins", then=answered)

    def _end(self, alert: Alert) -> None:
        if alert.ref in self.raised and alert.ref not in self._released:
            self._released.add(alert.ref)
            order = Release(zones=(alert.zone,), ref=alert.ref)
            self.give(order, key=f"{self.name} {alert.ref} ends")
