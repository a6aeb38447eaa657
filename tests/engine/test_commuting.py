"""Where the order of orders does not matter, and where it does.

They commute, and to give one twice changes nothing, where each speaks of an alert of its own: raises with different
refs or sources, the end of an alert after all that raised or escalated it, and escalations that each raise one thing,
the stage or the level. Two raises of the very same hold commute but for its beginning, which is the first one's.

They do not commute, and are not meant to: an end that comes before its raise finds nothing (`NothingHeld`) and takes
nothing back in advance, because nobody may be told "clear" of what has not begun; of two threats or two words the last
counts; and an escalation that raises one thing and would lower another is refused.
"""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.doses import dose
from tests.engine.countries import countries
from tests.world import ARMY, DUTY, carried_out, command, minute, raising, releasing, upon
from tocsin.commands import Command, Escalate, Heartbeat, Raise, Withdraw
from tocsin.engine import State, stale_zones, statuses
from tocsin.errors import NothingHeld
from tocsin.model import Extent, Hierarchy, Level, SourceId, Stage, Status, Threat, ZoneId

SOURCES = [DUTY, ARMY]
CHAIN = Hierarchy({ZoneId(f"z{n}"): ZoneId(f"z{n - 1}") if n else None for n in range(4)})
ALERTS = [(zone, source, ref) for zone in CHAIN for source in SOURCES for ref in "abc"]


def standing(state: State) -> set[tuple[object, ...]]:
    """The open holds without their numbers, which are the order they came in."""
    found: set[tuple[object, ...]] = {
        (hold.zone, hold.source, hold.ref, hold.threat, hold.stage, hold.level, hold.extent, hold.since)
        for hold in state.holds.values()
    }
    assert len(found) == len(state.holds), "no hold stands twice"
    return found


@st.composite
def raises(draw: st.DrawFn, country: Hierarchy) -> Command:
    order = Raise(
        zones=tuple(draw(st.lists(st.sampled_from(list(country)), min_size=1, max_size=3))),
        threat=draw(st.sampled_from([Threat.UNKNOWN, Threat.DRONES])),
        stage=draw(st.sampled_from(Stage)),
        level=draw(st.sampled_from(Level)),
        extent=draw(st.sampled_from(Extent)),
        ref=draw(st.sampled_from([None, "a"])),
        at=minute(-5),
    )
    return command(order, draw(st.sampled_from(SOURCES)))


@dose(100)
@given(st.data())
def test_raises_give_the_same_holds_and_the_same_words_in_any_order_and_however_often(data: st.DataObject) -> None:
    country = data.draw(countries())
    given_ = data.draw(st.lists(raises(country), min_size=1, max_size=6))
    again = data.draw(st.lists(st.sampled_from(given_), max_size=4))
    first = carried_out(given_, State(country))
    second = carried_out(data.draw(st.permutations([*given_, *again])), State(country))
    assert standing(first) == standing(second)
    assert statuses(first) == statuses(second)


@dose(100)
@given(st.sets(st.sampled_from(ALERTS), min_size=1, max_size=8), st.data())
def test_each_alert_ended_after_it_was_raised_the_same_stand_in_any_order_and_however_often(
    alerts: set[tuple[ZoneId, SourceId, str]], data: st.DataObject
) -> None:
    known = sorted(alerts)
    ended = set(data.draw(st.lists(st.sampled_from(known), unique=True)))

    def some_order() -> set[tuple[object, ...]]:
        """Each alert raised, perhaps more than once, and only then ended, in some order among the others'."""
        left = [
            [True] * data.draw(st.integers(1, 3)) + [False] * (data.draw(st.integers(1, 2)) if alert in ended else 0)
            for alert in known
        ]
        turns = [number for number, steps in enumerate(left) for _ in steps]
        state = State(CHAIN)
        for number in data.draw(st.permutations(turns)):
            (zone, source, ref), again = known[number], left[number].pop(0)
            said: dict[str, Any] = {"source": source, "ref": ref, "at": minute(-5)}
            end = data.draw(st.sampled_from([releasing, lambda *zones, **said: upon(Withdraw, *zones, **said)]))
            try:
                state = carried_out([(raising if again else end)(zone, **said)], state)
            except NothingHeld:
                assert not again, "only the second end of an alert finds nothing"
        return {(hold.zone, hold.source, hold.ref) for hold in state.holds.values()}

    assert some_order() == some_order() == alerts - ended


@dose(50)
@given(st.data())
def test_escalations_that_raise_one_thing_each_leave_the_worst_in_any_order(data: st.DataObject) -> None:
    steps: list[dict[str, Any]] = [{"to_stage": Stage.ALERT}, {"to_level": Level.RED}, {"to_level": Level.RED}]
    state = carried_out([raising("z0", stage=Stage.EARLY_WARNING, level=Level.YELLOW)], State(CHAIN))
    for step in data.draw(st.permutations(steps)):
        state = carried_out([upon(Escalate, "z0", **step)], state)
    assert set(statuses(state).values()) == {Status.RED}


@dose(50)
@given(st.data())
def test_signs_of_life_of_different_sources_commute_and_repeat(data: st.DataObject) -> None:
    beats = [command(Heartbeat(zones=(zone,)), SourceId(f"sensor {zone}")) for zone in CHAIN]
    once = carried_out(beats, State(CHAIN))
    some = carried_out(data.draw(st.permutations([*beats, *beats])), State(CHAIN))
    assert once.sources == some.sources
    assert stale_zones(some) == []
