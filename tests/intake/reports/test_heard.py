"""What was lately reported is the same however the log came to be, and holds no more than it may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world import NOON, minute
from tocsin.events import Event
from tocsin.intake.reports import heard as module
from tocsin.intake.reports.heard import Heard
from tocsin.limits import REPORTS_KEPT_S
from tocsin.model import SourceId, Threat
from tocsin.report import Report, ReportsTaken


def report(number: int) -> Report:
    return Report(
        source=SourceId("post"), said_at=minute(number), received_at=NOON, kinds=(Threat.DRONES,), track=str(number)
    )


def taken(number: int, *numbers: int) -> ReportsTaken:
    return ReportsTaken(reports=tuple(map(report, numbers)), at=minute(number))


def test_what_came_in_is_known() -> None:
    heard = Heard().after(7, [taken(0, 1, 2)])
    assert [heard.knows(report(number).id) for number in (1, 2, 3)] == [True, True, False]
    assert (len(heard), heard.seq, list(heard.runs())) == (2, 8, [(8, 8)])


def test_a_value_never_changes() -> None:
    before = Heard().after(0, [taken(0, 1)])
    before.after(1, [taken(1, 2)])
    assert [one.track for one in before] == ["1"]
    assert not before.knows(report(2).id)


def test_what_is_too_old_falls_out() -> None:
    later = ReportsTaken(reports=(report(2),), at=NOON + timedelta(seconds=REPORTS_KEPT_S + 1))
    heard = Heard().after(0, [taken(0, 1), later])
    assert [one.track for one in heard] == ["2"]
    assert list(heard.runs()) == [(2, 2)]


def test_too_many_fall_out_with_the_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REPORTS_KEPT", 5)
    monkeypatch.setattr(module, "SPARE_IDS", 3)
    heard = Heard()
    for number in range(40):
        heard = heard.after(number, [taken(number, 2 * number, 2 * number + 1)])
    assert [one.track for one in heard] == ["76", "77", "78", "79"]
    assert sum(map(len, heard.known)) <= 2 * 5 + 3 + 2
    assert all(heard.knows(one.id) for one in heard)


@given(st.lists(st.lists(st.integers(0, 400), max_size=3), max_size=20), st.integers(0, 20))
def test_folded_in_two_parts_it_is_what_the_whole_gives(pages: list[list[int]], cut: int) -> None:
    events: list[Event] = [taken(number, *page) for number, page in enumerate(pages)]
    whole = Heard().after(0, events)
    in_parts = Heard().after(0, events[:cut]).after(min(cut, len(events)), events[cut:])
    again = Heard().with_events(
        (seq, event) for first, last in whole.runs() for seq, event in enumerate(events[first - 1 : last], first)
    )
    for other in (in_parts, again):
        assert (list(other), list(other.runs()), len(other)) == (list(whole), list(whole.runs()), len(whole))
        assert all(other.knows(one.id) for one in whole)
