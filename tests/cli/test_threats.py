"""`tocsin threats read`: one answer for each message, in their sequence, or a refusal that names the line."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from tocsin.cli import main

LINES = [
    {"ts": "2026-03-01T01:00:00+00:00", "channel": "a", "text": "БпЛА на Суми"},
    {"ts": "2026-03-01T01:01:00+00:00", "channel": "a", "text": "По БпЛА чисто"},
]


def run(*words: str, said: str | bytes | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["threats", "read", *words], input=said)
    return result.exit_code, result.output


def test_one_object_a_message_in_their_sequence(tmp_path: Path) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_text("\n".join(map(json.dumps, LINES)) + "\n", "utf-8")
    code, output = run(str(file), "--jsonl")
    first, second = map(json.loads, output.splitlines())
    assert code == 0
    assert (first["live"], first["kinds"], first["ends"]) == (True, ["drones"], [])
    assert [(place["quote"], place["role"]) for place in first["mentions"]] == [("Суми", "heading_to")]
    assert (second["live"], second["ends"]) == (False, ["drones"])


def test_plain_text_is_one_message_a_paragraph() -> None:
    code, output = run("-", "--jsonl", said="Балістика на Київ!\n\nВідбій тривоги\n")
    assert code == 0
    assert [json.loads(line)["ends"] for line in output.splitlines()] == [[], ["all"]]


def test_people_are_told_in_words() -> None:
    code, output = run("-", said="Шахед на Іванівку")
    assert code == 0
    assert "live: drones" in output
    assert "heading_to" in output
    assert "(or UA" in output


def test_a_malformed_line_is_named_and_nothing_is_read(tmp_path: Path) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_text(json.dumps(LINES[0]) + '\n{"text": 5}\n{"channel": "a"}\n{"text": "cut', "utf-8")
    code, output = run(str(file), "--jsonl")
    assert code == 1
    assert all(f"line {number}:" in output for number in (2, 3, 4))
    assert '"live"' not in output


def test_with_skip_bad_a_malformed_line_says_nothing_and_keeps_its_place(tmp_path: Path) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_text('{"text": 5}\n' + json.dumps(LINES[0]) + "\n", "utf-8")
    code, output = run(str(file), "--jsonl", "--skip-bad")
    first, second = map(json.loads, output.splitlines())
    assert code == 0
    assert (first["live"], first["mentions"]) == (False, [])
    assert second["live"]


def test_what_is_no_text_is_refused() -> None:
    assert run("-", said=b"\xff\xfe\x00\x01")[0] == 1
    assert run("/nowhere/at/all")[0] == 1
