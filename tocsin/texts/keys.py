"""Which texts a catalogue holds, by key, and which of them is meant: the most specific one there is.

An alarm's key is ``hazard.stage``, then the level, then the threat of an air raid, each where it matters:
``air_raid.alert.red.ballistic_missiles``. What ends a warning has a plain key, such as ``withdrawn.clear``, which may
have a hazard before it. The tables here also say what every catalogue must cover and what a text may leave blank.
"""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.model import Hazard, Level, Stage, Status, Threat

ALL_CLEAR, OVER_IN_PART, NARROWED = "all_clear", "over_in_part", "narrowed"
STILL_READY, STILL_ALERT = "still.early_warning", "still.alert"
ENDED = (ALL_CLEAR, OVER_IN_PART, NARROWED, STILL_READY, STILL_ALERT)
WITHDRAWN = ("withdrawn.clear", "withdrawn.partial", "withdrawn.early_warning", "withdrawn.alert")
NOTE, SILENT, BACK = "note", "source_silent", "source_back"
TOO_FAR = "too_far"
"""Beside the way to a shelter, where none is reached in time."""
OF_SOURCES = (SILENT, BACK)

Keys = tuple[str, ...]
"""Keys to look under, the most specific first."""


def of_alarm(hazard: Hazard, threat: Threat, stage: Stage, level: Level) -> Keys:
    """The threat at this level, the threat at any level, the level, the stage."""
    general = (f"{hazard}.{stage}.{level}", f"{hazard}.{stage}")
    if hazard is not Hazard.AIR_RAID:
        return general
    return (f"{hazard}.{stage}.{level}.{threat}", f"{hazard}.{stage}.{threat}", *general)


def of_ending(leaves: Status, hazard: Hazard, *, narrowed: bool) -> Keys:
    """What is told when a hold ends, by what it leaves the zone under."""
    match leaves:
        case Status.CLEAR:
            key = ALL_CLEAR
        case Status.PARTIAL:
            key = NARROWED if narrowed else OVER_IN_PART
        case Status.EARLY_WARNING:
            key = STILL_READY
        case Status.YELLOW | Status.RED:
            key = STILL_ALERT
    return with_hazard(key, hazard)


def of_withdrawal(leaves: Status, hazard: Hazard) -> Keys:
    """What is told when a hold is taken back as an error, by what it leaves the zone under."""
    left = "alert" if leaves in (Status.YELLOW, Status.RED) else leaves.value
    return with_hazard(f"withdrawn.{left}", hazard)


def with_hazard(key: str, hazard: Hazard) -> Keys:
    return (f"{hazard}.{key}", key)


def alarms() -> Iterator[Keys]:
    """Every alarm there can be."""
    for hazard in Hazard:
        for threat in Threat:
            for stage in Stage:
                for level in Level:
                    yield of_alarm(hazard, threat, stage, level)


def needed() -> Iterator[Keys]:
    """What every catalogue must cover: under one key or another of each there is a text."""
    yield from alarms()
    for hazard in Hazard:
        yield from (with_hazard(key, hazard) for key in (*ENDED, *WITHDRAWN))
    yield from ((key,) for key in (NOTE, *OF_SOURCES, TOO_FAR))


ALARMS = frozenset(key for keys in alarms() for key in keys)
KNOWN = frozenset(key for keys in needed() for key in keys)
"""Every key that a text can have; any other is a slip of the pen."""


def blanks(key: str) -> frozenset[str]:
    """What the text of this key may leave blank, to be filled in when it is told."""
    if key in ALARMS:
        return frozenset({"signal", "what"})
    if key.endswith(WITHDRAWN):
        return frozenset({"signal", "what", "announced"})
    if key.endswith(ENDED):
        return frozenset({"hazard"})
    return frozenset({"note"}) if key == NOTE else frozenset()
