"""The published client of alerts.in.ua in both its forms, and a running Tocsin."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import alerts_in_ua
import pytest

from tests.compat.serving import TOKEN, Served, starting
from tocsin.atlas import Atlas, shipped


@pytest.fixture(scope="session")
def ukraine() -> Atlas:
    return shipped("ua")


@pytest.fixture
def serve(ukraine: Atlas) -> Iterator[Callable[..., Served]]:
    """Starts one in either realm."""
    with starting(ukraine) as start:
        yield start


@pytest.fixture
def served(serve: Callable[..., Served]) -> Served:
    return serve()


class Asking:
    """The client, whichever it is: each of its methods by name."""

    def __init__(self, client: alerts_in_ua.Client | alerts_in_ua.AsyncClient) -> None:
        self.client = client

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def asked(*args: object, **more: object) -> Any:
            told = getattr(self.client, name)(*args, **more)
            return asyncio.run(told) if inspect.iscoroutine(told) else told

        return asked

    def characters(self, *, levels: bool = False) -> dict[int, str]:
        """What is said of each location: a level, or a status where it has none; without those that are calm."""
        statuses = self.get_air_raid_alert_statuses(include_alert_level=levels)
        return {one.uid: one.alert_level or one.status for one in statuses if one.status != "no_alert"}

    def oblasts(self, *, levels: bool = False) -> dict[str, str]:
        """The same of the oblasts, by name."""
        statuses = self.get_air_raid_alert_statuses_by_oblast(include_alert_level=levels)
        assert len(statuses) == 27
        return {one.location_title: one.alert_level or one.status for one in statuses if one.status != "no_alert"}

    def one(self, uid: int, *, levels: bool = False) -> str:
        status = self.get_air_raid_alert_status(uid, include_alert_level=levels)
        return str(status.alert_level or status.status)

    def alerts(self) -> list[tuple[str, str, str, str]]:
        """The active alerts: where, what that is, what for and how bad."""
        return [
            (one.location_uid, one.location_type, one.alert_type, one.alert_level) for one in self.get_active_alerts()
        ]


@pytest.fixture(params=["sync", "async"])
def point(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[Served], Asking]:
    """The client pointed at a Tocsin: its address is a constant of its class, and is set from outside."""

    def pointed(served: Served, token: str = TOKEN) -> Asking:
        kind = alerts_in_ua.Client if request.param == "sync" else alerts_in_ua.AsyncClient
        monkeypatch.setattr(kind, "API_BASE_URL", served.server.url)
        return Asking(kind(token))

    return pointed


@pytest.fixture
def asking(point: Callable[[Served], Asking], served: Served) -> Asking:
    return point(served)
