"""The client's fold beside the engine's: a snapshot, the record and entries in any cut, order and number of copies."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.pages.conftest import Open
from tests.streams import between_orders, heard, jumbled, narrowed, near, plain, random_log
from tests.web.running import Running
from tests.world import COUNTRY, NOON
from tocsin.engine import State, fold, stale_zones, status_of
from tocsin.engine.snapshot import Packed, unpack
from tocsin.events import Entry, WarningEvent, public
from tocsin.model import Freshness, Hold, ZoneId
from tocsin.record.history import recorded
from tocsin.record.ledger import Ledger

DAY = timedelta(days=1)

FOLD = """async ({zones, levels, cases}) => {
  const s = await import('/static/state.js');
  const i = await import('/static/intervals.js');
  const atlas = s.makeAtlas(zones, levels);
  const told = (said) => [...said].map(([zone, {status, within, around, since, freshness}]) => (
    {zone, status, within, around, since, freshness}));
  const state = (record) => {
    const {holds, sources} = s.standing(record);
    return {
      holds: [...holds.values()],
      sources: [...sources.values()],
      complete: s.completeTo(record),
      heard: record.heard,
      statuses: told(s.statuses(atlas, holds.values(), sources.values())),
    };
  };
  return cases.map(({snapshot, snapshot_after, rows, rows_after, entries, inOrder, shuffled, at}) => {
    let record = s.nothingKnown();
    let intervals = i.nothingRecorded();
    for (let n = 0; n <= entries.length; n += 1) {
      if (n === snapshot_after) record = s.withSnapshot(record, snapshot);
      if (n === rows_after) intervals = i.withRecord(intervals, rows);
      if (n === entries.length) break;
      record = s.withEntry(record, entries[n]);
      i.intervalsWith(intervals, entries[n]);
    }
    let each = s.withSnapshot(s.nothingKnown(), snapshot);
    return {
      now: state(record),
      each: inOrder.map((entry) => state(each = s.withEntry(each, entry))),
      bare: state(shuffled.reduce(s.withEntry, s.nothingKnown())),
      back: at.map((time) => told(i.statusAt(atlas, i.piecesOf(intervals), Date.parse(time)))),
    };
  });
}"""


PIECES = """async (cases) => {
  const i = await import('/static/intervals.js');
  return cases.map(({rows, rows_after, entries}) => {
    let intervals = i.nothingRecorded();
    for (let n = 0; n <= entries.length; n += 1) {
      if (n === rows_after) intervals = i.withRecord(intervals, rows);
      if (n < entries.length) i.intervalsWith(intervals, entries[n]);
    }
    return i.piecesOf(intervals).map(({id, began, ended, ended_how, threat, stage, level, note}) => (
      [id, Date.parse(began), ended && Date.parse(ended), ended_how, threat, stage, level, note]));
  });
}"""


NARROWED = """async ({zones, cases}) => {
  const s = await import('/static/state.js');
  const atlas = s.makeAtlas(zones, ['x']);
  const told = (record, named) => {
    const {holds, sources} = s.standing(record);
    const said = s.statuses(atlas, holds.values(), sources.values());
    return named.map((zone) => {
      const {status, within, around, since, freshness} = said.get(zone);
      return {zone, status, within, around, since, freshness};
    });
  };
  const take = {entry: s.withEntry, heartbeat: s.withHeartbeat, snapshot: s.withSnapshot};
  return cases.map(({named, snapshot, snapshot_after, inOrder, jumbled}) => {
    let record = s.withSnapshot(s.nothingKnown(), snapshot);
    const each = inOrder.map(([name, body]) => {
      const missed = name === 'heartbeat' && s.misses(record, body);
      record = take[name](record, body);
      return {base: record.base, waiting: record.tail.size, missed, said: told(record, named)};
    });
    let other = s.nothingKnown();
    for (let n = 0; n <= jumbled.length; n += 1) {
      if (n === snapshot_after) other = s.withSnapshot(other, snapshot);
      if (n < jumbled.length) other = s.withEntry(other, jumbled[n]);
    }
    return {each, base: other.base, waiting: other.tail.size, said: told(other, named)};
  });
}"""


def by(name: str, told: list[dict[str, Any]]) -> dict[Any, dict[str, Any]]:
    return {one[name]: one for one in told}


def record_of(entries: Sequence[Entry]) -> Ledger:
    ledger = Ledger()
    ledger.apply(entries)
    return ledger


def status_at(ledger: Ledger, moment: datetime) -> dict[str, dict[str, Any]]:
    """What the record says was said of every zone at a moment."""
    rows = [
        hold
        for hold in recorded(ledger, NOON - DAY, NOON + DAY)
        if hold.since <= moment and (hold.ended is None or hold.ended > moment)
    ]
    holds = [Hold(**{name: getattr(row, name) for name in Hold.__struct_fields__}) for row in rows]
    packed = Packed(seq=0, holds=holds, touched={}, touched_below={}, sources=[])
    state = unpack(packed, COUNTRY)
    return {zone: plain(status_of(state, zone)) for zone in COUNTRY}


def pieces_of(ledger: Ledger) -> list[list[Any]]:
    """What the record says each hold said, and from when to when, in ms."""
    return [
        [
            hold.id,
            round(hold.since.timestamp() * 1000),
            hold.ended and round(hold.ended.timestamp() * 1000),
            hold.ended_how and hold.ended_how.value,
            hold.threat.value,
            hold.stage.value,
            hold.level.value,
            hold.note,
        ]
        for hold in recorded(ledger, NOON - DAY, NOON + DAY)
    ]


def listed(pieces: list[list[Any]], compared: slice) -> list[list[Any]]:
    return sorted((piece[compared] for piece in pieces), key=str)


def without(name: str, told: dict[Any, dict[str, Any]]) -> dict[Any, dict[str, Any]]:
    return {key: {field: value for field, value in one.items() if field != name} for key, one in told.items()}


def told_by_the_engine(state: State) -> dict[str, Any]:
    return {
        "holds": {hold.id: plain(hold) for hold in state.holds.values()},
        "sources": {source.id: plain(source) for source in state.sources.values()},
        "statuses": {zone: plain(status_of(state, zone)) for zone in COUNTRY},
        "stale": set(stale_zones(state)),
    }


def told_by_the_page(told: dict[str, Any]) -> dict[str, Any]:
    fields = Hold.__struct_fields__
    return {
        "holds": {hold["id"]: {name: hold[name] for name in fields} for hold in told["holds"]},
        "sources": by("id", told["sources"]),
        "statuses": by("zone", told["statuses"]),
        "stale": {one["zone"] for one in told["statuses"] if one["freshness"] == Freshness.STALE},
    }


@pytest.mark.parametrize("seed", range(4))
def test_any_cut_order_and_copies_give_the_engines_holds_sources_and_statuses(
    visit: Open, quiet: Running, seed: int
) -> None:
    page = visit(f"{quiet.url}/list")
    chance = random.Random(seed)
    log = random_log(chance, 90)
    states = [State(COUNTRY)]
    for entry in log:
        states.append(fold(states[-1], (entry.event,)))
    expected = [told_by_the_engine(state) for state in states]
    entries = [plain(public(entry)) for entry in log]
    cases, cuts = [], []
    for number in range(10):
        cut = chance.randint(0, len(log)) if number > 1 else 0
        until = chance.choice((len(log), chance.randint(cut, len(log)))) if number != 1 else 1
        asked = between_orders(chance, log, cut)
        sent = jumbled(chance, entries[max(0, cut - chance.randint(0, 6)) : until])
        shuffled = chance.sample(entries[:until], until)
        moments = sorted({entry.event.at for entry in log[:until] if isinstance(entry.event, WarningEvent)})
        cases.append(
            {
                "snapshot": {
                    "seq": cut,
                    "log": None,
                    "realm": "live",
                    "heard": heard(log[:cut]),
                    "holds": plain(list(states[cut].holds.values())),
                    "sources": plain(list(states[cut].sources.values())),
                },
                "snapshot_after": chance.randint(0, len(sent)),
                "rows": plain(recorded(record_of(log[:asked]), NOON - DAY, NOON + DAY)),
                "rows_after": chance.randint(0, len(sent)),
                "entries": sent,
                "inOrder": entries[cut:until],
                "shuffled": shuffled,
                "at": [moment.isoformat() for moment in moments],
            }
        )
        cuts.append((cut, until, record_of(log[: max(asked, until)]), moments))
    zones: list[dict[str, Any]] = [
        {"id": zone, "parent": parent, "level": "x", "names": {}} for zone, parent in COUNTRY.parents.items()
    ]
    given = {"zones": chance.sample(zones, len(zones)), "levels": ["x"], "cases": cases}
    for told, (cut, until, record, moments) in zip(page.evaluate(FOLD, given), cuts, strict=True):
        assert (told["now"]["complete"], told["now"]["heard"]) == (until, heard(log[:until]))
        assert [told_by_the_page(one) for one in told["each"]] == expected[cut + 1 : until + 1]
        assert told_by_the_page(told["now"]) == told_by_the_page(told["bare"]) == expected[until]
        for back, moment in zip(told["back"], moments, strict=True):
            # Since when is told of the hold, which the record cuts into what it said when.
            assert without("since", by("zone", back)) == without("since", status_at(record, moment))


@pytest.mark.parametrize("seed", range(4))
def test_a_stream_narrowed_to_zones_says_of_them_what_the_engine_says_at_each_entry_and_heartbeat_and_in_any_order(
    visit: Open, quiet: Running, seed: int
) -> None:
    page = visit(f"{quiet.url}/list")
    chance = random.Random(seed)
    log = random_log(chance, 70)
    states = [State(COUNTRY)]
    for one in log:
        states.append(fold(states[-1], (one.event,)))
    cases: list[dict[str, Any]] = []
    seqs: list[tuple[int, list[int]]] = []
    for _ in range(8):
        named = sorted(chance.sample(list(COUNTRY), chance.randint(1, 3)))
        cut = chance.randint(0, len(log))
        sent = narrowed(log, named, chance.randint(0, cut))
        snapshot = {
            "seq": cut,
            "log": "one",
            "realm": "live",
            "heard": heard(log[:cut]),
            "holds": plain(near(list(states[cut].holds.values()), named)),
            "sources": plain(list(states[cut].sources.values())),
            "filter": named,
        }
        in_order: list[tuple[str, dict[str, Any]]] = []
        reached, base = [], cut
        for entry in sent:
            in_order.append(("entry", entry))
            base = max(base, entry["seq"])
            reached.append(base)
            before_next = next((later["seq"] for later in sent if later["seq"] > entry["seq"]), len(log) + 1)
            if chance.random() < 0.4:
                head = chance.randint(entry["seq"], before_next - 1)
                in_order.append(("heartbeat", {"seq": head, "log": "one"}))
                base = max(base, head)
                reached.append(base)
        cases.append(
            {
                "named": named,
                "snapshot": snapshot,
                "snapshot_after": chance.randint(0, len(sent)),
                "inOrder": in_order,
                "jumbled": jumbled(chance, sent),
            }
        )
        seqs.append((max([cut, *(entry["seq"] for entry in sent)]), reached))
    zones: list[dict[str, Any]] = [
        {"id": zone, "parent": parent, "level": "x", "names": {}} for zone, parent in COUNTRY.parents.items()
    ]

    def said(seq: int, named: list[ZoneId]) -> list[Any]:
        return [plain(status_of(states[seq], zone)) for zone in named]

    for told, case, (last, reached) in zip(
        page.evaluate(NARROWED, {"zones": zones, "cases": cases}), cases, seqs, strict=True
    ):
        assert told["each"] == [
            {"base": base, "waiting": 0, "missed": False, "said": said(base, case["named"])} for base in reached
        ]
        assert {name: told[name] for name in ("base", "waiting", "said")} == {
            "base": last,
            "waiting": 0,
            "said": said(last, case["named"]),
        }


def test_a_heartbeat_moves_only_a_narrowed_stream_on_and_only_where_nothing_waits(visit: Open, quiet: Running) -> None:
    page = visit(f"{quiet.url}/list")
    told = page.evaluate("""async () => {
      const s = await import('/static/state.js');
      const start = (filter) => s.withSnapshot(s.nothingKnown(), {seq: 5, log: 'one', holds: [], filter});
      const beat = (seq, log = 'one') => ({seq, log});
      const late = {seq: 9, prev: 7, event: {type: 'internal'}};
      const [whole, zones] = [start(undefined), start(['a'])];
      const waiting = s.withEntry(zones, late);
      const moved = s.withHeartbeat(zones, beat(8));
      return {
        bases: [s.withHeartbeat(whole, beat(8)), moved, s.withHeartbeat(moved, beat(6)), s.withEntry(moved, late),
          waiting, s.withHeartbeat(waiting, beat(20)), s.withHeartbeat(zones, beat(8, 'two')),
          s.withHeartbeat(s.nothingKnown(), beat(8))].map((record) => record.base),
        missed: [[whole, 8], [whole, 5], [zones, 8], [waiting, 9], [s.nothingKnown(), 8]]
          .map(([record, seq]) => s.misses(record, beat(seq))),
      };
    }""")
    assert told == {"bases": [5, 8, 8, 9, 5, 5, 5, -1], "missed": [True, False, False, True, False]}


@pytest.mark.parametrize("seed", range(3))
def test_what_was_held_when_is_what_the_record_says_wherever_it_was_asked_and_whatever_was_heard_twice(
    visit: Open, quiet: Running, seed: int
) -> None:
    page = visit(f"{quiet.url}/list")
    chance = random.Random(seed)
    log = random_log(chance, 600)
    entries = [plain(public(entry)) for entry in log]
    cases, expected = [], []
    for _ in range(6):
        cut, until = sorted((chance.randint(0, len(log)), chance.choice((len(log), chance.randint(0, len(log))))))
        asked = between_orders(chance, log, cut)
        sent = jumbled(chance, entries[cut:until])
        rows = plain(recorded(record_of(log[:asked]), NOON - DAY, NOON + DAY))
        cases.append({"rows": rows, "rows_after": chance.randint(0, len(sent)), "entries": sent})
        # A note of before the answer, heard after it, cannot be told from a newer one until that is heard, too.
        compared = slice(None, None if until >= asked else -1)
        expected.append((pieces_of(record_of(log[: max(asked, until)])), compared))
    for told, (wanted, compared) in zip(page.evaluate(PIECES, cases), expected, strict=True):
        assert listed(told, compared) == listed(wanted, compared)


def test_an_older_snapshot_changes_nothing_and_one_of_another_log_or_of_other_zones_changes_all(
    visit: Open, quiet: Running
) -> None:
    page = visit(f"{quiet.url}/list")
    told = page.evaluate("""async () => {
      const s = await import('/static/state.js');
      const hold = {id: 1, zone: 'a', stage: 'alert', level: 'red', extent: 'whole', since: '2026-01-01T00:00:00Z'};
      let record = s.withSnapshot(s.nothingKnown(), {seq: 5, log: 'one', holds: [hold]});
      const older = s.withSnapshot(record, {seq: 3, log: 'one', holds: []});
      const other = s.withSnapshot(record, {seq: 3, log: 'two', holds: []});
      const narrowed = s.withSnapshot(record, {seq: 3, log: 'one', holds: [], filter: ['a']});
      return [older, other, narrowed].map((one) => s.standing(one).holds.size);
    }""")
    assert told == [1, 0, 0]


def test_a_gap_is_seen(visit: Open, quiet: Running) -> None:
    page = visit(f"{quiet.url}/list")
    assert (
        page.evaluate("""async () => {
      const s = await import('/static/state.js');
      let record = s.withSnapshot(s.nothingKnown(), {seq: 5, log: 'one', holds: []});
      record = s.withEntry(record, {seq: 7, event: {type: 'hold_released', hold: 1, zone: 'a', at: 'x'}});
      return s.completeTo(record);
    }""")
        == 5
    )


def test_zones_known_to_the_atlas_only_are_counted(visit: Open, quiet: Running) -> None:
    page = visit(f"{quiet.url}/list")
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
