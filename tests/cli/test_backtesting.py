"""`tocsin backtest`: messages and past alerts in, what a policy would have done out."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest
from click.testing import CliRunner

from tests.assess.scene import southwest
from tocsin.cli import main

MESSAGES = [
    ("00:00", "БпЛА на Сумщині, курс на Ромни"),
    ("00:04", "БпЛА біля Недригайлова курсом на Ромни"),
    ("00:20", "БпЛА над Ромнами, курс на Лохвицю"),
    ("00:40", "Лохвиця - БпЛА над містом"),
    ("00:50", "По БпЛА чисто"),
]
ALERTS = """region,started_at,finished_at,n_subalerts,duration_minutes
Sumska oblast,2026-03-01 00:10:00+00:00,2026-03-01 00:45:00+00:00,2,35
Poltavska oblast,2026-03-01 00:30:00+00:00,2026-03-01 00:55:00+00:00,1,25
"""


@pytest.fixture
def night(tmp_path: Path) -> tuple[Path, Path]:
    reports, alerts = tmp_path / "reports.jsonl", tmp_path / "alerts.csv"
    lines = [{"ts": f"2026-03-01T{when}:00+00:00", "channel": "пс", "text": text} for when, text in MESSAGES]
    reports.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    alerts.write_text(ALERTS, "utf-8")
    return reports, alerts


def run(reports: Path, alerts: Path, *words: str) -> tuple[int, str]:
    told = CliRunner().invoke(main, ["backtest", "--reports", str(reports), "--alerts", str(alerts), *words])
    return told.exit_code, told.output


def test_a_table_and_what_it_comes_to_in_sentences(night: tuple[Path, Path]) -> None:
    code, output = run(*night)
    assert code == 0
    assert "alarms as they were" in output
    assert "would have" in output
    assert "had neither an alert nor an early warning" in " ".join(output.split())
    assert "1 of the alarms as they were covered only some of their zone" in output


def test_as_json_with_every_zone_that_was_missed(night: tuple[Path, Path]) -> None:
    code, output = run(*night, "--json")
    found = json.loads(output)
    assert code == 0
    history, policy = found["practices"][:2]
    assert history["seen"] == policy["seen"] >= 2
    assert policy["warned"] + len(policy["missed"]) == policy["seen"]
    assert policy["person_hours"] < history["person_hours"]


def test_the_chart_is_a_picture_with_a_line_for_each(night: tuple[Path, Path], tmp_path: Path) -> None:
    code, _ = run(*night, "--chart", str(tmp_path / "chart.svg"))
    assert code == 0
    drawing = ElementTree.parse(tmp_path / "chart.svg").getroot()
    assert len(drawing.findall("{*}polyline")) == 6


def test_reports_serve_as_well_as_messages(night: tuple[Path, Path], tmp_path: Path) -> None:
    file = tmp_path / "formed.jsonl"
    file.write_bytes(b"\n".join(map(msgspec.json.encode, southwest(6))))
    code, output = run(file, night[1], "--json")
    assert code == 0
    assert json.loads(output)["reports"] == 6


@pytest.mark.parametrize("line", ['{"text": 3}', "no json", '{"said_at": "2026-03-01T00:00:00Z"}'])
def test_a_line_that_is_neither_is_named_and_nothing_is_tried(night: tuple[Path, Path], line: str) -> None:
    reports, alerts = night
    reports.write_text(reports.read_text("utf-8") + "\n" + line, "utf-8")
    code, output = run(reports, alerts)
    assert code == 1
    assert "line 6" in output


def test_what_tells_of_no_threat_is_refused(night: tuple[Path, Path], tmp_path: Path) -> None:
    empty = tmp_path / "song.jsonl"
    empty.write_text('{"ts": "2026-03-01T00:00:00Z", "channel": "x", "text": "Ой у лузі червона калина"}', "utf-8")
    assert run(empty, night[1])[0] == 1


def test_a_policy_of_ones_own_is_tried_and_a_bad_one_refused(night: tuple[Path, Path], tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('name = "nothing at all"\n', "utf-8")
    code, output = run(*night, "--policy", str(own), "--json")
    assert code == 0
    assert json.loads(output)["practices"][1]["zones"] == 0
    own.write_text("name = 3\n", "utf-8")
    code, output = run(*night, "--policy", str(own))
    assert code == 1
    assert "no policy" in output
