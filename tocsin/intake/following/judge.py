"""What follows from a reading: orders, or waiting. Pure: the time is an argument, and so is what stands.

The rule of the house: **an odd read never clears.** What it raises is raised at once; what it lacks is kept.

* Raising, and saying more of what stands, takes one read of any kind.
* The feed's own word for an end is believed at once, if its reading is not odd.
* What is merely gone from a complete reading ends after `READS` good readings in a row that agree, one more where over
  a third of the held zones are gone at once, and one more for each odd one among the last `RECENT`, `WARY` at most.
* A reading that says less of an alert, such as yellow where it was red, is no less an end than one without it.

Good is a reading that is complete, whose marks have not gone back, that is of the present, whose places are all known,
and which contradicts nothing that was read before: where something is gone, its first mark must have moved since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from tocsin.commands import Escalate, Order, Raise, Release, Replace, Withdraw
from tocsin.intake.following.memory import (
    AHEAD_S,
    EARLY_S,
    FROZEN_QUIET_S,
    FROZEN_S,
    LATE_S,
    MASS,
    OUTVOTED,
    READS,
    RECENT,
    TICKS,
    WARY,
    Absent,
    Memory,
)
from tocsin.intake.following.readings import Ended, Key, Reading, Said
from tocsin.limits import EARLIEST_YEAR
from tocsin.model import Extent, Hierarchy, Hold, Level, Stage, Threat, ZoneId


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What follows."""

    orders: tuple[Order, ...] = ()
    """Raisings before endings."""
    odd: tuple[str, ...] = ()
    """Why it was not good; nothing where it was."""
    waits: int = 0
    """So many alerts wait for another reading to be ended."""
    notes: tuple[str, ...] = ()
    """For the log, about what is ordered."""

    @property
    def alive(self) -> bool:
        """Whether it counts as a sign of life."""
        return not self.odd


def judge(
    memory: Memory,
    reading: Reading,
    holds: Sequence[Hold],
    hierarchy: Hierarchy,
    now: datetime,
    latest: datetime | None = None,
) -> tuple[Memory, Verdict]:
    """``holds`` are this source's that are open. The orders are to be given before the next reading is judged.

    ``latest``: where the log's time is ahead of the clock, that: until then an order may take effect.
    """
    latest = max(now, latest or now)
    if reading.complete and reading.as_of is not None:
        memory = _possible(memory, now)
    standing: dict[Key, list[Hold]] = {}
    for hold in holds:
        if hold.ref is not None:  # what somebody else placed in the feed's name is not the feed's to end
            standing.setdefault(Key(hold.zone, hold.hazard, hold.ref), []).append(hold)
    said = {one.key: one for one in reading.said}
    odd = list(_odd(memory, reading, said, standing, now))
    taken = _taken(memory, said, standing)

    orders: list[Order] = []
    for key, one in said.items():
        if _long_over(memory, one, hierarchy) and key not in standing:
            continue
        if key not in taken or _more(one, taken[key]):
            orders.extend(_up(memory, one, standing.get(key, ()), latest))
            taken.pop(key, None)

    notes: list[str] = []
    absent: dict[Key, Absent] = {}
    over: dict[Key, Absent] = {}
    ends: dict[Key, Order] = {}
    if not odd:
        for end in reading.ended:
            for key in _meant(end, standing, hierarchy, now):
                if key not in said:
                    ends[key] = _end(key, end, standing[key])
    if reading.complete and not odd:
        absent = _absent(memory, said, standing, ends, reading.careful)
        over = {key: seen for key, seen in absent.items() if seen.reads >= seen.needs}
        for key in over:
            ends[key] = _lower(key, said.get(key), absent.pop(key))
    elif not reading.complete and not odd:
        absent = {key: one for key, one in memory.absent.items() if key in standing and key not in ends}
    zones, gone = {key.zone for key in standing}, {key.zone for key in ends}
    if len(gone) > 1 and len(gone) > MASS * len(zones):
        how = f"after {max(seen.reads for seen in over.values())} readings that agree" if over else "by its own word"
        notes.append(f"{len(gone)} of {len(zones)} zones are let go at once, {how}")
    orders.extend(ends.values())
    after = _remembered(memory, reading, said, standing, odd, now)
    after = msgspec.structs.replace(after, absent=absent, taken=taken, held=frozenset(standing), ending=frozenset(ends))
    return after, Verdict(orders=tuple(orders), odd=tuple(odd), waits=len(absent), notes=tuple(notes))


