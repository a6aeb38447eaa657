"""The record after a log: what stands, what stood, and that what is public needs nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.record.papers import document, listed, nobody_hurt, opened, published, taken, tally
from tests.world import minute
from tocsin.claims import Drafted, Relation
from tocsin.events import Entry, Event, Internal, public
from tocsin.facts import CasualtyFact, Outcome
from tocsin.record.archive import Archive
from tocsin.record.published import Fate
from tocsin.recorded import (
    AttacksJoined,
    CheckFlagged,
    CheckLifted,
    ClaimsAssigned,
    ClaimsLinked,
    ClaimsUnlinked,
    ClaimWithdrawn,
    DraftMended,
    DraftRejected,
    RecordEvent,
    SourceDistrusted,
    SourceTrusted,
)

TALLIES: list[RecordEvent] = [
    taken(tally(37), tally(2, weapon="missile"), at=1),  # 1
    listed(1, at=2),  # 2
    opened(at=2),  # 3
    published(tally(37), 1, 0, at=2, attack=3, reason="the same night"),  # 4
    published(tally(2, weapon="missile"), 1, 1, at=2, attack=3),  # 5
]


def archive(*events: RecordEvent) -> Archive:
    return Archive().after(0, events)


def test_what_was_taken_in_is_a_draft_and_not_public() -> None:
    found = archive(*TALLIES[:1])
    assert found.taken[1].waiting() == [0, 1]
    assert [taken.id for taken in found.waiting()] == [1]
    assert found.published.claims == {}
    assert found.published.documents == {}


def test_what_was_accepted_stands_and_its_draft_waits_no_more() -> None:
    found = archive(*TALLIES)
    assert [claim.fact for claim in found.published.current(3)] == [tally(37), tally(2, weapon="missile")]
    assert found.published.claims[4].reason == "the same night"
    assert found.taken[1].waiting() == []
    assert [draft.claim for draft in found.taken[1].drafts] == [4, 5]


def test_a_correction_takes_the_place_of_the_old_claim_which_stays_and_is_marked() -> None:
    corrected = published(tally(38), 1, 0, at=9, attack=3, supersedes=4, reason="the agency corrected itself")
    record = archive(*TALLIES, corrected).published
    old, new = record.claims[4], record.claims[6]
    assert (old.fate, old.superseded_by, old.ended_at) == (Fate.SUPERSEDED, 6, minute(9))
    assert old.ended_reason == "the agency corrected itself"
    assert [claim.id for claim in record.current(3)] == [5, 6]
    assert [claim.id for claim in record.of(3)] == [4, 5, 6]
    assert record.versions(old) == record.versions(new) == [old, new]
    assert record.successor(old) == new


def test_what_was_withdrawn_stays_and_is_marked_as_misread_or_as_taken_back() -> None:
    gone = [ClaimWithdrawn(claim=4, misread=True, at=minute(3)), ClaimWithdrawn(claim=5, misread=False, at=minute(4))]
    record = archive(*TALLIES, *gone).published
    assert [claim.fate for claim in record.of(3)] == [Fate.MISREAD, Fate.WITHDRAWN]
    assert record.current(3) == []
    assert record.successor(record.claims[4]) is None


def test_as_of_a_seq_is_what_folding_up_to_it_gives() -> None:
    events = [*TALLIES, published(tally(38), 1, 0, at=9, attack=3, supersedes=4)]
    whole = archive(*events)
    for seq in range(len(events) + 1):
        assert whole.as_of(seq) == archive(*events[:seq]).published
    assert [claim.id for claim in whole.as_of(5).current()] == [4, 5]


def test_as_of_a_moment_is_what_could_be_read_then() -> None:
    whole = archive(*TALLIES, published(tally(38), 1, 0, at=9, attack=3, supersedes=4))
    assert whole.as_of_moment(minute(1)).claims == {}
    assert [claim.id for claim in whole.as_of_moment(minute(2)).current()] == [4, 5]
    assert whole.as_of_moment(minute(9) - timedelta(microseconds=1)) == whole.as_of(5)
    assert whole.as_of_moment(minute(9)) == whole.published


def test_where_the_clock_was_set_back_what_had_been_read_by_then_counts() -> None:
    whole = archive(*TALLIES, published(tally(38), 1, 0, at=1, attack=3, supersedes=4))
    assert whole.as_of_moment(minute(1)).claims == {}
    assert whole.as_of_moment(minute(2)) == whole.published


def test_a_draft_is_mended_rejected_or_added_by_hand() -> None:
    mended = Drafted(fact=tally(36))
    added = Drafted(fact=nobody_hurt())
    found = archive(
        taken(tally(37), tally(2, weapon="missile")),
        DraftMended(document=1, number=0, drafted=mended, at=minute(1)),
        DraftRejected(document=1, number=1, reason="it is of another day", at=minute(1)),
        DraftMended(document=1, number=2, drafted=added, at=minute(1)),
    ).taken[1]
    assert [draft.drafted for draft in found.drafts] == [mended, Drafted(fact=tally(2, weapon="missile")), added]
    assert found.waiting() == [0, 2]
    assert found.drafts[1].reason == "it is of another day"


def test_that_nobody_was_hurt_is_a_claim_without_a_number() -> None:
    record = archive(taken(nobody_hurt()), listed(1), published(nobody_hurt())).published
    [claim] = record.current()
    assert isinstance(claim.fact, CasualtyFact)
    assert claim.fact.value is None


def test_a_part_knows_its_total_whichever_of_the_two_was_published_first() -> None:
    whole, part = tally(90, Outcome.LAUNCHED), tally(37, subset_of=0)
    for first, then in ((0, 1), (1, 0)):
        facts = [whole, part]
        record = archive(
            taken(*facts), listed(1), published(facts[first], 1, first), published(facts[then], 1, then)
        ).published
        by_number = {claim.number: claim for claim in record.current()}
        assert record.total_of(by_number[1]) == by_number[0]
        assert record.total_of(by_number[0]) is None


def test_a_part_of_what_was_corrected_is_a_part_of_the_correction() -> None:
    part = tally(2, weapon="missile", subset_of=0)
    record = archive(
        taken(tally(37), part),
        listed(1),
        published(tally(37), 1, 0),
        published(part, 1, 1),
        published(tally(38), 1, 0, supersedes=3),
    ).published
    total = record.total_of(record.claims[4])
    assert total is not None
    assert total.id == 5


def test_links_are_found_from_both_ends_and_can_be_taken_back() -> None:
    link = ClaimsLinked(claim=5, relation=Relation.CONTESTS, other=4, reason="47 and 46", at=minute(3))
    record = archive(*TALLIES, link).published
    assert [one.reason for one in record.links(4)] == [one.reason for one in record.links(5)] == ["47 and 46"]
    undone = ClaimsUnlinked(claim=5, relation=Relation.CONTESTS, other=4, at=minute(4))
    assert archive(*TALLIES, link, undone).published.links(4) == []


def test_attacks_are_joined_and_split_and_claims_go_with_them() -> None:
    second = opened(at=3)  # 6
    moved = ClaimsAssigned(claims=(5,), attack=6, reason="it was at noon", at=minute(3))  # 7
    record = archive(*TALLIES, second, moved).published
    assert [claim.id for claim in record.of(3)] == [4]
    assert [claim.id for claim in record.of(6)] == [5]
    assert record.claims[5].reason == "it was at noon"
    record = archive(*TALLIES, second, moved, AttacksJoined(attack=6, into=3, at=minute(4))).published
    assert [claim.id for claim in record.of(3)] == [4, 5]
    assert record.of(6) == []
    assert [attack.id for attack in record.open_attacks()] == [3]


def test_what_does_not_add_up_is_flagged_until_it_does() -> None:
    flag = CheckFlagged(rule="downed_over_launched", words="37 downed, 36 launched", claims=(4,), at=minute(3))
    assert archive(*TALLIES, flag).published.flags[6].words == "37 downed, 36 launched"
    assert archive(*TALLIES, flag, CheckLifted(check=6, at=minute(4))).published.flags == {}


def test_trust_is_given_and_taken_back() -> None:
    source = document().source
    assert archive(SourceTrusted(source=source, at=minute(0))).trusted == {source}
    assert (
        archive(SourceTrusted(source=source, at=minute(0)), SourceDistrusted(source=source, at=minute(1))).trusted
        == set()
    )


def test_whoever_is_told_only_what_is_public_has_the_same_public_record() -> None:
    events: list[Event] = [*TALLIES, DraftRejected(document=1, number=0, at=minute(5)), listed(1, at=6)]
    told = [
        public(Entry(seq=seq, recorded_at=minute(9), order="x", event=event)) for seq, event in enumerate(events, 1)
    ]
    assert [isinstance(entry.event, Internal) for entry in told] == [True, False, False, False, False, True, False]
    edge = Archive().after(0, [entry.event for entry in told])
    assert edge.published == Archive().after(0, events).published
    assert edge.taken == {}
    assert edge.as_of(4) == Archive().after(0, events).as_of(4)


def test_the_record_knows_where_in_the_log_it_stands() -> None:
    found = Archive().after(10, TALLIES[:2]).after(12, []).after(20, TALLIES[2:3])
    assert list(found.runs()) == [(11, 12), (21, 21)]
    assert list(Archive().runs()) == []


def test_an_event_about_what_is_not_there_is_a_key_error() -> None:
    for event in (
        DraftRejected(document=7, number=0, at=minute(1)),
        ClaimWithdrawn(claim=7, misread=False, at=minute(1)),
        ClaimsAssigned(claims=(4,), attack=77, at=minute(1)),
        ClaimsLinked(claim=4, relation=Relation.REPEATS, other=77, at=minute(1)),
        AttacksJoined(attack=77, into=3, at=minute(1)),
        CheckLifted(check=77, at=minute(1)),
    ):
        with pytest.raises(KeyError):
            archive(*TALLIES, event)
