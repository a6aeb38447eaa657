"""The engine lived step by step under random orders, beside a model too dumb to be wrong."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests import drawing
from tests.doses import dose
from tests.engine.countries import countries
from tests.engine.dumb import Dumb, known_as, worst
from tests.world import ARMY, DUTY, NOON, command
from tocsin.commands import (
    Annotate,
    Command,
    Extend,
    Heartbeat,
    Order,
    Raise,
)
from tocsin.engine import State, decide, fold, last_touched, stale_zones, status_of, statuses
from tocsin.engine.snapshot import pack, unpack
from tocsin.events import Event, HoldAnnotated, HoldEscalated, HoldRaised, HoldReleased, HoldWithdrawn, SourceEvent
from tocsin.model import (
    Extent,
    Freshness,
    Hierarchy,
    SourceId,
    Status,
)

SOURCES = [DUTY, ARMY]
sources = st.sampled_from(SOURCES)


class Engine(RuleBasedStateMachine):
    country: Hierarchy
    state: State

    @initialize(country=countries())
    def begin(self, country: Hierarchy) -> None:
        self.country, self.state = country, State(country)
        self.dumb = Dumb(country.parents)
        self.log: list[Event] = []

    # --- the orders --------------------------------------------------------------------------

    @rule(data=st.data(), giver=sources)
    def raise_(self, data: st.DataObject, giver: SourceId) -> None:
        self.give(giver, data.draw(drawing.raises(self.country, NOON)))

    @precondition(lambda self: self.state.holds)
    @rule(data=st.data(), giver=sources)
    def upon(self, data: st.DataObject, giver: SourceId) -> None:
        holds = list(self.state.holds.values())
        self.give(giver, data.draw(drawing.upon(self.country, holds, giver, SOURCES, NOON)))

    @rule(data=st.data(), giver=sources)
    def of_source(self, data: st.DataObject, giver: SourceId) -> None:
        self.give(giver, data.draw(drawing.of_sources(self.country, SOURCES)))

    # --- what they lead to -------------------------------------------------------------------

    def give(self, giver: SourceId, order: Order) -> None:
        given, before = command(order, giver), self.state
        refused = self.dumb.obey(giver, order, NOON)
        if refused is not None:
            with pytest.raises(refused):
                decide(before, given, NOON)
            return
        events = decide(before, given, NOON)
        self.state = fold(before, events)
        self.log += events
        if isinstance(order, Raise | Heartbeat | Extend | Annotate):
            assert decide(self.state, given, NOON) == (), "given once more it changes nothing"
        self.check_prefixes(before, given, events)

    def check_prefixes(self, before: State, given: Command, events: tuple[Event, ...]) -> None:
        """At no moment does a zone say less than both before and after the order; and only an end lets it say less."""
        seen = [before]
        for event in events:
            seen.append(fold(seen[-1], [event]))
            if isinstance(event, HoldReleased | HoldWithdrawn):
                assert event.leaves is status_of(seen[-1], event.zone).status, "an end says what it leaves"
                assert seen[-2].holds[event.hold].zone == event.zone
                assert seen[-2].holds[event.hold].source == (getattr(given.order, "of", None) or given.source)
                assert event.at >= seen[-2].holds[event.hold].since
            else:
                assert all(worse_or_same(*pair) for pair in zip(said_by(seen[-2]), said_by(seen[-1]), strict=True))
            if isinstance(event, SourceEvent | HoldAnnotated):
                assert statuses(seen[-1]) == statuses(seen[-2])
        for moment in map(said_by, seen):
            for was, now, will in zip(said_by(before), moment, said_by(seen[-1]), strict=True):
                assert worse_or_same(was, now) or worse_or_same(will, now)
        for earlier, later in pairwise(seen):
            for hold in earlier.holds.keys() & later.holds.keys():
                assert later.holds[hold].says.rank >= earlier.holds[hold].says.rank, "no hold comes to say less"

    @invariant()
    def the_last_touch_of_a_zone_is_the_last_change_of_a_hold_on_it_in_it_or_above_it(self) -> None:
        changes = [
            (seq, event.zone)
            for seq, event in enumerate(self.log, 1)
            if isinstance(event, HoldRaised | HoldEscalated | HoldReleased | HoldWithdrawn)
        ]
        for zone in self.country:
            near = [seq for seq, at in changes if self.dumb.within(zone, at) or self.dumb.within(at, zone)]
            assert last_touched(self.state, [zone]) == max(near, default=0)

    @invariant()
    def the_same_holds_are_open_as_in_the_model(self) -> None:
        assert Counter(known_as(hold) for hold in self.state.holds.values()) == Counter(self.dumb.open)

    @invariant()
    def the_same_is_said_as_by_the_model(self) -> None:
        assert statuses(self.state) == {zone: self.dumb.says(zone) for zone in self.country}
        assert stale_zones(self.state) == [zone for zone in self.country if self.dumb.stale(zone)]
        for zone in self.country:
            told = status_of(self.state, zone)
            assert told.zone == zone
            assert told.status is self.dumb.says(zone)
            assert told.within is worst(self.dumb.parts(zone))
            assert told.around is worst(self.dumb.around(zone))
            assert told.since == self.dumb.since(zone)
            assert (told.freshness is Freshness.STALE) == self.dumb.stale(zone)

    @invariant()
    def nothing_is_clear_that_an_open_hold_covers(self) -> None:
        for hold in self.state.holds.values():
            assert status_of(self.state, hold.zone).status is not Status.CLEAR
            if hold.extent is Extent.WHOLE:
                for zone in self.country.descendants(hold.zone):
                    assert status_of(self.state, zone).status.rank >= hold.says.rank

    @invariant()
    def the_log_folds_to_the_same_state_from_nothing_and_from_anywhere(self) -> None:
        cut = len(self.log) // 2
        head = fold(State(self.country), self.log[:cut])
        assert fold(State(self.country), self.log) == self.state
        assert fold(head, self.log[cut:]) == self.state
        assert fold(unpack(pack(head), self.country), self.log[cut:]) == self.state


def said_by(state: State) -> list[Status]:
    return list(statuses(state).values())


def worse_or_same(one: Status, other: Status) -> bool:
    """Whether ``other`` is as bad as ``one`` or worse."""
    return other.rank >= one.rank


TestEngine = Engine.TestCase
TestEngine.settings = dose(60, steps=25)
