from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.failing_store import FailingStore
from tests.intake.siren_files import CONSOLIDATED, KYIV, LVIV_OBLAST, OFFICIAL, consolidated, official, written
from tests.world import StillClock
from tocsin import tabular
from tocsin.access import LOCAL
from tocsin.atlas import Atlas, shipped
from tocsin.commands import Raise, Release
from tocsin.engine import State, status_of
from tocsin.errors import BadFile, StoreFull, TocsinError
from tocsin.intake import sirens
from tocsin.model import Extent, Status, ZoneId
from tocsin.service import Service
from tocsin.store.memory import MemoryStore

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def ukraine() -> Atlas:
    return shipped("ua")


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2023-05-01T{clock}Z")


def imported(path: Path, service: Service, upto: str | None = None) -> None:
    orders = [given for moment, given in sirens.commands(sirens.read(path)) if upto is None or moment <= at(upto)]
    service.submit(orders, LOCAL, together=True)


# --- what is read ----------------------------------------------------------------------------


def test_an_official_row_is_an_alert_of_the_whole_of_the_zone_it_names(tmp_path: Path, ukraine: Atlas) -> None:
    raion, hromada = "Chuhuivskyi raion", "m. Chuhuiv ta Chuhuivska terytorialna hromada"
    found = sirens.read(
        written(
            tmp_path,
            OFFICIAL,
            official(),
            official("Kharkivska oblast", raion, level="raion"),
            official("Kharkivska oblast", raion, hromada, level="hromada", end="2023-05-01 12:00+00:00"),
        )
    )
    assert (found.source, found.rows, found.bad) == ("sirens:official", 3, ())
    assert {ukraine.level_of(alert.zone) for alert in found.alerts} == {"oblast", "raion", "hromada"}
    assert {alert.extent for alert in found.alerts} == {Extent.WHOLE}
    assert found.alerts[0].started == at("10:00:00")
    assert max(alert.finished for alert in found.alerts) == at("12:00:00")


def test_a_consolidated_row_merged_from_several_alerts_is_one_of_part_of_the_oblast(tmp_path: Path) -> None:
    found = sirens.read(written(tmp_path, CONSOLIDATED, consolidated(), consolidated("Lvivska oblast", merged="2")))
    assert (found.source, found.rows, found.bad) == ("sirens:consolidated", 2, ())
    assert {alert.zone: alert.extent for alert in found.alerts} == {KYIV: Extent.WHOLE, LVIV_OBLAST: Extent.PART}


def test_the_form_of_the_file_changes_nothing_of_what_it_says(tmp_path: Path) -> None:
    lines = (OFFICIAL, official(), official("m. Kyiv", start="2023-05-01 10:30:00+00:00"))
    plain = sirens.read(written(tmp_path, *lines))
    assert len(plain.alerts) == 2
    assert sirens.read(written(tmp_path, *lines, newline="\r\n")) == plain
    assert sirens.read(written(tmp_path, *lines, encoding="utf-8-sig")) == plain
    unended = written(tmp_path, *lines)
    unended.write_bytes(unended.read_bytes().rstrip(b"\n"))
    assert sirens.read(unended) == plain
    quoted = written(tmp_path, OFFICIAL, *(",".join(f'"{part}"' for part in line.split(",")) for line in lines[1:]))
    assert sirens.read(quoted) == plain
    packed = tmp_path / "sirens.csv.gz"
    packed.write_bytes(gzip.compress(written(tmp_path, *lines, newline="\r\n", encoding="utf-8-sig").read_bytes()))
    assert sirens.read(packed) == plain
    misnamed = packed.rename(tmp_path / "packed.csv")
    assert sirens.read(misnamed) == plain, "packed or not is seen from the content"


def test_times_of_any_time_zone_are_the_same_moments_and_the_same_alert(tmp_path: Path) -> None:
    summer = official(start="2023-05-01T13:00:00+03:00", end="2023-05-01T14:00:00+03:00")
    found = sirens.read(written(tmp_path, OFFICIAL, official(), summer))
    assert (found.rows, len(found.alerts)) == (2, 1)
    assert found.alerts[0].started.utcoffset() == at("10:00:00").utcoffset()


def test_alerts_come_by_the_time_they_started(tmp_path: Path) -> None:
    lines = [official(start=f"2023-05-01 0{hour}:00:00+00:00") for hour in (5, 1, 9, 3)]
    found = sirens.read(written(tmp_path, OFFICIAL, *lines))
    assert [alert.started.hour for alert in found.alerts] == [1, 3, 5, 9]


