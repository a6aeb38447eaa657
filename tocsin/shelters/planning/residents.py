"""How many people live in which building: a CSV file, read row by row. It is read where it lies and kept nowhere."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tocsin.errors import BadFile, BadParameter
from tocsin.limits import RESIDENTS_PER_BUILDING, RESIDENTS_ROWS
from tocsin.shelters.network import Floats
from tocsin.tabular import BadRow, Row, table

COLUMNS = ("id", "lon", "lat", "residents")
"""What a file has to say of each building, in columns of these names unless others are given."""

PARTS = 100
"""People are counted in hundredths, because what is known of a building is often an estimate such as 2.51."""


class Residents(NamedTuple):
    """Buildings, one of each for each row that was taken."""

    id: list[str]
    lon: Floats
    lat: Floats
    hundredths: NDArray[np.int64]
    """People, in hundredths."""
    line: list[int]
    """At which line of the file each stands."""

    def some(self, chosen: NDArray[np.bool_]) -> Residents:
        numbers = np.flatnonzero(chosen).tolist()
        return Residents(
            [self.id[i] for i in numbers],
            self.lon[chosen],
            self.lat[chosen],
            self.hundredths[chosen],
            [self.line[i] for i in numbers],
        )


class ResidentsFile(NamedTuple):
    residents: Residents
    rows: int
    bad: list[BadRow]


def read_residents(path: Path, columns: Mapping[str, str] | None = None) -> ResidentsFile:
    """``columns`` are other names for some of `COLUMNS`. Errors: `BadFile` where the file as a whole cannot be read,
    `BadParameter`."""
    named = dict(zip(COLUMNS, COLUMNS, strict=True)) | dict(columns or {})
    if unknown := sorted(named.keys() - set(COLUMNS)):
        raise BadParameter(f"of a building is asked {', '.join(COLUMNS)}, not {unknown[0]}", unknown=unknown)
    read = table(path)
    lacking = [name for name in named.values() if read.header.count(name) != 1]
    if lacking:
        raise BadFile(
            f"{path.name} has not exactly one column named {lacking[0]}",
            file=path.name,
            columns=list(read.header[:50]),
        )
    at = [read.header.index(named[column]) for column in COLUMNS]
    bad: list[BadRow] = []
    ids: list[str] = []
    lines: list[int] = []
    numbers: list[tuple[float, float, float]] = []
    seen: dict[str, int] = {}
    rows = 0
    for row in read.rows:
        rows += 1
        if rows > RESIDENTS_ROWS:
            raise BadFile(f"{path.name} has more than {RESIDENTS_ROWS:,} rows", file=path.name)
        if isinstance(row, BadRow):
            bad.append(row)
            continue
        id, *said = (row.fields[i].strip() for i in at)
        if not id:
            bad.append(BadRow(row.line, "it has no id"))
        elif id in seen:
            bad.append(BadRow(row.line, f"the building {id[:60]} was there before, in line {seen[id]}"))
        else:
            found = _numbers(row, said)
            if isinstance(found, BadRow):
                bad.append(found)
            else:
                seen[id] = row.line
                ids.append(id)
                lines.append(row.line)
                numbers.append(found)
    all_numbers = np.array(numbers, np.float64).reshape(-1, 3)
    lon, lat, people = (np.ascontiguousarray(all_numbers[:, i]) for i in range(3))
    return ResidentsFile(Residents(ids, lon, lat, np.rint(people * PARTS).astype(np.int64), lines), rows, bad)


def _numbers(row: Row, said: list[str]) -> tuple[float, float, float] | BadRow:
    found = []
    for what, text in zip(COLUMNS[1:], said, strict=True):
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            # What nobody says is unknown, and never 0.
            reason = f"{what} is not a number: {text[:40]!r}" if text else f"nobody says its {what}"
            return BadRow(row.line, reason)
        found.append(number)
    lon, lat, people = found
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        swapped = "; longitude and latitude seem swapped" if abs(lat) <= 180 and abs(lon) <= 90 else ""
        return BadRow(row.line, f"there is no place at longitude {lon:g}, latitude {lat:g}{swapped}")
    if people < 0:
        return BadRow(row.line, f"{people:g} residents are fewer than none")
    if people > RESIDENTS_PER_BUILDING:
        return BadRow(row.line, f"{people:g} residents are more than a building has")
    return lon, lat, people
