"""The queries carried out by DuckDB over the tables, all in memory, with no way out to files or the network.

What is asked is checked first (`given`) and handed over as values. An answer says by which definition and version it
was computed, upon which seq of the record, and which claims it rests on.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from tocsin.errors import ExtraMissing, StatisticTooLarge
from tocsin.limits import STATISTIC_MEMORY_MB, STATISTIC_ROWS
from tocsin.record.history import AlertPeriods
from tocsin.record.statistics.definition import Definition
from tocsin.record.statistics.given import Value
from tocsin.record.statistics.tables import ALERTS, Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Cell = str | int | float | bool | list[int] | None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What one statistic comes to."""

    name: str
    version: int
    definition: dict[str, str]
    parameters: dict[str, Any]
    """Each as it was understood."""
    columns: list[str]
    rows: list[list[Cell]]


class Desk:
    """One set of tables, made once and asked from any thread."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        """Errors: `ExtraMissing` where DuckDB is not installed."""
        self.alerts_upto: datetime | None = None
        self._lock = threading.Lock()
        self._base = connection()
        for name, table in tables.items():
            fill(self._base, name, table)
        fill(self._base, "alerts", Table(ALERTS, ()))
        self._base.execute("SET enable_external_access = false")
        self._base.execute("SET lock_configuration = true")

    def ask(self, asked: Definition, values: Mapping[str, Value]) -> Answer:
        """Errors: `StatisticTooLarge` where there are more rows than one answer holds."""
        used = {name: value for name, value in values.items() if re.search(rf"\${name}\b", asked.sql)}
        with self._lock:
            found = self._base.execute(asked.sql, used).fetchmany(STATISTIC_ROWS + 1)
            columns = [str(column[0]) for column in self._base.description or ()]
        if len(found) > STATISTIC_ROWS:
            raise StatisticTooLarge(
                f"{asked.name} has more than {STATISTIC_ROWS:,} rows by these parameters: ask for less time",
                name=asked.name,
            )
        assert columns == list(asked.columns), f"{asked.name} says other columns than it has: {columns}"
        return Answer(
            name=asked.name,
            version=asked.version,
            definition=asked.words,
            parameters=dict(values),
            columns=columns,
            rows=[[_cell(value) for value in row] for row in found],
        )

    def close(self) -> None:
        """Give back the memory."""
        with self._lock:
            self._base.close()

    def take_alerts(self, alerts: AlertPeriods, upto: datetime) -> None:
        """From now on these are the alerts."""
        columns = {
            "zone": alerts.zone,
            "since": (alerts.start * 1e6).astype("datetime64[us]"),
            "until": (alerts.end * 1e6).astype("datetime64[us]"),
            "whole": alerts.whole,
        }
        with self._lock:
            self._base.execute("DELETE FROM alerts")
            if len(alerts.zone):
                self._base.register("read_alerts", columns)
                self._base.execute("INSERT INTO alerts SELECT * FROM read_alerts")
                self._base.unregister("read_alerts")
            self.alerts_upto = upto


def connection() -> DuckDBPyConnection:
    """A database of its own, in memory. Errors: `ExtraMissing`."""
    try:
        import duckdb
    except ImportError:
        raise ExtraMissing(
            "statistics need DuckDB: pip install 'tocsin[statistics]'", extra="statistics", module="duckdb"
        ) from None
    return duckdb.connect(
        ":memory:",
        config={"threads": "1", "memory_limit": f"{STATISTIC_MEMORY_MB}MB", "autoload_known_extensions": "false"},
    )


def fill(to: DuckDBPyConnection, name: str, table: Table) -> None:
    """Make one table. Names and types are ours; what is in the rows is handed over as values."""
    declared = ", ".join(f'"{column}" {kind}' for column, kind in table.columns.items())
    to.execute(f'CREATE TABLE "{name}" ({declared})')
    if table.rows:
        columns = {f"c{number}": list(column) for number, column in enumerate(zip(*table.rows, strict=True))}
        lists = ", ".join(f"unnest($c{number}::{kind}[])" for number, kind in enumerate(table.columns.values()))
        to.execute(f'INSERT INTO "{name}" SELECT {lists}', columns)


def _cell(value: object) -> Cell:
    match value:
        case datetime():
            return value.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case list():
            return [int(one) for one in value]
        case None | bool() | int() | float() | str():
            return value
    raise AssertionError(f"no statistic gives a {type(value).__name__}")
