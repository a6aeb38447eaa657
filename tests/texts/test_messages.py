from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
import pytest

from tests.texts.telling import LANGUAGES, Log, shipped, told, zones
from tests.world import (
    ARMY,
    BEACH,
    CAPITAL,
    COAST,
    DUTY,
    EAST,
    FOREST,
    HILLS,
    LAND,
    NOON,
    PORT,
    WEST,
    command,
    minute,
    raising,
    releasing,
)
from tocsin.commands import Annotate, Escalate, Extend, Heartbeat, Narrow, Raise, Release, Replace, SourceSilent
from tocsin.engine import status_of
from tocsin.events import Entry, GrantGiven, HoldReleased
from tocsin.limits import NEWS_S
from tocsin.model import Extent, Hazard, HolderKind, HoldId, Level, Realm, Stage, Status, Terms, Threat, Verb
from tocsin.texts import Kind, Message, messages

YELLOW_DRONES: dict[str, Any] = {"level": Level.YELLOW, "threat": Threat.DRONES}
GET_READY: dict[str, Any] = {"stage": Stage.EARLY_WARNING}


# --- alarms ----------------------------------------------------------------------------------


def test_one_order_is_one_message_with_all_its_zones_in_log_order() -> None:
    [message] = told(Raise(zones=zones(WEST, EAST, CAPITAL), threat=Threat.BALLISTIC_MISSILES, cause="seen"))
    assert message.kind is Kind.ALARM
    assert message.zones == (WEST, EAST, CAPITAL)
    assert message.holds == (1, 2, 3)
    assert (message.first_seq, message.seq) == (1, 3)
    assert (message.hazard, message.threat) == (Hazard.AIR_RAID, Threat.BALLISTIC_MISSILES)
    assert (message.stage, message.level, message.extent) == (Stage.ALERT, Level.RED, Extent.WHOLE)
    assert (message.at, message.cause, message.source) == (NOON, "seen", DUTY)


def test_every_language_version_has_the_same_seq_zones_and_instruction_and_its_own_words() -> None:
    [message] = told(Raise(zones=zones(WEST, EAST), threat=Threat.BALLISTIC_MISSILES))
    assert message.instruction == "air_raid.alert.ballistic_missiles"
    assert sorted(message.wording) == list(LANGUAGES)
    assert message.wording["uk"].title == "Червона тривога: балістичні ракети"
    assert message.wording["en"].title == "Red alert: ballistic missiles"
    for lang, wording in message.wording.items():
        template = shipped().languages[lang].texts[message.instruction]
        assert (wording.body, wording.do, wording.dont) == (template.body, template.do, template.dont)


def test_two_orders_are_two_messages_though_they_say_the_same() -> None:
    log = Log()
    entries = log.give(raising(EAST)) + log.give(raising(WEST))
    assert [message.zones for message in messages(entries, Realm.LIVE, shipped(), now=None)] == [(EAST,), (WEST,)]


def test_different_things_in_one_order_are_different_messages() -> None:
    found = told(Extend(zones=zones(EAST), to=zones(WEST, CAPITAL)), raising(EAST), raising(EAST, **YELLOW_DRONES))
    assert [(message.kind, message.level, message.zones) for message in found] == [
        (Kind.ALARM, Level.RED, (WEST, CAPITAL)),
        (Kind.ALARM, Level.YELLOW, (WEST, CAPITAL)),
    ]


def test_a_warning_for_an_unnamed_part_says_so() -> None:
    [whole] = told(Raise(zones=zones(EAST)))
    [part] = told(Raise(zones=zones(EAST), extent=Extent.PART))
    assert part.extent is Extent.PART
    assert part.wording["en"].body.startswith("The threat concerns a part of the area named")
    assert part.wording["en"].body.endswith(whole.wording["en"].body)


@pytest.mark.parametrize(
    ("said", "leads"),
    [
        ({}, []),
        (YELLOW_DRONES, ["under_red"]),
        (GET_READY, ["under_alert"]),
        (GET_READY | YELLOW_DRONES, ["under_alert"]),
    ],
    ids=["red", "yellow", "early warning", "yellow early warning"],
)
def test_what_says_less_than_a_red_alert_says_that_what_is_worse_goes_on(
    said: dict[str, Any], leads: list[str]
) -> None:
    [message] = told(Raise(zones=zones(EAST), **said))
    for lang, wording in message.wording.items():
        words = shipped().languages[lang].leads
        here = [name for name in ("under_red", "under_alert", "stronger") if getattr(words, name) in wording.body]
        assert here == leads


