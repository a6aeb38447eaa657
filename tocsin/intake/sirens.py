"""Files of past siren alerts, read into the very orders that raised and released them.

Two forms are known by their header, plain or gzipped:

* official: ``oblast,raion,hromada,level,started_at,finished_at,source``, one row an alert of one zone;
* consolidated: ``region,started_at,finished_at,n_subalerts,duration_minutes``, alerts merged up to oblast level.
  A row merged from several (``n_subalerts`` over 1) says only that some of the oblast was under alert.

Both come from Vadym Klymenko's dataset of official alerts (see data/sirens/README.md). Places are found in the
table of spellings beside it, which maps each spelling with its oblast and raion to one zone.

The whole file is read and judged before anything is ordered. The same alert twice is one alert.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import msgspec

from tocsin import tabular
from tocsin.commands import Command, Raise, Release
from tocsin.errors import BadFile
from tocsin.limits import EARLIEST_YEAR
from tocsin.model import Extent, SourceId, ZoneId
from tocsin.tabular import BadRow

OFFICIAL = ("oblast", "raion", "hromada", "level", "started_at", "finished_at", "source")
CONSOLIDATED = ("region", "started_at", "finished_at", "n_subalerts", "duration_minutes")

ACTOR = "import"
REASON = "history of official siren alerts"

Place = tuple[str, str, str]


class Alert(msgspec.Struct, frozen=True, order=True):
    """One past alert of one zone."""

    started: datetime
    finished: datetime
    zone: ZoneId
    extent: Extent

    @property
    def ref(self) -> str:
        """The alert's own id: the same alert has the same one in every copy of the file."""
        content = f"{self.zone} {self.started.isoformat()} {self.finished.isoformat()} {self.extent}"
        return hashlib.sha256(content.encode()).hexdigest()[:16]


class SirenFile(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says."""

    source: SourceId
    rows: int
    alerts: tuple[Alert, ...]
    """Each alert once, by the time it started."""
    bad: tuple[BadRow, ...]


def read(path: Path, upto: datetime | None = None) -> SirenFile:
    """Read a siren file whole. Errors: `BadFile` where it is not one; malformed rows are in the answer.

    A row that ends after ``upto`` is malformed: what is still to come is no history.
    """
    table = tabular.table(path)
    if table.header == OFFICIAL:
        source, spelling = SourceId("sirens:official"), _official
    elif table.header == CONSOLIDATED:
        source, spelling = SourceId("sirens:consolidated"), _consolidated
    else:
        raise BadFile(f"{path.name} has the header of no siren file", path=str(path), header=list(table.header))
    places = _spellings()
    alerts: set[Alert] = set()
    bad: list[BadRow] = []
    rows = 0
    for row in table.rows:
        rows += 1
        if isinstance(row, BadRow):
            bad.append(row)
            continue
        try:
            place, started, finished, extent = spelling(row.fields)
            alert = _alert(places, place, started, finished, extent)
            if upto is not None and alert.finished > upto:
                raise ValueError(f"it ends at {finished}, which is still to come")
            alerts.add(alert)
        except ValueError as error:
            bad.append(BadRow(row.line, str(error)))
    return SirenFile(source=source, rows=rows, alerts=tuple(sorted(alerts)), bad=tuple(bad))


def commands(file: SirenFile) -> Iterator[tuple[datetime, Command]]:
    """The file's orders with the moment of each, in time: at one moment ends come before beginnings."""
    refs = [alert.ref for alert in file.alerts]
    moments = [(alert.started, 1, number) for number, alert in enumerate(file.alerts)]
    moments += [(alert.finished, 0, number) for number, alert in enumerate(file.alerts)]
    for at, begins, number in sorted(moments):
        yield at, (raising if begins else releasing)(file.source, file.alerts[number], refs[number])


def raising(source: SourceId, alert: Alert, ref: str) -> Command:
    """The order that began the alert."""
    order = Raise(zones=(alert.zone,), extent=alert.extent, at=alert.started, ref=ref)
    return Command(key=f"{source}:{ref}:raise", actor=ACTOR, source=source, reason=REASON, order=order)


def releasing(source: SourceId, alert: Alert, ref: str) -> Command:
    """The order that ended it."""
    order = Release(zones=(alert.zone,), at=alert.finished, ref=ref)
    return Command(key=f"{source}:{ref}:release", actor=ACTOR, source=source, reason=REASON, order=order)


def _spellings() -> Mapping[Place, ZoneId]:
    table = files("tocsin.data").joinpath("sirens", "spellings.csv").read_text("utf-8")
    rows = csv.reader(table.splitlines())
    next(rows)
    return {(oblast, raion, hromada): ZoneId(zone) for oblast, raion, hromada, zone in rows}


def _official(row: list[str]) -> tuple[Place, str, str, Extent]:
    oblast, raion, hromada, level, started, finished, _ = row
    named = "hromada" if hromada else "raion" if raion else "oblast"
    if level != named:
        raise ValueError(f"the level is {level!r} but the row names a place of level {named}")
    return (oblast, raion, hromada), started, finished, Extent.WHOLE


def _consolidated(row: list[str]) -> tuple[Place, str, str, Extent]:
    region, started, finished, merged, _ = row
    if not merged.isdecimal() or int(merged) < 1:
        raise ValueError(f"n_subalerts is {merged!r}, not a count")
    return (region, "", ""), started, finished, Extent.PART if int(merged) > 1 else Extent.WHOLE


def _alert(places: Mapping[Place, ZoneId], place: Place, started: str, finished: str, extent: Extent) -> Alert:
    zone = places.get(place)
    if zone is None:
        raise ValueError(f"unknown place: {' / '.join(part for part in place if part) or '(none)'}")
    alert = Alert(_moment("started_at", started), _moment("finished_at", finished), zone, extent)
    if alert.started.year < EARLIEST_YEAR:
        raise ValueError(f"it starts at {started}, before the year {EARLIEST_YEAR}")
    if alert.finished <= alert.started:
        raise ValueError(f"it ends at {finished}, not after its start at {started}")
    return alert


def _moment(column: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if moment.utcoffset() not in (None, timedelta()):
            moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):  # the year 1 or 9999 may lie beyond all time in UTC
        raise ValueError(f"{column} is not a time: {text!r}") from None
    if moment.utcoffset() is None:
        raise ValueError(f"{column} has no time zone: {text!r}")
    return moment
