"""When a number began to mean something else, so that what lies before may not be compared with what lies after."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Break(NamedTuple):
    since: date
    """The first night that counts in the new way, as exactly as it is known: the month."""
    en: str
    uk: str


BREAKS = (
    Break(
        date(2024, 10, 1),
        "From here on the Air Force tells drones lost from sight apart from those shot down.",
        "Відтоді Повітряні сили називають локаційно втрачені безпілотники окремо від збитих.",
    ),
    Break(
        date(2025, 8, 1),
        "From here on the Air Force tells shot down and suppressed in one number.",
        "Відтоді Повітряні сили називають збиті й подавлені одним числом.",
    ),
)
"""Of what official tallies of drones call downed."""
