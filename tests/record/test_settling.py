"""What follows from what is published: attacks, links, flags; the same in whatever order reports are accepted."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.record.editor import Editor, shape
from tests.record.papers import control, nobody_hurt, tally
from tests.world import COAST, EAST, LAND, PORT
from tocsin.claims import Relation
from tocsin.commands import (
    AcceptDrafts,
    AssignClaims,
    BoundAttack,
    JoinAttacks,
    LinkClaims,
    UnlinkClaims,
    Where,
    WithdrawClaim,
)
from tocsin.facts import CasualtyFact, Count, Fact, Harm, Outcome, TallyFact
from tocsin.model import ZoneId
from tocsin.record.published import Fate


def accepted(editor: Editor, *facts: Fact, attack: Where | None = None, **said: Any) -> int:
    document = editor.take(*facts, **said)
    editor.give(AcceptDrafts(document=document, attack=attack))
    return document


def killed(value: int, **said: Any) -> CasualtyFact:
    words = str(value)
    quote = f"{words} people were killed"
    return CasualtyFact(
        quote=quote,
        start=0,
        end=len(quote),
        outcome=Harm.KILLED,
        value=Count(value=value, low=value, high=value, words=words),
        **said,
    )


FORCE: dict[str, Any] = {"genre": "air_force_bulletin", "publisher": "Air Force"}


def related(editor: Editor) -> set[tuple[str, Relation, str]]:
    by = {claim.id: editor.record.documents[claim.document].document.publisher for claim in editor.claims()}
    return {(by[link.claim], link.relation, by[link.other]) for link in editor.record.linked.values()}


def test_a_wire_report_that_restates_a_bulletin_repeats_it_and_is_not_a_second_tally() -> None:
    editor = Editor()
    accepted(editor, tally(37, speaker="Ukraine’s air force"))
    accepted(editor, tally(37), **FORCE)
    assert related(editor) == {("AFP", Relation.REPEATS, "Air Force")}
    [attack] = editor.record.open_attacks()
    assert len(editor.claims(attack.id)) == 2


def test_a_wire_report_of_the_sum_of_what_a_bulletin_counts_one_by_one_repeats_each() -> None:
    editor = Editor()
    accepted(editor, tally(2, weapon="kh-101"), tally(2, weapon="iskander-m"), tally(37, weapon="shahed"), **FORCE)
    accepted(editor, tally(4, weapon="missile", speaker="the air force"))
    links = editor.record.linked.values()
    assert [(link.relation, link.reason) for link in links] == [(Relation.REPEATS, "2 + 2 = 4")] * 2


def test_conflicts_stand_side_by_side() -> None:
    editor = Editor()
    accepted(editor, killed(2, speaker="the president"), zones=[PORT])
    accepted(editor, killed(3, speaker="the governor"), publisher="Reuters", zones=[PORT])
    assert related(editor) == {("Reuters", Relation.CONTESTS, "AFP")}
    assert [claim.fate for claim in editor.record.claims.values()] == [Fate.CURRENT, Fate.CURRENT]


def test_a_regions_number_does_not_contest_the_countrys() -> None:
    editor = Editor()
    accepted(editor, killed(6, speaker="the president"), nobody_hurt(), zones=[LAND, COAST])
    accepted(editor, killed(2, speaker="the governor"), publisher="Reuters", zones=[PORT])
    assert related(editor) == set()


def test_more_in_a_part_than_in_all_is_flagged_and_neither_is_touched() -> None:
    editor = Editor()
    accepted(editor, killed(2, speaker="the president"), nobody_hurt(), zones=[EAST, PORT])
    part = accepted(editor, killed(3, speaker="the governor"), publisher="Reuters", zones=[PORT])
    [flag] = editor.record.flags.values()
    assert (flag.rule, flag.words) == ("parts_against_total", "3 in a part (the governor), 2 in all (the president)")
    assert all(claim.fate is Fate.CURRENT for claim in editor.record.claims.values())
    [wrong] = [claim for claim in editor.claims() if claim.document == part]
    editor.give(WithdrawClaim(claim=wrong.id, misread=True))
    assert editor.record.flags == {}


def test_more_downed_than_launched_by_two_documents_is_flagged() -> None:
    editor = Editor()
    accepted(editor, tally(36, Outcome.LAUNCHED), **FORCE)
    accepted(editor, tally(37, speaker="the president"))
    assert [flag.words for flag in editor.record.flags.values()] == [
        "37 downed (the president), 36 launched (air force of ukraine)"
    ]


def test_an_overlapping_range_is_no_conflict() -> None:
    editor = Editor()
    least = TallyFact(
        quote="at least 30 drones",
        start=0,
        end=18,
        outcome=Outcome.SHOT_DOWN,
        weapon="drone",
        value=Count(value=30, low=30, high=None, words="at least 30"),
    )
    accepted(editor, least)
    accepted(editor, tally(37), publisher="Reuters")
    assert {relation for _, relation, _ in related(editor)} == {Relation.CORROBORATES}


def test_a_split_stays_split_and_a_join_stays_joined_whatever_comes_in() -> None:
    editor = Editor()
    accepted(editor, tally(37), **FORCE)
    second = accepted(editor, tally(37), publisher="Reuters")
    [claim] = [claim.id for claim in editor.claims() if claim.document == second]
    editor.give(AssignClaims(claims=(claim,), attack="new"))
    assert len(editor.record.open_attacks()) == 2
    assert editor.record.linked == {}, "links are between claims of one attack"
    accepted(editor, tally(37), publisher="AP")
    assert editor.record.claims[claim].by_hand
    assert len({one.attack for one in editor.claims()}) == 2
    one, other = editor.record.open_attacks()
    editor.give(JoinAttacks(attack=other.id, into=one.id))
    accepted(editor, tally(12), publisher="Xinhua")
    assert {one.attack for one in editor.claims()} == {one.id}
    assert editor.record.attacks[other.id].joined_into == one.id


def test_a_claim_that_is_of_no_attack_by_somebodys_word_joins_none() -> None:
    editor = Editor()
    accepted(editor, tally(37), attack="none")
    accepted(editor, tally(37), publisher="Reuters")
    assert [claim.attack is None for claim in editor.claims()] == [True, False]


def test_a_link_that_somebody_took_back_is_not_made_again() -> None:
    editor = Editor()
    accepted(editor, tally(37), **FORCE)
    accepted(editor, tally(46), publisher="Reuters")
    [link] = editor.record.linked.values()
    editor.give(UnlinkClaims(claim=link.claim, relation=link.relation, other=link.other))
    accepted(editor, nobody_hurt(), publisher="AP")
    assert editor.record.linked == {}
    editor.give(LinkClaims(claim=link.claim, relation=Relation.CORROBORATES, other=link.other))
    accepted(editor, tally(50, speaker="the mayor"), publisher="Xinhua")
    assert (link.claim, Relation.CORROBORATES, link.other) in editor.record.linked


def test_two_attacks_turn_out_to_be_one_when_a_report_shares_with_both() -> None:
    editor = Editor()
    accepted(editor, tally(5), publisher="Reuters")
    accepted(editor, nobody_hurt(), publisher="AP", zones=[PORT])
    assert len(editor.record.open_attacks()) == 2
    accepted(editor, tally(5), nobody_hurt(), publisher="AFP", zones=[None, PORT])
    assert len(editor.record.open_attacks()) == 1
    assert len(editor.claims(editor.record.open_attacks()[0].id)) == 4


def test_bounds_that_somebody_set_stay() -> None:
    editor = Editor()
    accepted(editor, tally(37), publisher="Reuters")
    [attack] = editor.record.open_attacks()
    bounds = attack.bounds.__class__(night="2026-03-01", by="RU", upon="UA", since="2026-02-28T20:00Z")
    editor.give(BoundAttack(attack=attack.id, bounds=bounds))
    accepted(editor, tally(37), **FORCE)
    assert editor.record.attacks[attack.id].bounds == bounds


# --- in any order ----------------------------------------------------------------------------

FACTS: list[tuple[Fact, ZoneId | None]] = [
    (tally(37), None),
    (tally(37, speaker="air force"), None),
    (tally(46), None),
    (tally(4, weapon="missile", speaker="air force"), None),
    (tally(2, weapon="kh-101"), None),
    (tally(2, weapon="iskander-m"), None),
    (tally(30, Outcome.LAUNCHED), None),
    (killed(2), PORT),
    (killed(3), PORT),
    (killed(1), EAST),
    (nobody_hurt(), COAST),
    (control(), None),
]
PUBLISHERS: list[dict[str, Any]] = [
    {"publisher": "Air Force", "genre": "air_force_bulletin"},
    {"publisher": "Air Force", "genre": "air_force_infographic"},
    {"publisher": "MoD", "genre": "russian_mod_bulletin"},
    {"publisher": "AFP"},
    {"publisher": "Reuters"},
    {"publisher": "Reuters", "published": "2026-02-28"},
]


@st.composite
def papers(draw: st.DrawFn) -> list[tuple[dict[str, Any], list[int]]]:
    return [
        (draw(st.sampled_from(PUBLISHERS)), draw(st.lists(st.integers(0, len(FACTS) - 1), min_size=1, max_size=3)))
        for _ in range(draw(st.integers(2, 5)))
    ]


def kept(all_papers: list[tuple[int, tuple[dict[str, Any], list[int]]]]) -> Editor:
    editor = Editor()
    for number, (said, facts) in all_papers:
        zones = [FACTS[at][1] for at in facts]
        text = f"{number}\n" + "\n".join(FACTS[at][0].quote for at in facts)
        accepted(editor, *(FACTS[at][0] for at in facts), zones=zones, text=text, **said)
    return editor


@settings(max_examples=100, deadline=None)
@given(papers(), st.randoms(use_true_random=False))
def test_the_order_in_which_reports_are_accepted_does_not_change_what_the_record_says(
    found: list[tuple[dict[str, Any], list[int]]], chance: random.Random
) -> None:
    numbered = list(enumerate(found))
    shuffled = list(numbered)
    chance.shuffle(shuffled)
    assert shape(kept(shuffled).record) == shape(kept(numbered).record)


@settings(max_examples=50, deadline=None)
@given(papers())
def test_a_claim_of_territory_is_of_no_attack_and_has_no_zone(found: list[tuple[dict[str, Any], list[int]]]) -> None:
    for claim in kept(list(enumerate(found))).record.claims.values():
        if claim.fact == control() or type(claim.fact) is type(control()):
            assert claim.zone is None
            assert claim.attack is None
