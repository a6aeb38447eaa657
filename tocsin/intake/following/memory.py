"""What is remembered of a feed between two readings, and the numbers of the rules (docs/following.md). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

import msgspec

from tocsin.intake.following.readings import Key, Said
from tocsin.model import ZoneId

READS = 2
"""Good readings in a row that it takes to believe that what is gone is over."""

MASS = Fraction(1, 3)
"""More than this part of the held zones, gone in one reading, is a mass clearing."""

RECENT = 10
"""So many readings are looked back upon for odd ones."""

WARY = 2
"""For so many of them at most one more good reading is wanted each."""

AHEAD_S = 300
"""A feed that says it is so far ahead of the clock here has a wrong clock, or here is one."""

FROZEN_S = 300
"""A feed whose time moves by itself is frozen when that is older than so."""

FROZEN_QUIET_S = 6 * 3600
"""The same for a feed whose time has only been seen to move with what it says: a quiet day is no fault."""

TICKS = 5
"""So often in a row must a feed's time be seen to move by itself before it is taken to do so always."""

OUTVOTED = 3
"""Where the marks are told apart from the rest, an old copy may have been taken for new by them: so many readings that
say the same and contradict it are right."""

EARLY_S = 15
"""An end of all on a zone, said to be so much older than what stands there, is meant for it all the same: a call is
heard some time after it was made."""

LATE_S = 3600
"""An alert that is new and said to be older than so is told as of now: people have not heard of it yet."""


class Absent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that stands here and that good readings lack, or say less of."""

    reads: int
    needs: int
    mass: bool
    left: tuple[bool, bool, bool] = (False, False, False)
    """The most that any of them still said of it: whether an alert, red, and of the whole."""


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered between two readings."""

    marks: Mapping[str, float] = {}
    """The highest of each name."""
    names: frozenset[str] = frozenset()
    """The names of the marks of the last complete reading."""
    seen: Mapping[Key, Mapping[str, float]] = {}
    """The marks of the reading in which each alert was last said to stand."""
    absent: Mapping[Key, Absent] = {}
    recent: tuple[bool, ...] = ()
    """Whether each of the last readings was odd."""
    last: frozenset[Said] | None = None
    """What the last good complete reading said."""
    ticks: int = 0
    """How often in a row the feed's own time was seen to move while it said the same; `TICKS` for good."""
    as_of: datetime | None = None
    """The feed's time at the last good reading."""
    still: int = 0
    """So many readings in a row said the same, and against their own marks."""
    says: tuple[Said, ...] | None = None
    """What the last reading said, good or not."""
    good_at: datetime | None = None
    """When the last good reading was, by the clock here."""
    over: Mapping[tuple[ZoneId, str | None], datetime] = {}
    """When the feed said last that what is called so on a zone is over: what it says of before that is an old copy."""
    held: frozenset[Key] = frozenset()
    """What was open here at the last reading."""
    ending: frozenset[Key] = frozenset()
    """What was ordered to end at the last reading."""
    taken: Mapping[Key, Said] = {}
    """What somebody else has ended here while the feed said it, as it said it then: that stays ended."""
