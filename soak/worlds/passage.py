"""What must hold of every order at every state: what it leads to, at each of its events and after them."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from soak.worlds import dumb
from soak.worlds.book import Book, Key, Ranks
from soak.worlds.catalogue import World
from soak.worlds.dumb import ZONES, Life, Reading
from soak.worlds.meaning import Effect, Holds, Meaning, Refused, lives_after, meaning
from soak.worlds.orders import START, now
from soak.worlds.standing import check_maps, require, saying
from tocsin import engine
from tocsin.commands import (
    Annotate,
    Command,
    EndingOrder,
    Escalate,
    Narrow,
    Raise,
    Release,
    Replace,
    SourceOrder,
    WarningOrder,
    Withdraw,
)
from tocsin.engine import State, snapshot
from tocsin.errors import TocsinError
from tocsin.events import Event, HoldAnnotated, HoldEscalated, HoldRaised, HoldReleased, HoldWithdrawn, WarningEvent
from tocsin.model import Ending, SourceId

ENDINGS = {Release: Ending.RELEASED, Narrow: Ending.NARROWED, Replace: Ending.REPLACED}


@dataclass(frozen=True)
class Standing:
    """A state, and what the plain reading of its log says."""

    state: State
    reading: Reading
    holds: Holds
    lives: dict[SourceId, Life]
    ranks: Ranks

    @classmethod
    def of(cls, book: Book, state: State, reading: Reading) -> Standing:
        holds = {hold: book.number[opened.said] for hold, opened in reading.open.items()}
        lives = {source: _timeless(life) for source, life in reading.lives.items()}
        return cls(state, reading, holds, lives, book.ranks(holds.values()))

    def fingerprint(self) -> bytes:
        """All that the state holds: an order that only was decided changes none of it."""
        state = self.state
        return msgspec.json.encode((snapshot.pack(state), sorted(state.by_zone.items()), sorted(state.below.items())))


def _timeless(life: Life) -> Life:
    return life._replace(silent_since=life.silent_since and START)


class Passages:
    """The orders of one world, tried and checked."""

    def __init__(self, world: World) -> None:
        self.world, self.book = world, world.book
        self._meanings: list[Meaning | None] = [
            meaning(self.book, command) if isinstance(command.order, WarningOrder) else None
            for command in world.commands
        ]

    def carry_out(self, at: Standing, number: int, *, twice: bool = False) -> tuple[int, Key] | Refused:
        """How many entries the order adds and which state it leads to, or with what it is refused."""
        command, means = self.world.commands[number], self._meanings[number]
        events = _decided(at.state, command)
        if twice:
            require(_decided(at.state, command) == events, "decided twice, and differently")
        if isinstance(events, type):
            right = means(at.holds) if means else self._lives_after(at, command)
            require(events is right, "refused with", events, right)
            return events
        after = engine.fold(at.state, events)
        require(after.seq == at.state.seq + len(events), "how many entries", after.seq)
        if means is None:
            return len(events), self._lives_changed(at, command, events, after)
        effect = means(at.holds)
        require(isinstance(effect, Effect), "carried out, where it is to be refused", effect)
        assert isinstance(effect, Effect)
        holds = self._walked(at, command, events)
        self._require_effect(at, effect, holds, events)
        if events:
            self._require_kept(at, holds, events, after)
        return len(events), self.book.key(holds.values(), at.lives)

    # --- warnings --------------------------------------------------------------------------------

    def _walked(self, at: Standing, command: Command, events: tuple[Event, ...]) -> dict[int, int]:
        """The open holds after the events. At each of them no zone is told less than before the order and after it."""
        order, book = command.order, self.book
        holds, on_the_way = dict(at.holds), []
        for seq, event in enumerate(events, start=at.state.seq + 1):
            assert isinstance(event, WarningEvent), event
            _require_written(at, command, event)
            match event:
                case HoldRaised():
                    require(tuple(dumb.said(event)) in book.number, "says what no order said", event)
                    holds[seq] = book.number[dumb.said(event)]
                case HoldReleased() | HoldWithdrawn():
                    require(holds.pop(event.hold, None) is not None, "ends a hold that is not open", event)
                case HoldEscalated():
                    said = book.contents[holds[event.hold]]
                    said = said._replace(threat=event.threat, stage=event.stage, level=event.level)
                    holds[event.hold] = book.number[said]
                case HoldAnnotated():
                    continue
            ranks = book.ranks(holds.values())
            on_the_way.append(ranks)
            if isinstance(event, HoldReleased | HoldWithdrawn):
                left = None if event.leaves is None else dumb.RANK[event.leaves]
                require(left == ranks[ZONES.index(event.zone)], "what it is said to leave", event, ranks)
        before, after = at.ranks, on_the_way[-1] if on_the_way else at.ranks
        for ranks in on_the_way:
            for zone, was, will, rank in zip(ZONES, before, after, ranks, strict=True):
                require(rank >= min(was, will), "told less on the way than before and after", zone, events)
                if rank < was:
                    require(isinstance(order, EndingOrder), "told less after an order that ends nothing", zone, events)
                    if isinstance(order, Narrow):
                        kept = any(dumb.lies_in(zone, to) for to in order.to)
                        require(not kept, "told less where the warning is kept", zone, events)
        return holds

    def _require_effect(self, at: Standing, effect: Effect, holds: Holds, events: tuple[Event, ...]) -> None:
        seq = at.state.seq
        stay = {hold: number for hold, number in holds.items() if hold <= seq}
        placed = {number for hold, number in holds.items() if hold > seq}
        require(stay == effect.stay, "which holds stay, and what they say", events)
        require(placed == effect.placed, "which holds are placed", events)

    def _require_kept(self, at: Standing, holds: Holds, events: tuple[Event, ...], after: State) -> None:
        """The state after them is the one before with these holds, and with what was touched."""
        said = {hold: self.book.contents[number] for hold, number in holds.items()}
        require({hold: saying(kept) for hold, kept in after.holds.items()} == said, "open holds after", after)
        check_maps(after, said)
        require(after.sources == at.state.sources, "sources after an order upon warnings", after)
        touched, below = dict(at.state.touched), dict(at.state.touched_below)
        for seq, event in enumerate(events, start=at.state.seq + 1):
            assert isinstance(event, WarningEvent)
            if isinstance(event, HoldAnnotated):
                require(after.holds[event.hold].note == event.note, "note", event)
                continue
            touched[event.zone] = seq
            below |= dict.fromkeys(ZONES[: ZONES.index(event.zone)], seq)
        require(dict(after.touched) == touched, "touched after", after.touched, touched)
        require(dict(after.touched_below) == below, "touched below after", after.touched_below, below)

    # --- sources ---------------------------------------------------------------------------------

    def _lives_after(self, at: Standing, command: Command) -> dict[SourceId, Life] | Refused:
        assert isinstance(command.order, SourceOrder)
        lives = lives_after(command.order, command.source, at.reading)
        if isinstance(lives, dict):
            return {source: _timeless(life) for source, life in lives.items()}
        return lives

    def _lives_changed(self, at: Standing, command: Command, events: tuple[Event, ...], after: State) -> Key:
        """Nothing but what is known of the sources: no hold, no status, and no warning's age."""
        before = at.state
        require(
            (after.holds, after.by_zone, after.below) == (before.holds, before.by_zone, before.below),
            "holds after an order about a source",
            events,
        )
        require(
            (after.touched, after.touched_below) == (before.touched, before.touched_below),
            "touched by a source",
            events,
        )
        said = tuple(dumb.RANK[status] for status in engine.statuses(after).values())
        require(said == at.ranks, "what is said after an order about a source", events)
        lives = {
            source.id: _timeless(Life(source.silent_after_s, source.zones, source.silent_since))
            for source in after.sources.values()
        }
        right = self._lives_after(at, command)
        require(lives == right, "sources after", lives, right)
        require(
            (lives == at.lives) is (not events), "events that change nothing, or none where something changes", events
        )
        return self.book.key(at.holds.values(), lives)


