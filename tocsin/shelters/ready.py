"""One area whose bundle was made beforehand, as a file: so that a Tocsin tells of it from its first second.

The file is a bundle without its signature. It is signed anew for the log that tells of it, and nothing is reckoned;
what people say of shelters goes beside it, as with every bundle. Only when other shelters are imported, or somebody
asks for the nearest, is the area made out of it, for which the extra `shelters` is needed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from tocsin.errors import BadFile, BadSetting, NotFound
from tocsin.shelters.extra import required
from tocsin.shelters.network_file import About
from tocsin.shelters.profiles import Profile
from tocsin.shelters.register import Register
from tocsin.shelters.sections import header_of
from tocsin.shelters.served import Bounds, Made
from tocsin.shelters.signed import sealed
from tocsin.store.heads import Signer

if TYPE_CHECKING:
    from tocsin.shelters.area import Standing
    from tocsin.shelters.areas import Areas
    from tocsin.shelters.guide import Way


class _Header(msgspec.Struct):
    area: str
    attribution: list[str]
    at: datetime
    bounds: Bounds
    extract: str


class Ready:
    """It is `Served`. Safe to ask from any thread."""

    def __init__(self, packed: bytes, register: Callable[[], Register], log: str) -> None:
        """``register`` holds the very shelters now with which ``packed`` was made. Errors: `BadFile`."""
        self._packed, self._register, self._log = packed, register, log
        self._header = header_of(packed)
        try:
            said = msgspec.convert(self._header, _Header)
        except msgspec.ValidationError as error:
            raise BadFile(f"this is no bundle: {error}") from error
        self._about = About(area=said.area, attribution=said.attribution[0], made_at=said.at, extract=said.extract)
        self._bounds = said.bounds
        self._seq = register().seq
        self._made: Made | None = None
        self._areas: Areas | None = None
        self._lock = threading.Lock()

    def about(self) -> list[tuple[About, Bounds]]:
        return [(self._about, self._bounds)]

    def bundle(self, name: str, signer: Signer) -> Made:
        register = self._register()
        if name != self._about.area:
            raise NotFound(f"there is no area {name[:70]}", area=name[:70])
        if register.seq != self._seq:
            return self._reckoning().bundle(name, signer)
        if self._made is None:
            moments = [dataset.at for dataset in register.datasets.values()]
            header = self._header | {
                "realm": signer.realm, "log": self._log, "seq": self._seq, "key": signer.key,
                "at": max(moments, default=self._about.made_at),
            }  # fmt: skip
            head = msgspec.json.encode(header)
            body = self._packed[4 + int.from_bytes(self._packed[:4], "little") :]
            self._made = Made.of(self._seq, sealed(len(head).to_bytes(4, "little") + head + body, signer))
        return self._made

    def around(self, lon: float, lat: float) -> str:
        return self._reckoning().around(lon, lat)

    def nearest(self, name: str, lon: float, lat: float, profile: Profile) -> tuple[Standing, list[Way]]:
        return self._reckoning().nearest(name, lon, lat, profile)

    def _reckoning(self) -> Areas:
        try:
            required("numba")
        except BadSetting as error:
            raise NotFound(f"no ways are reckoned here: {error.message}") from error
        from tocsin.shelters.area import Area
        from tocsin.shelters.areas import Areas
        from tocsin.shelters.bundle import streets_of

        with self._lock:
            if self._areas is None:
                network, about = streets_of(self._packed)
                self._areas = Areas({about.area: Area(network, about)}, self._register, self._log)
            return self._areas
