"""One run: a small country, its sources, officers and subscribers, and whatever goes wrong; then calm, and the end.

The same seed and the same number of steps give the same run.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from tocsin.access import LOCAL, Caller
from tocsin.commands import Approve, Command, GiveGrant, IssueToken, Order
from tocsin.errors import TocsinError
from tocsin.model import Realm, SourceId, Verb
from tocsin.sim.desk import Desk
from tocsin.sim.disk import Disk, Files, Memory, Platter
from tocsin.sim.editor import Agency, Editor
from tocsin.sim.faults import Fault, Weather
from tocsin.sim.giver import Giver
from tocsin.sim.keeper import Keeper
from tocsin.sim.land import agency, editor, machine, people, services
from tocsin.sim.officer import Officer
from tocsin.sim.rules import Rule, Violation, require
from tocsin.sim.sources import Follower, Sensor
from tocsin.sim.station import Station
from tocsin.sim.subscriber import Subscriber
from tocsin.sim.universe import EPOCH, Universe
from tocsin.sim.wires import Wires
from tocsin.store import Receipt

SQLITE_EVERY = 20
"""One run in so many is over real SQLite files; the others are over logs in memory."""

HEALING_S = 300.0
"""How long after all is well again everything must have come right."""


class Outcome(msgspec.Struct, frozen=True):
    """What one run came to."""

    seed: int
    steps: int
    entries: int
    refusals: int
    starts: int
    resets: int
    virtual_s: float
    digest: int
    """Of the trace: the same for the same seed and steps."""
    struck: dict[Fault, int]


class Failure(msgspec.Struct, frozen=True):
    """A rule was broken."""

    seed: int
    steps: int
    """After how many."""
    rule: str
    detail: str
    trace: list[str]


class Run:
    """Everything in one universe."""

    def __init__(self, seed: int, platters: Mapping[Realm, Platter]) -> None:
        self.universe = universe = Universe(seed)
        self.weather = weather = Weather(universe)
        random = universe.random
        backlog = random.choice((8, 40, 200))
        self.stations = {
            realm: Station(universe, weather, realm, Disk(universe, weather, realm, platters[realm]), backlog)
            for realm in Realm
        }
        self.wires = Wires(universe, weather, self.stations)
        self.tempo_s = random.choice((0.1, 0.6, 4.0))
        """Between two things that somebody does, on average."""
        self.givers: list[Officer | Agency] = []
        self.followers: list[Follower] = []
        self.desks: list[Desk] = []
        self.subscribers: list[Subscriber] = []
        self._judged_ends = 0
        self._healed_s = 0.0

    # --- the beginning -------------------------------------------------------------------------

    def set_up(self) -> None:
        """Grants and tokens for everybody, before anything can go wrong."""
        self.weather.healed = True
        for realm, station in self.stations.items():
            station.start()
            self._staff(realm, station)
        for realm, count in ((Realm.LIVE, self.universe.random.choice((1, 3, 5))), (Realm.DRILL, 1)):
            for number in range(count):
                self._add_subscriber(realm, f"{realm} subscriber {number}")
        self.weather.healed = False
        self.universe.after(0.1, self._act)

    def _staff(self, realm: Realm, station: Station) -> None:
        universe, book = self.universe, station.checker.book
        promise_s = max(5, int(universe.random.choice((6, 20, 60)) * max(1.0, self.tempo_s)))
        officers = [Officer(self.wires, realm, holder, book) for holder in people(realm)]
        sensors: list[Sensor] = []
        followers: list[Follower] = []
        for holder in services(realm):
            if holder.name == "neighbour":
                followers.append(Follower(self.wires, realm, holder, book, promise_s))
            else:
                sensors.append(Sensor(self.wires, realm, holder, book, promise_s))
        everyone: list[Giver] = [*officers, *sensors, *followers]
        administrators = [giver for giver in officers if Verb.ADMINISTER in giver.holder.terms[0].verbs]
        record: list[Agency] = [reviewer := Editor(self.wires, realm, editor(realm), book, administrators)]
        if realm is Realm.LIVE:
            record.append(Agency(self.wires, realm, agency(realm), book))
            record[-1].reviewer = reviewer
        everyone += record
        for giver in sorted(everyone, key=administrators[1:].__contains__):
            self._empower(station, giver, administrators)
        keeper = Keeper(self.wires, realm, machine(realm), book, everyone, administrators)
        self.givers += [*officers, *sensors, *record, keeper]
        self.followers += followers
        self.desks.append(Desk(station.checker, administrators, [*sensors, *followers], [*officers, *sensors]))
        for sensor in sensors:
            station.beside.append(sensor.pulse.lose_power)
            universe.after(universe.random.uniform(0.0, promise_s), sensor.pulse.beat)
        for follower in followers:
            universe.after(universe.random.uniform(0.0, promise_s), follower.poll)

    def _empower(self, station: Station, giver: Giver, administrators: list[Officer]) -> None:
        orders: list[Order] = [GiveGrant(terms=terms) for terms in giver.holder.terms]
        for (good_s, zones), digest in zip(giver.holder.tokens, giver.digests(), strict=True):
            expires = EPOCH + timedelta(seconds=good_s)
            orders.append(IssueToken(holder=giver.name, digest=digest, zones=zones, expires=expires))
        for number, order in enumerate(orders):
            self._ordered(station, f"{station.realm} {giver.name} is empowered {number}", order, administrators)

    def _ordered(self, station: Station, key: str, order: Order, administrators: list[Officer]) -> None:
        """By the machine itself, or, once there are two who may, by two of them."""
        assert station.process is not None
        service = station.process.service
        local = Command(key=key, actor=LOCAL.holder, source=SourceId("local"), order=order)
        [outcome] = service.carry_out([(local, LOCAL)])
        if isinstance(outcome, Receipt):
            return
        first, second = (
            service.authenticate(f"Bearer {giver.tokens[0]}") for giver in (administrators[0], administrators[1])
        )
        proposal = self._accepted(station, f"{key} by two", order, first, administrators[0].source)
        shown = service.access.proposals[proposal.seq].shown
        approve = Approve(proposal=proposal.seq, shown=shown)
        self._accepted(station, f"{key} agreed", approve, second, administrators[1].source)

    def _accepted(self, station: Station, key: str, order: Order, caller: Caller, source: SourceId) -> Receipt:
        assert station.process is not None
        command = Command(key=key, actor=caller.holder, source=source, order=order)
        [outcome] = station.process.service.carry_out([(command, caller)])
        if isinstance(outcome, TocsinError):
            raise Violation(Rule.WARNED, f"the country cannot be set up: {key}: {outcome.message}")
        return outcome

    def _add_subscriber(self, realm: Realm, name: str) -> None:
        subscriber = Subscriber(self.universe, self.weather, self.stations[realm], name)
        self.subscribers.append(subscriber)
        self.universe.after(self.universe.random.uniform(0.0, 3.0), subscriber.connect)

    # --- the course ----------------------------------------------------------------------------

    def live(self, steps: int) -> Outcome:
        """Errors: `Violation`."""
        universe = self.universe
        self.set_up()
        while universe.steps < steps:
            if universe.advance():
                self.check()
        self._heal()
        for station in self.stations.values():
            station.restart()
            station.start()
            self.check()
            station.verify()
        stations = self.stations.values()
        return Outcome(
            seed=universe.seed,
            steps=universe.steps,
            entries=sum(station.checker.book.seq for station in stations),
            refusals=sum(len(station.disk.refusals) for station in stations),
            starts=sum(station.starts for station in stations),
            resets=sum(subscriber.resets for subscriber in self.subscribers),
            virtual_s=universe.now_s,
            digest=universe.digest,
            struck=dict(self.weather.struck),
        )

    def close(self) -> None:
        """Let go of everything."""
        for station in self.stations.values():
            station.close()

    def _act(self) -> None:
        """Somebody does something."""
        if self.weather.healed:
            return
        random = self.universe.random
        random.choice(self.givers).act()
        self.universe.after(random.expovariate(1.0) * self.tempo_s, self._act)

    def check(self) -> None:
        """What must hold after every step. Errors: `Violation`."""
        changed = False
        for station in self.stations.values():
            changed |= station.check()
        if not changed:
            return
        for desk in self.desks:
            desk.look()
        self._judge_followers()

    def _judge_followers(self) -> None:
        """What was released for an upstream feed had ended there, by the feed's own word."""
        ended = self.stations[Realm.LIVE].checker.ended
        while self._judged_ends < len(ended):
            batch, event, hold = ended[self._judged_ends]
            self._judged_ends += 1
            for follower in self.followers:
                if batch.actor == follower.name and not follower.upstream.truth[hold.ref or ""].ended:
                    raise Violation(Rule.ABSENCE, f"{event}: {hold.ref} has not ended upstream")

    # --- the end -------------------------------------------------------------------------------

    def _heal(self) -> None:
        """All is well again; and in the end everything comes right. Errors: `Violation`."""
        universe = self.universe
        self.weather.healed = True
        universe.tell("all is healed")
        for station in self.stations.values():
            station.clock.ahead_s = 0.0
            universe.after(0.0, station.start)
        self._healed_s = universe.now_s
        while universe.now_s < self._healed_s + 3.0 or not self._all_well():
            if universe.now_s > self._healed_s + HEALING_S:
                self._complain()
            if universe.advance():
                self.check()

    def _all_well(self) -> bool:
        return not self._unanswered() and not self._behind() and not self._unheard()

    def _unanswered(self) -> list[str]:
        givers: list[Giver] = [*self.givers, *self.followers]
        return [key for giver in givers for key, waiting in giver.waiting.items() if waiting.honest]

    def _behind(self) -> list[str]:
        return [
            subscriber.name for subscriber in self.subscribers if subscriber.seq != subscriber.station.checker.book.seq
        ]

    def _unheard(self) -> list[str]:
        """Sources that have been heard since and are still called silent."""
        sources: list[Sensor | Follower] = [*self.followers]
        sources += [giver for giver in self.givers if isinstance(giver, Sensor)]
        return [
            source.name
            for source in sources
            if source.pulse.heard_s > self._healed_s and source.source in source.book.silent()
        ]

    def _complain(self) -> None:
        require(not self._unanswered(), Rule.ANSWERED, f"no answer in {HEALING_S} s to {self._unanswered()}")
        require(not self._behind(), Rule.CONVERGED, f"not at the head after {HEALING_S} s: {self._behind()}")
        require(not self._unheard(), Rule.SILENCE_FOUND, f"still called silent: {self._unheard()}")


