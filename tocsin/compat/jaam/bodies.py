"""From the lights to what is answered and sent. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from tocsin.compat.jaam.lamps import BOMBS, DRONES, MISSILES, Lamps, Light
from tocsin.compat.jaam.shapes import NEVER, StateV1, StateV2
from tocsin.engine import State
from tocsin.model import Threat

VERSIONS = (1, 2, 3, 4)
"""Of the payloads. The third is sent the second's alerts, as the original does: lamps that ask for it know no more."""


def statuses(version: int, lamps: Lamps, state: State) -> bytes:
    """``alerts_statuses_v1.json`` to ``v3``."""
    told: dict[str, StateV1 | StateV2 | bool] = {}
    for lamp, light in zip(lamps.lamps, lamps.lights(state), strict=True):
        at = None if light is None else light.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        district = light is not None and light.district
        match version:
            case 1:
                told[lamp.name] = StateV1(district=district, enabled=light is not None, enabled_at=at)
            case 2:
                told[lamp.name] = StateV2(alertnow=light is not None, district=district, changes=at)
            case _:
                told[lamp.name] = light is not None
    return msgspec.json.encode({"version": version, "states": told})


class Rows:
    """Of each lamp whether it is lit, and since when it has been as it is: the state does not know what was before."""

    def __init__(self, lamps: Lamps) -> None:
        self.rows: list[tuple[int, int]] = [(0, NEVER)] * len(lamps.lamps)

    def see(self, lights: Sequence[Light | None], now: datetime) -> None:
        """Take in what is lit now. Where another alert took over without a break, it is no new one."""
        for index, light in enumerate(lights):
            was, since = self.rows[index]
            if light is not None:
                began = int(light.since.timestamp())
                self.rows[index] = (1, min(began, since) if was else began)
            elif was:
                self.rows[index] = (0, int(now.timestamp()))


def payloads(version: int, lights: Sequence[Light | None], rows: Sequence[tuple[int, int]]) -> dict[str, bytes]:
    """What a lamp of one version is sent, each by its name."""
    if version == 1:
        return {"alerts": _payload("alerts", "alerts", [lit for lit, _ in rows])}
    told = {"alerts": _payload("alerts", "alerts", rows)}
    if version == 3:
        for name, threats in (("missiles", MISSILES), ("drones", DRONES)):
            told[name] = _payload(name, name, [since for _, since in _threatened(lights, threats, 0)])
    if version == 4:
        for name, threats in (("missiles", MISSILES), ("drones", DRONES), ("kabs", BOMBS)):
            told[f"{name}2"] = _payload(f"{name}2", name, _threatened(lights, threats, NEVER))
    return told


def _threatened(lights: Sequence[Light | None], threats: frozenset[Threat], never: int) -> list[tuple[int, int]]:
    """Whether any of these threatens each lamp's zone, and since when."""
    since = [None if light is None else light.under(threats) for light in lights]
    return [(0, never) if at is None else (1, int(at.timestamp())) for at in since]


def _payload(name: str, key: str, values: object) -> bytes:
    return msgspec.json.encode({"payload": name, key: values})
