"""Files in the form of the dataset of attacks, from as little as matters in them. All numbers and posts are made up."""

from __future__ import annotations

import csv
import io
from pathlib import Path

COLUMNS = [
    "time_start",
    "time_end",
    "model",
    "launch_place",
    "target",
    "target_main",
    "launched",
    "destroyed",
    "not_reach_goal",
    "still_attacking",
    "border_crossing",
    "is_shahed",
    "num_hit_location",
    "num_fall_fragment_location",
    "carrier",
    "turbojet",
    "turbojet_destroyed",
    "affected region",
    "destroyed_details",
    "launched_details",
    "launch_place_details",
    "source",
]

USUAL = {
    "time_start": "2023-03-04 20:00",
    "time_end": "2023-03-05 08:00",
    "model": "Shahed-136/131",
    "target": "Ukraine",
    "launched": "10.0",
    "destroyed": "6.0",
    "border_crossing": "{}",
    "source": "kpszsu/posts/one",
}


def row(**cells: str) -> dict[str, str]:
    """A row that is as usual but for these cells; `affected_region` for the column with a space in its name."""
    spelt = {name.replace("affected_region", "affected region"): cell for name, cell in cells.items()}
    assert spelt.keys() <= set(COLUMNS), spelt.keys() - set(COLUMNS)
    return {**dict.fromkeys(COLUMNS, ""), **USUAL, **spelt}


def written(folder: Path, *rows: dict[str, str] | str, columns: list[str] = COLUMNS) -> Path:
    """The file; a row that is text stands in it as it is."""
    path = folder / "attacks.csv"
    out = io.StringIO(newline="")
    lines = csv.DictWriter(out, columns, lineterminator="\n", extrasaction="ignore")
    lines.writeheader()
    for one in rows:
        if isinstance(one, str):
            out.write(one + "\n")
        else:
            lines.writerow(one)
    path.write_text(out.getvalue(), "utf-8")
    return path
