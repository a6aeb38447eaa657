"""Who may keep the record of attacks: one right over the whole country, people for what is public, two for trust."""

from __future__ import annotations

import pytest

from tests.access.office import Office
from tests.record.papers import AGENCY, FORCE, tally
from tests.world import COUNTRY, LAND, NOON, WEST, minute
from tocsin.access import LOCAL
from tocsin.access.permit import may_review
from tocsin.claims import Bounds, Drafted, Relation
from tocsin.commands import (
    AcceptDrafts,
    AssignClaims,
    BoundAttack,
    CorrectClaim,
    DistrustSource,
    JoinAttacks,
    LinkClaims,
    MendDraft,
    RecordOrder,
    RejectDrafts,
    TakeDocument,
    TrustSource,
    UnlinkClaims,
    WithdrawClaim,
)
from tocsin.engine import State
from tocsin.errors import Forbidden, NotGranted
from tocsin.model import HolderKind, Realm, Verb

FACT = Drafted(fact=tally(37))
TAKE = TakeDocument(
    publisher="AFP", genre="wire_report", language="en", published="2026-03-01", sha256="0" * 64, characters=9
)
EDITING: list[RecordOrder] = [
    AcceptDrafts(document=1),
    MendDraft(document=1, number=0, drafted=FACT),
    RejectDrafts(document=1),
    CorrectClaim(claim=1, drafted=FACT),
    WithdrawClaim(claim=1),
    AssignClaims(claims=(1,), attack="new"),
    JoinAttacks(attack=1, into=2),
    BoundAttack(attack=1, bounds=Bounds(night="2026-03-01")),
    LinkClaims(claim=1, relation=Relation.CONTESTS, other=2),
    UnlinkClaims(claim=1, relation=Relation.CONTESTS, other=2),
    DistrustSource(of=FORCE),
]
EVERY_OTHER_VERB = tuple(verb for verb in Verb if verb not in (Verb.RECORD, Verb.DRILL))


def tag(order: RecordOrder) -> str:
    return type(order).__name__


@pytest.mark.parametrize("order", [TAKE, *EDITING], ids=tag)
def test_it_takes_the_right_to_the_record_over_the_whole_country(order: RecordOrder) -> None:
    office = Office()
    office.give("editor", LAND, verbs=(Verb.RECORD,))
    permission = office.permit("editor", order)
    assert not permission.second
    for verbs, area in ((EVERY_OTHER_VERB, LAND), ((Verb.RECORD,), WEST)):
        other = Office()
        other.give("editor", area, verbs=verbs)
        with pytest.raises(NotGranted):
            other.permit("editor", order)


@pytest.mark.parametrize("order", EDITING, ids=tag)
def test_a_service_takes_documents_in_and_decides_nothing(order: RecordOrder) -> None:
    office = Office()
    office.give("reader", LAND, verbs=(Verb.RECORD,), kind=HolderKind.SERVICE)
    assert office.permit("reader", TAKE)
    with pytest.raises(
        Forbidden, match=r"^what is public is decided by people; a service takes documents in$"
    ) as caught:
        office.permit("reader", order)
    assert caught.value.detail == {"holder": "reader"}


def test_nobody_takes_documents_in_as_a_source_that_they_do_not_speak_for() -> None:
    office = Office()
    office.give("editor", LAND, verbs=(Verb.RECORD,), sources=(AGENCY,))
    assert office.permit("editor", TAKE, AGENCY)
    with pytest.raises(NotGranted):
        office.permit("editor", TAKE, FORCE)


def test_to_trust_a_source_takes_two_people_who_administer_as_well() -> None:
    office = Office()
    office.give("editor", LAND, verbs=(Verb.RECORD,))
    office.give("head", LAND, verbs=(Verb.RECORD, Verb.ADMINISTER))
    with pytest.raises(NotGranted):
        office.permit("editor", TrustSource(of=FORCE))
    assert office.permit("head", TrustSource(of=FORCE)).second
    assert not office.permit("head", DistrustSource(of=FORCE)).second


def test_in_a_drill_it_takes_the_right_to_drill_as_well() -> None:
    office = Office(realm=Realm.DRILL)
    office.give("editor", LAND, verbs=(Verb.RECORD,), realm=Realm.DRILL)
    office.give("trainer", LAND, verbs=(Verb.RECORD, Verb.DRILL), realm=Realm.DRILL)
    with pytest.raises(NotGranted):
        office.permit("editor", AcceptDrafts(document=1))
    assert office.permit("trainer", AcceptDrafts(document=1))


def test_the_machine_may_keep_the_record_but_not_trust_where_two_people_can() -> None:
    office = Office()
    assert office.permit(LOCAL, TrustSource(of=FORCE))
    for holder in ("anna", "borys"):
        office.give(holder, LAND)
        office.issue(holder)
    assert office.permit(LOCAL, AcceptDrafts(document=1))
    with pytest.raises(Forbidden):
        office.permit(LOCAL, TrustSource(of=FORCE))


def test_drafts_are_for_those_who_may_keep_the_record() -> None:
    office = Office()
    office.give("editor", LAND, verbs=(Verb.RECORD,))
    office.give("officer", LAND, verbs=EVERY_OTHER_VERB)
    office.give("clerk", WEST, verbs=(Verb.RECORD,))
    state = State(COUNTRY)
    for holder, may in (("editor", True), ("officer", False), ("clerk", False), ("stranger", False)):
        caller = office.issue(holder)
        assert may_review(office.access, caller, state, Realm.LIVE, NOON) is may
    narrow = office.issue("editor", WEST)
    assert not may_review(office.access, narrow, state, Realm.LIVE, NOON), "a token for a part of the country"
    office.give("guest", LAND, verbs=(Verb.RECORD,), expires=minute(1))
    guest = office.issue("guest")
    for now, may in ((NOON, True), (minute(2), False)):
        assert may_review(office.access, guest, state, Realm.LIVE, now) is may
