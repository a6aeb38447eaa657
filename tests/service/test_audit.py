"""Every command leaves who, by what right and why: in one append with its events where it is carried out, and in the
audit trail where it is refused."""

from __future__ import annotations

import msgspec
import pytest

from tests.failing_store import FailingStore
from tests.service.people import FEED, Staff, give, one, refused
from tests.world import COUNTRY, DUTY, EAST, FOREST, LAND, NOON, PORT, WEST, StillClock, command, minute, raising
from tocsin import limits
from tocsin.access import LOCAL, Caller
from tocsin.commands import Approve, Heartbeat, Raise, Release
from tocsin.engine import State
from tocsin.errors import BadRequest, KeyReused, NotGranted, StoreFull, TocsinError, Unauthorised, UnknownZone
from tocsin.service import Service
from tocsin.store import Batch, Receipt, Refusal


class Watched(FailingStore):
    """Remembers what each append was given."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[tuple[list[Batch], list[Refusal]]] = []

    def append(self, batches, expected_seq, refusals=()):  # type: ignore[no-untyped-def]  # the contract's own
        self.given.append((list(batches), list(refusals)))
        return super().append(batches, expected_seq, refusals)


def refusals(store: FailingStore) -> list[Refusal]:
    return [refusal for _, refusal in store.refused(0, 1_000)]


def codes(store: FailingStore) -> list[str]:
    return [refusal.code for refusal in refusals(store)]


# --- what was carried out --------------------------------------------------------------------


def test_who_by_what_right_and_why_are_in_the_same_append_as_the_events() -> None:
    store = Watched()
    staff = Staff(Service(store, COUNTRY, StillClock()))
    store.given.clear()
    give(staff.service, staff.maria, Raise(zones=(FOREST,)), key="k", reason="seen from the tower", decided_upon=5)
    [([batch], [])] = store.given
    assert (batch.key, batch.actor, batch.grant, batch.source, batch.reason, batch.decided_upon) == (
        "k",
        "maria",
        str(staff.maria_grant),
        DUTY,
        "seen from the tower",
        5,
    )
    assert (batch.recorded_at, len(batch.events)) == (NOON, 1)
    one(staff.service.submit([command(Raise(zones=(WEST,)), reason="by hand")], LOCAL))
    [batch] = store.given[-1][0]
    assert (batch.actor, batch.grant, batch.reason, batch.decided_upon) == ("local", "local", "by hand", 9)


def test_what_two_people_did_is_told_of_both(service: Service, store: FailingStore) -> None:
    staff = Staff(service)
    proposal = give(service, staff.olena, Raise(zones=(LAND,)), reason="they come")
    assert isinstance(proposal, Receipt)
    shown = service.access.proposals[proposal.seq].shown
    give(service, staff.ivan, Approve(proposal=proposal.seq, shown=shown), reason="I see them too")
    first, second = store.done(0, 100)[-2:]
    assert (first.actor, first.grant, first.reason) == ("olena", str(staff.olena_grant), "they come")
    assert (second.actor, second.grant, second.reason) == ("ivan", str(staff.ivan_grant), "I see them too")


def test_a_command_that_changed_nothing_is_kept_as_well(service: Service, store: FailingStore) -> None:
    service.submit([raising(EAST), raising(EAST, key="again")], LOCAL)
    assert [(done.key, done.events) for done in store.done(0, 9)][1:] == [("again", 0)]


# --- what was refused ------------------------------------------------------------------------


def test_each_refusal_is_kept_once_with_who_what_and_why(service: Service, store: FailingStore) -> None:
    staff = Staff(service)
    order = Raise(zones=(EAST,), cause="seen")
    for expected in (1, 2):
        outcome = give(service, staff.maria, order, key="k", reason="they come")
        assert isinstance(outcome, TocsinError)
        assert len(refusals(store)) == expected
    assert isinstance(outcome, TocsinError)
    assert refusals(store)[0] == Refusal(
        actor="maria",
        key="k",
        source=DUTY,
        reason="they come",
        order=msgspec.json.encode(order).decode(),
        code="not_granted",
        message=outcome.message,
        refused_at=NOON,
    )
    assert store.receipts(["k"]) == {}


def test_what_is_refused_beside_what_is_carried_out_goes_into_the_same_append() -> None:
    store = Watched()
    service = Service(store, COUNTRY, StillClock())
    service.submit([raising(EAST), raising("atlantis"), raising(WEST), raising("lyonesse")], LOCAL)
    [(batches, refused_)] = store.given
    assert (len(batches), [refusal.code for refusal in refused_]) == (2, ["unknown_zone"] * 2)


def test_an_order_refused_alone_is_kept_without_any_event(service: Service, store: FailingStore) -> None:
    refused(service.submit([raising("atlantis")], LOCAL))
    assert (codes(store), store.head(), store.appends, service.state) == (["unknown_zone"], 0, 0, State(COUNTRY))


def test_a_repeat_is_no_refusal_and_a_contradiction_is(service: Service, store: FailingStore) -> None:
    given = raising(EAST, key="k")
    service.submit([given, given], LOCAL)
    service.submit([given], LOCAL)
    assert codes(store) == []
    service.submit([raising(WEST, key="k")], LOCAL)
    assert codes(store) == ["key_reused"]


def test_together_the_refusal_that_refused_all_is_kept_and_nothing_else(service: Service, store: FailingStore) -> None:
    with pytest.raises(UnknownZone):
        service.submit([raising(EAST), raising("atlantis", key="k"), raising("lyonesse")], LOCAL, together=True)
    assert [(refusal.key, refusal.code) for refusal in refusals(store)] == [("k", "unknown_zone")]
    assert (store.head(), store.receipts(["k"])) == (0, {})


def test_together_with_a_contradiction_nothing_is_carried_out(service: Service, store: FailingStore) -> None:
    service.submit([raising(EAST, key="k")], LOCAL)
    with pytest.raises(KeyReused):
        service.submit([raising(WEST), raising(FOREST, key="k")], LOCAL, together=True)
    assert (store.head(), codes(store)) == (1, ["key_reused"])


def test_a_refusal_that_cannot_be_kept_is_a_refusal_all_the_same(
    service: Service, store: FailingStore, caplog: pytest.LogCaptureFixture
) -> None:
    store.fails_append = StoreFull("the disk is full")
    assert isinstance(refused(service.submit([raising("atlantis")], LOCAL)), UnknownZone)
    assert "1 refusals could not be kept: the disk is full" in caplog.text
    with pytest.raises(UnknownZone):
        service.submit([raising("atlantis")], LOCAL, together=True)
    assert "a refusal could not be kept: the disk is full" in caplog.text


def test_a_refusal_at_a_clock_that_stepped_back_stands_after_what_came_before_it(
    service: Service, store: FailingStore, clock: StillClock
) -> None:
    clock.at = minute(5)
    service.submit([raising(EAST)], LOCAL)
    clock.at = NOON
    service.submit([raising("atlantis")], LOCAL)
    assert [refusal.refused_at for refusal in refusals(store)] == [minute(5)]


def test_of_one_caller_so_many_refusals_a_minute_are_kept_and_the_rest_only_counted(
    service: Service, store: FailingStore, clock: StillClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever took one token of little right must not be able to fill the disk, or no warning could be kept."""
    staff, limit = Staff(service), limits.REFUSALS_OF_ONE_PER_MINUTE

    def kept_of(who: str) -> int:
        return sum(1 for _, refusal in store.refused(0, 10_000) if refusal.actor == who)

    asked = [(command(Raise(zones=(EAST,)), actor="maria"), staff.maria) for _ in range(limit - 1)]
    assert {type(outcome) for outcome in service.carry_out(asked)} == {NotGranted}
    service.refuse(staff.maria, "{", BadRequest("not an order"))
    assert kept_of("maria") == limit
    service.refuse(staff.maria, "{", BadRequest("not an order"))
    with pytest.raises(NotGranted):
        service.carry_out(asked[:1], together=True)
    assert isinstance(give(service, staff.maria, Raise(zones=(EAST,))), NotGranted), "refused all the same"
    assert isinstance(give(service, staff.maria, Raise(zones=(FOREST,))), Receipt), "and what is granted is done"
    assert isinstance(give(service, staff.feed, Raise(zones=(LAND,)), FEED), TocsinError)
    assert (kept_of("maria"), kept_of("feed")) == (limit, 1)
    clock.elapsed = 60.0
    give(service, staff.maria, Raise(zones=(EAST,)))
    assert kept_of("maria") == limit + 1
    assert caplog.messages == [f"maria was refused {limit + 3} times in a minute"]