def unheard(memory: Memory, why: str) -> tuple[Memory, Verdict]:
    """Nothing was heard, or nothing that could be read: all that stands stays."""
    recent = (*memory.recent, True)[-RECENT:]
    return msgspec.structs.replace(memory, absent={}, recent=recent), Verdict(odd=(why,))


def unchanged(memory: Memory, now: datetime) -> tuple[Memory, Verdict]:
    """The feed says that nothing has changed since the last good reading."""
    if memory.good_at is None:
        return unheard(memory, "it says that nothing has changed, and has said nothing yet")
    if memory.absent:
        # It was asked for all of it: whoever answers so has not heard the question.
        return unheard(memory, "it says that nothing has changed, and was asked to say all again")
    if frozen := list(_frozen(memory, memory.as_of, now)):
        return unheard(memory, frozen[0])
    return msgspec.structs.replace(memory, recent=(*memory.recent, False)[-RECENT:]), Verdict()


_NOTHING = (False, False, False)
_NONE = Absent(reads=0, needs=READS, mass=False)


# --- is it good? --------------------------------------------------------------------------------


def _odd(
    memory: Memory, reading: Reading, said: Mapping[Key, Said], standing: Mapping[Key, Sequence[Hold]], now: datetime
) -> Iterable[str]:
    yield from reading.not_fit
    if reading.unknown:
        yield f"places that are not known here: {', '.join(reading.unknown[:5])}"
    back = [name for name, mark in reading.marks.items() if mark < memory.marks.get(name, mark)]
    if back:
        yield f"an old copy: {', '.join(back)} went back"
    if reading.as_of is not None and reading.as_of > now + timedelta(seconds=AHEAD_S):
        yield f"its clock and the one here do not agree: it says {reading.as_of.isoformat()}"
    yield from _frozen(memory, reading.as_of, now, reading.good_for_s)
    if not reading.complete:
        return
    if reading.marks and memory.names and memory.names.isdisjoint(reading.marks):
        yield "it is another log, or another server, than before"
    less = [key for key in standing if key not in said or _less(said[key], standing[key])]
    still = [key for key in less if key not in memory.absent and not _moved(memory.seen.get(key, {}), reading.marks)]
    if still and not (reading.apart and memory.still >= OUTVOTED and memory.says == reading.said):
        yield f"{len(still)} alerts are gone, and it says that nothing has happened since they stood"
    if returned := [key for key in memory.absent if key in said and not _less(said[key], standing.get(key, ()))]:
        yield f"{len(returned)} alerts that were gone are back"


def _possible(memory: Memory, now: datetime) -> Memory:
    """Without times that still lie ahead: they were taken in while the clock here was wrong, and nothing would be new
    until then."""
    latest = (now + timedelta(seconds=AHEAD_S)).timestamp()
    if all(mark <= latest for mark in memory.marks.values()):
        return memory

    def within(marks: Mapping[str, float]) -> dict[str, float]:
        return {name: mark for name, mark in marks.items() if mark <= latest}

    seen = {key: within(marks) for key, marks in memory.seen.items()}
    return msgspec.structs.replace(memory, marks=within(memory.marks), seen=seen)


def _frozen(memory: Memory, as_of: datetime | None, now: datetime, good_for_s: float | None = None) -> Iterable[str]:
    if as_of is not None:
        age_s = (now - as_of).total_seconds()
        if age_s > (good_for_s or (FROZEN_S if memory.ticks >= TICKS else FROZEN_QUIET_S)):
            yield f"what it says is of {as_of.isoformat()}, {age_s:,.0f} s ago"


def _moved(before: Mapping[str, float], marks: Mapping[str, float]) -> bool:
    """Whether the first mark that both have is later; true where there is none by which to know."""
    for name, mark in marks.items():
        if name in before:
            return mark > before[name]
    return True


