"""Any orders through the engine: the record beside what stood, looked at every minute."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.record.rows import changes, stretches
from tests.world import COUNTRY, command, minute
from tocsin.commands import Escalate, Extend, Narrow, Raise, Release, Replace, WarningOrder, Withdraw
from tocsin.engine import State, decide, fold, statuses
from tocsin.errors import TocsinError
from tocsin.events import Entry
from tocsin.model import Extent, Level, Stage, Status, ZoneId
from tocsin.record.history import history, recorded
from tocsin.record.ledger import Ledger

ZONES = st.sampled_from(list(COUNTRY))
SAID = st.fixed_dictionaries(
    {
        "level": st.sampled_from(Level),
        "stage": st.sampled_from(Stage),
        "ref": st.sampled_from([None, "a"]),
        "extent": st.sampled_from([Extent.WHOLE, Extent.WHOLE, Extent.PART]),
    }
)
PLACED = st.builds(lambda zone, said: Raise(zones=(zone,), **said), ZONES, SAID)
ORDERS: st.SearchStrategy[WarningOrder] = st.one_of(
    PLACED,
    PLACED,
    st.builds(
        lambda zone, stage, level: Escalate(zones=(zone,), to_stage=stage, to_level=level),
        ZONES,
        st.sampled_from([None, Stage.ALERT]),
        st.sampled_from([None, Level.RED]),
    ),
    st.builds(lambda zone, to: Narrow(zones=(zone,), to=tuple(to)), ZONES, st.lists(ZONES, min_size=1, max_size=2)),
    st.builds(lambda zone, to: Extend(zones=(zone,), to=(to,)), ZONES, ZONES),
    st.builds(lambda zone, by: Replace(zones=(zone,), by=by), ZONES, PLACED),
    st.builds(lambda zone: Withdraw(zones=(zone,)), ZONES),
    st.builds(lambda zone: Release(zones=(zone,)), ZONES),
)


@settings(max_examples=250, derandomize=True)
@given(st.lists(ORDERS, max_size=14))
def test_the_record_is_what_stood_minute_by_minute_whatever_was_ordered(orders: list[WarningOrder]) -> None:
    state, log, stood = State(COUNTRY), list[Entry](), list[State]()
    for number, order in enumerate(orders):
        asked_for = command(order)
        narrowed = isinstance(order, Narrow)
        # What was under a partial hold is told to have been under it all along, which no minute could have shown.
        unnamed = any(hold.extent is Extent.PART and hold.zone in order.zones for hold in state.holds.values())
        try:
            events = decide(state, asked_for, minute(number)) if not (narrowed and unnamed) else ()
        except TocsinError:
            events = ()
        state = fold(state, events)
        stood.append(state)
        for event in events:
            log.append(Entry(seq=len(log) + 1, recorded_at=minute(number), order=asked_for.key, event=event))
    ledger = Ledger()
    for entry in log:
        ledger.apply([entry])
    said = [statuses(state) for state in stood]
    for zone in COUNTRY:
        seen = [Status.CLEAR, *(every[zone] for every in said)]
        expected = [(at, seen[at + 1]) for at in range(len(said)) if seen[at] is not seen[at + 1]]
        assert [(at, after) for at, after, _, _ in changes(ledger, zone)] == expected[-20:]
        under = [under_alert(state, zone) for state in stood]
        found = history(ledger, COUNTRY, zone, now=minute(len(stood)), level_of_parts=None)
        spans = stretches(under)
        assert (found.count, found.total_s / 60) == (len(spans), sum(end - start for start, end in spans))
    assert {hold.id for hold in recorded(ledger, minute(-1), minute(60)) if hold.ended is None} == set(state.holds)
    for at, now in enumerate(stood):
        then = recorded(ledger, minute(at + 0.4), minute(at + 0.6))
        assert {(hold.id, hold.says) for hold in then} >= {(hold.id, hold.says) for hold in now.holds.values()}


def under_alert(state: State, zone: ZoneId) -> bool:
    """Whether a hold with stage alert covers the zone or some of it."""
    alerts = [hold for hold in state.holds.values() if hold.stage is Stage.ALERT]
    return any(
        hold.zone == zone
        or zone in COUNTRY.ancestors(hold.zone)
        or (hold.extent is Extent.WHOLE and hold.zone in COUNTRY.ancestors(zone))
        for hold in alerts
    )
