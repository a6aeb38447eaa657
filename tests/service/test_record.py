"""The record of attacks at a running service: what is kept, what is refused, what a restart finds."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import msgspec
import pytest

from tests.record.papers import AGENCY, FORCE, tally
from tests.service.people import called, give, granted
from tests.world import COUNTRY, LAND, NOON, WEST, StillClock, command, raising
from tocsin.access import LOCAL, Caller
from tocsin.claims import Drafted
from tocsin.commands import (
    AcceptDrafts,
    Approve,
    CorrectClaim,
    RecordOrder,
    TakeDocument,
    TrustSource,
)
from tocsin.errors import Forbidden, NotGranted, SamePerson, StoreCorrupt, TocsinError
from tocsin.events import Internal, public
from tocsin.model import HolderKind, Realm, Verb
from tocsin.record.quoting import placed
from tocsin.service import Service
from tocsin.standing import FORMAT, folded, nothing, restored, snapshot_of, verified
from tocsin.store import Receipt, Snapshot
from tocsin.store.memory import MemoryStore

TEXT = "The air force said 37 drones were shot down overnight."


class Office:
    """A service that keeps a record, and the people who do it."""

    def __init__(self, realm: Realm = Realm.LIVE) -> None:
        self.store, self.texts = MemoryStore(realm), dict[str, str]()
        self.clock = StillClock()
        self.service = self.started()
        verbs = (Verb.RECORD, Verb.ADMINISTER, *((Verb.DRILL,) if realm is Realm.DRILL else ()))
        for holder in ("olena", "ivan"):
            granted(self.service, holder, LAND, sources=(AGENCY, FORCE), verbs=verbs)
        granted(self.service, "officer", LAND, sources=(FORCE,), verbs=(Verb.RAISE, Verb.REPORT))
        granted(self.service, "reader", LAND, sources=(FORCE,), verbs=verbs, kind=HolderKind.SERVICE)
        # The machine helps until two people have the say.
        self.officer, self.reader, self.olena, self.ivan = (
            called(self.service, holder) for holder in ("officer", "reader", "olena", "ivan")
        )

    def started(self) -> Service:
        return Service(self.store, COUNTRY, self.clock, text_of=self.texts.get)

    def paper(self, text: str = TEXT, genre: str = "air_force_bulletin") -> TakeDocument:
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        self.texts[sha256] = text
        fact = tally(37, quote="37 drones were shot down overnight.")
        return TakeDocument(
            publisher="Air Force",
            genre=genre,
            language="en",
            published="2026-03-01",
            sha256=sha256,
            characters=len(text),
            drafted=(placed(Drafted(fact=fact), text),),
        )

    def give(self, caller: Caller, order: RecordOrder | Approve, key: str | None = None) -> Receipt | TocsinError:
        envelope = {} if key is None else {"key": key}
        return give(self.service, caller, order, FORCE, reason="because", **envelope)

    def taken(self, text: str = TEXT) -> int:
        receipt = self.give(self.olena, self.paper(text))
        assert isinstance(receipt, Receipt), receipt
        return receipt.seq

    def public(self) -> list[str]:
        return [
            type(told.event).__name__
            for entry in self.store.read(0, 999)
            if not isinstance((told := public(entry)).event, Internal)
        ]


@pytest.fixture
def office() -> Office:
    return Office()


def test_what_is_taken_in_is_told_to_nobody_until_somebody_accepts_it(office: Office) -> None:
    document = office.taken()
    assert office.public() == []
    assert isinstance(office.give(office.olena, AcceptDrafts(document=document)), Receipt)
    assert office.public() == ["DocumentPublished", "AttackOpened", "ClaimPublished"]


def test_a_repeat_of_an_order_has_one_effect(office: Office) -> None:
    document = office.taken()
    first = office.give(office.olena, AcceptDrafts(document=document), key="once")
    assert office.give(office.olena, AcceptDrafts(document=document), key="once") == first
    again = office.give(office.ivan, AcceptDrafts(document=document))
    assert isinstance(again, Receipt)
    assert again.events == 0


def test_whoever_lacks_the_right_is_refused_into_the_audit_trail(office: Office) -> None:
    document = office.taken()
    for caller, error in ((office.officer, NotGranted), (office.reader, Forbidden)):
        assert isinstance(office.give(caller, AcceptDrafts(document=document)), error)
    assert [(refusal.actor, refusal.code) for _, refusal in office.store.refused(0, 9)] == [
        ("officer", "not_granted"),
        ("reader", "forbidden"),
    ]
    assert office.public() == []


def test_the_audit_trail_of_what_is_refused_holds_no_text(office: Office) -> None:
    lie = msgspec.structs.replace(office.paper(), characters=7)
    office.give(office.olena, lie)
    [(_, refusal)] = office.store.refused(0, 9)
    assert refusal.code == "text_gone"
    assert "The air force said" not in refusal.order


def test_to_trust_a_source_takes_two_different_people(office: Office) -> None:
    proposal = office.give(office.olena, TrustSource(of=FORCE))
    assert isinstance(proposal, Receipt)
    assert office.service.archive.trusted == set()
    shown = office.service.access.proposals[proposal.seq].shown
    approve = Approve(proposal=proposal.seq, shown=shown)
    assert isinstance(office.give(office.olena, approve), SamePerson)
    assert isinstance(office.give(office.ivan, approve), Receipt)
    assert office.service.archive.trusted == {FORCE}
    assert isinstance(give(office.service, office.reader, office.paper(), FORCE), Receipt)
    assert office.public() == ["DocumentPublished", "AttackOpened", "ClaimPublished"]


def test_no_order_about_the_record_touches_a_hold(office: Office) -> None:
    office.service.submit([raising(WEST)], LOCAL)
    before = office.service.state
    document = office.taken()
    office.give(office.olena, AcceptDrafts(document=document))
    after = office.service.state
    assert (after.holds, after.touched, after.sources) == (before.holds, before.touched, before.sources)
    assert after.seq > before.seq


def test_a_restart_finds_the_record_that_was_there_by_the_log_alone_and_by_snapshot_and_tail(office: Office) -> None:
    document = office.taken()
    office.give(office.olena, AcceptDrafts(document=document))
    office.service.snapshot()
    [claim] = office.service.archive.published.current()
    corrected = msgspec.structs.replace(claim.fact, speaker="the mayor")
    office.give(office.olena, CorrectClaim(claim=claim.id, drafted=Drafted(fact=corrected)))
    office.taken(TEXT + " More.")
    again = office.started()
    assert again.standing == office.service.standing
    assert again.standing == restored(office.store, COUNTRY) == folded(office.store, nothing(COUNTRY))
    assert verified(office.store, COUNTRY)[0] == again.standing


def test_a_snapshot_holds_none_of_the_record_but_where_it_stands(office: Office) -> None:
    document = office.taken()
    office.give(office.olena, AcceptDrafts(document=document))
    body = snapshot_of(office.service.standing).body
    assert b"37 drones" not in body
    assert b'"record":[[%d,%d]]' % (document, document + 3) in body


def test_a_snapshot_that_tells_of_a_record_elsewhere_is_not_believed(office: Office) -> None:
    office.taken()
    snapshot = snapshot_of(office.service.standing)
    wrong = snapshot.body.replace(b'"record":[[', b'"record":[[1,1],[')
    office.store.save_snapshot(Snapshot(seq=snapshot.seq, format=FORMAT, body=wrong))
    with pytest.raises(StoreCorrupt):
        restored(office.store, COUNTRY)


def test_a_drill_keeps_a_record_of_its_own(office: Office) -> None:
    drill = Office(Realm.DRILL)
    document = drill.taken()
    assert isinstance(drill.give(drill.olena, AcceptDrafts(document=document)), Receipt)
    assert office.service.archive.published.claims == {}
    assert office.store.head() == drill.store.head() - 4


def test_orders_that_wait_together_decide_upon_what_the_ones_before_left(office: Office) -> None:
    paper = office.paper()
    take = command(paper, FORCE, actor="olena")
    accept = command(AcceptDrafts(document=office.store.head() + 1), FORCE, actor="olena")
    taken, accepted = office.service.submit([take, accept], office.olena)
    assert isinstance(taken, Receipt)
    assert isinstance(accepted, Receipt)
    assert len(office.service.archive.published.current()) == 1


def test_what_was_public_then_can_be_read_now(office: Office) -> None:
    document = office.taken()
    office.clock.at = NOON + timedelta(minutes=5)
    office.give(office.olena, AcceptDrafts(document=document))
    archive = office.service.archive
    assert archive.as_of_moment(NOON + timedelta(minutes=4)).claims == {}
    assert len(archive.as_of_moment(NOON + timedelta(minutes=5)).claims) == 1
