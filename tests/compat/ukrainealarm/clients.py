"""The published clients, unmodified, and what Home Assistant makes of one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import aiohttp
import uasiren.client
import ukrainealarm.client

from tests.web.running import Running

T = TypeVar("T")

KEY = "0a1b2c3d:4e5f60718293a4b5c6d7e8f901234567"

ALERT_TYPES = ("UNKNOWN", "AIR", "ARTILLERY", "URBAN_FIGHTS", "CHEMICAL", "NUCLEAR")
"""Those for which Home Assistant has a sensor."""


class Keyed:
    """`ukrainealarm` 0.0.1, pointed here as its users can: its address is a constant of the class."""

    def __init__(self, server: Running) -> None:
        self._server = server

    def ask(self, wanted: Callable[[Any], Awaitable[T]]) -> T:
        ukrainealarm.client.Client.BASE_PATH = f"{self._server.url}/api/v3"
        return self._asked(lambda session: ukrainealarm.client.Client(session, KEY), wanted)

    def _asked(self, made: Callable[[aiohttp.ClientSession], Any], wanted: Callable[[Any], Awaitable[T]]) -> T:
        async def asked() -> T:
            async with aiohttp.ClientSession() as session:
                return await wanted(made(session))

        return asyncio.run(asked())

    def types(self, region: str) -> set[str]:
        """The types of alerts that one region is under."""
        answer = self.ask(lambda client: client.get_alerts(region))
        assert len(answer) == 1
        assert answer[0]["regionId"] == region
        return {alert["type"] for alert in answer[0]["activeAlerts"]}

    def under_alert(self) -> dict[str, set[str]]:
        """Every region under alert, and which."""
        answer = self.ask(lambda client: client.get_alerts())
        found = {one["regionId"]: {alert["type"] for alert in one["activeAlerts"]} for one in answer}
        assert len(found) == len(answer)
        return found

    def levels(self, region: str) -> set[tuple[str, str]]:
        """Level and reason of each alert."""
        answer = self.ask(lambda client: client.get_alerts(region))
        return {
            (level["alertLevel"], level["reason"])
            for alert in answer[0]["activeAlerts"]
            for level in alert["activeAlertLevels"]
        }

    def index(self) -> int:
        answer = self.ask(lambda client: client.get_last_alert_index())
        assert list(answer) == ["lastActionIndex"]
        index = answer["lastActionIndex"]
        assert type(index) is int
        return index

    def states(self) -> list[dict[str, Any]]:
        answer: dict[str, list[dict[str, Any]]] = self.ask(lambda client: client.get_regions())
        return answer["states"]


class Keyless(Keyed):
    """`uasiren` 0.0.1, which shows no key."""

    def ask(self, wanted: Callable[[Any], Awaitable[T]]) -> T:
        uasiren.client.Client.BASE_PATH = f"{self._server.url}/api/v3"
        return self._asked(uasiren.client.Client, wanted)


class HomeAssistant(Keyless):
    """What its integration `ukraine_alarm` does: it is set up for some regions, and asks for each every 10 s."""

    def sensors(self, region: str) -> dict[str, bool]:
        """Its six binary sensors."""
        answer = self.ask(lambda client: client.get_alerts(region))
        sensors = dict.fromkeys(ALERT_TYPES, False)
        for alert in answer[0]["activeAlerts"]:
            sensors[alert["type"]] = True
        return sensors

    def types(self, region: str) -> set[str]:
        sensors = self.sensors(region)
        assert list(sensors) == list(ALERT_TYPES), "a type that it has no sensor for"
        return {alert_type for alert_type, on in sensors.items() if on}

    def pick(self, *path: str) -> str:
        """Go through its forms: the oblast, the raion, the hromada; gives the name of the entry."""
        regions = self.states()
        chosen: dict[str, Any] | None = None
        for number in path:
            shown = sorted(regions, key=lambda region: region["regionName"].lower())
            chosen = next(region for region in shown if region["regionId"] == number)
            regions = chosen["regionChildIds"]
        assert chosen is not None
        name = chosen["regionName"]
        assert isinstance(name, str)
        return name