def test_at_one_moment_ends_are_ordered_before_beginnings(tmp_path: Path) -> None:
    later = official("m. Kyiv", start="2023-05-01 11:00:00+00:00", end="2023-05-01 12:00:00+00:00")
    file = sirens.read(written(tmp_path, OFFICIAL, later, official()))
    told = [
        (moment.hour, type(given.order), given.order.zones[0])
        for moment, given in sirens.commands(file)
        if isinstance(given.order, Raise | Release)
    ]
    assert told == [(10, Raise, LVIV_OBLAST), (11, Release, LVIV_OBLAST), (11, Raise, KYIV), (12, Release, KYIV)]


# --- what it does to the log -----------------------------------------------------------------


def test_the_same_alert_twice_has_one_effect(tmp_path: Path, ukraine: Atlas) -> None:
    path = written(tmp_path, OFFICIAL, official(), official(), official())
    assert (sirens.read(path).rows, len(sirens.read(path).alerts)) == (3, 1)
    service = Service(MemoryStore(), ukraine.hierarchy, StillClock(NOW))
    imported(path, service)
    imported(path, service)
    assert service.state.seq == 2


def test_a_zone_in_two_overlapping_rows_stays_under_alert_until_the_later_ends(tmp_path: Path, ukraine: Atlas) -> None:
    path = written(
        tmp_path, OFFICIAL, official(), official(start="2023-05-01 10:30:00+00:00", end="2023-05-01 11:30:00+00:00")
    )
    said = {}
    for upto in ("09:59:59", "10:00:00", "10:45:00", "11:00:00", "11:29:59", "11:30:00"):
        service = Service(MemoryStore(), ukraine.hierarchy, StillClock(NOW))
        imported(path, service, upto)
        said[upto] = status_of(service.state, ZoneId(LVIV_OBLAST)).status
    assert list(said.values()) == [Status.CLEAR, Status.RED, Status.RED, Status.RED, Status.RED, Status.CLEAR]


def test_a_row_of_a_place_and_one_of_its_oblast_are_two_alerts(tmp_path: Path, ukraine: Atlas) -> None:
    within = official("Lvivska oblast", "Stryiskyi raion", level="raion", end="2023-05-01 11:30:00+00:00")
    service = Service(MemoryStore(), ukraine.hierarchy, StillClock(NOW))
    imported(written(tmp_path, OFFICIAL, official(), within), service, upto="11:00:00")
    assert status_of(service.state, ZoneId(LVIV_OBLAST)).status is Status.PARTIAL


def test_the_two_forms_of_one_alert_are_two_sources_and_neither_releases_the_other(
    tmp_path: Path, ukraine: Atlas
) -> None:
    service = Service(MemoryStore(), ukraine.hierarchy, StillClock(NOW))
    imported(written(tmp_path, OFFICIAL, official("m. Kyiv", end="2023-05-01 12:00:00+00:00")), service, "10:30:00")
    imported(written(tmp_path, CONSOLIDATED, consolidated()), service)
    assert status_of(service.state, ZoneId(KYIV)).status is Status.RED


def test_where_the_store_fails_nothing_of_the_file_is_kept(tmp_path: Path, ukraine: Atlas) -> None:
    path = written(tmp_path, OFFICIAL, official(), official("m. Kyiv"))
    store = FailingStore()
    service = Service(store, ukraine.hierarchy, StillClock(NOW))
    store.fails_append = StoreFull("the disk is full")
    with pytest.raises(StoreFull):
        imported(path, service)
    assert (store.head(), service.state) == (0, State(ukraine.hierarchy))
    store.fails_append = None
    imported(path, service)
    assert store.head() == 4


def test_one_alert_that_the_engine_refuses_refuses_the_whole_file(tmp_path: Path, ukraine: Atlas) -> None:
    path = written(tmp_path, OFFICIAL, official(), official("m. Kyiv", end="2026-07-02 00:00:00+00:00"))
    service = Service(MemoryStore(), ukraine.hierarchy, StillClock(NOW))
    with pytest.raises(TocsinError, match="ahead"):
        imported(path, service)
    assert (service.store.head(), service.state) == (0, State(ukraine.hierarchy))


# --- malformed rows --------------------------------------------------------------------------

