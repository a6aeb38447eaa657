"""From orders to facts, from facts to what is said of each zone. Pure: no clock, no disk, no network."""

from tocsin.engine.decide import decide
from tocsin.engine.sources import overdue
from tocsin.engine.state import Draft, State, evolve, fold, last_touched
from tocsin.engine.status import (
    Outlook,
    around,
    covering,
    inside,
    silent_sources,
    stale_zones,
    status_of,
    statuses,
)

__all__ = [
    "Draft",
    "Outlook",
    "State",
    "around",
    "covering",
    "decide",
    "evolve",
    "fold",
    "inside",
    "last_touched",
    "overdue",
    "silent_sources",
    "stale_zones",
    "status_of",
    "statuses",
]
