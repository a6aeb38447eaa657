"""A phrase of a sentence that names weapons, and all of them."""

from __future__ import annotations

import msgspec

from tocsin.record.reading.wire.numbers import Number


class Weapons(msgspec.Struct, gc=False):
    """A phrase that names weapons."""

    first: int
    last: int
    weapon: str
    number: Number | None
    total: Number | None = None
    """Of how many: the four of "one of four missiles"; alone where it is not said how many of them."""
    elided: bool = False
    """Only a number stands here; which weapon was said before."""
    part: bool = False
    """It is a part of what was named before it: "including two over Moscow"."""
    events: list[tuple[str, bool]] = []


class Phrases(msgspec.Struct, gc=False):
    numbers: list[Number]
    weapons: list[Weapons]
    modifying: list[tuple[int, str]]
    """Where a weapon only tells of what kind an attack is."""
