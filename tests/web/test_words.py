"""What people are told, over a real server: on the stream, from the log, and the texts behind it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tests.web.people import ALICE, BEGUN, BOB, Person, token_of
from tests.web.running import KHARKIV, KYIV, LVIV, SUMY, Listener, Running, StandingClock, Word, running
from tocsin import limits
from tocsin.access import LOCAL
from tocsin.atlas import Atlas
from tocsin.commands import Command, Order, Raise, Release
from tocsin.intake import sirens
from tocsin.model import Realm, SourceId, Verb, ZoneId
from tocsin.service import Service
from tocsin.store.memory import MemoryStore
from tocsin.store.sqlite import SQLiteStore

MORNING = 8
"""The last entry of the small log that tells people anything."""

FALSE = {"type": "withdraw", "zones": [KYIV, SUMY], "cause": "a test line"}


def told(server: Running, after: int = 0) -> list[dict[str, Any]]:
    """All messages from the log, page after page."""
    found: list[dict[str, Any]] = []
    while True:
        answer = server.get(f"/api/v1/messages?after={after}&limit=3")
        found += answer["messages"]
        after = answer["upto"]
        if after == answer["head"]:
            return found


@contextmanager
def begun(server: Running) -> Iterator[Listener]:
    """A stream that begins here: the snapshot has come, and all that follows will."""
    with server.listening() as listener:
        listener.next("snapshot")
        yield listener


def heard(listener: Listener, upto: int) -> list[Word]:
    """Entries and messages up to this entry."""
    words: list[Word] = []
    while not words or words[-1].id != upto:
        words.append(listener.next("entry", "message"))
    return words


def messages(words: list[Word]) -> list[dict[str, Any]]:
    return [word.data for word in words if word.event == "message"]


# --- a false alarm, taken back ------------------------------------------------------------------------


def test_everyone_who_got_a_false_alarm_gets_its_correction_in_every_language(
    store: SQLiteStore, ukraine: Atlas
) -> None:
    clock = StandingClock()
    with running(store, ukraine, clock) as server, begun(server) as there:
        with begun(server) as cut_off:
            server.order("alarm", zones=[KYIV, SUMY])
            alarm = heard(there, BEGUN + 2)
            assert heard(cut_off, BEGUN + 2) == alarm
        clock.at += timedelta(minutes=3)
        assert server.command(FALSE, "false").status == 200
        server.order("another", zones=[KHARKIV])
        with server.listening(last_event_id=BEGUN + 2) as cut_off:
            missed = heard(cut_off, BEGUN + 5)
        assert heard(there, BEGUN + 5) == missed
        from_log = told(server)
    correction = messages(missed)[0]
    assert correction["kind"] == "withdrawn"
    assert (correction["seq"], correction["first_seq"]) == (BEGUN + 4, BEGUN + 3)
    assert correction["zones"] == messages(alarm)[0]["zones"] == [KYIV, SUMY]
    assert correction["holds"] == messages(alarm)[0]["holds"]
    assert (correction["instruction"], correction["cause"]) == ("withdrawn.clear", "a test line")
    assert correction["wording"].keys() == {"uk", "en"}
    assert "14:00" in correction["wording"]["uk"]["body"], "by the clocks of Kyiv"
    assert "false alarm" in " ".join(map(str, correction["wording"]["en"].values())).lower()
    assert from_log == messages(alarm) + messages(missed)
    with running(store, ukraine, clock) as server, server.listening(last_event_id=BEGUN + 2) as after_a_restart:
        assert heard(after_a_restart, BEGUN + 5) == missed


def test_whoever_is_set_anew_finds_what_it_missed_in_the_log(ukraine: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STREAM_BACKLOG_EVENTS", 1)
    with running(MemoryStore(), ukraine) as server:
        server.order("alarm", zones=[KYIV, SUMY])
        server.command(FALSE, "false")
        with server.listening(last_event_id=BEGUN + 2) as listener:
            assert [listener.next().event for _ in range(2)] == ["snapshot", "heartbeat"]
        assert [message["kind"] for message in told(server, BEGUN + 2)] == ["withdrawn"]


def test_across_a_restart_one_resumes_no_further_back_than_orders_are_told_again(
    ukraine: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "RETOLD_ORDERS", 2)
    store = MemoryStore()
    with running(store, ukraine) as server:
        for number, zones in enumerate(([LVIV], [KYIV, SUMY], [KHARKIV])):
            server.order(str(number), zones=zones)
    with running(store, ukraine) as server:
        with server.listening(last_event_id=BEGUN + 1) as listener:
            assert [message["zones"] for message in messages(heard(listener, BEGUN + 4))] == [[KYIV, SUMY], [KHARKIV]]
        with server.listening(last_event_id=BEGUN) as listener:
            assert listener.next().event == "snapshot"


def test_a_ring_that_begins_in_the_midst_of_an_order_tells_all_of_it(
    ukraine: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = MemoryStore()
    with running(store, ukraine) as server:
        server.order("alarm", zones=[KYIV, SUMY, LVIV])
    monkeypatch.setattr(limits, "STREAM_BACKLOG_EVENTS", 1)
    with running(store, ukraine) as server, server.listening(last_event_id=BEGUN + 2) as listener:
        [message] = messages(heard(listener, BEGUN + 3))
        assert message["zones"] == [KYIV, SUMY, LVIV]


# --- a country, and history ---------------------------------------------------------------------------


def test_a_country_named_zone_by_zone_is_one_message_of_sane_size(ukraine: Atlas) -> None:
    store, clock = MemoryStore(), StandingClock()
    with running(store, ukraine, clock) as server, begun(server) as listener:
        zones = tuple(zone.id for zone in ukraine.zones)
        assert len(zones) >= 1_633
        both: tuple[Order, ...] = (Raise(zones=zones), Release(zones=zones))
        for number, order in enumerate(both):
            command = Command(key=str(number), actor="night", source=SourceId("night"), order=order)
            server.tocsin.service.submit([command], LOCAL, together=True)
        words = heard(listener, BEGUN + 2 * len(zones))
    alarm, all_clear = messages(words)
    assert (alarm["kind"], all_clear["kind"]) == ("alarm", "all_clear")
    for message in (alarm, all_clear):
        assert message["zones"] == list(zones), "each once"
        assert len(json.dumps(message, ensure_ascii=False).encode()) < 100_000
    assert len(words) == 2 * len(zones) + 2


def test_imported_history_is_told_to_nobody(ukraine: Atlas) -> None:
    store, clock = MemoryStore(), StandingClock()
    history = Path(__file__).parents[2] / "tocsin/data/sirens/oblast_consolidated_2022-03_2026-06.csv.gz"
    orders = [command for _, command in islice(sirens.commands(sirens.read(history)), 3_000)]
    Service(store, ukraine.hierarchy, clock).submit(orders, LOCAL)
    with running(store, ukraine, clock) as server:
        head = server.tocsin.state.seq
        assert head == 3_000 + BEGUN
        page = server.get("/api/v1/messages?limit=1000")
        assert (page["messages"], page["upto"] >= 1_000) == ([], True)
        assert told(server) == []
        with server.listening(last_event_id=head - 500) as listener:
            assert messages(heard(listener, head)) == []


# --- two people -----------------------------------------------------------------------------------------


def test_the_second_of_two_people_is_shown_the_very_words_that_people_are_told(server: Running) -> None:
    def agreed(key: str, order: dict[str, Any]) -> dict[str, Any]:
        asked = server.command(order, key).json["proposal"]
        shown = server.ask(f"/api/v1/proposals/{asked}", token=BOB.token).json
        approval = {"type": "approve", "proposal": asked, "shown": shown["shown"]}
        assert server.command(approval, f"{key}-2", BOB.token).status == 200
        texts: dict[str, Any] = shown["texts"]
        return texts

    zones = ["UA", KYIV]
    for key, kind in (("on", "raise"), ("off", "release")):
        texts = agreed(key, {"type": kind, "zones": zones})
        last = told(server)[-1]
        assert last["zones"] == zones, "one thing is said to both"
        for lang, wording in last["wording"].items():
            for part in (wording["title"], wording["body"], *wording["do"], *wording["dont"]):
                assert part in texts[lang]
    assert last["kind"] == "all_clear"
    catalogue = server.get("/api/v1/catalogue")["languages"]
    for lang, shown in texts.items():
        assert catalogue[lang]["texts"]["over_in_part"]["body"].split("{")[0] not in shown


# --- drills, silent sources ---------------------------------------------------------------------------


def test_a_drill_says_in_every_word_that_it_is_one(ukraine: Atlas) -> None:
    with running(MemoryStore(Realm.DRILL), ukraine) as server, begun(server) as listener:
        server.order("alarm", token_of(ALICE.name, Realm.DRILL), zones=[KYIV])
        [message] = messages(heard(listener, BEGUN + 1))
    mark = json.loads(files("tocsin.data").joinpath("texts", "uk.json").read_text("utf-8"))["drill"]["mark"]
    wording = message["wording"]["uk"]
    assert message["realm"] == "drill"
    assert all(mark in part for part in (wording["title"], wording["body"], *wording["do"], *wording["dont"]))


def test_a_snapshot_and_the_stream_name_the_sources_that_cannot_be_heard_and_what_rests_on_them(
    ukraine: Atlas,
) -> None:
    clock = StandingClock()
    radar = Person(name="radar", source=SourceId("radar"), zones=(ZoneId(KHARKIV),), verbs=(Verb.REPORT, Verb.RAISE))
    with running(MemoryStore(), ukraine, clock, more=[radar]) as server, begun(server) as listener:
        before = BEGUN + 2
        server.command({"type": "heartbeat", "silent_after_s": 30, "zones": [KHARKIV]}, "beat", radar.token)
        server.order("alarm", radar.token, zones=[KHARKIV])
        clock.elapsed += 31
        clock.at += timedelta(seconds=31)
        words = heard(listener, before + 3)
        assert [word.data["event"]["type"] for word in words if word.event == "entry"] == [
            "source_watched",
            "hold_raised",
            "source_fell_silent",
        ]
        assert [message["kind"] for message in messages(words)] == ["alarm", "source_silent"]
        with server.listening() as fresh:
            snapshot = fresh.next("snapshot").data
    assert KHARKIV in snapshot["stale"]
    assert KYIV not in snapshot["stale"]
    [source] = snapshot["sources"]
    assert (source["id"], source["silent_since"]) == ("radar", "2026-03-01T12:00:31Z")
    assert snapshot["zones"][KHARKIV] == "red", "silence clears nothing"


# --- asked ----------------------------------------------------------------------------------------------


def test_messages_are_asked_for_in_pages(morning: Running) -> None:
    first = morning.get("/api/v1/messages?limit=2")
    assert [message["seq"] for message in first["messages"]] == [1, 2]
    assert (first["upto"], first["head"]) == (2, MORNING + BEGUN)
    assert [message["seq"] for message in morning.get("/api/v1/messages?after=6")["messages"]] == [7, MORNING]
    head = MORNING + BEGUN
    for after in (MORNING, head, head + 1):
        nothing = morning.get(f"/api/v1/messages?after={after}")
        assert nothing == {"messages": [], "upto": head, "head": head}
    assert told(morning) == morning.get("/api/v1/messages")["messages"]


@pytest.mark.parametrize("asked", ["after=-1", "limit=0", "limit=1001", "limit=x", "upto=3"])
def test_what_cannot_be_meant_is_refused(morning: Running, asked: str) -> None:
    morning.ask(f"/api/v1/messages?{asked}").refused(400, "bad_request")


def test_the_catalogue_is_every_text_there_is_with_its_version_and_approval(morning: Running) -> None:
    told = morning.get("/api/v1/catalogue")
    assert told["languages"].keys() == told["digests"].keys() == {"uk", "en"}
    for lang, catalogue in told["languages"].items():
        file = json.loads(files("tocsin.data").joinpath("texts", f"{lang}.json").read_text("utf-8"))
        assert catalogue["approval"]["version"] == file["approval"]["version"]
        for key, text in file["texts"].items():
            assert {name: catalogue["texts"][key][name] for name in text} == text
        assert len(told["digests"][lang]) == len(hashlib.sha256().hexdigest())


def test_a_catalogue_that_has_not_changed_is_not_sent_again(morning: Running) -> None:
    first = morning.ask("/api/v1/catalogue", headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    assert first.json == morning.get("/api/v1/catalogue")
    again = morning.ask("/api/v1/catalogue", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    assert morning.ask("/api/v1/catalogue", headers={"If-None-Match": '"another"'}).status == 200
    morning.ask("/api/v1/catalogue?lang=uk").refused(400, "bad_request")
