"""Escalating: holds come to say more, and never less."""

from __future__ import annotations

from typing import Any

import pytest

from tests.world import (
    ARMY,
    COAST,
    DUTY,
    EAST,
    NOON,
    PORT,
    WEST,
    carried_out,
    minute,
    only,
    raising,
    releasing,
    upon,
)
from tocsin.commands import Escalate
from tocsin.engine import decide, fold, status_of, statuses
from tocsin.errors import EndBeforeStart, NotAnEscalation, NothingHeld
from tocsin.events import HoldEscalated
from tocsin.model import Extent, Hazard, HoldId, Level, SourceId, Stage, Status, Threat

EARLY = carried_out(
    [raising(EAST, stage=Stage.EARLY_WARNING, level=Level.YELLOW, at=minute(-9), ref="a", cause="seen")]
)


def test_an_escalation_names_the_hold_and_all_that_it_says_from_now_on() -> None:
    given = upon(Escalate, EAST, to_threat=Threat.DRONES, to_stage=Stage.ALERT, to_level=Level.RED, cause="confirmed")
    assert decide(EARLY, given, NOON) == (
        HoldEscalated(
            hold=HoldId(1),
            zone=EAST,
            hazard=Hazard.AIR_RAID,
            threat=Threat.DRONES,
            stage=Stage.ALERT,
            level=Level.RED,
            source=DUTY,
            at=NOON,
            cause="confirmed",
        ),
    )


def test_what_an_escalation_does_not_name_stays_as_it_was() -> None:
    [event] = only(HoldEscalated, decide(EARLY, upon(Escalate, EAST, to_stage=Stage.ALERT), NOON))
    assert (event.threat, event.stage, event.level) == (Threat.UNKNOWN, Stage.ALERT, Level.YELLOW)
    [event] = only(HoldEscalated, decide(EARLY, upon(Escalate, EAST, to_level=Level.RED), NOON))
    assert (event.threat, event.stage, event.level) == (Threat.UNKNOWN, Stage.EARLY_WARNING, Level.RED)
    [event] = only(HoldEscalated, decide(EARLY, upon(Escalate, EAST, to_threat=Threat.MIG31K), NOON))
    assert (event.threat, event.stage, event.level) == (Threat.MIG31K, Stage.EARLY_WARNING, Level.YELLOW)


def test_the_hold_stays_the_same_one_with_its_id_source_and_cause() -> None:
    state = carried_out([upon(Escalate, EAST, to_stage=Stage.ALERT, to_level=Level.RED, cause="confirmed")], EARLY)
    [hold] = state.holds.values()
    assert (hold.id, hold.source, hold.ref, hold.cause) == (1, DUTY, "a", "seen")
    assert statuses(state)[PORT] is Status.RED


@pytest.mark.parametrize(
    ("said", "to"),
    [
        ({"stage": Stage.ALERT}, {"to_stage": Stage.EARLY_WARNING}),
        ({"level": Level.RED}, {"to_level": Level.YELLOW}),
        ({"stage": Stage.EARLY_WARNING, "level": Level.RED}, {"to_stage": Stage.ALERT, "to_level": Level.YELLOW}),
        (
            {"stage": Stage.ALERT, "level": Level.YELLOW},
            {"to_stage": Stage.EARLY_WARNING, "to_level": Level.RED},
        ),
    ],
)
def test_nothing_says_less_by_an_escalation(said: dict[str, Any], to: dict[str, Any]) -> None:
    state = carried_out([raising(WEST), raising(EAST, **said)])
    with pytest.raises(NotAnEscalation) as caught:
        decide(state, upon(Escalate, EAST, to_threat=Threat.DRONES, **to), NOON)
    assert caught.value.detail["zone"] == EAST


def test_of_many_holds_one_that_would_say_less_refuses_the_whole_order() -> None:
    state = carried_out([raising(WEST, level=Level.YELLOW), raising(EAST)])
    with pytest.raises(NotAnEscalation) as caught:
        decide(state, upon(Escalate, WEST, EAST, to_stage=Stage.ALERT, to_level=Level.YELLOW), NOON)
    assert caught.value.detail == {"zone": EAST, "stage": Stage.ALERT, "level": Level.RED}
    assert caught.value.message == "the hold on east says alert, red; to have it say less, replace it"


def test_a_hold_that_says_as_much_already_is_left_alone() -> None:
    state = carried_out([raising(WEST, level=Level.YELLOW), raising(EAST)])
    events = decide(state, upon(Escalate, WEST, EAST, to_stage=Stage.ALERT, to_level=Level.RED), NOON)
    assert [event.zone for event in only(HoldEscalated, events)] == [WEST]
    assert decide(fold(state, events), upon(Escalate, WEST, EAST, to_level=Level.RED), NOON) == ()
    assert decide(state, upon(Escalate, WEST, EAST), NOON) == ()


def test_an_escalation_reaches_the_holds_it_means_and_no_other() -> None:
    state = carried_out(
        [
            raising(EAST, level=Level.YELLOW),
            raising(EAST, level=Level.YELLOW, ref="b"),
            raising(EAST, level=Level.YELLOW, source=ARMY),
            raising(EAST, level=Level.YELLOW, hazard=Hazard.ARTILLERY),
            raising(COAST, level=Level.YELLOW),
        ]
    )

    def reached(source: SourceId = DUTY, **meant: Any) -> list[int]:
        given = upon(Escalate, EAST, source=source, to_level=Level.RED, **meant)
        return [event.hold for event in only(HoldEscalated, decide(state, given, NOON))]

    assert reached() == [1, 2]
    assert reached(ref="b") == [2]
    assert reached(of=ARMY) == [3]
    assert reached(ARMY) == [3]
    assert reached(hazard=Hazard.ARTILLERY) == [4]
    with pytest.raises(NothingHeld):
        reached(threat=Threat.DRONES)
    [event] = only(HoldEscalated, decide(state, upon(Escalate, EAST, of=ARMY, to_level=Level.RED), NOON))
    assert event.source == DUTY, "who said so, not whose the hold is"


def test_an_early_warning_begins_as_an_alert_when_it_becomes_one_and_keeps_its_beginning_otherwise() -> None:
    [hold] = carried_out([upon(Escalate, EAST, to_stage=Stage.ALERT, at=minute(-2))], EARLY).holds.values()
    assert hold.since == minute(-2)
    [hold] = carried_out([upon(Escalate, EAST, to_level=Level.RED)], EARLY).holds.values()
    assert hold.since == minute(-9)
    alert = carried_out([upon(Escalate, EAST, to_stage=Stage.ALERT, at=minute(-2))], EARLY)
    with pytest.raises(EndBeforeStart):
        decide(alert, releasing(EAST, at=minute(-3)), NOON)


def test_a_warning_is_never_refused_for_its_moment_an_escalation_before_the_hold_counts_from_its_beginning() -> None:
    [event] = only(HoldEscalated, decide(EARLY, upon(Escalate, EAST, to_stage=Stage.ALERT, at=minute(-30)), NOON))
    assert event.at == minute(-9)


def test_a_hold_on_an_unnamed_part_stays_one_and_is_told_as_worse_around() -> None:
    state = carried_out([raising(EAST, extent=Extent.PART, level=Level.YELLOW)])
    after = carried_out([upon(Escalate, EAST, to_level=Level.RED)], state)
    assert statuses(after) == statuses(state)
    assert (status_of(state, PORT).around, status_of(after, PORT).around) == (Status.YELLOW, Status.RED)
