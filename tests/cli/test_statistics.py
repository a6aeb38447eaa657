"""`tocsin record statistics`: computed from the log on the disk, with its definition beside it."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.processes import refused, tocsin
from tests.record import papers
from tests.record.logs import put
from tocsin.facts import Outcome
from tocsin.model import Realm, ZoneId
from tocsin.recorded import PublishedEvent
from tocsin.store.sqlite import SQLiteStore

KYIV = ZoneId("UA80000000000093317")


@pytest.fixture
def recorded(log: Path) -> Path:
    """A log with one night in its record."""
    events: list[PublishedEvent] = [
        papers.opened(night="2026-02-02"),
        papers.listed(2),
        papers.published(papers.tally(30, Outcome.LAUNCHED, "shahed"), 2, 0, attack=1, zone=KYIV),
        papers.published(papers.tally(4, Outcome.LAUNCHED, "kh-101"), 2, 1, attack=1),
    ]
    with closing(SQLiteStore(log, Realm.LIVE, "UA")) as store:
        put(store, events)
    return log


def test_without_a_name_it_lists_what_there_is() -> None:
    said = tocsin("record", "statistics").stdout
    assert "days_since_combined_attack (version 2): Days since the last combined attack on a place" in said
    assert "missiles=1" in said
    listed = json.loads(tocsin("record", "statistics", "--json").stdout)
    assert "downed_share" in [one["name"] for one in listed]


def test_an_answer_says_what_was_counted_and_what_is_unknown(recorded: Path) -> None:
    said = tocsin("record", "statistics", "days_since_combined_attack", "--database", recorded).stdout
    assert "The night before `night` in which missiles and attack drones were launched together" in said
    assert "by night=2026-02-02, place=UA80000000000093317,UA32000000000030281, weapon=missile" in said
    assert said.splitlines()[-1].split() == ["2026-02-02", "yes", *["unknown"] * 5]


def test_variants_stand_side_by_side(recorded: Path) -> None:
    question = ("record", "statistics", "days_since_combined_attack", "--database", recorded)
    said = tocsin(*question, "--variants", "--param", "night=2026-02-12").stdout
    assert "strategic: Kh-101 or Kh-555 in a post that names the place" in said
    assert said.count("2026-02-02  10") == 3
    told = json.loads(tocsin(*question, "--variants", "--param", "night=2026-02-12", "--json").stdout)
    assert told["strategic"]["rows"][0][3] == 10


def test_the_record_can_be_asked_as_it_was(recorded: Path) -> None:
    said = tocsin("record", "statistics", "trend_by_month", "--database", recorded, "--as-of", "2026-02-28", "--json")
    assert json.loads(said.stdout)["rows"] == []


def test_what_cannot_be_asked_is_refused(recorded: Path) -> None:
    def ask(*words: str) -> str:
        result = tocsin("record", "statistics", *words, "--database", recorded)
        assert result.exit_code == 1
        return result.stderr

    assert "[unknown_statistic]" in ask("moon_phases")
    assert "night is a day such as 2024-11-13" in ask("trend_by_month", "--param", "since=x").replace("since", "night")
    assert "[bad_parameter]" in ask("trend_by_month", "--param", "since")
    assert "[bad_time]" in ask("trend_by_month", "--as-of", "2999-01-01")
    refused(tocsin("record", "statistics", "trend_by_month", "--database", recorded.parent / "none.db"), "store_failed")