def run(seed: int, steps: int) -> Outcome | Failure:
    """One run to its end, or to the first rule that is broken."""
    with _quietly(), _platters(seed) as platters:
        world = Run(seed, platters)
        universe = world.universe
        try:
            return world.live(steps)
        except Violation as violation:
            return Failure(
                seed=seed,
                steps=universe.steps,
                rule=violation.rule.name,
                detail=f"{violation.rule}: {violation.detail}",
                trace=list(universe.trace),
            )
        finally:
            world.close()


@contextmanager
def _platters(seed: int) -> Iterator[dict[Realm, Platter]]:
    if seed % SQLITE_EVERY:
        yield {realm: Memory(realm) for realm in Realm}
        return
    memory = Path("/dev/shm")
    with TemporaryDirectory(prefix="tocsin-sim-", dir=memory if memory.is_dir() else None) as folder:
        files = {realm: Files(realm, Path(folder, realm)) for realm in Realm}
        for realm in Realm:
            Path(folder, realm).mkdir()
        try:
            yield dict(files)
        finally:
            for platter in files.values():
                platter.close()


@contextmanager
def _quietly() -> Iterator[None]:
    """The service warns of each fault in its own log, which here is nothing to be told of."""
    log = logging.getLogger("tocsin")
    level = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        log.setLevel(level)


def total(outcomes: list[Outcome]) -> Counter[Fault]:
    """How often each kind of fault struck."""
    struck: Counter[Fault] = Counter()
    for outcome in outcomes:
        struck.update(outcome.struck)
    return struck
