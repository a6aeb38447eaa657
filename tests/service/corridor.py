"""The whole corridor lived step by step: people, services and the machine order, two people agree, clocks step, disks
fail, the service restarts. After each step the log, what stands and who may what are compared with their definitions.
"""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import timedelta

import msgspec
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from tests.engine.dumb import Dumb, known_as
from tests.service.asking import FEED, FEEDS, IVANS, KNOWN, OLENAS, PETROS, Asked, Asking
from tests.world import COUNTRY, DUTY, LAND
from tocsin.access import Caller
from tocsin.commands import (
    Answering,
    Approve,
    Command,
    EndingOrder,
    Heartbeat,
    Order,
    Raise,
    Release,
    RevokeGrant,
)
from tocsin.engine import stale_zones, statuses
from tocsin.errors import StoreFull, TocsinError, WrongRealm
from tocsin.events import (
    ClockAccepted,
    Entry,
    Event,
    HoldReleased,
    HoldWithdrawn,
    OrderProposed,
    ProposalApproved,
    SourceFellSilent,
)
from tocsin.model import Status, ZoneId
from tocsin.service import Service
from tocsin.standing import folded, nothing, restored
from tocsin.store import Receipt

OF_RIGHTS = {
    "not_granted",
    "ceiling_reached",
    "forbidden",
    "same_person",
    "token_expired",
    "token_taken_back",
    "unauthorised",
}
CLOSED = {"not_found", "proposal_closed"}


