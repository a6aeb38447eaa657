"""The simulator's own account of the record of attacks: what waits, what was accepted, and what has become of it.

It shares no code with the record's own fold. Every claim must have been accepted, word for word, by an order that was
given for it; nothing that was accepted is ever taken out; what nobody accepted is told to nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

import msgspec

from tocsin.claims import Document, Drafted, How
from tocsin.commands import AcceptDrafts, Command, CorrectClaim, TakeDocument, WithdrawClaim
from tocsin.events import Event, Internal, PublicEntry
from tocsin.facts import ControlFact
from tocsin.record.archive import Archive
from tocsin.record.published import Claim
from tocsin.recorded import (
    AttackOpened,
    AttacksJoined,
    ClaimPublished,
    ClaimsAssigned,
    ClaimWithdrawn,
    DocumentTaken,
    DraftEvent,
    DraftMended,
    DraftRejected,
    RecordEvent,
    SourceDistrusted,
    SourceTrusted,
)
from tocsin.sim.papers import Library
from tocsin.sim.rules import Rule, Violation, require

RECORD = frozenset(get_args(RecordEvent))
DRAFTS = frozenset(get_args(DraftEvent))
BULLETINS = ("air_force_bulletin", "air_force_infographic", "russian_mod_bulletin")


class Waits(msgspec.Struct):
    """A draft."""

    drafted: Drafted
    claim: int | None = None
    rejected: bool = False


class Paper(msgspec.Struct):
    """A document that was taken in."""

    document: Document
    drafts: list[Waits]
    flagged: bool


class Kept(msgspec.Struct):
    """A claim, and what has become of it."""

    published: ClaimPublished
    attack: int | None
    fate: str = "current"
    superseded_by: int | None = None


class Annals:
    """What stands of the record after the events so far."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.papers: dict[int, Paper] = {}
        self.trusted: set[str] = set()
        self.claims: dict[int, Kept] = {}
        self.attacks: dict[int, int | None] = {}
        """Each with what it was joined into."""
        self._changed: set[int] = set()
        """Claims that something happened to since the last look."""
        self._told: list[PublicEntry] = []
        self._afar = Archive()
        """The record as somebody folds it who is told what is public, and nothing else."""

    def current(self) -> list[int]:
        return [number for number, kept in self.claims.items() if kept.fate == "current"]

    def paper(self, name: int | str) -> Paper | None:
        if isinstance(name, int):
            return self.papers.get(name)
        return next((paper for paper in self.papers.values() if paper.document.sha256 == name), None)

    # --- the fold ------------------------------------------------------------------------------

    def take(self, seq: int, event: Event) -> None:
        """One more event about the record. A `KeyError` where it speaks of what is not there."""
        match event:
            case DocumentTaken():
                drafts = [Waits(drafted) for drafted in event.drafted]
                self.papers[seq] = Paper(event.document, drafts, bool(event.checks))
            case DraftMended():
                self.papers[event.document].drafts[event.number : event.number + 1] = [Waits(event.drafted)]
            case DraftRejected():
                self.papers[event.document].drafts[event.number].rejected = True
            case SourceTrusted():
                self.trusted.add(event.source)
            case SourceDistrusted():
                self.trusted.discard(event.source)
            case ClaimPublished():
                self._publish(seq, event)
            case AttackOpened():
                self.attacks[seq] = None
            case ClaimWithdrawn():
                self._change(event.claim).fate = "misread" if event.misread else "withdrawn"
            case ClaimsAssigned():
                for claim in event.claims:
                    self._change(claim).attack = event.attack
            case AttacksJoined():
                self.attacks[event.attack] = event.into
                for claim, kept in self.claims.items():
                    if kept.attack == event.attack:
                        self._change(claim).attack = event.into
            case _:
                pass

    def _publish(self, seq: int, event: ClaimPublished) -> None:
        self.claims[seq] = Kept(event, event.attack)
        self._changed.add(seq)
        drafts = self.papers[event.document].drafts
        became = Waits(Drafted(fact=event.fact, zone=event.zone), claim=seq)
        drafts[event.number : event.number + 1] = [became]
        if event.supersedes is not None:
            old = self._change(event.supersedes)
            old.fate, old.superseded_by = "superseded", seq

    def _change(self, claim: int) -> Kept:
        self._changed.add(claim)
        return self.claims[claim]

    # --- what an order may lead to -------------------------------------------------------------

    def judge(self, key: str, events: tuple[Event, ...], source: str, command: Command | None) -> None:
        """Errors: `Violation`. The annals stand before the events, which one order led to."""
        order = None if command is None else command.order
        for event in events:
            match event:
                case ClaimPublished(supersedes=None):
                    accepted = isinstance(order, AcceptDrafts) and self._accepts(order, event)
                    trusted = isinstance(order, TakeDocument) and self._is_trusted(order, event, source, events)
                    require(accepted or trusted, Rule.REVIEWED, f"{key} published what nobody accepted: {event}")
                case ClaimPublished():
                    corrects = isinstance(order, CorrectClaim) and self._corrects(order, event)
                    require(corrects, Rule.REVIEWED, f"{key} corrected what nobody corrected so: {event}")
                case ClaimWithdrawn():
                    withdraws = isinstance(order, WithdrawClaim) and order.claim == event.claim
                    fits = withdraws and self.claims[event.claim].fate == "current"
                    require(fits, Rule.REVIEWED, f"{key} withdrew what nobody withdrew: {event}")
                case _:
                    continue
            if isinstance(event, ClaimPublished):
                self._judge_words(key, event, events)

    def _accepts(self, order: AcceptDrafts, event: ClaimPublished) -> bool:
        paper = self.papers.get(event.document)
        if paper is None or paper is not self.paper(order.document) or event.number >= len(paper.drafts):
            return False
        draft = paper.drafts[event.number]
        named = event.number in order.numbers if order.numbers else not draft.rejected
        said = draft.drafted == Drafted(fact=event.fact, zone=event.zone)
        return named and said and draft.claim is None and event.how is How.REVIEWED

    def _is_trusted(self, order: TakeDocument, event: ClaimPublished, source: str, events: tuple[Event, ...]) -> bool:
        taken = events[0]
        if source not in self.trusted or not isinstance(taken, DocumentTaken) or taken.checks:
            return False
        said = Drafted(fact=event.fact, zone=event.zone)
        fits = event.number < len(order.drafted) and order.drafted[event.number] == said
        return fits and order.genre in BULLETINS and event.how is How.TRUSTED

    def _corrects(self, order: CorrectClaim, event: ClaimPublished) -> bool:
        said = order.drafted == Drafted(fact=event.fact, zone=event.zone)
        stood = event.supersedes in self.claims and self.claims[event.supersedes].fate == "current"
        return said and stood and event.supersedes == order.claim

    def _judge_words(self, key: str, event: ClaimPublished, events: tuple[Event, ...]) -> None:
        taken = events[0]
        document = taken.document if isinstance(taken, DocumentTaken) else self.papers[event.document].document
        text, fact = self.library.ever[document.sha256], event.fact
        if " ".join(text[fact.start : fact.end].split()) != fact.quote:
            raise Violation(Rule.QUOTED, f"{key} published words that are not its document's: {fact}")
        if isinstance(fact, ControlFact) and event.zone is not None:
            raise Violation(Rule.QUOTED, f"{key} put a claim of territory on the map: {event}")

    def judge_accepted(self, key: str, command: Command) -> None:
        """After the events of an order that was carried out. Errors: `Violation` if it accepted what is not there."""
        order = command.order
        if not isinstance(order, AcceptDrafts):
            return
        paper = self.paper(order.document)
        require(paper is not None, Rule.KEPT, f"{key} accepted drafts of a document that is not there")
        assert paper is not None
        numbers = order.numbers or range(len(paper.drafts))
        for number in numbers:
            draft = paper.drafts[number]
            if draft.claim is None and not (draft.rejected and not order.numbers):
                raise Violation(Rule.KEPT, f"{key} accepted fact {number}, and it is no claim: {draft}")

    # --- what the service makes of it, and what is told ----------------------------------------

    def tell(self, event: Event, told: PublicEntry) -> None:
        """What everybody is told of an event of the log. Errors: `Violation`."""
        if type(event) in DRAFTS and (not isinstance(told.event, Internal) or told.order):
            raise Violation(Rule.UNTOLD, f"everybody is told what nobody accepted: {told}")
        if type(event) in RECORD:
            self._told.append(told)

    def compare(self, archive: Archive) -> None:
        """What changed since the last look. Errors: `Violation`."""
        changed, self._changed = self._changed, set()
        self._compare(archive, sorted(changed))

    def compare_all(self, archive: Archive) -> None:
        """All of it, here and as those keep it who are told what is public. Errors: `Violation`."""
        self._changed.clear()
        self._compare(archive, self.claims)
        for told in self._told:
            self._afar = self._afar.after(told.seq - 1, [told.event])
        self._told.clear()
        if self._afar.published != archive.published:
            raise Violation(Rule.UNTOLD, f"the record is {archive.published}, and is told as {self._afar.published}")
        waiting = {number: [draft.claim for draft in taken.drafts] for number, taken in archive.taken.items()}
        if waiting != {number: [draft.claim for draft in paper.drafts] for number, paper in self.papers.items()}:
            raise Violation(Rule.KEPT, f"the drafts are {archive.taken}, should be {self.papers}")

    def _compare(self, archive: Archive, numbers: Iterable[int]) -> None:
        claims = archive.published.claims
        if len(claims) != len(self.claims):
            raise Violation(Rule.KEPT, f"the record has the claims {sorted(claims)}, should have {sorted(self.claims)}")
        for number in numbers:
            kept, claim = self.claims[number], claims.get(number)
            if claim is None or _told_of(claim) != _kept_of(kept):
                raise Violation(Rule.KEPT, f"claim {number} is {claim}, should be {kept}")


def _told_of(claim: Claim) -> tuple[object, ...]:
    place = claim.document, claim.number, claim.zone, claim.attack
    return (*place, claim.fact, str(claim.fate), claim.supersedes, claim.superseded_by)


def _kept_of(kept: Kept) -> tuple[object, ...]:
    event = kept.published
    place = event.document, event.number, event.zone, kept.attack
    return (*place, event.fact, kept.fate, event.supersedes, kept.superseded_by)
