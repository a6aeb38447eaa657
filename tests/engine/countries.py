"""Countries of any shape, small enough to be looked at as a whole."""

from __future__ import annotations

from hypothesis import strategies as st

from tocsin.model import Hierarchy, ZoneId


@st.composite
def countries(draw: st.DrawFn, most: int = 8) -> Hierarchy:
    """Zones ``z0``, ``z1`` and on, each in an earlier one or in none."""
    parents: dict[ZoneId, ZoneId | None] = {ZoneId("z0"): None}
    for number in range(1, draw(st.integers(1, most))):
        above = draw(st.integers(0, number - 1) | st.none())
        parents[ZoneId(f"z{number}")] = None if above is None else ZoneId(f"z{above}")
    return Hierarchy(parents)
