"""`tocsin threats report`, `send` and `key`, against a running Tocsin."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.test_access import alice
from tests.web.running import KYIV, Running

NOW = datetime.now(UTC).isoformat()


def heard(server: Running) -> list[tuple[object, ...]]:
    return [(tuple(one.kinds), tuple(one.ends), len(one.spots)) for one in server.tocsin.service.heard]


def test_an_officer_reports_what_was_seen(server: Running) -> None:
    seen = (
        "--kind",
        "drones",
        "--at",
        "UA-30",
        "--heading-to",
        "UA-32",
        "--point",
        "30.5,50.4,2000",
        "--course",
        "180",
    )
    told = alice(server, "threats", "report", *seen, "--count", "3", "--note", "low", "--seen-at", NOW)
    assert told.exit_code == 0, told.output
    assert told.stdout.startswith("1 reports taken, 0 known already")
    [kept] = server.tocsin.service.heard
    assert [spot.role for spot in kept.spots] == ["at", "heading_to", "at"]
    assert (kept.spots[0].zones, kept.spots[2].radius_m, kept.course_deg, kept.count) == ((KYIV,), 2000.0, 180.0, 3)
    assert (
        "0 reports taken, 1 known"
        in alice(server, "threats", "report", *seen, "--count", "3", "--note", "low", "--seen-at", NOW).stdout
    )


def test_an_end_and_a_message(server: Running) -> None:
    assert alice(server, "threats", "report", "--over", "ballistic_missiles").exit_code == 0
    assert alice(server, "threats", "report", "--message", "БпЛА курсом на Бровари").exit_code == 0
    aside = alice(server, "threats", "report", "--message", "Слава Україні!")
    assert (aside.exit_code, "set aside (no_threat)" in aside.stdout) == (0, True)
    assert heard(server) == [((), ("ballistic_missiles",), 0), (("drones",), (), 1)]


def test_what_is_refused_ends_with_a_sentence(server: Running) -> None:
    told = alice(server, "threats", "report", "--kind", "drones", "--at", "Atlantis")
    assert (told.exit_code, "[report_refused]" in told.output) == (1, True)
    assert alice(server, "threats", "report", "--kind", "drones", "--point", "here").exit_code == 2


@pytest.mark.parametrize("signed", [False, True])
def test_a_file_is_sent(server: Running, tmp_path: Path, signed: bool) -> None:
    file, key = tmp_path / "reports.ndjson", tmp_path / "key.json"
    found = [
        {"type": "detection", "detected_at": NOW, "kind": "drones", "lon": 30.5, "lat": 50.4, "track": str(number)}
        for number in range(700)
    ]
    message = {"ts": NOW, "channel": "kpszsu", "text": "Загроза балістики на Харків"}
    file.write_text("\n".join(map(json.dumps, [*found, message, found[0]])) + "\nnothing\n", "utf-8")
    words = ["threats", "send", str(file)]
    if signed:
        told = alice(server, "threats", "key")
        key.write_text(told.stdout, "utf-8")
        words += ["--feed", str(key)]
    told = alice(server, *words)
    assert (told.exit_code, "line 703" in told.output) == (1, True), told.output
    assert "702 sent: 701 reports taken, 1 known already" in told.output
    assert len(heard(server)) == 701


def test_a_file_without_a_key_and_one_that_is_not_there(server: Running, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_bytes(b"{}")
    assert "[bad_file]" in alice(server, "threats", "send", str(empty), "--feed", str(empty)).output
    assert "[bad_file]" in alice(server, "threats", "send", str(tmp_path / "nowhere")).output
