"""`tocsin demo`: the night of 12 to 13 November 2024 against what its file says, read by a few independent lines."""

from __future__ import annotations

import csv
import gzip
import json
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from rich.text import Text

from tests.cli.processes import Process, process, refused, tocsin
from tests.web.running import KHARKIV, KYIV, PATIENCE_S, Server
from tests.world import StillClock
from tocsin.access import LOCAL
from tocsin.app import open_store
from tocsin.atlas import Atlas
from tocsin.cli import night
from tocsin.cli.night import line_of
from tocsin.commands import Annotate, Command, Escalate, Narrow, Raise, Release, WarningOrder, Withdraw
from tocsin.model import Extent, Level, SourceId, Stage, Threat, ZoneId
from tocsin.service import Service
from tocsin.settings import Settings
from tocsin.store.memory import MemoryStore
from tocsin.store.sqlite import SQLiteStore

DATA = Path(str(files("tocsin.data").joinpath("sirens")))
HISTORY = DATA / "oblast_consolidated_2022-03_2026-06.csv.gz"

Row = tuple[str, datetime, datetime, int]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Every alert of the file: zone, start, end, and of how many it was merged. The same one twice is one."""
    with (DATA / "spellings.csv").open(encoding="utf-8") as spellings:
        zones = {row["oblast"]: row["zone"] for row in csv.DictReader(spellings) if not row["raion"] + row["hromada"]}
    with gzip.open(HISTORY, "rt", encoding="utf-8") as file:
        return sorted(
            {
                (
                    zones[row["region"]],
                    datetime.fromisoformat(row["started_at"]),
                    datetime.fromisoformat(row["finished_at"]),
                    int(row["n_subalerts"]),
                )
                for row in csv.DictReader(file)
            }
        )


@pytest.fixture
def demo(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Process]:
    """A demo that keeps its temporary folder where the test can see it."""
    (tmp_path / "temporary").mkdir()
    speed = getattr(request, "param", "1200")
    environment = {"TMPDIR": str(tmp_path / "temporary")}
    with process("demo", "--port", "0", "--speed", speed, environment=environment) as demo:
        yield demo


def said_by(rows: list[Row], at: datetime) -> dict[str, str]:
    """What the file says of each oblast at a moment: held as a whole, in part, or not at all."""
    standing = [(zone, merged) for zone, start, end, merged in rows if start <= at < end]
    parts = {zone: "partial" for zone, _ in standing}
    return parts | {zone: "red" for zone, merged in standing if merged == 1}


def moved_to(server: Server, at: datetime, seq: int) -> Any:
    """The state once the replay has come to a moment and given everything up to it."""
    answer = server.ask("/api/v1/replay", "PUT", body={"at": at.isoformat(), "rate": 0})
    assert (answer.status, answer.json["now"]) == (200, at.isoformat().replace("+00:00", "Z"))
    deadline = time.monotonic() + PATIENCE_S
    while (state := server.get("/api/v1/state"))["seq"] < seq and time.monotonic() < deadline:
        time.sleep(0.01)
    return state


def events_upto(rows: list[Row], at: datetime) -> int:
    return sum(start <= at for _, start, _, _ in rows) + sum(end <= at for _, _, end, _ in rows)


def without_traceback(demo: Process, number: signal.Signals, folder: Path) -> None:
    """It ends soon, calmly, and takes its folder with it."""
    status, took_s = demo.end(number)
    print(f"the demo ended {took_s:.2f} s after {number.name}")
    assert (status, "Traceback" in demo.said) == (0, False), demo.said
    assert took_s < 10, "two seconds are promised; the rest is for a slow machine"
    assert list((folder / "temporary").iterdir()) == []


def said_of(ukraine: Atlas, *orders: WarningOrder) -> list[str]:
    """The lines of a night with these orders, as they stand on the terminal."""
    service = Service(MemoryStore(), ukraine.hierarchy, StillClock(datetime(2024, 11, 12, 22, tzinfo=UTC)))
    commands = [
        Command(key=str(number), actor="night", source=SourceId("night"), order=order)
        for number, order in enumerate(orders)
    ]
    service.submit(commands, LOCAL, together=True)
    lines = [line_of(ukraine, entry.event) for entry in service.store.read(0, 99)]
    return [Text.from_markup(line).plain for line in lines if line is not None]


def test_every_thing_that_happens_to_a_warning_has_a_line(ukraine: Atlas) -> None:
    kyiv, kharkiv = (ZoneId(KYIV),), (ZoneId(KHARKIV),)
    part = ukraine.hierarchy.children(kharkiv[0])[0]
    assert said_of(
        ukraine,
        Raise(zones=kyiv, stage=Stage.EARLY_WARNING, level=Level.YELLOW),
        Escalate(zones=kyiv, to_stage=Stage.ALERT, to_threat=Threat.BALLISTIC_MISSILES),
        Annotate(zones=kyiv, note="two groups"),
        Release(zones=kyiv),
        Raise(zones=kharkiv),
        Narrow(zones=kharkiv, to=(part,)),
        Withdraw(zones=(part,)),
        Raise(zones=kharkiv, extent=Extent.PART),
    ) == [
        "  22:00:00  △ early      Kyiv",
        "  22:00:00  ▲ escalated  Kyiv  (now alert, yellow, ballistic missiles)",
        "  22:00:00  ▽ released   Kyiv",
        "  22:00:00  ▲ alert      Kharkivska Oblast",
        f"  22:00:00  ▲ alert      {ukraine.zone(part).names['en']}",
        "  22:00:00  ▽ narrowed   Kharkivska Oblast",
        f"  22:00:00  ✕ withdrawn  {ukraine.zone(part).names['en']}  (a false alarm)",
        "  22:00:00  ▲ alert      Kharkivska Oblast  (part of it)",
    ]


MOMENTS = ("12T20:30:00", "13T04:36:37", "13T04:36:38", "13T04:50:30", "13T06:53:04", "13T06:53:05", "13T10:00:00")


@pytest.mark.parametrize("demo", ["0"], indirect=True)
def test_at_every_moment_of_the_night_the_state_is_what_the_file_says(
    demo: Process, rows: list[Row], ukraine: Atlas, tmp_path: Path
) -> None:
    server = demo.server()
    oblasts = [zone.id for zone in ukraine.zones_of_level("oblast")]
    told: dict[str, dict[str, str]] = {}
    beside = server.get("/api/v1/state")["seq"] - events_upto(rows, night.NIGHT.since)
    assert beside > 0, "the record of the nights before"
    before = night.NIGHT.since
    for moment in MOMENTS:
        at = datetime.fromisoformat(f"2024-11-{moment}+00:00")
        # Reports of threats are in the log too, but for those that are older than an hour where the clock arrives.
        said = [one for one, _ in night._threats(ukraine) if before < one <= at and at - one <= timedelta(hours=1)]
        beside, before = beside + len(said), at
        events = events_upto(rows, at) + beside
        state = moved_to(server, at, events)
        assert state["seq"] == events or moment > "13T08:59", "only after the all-clear somebody tells what happened"
        told[moment] = {zone: state["zones"][zone] for zone in oblasts}
        assert {zone: status for zone, status in told[moment].items() if status != "clear"} == said_by(rows, at), moment
    assert sum(status != "clear" for status in told["13T04:50:30"].values()) == 23
    kyiv = [statuses[KYIV] for statuses in told.values()]
    assert kyiv == ["clear", "clear", "red", "red", "red", "clear", "clear"]
    with server.listening() as listener:
        assert listener.next().event == "snapshot"
        without_traceback(demo, signal.SIGTERM, tmp_path)


def test_the_demo_runs_is_moved_ahead_and_ends_at_ctrl_c_with_streams_open(demo: Process, tmp_path: Path) -> None:
    server = demo.server()
    assert list((tmp_path / "temporary").iterdir()) != []
    at = datetime(2024, 11, 13, 4, 30, tzinfo=UTC)
    with ExitStack() as streams:
        listeners = [streams.enter_context(server.listening()) for _ in range(6)]
        for listener in listeners:
            snapshot = listener.next()
            assert (snapshot.event, snapshot.data["clock"]["replay"]["title"]["en"][:9]) == ("snapshot", "The night")
        server.ask("/api/v1/replay", "PUT", body={"at": at.isoformat(), "rate": 300})
        for listener in listeners:
            told = listener.next("clock").data
            assert (told["rate"], datetime.fromisoformat(told["now"]) >= at) == (300.0, True)
            while (event := listener.next("entry").data["event"])["type"] == "internal":
                pass  # a report of a threat
            assert event["at"] >= "2024-11-12T20:00:00Z"
        without_traceback(demo, signal.SIGINT, tmp_path)


@pytest.mark.parametrize("demo", ["0"], indirect=True)
def test_a_demo_stopped_before_it_began_ends_calmly(demo: Process, tmp_path: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not list((tmp_path / "temporary").iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    status, _ = demo.end(signal.SIGINT)
    assert (status, "Traceback" in demo.said) == (0, False), demo.said
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_demo_is_stopped_by_a_signal_that_python_loses(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is raised in a finaliser goes nowhere."""

    class Lost:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    def losing(settings: Settings, atlas: Atlas) -> SQLiteStore:
        Lost()
        return open_store(settings, atlas)

    dropped: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda lost: dropped.append(lost.exc_type))
    monkeypatch.setattr(night, "open_store", losing)
    monkeypatch.setattr(night, "_evening", lambda service: pytest.fail("it went on"))
    with pytest.raises(KeyboardInterrupt):
        night._demo("127.0.0.1", 0, 0)
    assert dropped == [KeyboardInterrupt], "it was lost indeed"


def test_a_demo_whose_port_is_taken_says_so_before_it_imports_four_years(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = tocsin("demo", "--port", str(taken.getsockname()[1]), TMPDIR=str(tmp_path))
    assert "cannot listen on 127.0.0.1" in refused(result, "address_taken")
    assert "history" not in result.stderr


def test_the_whole_record_is_imported_and_counted_alike_by_command_line_and_api(
    tmp_path: Path, rows: list[Row]
) -> None:
    log = tmp_path / "live.db"
    imported = tocsin("import", "sirens", HISTORY, "--database", log)
    assert f"{len(rows):,} alerts: {2 * len(rows):,} events added, 0 known already" in imported.stdout
    told = json.loads(tocsin("history", "Kyiv", "--json", "--database", log).stdout)
    assert (told["count"], round(told["total_s"] / 3_600)) == (2_077, 2_452)
    assert "2,077 alerts, 2,45" in tocsin("history", "UA-30", "--database", log).stdout
    with process("serve", "--port", "0", "--database", log) as serving:
        asked = serving.server().get(f"/api/v1/history?zone={KYIV}")
        serving.end(signal.SIGTERM)
    assert {**asked, "until": None} == {**told, "until": None}
    assert "without a gap" in tocsin("verify", "--database", log).stdout
