"""Any orders about the record, in any order: nothing is public that nobody accepted, and what was is never lost."""

from __future__ import annotations

from contextlib import suppress

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.record.editor import Editor
from tests.record.papers import AGENCY, FORCE, control, nobody_hurt, tally
from tests.world import COAST, COUNTRY, EAST, PORT
from tocsin.claims import Drafted, How, Relation
from tocsin.commands import (
    AcceptDrafts,
    AssignClaims,
    CorrectClaim,
    DistrustSource,
    JoinAttacks,
    LinkClaims,
    MendDraft,
    RecordOrder,
    RejectDrafts,
    TrustSource,
    UnlinkClaims,
    WithdrawClaim,
)
from tocsin.errors import TocsinError
from tocsin.facts import ControlFact, Fact, Outcome
from tocsin.model import ZoneId
from tocsin.record.archive import Archive
from tocsin.record.counting import sums
from tocsin.record.published import Published

FACTS: list[tuple[Fact, ZoneId | None]] = [
    (tally(37), None),
    (tally(90, Outcome.LAUNCHED), None),
    (tally(37, weapon="shahed", subset_of=0), None),
    (tally(4, weapon="missile"), EAST),
    (nobody_hurt(), PORT),
    (control(), None),
]
PAPERS = [
    {"publisher": "Air Force", "genre": "air_force_bulletin"},
    {"publisher": "Air Force", "genre": "air_force_bulletin", "published": "2026-02-28"},
    {"publisher": "AFP"},
    {"publisher": "Reuters"},
]
ids = st.integers(1, 60)


@st.composite
def step(draw: st.DrawFn) -> object:
    """Something to do: a paper to take in, or an order about whatever has that number by then."""
    kind = draw(st.sampled_from(["take", "accept", "accept", "change", "change"]))
    if kind == "take":
        facts = draw(st.lists(st.integers(0, len(FACTS) - 1), min_size=1, max_size=4))
        return facts, draw(st.sampled_from(PAPERS)), draw(st.sampled_from([AGENCY, FORCE]))
    if kind == "accept":
        return AcceptDrafts(
            document=draw(ids),
            numbers=tuple(draw(st.lists(st.integers(0, 4), max_size=2))),
            attack=draw(st.sampled_from([None, None, "new", "none"])),
        )
    fact, zone = draw(st.sampled_from(FACTS))
    return draw(
        st.sampled_from(
            [
                MendDraft(document=draw(ids), number=draw(st.integers(0, 5)), drafted=Drafted(fact=fact, zone=zone)),
                RejectDrafts(document=draw(ids)),
                CorrectClaim(claim=draw(ids), drafted=Drafted(fact=fact, zone=COAST)),
                WithdrawClaim(claim=draw(ids), misread=draw(st.booleans())),
                AssignClaims(claims=(draw(ids),), attack=draw(st.sampled_from(["new", "none"]))),
                JoinAttacks(attack=draw(ids), into=draw(ids)),
                LinkClaims(claim=draw(ids), relation=draw(st.sampled_from(Relation)), other=draw(ids)),
                UnlinkClaims(claim=draw(ids), relation=draw(st.sampled_from(Relation)), other=draw(ids)),
                TrustSource(of=FORCE),
                DistrustSource(of=FORCE),
            ]
        )
    )


class Kept:
    """An editor, and what is to hold after each order."""

    def __init__(self) -> None:
        self.editor = Editor()
        self.accepted: set[tuple[int, int]] = set()
        self.was: list[Published] = [self.editor.record]

    def do(self, number: int, wanted: object) -> None:
        editor = self.editor
        with suppress(TocsinError):
            if isinstance(wanted, tuple):
                facts, said, source = wanted
                text = f"{number}\n" + "\n".join(FACTS[at][0].quote for at in facts)
                zones = [FACTS[at][1] for at in facts]
                editor.take(*(FACTS[at][0] for at in facts), zones=zones, text=text, source=source, **said)
            else:
                self.give(wanted)  # type: ignore[arg-type]  # all others are orders
        while len(self.was) <= len(editor.log):
            self.was.append(editor.record)

    def give(self, order: RecordOrder) -> None:
        if isinstance(order, AcceptDrafts) and (taken := self.editor.archive.named(order.document)):
            self.accepted |= {(taken.id, number) for number in order.numbers or taken.waiting()}
        if isinstance(order, MendDraft):
            text = next(iter(self.editor.texts.values()), "")
            order = msgspec.structs.replace(order, number=min(order.number, 5)) if text else order
        self.editor.give(order)

    def check(self) -> None:
        editor, record = self.editor, self.editor.record
        assert Archive().after(0, editor.log) == editor.archive, "the whole fold is what was kept step by step"
        edge = Archive().after(0, [entry.event for entry in editor.told()])
        assert edge.published == record, "whoever is told what is public has the same record"
        assert edge.taken == {}
        for claim in record.claims.values():
            reviewed = (claim.document, claim.number) in self.accepted or claim.supersedes is not None
            assert reviewed or claim.how is How.TRUSTED, "nobody accepted it"
            assert claim.document in record.documents
            assert not (isinstance(claim.fact, ControlFact) and claim.zone)
        for attack in record.open_attacks():
            found = [one for one in sums(record, attack.id, COUNTRY) if one.covered_by is None]
            counted = {one.chosen for one in found}
            for one in counted:
                whole = record.total_of(record.claims[one])
                assert whole is None or whole.id not in counted, "a total beside its part"
            assert len({(one.outcome, one.weapon, one.zone, one.place) for one in found}) == len(found)


@settings(max_examples=60, deadline=None)
@given(st.lists(step(), min_size=3, max_size=14))
def test_whatever_is_ordered_the_record_holds_what_was_accepted_and_all_that_ever_was(steps: list[object]) -> None:
    kept = Kept()
    for number, wanted in enumerate(steps):
        before = kept.editor.record
        kept.do(number, wanted)
        after = kept.editor.record
        assert before.claims.keys() <= after.claims.keys(), "what was public stays"
        assert all(after.claims[id].fact == claim.fact for id, claim in before.claims.items())
        assert all(after.claims[id].fate is claim.fate for id, claim in before.claims.items() if claim.ended_at)
    kept.check()
    ends = {record.seq: record for record in kept.was}
    for seq, record in ends.items():
        assert kept.editor.archive.as_of(seq) == record, "as it was then"
