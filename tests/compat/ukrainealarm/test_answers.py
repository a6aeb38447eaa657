"""What is answered under /api/v3 as the official description has it, and what is refused as the original refuses it."""

from __future__ import annotations

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.client.giving import give
from tests.web.running import NOON, Answer, Running, StandingClock, running
from tocsin import limits
from tocsin.atlas import Atlas, shipped
from tocsin.commands import Escalate, Raise, Release, SourceSilent, Withdraw
from tocsin.compat.ukrainealarm.bodies import time_span
from tocsin.compat.ukrainealarm.regions import SYSTEM
from tocsin.model import Extent, Hazard, Level, Realm, Threat, ZoneId
from tocsin.store.memory import MemoryStore

KHARKIV = ZoneId("UA63000000000041885")
SEVASTOPOL = "30"
KEY = {"Authorization": "a-key"}

MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z"


def by_code(atlas: Atlas, number: str) -> ZoneId:
    return atlas.by_code(SYSTEM, number).id


def ask(server: Running, path: str, method: str = "GET", **headers: str) -> Answer:
    return server.ask(f"/api/v3/{path}", method, headers={**KEY, **headers})


def get(server: Running, path: str) -> Any:
    answer = ask(server, path)
    assert answer.status == 200, answer.body
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    return json.loads(answer.body)


def named(atlas: Atlas, name: str) -> ZoneId:
    return atlas.resolve(name).id


# --- alerts ------------------------------------------------------------------------------------


def test_an_alert_has_everything_that_the_description_names(server: Running) -> None:
    give(server, Raise(zones=(KHARKIV,), level=Level.YELLOW, threat=Threat.DRONES))
    (region,) = get(server, "alerts/22")
    assert region == {
        "regionId": "22",
        "regionType": "State",
        "regionName": "Харківська область",
        "regionEngName": "Kharkivska Oblast",
        "lastUpdate": "2026-03-01T12:00:00Z",
        "activeAlerts": [
            {
                "regionId": "22",
                "regionType": "State",
                "type": "AIR",
                "lastUpdate": "2026-03-01T12:00:00Z",
                "activeAlertLevels": [
                    {
                        "alertLevel": "Yellow",
                        "reason": "Дронова загроза (жовтий рівень)",
                        "createdAt": "2026-03-01T12:00:00Z",
                    }
                ],
            }
        ],
    }
    assert region in get(server, "alerts")


def test_what_is_inherited_keeps_the_number_of_where_it_was_placed(server: Running, ukraine: Atlas) -> None:
    hromada, raion = by_code(ukraine, "1293"), by_code(ukraine, "124")
    give(server, Raise(zones=(KHARKIV, hromada)))
    give(server, Raise(zones=(raion,), hazard=Hazard.ARTILLERY))
    (city,) = get(server, "alerts/1293")
    assert [(alert["regionId"], alert["regionType"], alert["type"]) for alert in city["activeAlerts"]] == [
        ("1293", "State", "AIR"),
        ("124", "District", "ARTILLERY"),
        ("22", "State", "AIR"),
    ]


def test_an_alert_of_the_country_is_told_at_each_root_and_once_beside_the_oblasts_own(
    server: Running, ukraine: Atlas
) -> None:
    give(server, Raise(zones=(KHARKIV,), level=Level.YELLOW, threat=Threat.DRONES), source="oblast")
    give(server, Raise(zones=(ZoneId("UA"),), threat=Threat.MIG31K))
    (raion,) = get(server, "alerts/125")
    (alert,) = raion["activeAlerts"]
    assert (alert["regionId"], alert["type"]) == ("22", "AIR")
    assert [(level["alertLevel"], level["reason"]) for level in alert["activeAlertLevels"]] == [
        ("Yellow", "Дронова загроза (жовтий рівень)"),
        ("Red", "Ракетна загроза: зліт МіГ-31К (червоний рівень)"),
    ]
    (kyiv,) = get(server, "alerts/31")
    assert [alert["regionId"] for alert in kyiv["activeAlerts"]] == ["31"]


def test_an_alert_begins_with_the_oldest_of_its_holds(ukraine: Atlas) -> None:
    clock = StandingClock()
    with running(MemoryStore(Realm.LIVE), ukraine, clock) as server:
        give(server, Raise(zones=(KHARKIV,), at=NOON - timedelta(minutes=20)), source="one")
        give(server, Raise(zones=(KHARKIV,), at=NOON - timedelta(minutes=30)), source="other")
        (region,) = get(server, "alerts/22")
        assert region["activeAlerts"][0]["lastUpdate"] == "2026-03-01T11:30:00Z"
        assert region["lastUpdate"] == "2026-03-01T11:30:00Z"


