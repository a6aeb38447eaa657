from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.texts.telling import LANGUAGES, Log, shipped, zones
from tests.world import ARMY, COAST, EAST, LAND, command, raising, releasing
from tocsin.commands import Annotate, Escalate, Narrow, Raise, Replace, SourceBack, SourceSilent, Withdraw
from tocsin.model import Level, Realm
from tocsin.texts import Kind, Message, Wording
from tocsin.texts.wording import worded

MARKS = {"uk": "НАВЧАННЯ", "en": "DRILL"}
FILLED = dict.fromkeys(("signal", "what", "hazard", "announced", "note"), "…")


def parts(wording: Wording) -> tuple[str, ...]:
    return (wording.title, wording.body, *wording.do, *wording.dont)


def all_wordings(lang: str, realm: Realm) -> Iterator[Wording]:
    catalogue = shipped().languages[lang]
    for key in catalogue.texts:
        for lead in (None, *catalogue.leads.__struct_fields__[:7]):
            yield worded(catalogue, realm, key, FILLED, before=() if lead is None else (lead,))


def told_in(realm: Realm) -> list[Message]:
    """Messages of every kind."""
    log, yellow = Log(realm), Raise(zones=zones(EAST), level=Level.YELLOW)
    orders = [
        raising(EAST),
        raising(LAND, source=ARMY, level=Level.YELLOW),
        command(Escalate(zones=zones(LAND), to_level=Level.RED), ARMY),
        command(Annotate(zones=zones(EAST), note="…")),
        releasing(LAND, source=ARMY),
        command(Replace(zones=zones(EAST), by=yellow)),
        command(Narrow(zones=zones(EAST), to=zones(COAST))),
        command(SourceSilent()),
        command(SourceBack()),
        command(Withdraw(zones=zones(COAST))),
        raising(EAST),
        releasing(EAST),
    ]
    return [message for given in orders for message in log.told(given)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_of_a_drill_begins_and_ends_with_its_mark(lang: str) -> None:
    mark = MARKS[lang]
    unmarked = [
        part
        for wording in all_wordings(lang, Realm.DRILL)
        for part in parts(wording)
        if not (part.startswith(f"{mark} — ") and part.endswith(f" — {mark}"))
    ]
    assert unmarked == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_message_of_a_drill_says_that_it_means_no_real_danger(lang: str) -> None:
    explained = shipped().languages[lang].drill.explained
    assert all(explained in wording.body for wording in all_wordings(lang, Realm.DRILL))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_of_the_live_realm_holds_a_mark_or_is_one_of_a_drill(lang: str) -> None:
    live = {part for wording in all_wordings(lang, Realm.LIVE) for part in parts(wording)}
    drill = {part for wording in all_wordings(lang, Realm.DRILL) for part in parts(wording)}
    assert live.isdisjoint(drill)
    assert [part for part in live if any(mark.casefold() in part.casefold() for mark in MARKS.values())] == []


def test_the_messages_of_a_drill_are_those_of_the_live_realm_in_other_words() -> None:
    live, drill = told_in(Realm.LIVE), told_in(Realm.DRILL)
    assert {message.kind for message in live} == {*Kind}
    for one, other in zip(live, drill, strict=True):
        assert (one.kind, one.zones, one.seq, one.instruction) == (
            other.kind,
            other.zones,
            other.seq,
            other.instruction,
        )
        assert (one.realm, other.realm) == (Realm.LIVE, Realm.DRILL)
        for lang in LANGUAGES:
            assert set(parts(one.wording[lang])).isdisjoint(parts(other.wording[lang]))
