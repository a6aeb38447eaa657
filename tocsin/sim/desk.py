"""What people do about what others did: see that an order waits for a second person, and answer it, rightly or wrongly;
go on as if nothing had happened when a right of theirs is taken back."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.commands import Approve, Decline
from tocsin.events import GrantRevoked, OrderProposed, TokenRevoked
from tocsin.limits import PROPOSAL_S
from tocsin.sim.checker import Checker
from tocsin.sim.faults import Fault
from tocsin.sim.giver import Giver
from tocsin.sim.officer import Officer


class Desk:
    """Reads the log of one realm for all of them."""

    def __init__(
        self, checker: Checker, people: Sequence[Giver], services: Sequence[Giver], officers: Sequence[Officer]
    ) -> None:
        self.book = checker.book
        self.clock = checker.clock
        self.people = people
        self.services = services
        self._entries = checker.entries
        self._officers = {officer.name: officer for officer in officers}
        self._seen = 0

    def look(self) -> None:
        """Have what is new seen by somebody after a while."""
        first = self.people[0]
        universe, random = first.universe, first.random
        for entry in self._entries[self._seen :]:
            match entry.event:
                case OrderProposed():
                    universe.after(random.uniform(0.5, 20.0), self._answer, entry.seq)
                case GrantRevoked() as event:
                    self._go_on(self.book.grants[event.grant].terms.holder)
                case TokenRevoked() as event:
                    self._go_on(self.book.tokens[event.token].holder)
        self._seen = len(self._entries)

    def _go_on(self, name: str) -> None:
        officer = self._officers.get(name)
        if officer is not None:
            for _ in range(2):
                officer.universe.after(officer.random.uniform(0.2, 3.0), officer.act)

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
