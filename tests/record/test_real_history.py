"""The real files through the real importer into one log: figures that anybody can check against the files."""

from __future__ import annotations

import csv
import gzip
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.world import StillClock
from tocsin.access import LOCAL
from tocsin.app import open_questions
from tocsin.atlas import Atlas, shipped
from tocsin.commands import Command, Raise, Release
from tocsin.engine import State, status_of, statuses
from tocsin.intake import sirens
from tocsin.intake.sirens import SirenFile
from tocsin.model import Extent, Status, ZoneId
from tocsin.service import Service
from tocsin.standing import restored, verified
from tocsin.store import Receipt
from tocsin.store.memory import MemoryStore

ROOT = Path(__file__).parents[2]
CONSOLIDATED = ROOT / "tocsin/data/sirens/oblast_consolidated_2022-03_2026-06.csv.gz"
OFFICIAL = ROOT / "tests/data/official_data_en.2024-04-23.csv.gz"

NOW = datetime(2026, 7, 1, tzinfo=UTC)
NIGHT = datetime(2024, 11, 12, 18, tzinfo=UTC), datetime(2024, 11, 13, 10, tzinfo=UTC)

UKRAINE = ZoneId("UA")
KYIV = ZoneId("UA80000000000093317")
KHARKIV = ZoneId("UA63000000000041885")


class Log:
    """A log of the real files, asked like any other."""

    def __init__(self, atlas: Atlas) -> None:
        self.store = MemoryStore()
        self.service = Service(self.store, atlas.hierarchy, StillClock(NOW))
        self.questions = open_questions(self.store, atlas)

    def give(self, orders: Sequence[Command]) -> None:
        outcomes = self.service.submit(orders, LOCAL, together=True)
        assert all(isinstance(outcome, Receipt) for outcome in outcomes)


@pytest.fixture(scope="module")
def ukraine() -> Atlas:
    return shipped("ua")


@pytest.fixture(scope="module")
def consolidated_file() -> SirenFile:
    return sirens.read(CONSOLIDATED)


@pytest.fixture(scope="module")
def official_file() -> SirenFile:
    return sirens.read(OFFICIAL)


@pytest.fixture(scope="module")
def consolidated_orders(consolidated_file: SirenFile) -> list[Command]:
    return [given for _, given in sirens.commands(consolidated_file)]


@pytest.fixture(scope="module")
def official_orders(official_file: SirenFile) -> list[Command]:
    return [given for _, given in sirens.commands(official_file)]


@pytest.fixture(scope="module")
def consolidated(ukraine: Atlas, consolidated_orders: list[Command]) -> Log:
    log = Log(ukraine)
    log.give(consolidated_orders)
    return log


@pytest.fixture(scope="module")
def both(ukraine: Atlas, official_orders: list[Command], consolidated_orders: list[Command]) -> Log:
    """The official file first, so that the longer history comes late and out of order."""
    log = Log(ukraine)
    log.give(official_orders)
    assert log.store.head() == 86_062
    log.give(consolidated_orders)
    return log


def rows_of(path: Path, column: str, place: str) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if row[column] == place]


def periods(rows: list[dict[str, str]]) -> list[tuple[datetime, datetime]]:
    """Overlapping rows as one, by hand: the other way to the same figures."""
    moments = (tuple(datetime.fromisoformat(row[side]) for side in ("started_at", "finished_at")) for row in rows)
    found: list[tuple[datetime, datetime]] = []
    for start, end in sorted(moments):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def seconds(period: tuple[datetime, datetime]) -> float:
    return (period[1] - period[0]).total_seconds()


# --- the files -------------------------------------------------------------------------------


def test_every_row_of_the_consolidated_file_is_read(consolidated_file: SirenFile, consolidated: Log) -> None:
    assert (consolidated_file.rows, len(consolidated_file.alerts), consolidated_file.bad) == (74_675, 74_675, ())
    assert len({alert.zone for alert in consolidated_file.alerts}) == 24
    assert consolidated.store.head() == consolidated.service.state.seq == 149_350
    assert not consolidated.service.state.holds, "every alert of the file has ended"


def test_every_row_of_the_official_file_is_read(official_file: SirenFile, ukraine: Atlas) -> None:
    assert (official_file.rows, len(official_file.alerts), official_file.bad) == (43_031, 43_031, ())
    assert {ukraine.level_of(alert.zone) for alert in official_file.alerts} == {"oblast", "raion", "hromada"}
    assert {alert.extent for alert in official_file.alerts} == {Extent.WHOLE}


def test_both_files_stand_in_one_log(both: Log, ukraine: Atlas) -> None:
    assert both.store.head() == 149_350 + 86_062
    assert not both.service.state.holds
    assert set(statuses(both.service.state).values()) == {Status.CLEAR}
    assert restored(both.store, ukraine.hierarchy) == both.service.standing


def test_to_import_again_changes_nothing(
    both: Log, official_orders: list[Command], consolidated_orders: list[Command]
) -> None:
    before = both.service.state
    both.give(consolidated_orders)
    both.give(official_orders)
    assert both.service.state is before
    assert both.store.head() == before.seq


def test_the_whole_log_folds_to_what_its_snapshot_says(consolidated: Log, ukraine: Atlas) -> None:
    consolidated.service.snapshot()
    assert verified(consolidated.store, ukraine.hierarchy) == (consolidated.service.standing, 149_350)


