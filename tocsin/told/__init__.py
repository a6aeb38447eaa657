"""What people are told: the log in words, as it grows and as it was."""

from tocsin.told.past import Past, Told, newest
from tocsin.told.teller import Teller

__all__ = ["Past", "Teller", "Told", "newest"]
