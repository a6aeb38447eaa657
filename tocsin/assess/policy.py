"""The policy: what is proposed and what is placed by itself, for which kinds of threat, where, and how long ahead.

A readable file (docs/assessment.md, tocsin/data/policy). What it does not allow is not placed; the one that comes with
Tocsin places nothing.
"""

from __future__ import annotations

import tomllib
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import msgspec

from tocsin import limits
from tocsin.errors import BadFile
from tocsin.model import Hazard, Level, SourceId, Stage, Threat, ZoneId

DEFAULT = files("tocsin.data") / "policy/default.toml"

Minutes = Annotated[float, msgspec.Meta(ge=0, le=24 * 60)]


class Shown(StrEnum):
    """What everybody sees of threats of a kind, beside the warnings themselves."""

    ZONES = "zones"
    NOTHING = "nothing"


class Ahead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many minutes ahead, for each band; a band without a number is left out."""

    near_certain: Minutes | None = None
    likely: Minutes | None = None
    possible: Minutes | None = None
    unlikely: Minutes | None = None


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What follows from threats of some kinds."""

    threats: Annotated[tuple[Threat, ...], msgspec.Meta(min_length=1)]
    hazard: Hazard = Hazard.AIR_RAID
    zones: tuple[ZoneId, ...] = ()
    """Where it holds: these zones and all below them; everywhere where there are none."""
    unit: str
    """The level that is warned as one; the smallest zones where a country has no such level."""
    stage: Stage
    level: Level
    propose: Ahead = Ahead()
    place: Ahead = Ahead()
    confirmations: Annotated[int, msgspec.Meta(ge=1, le=20)] = 2
    """How many sources must speak of a threat before anything is placed for it."""
    lone_noise: bool = True
    """Whether it holds for what one instrument alone noticed, and does not follow; the next rule that fits, if not."""
    keep_min: Minutes = 10
    public: Shown = Shown.NOTHING


class Ceiling(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of all that the machine has placed by itself and that still stands."""

    zones: Annotated[int, msgspec.Meta(ge=0)] = 0
    people: Annotated[int, msgspec.Meta(ge=0)] = 0


class HoldBack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What would go beyond so many zones waits so long for a person."""

    zones: Annotated[int, msgspec.Meta(ge=0)] = 0
    wait_s: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 60


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All rules. Of several that fit a kind of threat, a zone and how it is known, the first counts."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=limits.NAME_CHARS)]
    trusted_ends: tuple[SourceId, ...] = ()
    ceiling: Ceiling = Ceiling()
    hold_back: HoldBack = HoldBack()
    rules: Annotated[tuple[Rule, ...], msgspec.Meta(max_length=limits.POLICY_RULES)] = ()

    @property
    def places_anything(self) -> bool:
        """Whether anything is ever placed without a person."""
        return any(rule.place != Ahead() for rule in self.rules)


def read_policy(said: str | bytes) -> Policy:
    """A policy from its text. Errors: `BadFile`, which says what is wrong and where."""
    try:
        text = said.decode("utf-8") if isinstance(said, bytes) else said
        return msgspec.convert(tomllib.loads(text), Policy)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadFile(f"this is no policy: {error}") from error


def policy_of(file: Path | None) -> Policy:
    """The policy in a file; the one that comes with Tocsin where none is named. Errors: `BadFile`."""
    if file is None:
        return read_policy(DEFAULT.read_text(encoding="utf-8"))
    try:
        with file.open("rb") as opened:
            raw = opened.read(limits.POLICY_BYTES + 1)
    except OSError as error:
        raise BadFile(f"{file} cannot be read: {error.strerror}", file=str(file)) from error
    if len(raw) > limits.POLICY_BYTES:
        raise BadFile(f"{file} is longer than {limits.POLICY_BYTES:,} bytes: it is no policy", file=str(file))
    try:
        return read_policy(raw)
    except BadFile as error:
        raise BadFile(f"{file}: {error}", file=str(file)) from error