def test_the_refusals_of_this_machine_itself_are_all_kept(service: Service, store: FailingStore) -> None:
    service.submit([raising("atlantis") for _ in range(limits.REFUSALS_OF_ONE_PER_MINUTE + 1)], LOCAL)
    assert len(store.refused(0, 10_000)) == limits.REFUSALS_OF_ONE_PER_MINUTE + 1


# --- strangers -------------------------------------------------------------------------------


def test_a_stranger_is_refused_and_it_is_kept_without_what_they_showed(service: Service, store: FailingStore) -> None:
    with pytest.raises(Unauthorised):
        service.authenticate("Bearer a secret of somebody")
    [refusal] = refusals(store)
    assert (refusal.actor, refusal.code, refusal.order) == ("", "unauthorised", "")
    assert "secret" not in str(refusal)


def test_so_many_strangers_a_minute_are_kept_and_the_rest_only_counted(
    service: Service, store: FailingStore, clock: StillClock, caplog: pytest.LogCaptureFixture
) -> None:
    limit = limits.REFUSALS_OF_STRANGERS_PER_MINUTE
    clock.elapsed = 59.9

    def come(number: int) -> int:
        for _ in range(number):
            with pytest.raises(Unauthorised):
                service.authenticate(None)
        return len(refusals(store))

    assert come(limit) == come(5) == limit
    clock.elapsed = 60.0
    assert come(1) == limit + 1
    assert f"{limit + 5} callers that nobody knows were refused in a minute" in caplog.text
    caplog.clear()
    clock.elapsed = 180.0
    assert come(limit + 1) == 2 * limit + 1
    assert caplog.text == "", "who came in another minute is counted in it"


