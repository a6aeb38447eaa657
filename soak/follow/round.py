"""One round: a leader, a follower and the line between them, for some minutes of virtual time; and what must hold."""

from __future__ import annotations

import random
import re
from collections import Counter, deque
from collections.abc import Sequence

from soak.follow.leader import Held, Leader, OwnClock, Time, atlas
from soak.follow.line import Line
from tocsin.access import LOCAL
from tocsin.commands import Command, Release, Replace, Withdraw
from tocsin.engine import status_of
from tocsin.errors import TocsinError
from tocsin.intake.following.alerts_in_ua import AlertsInUa
from tocsin.intake.following.another_tocsin import CAREFUL, NAME
from tocsin.intake.following.feeds import FEEDS
from tocsin.intake.following.follower import Failed, Follower, Step
from tocsin.intake.following.memory import READS, WARY
from tocsin.intake.following.oref import Oref
from tocsin.intake.following.places import AtlasPlaces
from tocsin.intake.following.readings import Dialect, held_by
from tocsin.intake.following.ukrainealarm import UkraineAlarm
from tocsin.model import Freshness, Hazard, Level, ZoneId
from tocsin.service import Service
from tocsin.store.memory import MemoryStore

MOST_READS = READS + 1 + WARY
MOST_SNAPSHOTS = MOST_READS + CAREFUL
"""Good readings in a row after which every true end has been seen; and snapshots, where a stream is followed."""

SETTLES = 24
"""Answers without a fault after which both say the same."""

POLLED = ("alerts.in.ua", "ukrainealarm", "oref")


class Fault(Exception):
    """A promise was broken."""


class Checked:
    """The follower's log, and what is known of the truth at each reading."""

    def __init__(self, leader: Leader, time: Time, own: Time, source: str, count: Counter[str]) -> None:
        self.leader = leader
        self.time = time
        self.source = FEEDS[source].name
        self.silent_after_s = FEEDS[source].silent_after_s
        self.service = Service(MemoryStore(), leader.atlas.hierarchy, own)
        self.count = count
        self.truths: deque[Held] = deque(maxlen=MOST_SNAPSHOTS)
        """What the leader said at the latest readings."""
        self.windows: dict[tuple[ZoneId, Hazard], int] = {}
        """Upon how many readings the latest end on each zone was believed."""
        self.over: dict[object, int] = {}
        """How many good readings in a row there were since something ended."""
        self.alive_s: float | None = None

    def held(self) -> Held:
        found: Held = {}
        for hold in held_by(self.service.state.holds, self.source):
            key = (hold.zone, hold.hazard)
            if found.get(key) is not Level.RED:
                found[key] = hold.level
        return found

    def carry_out(self, commands: Sequence[Command]) -> None:
        for command in commands:
            order = command.order
            if isinstance(order, Release | Replace | Withdraw):
                reads = re.search(r"in (\d+) readings|from (\d+) readings", order.cause or "")
                window = int(reads[1] or reads[2]) if reads else READS
                for zone in order.zones:
                    self.windows[zone, order.hazard] = window
        for came in self.service.submit(commands, LOCAL):
            if isinstance(came, TocsinError):
                raise Fault(f"an order was refused: {came.message}")

    def read(self, step: Step, fault: str, whole: bool = True) -> None:
        """Hold one reading's orders against the truth; ``whole`` if all that stands should be known after it."""
        before = self.held()
        self.carry_out(step.commands)
        alive = step.verdict is not None and step.verdict.alive
        if alive and fault == "unknown places":
            raise Fault("a reading with unknown places was taken for good")
        self.compare(before, alive, fault, whole)

    def compare(
        self,
        before: Held,
        alive: bool,
        fault: str,
        whole: bool,
        ended: frozenset[tuple[ZoneId, Hazard]] = frozenset(),
        counts: bool | None = None,
    ) -> None:
        """Hold what stands against the truth; ``ended`` is what the leader let go of meanwhile, be it for a moment.
        ``counts``: whether an end should be seen with so many of these."""
        truth = self.leader.holds()
        self.truths.append(truth)
        after = self.held()
        for key, level in before.items():
            window = list(self.truths)[-max(self.windows.get(key, READS), READS) :]
            always = [then[key] for then in window if key in then]
            lower = key not in after or (level is Level.RED and after[key] is Level.YELLOW)
            kept = (
                len(window) >= READS
                and len(always) == len(window)
                and (key not in after or all(one is Level.RED for one in always))
            )
            if lower and kept and key not in ended:
                raise Fault(f"a false all-clear after {fault or 'a good answer'}: {key}")
            if lower:
                self.count["let go"] += 1
        for key in [key for key in after if key in truth]:
            self.over.pop(key, None)
        for key in [key for key in after if key not in truth]:
            self.over[key] = (
                (self.over.get(key, 0) + (whole if counts is None else counts)) if alive and not fault else 0
            )
            if self.over[key] > (MOST_SNAPSHOTS if self.source == NAME else MOST_READS):
                raise Fault(f"an end was not seen with {self.over[key]} good readings: {key}")
        if not fault and whole and (missing := truth.keys() - after.keys()):
            raise Fault(f"not raised with a good answer: {missing}")
        if not fault and whole:
            weaker = [key for key in truth if truth[key] is Level.RED and after[key] is not Level.RED]
            if weaker:
                raise Fault(f"less than is said: {weaker}")
        if alive:
            self.alive_s = self.time.s
        self.watch()

    def watch(self) -> None:
        """Silence makes stale, and nothing else does."""
        self.service.watch()
        if self.alive_s is None:
            return
        silent = self.service.state.sources[self.source].silent_since is not None
        for_s = self.time.s - self.alive_s
        if silent and for_s <= self.silent_after_s:
            raise Fault(f"silent after {for_s:.0f} s")
        if not silent and for_s > self.silent_after_s:
            raise Fault(f"not silent after {for_s:.0f} s")
        if silent:
            self.count["silences looked at"] += 1
            for zone, _ in list(self.held())[:1]:
                if status_of(self.service.state, zone).freshness is not Freshness.STALE:
                    raise Fault(f"{zone} is not stale")

    def agree(self) -> None:
        if self.held() != self.leader.holds():
            raise Fault(f"after {SETTLES} answers it has {self.held()} and the leader {self.leader.holds()}")


