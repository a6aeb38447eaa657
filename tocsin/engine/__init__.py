"""From orders to facts, from facts to what is said of each zone. Pure: no clock, no disk, no network."""

from tocsin.engine.decide import decide
from tocsin.engine.state import State, evolve, fold
from tocsin.engine.status import around, covering, inside, status_of, statuses

__all__ = ["State", "around", "covering", "decide", "evolve", "fold", "inside", "status_of", "statuses"]
