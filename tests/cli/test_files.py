"""`tocsin import`, `history`, `zone`, `doctor` and `verify`: files in, answers out, and what is wrong said plainly."""

from __future__ import annotations

import gzip
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import click
import pytest

from tests.cli.processes import refused, tocsin
from tests.web.running import KYIV
from tocsin.cli import main
from tocsin.model import Realm
from tocsin.store.sqlite import SQLiteStore

HEADER = "oblast,raion,hromada,level,started_at,finished_at,source\n"
KYIV_ROW = "Kyiv City,,,oblast,2024-11-13 04:36:38+00:00,2024-11-13 06:53:05+00:00,official\n"
LVIV_ROW = "Lvivska oblast,,,oblast,2024-11-13 04:40:00+00:00,2024-11-13 05:00:00+00:00,official\n"
GOOD = KYIV_ROW + LVIV_ROW
BAD = [
    "Atlantis,,,oblast,2024-11-13 04:36:38+00:00,2024-11-13 06:53:05+00:00,official\n",
    "Kyiv City,,,oblast,2024-11-13 04:36:38,2024-11-13 06:53:05,official\n",
    "Kyiv City,,,oblast,2024-11-13 07:36:38+00:00,2024-11-13 06:53:05+00:00,official\n",
    "Kyiv City,,,oblast\n",
    "Kyiv City,,,oblast,2024-11-13 04:36:38+00:00,2224-11-13 06:53:05+00:00,official\n",
]


def file(folder: Path, rows: str, name: str = "sirens.csv") -> Path:
    path = folder / name
    path.write_text(HEADER + rows, "utf-8")
    return path


def head(log: Path) -> int:
    with closing(SQLiteStore(log, Realm.LIVE, "UA", read_only=True)) as store:
        return store.head()


# --- backup ------------------------------------------------------------------------------------


def test_a_backup_is_a_whole_log_and_never_overwrites(log: Path, tmp_path: Path) -> None:
    tocsin("import", "sirens", file(tmp_path, GOOD), "--database", log)
    copy = tmp_path / "copy.db"
    result = tocsin("backup", copy, "--database", log)
    assert (result.exit_code, result.stdout) == (0, f"{copy} holds 4 entries\n")
    assert head(copy) == 4
    assert tocsin("verify", "--database", copy).exit_code == 0
    refused(tocsin("backup", copy, "--database", log), "store_failed")
    refused(tocsin("backup", tmp_path / "none" / "copy.db", "--database", log), "store_failed")


# --- help ----------------------------------------------------------------------------------------


def commands(group: click.Group, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [before]
    for name, command in group.commands.items():
        found += commands(command, (*before, name)) if isinstance(command, click.Group) else [(*before, name)]
    return found


@pytest.mark.parametrize("command", commands(main), ids=" ".join)
def test_every_command_explains_itself(command: tuple[str, ...]) -> None:
    for option in ("--help", "-h"):
        result = tocsin(*command, option)
        assert result.exit_code == 0
        assert result.stdout.startswith(" ".join(("Usage: main", *command)))
        assert result.stderr == ""


def test_the_version_is_told() -> None:
    assert tocsin("--version").stdout.startswith("tocsin, version ")


@pytest.mark.parametrize("typed", [["sing"], ["serve", "--prot", "1"], ["history"], ["serve", "--port", "65536"]])
def test_what_is_typed_wrongly_ends_with_2(typed: list[str]) -> None:
    assert tocsin(*typed).exit_code == 2


# --- import --------------------------------------------------------------------------------------


def test_a_good_file_is_imported_and_importing_it_again_changes_nothing(tmp_path: Path, log: Path) -> None:
    first = tocsin("import", "sirens", file(tmp_path, GOOD), "--database", log)
    assert first.exit_code == 0
    assert first.stdout == "2 rows, 0 malformed, 0 repeated; 2 alerts: 4 events added, 0 known already\n"
    again = tocsin("import", "sirens", file(tmp_path, GOOD + KYIV_ROW), "--database", log)
    assert again.stdout == "3 rows, 0 malformed, 1 repeated; 2 alerts: 0 events added, 4 known already\n"
    assert head(log) == 4


def test_a_packed_file_is_imported_as_well(tmp_path: Path, log: Path) -> None:
    packed = tmp_path / "sirens.csv.gz"
    packed.write_bytes(gzip.compress((HEADER + GOOD).encode()))
    assert "4 events added" in tocsin("import", "sirens", packed, "--database", log).stdout


def test_a_file_with_malformed_rows_lists_each_with_its_reason_and_imports_nothing(tmp_path: Path, log: Path) -> None:
    rows = KYIV_ROW + "".join(BAD) + LVIV_ROW
    result = tocsin("import", "sirens", file(tmp_path, rows), "--database", log)
    said = refused(result, "bad_file")
    assert "5 of 7 rows are malformed; nothing was imported (--skip-bad takes the rest)" in said
    listed = [line.strip() for line in said.splitlines()[1:]]
    assert [line.partition(":")[0] for line in listed] == ["line 3", "line 4", "line 5", "line 6", "line 7"]
    for line, reason in zip(listed, ["Atlantis", "time zone", "ends at", "4 fields", "still to come"], strict=True):
        assert reason in line
    assert not log.exists()


def test_the_good_rows_of_such_a_file_are_imported_if_asked_for(tmp_path: Path, log: Path) -> None:
    rows = KYIV_ROW + "".join(BAD) + LVIV_ROW
    result = tocsin("import", "sirens", file(tmp_path, rows), "--skip-bad", "--database", log)
    assert result.exit_code == 0
    assert result.stdout == "7 rows, 5 malformed, 0 repeated; 2 alerts: 4 events added, 0 known already\n"
    assert "line 3: unknown place: Atlantis" in result.stderr
    assert head(log) == 4


@pytest.mark.parametrize(
    "content", [b"", b"a,b,c\n1,2,3\n", b"\xff\xfe\x00", b"\x1f\x8b broken", HEADER.encode()[:-2], b'"']
)
def test_what_is_no_siren_file_is_refused_and_makes_no_log(tmp_path: Path, log: Path, content: bytes) -> None:
    path = tmp_path / "sirens.csv"
    path.write_bytes(content)
    refused(tocsin("import", "sirens", path, "--database", log), "bad_file")
    assert not log.exists()


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, log: Path) -> None:
    refused(tocsin("import", "sirens", tmp_path / "gone.csv", "--database", log), "bad_file")