def dialect_of(name: str) -> Dialect:
    places = AtlasPlaces(atlas("il" if name == "oref" else "ua"))
    if name == "oref":
        return Oref(places)
    return AlertsInUa(places, "token") if name == "alerts.in.ua" else UkraineAlarm(places, "token")


def polled(name: str, seed: int, count: Counter[str]) -> None:
    """A round of one that is polled. Errors: `Fault`."""
    chance = random.Random(f"{name} {seed}")
    time = Time()
    leader = Leader(name, time, chance)
    own = OwnClock(time)
    here = Checked(leader, time, own, name, count)
    line = Line(chance, chance.choice((0.0, 0.1, 0.3, 0.6)), count)
    feed, dialect = FEEDS[name], dialect_of(name)
    follower = Follower(feed, dialect, leader.atlas.hierarchy, time.s, chance.random)
    here.carry_out(follower.begin(time.now()))
    here.alive_s = time.s
    clean, busy = 0, chance.choice((0.1, 0.3, 0.8))
    for _ in range(chance.choice((20, 40))):
        leaving = chance.random()
        if leaving < 0.02:
            count["restarts"] += 1
            follower = Follower(feed, dialect, leader.atlas.hierarchy, time.s, chance.random)
            here.over.clear()  # with it goes what was counted
        elif leaving < 0.04:
            own.off_s = chance.choice((0, 0, -3 * 3600, 5 * 3600))
        while chance.random() < busy:
            leader.live()
        clean = one_reading(follower, here, line, own, clean)
    line.calm, own.off_s = True, 0
    for _ in range(SETTLES):
        one_reading(follower, here, line, own, clean)
    here.agree()


def one_reading(follower: Follower, here: Checked, line: Line, own: OwnClock, clean: int) -> int:
    ask, time = follower.ask(), here.time
    faults = []
    while True:
        outcome, fault = line.carry(ask, here.leader.answer(ask.path, dict(ask.headers)))
        faults.append(fault)
        holds = held_by(here.service.state.holds, here.source)
        now = own.now()
        step = follower.hear(ask, outcome, holds, now, time.s, here.service.now())
        here.count["answers"] += 1
        if step.ask is None:
            break
        ask = step.ask
    wrong = next(filter(None, faults), "") or ("a wrong clock" if own.off_s else "")
    told = not isinstance(outcome, Failed) and outcome.status == 200
    here.read(step, wrong, told and not ask.path.endswith(("/Alerts.json", "/status")))
    until_s = time.s + step.wait_s
    while time.s < until_s:
        time.s = min(until_s, time.s + 5.0)
        here.watch()
    return 0 if wrong else clean + 1