def test_a_calm_region_says_since_when(ukraine: Atlas) -> None:
    clock = StandingClock()
    with running(MemoryStore(Realm.LIVE), ukraine, clock) as server:
        assert get(server, "alerts/125")[0]["lastUpdate"] == "1970-01-01T00:00:00Z"
        give(server, Raise(zones=(KHARKIV,)))
        clock.at += timedelta(minutes=7)
        give(server, Release(zones=(KHARKIV,)))
        clock.at += timedelta(minutes=7)
        give(server, Raise(zones=(by_code(ukraine, "31"),)))
        for region in ("22", "125", "1293"):
            (told,) = get(server, f"alerts/{region}")
            assert (told["lastUpdate"], told["activeAlerts"]) == ("2026-03-01T12:07:00Z", [])


def test_a_silent_source_ends_nothing_and_is_told_in_words(server: Running) -> None:
    give(server, Raise(zones=(KHARKIV,)), source="feed")
    give(server, SourceSilent(), source="feed")
    (region,) = get(server, "alerts/22")
    (level,) = region["activeAlerts"][0]["activeAlertLevels"]
    assert level["reason"] == "Повітряна загроза (червоний рівень); джерело мовчить, дані можуть бути застарілі"


def test_what_covers_all_goes_down_and_what_covers_a_part_does_not(server: Running) -> None:
    give(server, Raise(zones=(KHARKIV,), extent=Extent.PART, threat=Threat.GUIDED_BOMBS), source="part")
    assert get(server, "alerts/125")[0]["activeAlerts"] == []
    give(server, Raise(zones=(KHARKIV,), level=Level.YELLOW, threat=Threat.DRONES))
    (told,) = get(server, "alerts/22")[0]["activeAlerts"]
    assert {level["alertLevel"] for level in told["activeAlertLevels"]} == {"Red", "Yellow"}
    (inherited,) = get(server, "alerts/125")[0]["activeAlerts"]
    assert [level["alertLevel"] for level in inherited["activeAlertLevels"]] == ["Yellow"]


def test_an_alert_of_a_raion_without_a_number_is_told_at_its_oblast_as_a_part(server: Running, ukraine: Atlas) -> None:
    raion = named(ukraine, "Луганський район")
    give(server, Raise(zones=(raion,)))
    (told,) = get(server, "alerts")
    assert told["regionId"] == "16"
    (level,) = told["activeAlerts"][0]["activeAlertLevels"]
    assert "частина території" in level["reason"]


def test_sevastopol_has_no_number_and_is_not_told_to_be_calm(server: Running, ukraine: Atlas) -> None:
    give(server, Raise(zones=(by_code(ukraine, SEVASTOPOL),)))
    assert get(server, "alerts") == []
    assert ask(server, "alerts/30").status == 404
    assert get(server, "alerts/9999")[0]["activeAlerts"] == []


def test_a_hromada_that_the_tree_leaves_out_is_told_of(server: Running, ukraine: Atlas) -> None:
    give(server, Raise(zones=(by_code(ukraine, "1181"),)))
    assert [region["regionId"] for region in get(server, "alerts")] == ["1181"]
    assert get(server, "alerts/1181")[0]["activeAlerts"]


def test_the_region_for_tests_is_always_calm(server: Running) -> None:
    give(server, Raise(zones=(ZoneId("UA"),)))
    assert get(server, "alerts/0") == [
        {
            "regionId": "0",
            "regionType": "State",
            "regionName": "Тестовий регіон",
            "regionEngName": "Test region",
            "lastUpdate": "1970-01-01T00:00:00Z",
            "activeAlerts": [],
        }
    ]


def test_where_nothing_was_ever_heard_a_header_says_so(server: Running) -> None:
    assert ask(server, "alerts").headers["Tocsin-Unheard"] == "true"
    assert ask(server, "alerts/22").headers["Tocsin-Unheard"] == "true"
    give(server, Raise(zones=(KHARKIV,)))
    give(server, Release(zones=(KHARKIV,)))
    assert "Tocsin-Unheard" not in ask(server, "alerts").headers


# --- regions -----------------------------------------------------------------------------------


def test_the_tree_is_the_originals(server: Running) -> None:
    states = get(server, "regions")["states"]
    districts = [district for state in states for district in state["regionChildIds"]]
    communities = [community for district in districts for community in district["regionChildIds"]]
    assert [len(one) for one in (states, districts, communities)] == [29, 122, 1_455]
    assert {one["regionType"] for one in states} == {"State"}
    assert {one["regionType"] for one in districts} == {"District"}
    assert {one["regionType"] for one in communities} == {"Community"}
    numbers = [one["regionId"] for one in (*states, *districts, *communities)]
    assert len(set(numbers)) == 1_606
    assert {"0", "31", "564", "1293", "9999"} <= {one["regionId"] for one in states}
    assert not {"29", "30", "1181"} & set(numbers)
    for region in (*states, *districts, *communities):
        assert list(region) == ["regionId", "regionName", "regionType", "regionChildIds"]
        assert ask(server, f"alerts/{region['regionId']}").status == 200 if region in states else True


