"""`tocsin raise` and `tocsin release`: orders to a running Tocsin."""

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
from tests.web.running import KHARKIV, KYIV, Running


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
