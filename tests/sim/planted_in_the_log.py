"""Planted: in what is said, in sources and in the log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any

import msgspec

from tests.sim.planting import Patch, breaks
from tocsin import engine
from tocsin.access import Caller
from tocsin.commands import Command, SourceSilent
from tocsin.engine import State, ending, sources
from tocsin.engine.status import Outlook
from tocsin.errors import TocsinError
from tocsin.events import HoldReleased, SourceEvent
from tocsin.model import SourceId, Status, ZoneId
from tocsin.service import Service
from tocsin.sim.disk import Memory
from tocsin.sim.rules import Rule
from tocsin.sim.sources import Feed, Follower
from tocsin.standing import Standing, snapshot_of
from tocsin.store import Batch, Receipt, Refusal, Snapshot, Store
from tocsin.store.memory import MemoryStore

memory: Any = import_module("tocsin.store.memory")
service: Any = import_module("tocsin.service")
telling: Any = import_module("tocsin.told.teller")


# --- what is said -------------------------------------------------------------------------------


@breaks(Rule.LEAVES, Rule.ALL_CLEAR)
def a_release_ignores_what_is_held_above(patch: Patch) -> None:
    told = Outlook.said

    def said(self: Outlook, zone: ZoneId) -> Status:
        lonely = Outlook(without_what_is_above(self._state, zone))
        lonely._gone, lonely._placed, lonely._below = self._gone, self._placed, self._below
        return told(lonely, zone)

    patch.setattr(Outlook, "said", said)


def without_what_is_above(state: State, zone: ZoneId) -> State:
    """The state with only the holds on the zone and below it."""
    above = state.hierarchy.ancestors(zone)
    by_zone = {place: holds for place, holds in state.by_zone.items() if place not in above}
    return State(state.hierarchy, state.seq, state.holds, by_zone, state.below)


@breaks(Rule.SAID)
def a_zone_is_called_clear_while_what_it_lies_in_is_held(patch: Patch) -> None:
    told = engine.statuses

    def statuses(state: State) -> dict[ZoneId, Status]:
        own = {zone: state.by_zone.get(zone) for zone in state.hierarchy}
        return {zone: status if own[zone] else min(status, Status.CLEAR) for zone, status in told(state).items()}

    patch.setattr(engine, "statuses", statuses)


@breaks(Rule.PLACED_FIRST)
def narrowing_ends_the_old_before_it_places_the_new(patch: Patch) -> None:
    right = ending.narrow

    def narrow(*args: Any) -> Iterator[Any]:
        return iter(sorted(right(*args), key=lambda event: not isinstance(event, HoldReleased)))

    patch.setattr(ending, "narrow", narrow)


# --- absence ------------------------------------------------------------------------------------


@breaks(Rule.ABSENCE)
def an_empty_feed_clears(patch: Patch) -> None:
    right = Follower.take

    def take(self: Follower, feed: Feed) -> None:
        right(self, feed)
        listed = {alert.ref for alert in feed.alerts}
        for ref, alert in self.raised.items():
            if ref not in listed:
                self._end(alert)

    patch.setattr(Follower, "take", take)


@breaks(Rule.ABSENCE, Rule.LEAVES, Rule.GRANTED, Rule.SPOKEN)
def silence_clears(patch: Patch) -> None:
    right = sources.silent

    def silent(
        state: State, giver: SourceId, order: SourceSilent, now: datetime
    ) -> Iterator[SourceEvent | HoldReleased]:
        yield from right(state, giver, order, now)
        for hold in state.holds.values():
            if hold.source == order.of:
                yield HoldReleased(hold=hold.id, zone=hold.zone, source=giver, at=max(now, hold.since))

    patch.setattr(sources, "silent", silent)


@breaks(Rule.SILENCE_FOUND)
def after_a_restart_nobody_is_missed(patch: Patch) -> None:
    right = Service.__init__

    def begin(self: Service, *args: Any, **named: Any) -> None:
        right(self, *args, **named)
        self._heard_s.clear()

    patch.setattr(Service, "__init__", begin)


@breaks(Rule.SILENCE_TRUE)
def a_heartbeat_that_changes_nothing_is_not_heard(patch: Patch) -> None:
    right = Service._carry_out_one

    def carry_out_one(self: Service, group: Any, command: Command, caller: Caller) -> Receipt:
        heard_s = dict(self._heard_s)
        try:
            return right(self, group, command, caller)
        finally:
            self._heard_s = heard_s

    patch.setattr(Service, "_carry_out_one", carry_out_one)


# --- the log ------------------------------------------------------------------------------------


@breaks(Rule.ACKNOWLEDGED, Rule.SILENCE_FOUND)
def what_the_disk_refused_is_acknowledged(patch: Patch) -> None:
    right = Service._keep

    def keep(self: Service, group: Any) -> None:
        try:
            right(self, group)
        except TocsinError:
            return

    patch.setattr(Service, "_keep", keep)


@breaks(Rule.FOR_EVER, Rule.FOLDED, Rule.GAPLESS)
def an_order_is_acknowledged_before_it_is_on_the_disk(patch: Patch) -> None:
    """What was committed last is still in memory when the process is killed."""

    def opened(self: Memory) -> Store:
        lost = self._store._entries[-1:]
        if lost:
            self._store._entries.pop()
            self._store._receipts.pop(lost[0].order, None)
        return self._store

    patch.setattr(Memory, "opened", opened)


@breaks(Rule.WHOLE, Rule.FOR_EVER)
def a_group_commit_loses_its_last_order(patch: Patch) -> None:
    right = MemoryStore.append

    def append(
        self: MemoryStore, batches: Sequence[Batch], seq: int, refusals: Sequence[Refusal] = ()
    ) -> list[Receipt]:
        return right(self, batches[:-1] if len(batches) > 1 else batches, seq, refusals)

    patch.setattr(MemoryStore, "append", append)


@breaks(Rule.WHOLE)
def half_a_batch_is_kept(patch: Patch) -> None:
    right = MemoryStore.append

    def append(
        self: MemoryStore, batches: Sequence[Batch], seq: int, refusals: Sequence[Refusal] = ()
    ) -> list[Receipt]:
        halves = [
            msgspec.structs.replace(batch, events=batch.events[: 1 + len(batch.events) // 2]) for batch in batches
        ]
        return right(self, halves, seq, refusals)

    patch.setattr(MemoryStore, "append", append)


@breaks(Rule.CHAINED)
def the_chain_does_not_advance_with_a_second_event(patch: Patch) -> None:
    right = memory.following

    def following(before: bytes, seq: int, shared: bytes, event: bytes) -> bytes:
        return before if b"hold_released" in event else right(before, seq, shared, event)

    patch.setattr(memory, "following", following)


@breaks(Rule.FOLDED, Rule.SAID)
def a_snapshot_is_labelled_newer_than_what_is_in_it(patch: Patch) -> None:
    def too_new(standing: Standing) -> Snapshot:
        state = standing.state
        older = {number: hold for number, hold in state.holds.items() if number != max(state.holds)}
        kept = State(state.hierarchy, state.seq, older, {}, {}, state.touched, state.touched_below, state.sources)
        return snapshot_of(Standing(kept, standing.access))

    patch.setattr(service, "snapshot_of", too_new)


@breaks(Rule.ONCE, Rule.FOR_EVER)
def a_key_used_twice_has_two_effects(patch: Patch) -> None:
    right = MemoryStore.append

    def append(
        self: MemoryStore, batches: Sequence[Batch], seq: int, refusals: Sequence[Refusal] = ()
    ) -> list[Receipt]:
        self._receipts = {}
        return right(self, batches, seq, refusals)

    patch.setattr(MemoryStore, "append", append)


@breaks(Rule.ONCE)
def another_order_under_a_known_key_gets_the_first_receipt(patch: Patch) -> None:
    patch.setattr(service, "content_digest", lambda command: b"the same")


@breaks(Rule.AUDITED)
def refusals_are_not_kept(patch: Patch) -> None:
    right = Service._keep

    def keep(self: Service, group: Any) -> None:
        group.refusals.clear()
        right(self, group)

    patch.setattr(Service, "_keep", keep)