# --- history -----------------------------------------------------------------------------------


def test_a_history_tells_of_the_latest_25_alarms_newest_first(ukraine: Atlas) -> None:
    clock = StandingClock()
    with running(MemoryStore(Realm.LIVE), ukraine, clock) as server:
        for number in range(30):
            give(server, Raise(zones=(KHARKIV,), at=clock.at))
            clock.at += timedelta(minutes=number + 1)
            give(server, Release(zones=(KHARKIV,), at=clock.at))
            clock.at += timedelta(hours=1)
        (told,) = get(server, "alerts/regionHistory?regionId=22")
        assert (told["regionId"], told["regionName"], len(told["alarms"])) == ("22", "Харківська область", 25)
        latest = told["alarms"][0]
        assert latest["duration"]["totalMinutes"] == 30
        assert latest["duration"]["ticks"] == 30 * 60 * 10_000_000
        assert (latest["duration"]["hours"], latest["duration"]["minutes"]) == (0, 30)
        begun = [datetime.fromisoformat(alarm["startDate"]) for alarm in told["alarms"]]
        assert begun == sorted(begun, reverse=True)
        for alarm in told["alarms"]:
            assert (alarm["alertType"], alarm["isContinue"], alarm["regionId"]) == ("AIR", False, "22")
            assert re.fullmatch(MOMENT, alarm["startDate"])
            assert re.fullmatch(MOMENT, alarm["endDate"])


def test_a_history_says_which_alarm_stands_and_how_long_so_far(ukraine: Atlas) -> None:
    clock = StandingClock()
    with running(MemoryStore(Realm.LIVE), ukraine, clock) as server:
        give(server, Raise(zones=(KHARKIV,)))
        for minutes in (5, 65):
            clock.at = NOON + timedelta(minutes=minutes)
            (told,) = get(server, "alerts/regionHistory?regionId=125")
            (alarm,) = told["alarms"]
            assert (alarm["isContinue"], alarm["endDate"]) == (True, "0001-01-01T00:00:00Z")
            assert alarm["duration"]["totalSeconds"] == minutes * 60
        give(server, Withdraw(zones=(KHARKIV,)))
        (told,) = get(server, "alerts/regionHistory?regionId=125")
        assert told["alarms"][0]["isContinue"] is False


def test_a_history_tells_each_type_apart_and_leaves_early_warnings_and_other_regions_out(
    ukraine: Atlas, server: Running
) -> None:
    from tocsin.model import Stage

    give(server, Raise(zones=(KHARKIV,), stage=Stage.EARLY_WARNING, at=NOON - timedelta(hours=3)))
    give(server, Escalate(zones=(KHARKIV,), to_stage=Stage.ALERT, at=NOON - timedelta(hours=2)))
    give(server, Raise(zones=(KHARKIV,), hazard=Hazard.CHEMICAL, at=NOON - timedelta(hours=1)))
    give(server, Raise(zones=(by_code(ukraine, "125"),), at=NOON - timedelta(hours=4)), source="raion")
    (told,) = get(server, "alerts/regionHistory?regionId=22")
    assert [(alarm["alertType"], alarm["startDate"]) for alarm in told["alarms"]] == [
        ("CHEMICAL", "2026-03-01T11:00:00Z"),
        ("AIR", "2026-03-01T10:00:00Z"),
    ]


def test_an_alert_that_takes_effect_in_a_moment_is_in_the_history_as_soon_as_it_stands(server: Running) -> None:
    give(server, Raise(zones=(KHARKIV,), at=NOON + timedelta(seconds=30)))
    assert get(server, "alerts/22")[0]["activeAlerts"]
    (told,) = get(server, "alerts/regionHistory?regionId=22")
    (alarm,) = told["alarms"]
    assert (alarm["isContinue"], alarm["duration"]["ticks"]) == (True, 0)


def test_a_history_of_no_region_is_one_of_every_root(server: Running) -> None:
    give(server, Raise(zones=(KHARKIV,)))
    told = get(server, "alerts/regionHistory")
    assert len(told) == 29
    assert {one["regionId"] for one in told if one["alarms"]} == {"22", "1293"}


