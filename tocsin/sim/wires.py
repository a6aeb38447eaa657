"""The network between givers and stations: it loses, doubles, delays and reorders, both ways."""

from __future__ import annotations

from tocsin.model import Realm
from tocsin.sim.faults import Fault, Weather
from tocsin.sim.station import Answer, Letter, Station
from tocsin.sim.universe import IDLE, Universe


class Wires:
    def __init__(self, universe: Universe, weather: Weather, stations: dict[Realm, Station]) -> None:
        self.universe = universe
        self.weather = weather
        self.stations = stations

    def send(self, realm: Realm, letter: Letter) -> None:
        """Bring an order to a station, perhaps."""
        weather, random = self.weather, self.universe.random
        if weather.strikes(Fault.ORDER_LOST):
            return
        if letter.header is not None and weather.strikes(Fault.MISROUTED):
            realm = next(other for other in self.stations if other is not realm)
        for _ in range(2 if weather.strikes(Fault.ORDER_DOUBLED) else 1):
            delay_s = random.uniform(0.002, 0.15)
            if weather.strikes(Fault.ORDER_REORDERED):
                delay_s += random.uniform(0.5, 4.0)
            if weather.strikes(Fault.ORDER_LATE):
                delay_s += random.choice((30.0, 200.0, 700.0))
            self.universe.after(delay_s, self._arrive, realm, letter)

    def _arrive(self, realm: Realm, letter: Letter) -> object:
        return None if self.stations[realm].receive(letter, self.bring_back) else IDLE

    def bring_back(self, letter: Letter, answer: Answer) -> None:
        """Bring an answer to its giver, perhaps."""
        weather, random = self.weather, self.universe.random
        if weather.strikes(Fault.ANSWER_LOST):
            return
        delay_s = random.uniform(0.002, 0.15)
        if weather.strikes(Fault.ANSWER_LATE):
            delay_s += random.choice((5.0, 30.0))
        self.universe.after(delay_s, letter.told, letter.key, answer)
