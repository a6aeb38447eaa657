"""The comparison of pictures with a table: kinds put together agree by their sum, and only those nobody counted."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from benchmarks import infographics

PICTURE = "16.03.2023\n(07.00)\n\nЗНИЩЕНО:\n- 3 КАР Х-59\n{more}\nПовітряні\nСили\nУкраїни"
COLUMNS = ["time_start", "time_end", "model", "destroyed", "source"]


@pytest.mark.parametrize(
    ("more", "rows", "share"),
    [
        pytest.param("", [("X-59", 2, "a"), ("X-31", 1, "a")], 1.0, id="they come to it"),
        pytest.param("", [("X-59", 2, "a"), ("X-31", 2, "a")], 0.0, id="they come to more"),
        pytest.param("", [("X-59", 2, "a"), ("X-31", 1, "b")], 0.0, id="of two posts"),
        pytest.param("", [("X-59", 2, "a"), ("Kalibr", 1, "a")], 0.0, id="no guided aviation missile"),
        pytest.param("- 1 Х-31П\n", [("X-59", 2, "a"), ("X-31", 1, "a")], 0.5, id="counted on its own"),
    ],
)
def test_guided_aviation_missiles_put_together_agree_by_their_sum(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    more: str,
    rows: list[tuple[str, int, str]],
    share: float,
) -> None:
    pictures, table = tmp_path / "pictures.jsonl", tmp_path / "table.csv"
    pictures.write_text(json.dumps({"posted": "2023-03-16T07:30:00", "text": PICTURE.format(more=more)}), "utf-8")
    with table.open("w", newline="") as file:
        written = csv.writer(file)
        written.writerow(COLUMNS)
        written.writerows(("2023-03-16 01:00", "2023-03-16 03:00", *row) for row in rows)
    monkeypatch.setattr("sys.argv", ["infographics", str(pictures), str(table)])
    infographics.main()
    printed = capsys.readouterr().out
    assert json.loads(printed[printed.index("{\n") :])["share"] == share