# --- logs that are not ours ------------------------------------------------------------------------


@pytest.fixture
def foreign(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    path = tmp_path / "foreign.db"
    match request.param:
        case "text":
            path.write_text("Dear diary, tonight the sirens went off again.\n" * 50)
        case "another application's":
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("CREATE TABLE songs (title TEXT)")
                connection.commit()
        case "a drill's":
            SQLiteStore(path, Realm.DRILL, "UA").close()
        case "another country's":
            SQLiteStore(path, Realm.LIVE, "IL").close()
    return path


@pytest.mark.parametrize("foreign", ["text", "another application's", "a drill's", "another country's"], indirect=True)
@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["verify"], ["history", KYIV]], ids=" ".join)
def test_a_file_that_is_not_this_log_is_refused_and_left_as_it_is(foreign: Path, command: list[str]) -> None:
    before = foreign.read_bytes()
    refused(tocsin(*command, "--database", foreign), "store_foreign")
    assert foreign.read_bytes() == before


@pytest.mark.parametrize("foreign", ["text", "another application's", "a drill's"], indirect=True)
def test_the_doctor_names_a_file_that_is_not_this_log(foreign: Path) -> None:
    result = tocsin("doctor", "--database", foreign)
    assert result.exit_code == 1
    assert "refuse" in result.stdout


def test_a_drill_is_opened_as_a_drill(tmp_path: Path, log: Path) -> None:
    assert tocsin("import", "sirens", file(tmp_path, GOOD), "--database", log, "--realm", "drill").exit_code == 0
    assert tocsin("verify", "--database", log, TOCSIN_REALM="drill").exit_code == 0
    refused(tocsin("verify", "--database", log), "store_foreign")


# --- asking --------------------------------------------------------------------------------------


def test_the_history_of_a_zone_is_told_for_people(tmp_path: Path, log: Path) -> None:
    tocsin("import", "sirens", file(tmp_path, GOOD), "--database", log)
    result = tocsin("history", "Kyiv", "--database", log)
    assert result.exit_code == 0
    assert "Kyiv" in result.stdout
    assert "1 alerts, 2.3 h in all" in result.stdout
    assert "longest 2.3 h, from 2024-11-13T04:36:38Z to 2024-11-13T06:53:05Z" in result.stdout
    assert ["2024-11", "1", "2.3"] in [line.split() for line in result.stdout.splitlines()]


def test_the_history_of_a_zone_is_told_for_programs(tmp_path: Path, log: Path) -> None:
    tocsin("import", "sirens", file(tmp_path, GOOD), "--database", log)
    told = json.loads(tocsin("history", "UA-30", "--json", "--database", log).stdout)
    assert (told["zone"], told["count"], told["total_s"], told["under_alert"]) == (KYIV, 1, 8_187.0, False)
    window = ["--from", "2024-11-13T05:00:00Z", "--until", "2024-11-13T08:00:00+02:00"]
    part = json.loads(tocsin("history", "UA-30", "--json", *window, "--database", log).stdout)
    assert (part["count"], part["total_s"]) == (1, 3_600.0)
    whole = json.loads(tocsin("history", "UA", "--covering", "whole", "--json", "--database", log).stdout)
    assert (whole["count"], whole["longest"]) == (0, None)


