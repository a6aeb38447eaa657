"""Who keeps the record of attacks: a service that takes reports in, and a person who reviews what was read of them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tocsin.claims import Drafted, Relation
from tocsin.commands import (
    AcceptDrafts,
    AssignClaims,
    CorrectClaim,
    DistrustSource,
    JoinAttacks,
    LinkClaims,
    MendDraft,
    Order,
    RejectDrafts,
    TrustSource,
    WithdrawClaim,
)
from tocsin.model import Realm, SourceId
from tocsin.record.quoting import placed
from tocsin.record.shelf import sha256_of
from tocsin.sim.annals import Annals, Paper
from tocsin.sim.book import Book
from tocsin.sim.faults import Fault
from tocsin.sim.giver import Giver
from tocsin.sim.land import Holder
from tocsin.sim.papers import fact, paper
from tocsin.sim.station import Answer
from tocsin.sim.universe import IDLE
from tocsin.sim.wires import Wires
from tocsin.store import Receipt

AGENCY = SourceId("agency")


class Agency(Giver):
    """Takes in what the papers write."""

    reviewer: Editor | None = None

    @property
    def annals(self) -> Annals:
        return self.book.annals

    def act(self) -> None:
        """Take a report in; or publish it, which is not a service's to do."""
        self._lose_a_text()
        if self.annals.papers and self.weather.has(Fault.SERVICE_PUBLISHES) and self.random.random() < 0.15:
            self.weather.note(Fault.SERVICE_PUBLISHES)
            self.give(AcceptDrafts(document=self.random.choice(list(self.annals.papers))), honest=False)
            return
        self.take_in()

    def take_in(self) -> None:
        """One more report."""
        random, library = self.random, self.annals.library
        before = list(self.annals.papers) if random.random() < 0.1 else []
        text, order = paper(random, random.choice(before) if before else None)
        if self.weather.has(Fault.QUOTE_INVENTED) and random.random() < 0.1:
            self.weather.note(Fault.QUOTE_INVENTED)
            text = text[: order.drafted[-1].fact.start].ljust(order.characters, "x")
            order = msgspec.structs.replace(order, sha256=sha256_of(text))
        library.keep(text)
        self.give(order, reason="as it came", then=self._have_it_reviewed)

    def _have_it_reviewed(self, answer: Answer) -> None:
        """Somebody looks at what came in, and goes on from there."""
        if isinstance(answer, Receipt) and self.reviewer is not None:
            self.universe.after(self.random.uniform(0.2, 8.0), self.reviewer.go_on)

    def _lose_a_text(self) -> None:
        kept = self.annals.library.kept()
        if kept and self.weather.strikes(Fault.TEXT_LOST):
            self.annals.library.forget(self.random.choice(kept))


class Editor(Agency):
    """Accepts, mends, rejects, corrects and withdraws; sometimes twice, too late, or what nobody wrote."""

    def __init__(self, wires: Wires, realm: Realm, holder: Holder, book: Book, administrators: Sequence[Giver]) -> None:
        super().__init__(wires, realm, holder, book)
        self._administrators = administrators
        self.reviewer = self

    def go_on(self) -> object:
        """One thing after the other, until something else is to be done."""
        if self.weather.healed:
            return IDLE
        self.act()
        if self.random.random() < 0.6:
            self.universe.after(self.random.uniform(0.5, 10.0), self.go_on)
        return None

    def act(self) -> None:
        self._lose_a_text()
        chance = self.random.random()
        if chance < 0.04:
            self.random.choice(self._administrators).give(TrustSource(of=AGENCY), honest=False)
            return
        order = self.choose()
        if order is None:
            self.take_in()
        else:
            self.give(order, reason="looked at" if self.random.random() < 0.95 else "")

    def choose(self) -> Order | None:
        """Something that can be done with what there is; None where there is nothing."""
        random, annals = self.random, self.annals
        if not annals.papers:
            return None
        number = random.choice(list(annals.papers)[-4:] if random.random() < 0.7 else list(annals.papers))
        read, claims = annals.papers[number], annals.current()
        chance = random.random()
        waiting = [at for at, draft in enumerate(read.drafts) if draft.claim is None and not draft.rejected]
        if waiting and chance < 0.12:
            return MendDraft(document=number, number=random.choice(waiting), drafted=self._said(read))
        if chance < 0.42 or not claims:
            some = tuple(random.sample(waiting, 1)) if waiting and random.random() < 0.4 else ()
            where = random.choice((None, None, None, "new", "none", "2026-03-01"))
            return AcceptDrafts(document=number, numbers=some, attack=where)
        if chance < 0.5:
            return MendDraft(document=number, number=random.randrange(len(read.drafts) + 1), drafted=self._said(read))
        if chance < 0.57:
            return RejectDrafts(document=number, numbers=tuple(waiting[:1]))
        claim = random.choice(claims[-20:])
        if chance < 0.75:
            whence = annals.claims[claim].published.document if random.random() < 0.7 else number
            said = self._said(annals.papers[whence])
            return CorrectClaim(claim=claim, drafted=said, document=whence)
        if chance < 0.84:
            return WithdrawClaim(claim=claim, misread=random.random() < 0.5)
        return self._arrange(claim, random.choice(claims))

    def _arrange(self, claim: int, other: int) -> Order:
        random = self.random
        attacks = [number for number, into in self.annals.attacks.items() if into is None] or [1]
        chance = random.random()
        if chance < 0.4:
            return LinkClaims(claim=claim, relation=random.choice(list(Relation)), other=other)
        if chance < 0.7:
            return AssignClaims(claims=(claim,), attack=random.choice(("new", "none", random.choice(attacks))))
        if chance < 0.9:
            return JoinAttacks(attack=random.choice(attacks), into=random.choice(attacks))
        return DistrustSource(of=AGENCY)

    def _said(self, read: Paper) -> Drafted:
        """Something that the report says, in its words; or that it does not say."""
        if self.weather.has(Fault.QUOTE_INVENTED) and self.random.random() < 0.2:
            self.weather.note(Fault.QUOTE_INVENTED)
            return fact(self.random)
        said = self.random.choice(read.drafts).drafted
        told = msgspec.structs.replace(said.fact, speaker=self.random.choice((None, "the mayor", "the air force")))
        return placed(Drafted(fact=told, zone=said.zone), self.annals.library.ever[read.document.sha256])
