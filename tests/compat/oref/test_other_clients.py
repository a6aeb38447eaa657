"""Two more published clients, unmodified: `alarmpy` 1.5.4, made for the original as it was, and `oref` 0.2.0."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import oref
import oref.loader
import pytest
import requests
from alarmpy.alarmpy import Alarm

from tests.compat.oref.conftest import Start
from tests.compat.oref.hearing import EILAT, TOWN, TOWN_NAME, Served, pointed
from tests.door.certificates import Files
from tests.web.running import PATIENCE_S
from tocsin.commands import Raise, Release, Withdraw
from tocsin.compat.oref.places import Areas
from tocsin.model import Stage, Threat


@pytest.fixture
def served(serve: Start, files: Files, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    served = serve(secured=True)
    with pointed(served, files, monkeypatch):
        yield served


# --- alarmpy ------------------------------------------------------------------------------------


class Patient(requests.Session):
    """The client gives up after a second; a busy machine that runs tests may need longer."""

    def request(self, *args: Any, **named: Any) -> requests.Response:
        return super().request(*args, **{**named, "timeout": PATIENCE_S})


class Watcher:
    def __init__(self, served: Served, capsys: pytest.CaptureFixture[str]) -> None:
        self._served = served
        self._capsys = capsys
        self._alarm = Alarm(language="en", routine_delay=1e9)
        self._alarm.session = Patient()

    def looks(self) -> str:
        """What it prints after one look, without the time."""
        self._alarm.update(*self._alarm.parse(self._alarm.fetch()))
        return " ".join(self._capsys.readouterr().out.split()[2:])


def test_alarmpy_says_what_is_told_and_that_it_is_over(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    watcher = Watcher(served, capsys)
    watcher.looks()
    assert watcher.looks() == "", "calm is no news"
    served.give(Raise(zones=(TOWN,)))
    assert watcher.looks() == "Eilat Eilat"
    assert watcher.looks() == ""
    served.wait(60)
    assert watcher.looks() == "No active alarms"


def test_alarmpy_hears_the_same_area_a_second_time(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    watcher = Watcher(served, capsys)
    for number in range(2):
        served.give(Raise(zones=(TOWN,), ref=str(number)))
        assert watcher.looks() == "Eilat Eilat"
        served.wait(60)
        assert watcher.looks() == "No active alarms"


def test_only_who_names_the_former_page_is_given_the_former_form(served: Served) -> None:
    asked = {"Referer": "https://www.oref.org.il/12481-he/Pakar.aspx"}
    path = "/WarningMessages/alert/alerts.json"
    assert served.ask(path, **asked).body == b"\xef\xbb\xbf\r\n"
    assert served.ask(path, Referer="https://www.oref.org.il/").body == b"\xef\xbb\xbf"
    served.give(Raise(zones=(TOWN,)))
    now, former = served.ask(path), served.ask(path, **asked)
    assert former.body == b"\xef\xbb\xbf" + now.body + b"\r\n"
    assert former.headers["ETag"] != now.headers["ETag"]
    assert "Referer" in now.headers["Vary"]
    assert served.ask(path, **asked, **{"If-None-Match": former.headers["ETag"]}).status == 304


# --- oref ---------------------------------------------------------------------------------------


def test_oref_knows_every_area_in_four_languages_and_how_long_there_is(served: Served, areas: Areas) -> None:
    oref.init(["he", "ru", "ar"])
    known = oref.loader.locations()
    assert len(known) == len(areas)
    eilat = oref.loader.location(TOWN_NAME)
    assert (eilat.name.en, eilat.name.he, eilat.region.he) == ("Eilat", TOWN_NAME, "אילת")
    assert {one.name.he: one.shelter_time for one in known} == {area.names["he"]: area.shelter_s for area in areas.all}
    guidelines = {one.code: one for one in oref.loader.guidelines()}
    assert {code: one.time_notes for code, one in guidelines.items()} == {
        int(area.segment): area.shelter_s for area in areas.all
    }


def test_oref_hears_nothing_while_it_is_calm(served: Served) -> None:
    assert oref.check_alert() is False


@pytest.mark.parametrize(
    ("order", "title"),
    [
        (Raise(zones=(TOWN,)), "Rocket and Missile Attack"),
        (Raise(zones=(TOWN,), threat=Threat.DRONES), "Hostile Aircraft Intrusion"),
        (
            Raise(zones=(TOWN,), stage=Stage.EARLY_WARNING),
            "Alerts are expected in your area in the next few minutes",
        ),
    ],
)
def test_oref_hears_what_is_told_and_knows_it_in_other_languages(served: Served, order: Raise, title: str) -> None:
    oref.init(["he"])
    served.give(order)
    alert = oref.check_alert([5000004])  # of names it can make nothing
    assert [location.name.he for location in alert.locations] == [TOWN_NAME]
    assert oref.translate(alert, "en")[0] == title


@pytest.mark.parametrize(
    ("ending", "title"),
    [
        (Release(zones=(EILAT,)), "The event has ended"),
        (Withdraw(zones=(EILAT,)), "You may leave the protected space - it was a false alarm"),
    ],
)
def test_oref_tells_an_end_from_a_false_alarm(served: Served, ending: Release | Withdraw, title: str) -> None:
    oref.init(["he"])
    served.give(Raise(zones=(EILAT,)))
    before = oref.check_alert()
    served.wait(5)
    served.give(ending)
    after = oref.check_alert()
    assert len(before.unfiltered_locations) == len(after.unfiltered_locations) == 3
    assert int(after.id) > int(before.id)
    assert oref.translate(after, "en")[0] == title
