"""Answers of the real services, as others recorded them (tests/data/recorded/README.md)."""

from __future__ import annotations

import csv
import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "data/recorded"


@cache
def alarms_of_the_home_front_command() -> tuple[dict[str, str], ...]:
    """Rows of GetAlarmsHistory.aspx, oldest first, all values as text."""
    with gzip.open(_FOLDER / "home-front-command.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def active_of_alerts_in_ua() -> Any:
    """active.json of 6 May 2024, cut down to two alerts."""
    return json.loads((_FOLDER / "alerts-in-ua.json").read_text("utf-8"))