def test_a_zone_that_never_had_an_alert_has_an_empty_history(tmp_path: Path, log: Path) -> None:
    tocsin("import", "sirens", file(tmp_path, GOOD), "--database", log)
    assert "0 alerts, 0.0 h in all" in tocsin("history", "UA-63", "--database", log).stdout


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (["UA-99"], "unknown_zone"),
        (["Atlantis"], "unknown_zone"),
        (["UA-30", "--from", "2024-11-13T05:00:00"], "bad_time"),
        (["UA-30", "--from", "yesterday"], "bad_time"),
        (["UA-30", "--from", "0001-01-01T00:00:00+14:00"], "bad_time"),
        (["UA-30", "--until", "9999-12-31T23:59:59-14:00"], "bad_time"),
        (["UA-30", "--from", "2024-11-13T05:00:00Z", "--until", "2024-11-13T04:00:00Z"], "bad_time"),
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(tmp_path: Path, log: Path, asked: list[str], code: str) -> None:
    tocsin("import", "sirens", file(tmp_path, GOOD), "--database", log)
    refused(tocsin("history", *asked, "--database", log), code)


def test_a_history_is_not_asked_of_a_log_that_there_is_not(log: Path) -> None:
    for command in (["history", KYIV], ["verify"]):
        refused(tocsin(*command, "--database", log), "store_failed")
        assert not log.exists(), "asking never makes a log"


@pytest.mark.parametrize("name", ["Kyiv", "м. Київ", "UA-30", "alerts_in_ua:31", KYIV])
def test_a_zone_is_found_by_name_code_and_id(name: str) -> None:
    told = json.loads(tocsin("zone", name).stdout)
    assert (told["id"], told["level"], [up["id"] for up in told["ancestors"]]) == (KYIV, "oblast", ["UA"])


def test_a_zone_that_may_be_several_is_refused_with_all_of_them() -> None:
    assert "Name the one it lies in" in refused(tocsin("zone", "Миколаївська громада"), "bad_request")


# --- is the log safe and whole? ---------------------------------------------------------------------


def test_a_sound_log_is_found_sound(tmp_path: Path, log: Path) -> None:
    tocsin("import", "sirens", file(tmp_path, GOOD), "--database", log)
    doctor = tocsin("doctor", "--database", log)
    assert (doctor.exit_code, "refuse" in doctor.stdout) == (0, False), doctor.stdout
    verify = tocsin("verify", "--database", log)
    assert verify.stdout == (
        "4 entries, without a gap, each chained to the one before; 0 holds open; the snapshot of 4 agrees\n"
    )


def damage(log: Path, statement: str) -> None:
    """What a bad disk or a well-meant hand may leave."""
    with closing(sqlite3.connect(log)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM log WHERE seq = 2",
        "UPDATE log SET event = '{' WHERE seq = 3",
        "UPDATE log SET event = replace(event, '\"hold\":1', '\"hold\":9')",
    ],
    ids=["a gap", "not an event", "a release of what is not held"],
)
def test_a_damaged_log_is_found_damaged(tmp_path: Path, log: Path, statement: str) -> None:
    tocsin("import", "sirens", file(tmp_path, GOOD), "--database", log)
    damage(log, statement)
    refused(tocsin("verify", "--database", log), "store_corrupt")


def test_a_damaged_log_is_no_longer_served(tmp_path: Path, log: Path) -> None:
    tocsin("import", "sirens", file(tmp_path, GOOD), "--database", log)
    damage(log, "DELETE FROM log WHERE seq = 2")
    doctor = tocsin("doctor", "--database", log)
    assert (doctor.exit_code, "refuse" in doctor.stdout) == (1, True)


# --- settings --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "environment"),
    [
        (["serve"], {"TOCSIN_PORT": "eighty"}),
        (["serve"], {"TOCSIN_PORT": "70000"}),
        (["serve"], {"TOCSIN_TOKEN": "too short"}),
        (["serve"], {"TOCSIN_REALM": "dream"}),
        (["serve"], {"TOCSIN_TOKEN_FILE": "nowhere/token"}),
        (["serve"], {"TOCSIN_TOKEN": "long enough a token", "TOCSIN_TOKEN_FILE": "token"}),
        (["raise", KYIV], {"TOCSIN_TOKEN_FILE": "nowhere/token"}),
    ],
)
def test_a_setting_that_is_wrong_is_named_and_nothing_is_started(
    command: list[str], environment: dict[str, str], log: Path
) -> None:
    refused(tocsin(*command, **environment, TOCSIN_DATABASE=str(log)), "bad_setting")
    assert not log.exists()


def test_an_atlas_that_there_is_not_is_refused(log: Path, tmp_path: Path) -> None:
    refused(tocsin("serve", "--atlas", tmp_path / "atlantis", "--database", log), "bad_atlas")
    assert not log.exists()
