"""The small dose of the small worlds: all of their orders at every state that a few entries lead to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import msgspec
import pytest

from soak.worlds import __main__ as command_line
from soak.worlds import dumb
from soak.worlds.book import HAZARDS, SOURCES, Book, Key, Kind
from soak.worlds.catalogue import WORLDS, World
from soak.worlds.dumb import COUNTRY, OBLAST, RAION, ZONES, Said
from soak.worlds.explore import Count, Explorer, explored
from soak.worlds.standing import Violation
from tocsin.commands import Command
from tocsin.engine import decide, ending
from tocsin.model import Extent, Hazard, Level, SourceId, Stage, Status, Threat, ZoneId

SEEN = {
    "orders": (260, 1_019, 1_548),
    "levels": (199, 769, 979),
    "sources": (326, 1_242, 1_243),
    "kinds": (1_328, 5_149, 3_442),
    "alerts": (313, 1_177, 774),
}
"""States, those they stand for, and transitions between them."""


def dose(world: World) -> Count:
    every = Count()
    for _, count, _ in explored(world, world.small):
        every += count
    return every


@pytest.fixture(scope="module")
def doses() -> dict[str, Count]:
    return {name: dose(world) for name, world in WORLDS.items()}


@pytest.mark.parametrize("name", WORLDS)
def test_nothing_is_wrong_at_any_state_near_the_beginning_nor_on_any_way_between_them(
    name: str, doses: dict[str, Count]
) -> None:
    found = doses[name]
    assert (found.states, found.standing_for, found.transitions) == SEEN[name]


def test_orders_are_refused_in_every_way_that_is_documented_and_in_no_other(doses: dict[str, Count]) -> None:
    refused = sum((count.refusals for count in doses.values()), Counter[str]())
    documented = re.findall(r"`(\w+)`", (decide.__doc__ or "").partition("Errors:")[2])
    assert {*refused, "StaleSeq"} == set(documented), "orders decided upon something old are tried at every state"


def test_no_two_orders_to_raise_depend_on_their_sequence(doses: dict[str, Count]) -> None:
    assert all(count.pairs > 100 for count in doses.values())


# --- what is left out of a state decides nothing -----------------------------------------------


@pytest.mark.parametrize(("name", "length", "logs"), [("orders", 1, 13), ("levels", 2, 337), ("sources", 2, 393)])
def test_logs_that_count_as_one_state_have_one_future(name: str, length: int, logs: int) -> None:
    assert Explorer(WORLDS[name]).unabridged(length) == logs


@pytest.mark.parametrize("name", ["sources", "levels"])
def test_a_state_that_leaves_out_too_much_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def coarse(self: Book, key: Key) -> Key:
        """Without what is known of sources, and without the last hold."""
        return key[2:-1]

    monkeypatch.setattr(Book, "least", coarse)
    with pytest.raises(Violation, match="another future"):
        Explorer(WORLDS[name]).unabridged(1)


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("pair", [SOURCES, HAZARDS])
def test_every_order_about_one_source_or_hazard_is_there_for_the_other(name: str, pair: tuple[str, str]) -> None:
    def swapped(command: Command) -> str:
        text = without_key(command)
        return (
            text.replace(f'"{pair[0]}"', '"?"').replace(f'"{pair[1]}"', f'"{pair[0]}"').replace('"?"', f'"{pair[1]}"')
        )

    commands = WORLDS[name].commands
    assert sorted(map(swapped, commands)) == sorted(map(without_key, commands))
    assert len({without_key(command) for command in commands}) == len(commands), "no order is tried twice"


def without_key(command: Command) -> str:
    return msgspec.json.encode(msgspec.structs.replace(command, key="k")).decode()


def test_states_are_the_same_where_sources_or_hazards_are_swapped_and_nowhere_else() -> None:
    book = Book((Kind(), Kind(extent=Extent.PART)))
    army, duty = (said(COUNTRY, source=source) for source in SOURCES)
    assert least(book, [army]) == least(book, [duty])
    assert least(book, [army, duty]) != least(book, [army, army])
    assert least(book, [army]) != least(book, [said(OBLAST)])
    assert least(book, [army]) != least(book, [said(COUNTRY, extent=Extent.PART)])
    assert least(book, [army, duty]) == least(book, [duty, army])


def least(book: Book, holds: Iterable[Said]) -> Key:
    return book.least(book.key([book.number[hold] for hold in holds], {}))


# --- the plain definitions, by hand --------------------------------------------------------------


def said(
    zone: str, stage: Stage = Stage.ALERT, level: Level = Level.RED, extent: Extent = Extent.WHOLE, source: str = "army"
) -> Said:
    where, who = ZONES[ZONES.index(ZoneId(zone))], SourceId(source)
    return Said(where, Hazard.AIR_RAID, Threat.UNKNOWN, stage, level, extent, who, None)


@pytest.mark.parametrize(
    ("holds", "told"),
    [
        ([], "clear clear clear"),
        ([said(OBLAST)], "partial red red"),
        ([said(RAION, level=Level.YELLOW)], "partial partial yellow"),
        ([said(COUNTRY, extent=Extent.PART)], "partial clear clear"),
        ([said(OBLAST, extent=Extent.PART), said(COUNTRY, Stage.EARLY_WARNING)], "early_warning " * 3),
        ([said(OBLAST, level=Level.YELLOW), said(COUNTRY, Stage.EARLY_WARNING)], "early_warning yellow yellow"),
        ([said(RAION, level=Level.YELLOW), said(RAION)], "partial partial red"),
    ],
)
def test_the_plain_definitions_say_what_the_architecture_says(holds: list[Said], told: str) -> None:
    assert [dumb.status(holds, zone) for zone in ZONES] == [Status(status) for status in told.split()]


# --- the command ---------------------------------------------------------------------------------


def test_two_processes_find_what_one_finds(capsys: pytest.CaptureFixture[str]) -> None:
    seen = []
    for jobs in (1, 2):
        command_line.run([WORLDS["levels"]], 2, small=False, jobs=jobs)
        seen.append([line.split()[:6] for line in capsys.readouterr().out.splitlines()[:-1]])  # all but the seconds
    assert seen[0] == seen[1]
    assert ["all", "42", "141", "96"] in [row[:4] for row in seen[0]]


def test_what_goes_wrong_is_told_with_the_orders_that_led_to_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = ending.release
    monkeypatch.setattr(ending, "release", lambda *asked: list(real(*asked))[:0])
    monkeypatch.setattr("sys.argv", ["small worlds", "--world", "levels", "--length", "2"])
    assert command_line.main() == 1
    told = capsys.readouterr().err
    assert "in the world of levels: which holds stay" in told
    assert re.search(r"order 1, by \w+: Raise\(.*\n  order 2, by \w+: Release\(", told)