def _long_over(memory: Memory, one: Said, hierarchy: Hierarchy) -> bool:
    """Whether the feed has said that it ended after it began."""
    words = [(one.zone, one.ref), *((zone, None) for zone in (one.zone, *hierarchy.ancestors(one.zone)))]
    return one.since is not None and any(one.since <= memory.over[word] for word in words if word in memory.over)


# --- more ---------------------------------------------------------------------------------------


def _up(memory: Memory, one: Said, holds: Sequence[Hold], now: datetime) -> Iterable[Order]:
    """What is said that does not stand yet. Nothing of it says less than what stands."""
    if not holds:
        yield _raise(memory, one, now)
        return
    if _less(one, holds):
        return
    wider = one.extent is Extent.WHOLE and all(hold.extent is Extent.PART for hold in holds)
    if wider:
        yield Replace(zones=(one.zone,), hazard=one.hazard, ref=one.ref, by=_raise(memory, one, now), cause=one.cause)
        return
    threat = None if one.threat is Threat.UNKNOWN else one.threat
    if any((hold.stage, hold.level, threat or hold.threat) != (one.stage, one.level, hold.threat) for hold in holds):
        yield Escalate(
            zones=(one.zone,),
            hazard=one.hazard,
            ref=one.ref,
            to_stage=one.stage,
            to_level=one.level,
            to_threat=threat,
            at=_became(one, holds, now),
            cause=one.cause,
        )


def _became(one: Said, holds: Sequence[Hold], now: datetime) -> datetime | None:
    """When what was an early warning became an alert, where that is said and was lately."""
    early = all(hold.stage is Stage.EARLY_WARNING for hold in holds) and one.stage is Stage.ALERT
    if not early or one.since is None or not now - timedelta(seconds=LATE_S) <= one.since <= now:
        return None
    return one.since


def _raise(memory: Memory, one: Said, now: datetime) -> Raise:
    at = one.since
    if at is not None:
        late = memory.good_at is not None and at < min(memory.good_at, now) - timedelta(seconds=LATE_S)
        if late or at > now or at.year < EARLIEST_YEAR:
            at = None
    return Raise(
        zones=(one.zone,),
        hazard=one.hazard,
        threat=one.threat,
        stage=one.stage,
        level=one.level,
        extent=one.extent,
        ref=one.ref,
        at=at,
        cause=one.cause,
    )


def _rank(one: Said | Hold) -> tuple[bool, bool, bool]:
    return one.stage is Stage.ALERT, one.level is Level.RED, one.extent is Extent.WHOLE


def _less(one: Said, holds: Sequence[Hold]) -> bool:
    """Whether it says less in any way than what stands."""
    return any(mine < theirs for hold in holds for mine, theirs in zip(_rank(one), _rank(hold), strict=True))


def _more(one: Said, other: Said) -> bool:
    return any(mine > theirs for mine, theirs in zip(_rank(one), _rank(other), strict=True))


# --- less ---------------------------------------------------------------------------------------


def _absent(
    memory: Memory,
    said: Mapping[Key, Said],
    standing: Mapping[Key, Sequence[Hold]],
    ends: Mapping[Key, Order],
    careful: int,
) -> dict[Key, Absent]:
    gone = [key for key in standing if key not in ends and (key not in said or _less(said[key], standing[key]))]
    zones = {key.zone for key in standing}
    mass = len({key.zone for key in gone}) > MASS * len(zones)
    wary = min(WARY, sum(memory.recent))
    found = {}
    for key in gone:
        before = memory.absent.get(key, _NONE)
        left = _rank(said[key]) if key in said else _NOTHING
        if any(now < then for now, then in zip(left, before.left, strict=True)):
            before = msgspec.structs.replace(before, reads=0)  # those that said more than this do not speak for it
        needs = max(before.needs, READS + (mass or before.mass) + wary + careful)
        found[key] = Absent(reads=before.reads + 1, needs=needs, mass=mass or before.mass, left=left)
    return found


