"""A Tocsin for Israel to which orders are given from within, and the published client that listens to it."""

from __future__ import annotations

import itertools
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import tzevaadom
import tzevaadom.tzevaadom

from tests.door.certificates import Files
from tests.web.running import PATIENCE_S, Answer, Running, StandingClock
from tocsin.access import LOCAL
from tocsin.commands import Command, Order
from tocsin.model import SourceId, ZoneId
from tocsin.store import Receipt

HOST, PAST_HOST = "www.oref.org.il", "alerts-history.oref.org.il"

ALERTS = "/warningMessages/alert/Alerts.json"
HISTORY = "/warningMessages/alert/History/AlertsHistory.json"
ALARMS = "/Shared/Ajax/GetAlarmsHistory.aspx"

COUNTRY = ZoneId("IL")
EILAT = ZoneId("IL-D33")
"""A district of three areas."""
EILAT_AREAS = {"אילת", "אילות", "אזור תעשייה שחורת"}
TOWN = ZoneId("IL-5000004")
TOWN_NAME = "אילת"

MISSILES, AIRCRAFT = "ירי רקטות וטילים", "חדירת כלי טיס עוין"
EARLY, NEAR = "בדקות הקרובות צפויות להתקבל התרעות באזורך", "יש לשהות בסמיכות למרחב המוגן"
ENDED, WITHDRAWN = "האירוע הסתיים", "ניתן לצאת מהמרחב המוגן - התרעת שווא"


class Served:
    """A running Tocsin with a clock that the test sets."""

    def __init__(self, server: Running, clock: StandingClock) -> None:
        self.server = server
        self.clock = clock
        self.atlas = server.tocsin.atlas
        self._numbers = itertools.count()

    def give(self, *orders: Order, source: str = "desk") -> None:
        """All of them at once."""
        commands = [
            Command(key=f"order-{next(self._numbers)}", actor="officer", source=SourceId(source), order=order)
            for order in orders
        ]

        async def submit() -> None:
            outcomes = self.server.tocsin.service.submit(commands, LOCAL, together=True)
            assert all(isinstance(outcome, Receipt) for outcome in outcomes), outcomes

        self.server.call(submit)

    def wait(self, seconds: float) -> None:
        self.clock.at += timedelta(seconds=seconds)

    def ask(self, path: str, **headers: str) -> Answer:
        return self.server.ask(path, headers=headers)

    def told(self) -> tuple[str, str, list[str]] | None:
        """What Alerts.json says: number, title and areas; None for nothing."""
        answer = self.ask(ALERTS)
        assert answer.status == 200, answer.body
        if answer.body == b"\xef\xbb\xbf":
            return None
        alert = json.loads(answer.body)
        assert list(alert) == ["id", "cat", "title", "data", "desc"]
        assert alert["id"].isdigit()
        return alert["cat"], alert["title"], alert["data"]

    def rows(self, path: str = HISTORY) -> list[Any]:
        answer = self.ask(path)
        assert answer.status == 200, answer.body
        found: list[Any] = answer.json
        return found

    def history(self) -> list[tuple[int, str, str]]:
        """What AlertsHistory.json says: number, title and area, newest first."""
        return [(row["category"], row["title"], row["data"]) for row in self.rows()]


class Pace:
    """The client's clock: it sleeps two seconds before each look, and here until it is let look."""

    def __init__(self) -> None:
        self._may = threading.Semaphore(0)
        self._sleeps = threading.Semaphore(0)

    def sleep(self, seconds: float) -> None:
        assert seconds == 2
        self._sleeps.release()
        assert self._may.acquire(timeout=PATIENCE_S)

    def asleep(self) -> None:
        """Wait until it sleeps."""
        assert self._sleeps.acquire(timeout=PATIENCE_S)

    def let_look(self) -> None:
        self._may.release()


class Listener:
    """`tzevaadom` 1.1. It reads the areas in Alerts.json and nothing else: no number and no title."""

    def __init__(self, served: Served, pace: Pace, only: list[str]) -> None:
        self._served = served
        self._pace = pace
        self._heard: list[list[dict[str, Any]]] = []

        def heard(alerts: list[dict[str, Any]]) -> None:
            self._heard.append(alerts)

        self._client = tzevaadom.alerts_listener(heard, only)
        pace.asleep()

    def looks(self, times: int = 1) -> list[set[str]]:
        """Let it look so many times, two seconds apart; the areas that it calls out each time that it does."""
        self._heard.clear()
        for _ in range(times):
            self._pace.let_look()
            self._pace.asleep()
            self._served.wait(2)
        for thread in threading.enumerate():
            if "(heard)" in thread.name:
                thread.join(PATIENCE_S)
        return [{alert["value"] for alert in alerts} for alerts in self._heard]

    def stop(self) -> None:
        self._client.stop()
        self._pace.let_look()
        self._client.thread.join(PATIENCE_S)


@contextmanager
def pointed(served: Served, files: Files, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Point whatever asks for the original here: by its names, as with lines in /etc/hosts, and by a certificate that
    is trusted. The clients have the address in the middle of their code, and their users cannot set it."""
    resolved = socket.getaddrinfo
    host, port = served.server.address

    def resolve(name: Any, service: Any, *more: Any, **named: Any) -> Any:
        return (
            resolved(host, port, *more, **named)
            if name in (HOST, PAST_HOST)
            else resolved(name, service, *more, **named)
        )

    with monkeypatch.context() as changed:
        changed.setattr(socket, "getaddrinfo", resolve)
        changed.setenv("REQUESTS_CA_BUNDLE", str(files.chain))
        yield


@contextmanager
def listening(
    served: Served, files: Files, monkeypatch: pytest.MonkeyPatch, only: list[str] | None = None
) -> Iterator[Listener]:
    """The client, at a pace that the test sets."""
    pace = Pace()
    with pointed(served, files, monkeypatch), monkeypatch.context() as changed:
        changed.setattr(tzevaadom.tzevaadom, "time", pace)
        listener = Listener(served, pace, only or [])
        try:
            yield listener
        finally:
            listener.stop()
