"""What always holds of the record, held against it with bugs in it: each bug that people would make here is found."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC
from importlib import import_module
from typing import Any

import msgspec
import pytest

from tests.record.editor import Editor
from tests.record.papers import control, count, killed, tally
from tests.world import COUNTRY, EAST, PORT
from tocsin.claims import Drafted
from tocsin.commands import AcceptDrafts, CorrectClaim
from tocsin.facts import ControlFact, Outcome
from tocsin.record.published import Fate, Published
from tocsin.record.saying import place_of
from tocsin.recorded import ClaimPublished, DocumentTaken
from tocsin.web.record.bodies import AttackAnswer, Book
from tocsin.web.record.files import COLUMNS, as_geojson, rows

counting: Any = import_module("tocsin.record.counting")
comparing: Any = import_module("tocsin.record.comparing")
quoting: Any = import_module("tocsin.record.quoting")
files: Any = import_module("tocsin.web.record.files")
where: Any = import_module("tocsin.web.record.where")
published: Any = import_module("tocsin.record.published")
telling: Any = import_module("tocsin.record.bulletin")
events: Any = import_module("tocsin.events")
editing: Any = import_module("tests.record.editor")

SECRET = "a draft of 41 drones that nobody has accepted"
FORCE: dict[str, Any] = {"publisher": "Air Force", "genre": "air_force_bulletin"}


def kept() -> Editor:
    """A night with all that tempts one to be wrong about it."""
    editor = Editor()
    bulletin_ = editor.take(
        tally(90, Outcome.LAUNCHED, "shahed"),
        tally(37, weapon="shahed"),
        tally(5, weapon="shahed", subset_of=1),
        zones=[None, None, EAST],
        **FORCE,
    )
    editor.give(AcceptDrafts(document=bulletin_, attack="2026-03-01"))
    report = editor.take(
        tally(37, speaker="the air force"),
        killed(None, "Port"),
        control("Port"),
        zones=[None, PORT, None],
    )
    editor.give(AcceptDrafts(document=report, attack="2026-03-01"))
    wrong = next(claim for claim in editor.claims() if claim.number == 0 and claim.document == bulletin_)
    mended = tally(92, Outcome.LAUNCHED, "shahed", quote=wrong.fact.quote)
    mended = msgspec.structs.replace(mended, value=count(90), weapon="attack_drone")
    drafted = Drafted(fact=msgspec.structs.replace(mended, start=wrong.fact.start, end=wrong.fact.end))
    editor.give(CorrectClaim(claim=wrong.id, drafted=drafted), reason="of any kind")
    editor.take(tally(41, quote=SECRET), publisher="Somebody", genre="wire_report")
    return editor


def told(editor: Editor) -> AttackAnswer:
    attack, *_ = [one for one in editor.record.open_attacks() if editor.record.current(one.id)]
    return Book(editor.record, COUNTRY, UTC, place_of).answer(attack, lambda since, until: [], None)


def holds(editor: Editor) -> None:
    """All of it, of that night. Errors: `AssertionError`, or whatever else stops who reads it."""
    answer = told(editor)
    claims = {claim.id: claim for claim in answer.claims}
    _nothing_is_counted_twice(answer)
    _only_what_was_accepted_is_public(editor)
    _nothing_is_taken_out(editor, answer)
    assert "killed" in {head.outcome for head in answer.attack.headlines}, "somebody was killed, though nobody counts"
    assert all((head.low, head.high) != (0, 0) for head in answer.attack.headlines), "unknown is not 0"
    assert {row[COLUMNS_AT["value"]] for row in rows([answer]) if row[COLUMNS_AT["outcome"]] == "killed"} == {None}
    for claim in answer.claims:
        if isinstance(claim.fact, ControlFact):
            assert claim.zone is None, "territory is told in words"
    shapes = {one["id"]: one["geometry"] for one in as_geojson([answer], lambda zone: (30.0, 50.0))["features"]}
    territory = [id for id, claim in claims.items() if isinstance(claim.fact, ControlFact)]
    assert territory
    assert all(shapes[id] is None for id in territory), "a claim of territory has no geometry"
    for sentence in answer.bulletin:
        assert sentence.claims, f"nobody says: {sentence.text['en']}"
        assert all(claims[id].fate is Fate.CURRENT for id in sentence.claims)
        said = " ".join(claims[id].fact.quote for id in sentence.claims)
        for number in re.findall(r"\d+", sentence.text["en"]):
            assert number in said, f"{number} is said by no claim of {sentence.text['en']!r}"


COLUMNS_AT = {name: at for at, name in enumerate(COLUMNS)}


def _nothing_is_counted_twice(answer: AttackAnswer) -> None:
    heads = {(head.outcome, head.family): (head.low, head.high) for head in answer.attack.headlines}
    assert heads[("shot_down", "drone")] == (37, 37), "neither a repeat nor a part is another one"
    assert heads[("launched", "drone")] == (90, 90)


def _only_what_was_accepted_is_public(editor: Editor) -> None:
    assert all(claim.fact.quote != SECRET for claim in editor.record.claims.values())
    assert SECRET not in msgspec.json.encode(editor.told()).decode(), "what is told to everybody"
    accepted = sum(isinstance(event, ClaimPublished) for event in editor.log)
    assert accepted == 7, "six were accepted and one was corrected"
    assert any(isinstance(event, DocumentTaken) for event in editor.log)


def _nothing_is_taken_out(editor: Editor, answer: AttackAnswer) -> None:
    seqs = [seq for seq, event in enumerate(editor.log, 1) if isinstance(event, ClaimPublished)]
    assert sorted(editor.record.claims) == seqs, "every claim that ever was is there"
    assert [claim.fate for claim in answer.claims if claim.superseded_by] == [Fate.SUPERSEDED]


def test_it_holds() -> None:
    holds(kept())


# --- bugs ------------------------------------------------------------------------------------------

Patch = pytest.MonkeyPatch


def a_repeat_is_counted_again(patch: Patch) -> None:
    patch.setattr(Published, "repeats", lambda self, claim: False)
    patch.setattr(counting, "_contains", lambda whole, part, hierarchy: False)


def a_part_is_counted_beside_its_total(patch: Patch) -> None:
    patch.setattr(counting, "_covered_by", lambda *given: None)


def what_comes_in_is_published_at_once(patch: Patch) -> None:
    right = Editor.give

    def give(self: Editor, order: Any, *given: Any, **more: Any) -> int:
        led_to = right(self, order, *given, **more)
        if hasattr(order, "drafted") and hasattr(order, "sha256"):
            right(self, AcceptDrafts(document=order.sha256))
        return led_to

    patch.setattr(Editor, "give", give)


def drafts_are_told_to_everybody(patch: Patch) -> None:
    patch.setattr(editing, "public", lambda entry: entry)


def what_nobody_counted_is_nought(patch: Patch) -> None:
    right = comparing.bounds_of

    def bounds_of(said: Any) -> tuple[float, float]:
        return (0, 0) if getattr(said.fact, "value", 1) is None else right(said)

    patch.setattr(counting, "bounds_of", bounds_of)


def a_correction_takes_the_old_claim_out(patch: Patch) -> None:
    right = published._Making._publish

    def publish(self: Any, seq: int, event: ClaimPublished) -> None:
        right(self, seq, event)
        if event.supersedes is not None:
            old = self._claims.pop(event.supersedes)
            self._by_attack[old.attack] = tuple(id for id in self._by_attack[old.attack] if id != old.id)

    patch.setattr(published._Making, "_publish", publish)


def a_claim_of_territory_is_a_place(patch: Patch) -> None:
    right = Editor.paper

    def paper(self: Editor, *facts: Any, zones: Any = (), **said: Any) -> Any:
        of_all = [*zones, *[None] * (len(facts) - len(zones))]
        placed = [PORT if isinstance(fact, ControlFact) else zone for fact, zone in zip(facts, of_all, strict=True)]
        return right(self, *facts, zones=placed, **said)

    patch.setattr(Editor, "paper", paper)
    for module in (quoting, files, where):
        patch.setattr(module, "may_have_zone", lambda fact: True)


def a_sentence_stands_on_no_claim(patch: Patch) -> None:
    right = telling._Making._sentence

    def sentence(self: Any, kind: str, speaker: Any, text: Any, claims: Any) -> Any:
        return right(self, kind, speaker, text, () if kind == "tally" else claims)

    patch.setattr(telling._Making, "_sentence", sentence)


def a_sentence_adds_up_what_nobody_added_up(patch: Patch) -> None:
    right = telling._Making.tallies

    def tallies(self: Any) -> Any:
        for one in right(self):
            yield msgspec.structs.replace(one, text={lang: f"{text} (128)" for lang, text in one.text.items()})

    patch.setattr(telling._Making, "tallies", tallies)


BUGS: tuple[Callable[[Patch], None], ...] = (
    a_repeat_is_counted_again,
    a_part_is_counted_beside_its_total,
    what_comes_in_is_published_at_once,
    drafts_are_told_to_everybody,
    what_nobody_counted_is_nought,
    a_correction_takes_the_old_claim_out,
    a_claim_of_territory_is_a_place,
    a_sentence_stands_on_no_claim,
    a_sentence_adds_up_what_nobody_added_up,
)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_found(bug: Callable[[Patch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    bug(monkeypatch)
    with pytest.raises((AssertionError, KeyError)):
        holds(kept())
