"""`tocsin raise` and the other orders about warnings and sources, given to a running Tocsin."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.processes import refused, tocsin
from tests.web.people import DESK, TOKEN
from tests.web.running import KHARKIV, KYIV, LVIV_HROMADA, SUMY, Running


def order(server: Running, *arguments: str, token: str = TOKEN) -> Any:
    return tocsin(*arguments, "--server", server.url, TOCSIN_TOKEN=token)


def test_a_zone_is_raised_and_released_by_name(server: Running) -> None:
    raised = order(server, "raise", "Kyiv", "UA-63", "--threat", "drones", "--level", "yellow", "--key", "night-1")
    assert (raised.exit_code, raised.stderr) == (0, "")
    assert raised.stdout == "raise is in the log: 2 events, head 6, key night-1\n"
    told = server.get("/api/v1/state")
    assert (told["zones"][KYIV], told["zones"][KHARKIV]) == ("yellow", "yellow")
    assert {hold["threat"] for hold in told["holds"]} == {"drones"}
    released = order(server, "release", "м. Київ")
    assert re.fullmatch(r"release is in the log: 1 events, head 7, key [0-9a-f-]{36}\n", released.stdout)
    assert server.get("/api/v1/state")["zones"][KYIV] == "clear"


def test_everything_that_an_order_says_reaches_the_log(server: Running) -> None:
    words = {
        "hazard": "air_raid",
        "threat": "ballistic_missiles",
        "stage": "early_warning",
        "level": "red",
        "extent": "part",
        "ref": "radar-7",
        "cause": "launches seen",
    }
    options = [word for name, value in words.items() for word in (f"--{name}", value)]
    order(server, "raise", "UA-30", *options, "--at", "2026-03-01T14:00:00+02:00", "--reason", "for the log")
    [entry] = server.get("/api/v1/events?after=4")["events"]
    assert {name: entry["event"][name] for name in words} == words
    assert entry["event"]["at"] == "2026-03-01T12:00:00Z"


def test_every_order_about_warnings_can_be_given(server: Running) -> None:
    """A night of one raion and its neighbour, from the first word to a false alarm."""

    def given(*arguments: str) -> str:
        result = order(server, *arguments)
        assert (result.exit_code, result.stderr) == (0, ""), result.output
        return str(result.stdout)

    def holds() -> list[Any]:
        found: list[Any] = server.get("/api/v1/state")["holds"]
        return found

    def said() -> list[tuple[str, ...]]:
        return [tuple(hold[name] for name in ("zone", "threat", "stage", "level")) for hold in holds()]

    given("raise", "Kyiv", "--stage", "early_warning", "--level", "yellow", "--ref", "a")
    assert said() == [(KYIV, "unknown", "early_warning", "yellow")]
    given("escalate", "Kyiv", "--to-stage", "alert", "--to-level", "red", "--to-threat", "drones", "--ref", "a")
    assert said() == [(KYIV, "drones", "alert", "red")]
    given("annotate", "Kyiv", "--note", "two more seen")
    assert holds()[0]["note"] == "two more seen"
    given("extend", "Kyiv", "--to", "UA-63")
    assert said() == [(KYIV, "drones", "alert", "red"), (KHARKIV, "drones", "alert", "red")]
    given("replace", "UA-63", "--by-zone", "UA-59", "--by-threat", "guided_bombs", "--by-level", "yellow")
    assert said() == [(KYIV, "drones", "alert", "red"), (SUMY, "guided_bombs", "alert", "yellow")]
    assert "1 events" in given("withdraw", "UA-59", "--cause", "a flock of birds")
    assert server.get("/api/v1/events?after=4")["events"][-1]["event"]["type"] == "hold_withdrawn"
    given("raise", "UA-46", "--threat", "drones")
    given("narrow", "UA-46", "--to", LVIV_HROMADA)
    assert said() == [(KYIV, "drones", "alert", "red"), (LVIV_HROMADA, "drones", "alert", "red")]
    given("release", "Kyiv", "--of", DESK, "--source", DESK, "--threat", "drones", "--ref", "a")
    given("release", LVIV_HROMADA, "--hazard", "air_raid")
    assert holds() == []


def test_an_order_decided_upon_what_is_past_is_refused(server: Running) -> None:
    assert "head 5" in order(server, "raise", "Kyiv", "--upon", "4").stdout
    refused(order(server, "raise", "Kyiv", "--upon", "4", "--level", "yellow"), "stale_seq")
    assert order(server, "release", "Kyiv", "--upon", "5").exit_code == 0


def test_a_replacement_that_names_no_zones_is_for_the_same(server: Running) -> None:
    order(server, "raise", "Kyiv", "--hazard", "chemical")
    replaced = order(server, "replace", "Kyiv", "--hazard", "chemical", "--by-level", "yellow", "--cause", "less of it")
    assert "2 events" in replaced.stdout
    [hold] = server.get("/api/v1/state")["holds"]
    assert (hold["zone"], hold["hazard"], hold["level"], hold["cause"]) == (KYIV, "chemical", "yellow", "less of it")


def test_the_life_of_a_source_is_told(server: Running) -> None:
    def sources() -> list[tuple[str, int | None, list[str], bool]]:
        told = server.get("/api/v1/state")["sources"]
        return [(s["id"], s["silent_after_s"], s["zones"], s["silent_since"] is None) for s in told]

    assert "1 events" in order(server, "source", "heartbeat", "--silent-after", "3600", "--zone", "Kyiv").stdout
    assert sources() == [(DESK, 3600, [KYIV], True)]
    assert order(server, "source", "silent", "--cause", "the line is cut").exit_code == 0
    assert sources() == [(DESK, 3600, [KYIV], False)]
    assert order(server, "source", "back").exit_code == 0
    assert sources() == [(DESK, 3600, [KYIV], True)]
    assert order(server, "source", "silent", "--of", DESK).exit_code == 0
    refused(order(server, "source", "silent", "--of", "lidar"), "source_unknown")
    assert "1 events" in order(server, "source", "heartbeat", "--silent-after", "3600", "--zone", "Kyiv").stdout
    assert "0 events" in order(server, "source", "heartbeat", "--silent-after", "3600", "--zone", "Kyiv").stdout


def test_the_token_may_come_from_a_file(server: Running, tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text(TOKEN + "\n")
    result = tocsin("raise", "Kyiv", "--server", server.url + "/", TOCSIN_TOKEN_FILE=str(secret))
    assert result.exit_code == 0, result.output


def test_the_same_key_has_one_effect(server: Running) -> None:
    outputs = {order(server, "raise", "Kyiv", "--key", "k").stdout for _ in range(2)}
    assert outputs == {"raise is in the log: 1 events, head 5, key k\n"}
    refused(order(server, "raise", "UA-63", "--key", "k"), "key_reused")


def test_what_the_server_refuses_is_told_in_its_words(server: Running) -> None:
    said = refused(order(server, "release", "Kyiv"), "nothing_held")
    assert DESK in said
    refused(order(server, "raise", "Kyiv", token="not the right token"), "unauthorised")
    refused(tocsin("raise", "Kyiv", "--server", server.url), "unauthorised")
    assert server.get("/api/v1/state")["seq"] == 4


def test_a_zone_that_there_is_not_is_refused_before_anything_is_sent(server: Running) -> None:
    refused(order(server, "raise", "Kyiv", "Atlantis"), "unknown_zone")
    assert server.get("/api/v1/state")["seq"] == 4


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "nonsense", "http://", "ftp://127.0.0.1/", "http://a..b"])
def test_where_nobody_answers_the_key_is_told_so_that_the_order_can_be_sent_again(url: str) -> None:
    given = tocsin("raise", "Kyiv", "--key", "night-1", "--server", url, TOCSIN_TOKEN=TOKEN)
    assert "night-1" in refused(given, "server_unreachable")
    made_up = tocsin("raise", "Kyiv", "--server", url, TOCSIN_TOKEN=TOKEN)
    assert re.search(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", refused(made_up, "server_unreachable"))


@contextmanager
def saying(status: int, body: bytes) -> Iterator[str]:
    """Some other web server, which answers everything in the same way."""

    class Other(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Other) as other:
        serving = threading.Thread(target=other.serve_forever, args=(0.01,))
        serving.start()
        try:
            yield f"http://127.0.0.1:{other.server_port}"
        finally:
            other.shutdown()
            serving.join()


def test_a_refusal_that_this_version_has_no_word_for_is_told_with_its_code() -> None:
    newer = b'{"error": {"code": "moon_phase", "message": "not tonight\\u001b[2J", "detail": {"until": 5}}}'
    with saying(409, newer) as url:
        result = tocsin("raise", "Kyiv", "--server", url, TOCSIN_TOKEN=TOKEN)
    said = refused(result, "order_refused")
    assert said.startswith("tocsin: not tonight\ufffd[2J [moon_phase] [order_refused]")


def test_an_answer_that_does_not_say_its_realm_is_no_tocsins() -> None:
    with saying(200, b'{"key": "night-1", "seq": 5, "events": 1, "proposal": null}') as url:
        result = tocsin("raise", "Kyiv", "--key", "night-1", "--server", url, TOCSIN_TOKEN=TOKEN)
    assert "lacks the header Tocsin-Realm" in refused(result, "server_unreachable")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>hello</html>"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"seq": "many"}'),
        (200, b"null"),
        (404, b"not here"),
        (404, b'{"error": "not here"}'),
        (500, b"[1, 2]"),
        (502, b""),
    ],
)
def test_what_answers_but_is_no_tocsin_is_told_apart(status: int, body: bytes) -> None:
    with saying(status, body) as url:
        result = tocsin("raise", "Kyiv", "--key", "night-1", "--server", url, TOCSIN_TOKEN=TOKEN)
    assert "night-1" in refused(result, "server_unreachable")
