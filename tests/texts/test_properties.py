"""Whatever is ordered in the small country, in whatever order: who is told what."""

from __future__ import annotations

from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.texts.telling import LANGUAGES, Log
from tests.world import ARMY, COUNTRY, DUTY, command
from tocsin.commands import Escalate, Extend, Narrow, Order, Raise, Release, Replace, Withdraw
from tocsin.engine import status_of
from tocsin.errors import TocsinError
from tocsin.events import HoldEscalated, HoldRaised, HoldReleased, HoldWithdrawn
from tocsin.model import Extent, Level, Realm, Stage, Status, Threat
from tocsin.texts import Kind, messages

SOURCES = st.sampled_from([DUTY, ARMY])
ZONES = st.lists(st.sampled_from(list(COUNTRY)), min_size=1, max_size=3).map(tuple)
RAISES = st.builds(
    Raise,
    zones=ZONES,
    threat=st.sampled_from([Threat.DRONES, Threat.MIG31K]),
    stage=st.sampled_from(Stage),
    level=st.sampled_from(Level),
    extent=st.sampled_from(Extent),
)
ORDERS: st.SearchStrategy[Order] = st.one_of(
    RAISES,
    RAISES,
    st.builds(Escalate, zones=ZONES, of=SOURCES, to_stage=st.just(Stage.ALERT), to_level=st.just(Level.RED)),
    st.builds(Narrow, zones=ZONES, of=SOURCES, to=ZONES),
    st.builds(Extend, zones=ZONES, of=SOURCES, to=ZONES),
    st.builds(Release, zones=ZONES, of=SOURCES),
    st.builds(Withdraw, zones=ZONES, of=SOURCES),
    st.builds(Replace, zones=ZONES, of=SOURCES, by=RAISES),
)


@settings(max_examples=300)
@given(st.lists(st.tuples(ORDERS, SOURCES), min_size=1, max_size=12))
def test_nobody_under_a_warning_hears_an_all_clear_and_nobody_under_a_new_one_hears_nothing(
    orders: list[tuple[Order, object]],
) -> None:
    log = Log()
    for order, source in orders:
        try:
            entries = log.give(command(order, DUTY if source is DUTY else ARMY))
        except TocsinError:
            continue
        found = messages(entries, Realm.LIVE, log.texts, now=partial(status_of, log.state))
        said = {zone: status_of(log.state, zone) for zone in COUNTRY}
        for message in messages(entries, Realm.LIVE, log.texts, now=None):
            if message.leaves is Status.CLEAR:
                assert {said[zone].status for zone in message.zones} == {Status.CLEAR}
        for message in found:
            assert sorted(message.wording) == list(LANGUAGES)
            if message.kind is Kind.ALL_CLEAR or message.instruction == "withdrawn.clear":
                assert message.leaves is Status.CLEAR
                assert {said[zone].status for zone in message.zones} == {Status.CLEAR}
                assert {said[zone].around for zone in message.zones} == {Status.CLEAR}
        alarms = {hold: message for message in found for hold in message.holds if message.kind in ALARMS}
        ended = {zone for message in found if message.kind not in ALARMS for zone in message.zones}
        told = {zone for message in found for zone in message.zones}
        for entry in entries:
            match entry.event:
                case HoldRaised(zone=zone):
                    assert zone in alarms[entry.seq].zones  # type: ignore[index]  # a hold's id is its event's seq
                case HoldEscalated(hold=hold, level=level):
                    assert alarms[hold].level is level
                case HoldWithdrawn(zone=zone):
                    assert zone in ended
                case HoldReleased(zone=zone):
                    assert zone in told


ALARMS = {Kind.ALARM, Kind.ESCALATED, Kind.CONTINUED, Kind.REPLACED}
