"""Planted: in what givers and subscribers hear."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import msgspec

from tests.sim.planting import Patch, breaks
from tocsin.access import Caller
from tocsin.channels.frames import Form
from tocsin.channels.ring import Ring
from tocsin.channels.stream import Hub
from tocsin.commands import Command
from tocsin.errors import TocsinError
from tocsin.events import Entry, HoldEscalated, Internal, PublicEntry
from tocsin.queue import Queue
from tocsin.service import Service
from tocsin.sim.rules import Rule
from tocsin.store import Receipt
from tocsin.texts import Kind, Message

ring: Any = import_module("tocsin.channels.ring")
telling: Any = import_module("tocsin.told.teller")


@breaks(Rule.HEARD, Rule.PROMPT)
def a_subscriber_that_resumes_is_sent_nothing(patch: Patch) -> None:
    right = Ring.since
    patch.setattr(Ring, "since", lambda self, after, view=None: [] if right(self, after, view) is not None else None)


@breaks(Rule.HEARD, Rule.SOUND, Rule.PROMPT)
def after_one_reader_failed_the_others_miss_what_was_added(patch: Patch) -> None:
    def wake_readers(self: Service, appended: Sequence[Entry]) -> None:
        try:
            for reader in self._readers:
                reader(appended)
        except RuntimeError:
            return

    patch.setattr(Service, "_wake_readers", wake_readers)


@breaks(Rule.PROMPT, Rule.ALIVE)
def the_bell_is_not_rung(patch: Patch) -> None:
    patch.setattr(Hub, "stir", lambda self, views: None)


@breaks(Rule.ALIVE)
def a_stream_where_nothing_happens_is_quiet(patch: Patch) -> None:
    right = Hub.heartbeat
    began: set[int] = set()

    def heartbeat(self: Hub, form: Form) -> bytes:
        if id(self) in began:
            return b""
        began.add(id(self))
        return right(self, form)

    patch.setattr(Hub, "heartbeat", heartbeat)


@breaks(Rule.ALIVE)
def an_order_that_changes_nothing_puts_off_the_heartbeat(patch: Patch) -> None:
    right = Service._keep

    def keep(self: Service, group: Any) -> None:
        right(self, group)
        if group.batches:
            self._wake_readers([])

    def publish(self: Hub, entries: Sequence[Entry]) -> None:
        self.stir(self.ring.add(entries))

    patch.setattr(Service, "_keep", keep)
    patch.setattr(Hub, "publish", publish)


@breaks(Rule.ALL_CLEAR)
def an_all_clear_is_told_while_a_part_of_what_lies_above_is_held(patch: Patch) -> None:
    patch.setattr(telling, "around", lambda state, zone: ())


@breaks(Rule.WORDS)
def a_withdrawal_is_not_told(patch: Patch) -> None:
    right = Ring._words_of

    def told(self: Ring, order: Sequence[Entry]) -> Sequence[Message]:
        return [message for message in right(self, order) if message.kind is not Kind.WITHDRAWN]

    patch.setattr(Ring, "_words_of", told)


@breaks(Rule.HEARD, Rule.PROMPT)
def whoever_fell_off_the_end_of_the_ring_is_not_told_to_reset(patch: Patch) -> None:
    right = Ring.since
    patch.setattr(Ring, "since", lambda self, after, view=None: right(self, after, view) or [])


@breaks(Rule.SAME)
def an_escalation_is_not_public(patch: Patch) -> None:
    right = ring.public

    def public(entry: Entry) -> PublicEntry:
        told: PublicEntry = right(entry)
        return msgspec.structs.replace(told, event=Internal()) if isinstance(entry.event, HoldEscalated) else told

    patch.setattr(ring, "public", public)


@breaks(Rule.DURABLE, Rule.SAME, Rule.HEARD, Rule.ALL_CLEAR)
def everyone_is_told_before_it_is_on_the_disk(patch: Patch) -> None:
    right = Service._keep

    def keep(self: Service, group: Any) -> None:
        if appended := self._appended(group.batches):
            self._wake_readers(appended)
        right(self, group)

    patch.setattr(Service, "_keep", keep)


@breaks(Rule.ANSWERED)
def whoever_is_refused_is_left_waiting(patch: Patch) -> None:
    right = Queue.submit

    async def submit(self: Queue, command: Command, caller: Caller) -> Receipt:
        try:
            return await right(self, command, caller)
        except TocsinError:
            never: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
            return await never

    patch.setattr(Queue, "submit", submit)
