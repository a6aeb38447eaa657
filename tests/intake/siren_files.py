"""Siren files to write, from as little as matters in them."""

from __future__ import annotations

from pathlib import Path

OFFICIAL = "oblast,raion,hromada,level,started_at,finished_at,source"
CONSOLIDATED = "region,started_at,finished_at,n_subalerts,duration_minutes"

KYIV = "UA80000000000093317"
LVIV_OBLAST = "UA46000000000026241"

START, END = "2023-05-01 10:00:00+00:00", "2023-05-01 11:00:00+00:00"


def official(
    oblast: str = "Lvivska oblast",
    raion: str = "",
    hromada: str = "",
    level: str = "oblast",
    start: str = START,
    end: str = END,
) -> str:
    return f"{oblast},{raion},{hromada},{level},{start},{end},official"


def consolidated(region: str = "Kyiv City", start: str = START, end: str = END, merged: str = "1") -> str:
    return f"{region},{start},{end},{merged},60.0"


def written(folder: Path, *lines: str, newline: str = "\n", encoding: str = "utf-8") -> Path:
    path = folder / "sirens.csv"
    path.write_bytes("".join(line + newline for line in lines).encode(encoding))
    return path
