"""The corridor beside its definitions, over a log in memory and one on a disk that each start opens again."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.doses import dose
from tests.failing_store import FailingFile
from tests.service.corridor import Corridor
from tests.world import LAND
from tocsin.model import Realm


class CorridorOnDisk(Corridor):
    def make_store(self) -> FailingFile:
        self.folder = tempfile.TemporaryDirectory()
        return self.open()

    def open(self) -> FailingFile:
        return FailingFile(Path(self.folder.name, "log.db"), Realm.LIVE, LAND)

    def reopened(self) -> FailingFile:
        self.store.close()
        return self.open()

    def teardown(self) -> None:
        super().teardown()
        self.folder.cleanup()


TestCorridor = Corridor.TestCase
TestCorridor.settings = dose(80, steps=25)

TestCorridorOnDisk = CorridorOnDisk.TestCase
TestCorridorOnDisk.settings = dose(8, steps=12)