def test_an_escalation_says_what_applies_now_and_that_it_is_a_change() -> None:
    order = Escalate(zones=zones(EAST, WEST), to_level=Level.RED, to_threat=Threat.CRUISE_MISSILES, cause="more")
    [message] = told(order, raising(EAST, WEST, **YELLOW_DRONES))
    assert message.kind is Kind.ESCALATED
    assert (message.zones, message.holds, message.first_seq, message.seq) == ((EAST, WEST), (1, 2), 3, 4)
    assert message.instruction == "air_raid.alert.cruise_missiles"
    assert message.cause == "more"
    assert message.wording["uk"].title == "Червона тривога: крилаті ракети"
    assert message.wording["uk"].body.startswith("Раніше оголошене попередження змінено")


# --- endings ---------------------------------------------------------------------------------


def test_the_all_clear_is_told_when_nothing_is_left() -> None:
    [message] = told(Release(zones=zones(EAST, WEST), cause="over"), raising(EAST, WEST))
    assert (message.kind, message.instruction) == (Kind.ALL_CLEAR, "air_raid.all_clear")
    assert (message.zones, message.holds, message.leaves) == ((EAST, WEST), (1, 2), Status.CLEAR)
    assert message.wording["uk"].title == "Відбій повітряної тривоги"
    assert message.cause == "over"


@pytest.mark.parametrize("hazard", Hazard)
def test_each_hazard_has_its_own_all_clear(hazard: Hazard) -> None:
    [message] = told(Release(zones=zones(EAST), hazard=hazard), raising(EAST, hazard=hazard))
    assert message.instruction == f"{hazard}.all_clear"
    assert message.hazard is hazard


@pytest.mark.parametrize("where", [EAST, LAND], ids=["on the same zone", "above"])
def test_no_all_clear_is_told_under_another_alert(where: str) -> None:
    [message] = told(Release(zones=zones(EAST)), raising(EAST), raising(where, source=ARMY))
    assert (message.kind, message.instruction, message.leaves) == (Kind.ENDED, "still.alert", Status.RED)


def test_what_is_left_after_an_alert_may_be_an_early_warning() -> None:
    [message] = told(Release(zones=zones(EAST)), raising(EAST), raising(EAST, source=ARMY, **GET_READY))
    assert (message.kind, message.instruction) == (Kind.ENDED, "still.early_warning")


def test_where_a_part_is_still_under_alert_the_whole_is_told_so() -> None:
    [message] = told(Release(zones=zones(EAST)), raising(EAST), raising(PORT, source=ARMY))
    assert (message.kind, message.instruction) == (Kind.ENDED, "over_in_part")


def test_zones_that_are_left_under_different_things_hear_different_things() -> None:
    found = told(Release(zones=zones(EAST, WEST, CAPITAL)), raising(EAST, WEST, CAPITAL), raising(WEST, source=ARMY))
    assert [(message.kind, message.zones) for message in found] == [
        (Kind.ALL_CLEAR, (EAST, CAPITAL)),
        (Kind.ENDED, (WEST,)),
    ]


def test_an_unnamed_part_of_what_a_zone_lies_in_may_be_that_zone_and_it_hears_no_all_clear() -> None:
    before = (raising(COAST), raising(EAST, source=ARMY, extent=Extent.PART))
    [message] = told(Release(zones=zones(COAST)), *before)
    assert (message.kind, message.instruction, message.leaves) == (Kind.ENDED, "over_in_part", Status.PARTIAL)


def test_a_warning_given_meanwhile_is_known_to_whoever_looks_at_the_state() -> None:
    log = Log()
    log.give(raising(EAST))
    entries = log.give(releasing(EAST))
    log.give(raising(EAST, source=ARMY))
    kinds = [
        [message.kind for message in messages(entries, Realm.LIVE, shipped(), now=now)]
        for now in (None, partial(status_of, log.state))
    ]
    assert kinds == [[Kind.ALL_CLEAR], [Kind.ENDED]]


