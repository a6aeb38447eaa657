"""The whole corridor lived step by step: people, services and the machine order, two people agree, clocks step, disks
fail, the service restarts. After each step the log, what stands and who may what are compared with their definitions.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests import drawing
from tests.access.office import VERBS, terms
from tests.engine.dumb import Dumb, known_as
from tests.failing_store import FailingFile, FailingStore
from tests.service.rights import Rights
from tests.world import ARMY, COAST, COUNTRY, DUTY, EAST, LAND, WEST, StillClock
from tocsin.access import LOCAL, Caller, token_digest
from tocsin.commands import (
    AcceptClock,
    Answering,
    Approve,
    Command,
    Decline,
    EndingOrder,
    GiveGrant,
    Heartbeat,
    IssueToken,
    Order,
    RevokeGrant,
    RevokeToken,
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
from tocsin.model import Hazard, HolderKind, Realm, SourceId, Status, Verb, ZoneId
from tocsin.service import Service
from tocsin.standing import folded, nothing, restored
from tocsin.store import Receipt

FEED = SourceId("feed")
SOURCES = [DUTY, ARMY, FEED]
PEOPLE = ["olena", "ivan", "maria"]
HOLDERS = [*PEOPLE, "feed"]
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
Asked = tuple[Command, Caller]


class Corridor(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.clock = StillClock()
        self.store = self.make_store()
        self.service = Service(self.store, COUNTRY, self.clock)
        self.service.wake(self.hear)
        self.other = Service(FailingStore(realm=Realm.DRILL), COUNTRY, self.clock)
        self.rights = Rights(COUNTRY)
        self.heard: list[Entry] = []
        self.headers: list[str] = []
        self.sent: list[Asked] = []
        self.receipts: dict[str, tuple[Command, Receipt]] = {}
        self.recorded_at: datetime | None = None
        self.numbers = itertools.count()

    def make_store(self) -> FailingStore | FailingFile:
        return FailingStore()

    def reopened(self) -> FailingStore | FailingFile:
        """The log as a new process finds it."""
        return self.store

    def hear(self, entries: Sequence[Entry]) -> None:
        self.heard += entries

    @property
    def now(self) -> datetime:
        return self.clock.at if self.recorded_at is None else max(self.clock.at, self.recorded_at)

    # --- at first ----------------------------------------------------------------------------

    @initialize()
    def begin(self) -> None:
        """Olena and Ivan may all everywhere; Maria warns in the forest, under a ceiling; the feed in the east."""
        warns = (Verb.REPORT, Verb.RAISE, Verb.RELEASE, Verb.WITHDRAW)
        feed = {"kind": HolderKind.SERVICE, "sources": (FEED,), "verbs": warns}
        given = [
            terms("feed", EAST, **feed),
            terms("maria", WEST, COAST, verbs=warns, max_zones=4, hazards=(Hazard.AIR_RAID,)),
            terms("olena", LAND),
            terms("ivan", LAND, sources=(ARMY, DUTY)),
        ]
        for each in given:
            self.carry_out([self.by_local(GiveGrant(terms=each))])
            self.carry_out([self.by_local(self.new_token(each.holder, days=30))])

    def by_local(self, order: Order, source: SourceId = DUTY) -> Asked:
        return self.envelope(order, LOCAL, source), LOCAL

    def envelope(self, order: Order, caller: Caller, source: SourceId) -> Command:
        return Command(key=f"key {next(self.numbers)}", actor=caller.holder, source=source, order=order)

    def new_token(self, holder: str, *zones: ZoneId, days: float = 1) -> IssueToken:
        token = f"tocsin_live_{len(self.headers)}"
        self.headers.append(f"Bearer {token}")
        expires = self.clock.at + timedelta(days=days)
        return IssueToken(holder=holder, digest=token_digest(token), zones=zones, expires=expires)

    # --- what may be tried -------------------------------------------------------------------

    def some_order(self, data: st.DataObject, caller: Caller, source: SourceId) -> Order:
        waiting = list(self.service.access.proposals)
        drawn = ["raise", "upon", "upon", "upon", "source", "authority", *(["answer"] * 2 if waiting else [])]
        kind = data.draw(st.sampled_from(drawn))
        holds = list(self.service.state.holds.values())
        if kind == "answer":
            number = data.draw(st.sampled_from(waiting[-3:]))
            shown = self.service.access.proposals[number].shown
            yes = Approve(proposal=number, shown=data.draw(st.sampled_from([shown, shown, shown, "0" * 64])))
            return yes if data.draw(st.integers(0, 3)) else Decline(proposal=number)
        if kind == "upon" and holds:
            own = [hold for hold in holds if hold.source == source]
            holds = data.draw(st.sampled_from([own, own, own, holds])) or holds
            return data.draw(drawing.upon(COUNTRY, holds, source, SOURCES, self.now))
        if kind == "source":
            return data.draw(drawing.of_sources(COUNTRY, SOURCES))
        if kind == "authority":
            return self.some_authority(data)
        return data.draw(drawing.raises(COUNTRY, self.now))

    def some_authority(self, data: st.DataObject) -> Order:
        kind = data.draw(st.sampled_from([GiveGrant, RevokeGrant, IssueToken, RevokeToken, AcceptClock]))
        holder = data.draw(st.sampled_from(HOLDERS))
        zones = data.draw(drawing.zones(COUNTRY))
        if kind is GiveGrant:
            granted = terms(
                holder,
                *zones,
                kind=HolderKind.SERVICE if holder == "feed" else HolderKind.PERSON,
                sources=(data.draw(st.sampled_from(SOURCES)),),
                verbs=tuple(data.draw(st.sets(st.sampled_from(VERBS), min_size=1))),
                hazards=data.draw(st.sampled_from([tuple(Hazard), (Hazard.AIR_RAID,)])),
                max_zones=data.draw(st.sampled_from([None, 1, 3])),
                max_people=data.draw(st.sampled_from([None, 1_200])),
                expires=data.draw(st.sampled_from([None, self.now + timedelta(minutes=8)])),
            )
            return GiveGrant(terms=granted)
        if kind is RevokeGrant:
            return RevokeGrant(grant=data.draw(st.sampled_from([*self.service.access.grants])))
        if kind is IssueToken:
            return self.new_token(holder, *data.draw(st.sampled_from([(), zones])))
        if kind is RevokeToken:
            tokens = [token.id for token in self.service.access.tokens.values()]
            return RevokeToken(token=data.draw(st.sampled_from(tokens)))
        return AcceptClock()

    def some_asked(self, data: st.DataObject) -> Asked | None:
        """Somebody's order, or an earlier one again, as it was or changed; None for whoever is turned away at once."""
        if self.sent and data.draw(st.integers(0, 5)) == 0:
            given, giver = data.draw(st.sampled_from(self.sent))
            changed = msgspec.structs.replace(given, reason="changed")
            return data.draw(st.sampled_from([given, given, changed])), giver
        header = data.draw(st.sampled_from([None, *self.headers[:2] * 2, *self.headers[2:4] * 4, *self.headers]))
        caller = self.authenticated(header)
        if caller is None:
            return None
        own = [granted for granted in self.rights.grants().values() if granted.holder == caller.holder]
        spoken = [source for granted in own for source in granted.sources] or SOURCES
        source = data.draw(st.sampled_from([*spoken * 6, *SOURCES]))
        given = self.envelope(self.some_order(data, caller, source), caller, source)
        if data.draw(st.integers(0, 9)) == 0:
            given = msgspec.structs.replace(given, actor="olena")
        return given, caller

    def authenticated(self, header: str | None) -> Caller | None:
        """Whoever shows this header, or is at the machine without one."""
        if header is None:
            return LOCAL
        try:
            caller = self.service.authenticate(header)
        except TocsinError:
            assert not self.rights.knows(header, self.now)
            return None
        assert self.rights.knows(header, self.now)
        return caller

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

    @precondition(lambda self: any(each.status == "open" for each in self.service.access.proposals.values()))
    @rule(data=st.data())
    def agree(self, data: st.DataObject) -> None:
        """Somebody else sees what waits, and agrees."""
        waiting = [each for each in self.service.access.proposals.values() if each.status == "open"]
        proposal = data.draw(st.sampled_from(waiting))
        header = data.draw(st.sampled_from([self.headers[2], self.headers[3]]))
        caller = self.authenticated(header)
        if caller is not None:
            yes = Approve(proposal=proposal.id, shown=proposal.shown)
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
