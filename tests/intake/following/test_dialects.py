"""What each dialect makes of what comes: the documented forms, and everything else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tocsin.app import open_atlas
from tocsin.intake.following import alerts_in_ua, oref, ukrainealarm
from tocsin.intake.following.places import AtlasPlaces
from tocsin.intake.following.readings import Answer, Odd
from tocsin.model import Extent, Hazard, Level, Stage, Threat


@pytest.fixture(scope="module")
def ukraine() -> AtlasPlaces:
    return AtlasPlaces(open_atlas("ua"))


@pytest.fixture(scope="module")
def israel() -> AtlasPlaces:
    return AtlasPlaces(open_atlas("il"))


def answer(told: object, **headers: str) -> Answer:
    return Answer(status=200, headers=headers, body=json.dumps(told).encode())


def alert(**more: object) -> dict[str, object]:
    """One alert of alerts.in.ua, in the form of its documentation."""
    return {
        "id": 8757,
        "location_title": "Луганська область",
        "location_type": "oblast",
        "started_at": "2022-04-04T16:45:39.000Z",
        "finished_at": None,
        "updated_at": "2023-10-29T18:22:37.357Z",
        "alert_type": "air_raid",
        "location_oblast": "Луганська область",
        "location_uid": "16",
        "notes": "За повідомленням голови ОВА",
        "country": None,
        "calculated": None,
        "location_oblast_uid": 16,
        **more,
    }


def active(*alerts: dict[str, object]) -> Answer:
    told = {
        "alerts": alerts,
        "meta": {"last_updated_at": "2024/05/06 10:02:45 +0000", "type": "full"},
        "disclaimer": "",
    }
    return answer(told, **{"last-modified": "Mon, 06 May 2024 10:02:45 GMT"})


def test_an_alert_of_alerts_in_ua(ukraine: AtlasPlaces) -> None:
    threats = [{"threat_type": "drones", "level": "yellow", "started_at": "x", "source_message": "дрони"}]
    reading = alerts_in_ua.read(active(alert(alert_level="yellow", threats=threats)), ukraine)
    [one] = reading.said
    assert (one.ref, one.hazard, one.threat, one.level) == ("8757", Hazard.AIR_RAID, Threat.DRONES, Level.YELLOW)
    assert (one.extent, one.since) == (Extent.WHOLE, datetime(2022, 4, 4, 16, 45, 39, tzinfo=UTC))
    assert reading.as_of == datetime(2024, 5, 6, 10, 2, 45, tzinfo=UTC)
    assert reading.complete
    assert set(reading.marks) == {"last_updated_at", "Last-Modified"}


def test_a_city_is_a_part_of_its_hromada_and_a_kind_nobody_knows_is_an_alert(ukraine: AtlasPlaces) -> None:
    [one] = alerts_in_ua.read(active(alert(location_uid="6293", alert_type="new_kind", threats=None)), ukraine).said
    assert (one.extent, one.hazard, one.level) == (Extent.PART, Hazard.AIR_RAID, Level.RED)


def test_what_is_unknown_or_misshapen_takes_nothing_else_along(ukraine: AtlasPlaces) -> None:
    reading = alerts_in_ua.read(active(alert(), alert(id=2, location_uid="99999"), {"id": 3}), ukraine)
    assert [one.ref for one in reading.said] == ["8757"]
    assert reading.unknown == ("99999 Луганська область",)
    assert len(reading.not_fit) == 1


@pytest.mark.parametrize(
    "body",
    [b"", b" ", b"<html>502</html>", b'{"message": "no"}', b'{"alerts": []}', b"[]", b"\xff", b'{"alerts": [', b"null"],
)
def test_what_is_no_answer_of_a_feed_says_nothing(body: bytes, ukraine: AtlasPlaces) -> None:
    with pytest.raises(Odd):
        alerts_in_ua.read(Answer(status=200, body=body), ukraine)
    if body != b"[]":  # which is how ukrainealarm says that nobody is under alert
        with pytest.raises(Odd):
            ukrainealarm.read(Answer(status=200, body=body), ukraine)


def region(id: str, *alerts: dict[str, Any]) -> dict[str, object]:
    return {"regionId": id, "regionType": "State", "regionName": "м. Київ", "activeAlerts": alerts}


def test_a_region_of_ukrainealarm_and_what_it_inherits(ukraine: AtlasPlaces) -> None:
    levels = [
        {"alertLevel": "Red", "reason": "Дронова загроза", "createdAt": "2026-09-25T08:57:50Z"},
        {"alertLevel": "Yellow", "reason": "Дронова загроза", "createdAt": "2026-09-25T09:57:50Z"},
    ]
    own = {"regionId": "31", "regionType": "State", "type": "AIR", "lastUpdate": "2026-09-25T08:57:49.824902Z"}
    told = [
        region("31", {**own, "activeAlertLevels": levels}),
        region("1", {**own, "activeAlertLevels": levels}),
        region("0", {**own, "regionId": "0"}),
        region("14", {**own, "regionId": "14", "type": "INFO"}),
        region("12", {**own, "regionId": "12", "activeAlertLevels": []}),
    ]
    kyiv, other = ukrainealarm.read(answer(told), ukraine, 7).said
    assert (kyiv.ref, kyiv.threat, kyiv.level) == ("31:AIR", Threat.DRONES, Level.YELLOW)
    assert (other.ref, other.level) == ("12:AIR", Level.RED)


CITY, BESIDE = "אבו גוש", "חיפה - בת גלים ק.אליעזר"


def call(title: str, cat: str = "1", *areas: str) -> bytes:
    body = {"id": "134177258620000000", "cat": cat, "title": title, "data": areas or (CITY,), "desc": ""}
    return b"\xef\xbb\xbf" + json.dumps(body).encode()


def rows(*told: tuple[str, str, int]) -> bytes:
    body = [{"alertDate": at, "title": title, "data": CITY, "category": category} for at, title, category in told]
    return json.dumps(body).encode()


OVER = "ירי רקטות וטילים -  האירוע הסתיים"
AHEAD = "בדקות הקרובות צפויות להתקבל התרעות באזורך"


def test_a_call_its_forms_and_its_calm(israel: AtlasPlaces) -> None:
    for body in (b"", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n", b"\xff\xfe\r\0\n\0"):
        assert oref.read_now(body, israel)[1].said == ()
    wide = call("ירי רקטות וטילים").decode("utf-8-sig").encode("utf-16")
    for body in (call("ירי רקטות וטילים"), wide):
        [one] = oref.read_now(body, israel)[1].said
        assert (one.stage, one.threat) == (Stage.ALERT, Threat.UNSPECIFIED_MISSILES)


def test_titles_decide_where_numbers_do_not(israel: AtlasPlaces) -> None:
    [early] = oref.read_now(call(AHEAD, "10"), israel)[1].said
    assert early.stage is Stage.EARLY_WARNING
    [over] = oref.read_now(call(OVER, "10"), israel)[1].ended
    assert over.zones
    [new] = oref.read_now(call("משהו חדש", "10"), israel)[1].said
    assert new.stage is Stage.ALERT
    near = oref.read_now(call("ניתן לצאת מהמרחב המוגן אך יש להישאר בקרבתו", "10"), israel)[1]
    assert near.ended == ()


def test_a_drill_says_nothing_and_the_whole_country_is_one_zone(israel: AtlasPlaces) -> None:
    assert oref.read_now(call("תרגיל", "101"), israel)[1].said == ()
    assert oref.read_past(rows(("2026-03-01 12:00:00", "תרגיל", 15)), israel)[1].said == ()
    [one] = oref.read_now(call("ירי רקטות וטילים", "1", "ברחבי הארץ"), israel)[1].said
    assert one.zone == "IL"


def test_rows_come_to_the_last_word_on_each_area_in_the_time_of_israel(israel: AtlasPlaces) -> None:
    up, down, again = ("12:00:00", "ירי רקטות וטילים", 1), ("12:10:00", OVER, 13), ("12:20:00", "ירי רקטות וטילים", 1)

    def read(*told: tuple[str, str, int]) -> tuple[int, int]:
        dated = [(f"2026-03-01 {at}", title, category) for at, title, category in reversed(told)]
        reading = oref.read_past(rows(*dated), israel)[1]
        return len(reading.said), len(reading.ended)

    assert [read(up), read(up, down), read(up, down, again)] == [(1, 0), (0, 1), (1, 0)]
    [one] = oref.read_past(rows(("2026-03-01 12:00:00", "ירי רקטות וטילים", 1)), israel)[1].said
    assert one.since == datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_an_update_that_nobody_knows_is_neither_an_alert_nor_an_end(israel: AtlasPlaces) -> None:
    reading = oref.read_past(rows(("2026-03-01 12:00:00", "עדכון", 13)), israel)[1]
    assert (reading.said, reading.ended) == ((), ())
