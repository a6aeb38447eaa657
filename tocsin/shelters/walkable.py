"""What of a street can be walked, by its tags in OpenStreetMap.

Tags: https://wiki.openstreetmap.org/wiki/Key:highway and Key:access. A way is taken in both directions: whoever walks
is not bound by ``oneway``. What is forbidden or only for some is left out, unless ``foot`` says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntFlag

WAYS = frozenset(
    {
        "footway", "path", "pedestrian", "steps", "living_street", "residential", "service", "unclassified", "road",
        "track", "tertiary", "tertiary_link", "secondary", "secondary_link", "primary", "primary_link", "cycleway",
        "bridleway", "corridor", "platform", "elevator", "crossing",
    }
)  # fmt: skip
"""Values of ``highway`` that are walked unless something says otherwise."""

ONLY_IF_FOOT = frozenset({"trunk", "trunk_link", "busway"})
"""Walked only where ``foot`` allows it or there is a pavement."""

YES = frozenset({"yes", "designated", "permissive", "destination", "customers", "official"})
NO = frozenset(
    {"no", "private", "use_sidepath", "military", "restricted", "forestry", "agricultural", "delivery", "permit"}
)
PAVEMENTS = frozenset({"both", "left", "right", "yes", "separate"})
ROUGH = frozenset({"sand", "mud", "rock", "stepping_stones", "unhewn_cobblestone"})
"""Surfaces that a wheelchair does not roll on (https://wiki.openstreetmap.org/wiki/Key:surface)."""

STEEPEST_PERCENT = 10.0
"""Incline above which a way is no way for a wheelchair. Ramps have 6 to 8 %."""


class Trait(IntFlag):
    """What is to be known of a piece of way. The numbers are those of the files."""

    STEPS = 1
    BRIDGE = 2
    TUNNEL = 4
    NOT_STEP_FREE = 8
    """No way for a wheelchair: steps without a ramp for one, or said so, or too steep, or too rough."""
    INDOORS = 16


def traits(tags: Mapping[str, str]) -> Trait | None:
    """What this way is to somebody who walks; None where nobody walks on it."""
    highway = tags.get("highway", "")
    foot = tags.get("foot")
    if foot in NO:
        return None
    if foot not in YES:
        if highway in ONLY_IF_FOOT:
            if tags.get("sidewalk") not in PAVEMENTS:
                return None
        elif highway not in WAYS:
            return None
        if tags.get("access") in NO or tags.get("motorroad") == "yes":
            return None
    elif highway not in WAYS and highway not in ONLY_IF_FOOT:
        return None
    found = Trait(0)
    if highway == "steps":
        found |= Trait.STEPS
    if tags.get("bridge", "no") != "no":
        found |= Trait.BRIDGE
    if tags.get("tunnel", "no") != "no":
        found |= Trait.TUNNEL
    if tags.get("indoor", "no") != "no" or highway == "corridor":
        found |= Trait.INDOORS
    if not _step_free(tags, highway):
        found |= Trait.NOT_STEP_FREE
    return found


def _step_free(tags: Mapping[str, str], highway: str) -> bool:
    if highway == "steps":
        return tags.get("ramp:wheelchair") == "yes"
    said = tags.get("wheelchair")
    if said in {"yes", "designated", "limited"}:
        return True
    return said != "no" and tags.get("surface") not in ROUGH and _percent(tags.get("incline", "")) <= STEEPEST_PERCENT


def _percent(incline: str) -> float:
    """``8%`` or ``-6 %``; 0 where it is not a number, as in ``up``."""
    try:
        return abs(float(incline.strip().rstrip("%").strip().replace(",", ".")))
    except ValueError:
        return 0.0
