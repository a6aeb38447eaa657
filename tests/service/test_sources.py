"""Silence is found and told, and clears nothing."""

from __future__ import annotations

import pytest

from tests.failing_store import FailingStore
from tests.service.people import FEED, Staff, give, one
from tests.world import ARMY, COUNTRY, DUTY, EAST, LAND, NOON, PORT, WEST, StillClock, command, minute, raising
from tocsin.access import LOCAL
from tocsin.commands import Heartbeat, Raise, SourceBack, SourceSilent
from tocsin.engine import stale_zones, statuses
from tocsin.errors import NotGranted, StoreFull, TocsinError
from tocsin.events import Entry, SourceFellSilent
from tocsin.model import SourceId
from tocsin.service import Service
from tocsin.store import Receipt

BEAT = Heartbeat(silent_after_s=30, zones=(EAST,))


def beat(service: Service, source: SourceId = ARMY, order: Heartbeat = BEAT) -> Receipt:
    return one(service.submit([command(order, source)], LOCAL))


def silent(service: Service) -> set[str]:
    return {source.id for source in service.state.sources.values() if source.silent_since is not None}


def test_a_source_not_heard_for_longer_than_it_promised_falls_silent_and_it_is_in_the_log(
    service: Service, store: FailingStore, clock: StillClock
) -> None:
    beat(service)
    one(service.submit([raising(PORT, source=ARMY)], LOCAL))
    before = statuses(service.state)
    clock.elapsed, clock.at = 30.0, minute(0.5)
    assert service.watch() == []
    clock.elapsed, clock.at = 30.5, minute(0.6)
    [receipt] = service.watch()
    assert isinstance(receipt, Receipt)
    assert store.read(2, 9)[-1].event == SourceFellSilent(source=ARMY, at=minute(0.6))
    assert (silent(service), statuses(service.state)) == ({ARMY}, before), "it clears nothing"
    assert PORT in stale_zones(service.state)
    assert EAST in stale_zones(service.state)
    done = store.done(0, 9)[-1]
    assert (done.actor, done.source, done.reason) == ("local", "tocsin", "nothing heard for 30 s")
    clock.elapsed = 9_999.0
    assert service.watch() == [], "it is silent already"


def test_each_sign_of_life_counts_also_those_that_change_nothing(service: Service, clock: StillClock) -> None:
    beat(service)
    for elapsed in range(20, 200, 20):
        clock.elapsed = float(elapsed)
        beat(service)
        assert service.watch() == []
    clock.elapsed += 30.5
    assert len(service.watch()) == 1


def test_a_silent_source_that_is_heard_again_is_back_and_watched_from_then_on(
    service: Service, clock: StillClock
) -> None:
    beat(service)
    clock.elapsed = 31.0
    service.watch()
    clock.elapsed = 100.0
    assert beat(service).events == 1
    assert (silent(service), service.watch()) == (set(), [])
    clock.elapsed = 130.5
    assert len(service.watch()) == 1


def test_whom_people_called_back_is_watched_from_then_on(service: Service, clock: StillClock) -> None:
    beat(service)
    clock.elapsed = 31.0
    service.watch()
    clock.elapsed = 100.0
    one(service.submit([command(SourceBack(of=ARMY))], LOCAL))
    assert (silent(service), service.watch()) == (set(), [])
    clock.elapsed = 131.0
    assert len(service.watch()) == 1
    clock.elapsed = 200.0
    one(service.submit([command(SourceBack(), ARMY)], LOCAL))
    assert service.watch() == []


def test_several_silences_are_found_in_one_append(service: Service, store: FailingStore, clock: StillClock) -> None:
    for source in (ARMY, DUTY, FEED):
        beat(service, source)
    clock.elapsed = 20.0
    beat(service, FEED)
    clock.elapsed = 31.0
    before = store.appends
    assert len(service.watch()) == 2
    assert (silent(service), store.appends) == ({ARMY, DUTY}, before + 1)