# --- Kyiv ------------------------------------------------------------------------------------


def test_kyiv_had_2077_alerts_of_2452_hours(consolidated: Log) -> None:
    found = consolidated.questions.history(KYIV, NOW)
    assert found.count == 2_077
    assert round(found.total_s / 3_600, 2) == 2_452.13
    assert sum(month.count for month in found.months) == 2_077
    assert sum(month.total_s for month in found.months) == pytest.approx(found.total_s)
    assert not found.under_alert


def test_the_median_and_the_longest_of_kyiv_are_those_of_the_file(consolidated: Log) -> None:
    by_hand = periods(rows_of(CONSOLIDATED, "region", "Kyiv City"))
    found = consolidated.questions.history(KYIV, NOW)
    assert found.longest is not None
    assert (found.longest.since, found.longest.until) == max(by_hand, key=seconds)
    assert found.median_s == statistics.median(map(seconds, by_hand))
    assert (found.count, found.total_s) == (len(by_hand), sum(map(seconds, by_hand)))


def test_an_alert_that_both_files_know_is_one_period(both: Log) -> None:
    official = rows_of(OFFICIAL, "oblast", "Kyiv City")
    assert len(official) == 913
    by_hand = periods(rows_of(CONSOLIDATED, "region", "Kyiv City") + official)
    found = both.questions.history(KYIV, NOW)
    assert (found.count, found.total_s) == (len(by_hand), sum(map(seconds, by_hand)))
    assert found.count == 2_077


# --- the night of 12-13 November 2024 ----------------------------------------------------------


def test_on_that_night_23_oblasts_were_under_alert_at_once(consolidated: Log) -> None:
    since, until = NIGHT
    peak = consolidated.questions.history(UKRAINE, NOW, since=since, until=until).peak
    assert peak is not None
    assert (peak.level, peak.count, peak.of, peak.recorded) == ("oblast", 23, 27, 24)
    assert peak.at == datetime(2024, 11, 13, 4, 50, 6, tzinfo=UTC)


def test_on_that_night_kyiv_was_under_alert_from_04_36_38_to_06_53_05(consolidated: Log) -> None:
    begun, over = datetime(2024, 11, 13, 4, 36, 38, tzinfo=UTC), datetime(2024, 11, 13, 6, 53, 5, tzinfo=UTC)
    latest = consolidated.questions.transitions(KYIV, datetime(2024, 11, 13, 7, tzinfo=UTC))[:2]
    assert [(change.at, change.before, change.after) for change in latest] == [
        (over, Status.RED, Status.CLEAR),
        (begun, Status.CLEAR, Status.RED),
    ]
    assert [change.source for change in latest] == ["sirens:consolidated"] * 2
    window = consolidated.questions.history(KYIV, NOW, since=begun, until=over)
    assert (window.count, window.total_s) == (1, (over - begun).total_seconds())
    assert window.longest is not None
    assert (window.longest.since, window.longest.until, window.under_alert) == (begun, over, False)
    night = consolidated.questions.history(KYIV, NOW, since=NIGHT[0], until=NIGHT[1])
    assert night.longest == window.longest


# --- merged rows -----------------------------------------------------------------------------

LONG = datetime(2024, 5, 12, 5, 26, 3, tzinfo=UTC), datetime(2026, 1, 6, 9, 53, 57, tzinfo=UTC)
"""The row of Kharkiv oblast that was merged from 8,675 alerts over 604 days."""


def test_a_row_merged_over_604_days_leaves_the_oblast_partial_and_its_raions_clear(
    consolidated_file: SirenFile, ukraine: Atlas
) -> None:
    midway = datetime(2025, 1, 1, tzinfo=UTC)
    kharkiv = [
        given
        for at, given in sirens.commands(consolidated_file)
        if at <= midway and isinstance(given.order, Raise | Release) and given.order.zones == (KHARKIV,)
    ]
    log = Log(ukraine)
    log.give(kharkiv)
    state: State = log.service.state
    assert [(hold.since, hold.extent) for hold in state.holds.values()] == [(LONG[0], Extent.PART)]
    assert status_of(state, KHARKIV).status is Status.PARTIAL
    assert status_of(state, UKRAINE).status is Status.PARTIAL
    below = ukraine.hierarchy.descendants(KHARKIV)
    assert len(below) > 50
    every = statuses(state)
    assert {every[zone] for zone in below} == {Status.CLEAR}
    assert [zone for zone, status in every.items() if status is not Status.CLEAR] == [UKRAINE, KHARKIV]


def test_the_604_days_count_as_an_alert_of_some_of_the_oblast_and_never_of_the_whole(consolidated: Log) -> None:
    some = consolidated.questions.history(KHARKIV, NOW)
    whole = consolidated.questions.history(KHARKIV, NOW, covering="whole")
    assert some.longest is not None
    assert whole.longest is not None
    assert (some.longest.since, some.longest.until) == LONG
    by_hand = periods(
        [row for row in rows_of(CONSOLIDATED, "region", "Kharkivska oblast") if row["n_subalerts"] == "1"]
    )
    assert (whole.longest.since, whole.longest.until) == max(by_hand, key=seconds)
    assert (whole.count, whole.total_s) == (len(by_hand), sum(map(seconds, by_hand)))
    assert whole.longest.duration_s < 7 * 86_400
