"""The client's fold beside the engine's: a snapshot and entries in any cut, order and number of copies."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.pages.conftest import Night, Open
from tests.world import COUNTRY, NOON, raising, releasing
from tocsin.commands import Command
from tocsin.engine import State, decide, fold, status_of
from tocsin.errors import NothingToRelease
from tocsin.events import Entry, Event
from tocsin.model import Extent, Level, SourceId, Stage, ZoneId

SOURCES = (SourceId("duty"), SourceId("army"))

FOLD = """async ({zones, levels, snapshot, entries, at}) => {
  const s = await import('/static/state.js');
  const atlas = s.makeAtlas(zones, levels);
  let record = s.withSnapshot(s.nothingKnown(), snapshot);
  const intervals = new Map(snapshot.holds.map((hold) => [hold.id, {...hold, ended: null}]));
  for (const entry of entries) {
    record = s.withEntry(record, entry);
    s.intervalsWith(intervals, entry);
  }
  const told = (said) => [...said].map(([zone, {status, within, around, since}]) => (
    {zone, status, within, around, since}));
  return {
    open: [...s.openHolds(record).keys()].sort((a, b) => a - b),
    complete: s.completeTo(record),
    now: told(s.statuses(atlas, s.openHolds(record).values())),
    back: at.map((time) => told(s.statusAt(atlas, intervals.values(), Date.parse(time)))),
  };
}"""


def random_log(chance: random.Random, length: int) -> list[Event]:
    """What the engine makes of random orders, a minute apart."""
    zones = list(COUNTRY)
    state, events = State(COUNTRY), list[Event]()
    while len(events) < length:
        now = NOON + timedelta(minutes=len(events))
        zone, source = chance.choice(zones), chance.choice(SOURCES)
        command: Command
        if chance.random() < 0.6:
            said = {"stage": chance.choice(list(Stage)), "level": chance.choice(list(Level))}
            command = raising(zone, source=source, extent=chance.choice(list(Extent)), **said)
        else:
            command = releasing(zone, source=source)
        try:
            decided = decide(state, command, now)
        except NothingToRelease:
            continue
        state = fold(state, decided)
        events.extend(decided)
    return events


def plain(value: object) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


def said(state: State) -> list[dict[str, Any]]:
    return [plain(status_of(state, zone)) for zone in COUNTRY]


def by_zone(told: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one["zone"]: one for one in told}


@pytest.mark.parametrize("seed", range(12))
def test_any_cut_order_and_copies_give_the_engines_holds_and_statuses(visit: Open, night: Night, seed: int) -> None:
    page = visit(f"{night.url}/list")
    chance = random.Random(seed)
    events = random_log(chance, 40)
    states = [State(COUNTRY)]
    for event in events:
        states.append(fold(states[-1], (event,)))
    entries = [
        plain(Entry(seq=seq, recorded_at=event.at, order="o", event=event)) for seq, event in enumerate(events, start=1)
    ]
    zones: list[dict[str, Any]] = [
        {"id": zone, "parent": parent, "level": "x", "names": {}} for zone, parent in COUNTRY.parents.items()
    ]
    for _ in range(8):
        cut = chance.randint(0, len(events))
        sent = entries[max(0, cut - chance.randint(0, 6)) :]
        sent = sent + chance.choices(sent, k=chance.randint(0, 10)) if sent else []
        chance.shuffle(sent)
        snapshot = {"seq": cut, "log": "l", "holds": plain(list(states[cut].holds.values()))}
        later = list(range(cut + 1, len(events) + 1))
        given = {
            "zones": chance.sample(zones, len(zones)),
            "levels": ["x"],
            "snapshot": snapshot,
            "entries": sent,
            "at": [events[seq - 1].at.isoformat() for seq in later],
        }
        told = page.evaluate(FOLD, given)
        assert told["open"] == sorted(states[-1].holds)
        assert told["complete"] == len(events)
        assert by_zone(told["now"]) == by_zone(said(states[-1]))
        for back, seq in zip(told["back"], later, strict=True):
            last = max(later_seq for later_seq in later if events[later_seq - 1].at <= events[seq - 1].at)
            assert by_zone(back) == by_zone(said(states[last]))


def test_an_older_snapshot_changes_nothing_and_one_of_another_log_changes_all(visit: Open, night: Night) -> None:
    page = visit(f"{night.url}/list")
    told = page.evaluate("""async () => {
      const s = await import('/static/state.js');
      const hold = {id: 1, zone: 'a', stage: 'alert', level: 'red', extent: 'whole', since: '2026-01-01T00:00:00Z'};
      let record = s.withSnapshot(s.nothingKnown(), {seq: 5, log: 'one', holds: [hold]});
      const older = s.withSnapshot(record, {seq: 3, log: 'one', holds: []});
      const other = s.withSnapshot(record, {seq: 3, log: 'two', holds: []});
      return [s.openHolds(older).size, s.openHolds(other).size];
    }""")
    assert told == [1, 0]


def test_a_gap_is_seen(visit: Open, night: Night) -> None:
    page = visit(f"{night.url}/list")
    assert (
        page.evaluate("""async () => {
      const s = await import('/static/state.js');
      let record = s.withSnapshot(s.nothingKnown(), {seq: 5, log: 'one', holds: []});
      record = s.withEntry(record, {seq: 7, event: {type: 'hold_released', hold: 1, zone: 'a', at: 'x'}});
      return s.completeTo(record);
    }""")
        == 5
    )


def test_zones_known_to_the_atlas_only_are_counted(visit: Open, night: Night) -> None:
    page = visit(f"{night.url}/list")
    hold = {"id": 1, "zone": ZoneId("nowhere"), "stage": "alert", "level": "red", "extent": "whole", "since": "x"}
    told = page.evaluate(
        """async (hold) => {
      const s = await import('/static/state.js');
      const atlas = s.makeAtlas([{id: 'land', parent: null, level: 'x', names: {}}], ['x']);
      return s.statuses(atlas, [hold]).get('land').status;
    }""",
        hold,
    )
    assert told == "clear"