def test_a_longer_promise_is_waited_for(service: Service, clock: StillClock) -> None:
    beat(service)
    beat(service, order=Heartbeat(silent_after_s=60))
    clock.elapsed = 59.0
    assert service.watch() == []
    clock.elapsed = 61.0
    assert len(service.watch()) == 1


def test_after_a_restart_a_source_has_its_time_again_and_the_silent_stay_silent(
    service: Service, store: FailingStore, clock: StillClock
) -> None:
    beat(service)
    beat(service, FEED)
    clock.elapsed = 31.0
    beat(service, FEED)
    service.watch()
    later = StillClock()
    later.elapsed = 5.0
    again = Service(store, COUNTRY, later)
    assert silent(again) == {ARMY}
    later.elapsed = 35.0
    assert again.watch() == []
    later.elapsed = 35.5
    assert len(again.watch()) == 1
    assert silent(again) == {ARMY, FEED}


def test_what_the_disk_refuses_is_tried_again(service: Service, store: FailingStore, clock: StillClock) -> None:
    beat(service)
    clock.elapsed = 31.0
    store.fails_append = StoreFull("the disk is full")
    for _ in range(2):
        with pytest.raises(StoreFull):
            service.watch()
        assert silent(service) == set()
    store.fails_append = None
    assert len(service.watch()) == 1


def test_a_key_that_somebody_used_before_hides_no_silence(service: Service, clock: StillClock) -> None:
    beat(service)
    clock.elapsed = 31.0
    one(service.submit([raising(WEST, key=f"silent army 2 {NOON.isoformat()}")], LOCAL))
    with pytest.raises(TocsinError):
        service.watch()
    clock.at = minute(0.01)
    assert len(service.watch()) == 1


def test_a_sign_of_life_whose_promise_could_not_be_kept_watches_nobody(
    service: Service, store: FailingStore, clock: StillClock
) -> None:
    store.fails_append = StoreFull("the disk is full")
    with pytest.raises(StoreFull):
        beat(service)
    store.fails_append = None
    assert (service.state.sources, service.watch()) == ({}, [])
    clock.elapsed = 100.0
    beat(service)
    clock.elapsed = 129.0
    assert service.watch() == [], "it counts from when it was kept"
    clock.elapsed = 131.0
    assert len(service.watch()) == 1


def test_a_return_that_could_not_be_kept_is_none(service: Service, store: FailingStore, clock: StillClock) -> None:
    beat(service)
    clock.elapsed = 31.0
    service.watch()
    store.fails_append = StoreFull("the disk is full")
    with pytest.raises(StoreFull):
        beat(service)
    assert silent(service) == {ARMY}


def test_readers_hear_of_a_silence_like_of_everything_else(service: Service, clock: StillClock) -> None:
    told: list[Entry] = []
    service.wake(told.extend)
    beat(service)
    clock.elapsed = 31.0
    service.watch()
    assert [entry.seq for entry in told] == [1, 2]


def test_only_its_own_credential_keeps_a_source_alive(service: Service, clock: StillClock) -> None:
    staff = Staff(service)
    give(service, staff.feed, BEAT, FEED)
    clock.elapsed = 31.0
    assert isinstance(give(service, staff.maria, BEAT, FEED), NotGranted)
    assert isinstance(give(service, staff.olena, BEAT, FEED), NotGranted)
    assert len(service.watch()) == 1
    assert silent(service) == {FEED}


def test_a_warning_of_a_silent_source_is_given_and_is_stale(service: Service, clock: StillClock) -> None:
    staff = Staff(service)
    give(service, staff.feed, Heartbeat(), FEED)
    give(service, staff.olena, SourceSilent(of=FEED))
    assert isinstance(give(service, staff.feed, Raise(zones=(PORT,)), FEED), Receipt)
    assert LAND in stale_zones(service.state)
    assert PORT in stale_zones(service.state)
