"""What people are told: the log in words, as it grows and as it was."""

from tocsin.told.past import Past, Told, newest
from tocsin.told.standing_body import Encoded, StateBody, encoded, narrowed, state_body
from tocsin.told.teller import Teller, left_by_all

__all__ = [
    "Encoded",
    "Past",
    "StateBody",
    "Teller",
    "Told",
    "encoded",
    "left_by_all",
    "narrowed",
    "newest",
    "state_body",
]
