"""A file with malformed rows is refused whole, unless they are to be skipped: then the rest is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.intake.siren_files import OFFICIAL, official, written
from tests.world import StillClock, minute
from tocsin import limits
from tocsin.access import LOCAL
from tocsin.atlas import shipped
from tocsin.cli.importing import report_bad
from tocsin.errors import BadFile
from tocsin.intake import sirens
from tocsin.intake.sirens import SirenFile
from tocsin.service import Service
from tocsin.store.memory import MemoryStore


@pytest.fixture
def mixed(tmp_path: Path) -> SirenFile:
    return sirens.read(written(tmp_path, OFFICIAL, official(), official("Atlantis"), official("m. Kyiv"), "x"))


def test_malformed_rows_refuse_the_file_and_are_listed_by_line(mixed: SirenFile) -> None:
    with pytest.raises(BadFile, match="2 of 4 rows are malformed; nothing was imported") as caught:
        report_bad(mixed, skip_bad=False)
    assert caught.value.detail["lines"] == [
        "line 3: unknown place: Atlantis",
        "line 5: 1 fields where the header has 7",
    ]


def test_skipped_rows_are_listed_all_the_same_and_the_good_ones_are_imported(
    mixed: SirenFile, capsys: pytest.CaptureFixture[str]
) -> None:
    report_bad(mixed, skip_bad=True)
    assert capsys.readouterr().err.splitlines() == [
        "line 3: unknown place: Atlantis",
        "line 5: 1 fields where the header has 7",
    ]
    service = Service(MemoryStore(), shipped("ua").hierarchy, StillClock(minute(0)))
    service.submit([given for _, given in sirens.commands(mixed)], LOCAL, together=True)
    assert service.state.seq == 4


def test_a_file_without_malformed_rows_passes_without_a_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report_bad(sirens.read(written(tmp_path, OFFICIAL, official())), skip_bad=False)
    assert capsys.readouterr().err == ""


def test_past_the_limit_malformed_rows_are_counted_and_not_listed(tmp_path: Path) -> None:
    many = limits.IMPORT_REPORTED_ROWS + 7
    with pytest.raises(BadFile, match=f"{many:,} of {many:,} rows") as caught:
        report_bad(sirens.read(written(tmp_path, OFFICIAL, *["x"] * many)), skip_bad=False)
    lines = caught.value.detail["lines"]
    assert len(lines) == limits.IMPORT_REPORTED_ROWS + 1
    assert lines[-1] == "and 7 more"