MALFORMED = [
    (OFFICIAL, official("Atlantis"), "unknown place: Atlantis"),
    (OFFICIAL, official("Lvivska oblast", "Chuhuivskyi raion", level="raion"), "unknown place: Lvivska oblast / Chu"),
    (OFFICIAL, official(""), r"unknown place: \(none\)"),
    (OFFICIAL, official(start="yesterday"), "started_at is not a time: 'yesterday'"),
    (OFFICIAL, official(start="2023-02-30 10:00:00+00:00"), "started_at is not a time"),
    (OFFICIAL, official(end=""), "finished_at is not a time: ''"),
    (OFFICIAL, official(end="2023-05-01 11:00:00"), "finished_at has no time zone"),
    (OFFICIAL, official(start="2023-05-01"), "started_at has no time zone"),
    (OFFICIAL, official(start="0001-01-01 00:00:00+14:00"), "started_at is not a time"),
    (OFFICIAL, official(start="1024-11-13 00:00:00+00:00"), "before the year 1970"),
    (OFFICIAL, official(end="9999-12-31 23:00:00-10:00"), "finished_at is not a time"),
    (OFFICIAL, official(end="2023-05-01 09:00:00+00:00"), "not after its start"),
    (OFFICIAL, official(end="2023-05-01 10:00:00+00:00"), "not after its start"),
    (OFFICIAL, official() + ",", "8 fields where the header has 7"),
    (OFFICIAL, "Lvivska oblast,,", "3 fields where the header has 7"),
    (OFFICIAL, "", "0 fields where the header has 7"),
    (OFFICIAL, official(level="raion"), "the level is 'raion' but the row names a place of level oblast"),
    (OFFICIAL, official("Lvivska oblast", "Stryiskyi raion"), "the level is 'oblast' but the row names .* level raion"),
    (CONSOLIDATED, consolidated("Kyiv"), "unknown place: Kyiv"),
    (CONSOLIDATED, consolidated(merged="several"), "n_subalerts is 'several'"),
    (CONSOLIDATED, consolidated(merged="0"), "n_subalerts is '0'"),
    (CONSOLIDATED, consolidated(merged="-1"), "n_subalerts is '-1'"),
    (CONSOLIDATED, consolidated(merged="1.0"), "n_subalerts is '1.0'"),
    (CONSOLIDATED, consolidated(merged=""), "n_subalerts is ''"),
    (CONSOLIDATED, consolidated(merged="9" * 5_000), "n_subalerts|integer"),
]


@pytest.mark.parametrize(("header", "row", "reason"), MALFORMED)
def test_a_malformed_row_is_listed_with_its_line_and_reason_and_the_good_ones_are_read(
    tmp_path: Path, header: str, row: str, reason: str
) -> None:
    good = official if header == OFFICIAL else consolidated
    later = good(start="2023-05-01 10:59:00+00:00")
    found = sirens.read(written(tmp_path, header, good(), row, later))
    assert [bad.line for bad in found.bad] == [3]
    assert re.search(reason, found.bad[0].reason)
    assert (found.rows, len(found.alerts)) == (3, 2)


@pytest.mark.parametrize("broken", ['"' + official(), '"Lvivska" oblast,,,oblast,'])
def test_past_a_broken_quote_nothing_is_trusted(tmp_path: Path, broken: str) -> None:
    found = sirens.read(written(tmp_path, OFFICIAL, official(), broken, official("m. Kyiv")))
    [bad] = found.bad
    assert bad.reason.startswith("not CSV")
    assert bad.reason.endswith("nothing from here on was read")
    assert bad.line == 3, "where it begins, not where the file ends"
    assert (found.rows, len(found.alerts)) == (2, 1), "the broken one is a row as well"


# --- what is no siren file -------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\xef\xbb\xbf",
        b"zone,from,to\n",
        OFFICIAL.upper().encode(),
        OFFICIAL.replace(",source", "").encode(),
        (OFFICIAL + ",more\n").encode(),
        b'"oblast\n',
        bytes(range(256)) * 9,
        b"\x00" * 500,
        OFFICIAL.encode("utf-16"),
        OFFICIAL.encode() + b"\nLvivska oblast\xff\n",
        b"\x1f\x8b",
        b"\x1f\x8bnot gzip at all",
        gzip.compress(OFFICIAL.encode() * 900, mtime=0)[:-20],
        gzip.compress(OFFICIAL.encode() * 900, mtime=0)[:60],
        gzip.compress(b"", mtime=0),
        b"SQLite format 3\x00" + b"\x00" * 84,
    ],
)
def test_what_is_no_siren_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(BadFile) as caught:
        sirens.read(path)
    assert caught.value.detail["path"] == str(path)


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.csv", tmp_path):
        with pytest.raises(BadFile, match="cannot be read"):
            sirens.read(path)


def test_a_file_with_a_header_alone_says_nothing(tmp_path: Path) -> None:
    found = sirens.read(written(tmp_path, OFFICIAL))
    assert (found.rows, found.alerts, found.bad) == (0, (), ())


def test_a_file_too_large_is_refused_before_all_of_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tabular, "IMPORT_FILE_BYTES", 1_000)
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"\n" * 50_000_000))
    with pytest.raises(BadFile, match="larger than 1000 bytes"):
        sirens.read(path)