class Corridor(Asking):
    """What happens, and what must hold."""

    # --- what happens ------------------------------------------------------------------------

    @rule(data=st.data())
    def order(self, data: st.DataObject) -> None:
        asked = self.some_asked(data)
        self.carry_out([asked] if asked else [])

    @rule(data=st.data(), number=st.integers(2, 4))
    def orders(self, data: st.DataObject, number: int) -> None:
        """In one append, of several callers, each upon what the ones before it left."""
        self.carry_out([asked for _ in range(number) if (asked := self.some_asked(data)) is not None])

    @rule(data=st.data(), number=st.integers(1, 3))
    def orders_at_a_full_disk(self, data: st.DataObject, number: int) -> None:
        self.fail([asked for _ in range(number) if (asked := self.some_asked(data)) is not None])

    @rule(place=st.sampled_from(KNOWN), zone=st.sampled_from(list(COUNTRY)), ref=st.sampled_from("abc"))
    def warn(self, place: int, zone: ZoneId, ref: str) -> None:
        """The simplest order there is, so that ends, areas and ceilings are reached."""
        if (caller := self.shows(place)) is not None:
            source = FEED if place == FEEDS else DUTY
            self.carry_out([(self.envelope(Raise(zones=(zone,), ref=ref), caller, source), caller)])

    @rule(data=st.data())
    def at_the_machine(self, data: st.DataObject) -> None:
        self.carry_out([self.by_local(self.some_authority(data))])

    @rule(data=st.data())
    def the_same_twice_in_one_append(self, data: st.DataObject) -> None:
        if asked := self.some_asked(data):
            self.carry_out([asked, asked])

    @rule(place=st.sampled_from([PETROS, OLENAS, IVANS]), data=st.data())
    def propose(self, place: int, data: st.DataObject) -> None:
        """Something that takes two people."""
        everywhere: list[Order] = [Raise(zones=(LAND,), ref="all"), Release(zones=(LAND,))]
        order = data.draw(st.sampled_from([*everywhere, self.some_authority(data)]))
        if (caller := self.shows(place)) is not None:
            self.carry_out([(self.envelope(order, caller, DUTY), caller)])

    @rule(grant=st.sampled_from([1, 2, 4]))
    def dismiss(self, grant: int) -> None:
        """Two people take a grant back: the feed's, Maria's or Olena's own."""
        olena, ivan = self.shows(OLENAS), self.shows(IVANS)
        if olena is not None and ivan is not None:
            self.carry_out([(self.envelope(RevokeGrant(grant=grant), olena, DUTY), olena)])
            self.agree_to(max(self.service.access.proposals, default=0), ivan)

    @precondition(lambda self: any(each.status == "open" for each in self.service.access.proposals.values()))
    @rule(data=st.data())
    def agree(self, data: st.DataObject) -> None:
        """Somebody else sees what waits, and agrees."""
        waiting = [each for each in self.service.access.proposals.values() if each.status == "open"]
        proposal = data.draw(st.sampled_from(waiting))
        if (caller := self.shows(data.draw(st.sampled_from([OLENAS, IVANS])))) is not None:
            self.agree_to(proposal.id, caller)

    def agree_to(self, number: int, caller: Caller) -> None:
        proposal = self.service.access.proposals.get(number)
        if proposal is not None:
            yes = Approve(proposal=number, shown=proposal.shown)
            self.carry_out([(self.envelope(yes, caller, DUTY), caller)])

    @rule(minutes=st.sampled_from([0.5, 1.0, 3.0, 9.0, 11.0, 16.0, 1500.0]))
    def pass_time(self, minutes: float) -> None:
        self.clock.at += timedelta(minutes=minutes)
        self.clock.elapsed += minutes * 60

    @rule(seconds=st.sampled_from([3, 5, 6, 900]))
    def step_back(self, seconds: int) -> None:
        self.clock.at -= timedelta(seconds=seconds)

    @rule()
    def watch(self) -> None:
        head, before = self.store.head(), statuses(self.service.state)
        self.service.watch()
        for entry in self.take_in(head):
            assert isinstance(entry.event, SourceFellSilent)
        assert statuses(self.service.state) == before, "silence clears nothing"

    @rule(snapshot=st.booleans())
    def restart(self, snapshot: bool) -> None:
        before = self.service.standing
        if snapshot:
            self.service.snapshot()
        self.store = self.reopened()
        self.service = Service(self.store, COUNTRY, self.clock)
        self.service.wake(self.hear)
        assert self.service.standing == before == folded(self.store, nothing(COUNTRY))

    def fail(self, asked: list[Asked]) -> None:
        """The disk refuses: nothing has happened, and nobody has heard of it."""
        before, head, heard, now = self.service.standing, self.store.head(), len(self.heard), self.service.now()
        kept = len(self.store.done(0, 10_000)), len(self.store.refused(0, 10_000))
        self.store.fails_append = StoreFull("the disk is full")
        try:
            outcomes = self.service.carry_out(asked)
            # Only what changes nothing can be answered without the disk.
            assert all(self.needs_no_disk(given, outcome) for (given, _), outcome in zip(asked, outcomes, strict=True))
        except StoreFull:
            pass
        self.store.fails_append = None
        assert (self.service.standing, self.store.head(), len(self.heard)) == (before, head, heard)
        assert kept == (len(self.store.done(0, 10_000)), len(self.store.refused(0, 10_000)))
        assert self.service.now() == now

    def needs_no_disk(self, given: Command, outcome: Receipt | TocsinError) -> bool:
        idle = isinstance(given.order, Heartbeat) and isinstance(outcome, Receipt) and outcome.events == 0
        return idle or given.key in self.receipts or isinstance(outcome, TocsinError)

    def carry_out(self, asked: list[Asked]) -> None:
        head, refusals = self.store.head(), len(self.store.refused(0, 10_000))
        before, holds = statuses(self.service.state), self.rights.holds()
        outcomes = self.service.carry_out(asked)
        entries = self.store.read(head, 10_000)
        for (given, caller), outcome in zip(asked, outcomes, strict=True):
            self.sent.append((given, caller))
            led_to = self.led_to(given, outcome, entries)
            self.check_one(given, caller, outcome, [entry.event for entry in led_to])
            self.rights.log += [entry.event for entry in led_to]
            if led_to:
                self.recorded_at = led_to[-1].recorded_at
        assert entries == [], "what is in the log is acknowledged to somebody"
        refused = [outcome for outcome in outcomes if isinstance(outcome, TocsinError)]
        assert len(self.store.refused(0, 10_000)) == refusals + len(refused), "each refusal is kept once"
        self.check_ends(before, set(holds) - set(self.rights.holds()), self.rights.log[head:])

    def led_to(self, given: Command, outcome: Receipt | TocsinError, entries: list[Entry]) -> list[Entry]:
        """The entries that are this command's, taken from those that are left."""
        if not isinstance(outcome, Receipt) or given.key in self.receipts:
            return []
        taken, entries[:] = entries[: outcome.events], entries[outcome.events :]
        assert [entry.order for entry in taken] == [given.key] * outcome.events
        assert outcome.seq == len(self.rights.log) + len(taken)
        return taken

    def take_in(self, head: int) -> list[Entry]:
        entries = self.store.read(head, 10_000)
        self.rights.log += [entry.event for entry in entries]
        self.recorded_at = entries[-1].recorded_at if entries else self.recorded_at
        return entries

    # --- what must hold of each command ------------------------------------------------------

    def check_one(self, given: Command, caller: Caller, outcome: Receipt | TocsinError, events: list[Event]) -> None:
        code = outcome.code if isinstance(outcome, TocsinError) else None
        if given.actor != caller.holder and not caller.local:
            assert code == "forbidden"
            return
        if given.key in self.receipts:
            first, receipt = self.receipts[given.key]
            assert outcome == receipt if first == given else code == "key_reused"
            return
        if isinstance(outcome, Receipt) and not (isinstance(given.order, Heartbeat) and not events):
            self.receipts[given.key] = given, outcome
        if isinstance(given.order, Answering):
            self.check_answer(given, caller, code, events)
            return
        may = self.rights.may(caller, given, self.now)
        assert (code not in OF_RIGHTS) if may else (code in OF_RIGHTS), (code, given, caller)
        if code is None and not caller.local:
            assert not self.rights.waits_for_the_clock(given, self.clock.at, self.recorded_at)
            if self.rights.takes_two(given):
                assert [type(event) for event in events] in ([], [OrderProposed])
        if caller.local or not self.rights.takes_two(given):
            assert not any(isinstance(event, OrderProposed) for event in events)

    def check_answer(self, given: Command, caller: Caller, code: str | None, events: list[Event]) -> None:
        order = given.order
        assert isinstance(order, Answering)
        may = self.rights.answers(caller, given, self.now)
        if may is None:
            assert code in CLOSED
            return
        if not may:
            assert code in OF_RIGHTS
            return
        asked = msgspec.json.decode(self.rights.waiting(self.now)[order.proposal].command, type=Command)
        if code is None and isinstance(order, Approve):
            assert events[0] == ProposalApproved(proposal=order.proposal, by=caller.holder, at=self.now)
            assert caller.holder != asked.actor, "two different people"
            assert order.shown == self.service.access.proposals[order.proposal].shown
            assert self.rights.may(Caller(holder=asked.actor), asked, self.now), "the first may still do it"
            assert not self.rights.waits_for_the_clock(asked, self.clock.at, self.recorded_at)
            if isinstance(asked.order, EndingOrder):
                since = self.rights.log[order.proposal :]
                near = self.rights.covered(asked.order.zones)
                ended = [event for event in since if isinstance(event, HoldReleased | HoldWithdrawn)]
                assert not any(event.zone in near for event in ended), "what both looked at has not changed"
        assert code != "same_person"

    def check_ends(self, before: dict[ZoneId, Status], gone: set[int], events: list[Event]) -> None:
        """A hold ends by a release or a withdrawal alone, and nothing else lets a zone say less."""
        ended = {event.hold for event in events if isinstance(event, HoldReleased | HoldWithdrawn)}
        assert gone <= ended
        if not ended:
            after = statuses(self.service.state)
            assert all(after[zone].rank >= status.rank for zone, status in before.items())

    # --- what must hold at any time ----------------------------------------------------------

    @invariant()
    def the_log_has_no_gap_and_only_grows_and_readers_heard_all_of_it(self) -> None:
        entries = self.store.read(0, 10_000)
        assert [entry.seq for entry in entries] == list(range(1, self.store.head() + 1))
        assert [entry.event for entry in entries] == self.rights.log
        assert self.heard == entries
        accepted = {entry.order for entry in entries if isinstance(entry.event, ClockAccepted)}
        for earlier, later in itertools.pairwise(entries):
            assert later.recorded_at >= earlier.recorded_at or later.order in accepted

    @invariant()
    def what_is_said_is_what_the_open_holds_say(self) -> None:
        state = self.service.state
        open_ = self.rights.holds()
        assert Counter(known_as(hold) for hold in state.holds.values()) == Counter(open_.values())
        assert set(state.holds) == set(open_)
        dumb = Dumb(COUNTRY.parents, list(open_.values()), self.rights.silent(), self.rights.promised())
        assert statuses(state) == {zone: dumb.says(zone) for zone in COUNTRY}
        assert stale_zones(state) == [zone for zone in COUNTRY if dumb.stale(zone)]

    @invariant()
    def time_goes_on_from_the_last_entry_and_never_before_it(self) -> None:
        assert self.service.now() == self.now

    @invariant()
    def what_stands_is_the_fold_of_the_log(self) -> None:
        assert self.service.standing == restored(self.store, COUNTRY) == folded(self.store, nothing(COUNTRY))

    @invariant()
    def nothing_has_crossed_into_the_other_realm(self) -> None:
        assert (self.other.store.head(), self.other.store.done(0, 1)) == (0, [])
        for header in self.headers[-1:]:
            with pytest.raises(WrongRealm):
                self.other.authenticate(header)

    def teardown(self) -> None:
        self.store.close()