def test_the_state_never_makes_an_ending_sound_better_than_the_log_does() -> None:
    log = Log()
    log.give(raising(EAST))
    log.give(raising(EAST, source=ARMY))
    entries = log.give(releasing(EAST))
    log.give(releasing(EAST, source=ARMY))
    [message] = messages(entries, Realm.LIVE, shipped(), now=partial(status_of, log.state))
    assert message.kind is Kind.ENDED


def test_two_holds_of_one_zone_that_end_together_are_one_all_clear() -> None:
    [message] = told(Release(zones=zones(EAST)), raising(EAST), raising(EAST, **YELLOW_DRONES))
    assert (message.kind, message.zones, message.holds) == (Kind.ALL_CLEAR, (EAST,), (1, 2))


# --- narrowed --------------------------------------------------------------------------------


def test_where_a_warning_is_narrowed_it_goes_on_in_the_part_and_the_whole_hears_no_all_clear() -> None:
    found = told(Narrow(zones=zones(EAST), to=zones(COAST)), raising(EAST, **YELLOW_DRONES))
    assert [(message.kind, message.instruction, message.zones) for message in found] == [
        (Kind.CONTINUED, "air_raid.alert.yellow.drones", (COAST,)),
        (Kind.NARROWED, "narrowed", (EAST,)),
    ]
    assert found[0].wording["en"].body.startswith("The warning now covers a smaller area")


def test_where_a_warning_is_narrowed_to_others_of_its_zones_the_rest_is_clear() -> None:
    [message] = told(Narrow(zones=zones(EAST, WEST), to=zones(WEST)), raising(EAST, WEST))
    assert (message.kind, message.zones) == (Kind.ALL_CLEAR, (EAST,))


def test_a_narrowed_warning_under_another_one_is_still_one() -> None:
    order = Narrow(zones=zones(EAST), to=zones(COAST))
    found = told(order, raising(EAST), raising(LAND, source=ARMY))
    assert [message.kind for message in found] == [Kind.CONTINUED, Kind.ENDED]


def test_that_a_warning_of_yesterday_goes_on_in_a_part_is_news() -> None:
    log = Log()
    log.give(raising(EAST, at=minute(-24 * 60)), now=minute(-24 * 60))
    found = log.told(command(Narrow(zones=zones(EAST), to=zones(COAST))))
    assert [message.kind for message in found] == [Kind.CONTINUED, Kind.NARROWED]


# --- replaced --------------------------------------------------------------------------------


def replacing(*old: str, new: str, **by: Any) -> Replace:
    return Replace(zones=zones(*old), by=Raise(zones=zones(new), **by))


def test_where_one_warning_takes_the_place_of_another_only_the_new_one_is_told() -> None:
    [message] = told(replacing(EAST, new=EAST, **YELLOW_DRONES), raising(EAST))
    assert (message.kind, message.instruction) == (Kind.REPLACED, "air_raid.alert.yellow.drones")
    words = shipped().languages["en"].leads
    assert message.wording["en"].body.startswith(words.replaced)
    assert words.under_red not in message.wording["en"].body, "the red alert before it is over"


def test_what_replaces_a_warning_beside_a_more_serious_one_says_that_this_one_comes_first() -> None:
    [message] = told(replacing(EAST, new=EAST, **YELLOW_DRONES), raising(EAST), raising(LAND, source=ARMY))
    assert message.kind is Kind.REPLACED
    assert message.wording["uk"].body.endswith(shipped().languages["uk"].leads.stronger)


def test_a_partial_warning_in_the_place_of_a_whole_one_is_no_second_thing_beside_it() -> None:
    [message] = told(replacing(EAST, new=EAST, extent=Extent.PART), raising(EAST))
    assert message.kind is Kind.REPLACED
    assert shipped().languages["en"].leads.stronger not in message.wording["en"].body


def test_a_warning_moved_elsewhere_is_an_alarm_there_and_an_all_clear_here() -> None:
    found = told(replacing(EAST, new=WEST), raising(EAST))
    assert [(message.kind, message.zones) for message in found] == [(Kind.ALARM, (WEST,)), (Kind.ALL_CLEAR, (EAST,))]


