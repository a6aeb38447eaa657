"""The engine on random countries under random orders, beside a model too dumb to be wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.world import NOON, carried_out, minute, raising, releasing
from tocsin.commands import Command, Raise
from tocsin.engine import State, decide, evolve, fold, status_of, statuses
from tocsin.engine.snapshot import pack, unpack
from tocsin.errors import EndBeforeStart, NothingToRelease, TocsinError
from tocsin.events import Event
from tocsin.model import Extent, Hierarchy, Level, SourceId, Stage, Status, Threat, ZoneId

FAST = settings(max_examples=200, derandomize=True)

ZONES = 9
SOURCES = [SourceId("duty"), SourceId("army")]


@dataclass
class Dumb:
    """All that was ever raised and not released, in a list, and statuses by looking at everything."""

    parents: dict[ZoneId, ZoneId | None]
    open: list[dict[str, Any]] = field(default_factory=list)

    def within(self, zone: ZoneId | None, other: ZoneId) -> bool:
        """Whether ``zone`` is ``other`` or lies in it."""
        return zone is not None and (zone == other or self.within(self.parents[zone], other))

    def obey(self, command: Command) -> type[TocsinError] | None:
        """Carry it out, or say what it is refused with."""
        order = command.order
        zones = sorted(set(order.zones), key=order.zones.index)
        if isinstance(order, Raise):
            for zone in zones:
                said = {"source": command.source, "zone": zone} | {
                    name: getattr(order, name) for name in ("threat", "stage", "level", "extent", "ref")
                }
                if not any(said.items() <= hold.items() for hold in self.open):
                    self.open.append(said | {"since": order.at})
            return None
        assert order.at is not None
        ending = [
            [
                hold
                for hold in self.open
                if hold["zone"] == zone
                and hold["source"] == command.source
                and order.threat in (None, hold["threat"])
                and order.ref in (None, hold["ref"])
            ]
            for zone in zones
        ]
        if not all(ending):
            return NothingToRelease
        if any(order.at < hold["since"] for holds in ending for hold in holds):
            return EndBeforeStart
        for holds in ending:
            for hold in holds:
                self.open.remove(hold)
        return None

    def says(self, zone: ZoneId) -> Status:
        worst = Status.CLEAR
        for hold in self.open:
            if hold["extent"] is Extent.WHOLE and self.within(zone, hold["zone"]):
                early = hold["stage"] is Stage.EARLY_WARNING
                said = Status.EARLY_WARNING if early else Status(hold["level"].value)
            elif self.within(hold["zone"], zone):
                said = Status.PARTIAL
            else:
                continue
            worst = max(worst, said, key=list(Status).index)
        return worst


@st.composite
def countries(draw: st.DrawFn) -> Hierarchy:
    parents: dict[ZoneId, ZoneId | None] = {ZoneId("z0"): None}
    for number in range(1, draw(st.integers(1, ZONES))):
        above = draw(st.none() | st.integers(0, number - 1))
        parents[ZoneId(f"z{number}")] = None if above is None else ZoneId(f"z{above}")
    return Hierarchy(parents)


@st.composite
def orders(draw: st.DrawFn, country: Hierarchy) -> list[Command]:
    zones = st.lists(st.sampled_from(list(country)), min_size=1, max_size=3)
    source, ref = st.sampled_from(SOURCES), st.sampled_from([None, "a", "b"])
    at, threat = st.integers(-9, 0).map(minute), st.sampled_from([Threat.UNKNOWN, Threat.DRONES])
    given: list[Command] = []
    for raises in draw(st.lists(st.booleans(), max_size=14)):
        said: dict[str, Any] = {"source": draw(source), "at": draw(at), "ref": draw(ref)}
        if raises:
            said |= {"threat": draw(threat), "stage": draw(st.sampled_from(Stage))}
            said |= {"level": draw(st.sampled_from(Level)), "extent": draw(st.sampled_from(Extent))}
            given.append(raising(*draw(zones), **said))
        else:
            given.append(releasing(*draw(zones), threat=draw(st.none() | threat), **said))
    return given


@st.composite
def countries_under_orders(draw: st.DrawFn) -> tuple[Hierarchy, list[Command]]:
    country = draw(countries())
    return country, draw(orders(country))


def lived(country: Hierarchy, commands: list[Command]) -> list[Event]:
    """The log that the commands lead to, the refused ones leaving nothing."""
    state = State(country)
    log: list[Event] = []
    for command in commands:
        try:
            events = decide(state, command, NOON)
        except TocsinError:
            continue
        log += events
        state = fold(state, events)
    return log


@FAST
@given(countries_under_orders())
def test_the_engine_does_and_says_what_the_dumb_model_does_and_says(drawn: tuple[Hierarchy, list[Command]]) -> None:
    country, commands = drawn
    state, dumb = State(country), Dumb(country.parents)
    for command in commands:
        refused = dumb.obey(command)
        if refused is None:
            state = fold(state, decide(state, command, NOON))
        else:
            with pytest.raises(refused):
                decide(state, command, NOON)
        assert len(state.holds) == len(dumb.open)
        every = statuses(state)
        assert every == {zone: dumb.says(zone) for zone in country}
        assert every == {zone: status_of(state, zone).status for zone in country}


@FAST
@given(countries_under_orders())
def test_a_zone_is_never_clear_while_any_open_hold_covers_it(drawn: tuple[Hierarchy, list[Command]]) -> None:
    country, commands = drawn
    state = State(country)
    for event in lived(country, commands):
        state = evolve(state, event)
        every = statuses(state)
        for hold in state.holds.values():
            touched = {hold.zone, *country.ancestors(hold.zone)}
            if hold.extent is Extent.WHOLE:
                touched |= set(country.descendants(hold.zone))
                covered = {hold.zone, *country.descendants(hold.zone)}
                assert all(every[zone].rank >= hold.says.rank for zone in covered)
            assert all(every[zone] is not Status.CLEAR for zone in touched)


@FAST
@given(countries_under_orders(), st.data())
def test_the_fold_is_the_same_at_once_one_by_one_and_from_a_snapshot(
    drawn: tuple[Hierarchy, list[Command]], data: st.DataObject
) -> None:
    country, commands = drawn
    log = lived(country, commands)
    whole = fold(State(country), log)
    upto = data.draw(st.integers(0, len(log)))
    one_by_one = State(country)
    for event in log:
        one_by_one = evolve(one_by_one, event)
    tail = fold(unpack(pack(fold(State(country), log[:upto])), country), log[upto:])
    assert one_by_one == whole == tail
    assert pack(one_by_one) == pack(whole) == pack(tail)
    assert {zone: tuple(sorted(ids)) for zone, ids in whole.by_zone.items()} == dict(whole.by_zone)


ALERTS = [(zone, source, ref) for zone in ("z0", "z1", "z2", "z3") for source in SOURCES for ref in "abc"]
CHAIN = Hierarchy({ZoneId(f"z{n}"): ZoneId(f"z{n - 1}") if n else None for n in range(4)})


@FAST
@given(st.sets(st.sampled_from(ALERTS), min_size=1, max_size=8), st.data())
def test_order_and_duplication_of_the_same_raises_and_releases_by_ref_give_the_same_open_holds(
    alerts: set[tuple[str, SourceId, str]], data: st.DataObject
) -> None:
    known = sorted(alerts)
    ended = set(data.draw(st.lists(st.sampled_from(known), unique=True)))

    def some_order() -> set[tuple[object, ...]]:
        """Each alert raised, perhaps more than once, and only then released, in some order among the others'."""
        left = [
            [True] * data.draw(st.integers(1, 3)) + [False] * (data.draw(st.integers(1, 2)) if alert in ended else 0)
            for alert in known
        ]
        turns = [number for number, steps in enumerate(left) for _ in steps]
        state = State(CHAIN)
        for number in data.draw(st.permutations(turns)):
            (zone, source, ref), raises = known[number], left[number].pop(0)
            try:
                step = (raising if raises else releasing)(zone, source=source, ref=ref, at=minute(-5))
                state = carried_out([step], state)
            except NothingToRelease:
                assert not raises, "only the second release of an alert finds nothing"
        return {(hold.zone, hold.source, hold.ref, hold.since) for hold in state.holds.values()}

    expected = {(zone, source, ref, minute(-5)) for zone, source, ref in alerts - ended}
    assert some_order() == some_order() == expected
