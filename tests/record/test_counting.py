"""What may be added up: never a total beside its parts, nor a claim beside what repeats it; and unknown is not 0."""

from __future__ import annotations

from typing import Any

from tests.record.editor import Editor
from tests.record.papers import nobody_hurt, tally
from tests.world import COUNTRY, EAST, PORT
from tocsin.claims import Drafted
from tocsin.commands import AcceptDrafts, CorrectClaim
from tocsin.facts import CasualtyFact, Fact, Harm, Outcome
from tocsin.record.counting import Sum, sums


def counted(editor: Editor) -> list[Sum]:
    return [one for attack in editor.record.open_attacks() for one in sums(editor.record, attack.id, COUNTRY)]


def added(editor: Editor, outcome: str) -> int:
    """All of one outcome that nothing else contains."""
    return sum(one.value or 0 for one in counted(editor) if one.outcome == outcome and one.covered_by is None)


def kept(*papers: tuple[dict[str, Any], list[Fact]]) -> Editor:
    editor = Editor()
    for said, facts in papers:
        editor.give(AcceptDrafts(document=editor.take(*facts, **said)))
    return editor


FORCE: dict[str, Any] = {"publisher": "Air Force", "genre": "air_force_bulletin"}


def test_a_wire_report_adds_nothing_to_the_bulletin_that_it_restates() -> None:
    editor = kept((FORCE, [tally(37), tally(2, weapon="missile")]), ({}, [tally(37, speaker="the air force")]))
    assert added(editor, "shot_down") == 39


def test_what_only_repeats_another_is_no_second_voice() -> None:
    editor = kept((FORCE, [tally(37)]), ({}, [tally(37, speaker="the air force")]))
    [one] = counted(editor)
    told, repeated = sorted(editor.record.claims)
    assert (one.claims, one.chosen, one.contested) == ((told,), told, False)
    assert editor.record.claims[repeated].document != editor.record.claims[told].document


def test_kinds_of_a_weapon_are_in_the_number_of_all_of_it() -> None:
    editor = kept((FORCE, [tally(37), tally(30, weapon="shahed"), tally(2, weapon="missile")]))
    assert added(editor, "shot_down") == 39


def test_a_part_of_a_total_is_not_counted_beside_it_even_of_another_outcome() -> None:
    editor = kept((FORCE, [tally(90, Outcome.LAUNCHED), tally(50, Outcome.LAUNCHED, "decoy_drone", subset_of=0)]))
    assert added(editor, "launched") == 90


def test_a_region_is_in_the_country() -> None:
    editor = Editor()
    editor.give(AcceptDrafts(document=editor.take(tally(37), tally(5), zones=[None, EAST], **FORCE)))
    assert added(editor, "shot_down") == 37


def test_where_two_differ_the_range_is_told_and_the_one_who_counted_goes_before() -> None:
    editor = kept(({"publisher": "Xinhua"}, [tally(47, speaker="officials")]), (FORCE, [tally(46)]))
    [one] = counted(editor)
    assert (one.value, one.low, one.high, one.contested) == (46, 46, 47, True)


def test_what_was_corrected_counts_as_corrected() -> None:
    editor = kept((FORCE, [tally(54)]))
    [claim] = editor.claims()
    later = editor.take(tally(58), **FORCE | {"published": "2026-03-01T12:00Z"})
    fact = editor.archive.taken[later].drafts[0].drafted.fact
    editor.give(CorrectClaim(claim=claim.id, document=later, drafted=Drafted(fact=fact)))
    assert added(editor, "shot_down") == 58


def test_of_what_nobody_counted_there_is_no_sum_and_some_is_not_0() -> None:
    some = CasualtyFact(quote="people were hurt", start=0, end=16, outcome=Harm.INJURED, value=None)
    editor = Editor()
    editor.give(AcceptDrafts(document=editor.take(some, zones=[PORT])))
    [one] = counted(editor)
    assert (one.outcome, one.value, one.low, one.high) == ("injured", None, 1, None)


def test_that_nobody_was_hurt_is_a_count_of_0() -> None:
    editor = Editor()
    editor.give(AcceptDrafts(document=editor.take(nobody_hurt(), zones=[PORT])))
    [one] = counted(editor)
    assert (one.value, one.low, one.high) == (0, 0, 0)
