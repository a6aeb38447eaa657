"""What people are told: the log in words, as it grows and as it was."""

from tocsin.told.past import Past, Told, newest
from tocsin.told.teller import Teller, left_by_all

__all__ = ["Past", "Teller", "Told", "left_by_all", "newest"]