def _decided(state: State, command: Command) -> tuple[Event, ...] | Refused:
    try:
        return engine.decide(state, command, now(state.seq))
    except TocsinError as refusal:
        return type(refusal)


def _require_written(at: Standing, command: Command, event: WarningEvent) -> None:
    """That the event says the truth about its own hold and its order."""
    order, giver = command.order, command.source
    before = at.state.holds
    if isinstance(event, HoldRaised):
        old = before.get(event.follows) if event.follows is not None else None
        require((old is None) is (event.follows is None), "follows a hold that was not open", event)
        require(not isinstance(order, Raise) or old is None, "a new warning that goes on from another", event)
        moment = old.since if isinstance(order, Narrow) and old is not None else now(at.state.seq)
        require(event.at == moment, "when it began", event, moment)
        return
    hold = before.get(event.hold)
    require(hold is not None, "upon a hold that was not open", event)
    assert hold is not None
    assert isinstance(order, Release | Withdraw | Narrow | Replace | Escalate | Annotate)
    require(hold.zone == event.zone and event.source == giver and event.at == now(at.state.seq), "envelope", event)
    require(hold.source == (order.of or giver), "upon another source's hold", event, hold)
    match event:
        case HoldReleased():
            require(event.ending is ENDINGS.get(type(order)), "how it ended", event)
            require(event.hazard is hold.hazard, "hazard of what ended", event)
        case HoldWithdrawn():
            told = (event.hazard, event.threat, event.stage, event.level)
            require(isinstance(order, Withdraw), "withdrawn by another order", event)
            require(told == (hold.hazard, hold.threat, hold.stage, hold.level), "what was withdrawn", event)
        case HoldEscalated():
            require(isinstance(order, Escalate), "escalated by another order", event)
            require(event.hazard is hold.hazard, "hazard of what was escalated", event)
        case HoldAnnotated():
            require(isinstance(order, Annotate) and event.note == order.note != hold.note, "annotated", event)
