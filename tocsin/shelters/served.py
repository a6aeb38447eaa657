"""What a Tocsin knows of streets, as it is asked over HTTP; whoever reckons it stands behind this."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

from tocsin.shelters.network_file import About
from tocsin.shelters.profiles import Profile
from tocsin.store.heads import Signer

if TYPE_CHECKING:  # heavy, and only where something is reckoned
    from tocsin.shelters.area import Standing
    from tocsin.shelters.guide import Way

Bounds = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""


class Made(NamedTuple):
    """A bundle, and how it is told from others."""

    seq: int
    etag: str
    content: bytes

    @classmethod
    def of(cls, seq: int, content: bytes) -> Self:
        return cls(seq, f'"{hashlib.sha256(content).hexdigest()[:32]}"', content)


class Served(Protocol):
    """Safe to ask from any thread."""

    def about(self) -> list[tuple[About, Bounds]]:
        """Which areas there are, with their bounds."""

    def bundle(self, name: str, signer: Signer) -> Made:
        """The bundle of an area as the register stands now. Errors: `NotFound`."""

    def around(self, lon: float, lat: float) -> str:
        """The area in which a place lies; of several the smallest. Errors: `NotFound`."""

    def nearest(self, name: str, lon: float, lat: float, profile: Profile) -> tuple[Standing, list[Way]]:
        """The nearest open shelters, nearest first, and what stands. Errors: `NotFound`."""
