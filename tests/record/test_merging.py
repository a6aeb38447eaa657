"""Which claims are of one attack: what they share decides, never the order in which they came."""

from __future__ import annotations

import random
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.record.papers import control, count, document, nobody_hurt, tally
from tests.world import COAST, COUNTRY, EAST, FOREST, PORT
from tocsin.claims import Document
from tocsin.facts import CasualtyFact, Fact, Harm, Outcome, Stance, StatementFact
from tocsin.model import ZoneId
from tocsin.record.merging import Said, grouped, night_of

KYIV = ZoneInfo("Europe/Kyiv")


def said(
    id: int,
    fact: Fact,
    paper: Document,
    zone: ZoneId | None = None,
    *,
    pinned: int | None = None,
    apart: bool = False,
) -> Said:
    return Said(id, int(paper.sha256[:8], 16), paper, id, fact, zone, pinned, apart)


BULLETIN = document("bulletin", genre="air_force_bulletin", publisher="Air Force", published="2026-03-01")
WIRE = document("wire", publisher="AFP")
OTHER_WIRE = document("another", publisher="Reuters")


def partition(*claims: Said) -> list[set[int]]:
    return sorted((set(group.claims) for group in grouped(claims, COUNTRY, UTC)), key=min)


@pytest.mark.parametrize(
    ("as_of", "published", "night"),
    [
        ("2024-11-13", "2024-11-14", "2024-11-13"),
        ("2024-11-12T20:30", "2024-11-13", "2024-11-13"),
        ("2024-11-13T09:00", "2024-11-13", "2024-11-13"),
        ("2024-11-12T17:30:00Z", "2024-11-13", "2024-11-13"),  # half past seven in the evening in Kyiv
        (None, "2024-11-13", "2024-11-13"),
        (None, "2024-11-13T21:00+02:00", "2024-11-13"),  # it was published late; what it tells of was before
        ("2024-11", "2024-11-13", "2024-11-13"),
    ],
)
def test_the_evening_belongs_to_the_night_that_follows(as_of: str | None, published: str, night: str) -> None:
    assert night_of(tally(3, as_of=as_of), document(published=published), KYIV) == night


@pytest.mark.parametrize(
    ("happened", "night"),
    [("2024-11-11", "2024-11-11"), ("2024-11-11T20:00", "2024-11-12"), ("2024-W46", None), ("2024-11", None)],
)
def test_what_happened_at_another_time_is_of_that_night_or_of_none(happened: str, night: str | None) -> None:
    assert night_of(tally(3, happened=happened), document(published="2024-11-13"), KYIV) == night


def test_a_strike_of_this_week_is_not_counted_with_the_attack_that_its_report_is_about() -> None:
    earlier = tally(4, happened="2026-W09")
    assert partition(said(1, tally(37), WIRE), said(2, earlier, WIRE)) == [{1}]
    assert partition(said(1, tally(37), WIRE), said(2, tally(4, happened="2026-02-27"), WIRE)) == [{1}, {2}]


def test_a_claim_of_territory_and_a_count_since_long_ago_are_of_no_night() -> None:
    cumulative = CasualtyFact(
        quote="2,100 since", start=0, end=11, outcome=Harm.INJURED, value=count(2100), cumulative=True
    )
    assert night_of(control(), WIRE, KYIV) is None
    assert night_of(cumulative, WIRE, KYIV) is None
    assert partition(said(1, control(), WIRE), said(2, cumulative, WIRE)) == []


def test_a_wire_report_joins_the_bulletin_whose_number_it_gives_and_says_so() -> None:
    groups = grouped([said(1, tally(37, weapon="shahed"), BULLETIN), said(2, tally(37), WIRE)], COUNTRY, UTC)
    [group] = groups
    assert group.claims == {1, 2}
    assert (group.bounds.night, group.bounds.by, group.bounds.upon) == ("2026-03-01", "RU", "UA")
    assert group.reasons[2].startswith("the same night; the same weapons")


def test_reports_of_two_nights_are_two_attacks() -> None:
    later = document("later", genre="air_force_bulletin", publisher="Air Force", published="2026-03-02")
    assert partition(said(1, tally(37), BULLETIN), said(2, tally(37), later)) == [{1}, {2}]


def test_attacks_one_way_and_the_other_are_two() -> None:
    other_side = document("mod", genre="russian_mod_bulletin", publisher="MoD")
    assert partition(said(1, tally(37), BULLETIN), said(2, tally(37), other_side)) == [{1}, {2}]


def test_what_was_put_somewhere_by_hand_draws_the_bulletins_of_one_side_only() -> None:
    other_side = document("mod", genre="russian_mod_bulletin", publisher="MoD")
    by_hand = said(3, tally(37), WIRE, pinned=99)
    assert sorted(map(sorted, partition(by_hand, said(1, tally(37), BULLETIN), said(2, tally(37), other_side)))) in (
        [[1, 3], [2]],
        [[1], [2, 3]],
    )