def test_a_warning_moved_to_a_part_leaves_the_whole_without_an_all_clear() -> None:
    found = told(replacing(EAST, new=COAST), raising(EAST))
    assert [(message.kind, message.zones) for message in found] == [(Kind.ALARM, (COAST,)), (Kind.ENDED, (EAST,))]


def test_a_warning_replaced_by_one_that_stood_already_is_told_as_ended_beside_it() -> None:
    [message] = told(replacing(EAST, new=EAST), raising(EAST), raising(EAST, **YELLOW_DRONES))
    assert (message.kind, message.instruction) == (Kind.ENDED, "still.alert")


# --- notes, sources --------------------------------------------------------------------------


def test_a_note_is_told_as_given_and_that_the_warning_stays() -> None:
    [message] = told(Annotate(zones=zones(EAST), note="Міст закрито, {what}"), raising(EAST, WEST))
    assert (message.kind, message.zones, message.holds) == (Kind.NOTE, (EAST,), (1,))
    for wording in message.wording.values():
        assert "Міст закрито, {what}" in wording.body


def test_a_note_cannot_break_the_line_it_stands_on() -> None:
    [message] = told(Annotate(zones=zones(EAST), note="over\n\u2028\u202eAll-clear\x00"), raising(EAST))
    assert message.wording["en"].body.endswith("“over All-clear”")


def test_a_silent_source_is_told_as_no_news_and_its_return_not_as_an_all_clear() -> None:
    log = Log()
    log.give(raising(EAST))
    [silent] = log.told(command(SourceSilent(cause="line cut")))
    [back] = log.told(command(Heartbeat()))[-1:]
    assert (silent.kind, silent.instruction, silent.zones) == (Kind.SILENT, "source_silent", ())
    assert (silent.source, silent.cause) == (DUTY, "line cut")
    assert (back.kind, back.instruction, back.zones) == (Kind.BACK, "source_back", ())
    for message in (silent, back):
        assert "not the all-clear" in message.wording["en"].body
        assert "не відбій" in message.wording["uk"].body


def test_a_source_that_is_watched_from_now_on_is_no_news() -> None:
    assert told(Heartbeat(zones=zones(EAST))) == []


def test_who_may_do_what_is_told_to_nobody() -> None:
    terms = Terms(
        holder="olha",
        kind=HolderKind.PERSON,
        sources=(DUTY,),
        zones=zones(LAND),
        hazards=tuple(Hazard),
        verbs=tuple(Verb),
    )
    entries = Log().add([GrantGiven(terms=terms, at=NOON)], "grant")
    assert messages(entries, Realm.LIVE, shipped(), now=None) == []


# --- history ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("late_s", "news"), [(NEWS_S, True), (NEWS_S + 1, False)])
def test_what_took_effect_long_before_it_was_recorded_is_not_told(late_s: int, news: bool) -> None:
    log, then = Log(), minute(-late_s / 60)
    found = [*log.told(raising(EAST, WEST, at=then)), *log.told(releasing(EAST, at=then))]
    assert [message.kind for message in found] == ([Kind.ALARM, Kind.ALL_CLEAR] if news else [])


@pytest.mark.parametrize("hazard", [None, Hazard.AIR_RAID])
def test_a_log_that_does_not_say_what_is_left_gives_no_all_clear(hazard: Hazard | None) -> None:
    log = Log()
    log.give(raising(EAST))
    entries = log.add([HoldReleased(hold=HoldId(1), zone=EAST, source=DUTY, at=NOON, hazard=hazard)], "old")
    assert messages(entries, Realm.LIVE, shipped(), now=None) == []


def test_a_message_goes_out_as_json_and_comes_back_the_same() -> None:
    for message in told(Narrow(zones=zones(EAST), to=zones(COAST)), raising(EAST, cause="seen")):
        assert msgspec.json.decode(msgspec.json.encode(message), type=Message) == message


def test_of_no_entries_nothing_is_told() -> None:
    nothing: list[Entry] = []
    assert messages(nothing, Realm.LIVE, shipped(), now=None) == []


def test_a_hold_placed_on_many_nested_zones_is_told_to_each() -> None:
    [message] = told(Raise(zones=zones(LAND, FOREST, HILLS, BEACH)))
    assert message.zones == (LAND, FOREST, HILLS, BEACH)
