"""What each statistic counts, and what it never adds up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.record import papers
from tests.record.attack_files import row
from tests.record.statistics.records import KYIV, KYIV_OBLAST, after, alerts, folded, rows
from tests.world import NOON
from tocsin.claims import Bounds, Relation
from tocsin.facts import Outcome
from tocsin.record.published import Published
from tocsin.recorded import AttackBounded, ClaimsLinked, ClaimWithdrawn, PublishedEvent


def night(day: int, model: str = "Shahed-136/131", launched: int = 10, **cells: Any) -> dict[str, str]:
    """A row of the night of that day in March 2023: from 20:00 to 8:00 UTC+2."""
    return row(
        time_start=f"2023-03-{day - 1:02} 20:00",
        time_end=f"2023-03-{day:02} 08:00",
        model=model,
        launched=str(launched),
        destroyed=str(cells.pop("destroyed", launched)),
        source=cells.pop("source", f"kpszsu/posts/{day}"),
        **cells,
    )


def combined(record: Published, day: int, **given: Any) -> tuple[Any, Any, Any]:
    [found] = rows(record, "days_since_combined_attack", given.pop("heard", None), night=f"2023-03-{day:02}", **given)
    return found["last_night"], found["days"], found["night_itself"]


# --- days since the last combined attack ---------------------------------------------------------

NAMED: dict[str, Any] = {"target": "Kyiv oblast"}


def test_a_night_with_missiles_and_drones_is_combined_and_one_with_either_is_not(tmp_path: Path) -> None:
    record = folded(
        tmp_path,
        night(2, **NAMED),
        night(2, "Kalibr", 2),
        night(4, "Kalibr", 3, **NAMED),
        night(6, **NAMED),
        night(9, **NAMED),
        night(9, "X-101/X-555", 1),
    )
    assert combined(record, 9) == ("2023-03-02", 7, True)
    assert combined(record, 9, drones=0) == ("2023-03-04", 5, True)
    assert combined(record, 2) == (None, None, True)
    assert combined(record, 8) == ("2023-03-02", 6, False)
    assert combined(record, 9, inclusive="yes") == ("2023-03-02", 8, True)


def test_each_threshold_leaves_out_what_is_below_it(tmp_path: Path) -> None:
    record = folded(
        tmp_path,
        night(2, launched=30, **NAMED),
        night(2, "Kalibr", 5),
        night(4, launched=9, **NAMED),
        night(4, "Kalibr", 1),
        night(9),
    )
    assert combined(record, 9) == ("2023-03-04", 5, False)
    assert combined(record, 9, missiles=2) == ("2023-03-02", 7, False)
    assert combined(record, 9, drones=10) == ("2023-03-02", 7, False)
    assert combined(record, 9, missiles=6) == (None, None, False)


def test_what_shows_that_the_place_was_meant_decides_which_night_it_was(tmp_path: Path) -> None:
    record = folded(
        tmp_path,
        night(2, **NAMED),
        night(2, "Kalibr", 5, **NAMED),
        night(3, "Kalibr", 5, target="Sumy oblast"),
        night(3, destroyed_details="{'Kyiv oblast': NaN}"),
        night(4, "Kalibr", 5, target="Sumy oblast"),
        night(4, target="Sumy oblast"),
        night(5, "Kalibr", 5, target="Sumy oblast", source="kpszsu/posts/a"),
        night(5, source="kpszsu/posts/b", **NAMED),
    )
    heard = alerts((KYIV, "2023-03-04T03:00", "2023-03-04T04:00"))
    assert combined(record, 9, known_by="weapon") == ("2023-03-02", 7, False)
    assert combined(record, 9, known_by="post") == ("2023-03-03", 6, False)
    assert combined(record, 9, known_by="alert", heard=heard) == ("2023-03-04", 5, False)
    assert combined(record, 9, known_by="alert", heard=heard, alert_min=61) == (None, None, False)
    assert combined(record, 9, known_by="alert", heard=heard, place="UA-32") == (None, None, False)
    assert combined(record, 9, known_by="anywhere") == ("2023-03-05", 4, False)
    assert combined(record, 9, known_by="weapon", place="UA-59") == ("2023-03-05", 4, False)


def test_an_alert_of_some_part_shows_nothing_of_the_place(tmp_path: Path) -> None:
    record = folded(tmp_path, night(4, "Kalibr", 5), night(4))
    heard = alerts((KYIV_OBLAST, "2023-03-04T03:00", "2023-03-04T04:00"), whole=False)
    assert combined(record, 9, known_by="alert", heard=heard) == (None, None, False)


def test_missiles_and_drones_hours_apart_are_two_attacks(tmp_path: Path) -> None:
    late = row(
        time_start="2023-03-02 15:00",
        time_end="2023-03-02 15:30",
        model="Kalibr",
        launched="4",
        destroyed="0",
        source="kpszsu/posts/2",
    )
    record = folded(tmp_path, night(2, **NAMED), late)
    assert combined(record, 9, within_h=7) == ("2023-03-02", 7, False)
    assert combined(record, 9, within_h=6) == (None, None, False)


def test_a_second_kind_can_be_asked_for_and_a_composite_is_each_of_its_parts(tmp_path: Path) -> None:
    record = folded(
        tmp_path,
        night(2, **NAMED),
        night(2, "X-101/X-555", 5),
        night(2, "Iskander-M/KN-23", 1),
        night(4, **NAMED),
        night(4, "X-101/X-555", 5),
    )
    assert combined(record, 9, weapon="kh-555") == ("2023-03-04", 5, False)
    assert combined(record, 9, weapon="kh-101", and_weapon="kn-23") == ("2023-03-02", 7, False)
    assert combined(record, 9, weapon="ballistic_missile") == ("2023-03-02", 7, False)
    assert combined(record, 9, weapon="kinzhal,kalibr") == (None, None, False)


def test_reconnaissance_drones_and_none_launched_are_no_attack(tmp_path: Path) -> None:
    record = folded(
        tmp_path, night(2, "Kalibr", 5, **NAMED), night(2, "Orlan-10", 3), night(3, "Kalibr", 0, **NAMED), night(3)
    )
    assert combined(record, 9) == (None, None, False)


def test_the_claims_that_an_answer_rests_on_are_named(tmp_path: Path) -> None:
    record = folded(tmp_path, night(2, **NAMED), night(2, "Kalibr", 5))
    [found] = rows(record, "days_since_combined_attack", night="2023-03-09")
    said = [record.claims[claim].fact for claim in found["claims"]]  # type: ignore[index, union-attr]  # it is a list
    assert [(fact.weapon, fact.value.value, str(fact.outcome)) for fact in said] == [  # type: ignore[union-attr]  # tallies
        ("shahed", 10, "launched"),
        ("kalibr", 5, "launched"),
    ]


# --- what is never added up ----------------------------------------------------------------------


def test_parts_repeats_and_what_was_withdrawn_are_not_counted(tmp_path: Path) -> None:
    record = folded(tmp_path, night(2, launched=10, is_shahed="8"), night(3, launched=20))
    assert [(one["n"], one["before"]) for one in rows(record, "records_by_weapon")] == [(20, 10)]

    said = papers.tally
    events: list[PublishedEvent] = [
        papers.opened(night="2026-03-01"),
        papers.listed(2),
        papers.published(said(100, Outcome.LAUNCHED), 2, 0, attack=1),
        papers.published(said(60, Outcome.LAUNCHED, "shahed", subset_of=0), 2, 1, attack=1),
        papers.listed(5, name="a wire report"),
        papers.published(said(100, Outcome.LAUNCHED), 5, 0, attack=1),
        papers.published(said(7, Outcome.LAUNCHED, "missile"), 5, 1, attack=1),
    ]
    assert rows(after(events), "trend_by_month")[0]["launched"] == 200
    repeats = ClaimsLinked(claim=6, relation=Relation.REPEATS, other=3, at=NOON)
    assert rows(after([*events, repeats]), "trend_by_month")[0]["launched"] == 100
    withdrawn = ClaimWithdrawn(claim=3, misread=True, at=NOON)
    [alone] = rows(after([*events, repeats, withdrawn]), "trend_by_month")
    assert alone["launched"] == 100, "what it repeated stands no more: what is left is one count"


def test_a_correction_counts_and_what_it_corrects_does_not() -> None:
    events: list[PublishedEvent] = [
        papers.opened(),
        papers.listed(2),
        papers.published(papers.tally(52), 2, 0, attack=1),
        papers.published(papers.tally(58), 2, 0, attack=1, supersedes=3),
    ]
    assert rows(after(events), "trend_by_month")[0]["shot_down"] == 58


# --- records -------------------------------------------------------------------------------------


def test_a_record_depends_on_what_is_added_up(tmp_path: Path) -> None:
    evening = row(time_start="2023-03-04 19:00", time_end="2023-03-04 21:00", launched="8", source="kpszsu/posts/e")
    record = folded(tmp_path, night(2, launched=9), night(4, launched=6), evening, night(5, launched=7))
    assert rows(record, "records_by_weapon") == []
    by_night = rows(record, "records_by_weapon", unit="night")
    assert [(one["night"], one["n"], one["before"]) for one in by_night] == [("2023-03-05", 15, 9)]
    by_day = rows(record, "records_by_weapon", unit="day")
    assert [(one["night"], one["n"], one["before"]) for one in by_day] == [("2023-03-04", 14, 9)]


def test_reconnaissance_drones_make_another_record(tmp_path: Path) -> None:
    record = folded(tmp_path, night(2), night(4, launched=11), night(6), night(6, "Orlan-10", 5))
    assert [one["n"] for one in rows(record, "records_by_weapon")] == [11]
    assert [one["n"] for one in rows(record, "records_by_weapon", recon="yes")] == [11, 15]


def test_a_number_as_large_as_the_record_is_none(tmp_path: Path) -> None:
    record = folded(tmp_path, night(2), night(4), night(6, launched=11))
    assert [one["night"] for one in rows(record, "records_by_weapon")] == ["2023-03-06"]


# --- shares, with what is unknown ----------------------------------------------------------------


LEFT: dict[str, Any] = {"still_attacking": "2", "border_crossing": "{'belarus': 3}"}


def test_what_is_unknown_is_shown_and_lies_between_two_shares(tmp_path: Path) -> None:
    record = folded(
        tmp_path,
        night(
            2, launched=100, destroyed=60, not_reach_goal="20", still_attacking="2", border_crossing="{'belarus': 3}"
        ),
        night(4, launched=50, destroyed=""),
    )
    [found] = rows(record, "downed_share")
    assert found == {
        "since": "2023-03-01",
        "launched": 100,
        "downed": 60,
        "lost": 20,
        "elsewhere": 5,
        "unknown": 15,
        "share_low": 0.6,
        "share_high": 0.75,
        "untold": 50,
        "series": 1,
    }


def test_posts_that_contradict_themselves_are_shown_as_they_are(tmp_path: Path) -> None:
    record = folded(tmp_path, night(2, launched=10, destroyed=8, not_reach_goal="5"))
    assert rows(record, "downed_share")[0]["unknown"] == -3


def test_months_over_a_change_of_meaning_are_of_different_series(tmp_path: Path) -> None:
    days = ("2024-09-30", "2024-10-02", "2025-07-31", "2025-08-02")
    record = folded(tmp_path, *(row(time_start=day, time_end=day, source=f"kpszsu/posts/{day}") for day in days))
    trend = rows(record, "trend_by_month")
    assert [(one["month"], one["series"], bool(one["breaks"])) for one in trend] == [
        ("2024-09-01", 1, False),
        ("2024-10-01", 2, True),
        ("2025-07-01", 2, False),
        ("2025-08-01", 3, True),
    ]
    assert [(one["shot_down"], one["shot_down_or_suppressed"]) for one in trend][2:] == [(6, None), (None, 6)]
    assert [one["series"] for one in rows(record, "downed_share")] == [1, 2, 2, 3]


# --- alerts --------------------------------------------------------------------------------------


def test_alerts_count_where_any_of_them_lies_in_the_attack_and_only_with_those_hours(tmp_path: Path) -> None:
    record = folded(tmp_path, row(time_start="2023-03-05", time_end="2023-03-05"))
    heard = alerts(
        (KYIV, "2023-03-04T15:00", "2023-03-04T17:00"),
        (KYIV, "2023-03-05T01:00", "2023-03-05T02:30"),
        (KYIV_OBLAST, "2023-03-05T01:00", "2023-03-05T02:00"),
        (KYIV_OBLAST, "2023-03-05T16:00", "2023-03-05T17:00"),
    )
    [found] = rows(record, "alerts_per_attack", heard, covering="whole")
    assert (found["zones"], found["alerts"], found["hours"], found["longest_h"]) == (2, 3, 3.5, 1.5)
    [only] = rows(record, "alerts_per_attack", heard, covering="whole", place="UA-32")
    assert (only["zones"], only["alerts"], only["hours"]) == (1, 1, 1.0)
    [none] = rows(record, "alerts_per_attack", heard)
    assert (none["alerts"], none["hours"], none["longest_h"]) == (0, 0.0, None)


def test_an_attack_lasts_over_the_hours_that_its_counts_tell_unless_somebody_set_them(tmp_path: Path) -> None:
    counts = [
        row(time_start="2023-03-04 22:00", time_end="2023-03-05 02:00"),
        row(time_start="2023-03-05 01:00", time_end="2023-03-05 06:00", source="kpszsu/posts/2"),
        row(time_start="2023-03-05", time_end="2023-03-05", source="kpszsu/posts/3"),
    ]
    heard = alerts(
        (KYIV, "2023-03-04T17:00", "2023-03-04T19:59"),
        (KYIV, "2023-03-04T20:30", "2023-03-04T21:00"),
        (KYIV, "2023-03-05T03:00", "2023-03-05T05:00"),
    )
    [found] = rows(folded(tmp_path, *counts), "alerts_per_attack", heard, covering="whole")
    assert (found["since"], found["until"]) == ("2023-03-04T20:00:00Z", "2023-03-05T04:00:00Z")
    assert (found["alerts"], found["hours"]) == (2, 1.5)
    bounds = Bounds(night="2023-03-05", by="RU", upon="UA", since="2023-03-04T19:00", until="2023-03-05T05:30")
    said = AttackBounded(attack=1, bounds=bounds, by_hand=True, at=NOON)
    [found] = rows(folded(tmp_path, *counts, more=[said]), "alerts_per_attack", heard, covering="whole")
    assert (found["since"], found["until"]) == ("2023-03-04T17:00:00Z", "2023-03-05T03:30:00Z")


def test_the_warning_is_from_the_alert_that_stood_to_the_first_impact_and_unknown_where_none_stood() -> None:
    def harm(number: int, as_of: str, zone: str, **said: Any) -> Any:
        return papers.published(papers.killed(1, as_of=as_of, **said), 2, number, attack=1, zone=zone)

    events: list[PublishedEvent] = [
        papers.opened(night="2023-03-05"),
        papers.listed(2),
        harm(0, "2023-03-05T04:30", KYIV),
        harm(1, "2023-03-05T04:10", KYIV),
        harm(2, "2023-03-05T05:00", KYIV_OBLAST),
        harm(3, "2023-03-05", "UA59000000000057109"),
        harm(4, "2023-03-05T01:00", KYIV, cumulative=True),
    ]
    heard = alerts(
        (KYIV, "2023-03-05T02:00", "2023-03-05T03:00"), (KYIV_OBLAST, "2023-03-05T03:30", "2023-03-05T04:00")
    )
    found = {one["zone"]: one for one in rows(after(events), "warning_time", heard)}
    assert found.keys() == {KYIV, KYIV_OBLAST}
    assert (found[KYIV]["minutes"], found[KYIV]["claim"]) == (10.0, 4)
    assert (found[KYIV_OBLAST]["minutes"], found[KYIV_OBLAST]["alert_since"]) == (None, None)


@pytest.mark.parametrize(
    "name",
    ["records_by_weapon", "trend_by_month", "downed_share", "alerts_per_attack", "warning_time"],
)
def test_an_empty_record_comes_to_nothing(name: str) -> None:
    assert rows(Published(), name) == []


def test_of_an_empty_record_the_last_combined_attack_is_unknown() -> None:
    [found] = rows(Published(), "days_since_combined_attack")
    assert (found["last_night"], found["days"], found["night_itself"], found["claims"]) == (None, None, False, None)
