"""The answers themselves, as the documents of alerts.in.ua have them and as clients trust in them unseen."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import cache, partial
from typing import Any

import pytest
from alerts_in_ua.air_raid_alert_oblast_statuses import AirRaidAlertOblastStatuses
from alerts_in_ua.location_uid_resolver import LocationUidResolver
from hypothesis import given
from hypothesis import strategies as st

from tests.compat.serving import Served
from tests.web.running import NOON
from tocsin.atlas import Atlas, shipped
from tocsin.commands import Raise, Release
from tocsin.compat.alerts_in_ua import bodies
from tocsin.compat.alerts_in_ua.bodies import Standing
from tocsin.compat.alerts_in_ua.places import OBLASTS, Places
from tocsin.engine import State, around, fold, status_of
from tocsin.events import HoldRaised
from tocsin.model import Extent, Hazard, Hierarchy, Level, SourceId, Stage, Status, Threat, ZoneId

KEYS = [
    "id",
    "location_title",
    "location_title_en",
    "location_type",
    "started_at",
    "finished_at",
    "updated_at",
    "alert_type",
    "location_uid",
    "location_oblast",
    "location_oblast_uid",
    "location_raion",
    "notes",
    "country",
    "calculated",
    "alert_level",
]

PATHS = [
    "/v1/alerts/active.json",
    "/v1/iot/active_air_raid_alerts.json",
    "/v1/iot/active_air_raid_alerts_by_oblast.json",
    "/v1/iot/active_air_raid_alerts/31.json",
    "/v2/iot/active_air_raid_alerts.json",
    "/v2/iot/active_air_raid_alerts_by_oblast.json",
    "/v2/iot/active_air_raid_alerts/31.json",
    "/v1/regions/31/alerts/month_ago.json",
]

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def told(served: Served, path: str) -> Any:
    answer = served.ask(path)
    assert answer.status == 200, answer.body
    return answer.json


# --- the order of the oblasts, and the numbers ------------------------------------------------


def test_the_characters_are_in_the_order_that_the_published_client_reads(ukraine: Atlas) -> None:
    titles = [ukraine.by_code("alerts_in_ua", str(uid)).names["uk"] for uid in OBLASTS]
    assert titles == AirRaidAlertOblastStatuses.LOCATIONS


def test_each_oblast_lights_its_own_character_and_no_other(served: Served) -> None:
    for index, uid in enumerate(OBLASTS):
        served.give(Raise(zones=(served.zone(uid),)))
        said = told(served, "/v1/iot/active_air_raid_alerts_by_oblast.json")
        assert said == "N" * index + "A" + "N" * (26 - index)
        served.give(Release(zones=(served.zone(uid),)))


def test_the_names_beside_the_characters_are_for_everybody(served: Served) -> None:
    answer = served.ask("/v1/iot/active_air_raid_alerts_by_oblast/names.json", token=None)
    assert [one["title"] for one in answer.json] == AirRaidAlertOblastStatuses.LOCATIONS
    assert answer.json[9] == {"index": 9, "uid": 31, "title": "м. Київ", "title_en": "Kyiv"}


def test_every_location_of_the_published_client_is_the_zone_of_that_name(ukraine: Atlas) -> None:
    places = {place.uid: place for place in Places(ukraine)}
    other = {
        uid: (title, places[uid].title)
        for uid, title in LocationUidResolver().uid_to_location.items()
        if places[uid].title != title
    }
    assert other == {
        1293: ("м. Харків", "м. Харків та Харківська територіальна громада"),
        564: ("м. Запоріжжя", "м. Запоріжжя та Запорізька територіальна громада"),
    }


def test_the_string_has_each_location_at_its_number_and_blanks_between(served: Served, ukraine: Atlas) -> None:
    said = told(served, "/v1/iot/active_air_raid_alerts.json")
    assert len(said) == 1_912
    assert {uid for uid, character in enumerate(said) if character != " "} == {place.uid for place in Places(ukraine)}
    served.give(Raise(zones=(served.zone(1804),)))
    said = told(served, "/v2/iot/active_air_raid_alerts.json")
    assert (said[1804], said[16], said[1803]) == ("R", "P", "N")


def test_a_city_with_a_number_of_its_own_is_said_to_be_what_its_hromada_is(served: Served) -> None:
    assert told(served, "/v1/iot/active_air_raid_alerts/6293.json") == "N"
    served.give(Raise(zones=(served.zone(1293),)))
    assert told(served, "/v1/iot/active_air_raid_alerts/6293.json") == "A"


@cache
def country() -> Hierarchy:
    return shipped("ua").hierarchy


@st.composite
def worlds(draw: st.DrawFn) -> State:
    """Holds of every kind, near one another."""
    hierarchy = country()
    [root] = hierarchy.roots
    oblast = draw(st.sampled_from(hierarchy.children(root)[:3]))
    near = [root, oblast, *hierarchy.descendants(oblast)[:12]]
    raised = st.builds(
        HoldRaised,
        zone=st.sampled_from(near),
        hazard=st.sampled_from([Hazard.AIR_RAID, Hazard.AIR_RAID, Hazard.CHEMICAL]),
        threat=st.sampled_from(list(Threat)),
        stage=st.sampled_from([Stage.ALERT, Stage.ALERT, Stage.EARLY_WARNING]),
        level=st.sampled_from(list(Level)),
        extent=st.sampled_from(list(Extent)),
        source=st.just(SourceId("desk")),
        at=st.just(NOON),
        ref=st.none(),
        cause=st.none(),
    )
    return fold(State(hierarchy), draw(st.lists(raised, max_size=4)))


@given(worlds())
def test_the_character_is_the_status_that_the_air_raid_alerts_give_to_a_zone_or_to_all_its_parts(state: State) -> None:
    of_air_raids = fold(
        State(state.hierarchy),
        [
            HoldRaised(
                zone=hold.zone,
                hazard=hold.hazard,
                threat=hold.threat,
                stage=hold.stage,
                level=hold.level,
                extent=hold.extent,
                source=hold.source,
                at=hold.since,
                ref=None,
                cause=None,
            )
            for hold in state.holds.values()
            if hold.hazard is Hazard.AIR_RAID and hold.stage is Stage.ALERT
        ],
    )
    standing = Standing(state)
    characters = {Status.RED: "R", Status.YELLOW: "Y", Status.PARTIAL: "P", Status.CLEAR: "N"}
    [root] = state.hierarchy.roots
    oblasts = state.hierarchy.children(root)[:4]

    def covers(zone: ZoneId) -> str:
        """The level that covers all of a zone, be it said of each of its parts alone; else nothing."""
        own = characters[status_of(of_air_raids, zone).status]
        if own == "R" or not state.hierarchy.children(zone):
            return own if own in "RY" else ""
        parts = set[str]()
        for part in state.hierarchy.children(zone):
            parts.add(level := covers(part))
            if not level:
                return own if own == "Y" else ""
        return "Y" if "Y" in parts else "R"

    for zone in (root, *oblasts, *(below for one in oblasts for below in state.hierarchy.descendants(one)[:14])):
        wanted = covers(zone) or characters[status_of(of_air_raids, zone).status]
        if wanted == "N" and around(of_air_raids, zone):
            wanted = "P"
        assert standing.character(zone, levels=True) == wanted
        assert standing.character(zone, levels=False) == wanted.replace("R", "A").replace("Y", "A")


# --- what an alert looks like -----------------------------------------------------------------


def test_every_key_is_there_and_every_time_has_milliseconds(served: Served) -> None:
    served.give(Raise(zones=(served.zone(1293),), threat=Threat.DRONES, at=NOON + timedelta(seconds=1.5)))
    whole = told(served, "/v1/alerts/active.json")
    assert list(whole) == ["alerts", "meta", "disclaimer"]
    assert whole["meta"] == {"last_updated_at": "2026/03/01 12:00:00 +0000", "type": "full"}
    [alert] = whole["alerts"]
    assert list(alert) == [*KEYS, "threats"]
    assert alert["started_at"] == "2026-03-01T12:00:01.500Z"
    assert MOMENT.fullmatch(alert["updated_at"])
    assert [list(threat) for threat in alert["threats"]] == [["threat_type", "level", "started_at", "source_message"]]
    assert (alert["location_uid"], alert["location_oblast_uid"]) == ("1293", 22)
    assert (alert["location_raion"], alert["finished_at"], alert["calculated"]) == ("Харківський район", None, False)
    served.give(Release(zones=(served.zone(1293),)))
    for path in ("regions", "locations"):
        [ended] = told(served, f"/v1/{path}/22/alerts/month_ago.json")["alerts"]
        assert list(ended) == KEYS
        assert MOMENT.fullmatch(ended["finished_at"])
        assert ended["id"] == alert["id"]


def test_history_has_what_lies_in_a_location_and_what_it_lies_in_and_nothing_else(served: Served) -> None:
    for uid in (22, 124, 31):
        served.give(Raise(zones=(served.zone(uid),)))
    served.give(Raise(zones=(ZoneId("UA"),), hazard=Hazard.NUCLEAR))
    asked = {
        uid: [
            (one["location_uid"], one["alert_type"])
            for one in told(served, f"/v1/regions/{uid}/alerts/week_ago.json")["alerts"]
        ]
        for uid in (22, 124, 31)
    }
    assert {uid: sorted(found) for uid, found in asked.items()} == {
        22: [("124", "air_raid"), ("22", "air_raid"), ("22", "nuclear")],
        124: [("124", "air_raid"), ("22", "air_raid"), ("22", "nuclear")],
        31: [("31", "air_raid"), ("31", "nuclear")],
    }


def test_what_a_location_was_under_without_a_break_is_one_alert_of_the_past(served: Served) -> None:
    kyiv = (served.zone(31),)
    minutes = [NOON - timedelta(minutes=minute) for minute in (60, 50, 40, 30, 20, 10)]
    served.give(
        Raise(zones=kyiv, ref="a", at=minutes[0], level=Level.YELLOW),
        Raise(zones=kyiv, ref="b", at=minutes[1]),
        Release(zones=kyiv, ref="a", at=minutes[2]),
        Release(zones=kyiv, ref="b", at=minutes[3]),
        Raise(zones=kyiv, ref="c", at=minutes[4]),
    )
    alerts = told(served, "/v1/regions/31/alerts/month_ago.json")["alerts"]
    assert [(one["started_at"], one["finished_at"], one["alert_level"]) for one in alerts] == [
        ("2026-03-01T11:00:00.000Z", "2026-03-01T11:30:00.000Z", "red"),
        ("2026-03-01T11:40:00.000Z", None, "red"),
    ]


def test_what_ended_longer_ago_than_the_period_is_not_in_it(served: Served) -> None:
    kyiv = (served.zone(31),)
    served.give(
        Raise(zones=kyiv, at=NOON - timedelta(days=10)), Release(zones=kyiv, at=NOON - timedelta(days=9, minutes=30))
    )
    found = {
        period: len(told(served, f"/v1/regions/31/alerts/{period}.json")["alerts"])
        for period in ("day_ago", "week_ago", "month_ago")
    }
    assert found == {"day_ago": 0, "week_ago": 0, "month_ago": 1}


# --- asked again ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_its_time_and_is_not_told_twice(served: Served, path: str) -> None:
    first = served.ask(path)
    modified = first.headers["Last-Modified"]
    assert modified == "Sun, 01 Mar 2026 12:00:00 GMT"
    for condition in ({"If-Modified-Since": modified}, {"If-None-Match": first.headers["ETag"]}):
        again = served.ask(path, **condition)
        assert (again.status, again.body, again.headers["Last-Modified"]) == (304, b"", modified)
    served.give(Raise(zones=(served.zone(31),)))
    changed = served.ask(path, **{"If-Modified-Since": modified})
    assert changed.status == 200, "the clock stands, and yet this is another answer"
    assert changed.headers["Last-Modified"] != modified


def test_what_does_not_concern_an_answer_leaves_it_as_it_was(served: Served) -> None:
    before = [served.ask(path).headers["ETag"] for path in PATHS]
    served.give(Raise(zones=(served.zone(22),), stage=Stage.EARLY_WARNING))
    served.give(Raise(zones=(served.zone(22),), hazard=Hazard.CHEMICAL))
    after = [served.ask(path).headers["ETag"] for path in PATHS]
    assert [path for path, one, other in zip(PATHS, before, after, strict=True) if one != other] == [
        "/v1/alerts/active.json",
        "/v1/regions/31/alerts/month_ago.json",  # which says no longer that nothing was ever heard of
    ]


def test_an_answer_is_made_once_for_all_who_ask(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def counted(name: str, real: Callable[..., bytes], *args: Any, **more: Any) -> bytes:
        made.append(name)
        return real(*args, **more)

    for name in ("active", "by_uid", "by_oblast", "of_one", "past", "alerts"):
        monkeypatch.setattr(bodies, name, partial(counted, name, getattr(bodies, name)))
    once = sorted(["active", "by_uid", "by_oblast", "of_one", "by_uid", "by_oblast", "of_one", "past", *["alerts"] * 2])
    for _ in range(2):
        served.give(Raise(zones=(served.zone(31),), ref=str(len(made))))
        made.clear()
        for _ in range(5):
            for path in PATHS:
                assert served.ask(path).status == 200
        assert sorted(made) == once


def test_a_large_answer_comes_packed_to_whoever_takes_it_so(served: Served) -> None:
    answer = served.ask("/v1/iot/active_air_raid_alerts.json", **{"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(answer.body))) == 1_912


# --- what is refused --------------------------------------------------------------------------


def refused(served: Served, path: str, token: str | None = "t") -> int:
    answer = served.ask(path, token)
    assert list(answer.json) == ["message"]
    assert answer.json["message"]
    return int(answer.status)


@pytest.mark.parametrize("path", PATHS)
def test_no_token_is_401(served: Served, path: str) -> None:
    assert refused(served, path, None) == 401
    assert refused(served, f"{path}?token=", None) == 401
    assert served.ask(f"{path}?token=x", None).status == 200
    basic = served.server.ask(path, headers={"Authorization": "Basic eDp5"})
    assert (basic.status, list(basic.json)) == (401, ["message"])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/iot/active_air_raid_alerts/9998.json", 404),
        ("/v1/iot/active_air_raid_alerts/0.json", 404),
        ("/v1/iot/active_air_raid_alerts/Kyiv.json", 404),
        ("/v1/iot/active_air_raid_alerts/%D9%A3%D9%A1.json", 404),
        ("/v2/iot/active_air_raid_alerts/99999999999999999999.json", 404),
        ("/v1/regions/9998/alerts/month_ago.json", 404),
        ("/v1/regions/31/alerts/year_ago.json", 400),
        ("/v2/alerts/active.json", 404),
        ("/v1/anything", 404),
    ],
)
def test_what_is_not_there_is_refused_with_a_message(served: Served, path: str, status: int) -> None:
    assert refused(served, path) == status


def test_only_reading_is_possible(served: Served) -> None:
    answer = served.server.ask("/v1/alerts/active.json", "POST", token="t", body={})
    assert (answer.status, list(answer.json)) == (404, ["message"])


def test_tokens_are_counted_apart(served: Served) -> None:
    for _ in range(20):
        assert served.ask(PATHS[-1], "one").status == 200
    late = served.ask(PATHS[-1], "one")
    assert (late.status, list(late.json), late.headers["Retry-After"]) == (429, ["message"], "60")
    assert served.ask(PATHS[-1], "another").status == 200


# --- what there is no word for ----------------------------------------------------------------


def test_a_calm_that_nobody_told_of_is_marked(served: Served) -> None:
    unheard = served.ask("/v1/alerts/active.json")
    assert "ще не чув" in unheard.json["disclaimer"]
    assert [served.ask(path).headers["Tocsin-Unheard"] for path in PATHS] == ["true"] * len(PATHS)
    served.give(Raise(zones=(served.zone(31),)))
    served.give(Release(zones=(served.zone(31),)))
    assert "ще не чув" not in told(served, "/v1/alerts/active.json")["disclaimer"]
    assert [served.ask(path).headers["Tocsin-Unheard"] for path in PATHS] == [None] * len(PATHS)


def test_an_edge_that_is_cut_off_says_so_beside_what_it_last_knew(served: Served) -> None:
    served.give(Raise(zones=(served.zone(31),)))
    before = served.ask("/v1/alerts/active.json")

    async def cut_off() -> None:
        served.server.tocsin.hub.cut_off(NOON)

    served.server.call(cut_off)
    answer = served.ask("/v1/alerts/active.json", **{"If-Modified-Since": before.headers["Last-Modified"]})
    assert answer.status == 200, "in the same second, and yet it says something else"
    assert answer.headers["Tocsin-Cut-Off"] == NOON.isoformat()
    [alert] = answer.json["alerts"]
    assert "застаріл" in alert["notes"]
    assert "2026-03-01T12:00:00.000Z" in answer.json["disclaimer"]
    assert told(served, "/v1/iot/active_air_raid_alerts/31.json") == "A"
