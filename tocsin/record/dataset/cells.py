"""What stands in one cell: a count, a moment, numbers by name, a list. A cell that is none of these is a `ValueError`.

Empty cells and NaN say nothing: unknown is not 0. Nothing in a cell is ever evaluated.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple, TypeVar

from tocsin.limits import EARLIEST_YEAR, TALLY_MOST

CELL_CHARS = 10_000
"""Longest cell that is read as what Python writes."""

T = TypeVar("T", dict[Any, Any], list[Any])


class Moment(NamedTuple):
    at: datetime
    """In the time of the place, without a zone."""
    hour: bool
    """Whether an hour was given."""

    @property
    def end(self) -> datetime:
        """A day without an hour lasts until its end."""
        return self.at if self.hour else self.at + timedelta(days=1)

    def __str__(self) -> str:
        """ISO 8601, as far as it is known."""
        return self.at.isoformat(timespec="minutes") if self.hour else self.at.date().isoformat()


def number(column: str, cell: str) -> int | None:
    """A count; None where the cell is empty or NaN, which says nothing."""
    if cell.casefold() in ("", "nan", "none", "null"):
        return None
    if not re.fullmatch(r"\d{1,9}(\.0*)?", cell):
        raise ValueError(f"{column} is no count: {cell!r}")
    count = int(cell.partition(".")[0])
    if count > TALLY_MOST:
        raise ValueError(f"{column} is more than {TALLY_MOST:,}: {cell!r}")
    return count


def named(column: str, cells: Mapping[str, str]) -> dict[str, int | None]:
    """Numbers by name, as Python writes a dictionary, in which NaN says that there is no number."""
    found = _literal(column, cells.get(column, ""), dict)
    counts: dict[str, int | None] = {}
    for name, count in found.items():
        if not isinstance(name, str) or isinstance(count, bool) or not isinstance(count, int | float | None):
            raise ValueError(f"{column} is not names with numbers: {cells[column]!r}")
        counts[name.strip()] = None if count is None else number(column, f"{count}")
    return counts


def listed(column: str, cells: Mapping[str, str]) -> list[str]:
    found = _literal(column, cells.get(column, ""), list)
    if not all(isinstance(name, str) for name in found):
        raise ValueError(f"{column} is not a list of names: {cells[column]!r}")
    return [name.strip() for name in found]


def _literal(column: str, cell: str, kind: type[T]) -> T:
    """What Python writes; never evaluated. Bare NaN is not a literal, and stands for None."""
    if not cell or cell.casefold() == "nan":
        return kind()
    if len(cell) > CELL_CHARS:
        raise ValueError(f"{column} is longer than {CELL_CHARS:,} characters")
    try:
        found = ast.literal_eval(re.sub(r"(?<=[:\[,\s])(?:nan|NaN|inf)(?=\s*[,}\]])", "None", cell))
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        found = None
    if not isinstance(found, kind):
        raise ValueError(f"{column} is not what Python writes of a {kind.__name__}: {cell[:80]!r}")
    return found


def moment(column: str, cell: str) -> Moment:
    form = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:[ T](\d{1,2}):(\d\d)(?::\d\d)?)?", cell)
    if form is None:
        raise ValueError(f"{column} is not a time: {cell!r}")
    year, month, day, hour, minute = (int(part or 0) for part in form.groups())
    try:
        # The end of a day is written 24:00 in the posts.
        of_day = timedelta(days=1) if (hour, minute) == (24, 0) else time(hour, minute)
        midnight = datetime.combine(date(year, month, day), time())
        at = midnight + of_day if isinstance(of_day, timedelta) else datetime.combine(midnight, of_day)
    except (ValueError, OverflowError):
        raise ValueError(f"{column} is not a time: {cell!r}") from None
    if at.year < EARLIEST_YEAR:
        raise ValueError(f"{column} lies before the year {EARLIEST_YEAR}: {cell!r}")
    return Moment(at, form[4] is not None)