def _lower(key: Key, one: Said | None, seen: Absent) -> Order:
    cause = f"gone from {seen.reads} readings in a row"
    if one is None:
        return Release(zones=(key.zone,), hazard=key.hazard, ref=key.ref, cause=cause)
    by = Raise(
        zones=(one.zone,),
        hazard=one.hazard,
        threat=one.threat,
        stage=one.stage,
        level=one.level,
        extent=one.extent,
        ref=one.ref,
        cause=one.cause,
    )
    return Replace(
        zones=(key.zone,), hazard=key.hazard, ref=key.ref, by=by, cause=f"less in {seen.reads} readings in a row"
    )


def _meant(end: Ended, standing: Mapping[Key, Sequence[Hold]], hierarchy: Hierarchy, now: datetime) -> Iterable[Key]:
    if end.key is not None:
        return (end.key,) if end.key in standing else ()
    over = set(end.zones)
    return [
        key
        for key, holds in standing.items()
        if not over.isdisjoint((key.zone, *hierarchy.ancestors(key.zone)))
        and end.ref in (None, key.ref)
        and not any(end.at is not None and end.at + timedelta(seconds=EARLY_S) < hold.since <= now for hold in holds)
    ]


def _end(key: Key, end: Ended, holds: Sequence[Hold]) -> Order:
    kind = Withdraw if end.withdrawn else Release
    at = end.at if end.at is not None and all(end.at >= hold.since for hold in holds) else None
    return kind(zones=(key.zone,), hazard=key.hazard, ref=key.ref, at=at, cause=end.cause)


# --- what is remembered -------------------------------------------------------------------------


def _taken(memory: Memory, said: Mapping[Key, Said], standing: Mapping[Key, object]) -> dict[Key, Said]:
    """What the feed still says and what was here, and is not: by somebody else's word."""
    taken = {key: one for key, one in memory.taken.items() if key in said and key not in standing}
    for key in memory.held - memory.ending:
        if key in said and key not in standing and key not in taken:
            taken[key] = said[key]
    return taken


def _remembered(
    memory: Memory,
    reading: Reading,
    said: Mapping[Key, Said],
    standing: Mapping[Key, Sequence[Hold]],
    odd: Sequence[str],
    now: datetime,
) -> Memory:
    recent = (*memory.recent, bool(odd))[-RECENT:]
    seen: dict[Key, Mapping[str, float]] = {
        key: marks for key, marks in memory.seen.items() if key in standing or key in said
    }
    ahead = reading.as_of is not None and reading.as_of > now + timedelta(seconds=AHEAD_S)
    marks = dict(memory.marks)
    if not ahead:  # or nothing would be new any more until that time has come
        for name, mark in reading.marks.items():
            marks[name] = max(mark, marks.get(name, mark))
        for key, one in said.items():
            if not _less(one, standing.get(key, ())):
                before = seen.get(key, {})
                seen[key] = {name: max(mark, before.get(name, mark)) for name, mark in reading.marks.items()}
    same = memory.still + 1 if memory.says == reading.said and odd else int(bool(odd))
    names = frozenset(reading.marks) if reading.complete and reading.marks else memory.names
    memory = msgspec.structs.replace(memory, names=names, says=reading.said if reading.complete else None, still=same)
    if odd:
        return msgspec.structs.replace(memory, recent=recent, marks=marks, seen=seen)
    says = frozenset(said.values())
    ticks = memory.ticks
    if reading.complete and reading.as_of is not None and memory.as_of is not None and ticks < TICKS:
        ticks = ticks + 1 if says == memory.last and reading.as_of > memory.as_of else 0
    return msgspec.structs.replace(
        memory,
        recent=recent,
        marks=marks,
        seen=seen,
        last=says if reading.complete else memory.last,
        ticks=ticks,
        over=_words(memory, reading, now),
        as_of=reading.as_of or memory.as_of,
        good_at=now,
    )


def _words(memory: Memory, reading: Reading, now: datetime) -> Mapping[tuple[ZoneId, str | None], datetime]:
    """The feed's latest word for an end, of a day."""
    over = {word: at for word, at in memory.over.items() if at > now - timedelta(days=1)}
    for end in reading.ended:
        if end.at is not None:
            for zone in end.zones:
                over[zone, end.ref] = max(end.at, over.get((zone, end.ref), end.at))
    return over
