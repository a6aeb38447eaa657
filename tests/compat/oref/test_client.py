"""`tzevaadom` 1.1, unmodified, hears what stands in Alerts.json, once each, and is never told what is not so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import tzevaadom

from tests.compat.oref.conftest import Start
from tests.compat.oref.hearing import (
    COUNTRY,
    EARLY,
    EILAT,
    EILAT_AREAS,
    ENDED,
    MISSILES,
    TOWN,
    TOWN_NAME,
    WITHDRAWN,
    Listener,
    Served,
    listening,
    pointed,
)
from tests.door.certificates import Files
from tocsin.commands import Escalate, Raise, Release, Withdraw
from tocsin.compat.oref.places import Areas
from tocsin.model import Extent, Level, Realm, Stage

SHOWN = 16
"""Looks after which nothing is shown any more."""


@pytest.fixture
def served(serve: Start) -> Served:
    return serve(secured=True)


@pytest.fixture
def listener(served: Served, files: Files, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    with listening(served, files, monkeypatch) as found:
        yield found


def test_it_hears_nothing_while_it_is_calm(listener: Listener) -> None:
    assert listener.looks(3) == []


def test_it_hears_an_area_once(served: Served, listener: Listener) -> None:
    served.give(Raise(zones=(TOWN,)))
    assert listener.looks(SHOWN) == [{TOWN_NAME}]


def test_it_hears_every_area_of_a_district(served: Served, listener: Listener) -> None:
    served.give(Raise(zones=(EILAT,)))
    assert listener.looks(SHOWN) == [EILAT_AREAS]


def test_it_hears_every_area_of_the_country(served: Served, listener: Listener, areas: Areas) -> None:
    served.give(Raise(zones=(COUNTRY,)))
    assert listener.looks(SHOWN) == [{area.names["he"] for area in areas.all}]
    assert len(areas) == 1_449


def test_it_hears_only_the_areas_that_it_was_made_for(
    served: Served, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening(served, files, monkeypatch, ["אילות"]) as listener:
        served.give(Raise(zones=(EILAT,)))
        assert listener.looks(SHOWN) == [{"אילות"}]


def test_it_hears_an_area_that_joins_while_another_is_shown(served: Served, listener: Listener) -> None:
    served.give(Raise(zones=(TOWN,)))
    assert listener.looks(2) == [{TOWN_NAME}]
    served.give(Raise(zones=(EILAT,)))
    assert listener.looks(SHOWN) == [EILAT_AREAS - {TOWN_NAME}]


def test_yellow_and_then_red_are_one_alarm_told_twice(served: Served, listener: Listener) -> None:
    served.give(Raise(zones=(TOWN,), level=Level.YELLOW))
    assert listener.looks(SHOWN) == [{TOWN_NAME}]
    served.give(Escalate(zones=(TOWN,), to_level=Level.RED))
    assert listener.looks(SHOWN) == [{TOWN_NAME}]
    assert served.history() == [(1, MISSILES, TOWN_NAME)] * 2


def test_an_early_warning_is_heard_and_says_in_number_and_title_that_it_is_no_alarm_yet(
    served: Served, listener: Listener
) -> None:
    served.give(Raise(zones=(TOWN,), stage=Stage.EARLY_WARNING))
    assert served.told() == ("10", EARLY, [TOWN_NAME])
    # It asks neither number nor title: of the original it hears an early warning just so.
    assert listener.looks(SHOWN) == [{TOWN_NAME}]
    assert served.history() == [(14, EARLY, TOWN_NAME)]


def test_the_end_is_heard_and_says_in_number_and_title_that_it_is_one(served: Served, listener: Listener) -> None:
    served.give(Raise(zones=(TOWN,)))
    assert listener.looks(SHOWN) == [{TOWN_NAME}]
    served.give(Release(zones=(TOWN,)))
    assert served.told() == ("10", ENDED, [TOWN_NAME])
    assert listener.looks(SHOWN) == [{TOWN_NAME}]
    assert listener.looks(3) == []
    assert served.history()[0] == (13, ENDED, TOWN_NAME)


def test_a_withdrawal_is_an_end_in_other_words(served: Served, listener: Listener) -> None:
    served.give(Raise(zones=(TOWN,)))
    assert listener.looks(SHOWN) == [{TOWN_NAME}]
    served.give(Withdraw(zones=(TOWN,)))
    assert served.told() == ("10", WITHDRAWN, [TOWN_NAME])
    assert listener.looks(SHOWN) == [{TOWN_NAME}]
    assert served.history()[0] == (13, WITHDRAWN, TOWN_NAME)


def test_a_drill_is_heard_and_says_in_number_and_title_that_it_is_one(
    serve: Start, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = serve(Realm.DRILL, secured=True)
    with listening(served, files, monkeypatch) as listener:
        served.give(Raise(zones=(TOWN,)))
        assert served.told() == ("101", f"{MISSILES} - תרגיל", [TOWN_NAME])
        assert listener.looks(SHOWN) == [{TOWN_NAME}]
        assert served.history() == [(15, f"{MISSILES} - תרגיל", TOWN_NAME)]


def test_an_unnamed_part_of_a_district_is_no_alarm_for_its_areas(served: Served, listener: Listener) -> None:
    served.give(Raise(zones=(EILAT,), extent=Extent.PART))
    told = served.told()
    assert told is not None
    assert told[:2] == ("10", "יש לשהות בסמיכות למרחב המוגן")
    assert set(told[2]) == EILAT_AREAS


def test_an_area_that_is_always_under_alert_hides_neither_the_alarm_of_its_district_nor_its_end(
    served: Served, listener: Listener
) -> None:
    served.give(Raise(zones=(TOWN,), ref="since 2022"))
    served.wait(3600)
    assert listener.looks(2) == []
    for _ in range(2):
        served.give(Raise(zones=(EILAT,)))
        assert listener.looks(SHOWN) == [EILAT_AREAS]
        served.give(Release(zones=(EILAT,)))
        told = served.history()
        assert {(number, area) for number, title, area in told if title == ENDED} == {
            (13, area) for area in EILAT_AREAS - {TOWN_NAME}
        }
        listener.looks(SHOWN)
        served.wait(3600)


@pytest.mark.parametrize("since", ["today", "week", "month"])
def test_it_reads_what_was_told(served: Served, files: Files, monkeypatch: pytest.MonkeyPatch, since: str) -> None:
    served.give(Raise(zones=(EILAT,)))
    served.wait(60)
    served.give(Release(zones=(EILAT,)))
    with pointed(served, files, monkeypatch):
        rows = tzevaadom.alerts_history("en", since)
    assert {row["data"] for row in rows} == {"Eilat", "Eilot", "Shchoret Industrial Zone"}
    assert [(row["category"], row["category_desc"]) for row in rows] == [
        *[(13, "The event has ended")] * 3,
        *[(1, "Rocket and Missile Attack")] * 3,
    ]
    assert [row["time"] for row in rows] == ["14:01:00"] * 3 + ["14:00:00"] * 3
