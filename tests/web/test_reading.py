"""Every endpoint that only reads, over real HTTP, on a small log that is known by heart (conftest.py)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.people import BEGUN
from tests.web.running import KHARKIV, KYIV, LVIV, LVIV_HROMADA, SUMY, Running, Server
from tocsin.texts import load_texts

HEAD = 8 + BEGUN
"""The last seq of the small log: what is public, and who may give orders after it."""

# --- state -------------------------------------------------------------------------------------


def test_the_state_names_every_zone_and_every_open_hold(morning: Running) -> None:
    told = morning.get("/api/v1/state")
    assert list(told) == ["seq", "realm", "zones", "stale", "holds", "sources", "heard", "cut_off_since"]
    assert (told["seq"], told["realm"], len(told["zones"])) == (HEAD, "live", 1_633)
    assert (told["stale"], told["sources"], told["heard"]) == ([], [], True)
    assert [hold["id"] for hold in told["holds"]] == [5, 6, 7, 8]
    hold = {**told["holds"][0], "source": "watch"}
    assert hold == told["holds"][0]
    assert hold == {
        "id": 5,
        "zone": KYIV,
        "hazard": "air_raid",
        "threat": "ballistic_missiles",
        "stage": "alert",
        "level": "red",
        "extent": "whole",
        "source": "watch",
        "since": "2026-03-01T11:00:00Z",
        "ref": None,
        "cause": None,
        "note": None,
    }


def test_what_is_said_of_a_zone_follows_from_the_holds_over_and_within_it(morning: Running) -> None:
    zones = morning.get("/api/v1/state")["zones"]
    said = {zone: zones[zone] for zone in (KYIV, KHARKIV, SUMY, LVIV, LVIV_HROMADA, "UA")}
    assert said == {
        KYIV: "red",
        KHARKIV: "partial",
        SUMY: "early_warning",
        LVIV: "partial",
        LVIV_HROMADA: "yellow",
        "UA": "partial",
    }
    assert sum(status == "clear" for status in zones.values()) > 1_500


def test_the_etag_of_the_state_is_its_seq_and_an_unchanged_state_is_not_sent_again(morning: Running) -> None:
    answer = morning.ask("/api/v1/state")
    assert answer.headers["ETag"] == '"12"'
    assert answer.headers["Cache-Control"] == "no-cache"
    for same in ('"12"', 'W/"12"', '"7", "12"', "*"):
        unchanged = morning.ask("/api/v1/state", headers={"If-None-Match": same})
        assert (unchanged.status, unchanged.body, unchanged.headers["ETag"]) == (304, b"", '"12"'), same
    for other in ('"8"', '"1"', '"120"', '""'):
        assert morning.ask("/api/v1/state", headers={"If-None-Match": other}).status == 200, other


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("GZIP", True),
        ("*", True),
        ("", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, identity", False),
        ("*;q=0", False),
        ("not-gzip", False),
        ("gzip;q=much", False),
    ],
)
def test_the_state_is_packed_for_whoever_can_unpack_it(morning: Running, accepted: str, packed: bool) -> None:
    plain = morning.ask("/api/v1/state", headers={"Accept-Encoding": "identity"})
    answer = morning.ask("/api/v1/state", headers={"Accept-Encoding": accepted})
    assert (answer.headers["Content-Encoding"] == "gzip") is packed
    assert answer.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert answer.json == plain.json
    assert (len(answer.body) < len(plain.body) / 3) is packed


def test_the_state_changes_with_an_order_and_so_does_its_etag(server: Running) -> None:
    before = server.ask("/api/v1/state")
    assert (before.json["seq"], before.headers["ETag"], set(before.json["zones"].values())) == (4, '"4"', {"clear"})
    assert server.order("k1").status == 200
    after = server.ask("/api/v1/state", headers={"If-None-Match": '"4"'})
    assert (after.status, after.headers["ETag"], after.json["zones"][KYIV]) == (200, '"5"', "red")
    assert server.order("k2", type="release").status == 200
    assert server.get("/api/v1/state")["zones"][KYIV] == "clear"


# --- clock and description -----------------------------------------------------------------------


def test_the_clock_is_the_present_where_nothing_is_replayed(morning: Running) -> None:
    assert morning.get("/api/v1/clock") == {"now": "2026-03-01T12:00:00Z", "rate": 1.0, "replay": None}
    assert morning.ask("/api/v1/clock").headers["Cache-Control"] == "no-store"


def test_the_description_is_openapi_and_every_endpoint_in_it_is_there(morning: Running) -> None:
    told = morning.get("/api/v1/openapi.json")
    assert told["openapi"] == "3.1.0"
    for path in told["paths"]:
        # None of them takes DELETE, so each that is there says what it does take, and nothing is done.
        refused = morning.ask(path.replace("{id}", KYIV), "DELETE")
        assert refused.refused(405, "method_not_allowed")["method"] == "DELETE"
        methods = {method.upper() for method in told["paths"][path]}
        assert {method for method in refused.headers["Allow"].split(", ") if method != "HEAD"} == methods


# --- zones -------------------------------------------------------------------------------------


def ids(told: Any) -> list[str]:
    return [zone["id"] for zone in told["zones"]]


def test_the_atlas_has_all_zones_its_levels_and_its_attribution(morning: Running) -> None:
    told = morning.get("/api/v1/zones")
    assert (len(told["zones"]), told["zones"][0]["id"]) == (1_633, "UA")
    assert told["levels"] == ["country", "oblast", "raion", "hromada"]
    assert told["attribution"] == morning.tocsin.atlas.attribution
    [kyiv] = [zone for zone in told["zones"] if zone["id"] == KYIV]
    assert (kyiv["level"], kyiv["parent"], kyiv["names"]["uk"]) == ("oblast", "UA", "м. Київ")
    assert kyiv["codes"]["iso3166_2"] == "UA-30"


def test_zones_can_be_asked_for_by_level(morning: Running) -> None:
    by_level = {level: len(morning.get(f"/api/v1/zones?level={level}")["zones"]) for level in ("country", "oblast")}
    assert by_level == {"country": 1, "oblast": 27}
    everything = sum(
        len(morning.get(f"/api/v1/zones?level={level}")["zones"]) for level in morning.get("/api/v1/zones")["levels"]
    )
    assert everything == 1_633


def test_a_point_in_kyiv_lies_in_kyiv_and_in_the_country(morning: Running) -> None:
    assert ids(morning.get("/api/v1/zones?lat=50.45&lon=30.52")) == [KYIV, "UA"]


def test_a_point_in_a_hromada_has_its_whole_chain_smallest_first(morning: Running) -> None:
    told = morning.get("/api/v1/zones?lat=49.84&lon=24.03")
    assert [zone["level"] for zone in told["zones"]] == ["hromada", "raion", "oblast", "country"]
    assert LVIV in ids(told)
    assert ids(morning.get("/api/v1/zones?lat=49.84&lon=24.03&level=oblast")) == [LVIV]


def test_a_point_in_the_chornobyl_zone_where_there_is_no_hromada_falls_to_its_raion(morning: Running) -> None:
    told = morning.get("/api/v1/zones?lat=51.2763&lon=30.2219")
    assert [(zone["level"], zone["names"]["en"]) for zone in told["zones"][:1]] == [("raion", "Vyshhorodskyi Raion")]
    assert [zone["level"] for zone in told["zones"]] == ["raion", "oblast", "country"]


@pytest.mark.parametrize("point", ["lat=43.5&lon=32.0", "lat=0&lon=0", "lat=90&lon=180", "lat=-90&lon=-180"])
def test_a_point_in_the_sea_or_abroad_lies_in_no_zone(morning: Running, point: str) -> None:
    assert ids(morning.get(f"/api/v1/zones?{point}")) == []


# --- one zone ----------------------------------------------------------------------------------


def test_a_zone_says_its_status_why_and_what_was_lately(morning: Running) -> None:
    told = morning.get(f"/api/v1/zones/{KYIV}")
    assert list(told) == ["zone", "status", "ancestors", "children", "holds", "transitions"]
    assert told["zone"]["id"] == KYIV
    assert told["status"] == {
        "zone": KYIV,
        "status": "red",
        "within": "clear",
        "around": "clear",
        "since": "2026-03-01T11:00:00Z",
        "freshness": "fresh",
    }
    assert (told["ancestors"], told["children"], [hold["id"] for hold in told["holds"]]) == (["UA"], [], [5])
    assert [(t["at"][11:16], t["before"], t["after"], t["seq"]) for t in told["transitions"]] == [
        ("11:00", "clear", "red", 5),
        ("10:30", "red", "clear", 4),
        ("10:00", "clear", "red", 3),
        ("09:00", "red", "clear", 2),
        ("08:00", "clear", "red", 1),
    ]


def test_a_zone_with_a_warning_in_a_part_of_it_names_the_hold_and_the_worst(morning: Running) -> None:
    told = morning.get(f"/api/v1/zones/{LVIV}")
    assert (told["status"]["status"], told["status"]["within"]) == ("partial", "yellow")
    assert [hold["zone"] for hold in told["holds"]] == [LVIV_HROMADA]
    below = morning.get(f"/api/v1/zones/{LVIV_HROMADA}")
    assert below["ancestors"][-2:] == [LVIV, "UA"]
    assert below["ancestors"][0] in told["children"]


@pytest.mark.parametrize("name", ["UA-30", "iso3166_2:UA-30", "alerts_in_ua:31", "%D0%9A%D0%B8%D1%97%D0%B2", "Kyiv"])
def test_a_zone_is_found_by_code_and_by_name_as_well(morning: Running, name: str) -> None:
    assert morning.get(f"/api/v1/zones/{name}")["zone"]["id"] == KYIV


# --- recorded holds ------------------------------------------------------------------------------


def recorded(server: Server, since: str, until: str) -> list[int]:
    return [hold["id"] for hold in server.get(f"/api/v1/holds?from={since}&until={until}")["holds"]]


def test_a_window_has_every_hold_that_was_open_at_any_moment_of_it(morning: Running) -> None:
    day = "2026-03-01T"
    assert recorded(morning, day + "00:00:00Z", day + "12:00:00Z") == [1, 3, 5, 6, 7, 8]
    assert recorded(morning, day + "09:00:00Z", day + "10:00:00Z") == [], "an end and a beginning are outside"
    assert recorded(morning, day + "08:59:59Z", day + "10:00:01Z") == [1, 3]
    assert recorded(morning, day + "13:00:00Z", day + "14:00:00Z") == [5, 6, 7, 8], "what stands still stands"
    assert recorded(morning, day + "08:30:00%2B02:00", day + "10:30:00%2B02:00") == [1], "offsets count"


def test_a_recorded_hold_has_its_end_and_one_that_stands_has_none(morning: Running) -> None:
    holds = morning.get("/api/v1/holds?from=2026-03-01T10:15:00Z&until=2026-03-01T11:15:00Z")["holds"]
    assert [(hold["id"], hold["since"][11:16], hold["ended"]) for hold in holds] == [
        (3, "10:00", "2026-03-01T10:30:00Z"),
        (5, "11:00", None),
    ]


# --- the log -----------------------------------------------------------------------------------


def test_the_log_is_read_page_by_page_without_a_gap(morning: Running) -> None:
    seen: list[int] = []
    while page := morning.get(f"/api/v1/events?after={seen[-1] if seen else 0}&limit=3")["events"]:
        assert len(page) <= 3
        seen += [entry["seq"] for entry in page]
    assert seen == list(range(1, HEAD + 1))


def test_an_entry_of_the_log_says_what_when_and_by_which_order(morning: Running) -> None:
    told = morning.get("/api/v1/events?after=1&limit=1")
    assert told["head"] == HEAD
    assert told["events"] == [
        {
            "seq": 2,
            "recorded_at": "2026-03-01T12:00:00Z",
            "order": "morning-1",
            "event": {
                "type": "hold_released",
                "hold": 1,
                "zone": KYIV,
                "source": "watch",
                "at": "2026-03-01T09:00:00Z",
                "cause": None,
                "hazard": "air_raid",
                "leaves": "clear",
                "ending": "released",
            },
        }
    ]
    assert morning.get("/api/v1/events?after=9007199254740992") == {"events": [], "head": HEAD}


# --- history -----------------------------------------------------------------------------------


def test_the_history_of_a_zone_counts_its_alerts_and_their_hours(morning: Running) -> None:
    told = morning.get(f"/api/v1/history?zone={KYIV}")
    assert told == {
        "zone": KYIV,
        "from": None,
        "until": "2026-03-01T12:00:00Z",
        "covering": "any",
        "count": 3,
        "total_s": 9_000.0,
        "median_s": 3_600.0,
        "longest": {"since": "2026-03-01T08:00:00Z", "until": "2026-03-01T09:00:00Z", "duration_s": 3_600.0},
        "months": [{"month": "2026-03", "count": 3, "total_s": 9_000.0}],
        "peak": None,
        "under_alert": True,
    }


def test_the_history_of_a_window_is_cut_at_its_ends(morning: Running) -> None:
    told = morning.get("/api/v1/history?zone=UA-30&from=2026-03-01T08:30:00Z&until=2026-03-01T10:10:00Z")
    assert (told["count"], told["total_s"], told["under_alert"]) == (2, 2_400.0, True)
    calm = morning.get("/api/v1/history?zone=UA-30&from=2026-03-01T09:10:00Z&until=2026-03-01T09:20:00Z")
    assert (calm["count"], calm["total_s"], calm["median_s"], calm["longest"], calm["months"]) == (0, 0, None, None, [])


def test_the_history_of_a_whole_counts_its_parts_only_if_asked_to(morning: Running) -> None:
    anything = morning.get("/api/v1/history?zone=UA")
    assert (anything["count"], anything["total_s"]) == (3, 9_000.0)
    peak = anything["peak"]
    assert (peak["level"], peak["count"], peak["of"], peak["recorded"]) == ("oblast", 3, 27, 3), (
        "an early warning is no alert"
    )
    assert peak["at"] == "2026-03-01T11:40:00Z"
    assert morning.get("/api/v1/history?zone=UA&covering=whole")["count"] == 0


# --- texts -------------------------------------------------------------------------------------


def test_what_to_do_under_a_warning_is_told_in_every_language_by_the_text_that_its_message_has(
    morning: Running,
) -> None:
    told = morning.get("/api/v1/texts?threat=ballistic_missiles")
    assert told["instruction"] == "air_raid.alert.ballistic_missiles"
    assert told["wording"].keys() == told["approval"].keys() == {"uk", "en"}
    assert told["wording"]["en"]["title"] == "Red alert: ballistic missiles"
    assert all(wording["do"] and wording["dont"] for wording in told["wording"].values())
    ready = morning.get("/api/v1/texts?stage=early_warning&level=yellow&threat=drones")
    assert ready["instruction"] == "air_raid.early_warning.drones"
    morning.ask("/api/v1/texts?threat=birds").refused(400, "bad_request")


def test_of_a_warning_on_an_unnamed_part_the_text_says_so_too(morning: Running) -> None:
    whole, part = (morning.get(f"/api/v1/texts?extent={extent}")["wording"]["en"] for extent in ("whole", "part"))
    assert part["body"] == f"{load_texts().languages['en'].leads.part} {whole['body']}"
    assert part["do"] == whole["do"]


# --- HEAD --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "state",
        "clock",
        "zones",
        f"zones/{KYIV}",
        "holds?from=2026-03-01T00:00:00Z&until=2026-03-02T00:00:00Z",
        "events",
        f"history?zone={KYIV}",
        "texts",
        "openapi.json",
    ],
)
def test_a_head_is_answered_like_the_get_but_without_its_body(morning: Running, path: str) -> None:
    get, head = (morning.ask(f"/api/v1/{path}", method) for method in ("GET", "HEAD"))
    assert (head.status, head.body) == (200, b"")
    for name in ("Content-Type", "Content-Length", "Cache-Control", "ETag"):
        assert head.headers[name] == get.headers[name]
