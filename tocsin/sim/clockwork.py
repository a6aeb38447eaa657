"""The service's clock: the true time, and by how much it is wrong."""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin.sim.universe import EPOCH, Universe


class ServiceClock:
    """Steps forward and back as it is told. The seconds that have elapsed only grow."""

    rate = 1.0

    def __init__(self, universe: Universe) -> None:
        self._universe = universe
        self.ahead_s = 0.0

    def now(self) -> datetime:
        return EPOCH + timedelta(seconds=self._universe.now_s + self.ahead_s)

    def elapsed_s(self) -> float:
        return self._universe.now_s