@pytest.mark.parametrize("days", [0, 1, 400])
def test_a_duration_is_spelt_out(days: int) -> None:
    span = time_span(timedelta(days=days, hours=1, minutes=2, seconds=3, microseconds=4_005))
    assert (span.days, span.hours, span.minutes, span.seconds, span.milliseconds) == (days, 1, 2, 3, 4)
    assert span.ticks == (((days * 24 + 1) * 60 + 2) * 60 + 3) * 10_000_000 + 40_050
    assert span.total_seconds == span.ticks / 10_000_000
    assert time_span(timedelta(seconds=-1)).ticks == 0


# --- how it is answered ------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["alerts", "alerts/22", "alerts/status", "regions"])
def test_whoever_has_an_answer_is_told_that_it_is_the_same(path: str, server: Running) -> None:
    first = ask(server, path)
    for headers in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        again = ask(server, path, **headers)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["Last-Modified"] == first.headers["Last-Modified"]
    give(server, Raise(zones=(KHARKIV,)))
    changed = ask(server, path, **{"If-Modified-Since": first.headers["Last-Modified"]})
    assert changed.status == (304 if path == "regions" else 200)


def test_an_answer_is_packed_for_whoever_can_unpack_it(server: Running) -> None:
    packed = ask(server, "regions", **{"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == ask(server, "regions").body


@pytest.mark.parametrize("path", ["alerts", "alerts/22", "alerts/status", "alerts/regionHistory", "regions"])
def test_a_slash_at_the_end_changes_nothing(path: str, server: Running) -> None:
    assert ask(server, path + "/").body == ask(server, path).body


@pytest.mark.parametrize("region", ["99999", "-1", "22 ", "x", "022", "29", "%00", "Харків", "22/more"])
def test_a_region_that_is_not_known_is_refused_as_the_original_does(region: str, server: Running) -> None:
    from urllib.parse import quote

    answer = ask(server, f"alerts/{quote(region, safe='%/')}")
    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/problem+json; charset=utf-8"
    assert list(json.loads(answer.body)) == ["type", "title", "status"]
    if "/" not in region:
        assert ask(server, f"alerts/regionHistory?regionId={quote(region, safe='%')}").status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["alerts", "alerts/22", "regions", "alerts/status"])
def test_what_cannot_be_done_is_refused_without_a_word(path: str, method: str, server: Running) -> None:
    answer = ask(server, path, method)
    assert (answer.status, answer.body) == (405, b"")
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["", "nothing", "webhooks", "alerts/status/more"])
def test_what_is_not_there_is_refused_as_the_original_does(path: str, server: Running) -> None:
    answer = ask(server, path)
    assert answer.status == 404
    assert "error" not in json.loads(answer.body), "this is Tocsin's own shape"


@pytest.mark.parametrize("path", ["alerts", "alerts/22", "alerts/status", "regions", "alerts/regionHistory"])
def test_an_empty_key_is_refused_without_a_word_and_none_at_all_is_the_mirrors(path: str, server: Running) -> None:
    for key in ("", "   "):
        answer = server.ask(f"/api/v3/{path}", headers={"Authorization": key})
        assert (answer.status, answer.body) == (403, b"")
    assert server.ask(f"/api/v3/{path}").status == 200


def test_whoever_asks_too_often_is_told_so_and_nobody_else_is(ukraine: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DIALECT_RATE_FACTOR", 0.02)
    clock = StandingClock()
    with running(MemoryStore(Realm.LIVE), ukraine, clock) as server:
        assert [ask(server, "alerts/status").status for _ in range(5)] == [200] * 4 + [429]
        refused = ask(server, "alerts/22")
        assert (refused.status, refused.headers["Retry-After"]) == (429, "60")
        assert json.loads(refused.body)["title"] == "Too Many Requests"
        assert ask(server, "alerts/22", Authorization="another").status == 200
        assert server.ask("/api/v3/alerts/22").status == 200, "the mirror's, without a key"
        clock.elapsed += 301
        assert ask(server, "alerts/22").status == 200


def test_a_country_without_these_numbers_has_none_of_it() -> None:
    with running(MemoryStore(Realm.LIVE), shipped("il")) as server:
        for path in ("alerts", "regions", "webhook"):
            assert ask(server, path).refused(404, "not_found") == {"path": f"/api/v3/{path}"}


def test_no_moment_is_told_but_in_utc(ukraine: Atlas) -> None:
    clock = StandingClock(datetime(2026, 3, 1, 12, 0, 0, 829_282, tzinfo=UTC))
    with running(MemoryStore(Realm.LIVE), ukraine, clock) as server:
        give(server, Raise(zones=(KHARKIV,)))
        (region,) = get(server, "alerts/22")
        assert region["lastUpdate"] == "2026-03-01T12:00:00.829282Z"
        assert re.fullmatch(MOMENT, region["lastUpdate"])
