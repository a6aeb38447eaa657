"""A client of the stream: it folds what it hears, comes and goes, reads slowly, and must never be misled.

It shares no code with the service. What it has folded is held against the simulator's book at the same seq.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import msgspec

from tocsin import limits
from tocsin.model import Ending
from tocsin.sim.faults import Fault, Weather
from tocsin.sim.land import ZONES
from tocsin.sim.rules import Rule, Violation, require
from tocsin.sim.station import Station
from tocsin.sim.universe import IDLE, Universe
from tocsin.texts import Kind

_json = msgspec.json.Decoder()

_TOLD = ("zone", "hazard", "threat", "stage", "level", "extent", "source", "ref", "note")

Fields = dict[str, Any]

LANGUAGES = {"uk", "en"}

_BEGINNINGS = (Kind.ALARM, Kind.ESCALATED, Kind.CONTINUED, Kind.REPLACED)
_TOLD_AS: dict[str, tuple[Kind, ...]] = {
    "hold_raised": _BEGINNINGS,
    "hold_escalated": _BEGINNINGS,
    "hold_released": (Kind.ALL_CLEAR, Kind.ENDED, Kind.NARROWED),
    "hold_withdrawn": (Kind.WITHDRAWN,),
}
"""What each entry about a warning must be told as."""


def _is_history(entry: Fields) -> bool:
    """What took effect so long before it was recorded that nobody is told; a little less, to be sure."""
    recorded_at, at = (datetime.fromisoformat(moment) for moment in (entry["recorded_at"], entry["event"]["at"]))
    return (recorded_at - at).total_seconds() > limits.NEWS_S - 60


class Connection:
    """One stream from the server to the subscriber: what is under way arrives in sequence, or not at all."""

    def __init__(self, subscriber: Subscriber) -> None:
        self.subscriber = subscriber
        self.open = True
        self.fresh = True
        """Whether nothing has been heard on it yet."""
        self._since_s = self._heard_s = self._arrives_s = subscriber.universe.now_s

    def hear(self, words: bytes) -> asyncio.Future[None] | None:
        universe, weather = self.subscriber.universe, self.subscriber.weather
        delay_s = universe.random.uniform(0.002, 0.1)
        if weather.strikes(Fault.SLOW_READER):
            delay_s += universe.random.choice((2.0, 20.0, 90.0))
        self._arrives_s = max(self._arrives_s, universe.now_s + delay_s)
        room = self.subscriber.station.new_future()
        universe.at(self._arrives_s, self._arrive, words, room)
        return room

    def _arrive(self, words: bytes, room: asyncio.Future[None]) -> object:
        if not self.open:
            return IDLE
        weather = self.subscriber.weather
        leaves = weather.strikes(Fault.SUBSCRIBER_LEAVES)
        if leaves or weather.strikes(Fault.STREAM_CUT):
            self.subscriber.station.hang_up(self)
            self.cut_off()
            return None
        self.subscriber.read(words, first=self.fresh)
        self.fresh = False
        if words:
            self._heard_s = self.subscriber.universe.now_s
        room.set_result(None)
        return None

    def look(self, seq: int) -> None:
        """Errors: `Violation` if nothing is under way and yet something is missing."""
        universe, subscriber = self.subscriber.universe, self.subscriber
        now_s, held_up_s = universe.now_s, universe.held_up_s
        if self._arrives_s >= now_s or now_s - max(self._since_s, held_up_s) < 2 * limits.WATCH_S:
            return
        if subscriber.seq is None or subscriber.seq < seq:
            raise Violation(
                Rule.PROMPT, f"{subscriber.name} is at {subscriber.seq}, the head was at {seq} a second ago"
            )
        if now_s - max(self._heard_s, held_up_s) > limits.HEARTBEAT_S + 2 * limits.WATCH_S:
            raise Violation(Rule.ALIVE, f"{subscriber.name} has heard nothing for {now_s - self._heard_s:.0f} s")

    def cut_off(self) -> None:
        """What was on its way is lost."""
        if self.open:
            self.open = False
            self.subscriber.lost_connection()


class Subscriber:
    """Somebody's page, siren or bot."""

    def __init__(self, universe: Universe, weather: Weather, station: Station, name: str) -> None:
        self.universe = universe
        self.weather = weather
        self.station = station
        self.name = name
        self.seq: int | None = None
        """The seq of the last it has heard."""
        self.holds: dict[int, Fields] = {}
        self.silent: set[str] = set()
        self.connection: Connection | None = None
        self.resets = 0
        self._promised = 0
        """The head that the last heartbeat told of: by the next one it must have been reached."""

    # --- coming and going ----------------------------------------------------------------------

    def connect(self) -> object:
        if self.connection is not None:
            return IDLE
        after = self.seq
        if after is not None and self.weather.strikes(Fault.RESUMED_FROM_NOWHERE):
            after += 1_000
        elif after is not None and self.universe.random.random() < 0.05:  # a page that is opened anew
            after = self.seq = None
            self.holds.clear()
            self.silent.clear()
        self.connection = Connection(self)
        self._promised = 0
        if not self.station.listen(self.connection, after):
            self.connection = None
            self.universe.after(2.0, self.connect)
            return IDLE
        return None

    def lost_connection(self) -> None:
        self.connection = None
        random = self.universe.random
        away_s = random.uniform(0.5, 4.0)
        if not self.weather.healed and random.random() < 0.2:
            away_s += random.choice((10.0, 60.0, 200.0))
        self.universe.after(away_s, self.connect)

    # --- what it hears -------------------------------------------------------------------------

    def read(self, words: bytes, *, first: bool) -> None:
        """Take in whole frames. Errors: `Violation`."""
        news: list[Fields] = []
        told: dict[str, set[int]] = {}
        for frame in words.split(b"\n\n"):
            if not frame:
                continue
            lines = dict(line.split(b": ", 1) for line in frame.split(b"\n"))
            body = _json.decode(lines[b"data"])
            match lines[b"event"]:
                case b"entry":
                    self._entry(int(lines[b"id"]), body)
                    news.append(body)
                case b"message":
                    self._message(body)
                    told.setdefault(body["kind"], set()).update(body["holds"])
                    for zone in body["zones"]:
                        told.setdefault(zone, set()).add(body["seq"])
                case b"snapshot":
                    self._snapshot(body)
                case b"heartbeat":
                    self._heartbeat(body["seq"], first=first)
                case b"goodbye" | b"clock":
                    pass
                case other:
                    raise Violation(Rule.HEARD, f"{self.name} was sent {other!r}")
        if not first:  # what is older than the connection may be retold in another light
            self._judge_words(news, told)
        self._compare()

    def _message(self, body: Fields) -> None:
        """A message stands before the last entry that it tells of."""
        seq: int = body["seq"]
        station = self.station
        if self.seq is None or seq != self.seq + 1 or seq > station.book_seq:
            raise Violation(Rule.HEARD, f"{self.name} is at {self.seq} and was sent a message of {seq}")
        if body["realm"] != station.realm:
            raise Violation(Rule.REALM, f"{self.name} listens to {station.realm} and was told {body}")
        if set(body["wording"]) != LANGUAGES:
            raise Violation(Rule.WORDS, f"{self.name} was told in {sorted(body['wording'])}")
        if body["kind"] == Kind.ALL_CLEAR:
            clear = station.checker.clear_after.get(station.checker.ends[seq - 1], frozenset())
            if seq <= station.started_at:
                clear |= station.clear_at_start
            if not clear.issuperset(body["zones"]):
                raise Violation(Rule.ALL_CLEAR, f"{self.name} was told, with only {sorted(clear)} clear: {body}")

    def _judge_words(self, news: list[Fields], told: dict[str, set[int]]) -> None:
        """Every warning and every ending was told. Errors: `Violation`."""
        for entry in news:
            event = entry["event"]
            kinds = _TOLD_AS.get(event["type"])
            if kinds is None or _is_history(entry):
                continue
            number = event.get("hold", entry["seq"])
            if event.get("ending", Ending.RELEASED) != Ending.RELEASED and event["zone"] in told:
                continue  # what goes on or takes its place there is told instead
            if not any(number in told.get(kind, ()) for kind in kinds):
                raise Violation(Rule.WORDS, f"{self.name} heard {entry} without a word: {told}")

    def _entry(self, seq: int, body: Fields) -> None:
        if self.seq is None or seq != self.seq + 1 or body["seq"] != seq:
            raise Violation(Rule.HEARD, f"{self.name} was at {self.seq} and was sent {seq}")
        require(seq <= self.station.book_seq, Rule.DURABLE, f"{self.name} was told of {seq}, which is not in the log")
        self.seq = seq
        event = body["event"]
        match event["type"]:
            case "hold_raised":
                self.holds[seq] = {name: event.get(name) for name in _TOLD}
            case "hold_released" | "hold_withdrawn":
                del self.holds[event["hold"]]
            case "hold_escalated":
                self.holds[event["hold"]] |= {name: event[name] for name in ("threat", "stage", "level")}
            case "hold_annotated":
                self.holds[event["hold"]]["note"] = event["note"]
            case "source_fell_silent":
                self.silent.add(event["source"])
            case "source_came_back":
                self.silent.discard(event["source"])
            case "source_watched" | "internal":
                pass
            case other:
                raise Violation(Rule.HEARD, f"{self.name} was told of what is not public: {other}")

    def _snapshot(self, body: Fields) -> None:
        seq: int = body["seq"]
        book = self.station.checker.book
        require(seq <= book.seq, Rule.DURABLE, f"{self.name} was given a snapshot of {seq}, which is not in the log")
        if body["realm"] != book.realm:
            raise Violation(Rule.REALM, f"{self.name} listens to {book.realm} and was given {body['realm']}")
        said, stale = book.told[seq]
        if tuple(body["zones"][zone] for zone in ZONES) != said or set(body["stale"]) != stale:
            raise Violation(Rule.SAME, f"{self.name} was told {body['zones']} at {seq}, and it was {said}")
        self.resets += self.seq is not None
        self.seq = seq
        self.holds = {hold["id"]: {name: hold.get(name) for name in _TOLD} for hold in body["holds"]}
        self.silent = {source["id"] for source in body["sources"] if source["silent_since"] is not None}

    def _heartbeat(self, head: int, *, first: bool) -> None:
        """A subscriber that is behind what the heartbeat before told of was left out of something."""
        assert self.seq is not None
        if self.seq < (head if first else self._promised):
            raise Violation(Rule.HEARD, f"{self.name} is at {self.seq}, and the heartbeat speaks of {head}")
        self._promised = head

    def _compare(self) -> None:
        if self.seq is None:
            return
        print = 0
        for number, hold in self.holds.items():
            print ^= hash((number, *hold.values()))
        for source in self.silent:
            print ^= hash(("silent", source))
        if print != self.station.checker.book.prints[self.seq]:
            raise Violation(Rule.SAME, f"{self.name} at {self.seq} has {self.holds}, silent {self.silent}")
