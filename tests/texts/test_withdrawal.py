from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from tests.texts.telling import Log, shipped, told, zones
from tests.world import ARMY, COAST, EAST, LAND, NOON, PORT, WEST, command, minute, raising
from tocsin.commands import Command, Escalate, Withdraw
from tocsin.model import Extent, Level, Realm, Stage, Status, Threat
from tocsin.texts import Kind, messages

KYIV = timezone(timedelta(hours=2))
FALSE = command(Withdraw(zones=zones(EAST), cause="a test line"))


def test_a_correction_says_which_message_was_an_error_and_what_to_do() -> None:
    log = Log()
    log.give(raising(EAST, WEST, threat=Threat.BALLISTIC_MISSILES))
    [message] = log.told(command(Withdraw(zones=zones(EAST, WEST), cause="a test line")), now=minute(4), local=KYIV)
    assert (message.kind, message.instruction, message.leaves) == (Kind.WITHDRAWN, "withdrawn.clear", Status.CLEAR)
    assert (message.zones, message.holds, message.cause) == ((EAST, WEST), (1, 2), "a test line")
    assert (message.threat, message.stage, message.level) == (Threat.BALLISTIC_MISSILES, Stage.ALERT, Level.RED)
    assert message.wording["en"].title == "False alarm: ballistic missiles"
    assert message.wording["en"].body == (
        "The message “Red alert: ballistic missiles” that came at 14:00 was an error: there was no such threat. "
        "You need not stay in shelter because of it. No other warning is in force for your area now."
    )
    assert "«Червона тривога: балістичні ракети», яке надійшло о 14:00, було помилкою" in message.wording["uk"].body


def test_a_correction_is_another_word_than_the_all_clear() -> None:
    [message] = told(Withdraw(zones=zones(EAST)), raising(EAST))
    assert message.kind is not Kind.ALL_CLEAR
    for lang, wording in message.wording.items():
        all_clear = shipped().languages[lang].texts["air_raid.all_clear"]
        assert all_clear.body not in wording.body
        assert all_clear.title.split()[0].strip(":").casefold() not in f"{wording.title} {wording.body}".casefold()


@pytest.mark.parametrize(
    ("other", "instruction", "stays"),
    [
        (raising(EAST, source=ARMY), "withdrawn.alert", "another alert is in force"),
        (raising(LAND, source=ARMY, level=Level.YELLOW), "withdrawn.alert", "another alert is in force"),
        (
            raising(EAST, source=ARMY, stage=Stage.EARLY_WARNING),
            "withdrawn.early_warning",
            "an early warning for your area is in force",
        ),
        (raising(PORT, source=ARMY), "withdrawn.partial", "another warning is in force"),
        (raising(LAND, source=ARMY, extent=Extent.PART), "withdrawn.partial", "another warning is in force"),
    ],
    ids=["red beside it", "yellow above it", "early warning", "below it", "an unnamed part above it"],
)
def test_a_correction_where_something_else_stands_says_so(other: Command, instruction: str, stays: str) -> None:
    [message] = told(Withdraw(zones=zones(EAST)), raising(EAST), other)
    assert (message.kind, message.instruction) == (Kind.WITHDRAWN, instruction)
    assert stays in message.wording["en"].body
    assert "No other warning" not in message.wording["en"].body


def test_two_false_alarms_of_one_zone_are_two_corrections_and_neither_leaves_anything() -> None:
    found = told(Withdraw(zones=zones(EAST)), raising(EAST), raising(EAST, threat=Threat.DRONES))
    assert [(message.threat, message.instruction) for message in found] == [
        (Threat.UNKNOWN, "withdrawn.clear"),
        (Threat.DRONES, "withdrawn.clear"),
    ]


def test_alarms_of_different_hours_are_corrected_each_with_its_own() -> None:
    log = Log()
    log.give(raising(EAST), now=minute(0))
    log.give(raising(WEST), now=minute(10))
    found = log.told(command(Withdraw(zones=zones(EAST, WEST))), now=minute(11))
    assert [(message.zones, message.wording["uk"].body.split(" о ")[1][:9]) for message in found] == [
        ((EAST,), "12:00 UTC"),
        ((WEST,), "12:10 UTC"),
    ]


def test_seconds_make_no_second_message() -> None:
    log = Log()
    log.give(raising(EAST), now=minute(0.1))
    log.give(raising(WEST), now=minute(0.9))
    [message] = log.told(command(Withdraw(zones=zones(EAST, WEST))), now=minute(2))
    assert message.zones == (EAST, WEST)


def test_an_alarm_of_the_day_before_is_corrected_with_its_day() -> None:
    log, evening = Log(), datetime(2026, 3, 1, 23, 50, tzinfo=KYIV)
    log.give(raising(EAST), now=evening)
    [message] = log.told(command(Withdraw(zones=zones(EAST))), now=evening + timedelta(minutes=20), local=KYIV)
    assert "at 23:50, 01.03.2026 was an error" in message.wording["en"].body


def test_of_an_alarm_that_was_escalated_the_hour_of_the_last_message_is_named() -> None:
    log = Log()
    entries = log.give(raising(COAST, level=Level.YELLOW), now=minute(0))
    entries += log.give(command(Escalate(zones=zones(COAST), to_level=Level.RED)), now=minute(3))
    entries += log.give(command(Withdraw(zones=zones(COAST))), now=minute(5))
    message = messages(entries, Realm.LIVE, shipped(), now=None)[-1]
    assert "“Red alert: threat from the air, type not yet known” that came at 12:03 UTC" in message.wording["en"].body


def test_where_the_hour_is_not_known_none_is_made_up() -> None:
    log = Log()
    log.give(raising(EAST), now=NOON)
    [message] = messages(log.give(FALSE, now=minute(1)), Realm.LIVE, shipped(), now=None)
    assert "that came earlier was an error" in message.wording["en"].body
    assert "яке надійшло раніше, було помилкою" in message.wording["uk"].body
