"""Orders drawn by chance: of every kind, most of them about what is really there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tocsin.commands import (
    Annotate,
    Escalate,
    Extend,
    Heartbeat,
    Narrow,
    Raise,
    Release,
    Replace,
    SourceBack,
    SourceOrder,
    SourceSilent,
    UponHolds,
    Withdraw,
)
from tocsin.model import Extent, Hazard, Hierarchy, Hold, Level, SourceId, Stage, Threat, ZoneId

SAID: dict[str, st.SearchStrategy[Any]] = {
    "hazard": st.sampled_from([Hazard.AIR_RAID, Hazard.AIR_RAID, Hazard.CHEMICAL]),
    "threat": st.sampled_from([Threat.UNKNOWN, Threat.DRONES]),
    "stage": st.sampled_from(Stage),
    "level": st.sampled_from(Level),
    "extent": st.sampled_from([Extent.WHOLE, Extent.WHOLE, Extent.PART]),
    "ref": st.sampled_from([None, "a", "b"]),
}
KINDS: list[type[Any]] = [Escalate, Narrow, Extend, Release, Withdraw, Replace, Annotate]


def moments(now: datetime) -> st.SearchStrategy[datetime | None]:
    """No moment, or one shortly before or a little after."""
    return st.none() | st.integers(-5, 1).map(lambda minutes: now + timedelta(minutes=minutes))


def zones(country: Hierarchy, most: int = 2) -> st.SearchStrategy[tuple[ZoneId, ...]]:
    return st.lists(st.sampled_from(list(country)), min_size=1, max_size=most).map(tuple)


@st.composite
def raises(draw: st.DrawFn, country: Hierarchy, now: datetime) -> Raise:
    return Raise(zones=draw(zones(country)), at=draw(moments(now)), **draw(st.fixed_dictionaries(SAID)))


@st.composite
def upon(
    draw: st.DrawFn,
    country: Hierarchy,
    holds: Sequence[Hold],
    giver: SourceId,
    sources: Sequence[SourceId],
    now: datetime,
) -> UponHolds:
    """Most of these are upon a hold that is open; in some, one thing or another is not as the hold is."""
    hold = draw(st.sampled_from(holds))
    kind = draw(st.sampled_from(KINDS))
    own = None if giver == hold.source else hold.source
    order: dict[str, Any] = {
        "zones": (hold.zone, *draw(st.just(()) | zones(country, 1))),
        "hazard": draw(st.just(hold.hazard) | SAID["hazard"]),
        "threat": draw(st.sampled_from([None, None, hold.threat, Threat.DRONES])),
        "ref": draw(st.sampled_from([None, None, hold.ref, "a"])),
        "of": draw(st.just(own) | st.sampled_from(sources)),
        "at": draw(moments(now)),
    }
    if kind is Escalate:
        order |= {f"to_{name}": draw(st.none() | SAID[name]) for name in ("threat", "stage", "level")}
    elif kind in (Narrow, Extend):
        inside = (hold.zone, *country.descendants(hold.zone))
        order["to"] = draw(st.lists(st.sampled_from(inside), min_size=1, max_size=2).map(tuple) | zones(country))
    elif kind is Replace:
        order["by"] = draw(raises(country, now))
    elif kind is Annotate:
        order["note"] = draw(st.sampled_from("xy"))
    drawn: UponHolds = kind(**order)
    return drawn


@st.composite
def of_sources(draw: st.DrawFn, country: Hierarchy, sources: Sequence[SourceId]) -> SourceOrder:
    kind = draw(st.sampled_from([Heartbeat, Heartbeat, SourceSilent, SourceBack]))
    if kind is Heartbeat:
        spoken = dict.fromkeys(draw(st.just(()) | zones(country)))
        return Heartbeat(silent_after_s=draw(st.sampled_from([30, 60])), zones=tuple(spoken))
    drawn: SourceOrder = kind(of=draw(st.none() | st.sampled_from(sources)))
    return drawn
