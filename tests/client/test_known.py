"""The client's fold beside the engine's: a snapshot and entries in any cut, order and number of copies."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.streams import heard, jumbled, narrowed, near, plain, random_log, told
from tests.world import CAPITAL, COAST, COUNTRY, EAST, NOON, PORT, minute
from tocsin.client.known import Heartbeat, Known, Snapshot, ToldEntry
from tocsin.engine import State, fold, status_of
from tocsin.events import ClockAccepted, Entry, Event, HoldEscalated, HoldReleased, public
from tocsin.model import Hazard, Hierarchy, HoldId, Level, Realm, SourceId, Stage, Threat, ZoneId
from tocsin.shelter import ShelterClosed, ShelterOpened, SheltersImported

ZONES = tuple(COUNTRY)
chances = st.randoms(use_true_random=False)
filters = st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True).map(tuple)


def entry(told: object) -> ToldEntry:
    """As it comes over the wire."""
    return msgspec.json.decode(msgspec.json.encode(told), type=ToldEntry)


def snapshot(log: Sequence[Entry], state: State, named: Collection[ZoneId] | None = None) -> Snapshot:
    """What the server says of the state after this log, as it comes over the wire."""
    holds = list(state.holds.values())
    told = {
        "seq": state.seq,
        "log": "one",
        "realm": "live",
        "zones": {},
        "stale": [],
        "clock": {"now": NOON},
        "heard": heard(list(log)),
        "holds": holds if named is None else near(holds, named),
        "sources": list(state.sources.values()),
        **({} if named is None else {"filter": sorted(named)}),
    }
    return msgspec.json.decode(msgspec.json.encode(told), type=Snapshot)


def beat(seq: int, log: str = "one", cut_off_since: Any = None) -> Heartbeat:
    return Heartbeat(seq=seq, log=log, cut_off_since=cut_off_since)


def folded(log: Sequence[Entry]) -> State:
    return fold(State(COUNTRY), (one.event for one in log))


def statuses(state: State, zones: Collection[ZoneId] = ZONES) -> list[Any]:
    return [status_of(state, zone) for zone in zones]


@given(chances)
def test_a_snapshot_and_entries_in_any_cut_order_and_copies_are_the_servers_fold(chance: random.Random) -> None:
    log = random_log(chance, 40)
    until = chance.randint(1, len(log))
    cut = chance.randint(0, until)
    sent = [entry(public(one)) for one in jumbled(chance, log[max(0, cut - chance.randint(0, 6)) : until])]
    snapshot_after = chance.randint(0, len(sent))
    known = Known()
    for number in range(len(sent) + 1):
        if number == snapshot_after:
            known = known.with_snapshot(snapshot(log[:cut], folded(log[:cut])))
        if number < len(sent):
            known = known.with_entry(sent[number])
    state = folded(log[:until])
    assert (known.base, known.tail, known.heard) == (until, {}, heard(log[:until]))
    assert (known.holds, known.sources) == (state.holds, state.sources)
    assert statuses(known.state(COUNTRY)) == statuses(state)
    assert known == Known().with_snapshot(snapshot(log[:cut], folded(log[:cut]))).with_entries(sent)


@given(chances)
def test_what_stands_is_the_servers_fold_before_every_gap_is_filled_in_reverse(chance: random.Random) -> None:
    """Of a log heard backwards without a snapshot, the whole of it says what the server says."""
    log = random_log(chance, 30)
    known = Known()
    for one in reversed(log):
        known = known.with_entry(entry(public(one)))
    assert known.base == -1
    assert statuses(known.state(COUNTRY)) == statuses(folded(log))


@given(chances, filters)
def test_a_stream_narrowed_to_zones_says_of_them_what_the_server_says_in_any_order(
    chance: random.Random, named: tuple[ZoneId, ...]
) -> None:
    log = random_log(chance, 40)
    until = chance.randint(1, len(log))
    cut = chance.randint(0, until)
    forgotten = chance.randint(0, cut)  # the server's ring begins after it
    sent = [entry(one) for one in jumbled(chance, narrowed(log[:until], named, forgotten))]
    snapshot_after = chance.randint(0, len(sent))
    known = Known()
    for number in range(len(sent) + 1):
        if number == snapshot_after:
            known = known.with_snapshot(snapshot(log[:cut], folded(log[:cut]), named))
        if number < len(sent):
            known = known.with_entry(sent[number])
    state = folded(log[:until])
    assert known.base == max([cut, *(one.seq for one in log[:until] if told(one, named))])
    assert known.tail == {}
    assert statuses(known.state(COUNTRY), named) == statuses(state, named)
    assert sorted(known.holds) == sorted(hold.id for hold in near(list(state.holds.values()), named))


@given(chances, filters)
def test_a_narrowed_stream_that_breaks_and_resumes_anywhere_says_at_every_entry_what_the_server_says(
    chance: random.Random, named: tuple[ZoneId, ...]
) -> None:
    """In order, as a connection tells it, with heartbeats between; each resumes after what is known."""
    log = random_log(chance, 40)
    cut = chance.randint(0, len(log))
    known = Known().with_snapshot(snapshot(log[:cut], folded(log[:cut]), named))
    head = cut
    while head < len(log):
        head = chance.randint(head + 1, len(log))
        for one in narrowed(log[:head], named):
            if one["seq"] > known.base - chance.choice((0, 0, 3)):  # some servers tell again what was told
                known = known.with_entry(entry(one))
                assert known.tail == {}
                assert statuses(known.state(COUNTRY), named) == statuses(folded(log[: known.base]), named)
        if chance.random() < 0.7:
            assert not known.misses(beat(head))
            known = known.with_heartbeat(beat(head))
            assert known.base == head
        assert statuses(known.state(COUNTRY), named) == statuses(folded(log[:head]), named)


def test_an_entry_after_a_gap_waits_and_the_heartbeat_tells_that_something_is_missing() -> None:
    log = [Entry(seq=seq, recorded_at=NOON, order="", event=ClockAccepted(at=NOON)) for seq in range(1, 6)]
    whole = Known().with_snapshot(snapshot([], State(COUNTRY)))
    assert whole.misses(beat(1))
    assert whole.with_heartbeat(beat(1)).base == 0, "of a whole stream every entry is told"
    late = whole.with_entry(entry(public(log[2])))
    assert (late.base, sorted(late.tail)) == (0, [3])
    assert late.misses(beat(0))
    filled = late.with_entries(entry(public(one)) for one in log[:2])
    assert (filled.base, filled.tail, filled.misses(beat(3))) == (3, {}, False)


def test_a_heartbeat_moves_a_narrowed_stream_on_only_where_nothing_waits_and_never_back() -> None:
    zones = (CAPITAL,)
    known = Known().with_snapshot(snapshot([], State(COUNTRY), zones))
    released = HoldReleased(hold=HoldId(1), zone=CAPITAL, source=SourceId("duty"), at=NOON)
    one = {**plain(public(Entry(seq=9, recorded_at=NOON, order="x", event=released))), "prev": 7}
    waiting = known.with_entry(entry(one))
    assert waiting.misses(beat(20))
    assert waiting.with_heartbeat(beat(20)).base == 0
    moved = known.with_heartbeat(beat(20))
    assert moved.base == 20
    assert moved.with_heartbeat(beat(12)).base == 20
    assert moved.with_heartbeat(beat(30, log="two")).base == 20
    assert moved.misses(beat(20, log="two"))
    assert Known().with_heartbeat(beat(30)).base == -1


def test_an_older_snapshot_changes_nothing_and_one_of_another_log_or_of_other_zones_changes_all() -> None:
    log = random_log(random.Random(1), 30)
    known = Known().with_snapshot(snapshot(log, folded(log)))
    older = snapshot(log[:10], folded(log[:10]))
    assert known.with_snapshot(older) == known
    ahead = known.with_entry(entry(public(Entry(seq=99, recorded_at=NOON, order="", event=ClockAccepted(at=NOON)))))
    other = ahead.with_snapshot(msgspec.structs.replace(older, log="two"))
    assert (other.log, other.base, other.tail) == ("two", 10, {})
    near_port = snapshot(log[:10], folded(log[:10]), (PORT,))
    assert known.with_snapshot(near_port).filter == (PORT,)
    assert known.with_snapshot(near_port).base == 10


def test_an_escalation_of_what_is_not_known_is_passed_over() -> None:
    event = HoldEscalated(
        hold=HoldId(1),
        zone=EAST,
        hazard=Hazard.AIR_RAID,
        threat=Threat.DRONES,
        stage=Stage.ALERT,
        level=Level.RED,
        source=SourceId("duty"),
        at=NOON,
    )
    known = Known().with_snapshot(snapshot([], State(COUNTRY)))
    assert known.with_entry(entry(public(Entry(seq=1, recorded_at=NOON, order="x", event=event)))).holds == {}


def test_cut_off_is_since_whichever_ear_went_deaf_first() -> None:
    known = Known().with_snapshot(snapshot([], State(COUNTRY)))
    assert known.cut_off_since is None
    edge = known.with_heartbeat(beat(0, cut_off_since=minute(5)))
    assert edge.cut_off_since == minute(5)
    assert edge.with_silence(minute(7)).cut_off_since == minute(5)
    assert edge.with_silence(minute(3)).cut_off_since == minute(3)
    assert edge.with_silence(minute(3)).with_silence(None).with_cut_off(None).cut_off_since is None
    assert edge.with_heartbeat(beat(0)).cut_off_since is None
    anew = edge.with_silence(minute(3)).with_snapshot(snapshot([], State(COUNTRY)))
    assert (anew.unheard_since, anew.server_cut_off_since) == (minute(3), None), "the snapshot says no more of the edge"


def test_zones_that_an_atlas_lacks_are_left_out_of_what_is_asked_of_it() -> None:
    log = random_log(random.Random(3), 60)
    known = Known().with_snapshot(snapshot(log, folded(log)))
    assert any(hold.zone != COAST for hold in known.holds.values())
    state = known.state(Hierarchy({COAST: None}))
    assert {hold.zone for hold in state.holds.values()} <= {COAST}
    assert {zone for source in state.sources.values() for zone in source.zones} <= {COAST}


def test_what_is_known_can_be_kept_as_json_and_taken_up_again() -> None:
    log = random_log(random.Random(2), 40)
    known = Known().with_snapshot(snapshot(log, folded(log), (PORT,)))
    late = Entry(seq=99, recorded_at=NOON, order="", event=ClockAccepted(at=NOON))
    known = known.with_entry(entry({**plain(public(late)), "prev": 98})).with_silence(minute(1))
    assert msgspec.json.decode(msgspec.json.encode(known), type=Known) == known


@pytest.mark.parametrize("realm", Realm)
def test_the_realm_is_that_of_the_snapshot(realm: Realm) -> None:
    known = Known().with_snapshot(msgspec.structs.replace(snapshot([], State(COUNTRY)), realm=realm))
    assert known.realm is realm


def test_what_is_said_of_shelters_is_passed_over_and_is_no_news_of_the_danger() -> None:
    said: dict[str, Any] = {"shelter": "town:1", "source": SourceId("town"), "cause": "flooded", "at": NOON}
    events: tuple[Event, ...] = (
        ShelterClosed(zone=CAPITAL, **said),
        ShelterOpened(zone=None, **said),
        SheltersImported(dataset="town", attribution="", shelters=(), gone=(), at=NOON),
    )
    log = [Entry(seq=seq, recorded_at=NOON, order="k", event=event) for seq, event in enumerate(events, 1)]
    known = Known().with_snapshot(snapshot([], folded([]))).with_entries(entry(public(one)) for one in reversed(log))
    assert (known.base, known.tail, known.heard) == (3, {}, False)
    assert (known.holds, known.sources) == ({}, {})
