"""The way to a shelter, as an edge reckons it for callers without a page: from the upstream's own bundles and register.

Nothing is made before somebody asks. Streets are kept until the bundle brings others, and whatever was said of shelters
counts as it stands in the copy, so the answer is the upstream's own. Safe to ask from any thread.
"""

from __future__ import annotations

import threading
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from tocsin.edge.shelters import Bundle, Copy
from tocsin.errors import BadFile
from tocsin.model import SourceId
from tocsin.shelter import Shelter, ShelterId
from tocsin.shelters.extra import required
from tocsin.shelters.register import Dataset, Register, Word
from tocsin.shelters.signed import START

if TYPE_CHECKING:  # heavy, and only where somebody asks
    from tocsin.shelters.area import Area
    from tocsin.shelters.areas import Areas
    from tocsin.shelters.network_file import About


class Reckoning:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: tuple[Copy, Areas] | None = None
        self._streets: dict[str, tuple[str, Area]] = {}
        """By area: the bundle that was looked at last, and what was made of its streets."""

    def areas(self, copy: Copy, log: str) -> Areas:
        """What ``copy`` says, to be asked. Errors: `BadSetting` where the extra `shelters` is not installed, `BadFile`
        where a bundle holds no streets."""
        required("numba")
        from tocsin.shelters.areas import Areas

        with self._lock:
            if self._known is None or self._known[0] is not copy:
                register = register_of(copy)
                made = {name: self._area(name, bundle) for name, bundle in copy.bundles.items()}
                self._streets = {name: (copy.bundles[name].etag, area) for name, area in made.items()}
                self._known = copy, Areas(made, lambda: register, log)
            return self._known[1]

    def _area(self, name: str, bundle: Bundle) -> Area:
        from tocsin.shelters.area import Area
        from tocsin.shelters.bundle import same_streets, streets_of

        etag, known = self._streets.get(name, ("", None))
        if known is not None and etag == bundle.etag:
            return known
        network, about = streets_of(bundle.content[START:])
        if known is not None and _origin(known.about) == _origin(about) and same_streets(known.network, network):
            return known  # only shelters have changed
        return Area(network, about)


def _origin(about: About) -> tuple[str, str]:
    return about.attribution, about.extract


def register_of(copy: Copy) -> Register:
    """The register of the upstream as the copy has it. Errors: `BadFile`."""
    try:
        words = msgspec.convert(copy.words, list[_Said])
        return Register(
            shelters={ShelterId(id): msgspec.convert(one["shelter"], Shelter) for id, one in copy.shelters.items()},
            words={
                word.shelter: Word(open=word.open, source=word.source, cause=word.cause, at=word.at, seq=word.seq)
                for word in words
            },
            datasets={one.name: one for one in msgspec.convert(copy.page["datasets"], list[Dataset])},
            seq=copy.imported,
            spoken=max((word.seq for word in words), default=0),
        )
    except (msgspec.ValidationError, KeyError, TypeError) as error:
        raise BadFile(f"what the upstream says of shelters is not of its form: {error}") from error


class _Said(msgspec.Struct, frozen=True, kw_only=True):
    shelter: ShelterId
    open: bool
    source: SourceId
    cause: str
    at: datetime
    seq: int
