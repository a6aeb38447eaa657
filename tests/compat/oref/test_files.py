"""The Home Front Command's files, over HTTP: what each order tells, area by area, and nothing that is not so."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.compat.oref.conftest import Start
from tests.compat.oref.hearing import (
    AIRCRAFT,
    ALARMS,
    ALERTS,
    COUNTRY,
    EARLY,
    EILAT,
    EILAT_AREAS,
    ENDED,
    HISTORY,
    MISSILES,
    NEAR,
    TOWN,
    TOWN_NAME,
    WITHDRAWN,
    Served,
)
from tests.web.running import running
from tocsin.atlas import shipped
from tocsin.commands import Escalate, Narrow, Raise, Release, Replace, SourceSilent, Withdraw
from tocsin.compat.oref.places import Areas
from tocsin.compat.oref.words import Kind, said_as
from tocsin.model import Extent, Hazard, Level, Realm, Stage, Threat
from tocsin.store.memory import MemoryStore

BOM = b"\xef\xbb\xbf"

EVERY_FILE = (
    ALERTS,
    HISTORY,
    ALARMS,
    "/Shared/Ajax/GetDistricts.aspx",
    "/Shared/Ajax/GetCitiesMix.aspx",
    "/Shared/Ajax/GetAlarmInstructions.aspx",
    "/alerts/alertCategories.json",
    "/alerts/alertsTranslation.json",
    *(f"/districts/{name}_{lang}.json" for name in ("districts", "cities") for lang in ("heb", "eng", "rus", "arb")),
)


# --- Alerts.json -------------------------------------------------------------------------------


def test_when_it_is_calm_the_body_is_a_byte_order_mark_and_nothing_else(served: Served) -> None:
    answer = served.ask(ALERTS)
    assert (answer.status, answer.body) == (200, BOM)
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        "/warningMessages/alert/Alerts.json",
        "/WarningMessages/alert/alerts.json",
        "/WarningMessages/Alert/alerts.json",
        "/WarningMessages/alert/Alerts.json?v=1",
    ],
)
def test_every_spelling_of_the_path_is_the_same_file(served: Served, path: str) -> None:
    served.give(Raise(zones=(TOWN,)))
    assert json.loads(served.ask(path).body)["data"] == [TOWN_NAME]


@pytest.mark.parametrize(
    ("raised", "cat", "category", "title"),
    [
        (Raise(zones=(TOWN,)), "1", 1, MISSILES),
        (Raise(zones=(TOWN,), threat=Threat.BALLISTIC_MISSILES), "1", 1, MISSILES),
        (Raise(zones=(TOWN,), threat=Threat.DRONES), "6", 2, AIRCRAFT),
        (Raise(zones=(TOWN,), hazard=Hazard.ARTILLERY), "1", 1, MISSILES),
        (Raise(zones=(TOWN,), hazard=Hazard.URBAN_FIGHTING), "13", 10, "חדירת מחבלים"),
        (Raise(zones=(TOWN,), hazard=Hazard.CHEMICAL), "7", 12, "אירוע חומרים מסוכנים"),
        (Raise(zones=(TOWN,), hazard=Hazard.NUCLEAR), "4", 9, "אירוע רדיולוגי"),
        (Raise(zones=(TOWN,), extent=Extent.PART), "1", 1, MISSILES),
        (Raise(zones=(TOWN,), stage=Stage.EARLY_WARNING), "10", 14, EARLY),
    ],
)
def test_each_has_its_number_in_either_numbering(
    served: Served, raised: Raise, cat: str, category: int, title: str
) -> None:
    served.give(raised)
    assert served.told() == (cat, title, [TOWN_NAME])
    assert served.history() == [(category, title, TOWN_NAME)]
    (row,) = served.rows(ALARMS)
    assert (row["category"], row["matrix_id"]) == (category, int(cat))


def test_a_drill_has_numbers_of_its_own_and_every_word_says_so(serve: Start) -> None:
    served = serve(Realm.DRILL)
    served.give(Raise(zones=(TOWN,), threat=Threat.DRONES))
    served.give(Release(zones=(TOWN,)))
    assert served.told() == ("106", f"{AIRCRAFT} - תרגיל", [TOWN_NAME])
    assert "תרגיל" in json.loads(served.ask(ALERTS).body)["desc"]
    assert served.history() == [(27, f"{ENDED} - תרגיל", TOWN_NAME), (16, f"{AIRCRAFT} - תרגיל", TOWN_NAME)]
    assert [row["matrix_id"] for row in served.rows(ALARMS)] == [110, 106]
    assert {row["category_desc"] for row in served.rows(f"{ALARMS}?lang=en")} == {
        "The event has ended - drill",
        "Hostile Aircraft Intrusion - drill",
    }
    served.wait(60)
    served.give(Raise(zones=(TOWN,), stage=Stage.EARLY_WARNING))
    assert served.told() == ("110", f"{EARLY} - תרגיל", [TOWN_NAME])
    assert served.history()[0][0] == 28


def test_ids_grow(served: Served) -> None:
    ids = []
    for zone in (TOWN, EILAT, COUNTRY):
        served.give(Raise(zones=(zone,)))
        ids.append(int(json.loads(served.ask(ALERTS).body)["id"]))
        assert json.loads(served.ask(ALERTS).body)["id"] == str(ids[-1])
    assert ids == sorted(set(ids))
    # Windows counts tenths of microseconds since 1601.
    assert datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ids[0] // 10) == pytest.approx(
        served.clock.at, abs=timedelta(seconds=1)
    )


def test_who_has_it_is_told_so_and_never_of_another(served: Served) -> None:
    calm = served.ask(ALERTS)
    asked = {"If-Modified-Since": calm.headers["Last-Modified"]}
    assert served.ask(ALERTS, **asked).status == 304
    # In the same second.
    served.give(Raise(zones=(TOWN,)))
    alarm = served.ask(ALERTS, **asked)
    assert alarm.status == 200
    assert TOWN_NAME in alarm.body.decode()
    asked = {"If-None-Match": alarm.headers["ETag"]}
    assert served.ask(ALERTS, **asked).status == 304
    served.wait(60)
    assert served.ask(ALERTS, **asked).body == BOM


def test_a_country_under_alarm_is_every_area_of_it(served: Served, areas: Areas) -> None:
    served.give(Raise(zones=(COUNTRY,)))
    told = served.told()
    assert told is not None
    assert (len(told[2]), len(set(told[2]))) == (1_449, 1_449)
    assert len(served.history()) == len(areas) == 1_449


# --- what ends, and what does not --------------------------------------------------------------


def test_an_end_is_told_only_where_nothing_is_left(served: Served) -> None:
    served.give(Raise(zones=(EILAT,)), Raise(zones=(TOWN,), threat=Threat.DRONES))
    served.wait(60)
    served.give(Release(zones=(EILAT,)))
    told = served.told()
    assert told is not None
    assert (told[1], set(told[2])) == (ENDED, EILAT_AREAS - {TOWN_NAME})
    served.wait(60)
    served.give(Release(zones=(TOWN,)))
    assert served.told() == ("10", ENDED, [TOWN_NAME])


def test_an_alert_that_leaves_an_early_warning_is_not_over(served: Served) -> None:
    served.give(Raise(zones=(EILAT,), stage=Stage.EARLY_WARNING), Raise(zones=(TOWN,)))
    served.wait(60)
    served.give(Release(zones=(TOWN,)))
    assert served.told() == ("10", NEAR, [TOWN_NAME])
    assert served.history()[0] == (14, NEAR, TOWN_NAME)


def test_an_alert_that_leaves_an_unnamed_part_of_the_district_is_not_over(served: Served) -> None:
    served.give(Raise(zones=(EILAT,), extent=Extent.PART), Raise(zones=(TOWN,)))
    served.wait(60)
    served.give(Release(zones=(TOWN,)))
    assert served.told() == ("10", NEAR, [TOWN_NAME])
    served.wait(60)
    served.give(Release(zones=(EILAT,)))
    told = served.told()
    assert told is not None
    assert (told[1], set(told[2])) == (ENDED, EILAT_AREAS)


def test_under_an_alert_no_early_warning_is_told(served: Served) -> None:
    served.give(Raise(zones=(TOWN,)))
    served.wait(60)
    served.give(Raise(zones=(EILAT,), stage=Stage.EARLY_WARNING))
    told = served.told()
    assert told is not None
    assert (told[1], set(told[2])) == (EARLY, EILAT_AREAS - {TOWN_NAME})


def test_an_early_warning_that_becomes_an_alert_is_an_alarm(served: Served) -> None:
    served.give(Raise(zones=(TOWN,), stage=Stage.EARLY_WARNING))
    served.wait(60)
    served.give(Escalate(zones=(TOWN,), to_stage=Stage.ALERT))
    assert served.told() == ("1", MISSILES, [TOWN_NAME])


def test_an_early_warning_that_ends_is_over_and_one_taken_back_is_told_in_other_words(served: Served) -> None:
    served.give(Raise(zones=(TOWN,), stage=Stage.EARLY_WARNING))
    served.give(Release(zones=(TOWN,)))
    served.wait(60)
    served.give(Raise(zones=(TOWN,), stage=Stage.EARLY_WARNING))
    served.give(Withdraw(zones=(TOWN,)))
    assert [title for _, title, _ in served.history()] == [WITHDRAWN, EARLY, ENDED, EARLY]


def test_narrowed_to_a_town_the_rest_hears_the_end_and_the_town_nothing(served: Served) -> None:
    served.give(Raise(zones=(EILAT,)))
    served.wait(60)
    served.give(Narrow(zones=(EILAT,), to=(TOWN,)))
    told = served.told()
    assert told is not None
    assert (told[1], set(told[2])) == (ENDED, EILAT_AREAS - {TOWN_NAME})
    assert [row for row in served.history() if row[2] == TOWN_NAME] == [(1, MISSILES, TOWN_NAME)]


def test_drones_that_become_missiles_are_another_alarm(served: Served) -> None:
    served.give(Raise(zones=(TOWN,), threat=Threat.DRONES))
    served.wait(60)
    served.give(Replace(zones=(TOWN,), by=Raise(zones=(TOWN,), threat=Threat.BALLISTIC_MISSILES)))
    assert served.told() == ("1", MISSILES, [TOWN_NAME])
    assert ENDED not in [title for _, title, _ in served.history()]


def test_a_second_wave_is_told_again(served: Served) -> None:
    served.give(Raise(zones=(TOWN,), ref="first"))
    served.wait(60)
    assert served.told() is None
    served.give(Raise(zones=(TOWN,), ref="second"))
    assert served.told() == ("1", MISSILES, [TOWN_NAME])


def test_a_source_that_falls_silent_ends_nothing_and_tells_nothing(served: Served) -> None:
    served.give(Raise(zones=(TOWN,)))
    served.wait(60)
    served.give(SourceSilent())
    assert any(one.silent_since for one in served.server.tocsin.state.sources.values())
    assert served.told() is None
    assert served.history() == [(1, MISSILES, TOWN_NAME)]


# --- what there is -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/Shared/Ajax/GetDistricts.aspx", "/Shared/Ajax/GetCitiesMix.aspx"])
def test_every_area_is_listed_with_the_seconds_there_are(served: Served, path: str) -> None:
    rows = served.rows(f"{path}?lang=en")
    assert len(rows) == 1_449
    (eilat,) = (row for row in rows if row["label"] == "Eilat")
    assert len(eilat.pop("value")) == 32
    assert eilat == {
        "label": "Eilat",
        "id": "5000004",
        "areaid": 1,
        "areaname": "Eilat",
        "label_he": TOWN_NAME,
        "migun_time": 90,
    }
    assert {row["migun_time"] for row in rows} == {0, 15, 30, 45, 60, 90}
    assert len({row["areaid"] for row in rows}) == 33
    assert 0 not in {row["areaid"] for row in rows}


def test_the_lists_of_areas_are_files_too(served: Served) -> None:
    assert served.rows("/districts/districts_rus.json") == served.rows("/Shared/Ajax/GetDistricts.aspx?lang=ru")
    labels = {row["label"] for row in served.rows("/districts/cities_heb.json")}
    assert f"{TOWN_NAME} | אילת" in labels
    assert len(labels) == 1_449


def test_both_numberings_are_listed_for_alarms_and_drills(served: Served) -> None:
    rows = served.rows("/alerts/alertCategories.json")
    assert [row["id"] for row in rows] == list(range(1, 29))
    assert {row["id"]: row["matrix_id"] for row in rows if row["id"] in (1, 2, 9, 10, 11, 12, 13, 14)} == {
        1: 1,
        2: 6,
        9: 4,
        10: 13,
        11: 5,
        12: 7,
        13: 10,
        14: 10,
    }
    assert all(rows[i + 14]["matrix_id"] == rows[i]["matrix_id"] + 100 for i in range(14))
    assert [row["category"] for row in rows if row["id"] in (15, 19, 28)] == [
        "missilealertdrill",
        "memorialdaydrill1",
        "flashdrill",
    ]


def test_whatever_is_told_has_a_translation(served: Served) -> None:
    rows = {row["hebTitle"]: row for row in served.rows("/alerts/alertsTranslation.json")}
    served.give(Raise(zones=(TOWN,)), Raise(zones=(EILAT,), threat=Threat.DRONES))
    for row in served.rows(f"{ALARMS}?lang=he"):
        known = rows[row["category_desc"]]
        assert (known["catId"], known["matrixCatId"]) == (row["category"], row["matrix_id"])
        assert all(known[name] for name in ("heb", "eng", "rus", "arb", "engTitle", "rusTitle", "arbTitle"))


# --- what is said beside, and where nothing is -------------------------------------------------


def test_a_server_that_never_heard_anything_says_so(served: Served) -> None:
    assert served.ask(ALERTS).headers["Tocsin-Unheard"] == "true"
    served.give(Raise(zones=(TOWN,), level=Level.YELLOW))
    assert served.ask(ALERTS).headers["Tocsin-Unheard"] is None


def test_a_server_that_is_cut_off_does_not_say_that_nothing_was_told(served: Served) -> None:
    hub = served.server.tocsin.hub

    async def cut_off() -> None:
        hub.cut_off(served.clock.at)

    served.give(Raise(zones=(TOWN,)))
    served.server.call(cut_off)
    answer = served.ask(ALERTS)
    assert json.loads(answer.body)["data"] == [TOWN_NAME]
    assert answer.headers["Tocsin-Cut-Off"]
    served.wait(60)
    answer = served.ask(ALERTS)
    assert (answer.status, answer.body) == (503, b"")
    assert served.history() == [(1, MISSILES, TOWN_NAME)]


def test_no_two_things_have_one_text_or_one_title_in_any_language() -> None:
    for drill in (False, True):
        said = [said_as(kind, drill=drill) for kind in Kind]
        for lang in ("he", "en", "ru", "ar"):
            assert len({one.text[lang] for one in said}) == len(said)
            assert len({one.title[lang] for one in said}) == len(said)


def test_over_an_atlas_without_segments_there_are_no_such_files(served: Served) -> None:
    assert {path: served.ask(path).status for path in EVERY_FILE} == dict.fromkeys(EVERY_FILE, 200)
    with running(MemoryStore(Realm.LIVE), shipped("ua")) as server:
        for path in EVERY_FILE:
            server.ask(path).refused(404, "not_found")
