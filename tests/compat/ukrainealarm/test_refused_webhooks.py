"""Webhooks that are refused: where they lead, whoever asks, whatever is sent."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from yarl import URL

from tests.client.giving import give
from tests.compat.ukrainealarm.hooks import KEY, KHARKIV, PATH, on, once, register
from tests.compat.ukrainealarm.receiver import Receiver
from tests.web.running import Answer, Running, running
from tocsin import limits
from tocsin.atlas import Atlas
from tocsin.commands import Raise
from tocsin.compat.ukrainealarm import targets
from tocsin.model import Realm
from tocsin.store.memory import MemoryStore


def refusal(answer: Answer, status: int) -> str:
    assert answer.status == status, answer.body
    assert answer.headers["Content-Type"] == "application/problem+json; charset=utf-8"
    problem = json.loads(answer.body)
    assert (problem["status"], "title" in problem, "type" in problem) == (status, True, True)
    return str(problem.get("errors", {}).get("webHookUrl", [""])[0])


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://172.16.0.1:8080/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://[::1]/",
        "http://[::]/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a00:1]/",
        "http://[2002:a00:1::]/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
    ],
)
def test_an_address_that_is_not_public_is_refused(url: str, server: Running) -> None:
    assert "not on the public internet" in refusal(register(server, url), 400)


@pytest.mark.parametrize(
    "url",
    [
        "https://93.184.215.14/hook",
        "http://8.8.8.8:8080/",
        "https://[2606:4700:4700::1111]/",
        "https://[::ffff:8.8.8.8]/",
        "https://[64:ff9b::808:808]/",
    ],
)
def test_a_public_address_is_taken(url: str, server: Running) -> None:
    assert register(server, url).status == 200


@pytest.mark.parametrize(
    "url", ["http://localhost:9/", "http://127.0.0.1:9/", "http://127.1:9/", "http://2130706433:9/", "http://0x7f.1/"]
)
def test_loopback_is_refused_unless_the_settings_allow_it(
    url: str, ukraine: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    with running(MemoryStore(Realm.LIVE), ukraine) as server:
        assert "not on the public internet" in refusal(register(server, url), 400)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "/hook",
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://",
        "http://example.org:99999/",
        "http://user:secret@example.org/",
        "http://user@127.0.0.1/",
        "http://127.0.0.1/" + "x" * limits.WEBHOOK_URL_CHARS,
        "http://[::1/",
    ],
)
def test_what_is_no_url_to_deliver_to_is_refused(url: str, server: Running) -> None:
    assert refusal(register(server, url), 400)


def test_a_name_that_leads_nowhere_is_refused(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nowhere(*asked: object) -> list[tuple[int, str]]:
        raise OSError("no such name")

    monkeypatch.setattr(targets.Targets, "look_up", nowhere)
    assert "cannot be resolved" in refusal(register(server, "http://nowhere.example/"), 400)


def test_a_name_that_leads_elsewhere_later_is_not_followed(
    server: Running, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = ["93.184.215.14"]
    asked = []

    async def look_up(self: targets.Targets, loop: object, host: str, port: int, family: int) -> list[tuple[int, str]]:
        asked.append(host)
        return [(2, address) for address in addresses]

    monkeypatch.setattr(targets.Targets, "look_up", look_up)
    monkeypatch.setattr(targets.Targets, "allows", lambda self, address: targets.public(address))
    assert register(server, receiver.url.replace("127.0.0.1", "rebound.example")).status == 200
    addresses[:] = ["127.0.0.1"]
    give(server, Raise(zones=(KHARKIV,)))
    before = len(asked)
    receiver.until(lambda: len(asked) > before + 2)
    assert receiver.asked == []
    monkeypatch.setattr(targets.Targets, "allows", lambda self, address: True)
    receiver.has(on(22))


def test_what_the_settings_allow_no_more_is_not_delivered_to(
    ukraine: Atlas, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "live.db"
    with once(log, ukraine) as server:
        register(server, receiver.url)
    seen = []
    real = targets.Targets.require

    def require(self: targets.Targets, url: URL) -> None:
        seen.append(url)
        real(self, url)

    with monkeypatch.context() as stricter:
        stricter.setattr(targets.Targets, "allows", lambda self, address: targets.public(address))
        stricter.setattr(targets.Targets, "require", require)
        with once(log, ukraine) as server:
            give(server, Raise(zones=(KHARKIV,)))
            receiver.until(lambda: len(seen) > 2)
    assert receiver.asked == []
    with once(log, ukraine):
        receiver.has(on(22))


def test_one_bad_address_of_several_is_enough(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async def look_up(*asked: object) -> list[tuple[int, str]]:
        return [(2, "93.184.215.14"), (2, "192.168.0.1")]

    monkeypatch.setattr(targets.Targets, "look_up", look_up)
    assert "192.168.0.1" in refusal(register(server, "http://two.example/"), 400)


def test_without_a_key_nothing_is_registered(server: Running, receiver: Receiver) -> None:
    for method in ("POST", "PATCH", "DELETE"):
        for headers in ({}, {"Authorization": ""}, {"Authorization": "  "}):
            answer = register(server, receiver.url, method, headers)
            assert (answer.status, answer.body) == (403, b"")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b'{"webHookUrl": 5}', b"\xff\xfe", b"null", b"{}"])
def test_a_body_that_cannot_be_read_is_refused(body: bytes, server: Running) -> None:
    refusal(server.ask(PATH, "POST", body=body, headers=KEY), 400)


def test_another_media_type_is_refused_and_every_kind_of_json_is_taken(server: Running, receiver: Receiver) -> None:
    body = b'{"webHookUrl": "%s"}' % receiver.url.encode()
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded"):
        refusal(server.ask(PATH, "POST", body=body, headers={**KEY, "Content-Type": kind}), 415)
    for kind in ("application/json; charset=utf-8", "text/json", "application/hal+json"):
        assert server.ask(PATH, "POST", body=body, headers={**KEY, "Content-Type": kind}).status == 200


def test_a_body_without_end_is_refused(server: Running) -> None:
    refusal(server.ask(PATH, "POST", body=b" " * (limits.BODY_BYTES + 1), headers=KEY), 413)


def test_a_key_has_only_so_many_and_so_has_the_server(
    server: Running, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "WEBHOOKS_PER_TOKEN", 2)
    monkeypatch.setattr(limits, "WEBHOOKS", 3)
    for number in range(2):
        assert register(server, f"{receiver.url}/{number}").status == 200
    assert "at most 2" in refusal(register(server, f"{receiver.url}/2"), 400)
    assert register(server, f"{receiver.url}/1").status == 200, "it is registered already"
    assert register(server, f"{receiver.url}/2", key={"Authorization": "b"}).status == 200
    full = register(server, f"{receiver.url}/3", key={"Authorization": "c"})
    assert "too many" in refusal(full, 503)
    assert full.headers["Retry-After"]


def test_an_end_is_quick_with_receivers_that_are_not(ukraine: Atlas, receiver: Receiver) -> None:
    go_on = threading.Event()

    def dawdle(notice: dict[str, Any]) -> int:
        go_on.wait()
        return 200

    receiver.answer = dawdle
    with running(MemoryStore(Realm.LIVE), ukraine) as server:
        register(server, receiver.url)
        give(server, Raise(zones=(KHARKIV,)))
        receiver.until(lambda: len(receiver.asked) == 1)
        begun = time.monotonic()
    assert time.monotonic() - begun < limits.WEBHOOK_S / 2
    go_on.set()
