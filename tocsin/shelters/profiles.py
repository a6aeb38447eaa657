"""Who walks, and how fast.

Times are kept for an adult at 1.3 m/s, in tenths of a second, as whole numbers, so that every program that reads a
bundle counts the same. Whoever is slower needs so many times as long on every part of the way. Only a wheelchair goes
another way: without steps.

Sources: an adult's 1.3 m/s lies within the 1.27 to 1.46 m/s that Bohannon and Andrews found for the ages from 20 to 59
(Normal walking speed: a descriptive meta-analysis, Physiotherapy 97, 2011); an older person's 0.95 m/s is their mean
for women from 80 to 99, the slowest group; a child of about four holding a hand and a manual wheelchair on streets are
put at 0.9 m/s, on the safe side of what is measured on level ground, which is a choice of ours. On steps 0.5 m/s along
the steps is what Fruin (Pedestrian Planning and Design, 1971) observed upward and slower than downward.
"""

from __future__ import annotations

from enum import StrEnum


class Profile(StrEnum):
    """Who walks."""

    ADULT = "adult"
    CHILD = "child"
    """With a small child by the hand."""
    OLDER = "older"
    WHEELCHAIR = "wheelchair"
    """Without steps."""


SPEED_M_S = {Profile.ADULT: 1.3, Profile.CHILD: 0.9, Profile.OLDER: 0.95, Profile.WHEELCHAIR: 0.9}
"""On the level, metres a second."""

STEPS_M_S = 0.5
"""An adult on steps, along them."""

K = 3
"""So many shelters are known at each place."""

FARTHEST_DS = 0xFFFE
"""Ways of more than 109 minutes, in tenths of a second of an adult, are no ways to a shelter."""

NO_WAY_DS = 0xFFFF


def flat_ds(length_dm: int) -> int:
    """Tenths of a second that an adult needs for so many decimetres: length / 1.3, to the nearest, at least 1."""
    return max(1, (10 * length_dm + 6) // 13)


def steps_ds(length_dm: int) -> int:
    """The same on steps: length / 0.5, at least 1."""
    return max(1, 2 * length_dm)


def seconds(adult_ds: int, profile: Profile) -> float:
    """How long it takes this one, where an adult needs so many tenths of a second."""
    return adult_ds / 10 * SPEED_M_S[Profile.ADULT] / SPEED_M_S[profile]
