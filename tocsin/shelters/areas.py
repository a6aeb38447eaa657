"""The areas that a Tocsin serves: their networks from files, what stands in them, and their bundles.

Bundles are made when somebody asks for one that is not there yet, in the asker's thread, and kept until the register
changes. Where a person is, is never written down anywhere.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from tocsin.errors import BadFile, NotFound
from tocsin.shelters.area import Area, Standing
from tocsin.shelters.bundle import bundle_bytes
from tocsin.shelters.guide import Way, nearest
from tocsin.shelters.network_file import SUFFIX, About, read_network
from tocsin.shelters.profiles import Profile
from tocsin.shelters.register import Register
from tocsin.shelters.served import Bounds, Made
from tocsin.store.heads import Signer


class Areas:
    """Safe to ask from any thread; each area answers one at a time."""

    def __init__(self, areas: Mapping[str, Area], register: Callable[[], Register], log: str) -> None:
        self._areas = dict(areas)
        self._register = register
        self._log = log
        self._locks = {name: threading.Lock() for name in areas}
        self._made: dict[str, Made] = {}

    @staticmethod
    def load(folder: Path) -> dict[str, Area]:
        """Every network file of a folder, by its area's name. Errors: `BadFile`."""
        found: dict[str, Area] = {}
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            network, about = read_network(path)
            if about.area in found:
                raise BadFile(f"{path.name} is the second file of the area {about.area}", file=path.name)
            found[about.area] = Area(network, about)
        if not found:
            raise BadFile(f"{folder} holds no network (*{SUFFIX})", folder=str(folder))
        return found

    def about(self) -> list[tuple[About, Bounds]]:
        """Which areas there are, with their bounds."""
        return [(area.about, area.network.bounds) for area in self._areas.values()]

    def standing(self, name: str) -> Standing:
        """Errors: `NotFound`."""
        area = self._areas.get(name)
        if area is None:
            raise NotFound(f"there is no area {name[:70]}", area=name[:70])
        with self._locks[name]:
            return area.at(self._register())

    def around(self, lon: float, lat: float) -> str:
        """The area in which a place lies; of several the smallest. Errors: `NotFound`."""
        found = []
        for name, area in self._areas.items():
            west, south, east, north = area.network.bounds
            if west - 0.01 <= lon <= east + 0.01 and south - 0.01 <= lat <= north + 0.01:
                found.append(((east - west) * (north - south), name))
        if not found:
            raise NotFound("no area with known streets lies there", areas=sorted(self._areas))
        return min(found)[1]

    def nearest(self, name: str, lon: float, lat: float, profile: Profile) -> tuple[Standing, list[Way]]:
        """Errors: `NotFound`."""
        standing = self.standing(name)
        return standing, nearest(standing, lon, lat, profile)

    def bundle(self, name: str, signer: Signer) -> Made:
        """The bundle of an area as the register stands now. Errors: `NotFound`."""
        standing = self.standing(name)
        made = self._made.get(name)
        if made is not None and made.seq == standing.seq:
            return made
        with self._locks[name]:
            made = self._made.get(name)
            if made is not None and made.seq == standing.seq:
                return made
            register = self._register()
            moments = [dataset.at for dataset in register.datasets.values()]
            moments += [word.at for word in register.words.values()]
            at = max(moments, default=standing.about.made_at)
            content = bundle_bytes(standing, signer, self._log, list(standing.sources[1:]), at)
            made = Made.of(standing.seq, content)
            self._made[name] = made
            return made