def test_two_bulletins_of_one_publisher_are_two_attacks_unless_a_number_or_a_version_says_otherwise() -> None:
    by_day = document("by day", genre="air_force_bulletin", publisher="Air Force")
    night, day = said(1, tally(37), BULLETIN), said(2, tally(12), by_day)
    assert partition(night, day) == [{1}, {2}]
    assert partition(night, said(2, tally(37), by_day)) == [{1, 2}]
    version = document("v2", genre="air_force_bulletin", publisher="Air Force", version_of=night.document_id)
    assert partition(night, said(2, tally(38), version)) == [{1, 2}]


def test_a_wire_report_never_bridges_two_attacks_and_goes_where_it_shares_most() -> None:
    by_day = document("by day", genre="air_force_bulletin", publisher="Air Force")
    night, day = said(1, tally(37), BULLETIN), said(2, tally(12), by_day)
    assert partition(night, day, said(3, tally(12), WIRE)) == [{1}, {2, 3}]
    assert partition(night, day, said(3, tally(37), WIRE)) == [{1, 3}, {2}]


def test_reports_of_one_place_are_of_one_attack_and_of_others_are_not() -> None:
    port, coast = said(1, nobody_hurt(), WIRE, PORT), said(2, nobody_hurt(), OTHER_WIRE, COAST)
    assert partition(port, coast) == [{1, 2}]
    assert partition(port, said(2, nobody_hurt(), OTHER_WIRE, FOREST)) == [{1}, {2}]


def test_statements_go_with_what_their_report_tells_of_and_make_no_attack_alone() -> None:
    words = StatementFact(quote="we will answer", start=0, end=14, stance=Stance.PLEDGES)
    assert partition(said(1, words, WIRE)) == []
    assert partition(said(1, words, WIRE), said(2, tally(4), WIRE)) == [{1, 2}]


def test_what_was_decided_by_hand_stays_and_draws_others_to_it() -> None:
    by_hand = said(1, tally(37), WIRE, pinned=99)
    groups = grouped([by_hand, said(2, tally(37), OTHER_WIRE), said(3, tally(5), BULLETIN, apart=True)], COUNTRY, UTC)
    [group] = groups
    assert group.claims == {1, 2}
    assert group.pinned == 99


# --- any order, any number of copies ---------------------------------------------------------

PAPERS = [
    document("night", genre="air_force_bulletin", publisher="Air Force"),
    document("day", genre="air_force_bulletin", publisher="Air Force"),
    document("tally", genre="air_force_infographic", publisher="Air Force"),
    document("theirs", genre="russian_mod_bulletin", publisher="MoD"),
    document("afp", publisher="AFP"),
    document("reuters", publisher="Reuters"),
    document("tomorrow", publisher="Reuters", published="2026-03-02"),
]
FACTS: list[Fact] = [
    tally(37),
    tally(12),
    tally(37, weapon="shahed"),
    tally(4, weapon="missile"),
    tally(90, Outcome.LAUNCHED),
    nobody_hurt(),
    control(),
]


@st.composite
def reports(draw: st.DrawFn) -> list[Said]:
    found = []
    for id in range(1, draw(st.integers(1, 12)) + 1):
        paper, fact = draw(st.sampled_from(PAPERS)), draw(st.sampled_from(FACTS))
        zone = None if fact is FACTS[-1] else draw(st.sampled_from([None, EAST, PORT, FOREST]))
        found.append(said(id, fact, paper, zone, pinned=draw(st.sampled_from([None, None, None, 50]))))
    return found


@settings(max_examples=150, deadline=None)
@given(reports(), st.randoms(use_true_random=False))
def test_neither_the_order_nor_copies_change_what_belongs_together(claims: list[Said], chance: random.Random) -> None:
    shuffled = [*claims, *chance.sample(claims, len(claims) // 2)]
    chance.shuffle(shuffled)
    assert grouped(shuffled, COUNTRY, UTC) == grouped(claims, COUNTRY, UTC)


@settings(max_examples=150, deadline=None)
@given(reports())
def test_each_claim_is_of_one_attack_at_most_and_each_attack_goes_one_way(claims: list[Said]) -> None:
    groups = grouped(claims, COUNTRY, UTC)
    of = [claim for group in groups for claim in group.claims]
    assert len(of) == len(set(of))
    by_id = {one.id: one for one in claims}
    for group in groups:
        genres = {by_id[claim].document.genre for claim in group.claims if by_id[claim].pinned is None}
        assert not {"air_force_bulletin", "russian_mod_bulletin"} <= genres
        assert all(not isinstance(by_id[claim].fact, type(control())) or by_id[claim].pinned for claim in group.claims)
