"""How fast each sort of threat may be, how much it turns, and when news of it is too old: tocsin/data/threat-speeds.

What is not known to be of one make is taken to be of the commonest of its kind, with the speeds of all that it may be.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec

from tocsin.model import Threat
from tocsin.report import Make

FILE = files("tocsin.data") / "threat-speeds/profiles.toml"


class Manner(StrEnum):
    """How a threat comes."""

    FLIES = "flies"
    """It has a position and a course, and reaches one zone after another."""
    STRIKES = "strikes"
    """It comes down within minutes somewhere within its range: wide areas at once."""
    ABROAD = "abroad"
    """It threatens by what it may launch later."""
    COUNTRY = "country"
    """Everywhere at once."""


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One sort of threat. Speeds are over the ground."""

    name: str = ""
    threat: Threat
    manner: Manner
    slow_m_s: float
    usual_m_s: float
    fast_m_s: float
    range_km: float
    reach_beside_km: float = 0.0
    """How far beside a named place something may come down that was meant for it."""
    scatter_km: float = 0.0
    """Zones that lie no further from the smallest zone that was named are threatened nearly as much: discs that touch
    need not be polygons that do."""
    turns_deg: float
    """How far its course has changed, as a standard deviation, after `TURNING_S`."""
    trusted_min: float
    """How far ahead its course is worth anything."""
    stale_after_s: int
    """After so long without news it is stale: nobody knows where it is. It is not over."""
    sources: tuple[str, ...]


TURNING_S = 1_200.0


class Profiles:
    """All of them, by name."""

    def __init__(self, by_name: Mapping[str, Profile]) -> None:
        self.by_name = dict(by_name)
        self._of_kind = {Threat(profile.threat): profile for profile in reversed(self.by_name.values())}

    def of(self, kinds: Sequence[Threat], make: Make | None) -> Profile:
        """The profile of what may be any of these kinds: of its make where that is said, else of the first kind."""
        if make is not None and make.value in self.by_name:
            return self.by_name[make.value]
        return self._of_kind[kinds[0] if kinds else Threat.UNKNOWN]


@cache
def profiles() -> Profiles:
    """Those that come with Tocsin."""
    tables = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return Profiles({name: msgspec.convert({**table, "name": name}, Profile) for name, table in tables.items()})
