"""A round over the stream: one Tocsin hears another, over a line that breaks, leaves out, and changes its log."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from soak.follow.leader import Leader, Time
from soak.follow.round import SETTLES, Checked
from tocsin.client.sse import Word
from tocsin.commands import Command
from tocsin.events import HoldReleased, HoldWithdrawn
from tocsin.intake.following.another_tocsin import Mishap
from tocsin.intake.following.feeds import FEEDS
from tocsin.intake.following.listening import Listener, joined
from tocsin.intake.following.readings import Odd, Reading, held_by
from tocsin.model import Hierarchy, Hold, Realm, SourceId

FAULTS = ("break", "gap", "half a snapshot", "cut word", "old snapshot", "empty snapshot", "another log", "twice")


class House:
    """The follower's own log, as its listener sees it."""

    def __init__(self, here: Checked, time: Time) -> None:
        self._here = here
        self.clock = time
        self.hierarchy: Hierarchy = here.leader.atlas.hierarchy

    def now(self) -> datetime:
        return self._here.service.now()

    def holds(self, source: SourceId) -> tuple[Hold, ...]:
        return held_by(self._here.service.state.holds, source)

    def watched(self, source: SourceId) -> bool:
        return source in self._here.service.state.sources

    async def give(self, commands: Sequence[Command]) -> Sequence[object]:
        raise AssertionError("here orders are given at once")


def streamed(seed: int, count: Counter[str]) -> None:
    """One round. Errors: `Fault`."""
    chance = random.Random(f"tocsin {seed}")
    time = Time()
    leader = Leader("tocsin", time, chance)
    here = Checked(leader, time, time, "tocsin", count)
    house = House(here, time)
    listener = Listener(FEEDS["tocsin"], house, here.service.store.identity, Realm.LIVE, chance.random)
    here.carry_out(listener.begin().commands)
    here.alive_s = time.s
    rate, busy = chance.choice((0.0, 0.1, 0.3, 0.6)), chance.choice((0.1, 0.3, 0.8))
    told, anew = 0, True
    past: list[dict[str, object]] = []
    for number in range(chance.choice((20, 40)) + SETTLES):
        calm = number >= 20 and number >= 40 - SETTLES
        fault = chance.choice(FAULTS) if not calm and chance.random() < rate else ""
        if not calm:
            while chance.random() < busy:
                leader.live()
            if chance.random() < 0.02:
                count["restarts"] += 1
                here.over.clear()
                listener = Listener(FEEDS["tocsin"], house, here.service.store.identity, Realm.LIVE, chance.random)
                anew = True
        if fault == "break":
            count[fault] += 1
            here.read(listener.lose("the line broke"), fault, whole=False)
            time.s += chance.choice((1, 5, 60))
            here.watch()
            anew = anew or chance.random() < 0.5  # it resumes, or it cannot
        anew = anew or number % 15 == 0  # now and then all is heard anew
        words, fault = said(leader, told, anew, fault, past, chance)
        if fault:
            count[fault] += 1
        anew = not heard(listener, here, words, fault, told)
        told = leader.service.state.seq
        anew = anew or listener.unsure
        for _ in range(2):
            time.s += 5.0
            here.watch()
    here.agree()


def said(
    leader: Leader, told: int, anew: bool, fault: str, past: list[dict[str, object]], chance: random.Random
) -> tuple[list[Word], str]:
    """What is heard next, and what is wrong with it."""
    beat = {"seq": leader.service.state.seq, "log": leader.store.identity, "clock": {}, "cut_off_since": None}
    if anew:
        snapshot = leader.snapshot()
        past.append(snapshot)
        holds = snapshot["holds"]
        assert isinstance(holds, list)
        match fault:
            case "half a snapshot":
                snapshot = {**snapshot, "holds": chance.sample(holds, len(holds) // 2)}
            case "empty snapshot":
                snapshot = {**snapshot, "holds": []}
            case "old snapshot":
                snapshot = chance.choice(past)
            case "another log":
                snapshot = {**snapshot, "log": "another", "seq": 7, "holds": []}
            case _:
                fault = fault if fault == "cut word" else ""
        words = [Word("snapshot", None, json.dumps(snapshot).encode())]
        if fault == "cut word":
            words = [Word("snapshot", None, words[0].data[:-5])]
        return words, fault
    entries = [Word("entry", None, entry) for entry in leader.entries(told)]
    match fault:
        case "gap" if entries:
            entries.pop(chance.randrange(len(entries)))
        case "cut word" if entries:
            entries[-1] = Word("entry", None, entries[-1].data[:-5])
        case "twice" if entries:
            entries += entries
        case _:
            fault = ""
    return [*entries, Word("heartbeat", None, json.dumps(beat).encode())], fault


def heard(listener: Listener, here: Checked, words: list[Word], fault: str, since: int) -> bool:
    """Have it all taken in; whether the line can go on as it is. ``since``: up to where the log was told before."""
    before, good, alive = here.held(), True, False
    readings: list[Reading] = []
    for word in words:
        try:
            reading = listener.read(word)
        except (Mishap, Odd) as error:
            good = False
            lost = str(error)
            break
        if reading is not None:
            readings.append(reading)
    for reading in joined(readings):
        here.count["readings of a stream"] += 1
        step = listener.weigh(reading)
        here.carry_out(step.commands)
        alive = step.verdict is not None and step.verdict.alive
    if not good:
        listener.lose(lost)
        alive = alive and bool(readings)
    ended = frozenset(
        (entry.event.zone, entry.event.hazard)
        for entry in here.leader.store.read(since, 10_000)
        if isinstance(entry.event, HoldReleased | HoldWithdrawn) and entry.event.hazard is not None
    )
    whole = good and not fault and any(word.event == "snapshot" for word in words)
    here.compare(before, alive, fault, whole, ended, counts=good)
    return good
