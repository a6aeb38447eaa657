"""Whoever sits at the machine that keeps the log: warns without a token, and sees that nobody is left without one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from tocsin.commands import GiveGrant, IssueToken, Order
from tocsin.model import Realm
from tocsin.sim.book import Book
from tocsin.sim.giver import Giver
from tocsin.sim.land import Holder
from tocsin.sim.officer import Officer
from tocsin.sim.universe import EPOCH
from tocsin.sim.wires import Wires

GOOD_FOR_S = 86_400.0


class Keeper(Officer):
    """Acts as `LOCAL`."""

    def __init__(
        self,
        wires: Wires,
        realm: Realm,
        holder: Holder,
        book: Book,
        everyone: Sequence[Giver],
        administrators: Sequence[Giver],
    ) -> None:
        super().__init__(wires, realm, holder, book)
        self._everyone = everyone
        self._administrators = administrators

    def header(self, token: str) -> str | None:
        return None

    def act(self) -> None:
        giver = self.random.choice(self._everyone)
        lacking = self._lacking(giver)
        if lacking is None:
            super().act()
        elif self.random.random() < 0.5:
            self.give(lacking)
        else:
            self.random.choice(self._administrators).give(lacking, honest=False)

    def _lacking(self, giver: Giver) -> Order | None:
        """What would let this one act again."""
        now = self.universe.moment
        expires = EPOCH + timedelta(seconds=self.universe.now_s + GOOD_FOR_S)
        terms = giver.holder.terms[0]
        granted = [grant for grant in self.book.grants.values() if grant.terms.holder == giver.name]
        if not any(grant.good(now) and grant.terms.zones == terms.zones for grant in granted):
            return GiveGrant(terms=msgspec.structs.replace(terms, expires=expires))
        digest = giver.digests()[0]
        if any(token.digest == digest and token.good(now) for token in self.book.tokens.values()):
            return None
        giver.tokens[0] = f"tocsin_{self.realm}_{self.random.getrandbits(256):064x}"
        return IssueToken(holder=giver.name, digest=giver.digests()[0], zones=(), expires=expires)
