"""The second of two people: sees that an order waits, looks at it, and approves or declines; or gets it wrong."""

from __future__ import annotations

from tocsin.commands import Approve, Decline
from tocsin.limits import PROPOSAL_S
from tocsin.sim.book import Book
from tocsin.sim.clockwork import ServiceClock
from tocsin.sim.faults import Fault
from tocsin.sim.giver import Giver


class Desk:
    """Watches the proposals of one realm for all who may answer them."""

    def __init__(self, book: Book, clock: ServiceClock, people: list[Giver], services: list[Giver]) -> None:
        self.book = book
        self.clock = clock
        self.people = people
        self.services = services
        self._seen = 0

    def look(self) -> None:
        """Have what is new seen by somebody after a while."""
        waiting = [number for number in self.book.proposals if number > self._seen]
        for number in waiting:
            self._seen = number
            first = self.people[0]
            first.universe.after(first.random.uniform(0.5, 20.0), self._answer, number)

    def _answer(self, number: int) -> None:
        proposal = self.book.proposals[number]
        person = self.people[0]
        random, weather, universe = person.random, person.weather, person.universe
        proposer = proposal.command.actor
        others = [giver for giver in self.people if giver.name != proposer]
        second = random.choice(others)
        shown = proposal.shown
        if weather.strikes(Fault.APPROVED_BY_PROPOSER):
            own = next((giver for giver in self.people if giver.name == proposer), second)
            own.give(Approve(proposal=number, shown=shown), honest=False)
        elif weather.strikes(Fault.APPROVED_BY_SERVICE):
            random.choice(self.services).give(Approve(proposal=number, shown=shown), honest=False)
        elif weather.strikes(Fault.APPROVED_UNSEEN):
            second.give(Approve(proposal=number, shown="0" * 64), honest=False)
        elif weather.strikes(Fault.APPROVED_LATE):
            if random.random() < 0.5:
                universe.after(PROPOSAL_S + random.uniform(-5.0, 30.0), self._approve, second, number, shown)
            else:  # by the service's clock it takes no time to be late
                weather.note(Fault.CLOCK_FORWARD)
                self.clock.ahead_s += PROPOSAL_S
                self._approve(second, number, shown)
        elif random.random() < 0.12:
            giver = person if random.random() < 0.3 else second
            giver.give(Decline(proposal=number))
        else:
            self._approve(second, number, shown)
            if weather.strikes(Fault.APPROVED_TWICE):
                third = random.choice(others)
                universe.after(random.uniform(0.1, 5.0), self._approve, third, number, shown)

    def _approve(self, giver: Giver, number: int, shown: str) -> None:
        giver.give(Approve(proposal=number, shown=shown))