def test_a_strangers_refusal_that_cannot_be_kept_is_one_all_the_same(
    service: Service, store: FailingStore, caplog: pytest.LogCaptureFixture
) -> None:
    store.fails_append = StoreFull("the disk is full")
    with pytest.raises(Unauthorised):
        service.authenticate(None)
    assert "a refusal could not be kept: the disk is full" in caplog.text


def test_what_a_known_caller_asked_that_came_to_no_order_is_kept(service: Service, store: FailingStore) -> None:
    service.refuse(Caller(holder="olena"), "{bad", BadRequest("this is no JSON"))
    [refusal] = refusals(store)
    assert (refusal.actor, refusal.order, refusal.code, refusal.refused_at) == ("olena", "{bad", "bad_request", NOON)


# --- signs of life ---------------------------------------------------------------------------


def test_a_sign_of_life_that_changes_nothing_is_not_kept(service: Service, store: FailingStore) -> None:
    staff = Staff(service)
    first = give(service, staff.feed, Heartbeat(zones=(PORT,)), FEED)
    again = give(service, staff.feed, Heartbeat(zones=(PORT,)), FEED)
    assert isinstance(first, Receipt)
    assert isinstance(again, Receipt)
    assert (first.events, again.events, again.seq) == (1, 0, first.seq)
    assert again.digest == first.digest
    assert again.key not in ("", first.key)
    assert len(store.done(0, 100)) == first.seq
    assert isinstance(give(service, staff.maria, Heartbeat(zones=(PORT,))), TocsinError)
    assert codes(store) == ["not_granted"]


def test_what_is_refused_changes_nothing_of_what_stands(service: Service, store: FailingStore) -> None:
    staff = Staff(service)
    give(service, staff.maria, Raise(zones=(FOREST,)))
    before, head = service.standing, store.head()
    for order in (Raise(zones=(WEST,)), Release(zones=(PORT,)), Release(zones=(FOREST,), ref="b")):
        assert isinstance(give(service, staff.maria, order), TocsinError)
    assert (service.standing, store.head()) == (before, head)
