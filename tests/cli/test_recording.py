"""`tocsin record read`: from a file to facts on standard output."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from tocsin.cli import main
from tocsin.limits import REPORT_BYTES

REPORT = "KYIV - Ukraine's air force said it had shot down 12 of 15 drones overnight.\n"


def run(*words: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["record", "read", *words], input=given)


def test_a_report_is_read_and_printed_as_json(tmp_path: Path) -> None:
    (tmp_path / "report.txt").write_text(REPORT)
    result = run(str(tmp_path / "report.txt"), "--published", "2024-11-13", "--json")
    found = msgspec.json.decode(result.stdout)
    assert (found["genre"], found["language"], found["published"]) == ("wire_report", "en", "2024-11-13")
    assert [(fact["outcome"], fact["value"]["value"], fact["speaker"]) for fact in found["facts"]] == [
        ("launched", 15, "Ukraine's air force"),
        ("shot_down", 12, "Ukraine's air force"),
    ]
    assert found["checks"] == []


def test_a_place_in_the_wrong_oblast_is_said_and_the_fact_stands() -> None:
    text = REPORT + "Two people were killed by debris in Uman in the Kyiv region, the governor said.\n"
    found = msgspec.json.decode(run("-", "--published", "2024-11-13", "--json", given=text.encode()).stdout)
    assert [check["rule"] for check in found["checks"]] == ["place_in_oblast"]
    assert [found["facts"][fact]["kind"] for fact in found["checks"][0]["facts"]] == ["casualty"]
    right = text.replace("Kyiv region", "Cherkasy region")
    assert (
        msgspec.json.decode(run("-", "--published", "2024-11-13", "--json", given=right.encode()).stdout)["checks"]
        == []
    )


def test_a_report_is_read_from_standard_input_and_printed_for_people() -> None:
    result = run("-", "--published", "2024-11-13", given=REPORT.encode())
    assert result.exit_code == 0
    assert "wire report, en, 2 facts" in result.stdout
    assert "Ukraine's air force" in result.stdout


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "is empty"),
        (b" \n\n ", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "no text"),
        (b"\x00\x01\x02" * 100, "no text"),
        (b"a" * (REPORT_BYTES + 1), "bytes"),
        (b"shot down \xff\xfe\xfa drones", "no text in UTF-8"),
    ],
    ids=["empty", "blank", "picture", "binary", "too large", "not UTF-8"],
)
def test_what_is_no_report_is_refused_with_a_sentence(tmp_path: Path, raw: bytes, why: str) -> None:
    (tmp_path / "report.txt").write_bytes(raw)
    result = run(str(tmp_path / "report.txt"), "--published", "2024-11-13", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert why in result.stderr
    assert "[bad_file]" in result.stderr


def test_a_file_that_is_not_there_and_a_day_that_is_none_are_refused(tmp_path: Path) -> None:
    assert run(str(tmp_path / "none.txt"), "--published", "2024-11-13").exit_code == 1
    assert run(str(tmp_path / "none.txt"), "--published", "2024-13-13").exit_code == 2
    assert run(str(tmp_path / "none.txt")).exit_code == 2
