"""The small worlds bite: with each of these mistakes planted in the engine, the small dose of one of them finds it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import msgspec
import pytest

from soak.worlds.catalogue import WORLDS
from soak.worlds.explore import explored
from soak.worlds.standing import Violation
from tocsin import model
from tocsin.commands import UponHolds
from tocsin.engine import Draft, Outlook, State, ending, raising, snapshot, sources, status, upon
from tocsin.events import Event, HoldRaised, HoldReleased, SourceCameBack, SourceFellSilent
from tocsin.model import Extent, Hierarchy, Hold, HoldId, SourceId, Stage, Status, ZoneId

Patch = pytest.MonkeyPatch
Deciding = Callable[..., Iterable[Event]]


@dataclass
class Mistake:
    plant: Callable[[Patch], None]
    world: str
    complaint: str


MISTAKES: dict[str, Mistake] = {}


def found(world: str, complaint: str) -> Callable[[Callable[[Patch], None]], Callable[[Patch], None]]:
    """In which world a mistake is found, and what is complained of."""

    def kept(plant: Callable[[Patch], None]) -> Callable[[Patch], None]:
        MISTAKES[plant.__name__] = Mistake(plant, world, complaint)
        return plant

    return kept


# --- how holds end -------------------------------------------------------------------------------


@found("levels", "what would be said of a zone")
def a_release_overlooks_what_holds_the_zone_from_above(patch: Patch) -> None:
    real = Outlook.said

    def said(self: Outlook, zone: ZoneId) -> Status:
        alone = Outlook(self._state)
        above = {hold.id for hold in self._state.holds.values() if hold.zone != zone}
        alone._gone, alone._below, alone._placed = self._gone | above, self._below, self._placed
        return real(alone, zone)

    patch.setattr(Outlook, "said", said)


@found("levels", "what it is said to leave")
def a_release_of_several_zones_leaves_what_none_of_them_leaves(patch: Patch) -> None:
    patch.setattr(ending, "_all", lambda held: sorted(itertools.chain(*held), key=lambda hold: -hold.id))
    patch.setattr(ending, "_released", hopeful(ending._released))


def hopeful(real: Callable[..., HoldReleased]) -> Callable[..., HoldReleased]:
    def released(*asked: Any) -> HoldReleased:
        return msgspec.structs.replace(real(*asked), leaves=Status.CLEAR)

    return released


@found("orders", "told less on the way than before and after")
def a_narrowing_ends_before_it_places(patch: Patch) -> None:
    patch.setattr(ending, "narrow", ending_first(ending.narrow))


@found("orders", "told less on the way than before and after")
def a_replacement_ends_before_it_places(patch: Patch) -> None:
    patch.setattr(ending, "replace", ending_first(ending.replace))


def ending_first(real: Deciding) -> Deciding:
    """The same events, the endings before the others, each with what it does leave then."""

    def decided(state: State, *asked: Any) -> Iterator[Event]:
        events, outlook = list(real(state, *asked)), Outlook(state)
        for event in events:
            if isinstance(event, HoldReleased):
                outlook.end(state.holds[event.hold])
                yield msgspec.structs.replace(event, leaves=outlook.said(event.zone))
        yield from (event for event in events if not isinstance(event, HoldReleased))

    return decided


@found("orders", "told less where the warning is kept")
def a_narrowing_keeps_nothing(patch: Patch) -> None:
    def narrow(state: State, *asked: Any) -> Iterator[Event]:
        outlook = Outlook(state)
        for event in list(real(state, *asked)):
            if isinstance(event, HoldReleased):
                outlook.end(state.holds[event.hold])
                yield msgspec.structs.replace(event, leaves=outlook.said(event.zone))

    real = ending.narrow
    patch.setattr(ending, "narrow", narrow)


@found("orders", "how it ended")
def a_false_alarm_is_told_as_an_all_clear(patch: Patch) -> None:
    patch.setattr(ending, "withdraw", ending.release)


# --- whose holds ---------------------------------------------------------------------------------


@found("levels", "upon another source's hold")
def a_release_takes_other_sources_holds(patch: Patch) -> None:
    patch.setattr(ending, "meant", also(lambda hold, order: hold.hazard is order.hazard))


@found("levels", "which holds stay")
def a_release_takes_holds_of_other_hazards(patch: Patch) -> None:
    patch.setattr(ending, "meant", also(lambda hold, order: order.of is None and hold.source == "army"))


@found("alerts", "carried out, where it is to be refused")
def a_release_of_one_alert_ends_its_sources_others(patch: Patch) -> None:
    patch.setattr(upon, "_fits", lambda hold, source, order: (hold.source, hold.hazard) == (source, order.hazard))


def also(takes: Callable[[Hold, UponHolds], bool]) -> Callable[..., dict[ZoneId, list[Hold]]]:
    """What an order means, and, where that is something, what else on the zone is taken."""
    real = upon.meant

    def meant(state: State, giver: SourceId, order: UponHolds, zones: list[ZoneId]) -> dict[ZoneId, list[Hold]]:
        found = real(state, giver, order, zones)
        return {
            zone: [hold for hold in upon.open_on(state, zone) if hold in holds or takes(hold, order)]
            for zone, holds in found.items()
        }

    return meant


@found("levels", "KeyError('army')")
def an_order_upon_nothing_ends_in_a_fault_of_the_program(patch: Patch) -> None:
    def meant(*asked: Any) -> dict[ZoneId, list[Hold]]:
        raise KeyError(asked[1])

    patch.setattr(ending, "meant", meant)


@found("orders", "which holds are placed")
def an_extension_rests_on_a_source_that_knows_nothing_of_it(patch: Patch) -> None:
    def extend(state: State, giver: SourceId, order: Any, *asked: Any) -> Iterator[Event]:
        for event in real(state, giver, order, *asked):
            yield msgspec.structs.replace(event, source=order.of or giver)

    real = raising.extend
    patch.setattr(raising, "extend", extend)


# --- how they are raised -------------------------------------------------------------------------


@found("kinds", "told less after an order that ends nothing")
def an_escalation_lowers(patch: Patch) -> None:
    def escalate(state: State, *asked: Any) -> Iterator[Event]:
        for event in real(state, *asked):
            before = state.holds[event.hold].stage
            yield event if before is Stage.EARLY_WARNING else msgspec.structs.replace(event, stage=Stage.EARLY_WARNING)

    real = raising.escalate
    patch.setattr(raising, "escalate", escalate)


@found("orders", "carried out, where it is to be refused")
def an_escalation_downwards_is_carried_out(patch: Patch) -> None:
    class Flat(tuple[str, ...]):
        def index(self, *_: Any) -> int:
            return 0

    patch.setattr(raising, "_STAGES", Flat())
    patch.setattr(raising, "_LEVELS", Flat())


@found("levels", "raises do not commute")
def a_red_warning_is_swallowed_by_a_yellow_one(patch: Patch) -> None:
    patch.setattr(raising, "same", lambda hold, source, order: (hold.source, hold.hazard) == (source, order.hazard))


@found("levels", "which holds are placed")
def a_warning_repeated_is_a_warning_more(patch: Patch) -> None:
    patch.setattr(raising, "same", lambda *_: False)


@found("levels", "decided twice, and differently")
def a_decision_depends_on_more_than_it_is_given(patch: Patch) -> None:
    def placing(*asked: Any) -> Iterator[HoldRaised]:
        for event in real(*asked):
            yield msgspec.structs.replace(event, cause=str(next(numbers)))

    real, numbers = raising.placing, itertools.count()
    patch.setattr(raising, "placing", placing)


@found("levels", "a decision changed the state it was decided upon")
def a_decision_changes_what_it_was_given(patch: Patch) -> None:
    def release(state: State, *asked: Any) -> Iterator[Event]:
        dict.clear(state.touched)  # type: ignore[arg-type]  # a mapping that is not to be changed: the mistake
        return real(state, *asked)

    real = ending.release
    patch.setattr(ending, "release", release)


# --- what is said --------------------------------------------------------------------------------


@found("sources", "what is said of a zone")
def an_unnamed_part_counts_as_the_whole(patch: Patch) -> None:
    def covering(state: State, zone: ZoneId) -> list[Hold]:
        reach = (zone, *state.hierarchy.ancestors(zone))
        return [hold for hold in state.holds.values() if hold.zone in reach]

    patch.setattr(status, "covering", covering)


@found("sources", "said calm around too early")
def an_unnamed_part_above_is_forgotten(patch: Patch) -> None:
    patch.setattr(status, "around", lambda *_: [])


@found("levels", "said clear too early")
def what_lies_below_is_forgotten(patch: Patch) -> None:
    patch.setattr(status, "inside", lambda *_: [])


@found("orders", "said too early")
def the_newest_warning_counts_and_not_the_worst(patch: Patch) -> None:
    patch.setattr(status, "_worst", lambda holds: holds[-1].says if holds else Status.CLEAR)


@found("kinds", "what would be said of a zone")
def an_early_warning_stands_above_an_alert(patch: Patch) -> None:
    patch.setitem(model._RANK, Status.EARLY_WARNING, 5)


@found("levels", "what is said of all zones")
def a_zone_is_told_otherwise_alone_than_among_all(patch: Patch) -> None:
    def statuses(state: State) -> dict[ZoneId, Status]:
        own = {
            zone
            for zone in state.by_zone
            if any(state.holds[hold].extent is Extent.WHOLE for hold in state.by_zone[zone])
        }
        return {zone: said if zone in own else Status.CLEAR for zone, said in real(state).items()}

    real = status.statuses
    patch.setattr("tocsin.engine.statuses", statuses)


# --- what is kept --------------------------------------------------------------------------------


@found("levels", "how many holds below")
def holds_below_are_counted_once_too_often(patch: Patch) -> None:
    def end(self: Draft, hierarchy: Hierarchy, hold: HoldId) -> None:
        below = dict(self._below)
        real(self, hierarchy, hold)
        self._below.update(below)

    real = Draft._end
    patch.setattr(Draft, "_end", end)


@found("levels", "touched below")
def what_is_touched_below_is_not_noted_above(patch: Patch) -> None:
    def touch(self: Draft, hierarchy: Hierarchy, zone: ZoneId, seq: int) -> None:
        self._touched[zone] = seq

    patch.setattr(Draft, "_touch", touch)


@found("levels", "decided upon")
def an_order_decided_upon_something_old_is_carried_out(patch: Patch) -> None:
    module = import_module("tocsin.engine.decide")  # its name in the package is that of its function
    patch.setattr(module, "last_touched", lambda state, zones: max(state.touched.get(zone, 0) for zone in zones))


@found("sources", "a state from its snapshot")
def a_snapshot_forgets_who_is_silent(patch: Patch) -> None:
    real = snapshot.pack
    patch.setattr(snapshot, "pack", lambda state: msgspec.structs.replace(real(state), sources=[]))


# --- sources -------------------------------------------------------------------------------------


@found("sources", "holds after an order about a source")
def silence_clears(patch: Patch) -> None:
    def apply(self: Draft, events: Iterable[Event]) -> None:
        events = list(events)
        real(self, events)
        for event in events:
            if isinstance(event, SourceFellSilent):
                for hold in [hold for hold in self._holds.values() if hold.source == event.source]:
                    self._end(self.state.hierarchy, hold.id)

    real = Draft.apply
    patch.setattr(Draft, "apply", apply)


@found("sources", "what is said of a zone")
def what_rests_on_a_silent_source_is_told_as_fresh(patch: Patch) -> None:
    def silent(state: State) -> frozenset[str]:
        return frozenset(
            source for source in state.sources if not any(h.source == source for h in state.holds.values())
        )

    patch.setattr(status, "silent_sources", silent)


@found("sources", "stale zones")
def the_calm_of_a_silent_sources_own_zones_is_trusted(patch: Patch) -> None:
    def stale(state: State) -> list[ZoneId]:
        return [zone for zone in real(state) if state.holds]

    real = status.stale_zones
    patch.setattr("tocsin.engine.stale_zones", stale)


@found("sources", "sources after")
def a_heartbeat_does_not_end_a_silence(patch: Patch) -> None:
    def heartbeat(*asked: Any) -> Iterator[Event]:
        yield from (event for event in real(*asked) if not isinstance(event, SourceCameBack))

    real = sources.heartbeat
    patch.setattr(sources, "heartbeat", heartbeat)


@found("sources", "which holds stay")
def a_source_that_is_back_is_believed_to_have_ended_all(patch: Patch) -> None:
    def release(state: State, *asked: Any) -> Iterator[Event]:
        if not any(source.silent_since for source in state.sources.values()):
            yield from real(state, *asked)

    real = ending.release
    patch.setattr(ending, "release", release)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_planted_mistake_is_found(name: str, monkeypatch: Patch) -> None:
    mistake = MISTAKES[name]
    mistake.plant(monkeypatch)
    with pytest.raises(Violation) as caught:
        for _ in explored(WORLDS[mistake.world], WORLDS[mistake.world].small):
            pass
    assert mistake.complaint in str(caught.value).splitlines()[0]
