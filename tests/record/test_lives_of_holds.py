"""The record of holds that were escalated, narrowed, extended, replaced and withdrawn, through the engine itself."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.record.rows import changes, ledger_of, lived
from tests.world import (
    ARMY,
    BEACH,
    COAST,
    COUNTRY,
    EAST,
    HILLS,
    LAND,
    PORT,
    WEST,
    command,
    minute,
    raising,
    releasing,
)
from tocsin.commands import Annotate, Command, Escalate, Extend, Narrow, Raise, Replace, Withdraw
from tocsin.events import (
    Entry,
    Event,
    GrantRevoked,
    ProposalDeclined,
    SourceCameBack,
    SourceFellSilent,
    SourceWatched,
)
from tocsin.model import Hazard, Level, SourceId, Stage, Status, Threat, ZoneId
from tocsin.record.history import History, RecordedHold, history, recorded, transitions
from tocsin.record.ledger import How, Ledger

EARLY = Stage.EARLY_WARNING
YELLOW, RED = Level.YELLOW, Level.RED


def escalating(*zones: ZoneId, at: float, **said: object) -> Command:
    return command(Escalate(zones=zones, at=minute(at), **said))  # type: ignore[arg-type]  # as the test wrote it


def withdrawing(*zones: ZoneId, at: float) -> Command:
    return command(Withdraw(zones=zones, at=minute(at)))


def narrowing(*zones: ZoneId, to: Sequence[ZoneId], at: float) -> Command:
    return command(Narrow(zones=zones, to=tuple(to), at=minute(at)))


def asked(ledger: Ledger, zone: ZoneId) -> History:
    return history(ledger, COUNTRY, zone, now=minute(60), level_of_parts="part")


def periods(ledger: Ledger, zone: ZoneId) -> tuple[int, float]:
    """How many alert periods the zone had, and how many minutes they lasted in all."""
    found = asked(ledger, zone)
    return found.count, found.total_s / 60


def kept(ledger: Ledger) -> list[tuple[int, ZoneId, Stage, Level, float, float | None, How | None]]:
    """What is recorded: hold, zone, what it said, from and until which minute, and how that ended."""

    def told(hold: RecordedHold) -> tuple[int, ZoneId, Stage, Level, float, float | None, How | None]:
        since, ended = ((at - minute(0)).total_seconds() / 60 if at else None for at in (hold.since, hold.ended))
        assert since is not None
        return hold.id, hold.zone, hold.stage, hold.level, since, ended, hold.ended_how

    return [told(hold) for hold in recorded(ledger, minute(-1), minute(60))]


# --- early warnings and escalation -------------------------------------------------------------


def test_an_early_warning_is_no_alert() -> None:
    ledger = ledger_of(raising(EAST, at=minute(0), stage=EARLY), releasing(EAST, at=minute(9)))
    found = asked(ledger, EAST)
    assert (found.count, found.total_s, found.longest, found.months, found.peak) == (0, 0, None, [], None)
    assert asked(ledger, LAND).peak is None
    assert not history(ledger, COUNTRY, EAST, now=minute(5), level_of_parts=None).under_alert
    assert changes(ledger, EAST) == [
        (0, Status.EARLY_WARNING, 1, How.RAISED),
        (9, Status.CLEAR, 2, How.RELEASED),
    ]


def test_an_early_warning_that_became_an_alert_counts_from_its_escalation() -> None:
    ledger = ledger_of(
        raising(EAST, at=minute(0), stage=EARLY),
        escalating(EAST, at=4, to_stage=Stage.ALERT),
        releasing(EAST, at=minute(10)),
    )
    assert periods(ledger, EAST) == periods(ledger, COAST) == (1, 6)
    assert asked(ledger, LAND).peak is not None
    assert changes(ledger, PORT) == [
        (0, Status.EARLY_WARNING, 1, How.RAISED),
        (4, Status.RED, 2, How.ESCALATED),
        (10, Status.CLEAR, 3, How.RELEASED),
    ]


def test_yellow_that_became_red_is_one_alert_and_two_intervals_of_one_hold() -> None:
    ledger = ledger_of(
        raising(EAST, at=minute(0), level=YELLOW, threat=Threat.DRONES),
        escalating(EAST, at=4, to_level=RED, to_threat=Threat.CRUISE_MISSILES),
        releasing(EAST, at=minute(10)),
    )
    assert periods(ledger, EAST) == (1, 10)
    assert kept(ledger) == [
        (1, EAST, Stage.ALERT, YELLOW, 0, 4, How.ESCALATED),
        (1, EAST, Stage.ALERT, RED, 4, 10, How.RELEASED),
    ]
    latest = transitions(ledger, COUNTRY, EAST, minute(60))
    assert [(one.seq, one.how, one.threat) for one in latest] == [
        (3, How.RELEASED, Threat.CRUISE_MISSILES),
        (2, How.ESCALATED, Threat.CRUISE_MISSILES),
        (1, How.RAISED, Threat.DRONES),
    ]


def test_a_hold_escalated_twice_at_one_moment_said_two_things() -> None:
    ledger = ledger_of(
        raising(EAST, at=minute(0), level=YELLOW, stage=EARLY),
        escalating(EAST, at=4, to_stage=Stage.ALERT),
        escalating(EAST, at=4, to_level=RED),
    )
    assert kept(ledger) == [
        (1, EAST, EARLY, YELLOW, 0, 4, How.ESCALATED),
        (1, EAST, Stage.ALERT, RED, 4, None, None),
    ]
    assert changes(ledger, EAST)[1:] == [(4, Status.RED, 3, How.ESCALATED)]


def test_an_escalation_told_late_begins_no_sooner_than_what_it_escalates() -> None:
    ledger = ledger_of(
        raising(EAST, at=minute(0), level=YELLOW),
        escalating(EAST, at=6, to_level=RED),
        escalating(EAST, at=3, to_threat=Threat.DRONES),
    )
    assert changes(ledger, EAST) == [(0, Status.YELLOW, 1, How.RAISED), (6, Status.RED, 3, How.ESCALATED)]


def test_an_end_told_late_takes_back_what_was_said_only_after_it() -> None:
    ledger = ledger_of(
        raising(EAST, at=minute(0), level=YELLOW),
        escalating(EAST, at=6, to_level=RED),
        escalating(EAST, at=8, to_threat=Threat.DRONES),
        releasing(EAST, at=minute(5)),
    )
    assert periods(ledger, EAST) == (1, 5)
    assert kept(ledger) == [(1, EAST, Stage.ALERT, YELLOW, 0, 5, How.RELEASED)]
    assert changes(ledger, EAST) == [(0, Status.YELLOW, 1, How.RAISED), (5, Status.CLEAR, 4, How.RELEASED)]


# --- narrowed, extended, replaced ----------------------------------------------------------------


def test_what_stays_under_a_narrowed_warning_was_under_one_alert_all_along() -> None:
    ledger = ledger_of(
        raising(EAST, at=minute(0)),
        narrowing(EAST, to=[PORT], at=6),
        releasing(PORT, at=minute(10)),
    )
    assert {zone: periods(ledger, zone) for zone in (PORT, COAST, BEACH, EAST, HILLS)} == {
        PORT: (1, 10),
        COAST: (1, 10),
        BEACH: (1, 6),
        EAST: (1, 10),
        HILLS: (1, 6),
    }
    assert changes(ledger, PORT) == [(0, Status.RED, 1, How.RAISED), (10, Status.CLEAR, 4, How.RELEASED)]
    assert changes(ledger, HILLS) == [(0, Status.RED, 1, How.RAISED), (6, Status.CLEAR, 3, How.NARROWED)]
    assert changes(ledger, EAST)[1:] == [(6, Status.PARTIAL, 3, How.NARROWED), (10, Status.CLEAR, 4, How.RELEASED)]


def test_what_an_escalated_warning_is_narrowed_to_was_not_red_before_the_escalation() -> None:
    ledger = ledger_of(
        raising(EAST, at=minute(0), level=YELLOW),
        escalating(EAST, at=4, to_level=RED),
        narrowing(EAST, to=[COAST], at=6),
    )
    assert periods(ledger, COAST) == (1, 60)
    assert changes(ledger, COAST) == [(0, Status.YELLOW, 1, How.RAISED), (4, Status.RED, 2, How.ESCALATED)]
    assert kept(ledger)[2:] == [(3, COAST, Stage.ALERT, RED, 4, None, None)]


def test_a_warning_narrowed_late_to_before_its_escalation_leaves_no_gap() -> None:
    ledger = ledger_of(
        raising(EAST, at=minute(0), level=YELLOW),
        escalating(EAST, at=4, to_level=RED),
        narrowing(EAST, to=[COAST], at=2),
    )
    assert periods(ledger, COAST) == (1, 60)
    assert periods(ledger, HILLS) == (1, 2)
    assert changes(ledger, COAST) == [(0, Status.YELLOW, 1, How.RAISED), (2, Status.RED, 3, How.RAISED)]


def test_a_warning_that_others_were_extended_from_is_narrowed_without_them() -> None:
    ledger = ledger_of(
        raising(EAST, COAST, at=minute(0)),
        command(Extend(zones=(EAST,), to=(WEST,), at=minute(7))),
        narrowing(EAST, to=[COAST], at=9),
    )
    assert changes(ledger, WEST) == [(7, Status.RED, 3, How.RAISED)]
    assert periods(ledger, COAST) == (1, 60)


def test_a_zone_that_a_warning_was_extended_to_was_under_none_before() -> None:
    ledger = ledger_of(
        raising(EAST, at=minute(0)),
        command(Extend(zones=(EAST,), to=(WEST,), at=minute(0))),
        narrowing(EAST, to=[COAST], at=6),
    )
    assert changes(ledger, WEST) == [(0, Status.RED, 2, How.RAISED)]
    ledger = ledger_of(raising(EAST, at=minute(0)), command(Extend(zones=(EAST,), to=(WEST,), at=minute(7))))
    assert changes(ledger, WEST) == [(7, Status.RED, 2, How.RAISED)]
    assert periods(ledger, WEST) == (1, 53)


def test_a_replaced_warning_and_what_replaces_it_are_one_alert() -> None:
    by = Raise(zones=(EAST,), level=YELLOW, threat=Threat.DRONES)
    ledger = ledger_of(
        raising(EAST, at=minute(0)),
        command(Replace(zones=(EAST,), by=by, at=minute(6))),
        releasing(EAST, at=minute(10)),
    )
    assert periods(ledger, EAST) == (1, 10)
    assert changes(ledger, EAST) == [
        (0, Status.RED, 1, How.RAISED),
        (6, Status.YELLOW, 3, How.REPLACED),
        (10, Status.CLEAR, 4, How.RELEASED),
    ]


def test_what_a_worse_warning_replaces_did_not_make_it_worse() -> None:
    by = Raise(zones=(EAST,), threat=Threat.MIG31K)
    ledger = ledger_of(raising(EAST, at=minute(0), level=YELLOW), command(Replace(zones=(EAST,), by=by, at=minute(6))))
    [latest, _] = transitions(ledger, COUNTRY, EAST, minute(60))
    assert (latest.after, latest.seq, latest.how, latest.threat) == (Status.RED, 2, How.RAISED, Threat.MIG31K)


def test_of_beginnings_at_one_moment_the_cause_is_the_first_that_says_what_is_said_then() -> None:
    ledger = ledger_of(
        raising(PORT, at=minute(0)),
        raising(EAST, at=minute(0), level=YELLOW),
        raising(EAST, at=minute(0)),
        raising(EAST, at=minute(0), ref="x"),
        raising(PORT, at=minute(0), ref="y"),
    )
    assert changes(ledger, EAST) == [(0, Status.RED, 3, How.RAISED)]


def test_of_ends_at_one_moment_the_cause_is_the_last_of_a_hold_that_said_more_than_is_said_then() -> None:
    held = [
        raising(EAST, at=minute(0), ref="red"),
        raising(EAST, at=minute(0), ref="yellow", level=YELLOW),
        raising(PORT, at=minute(0), ref="port"),
    ]
    red, yellow, port = (
        releasing(zone, at=minute(5), ref=ref) for zone, ref in ((EAST, "red"), (EAST, "yellow"), (PORT, "port"))
    )
    for ends, said in (
        ([red, port], (Status.YELLOW, 4)),
        ([port, red], (Status.YELLOW, 5)),
        ([red, yellow], (Status.PARTIAL, 5)),
        ([red, yellow, port], (Status.CLEAR, 6)),
    ):
        assert changes(ledger_of(*held, *ends), EAST)[1:] == [(5, *said, How.RELEASED)]


# --- withdrawn ----------------------------------------------------------------------------------


def test_a_false_alarm_counts_for_people_heard_it_and_its_end_says_that_it_was_one() -> None:
    ledger = ledger_of(
        raising(EAST, at=minute(0), hazard=Hazard.CHEMICAL),
        command(Withdraw(zones=(EAST,), hazard=Hazard.CHEMICAL, at=minute(3))),
    )
    assert periods(ledger, EAST) == (1, 3)
    assert kept(ledger) == [(1, EAST, Stage.ALERT, RED, 0, 3, How.WITHDRAWN)]
    [latest, first] = transitions(ledger, COUNTRY, COAST, minute(60))
    assert (first.how, latest.seq, latest.how, latest.hazard) == (How.RAISED, 2, How.WITHDRAWN, Hazard.CHEMICAL)


def test_a_false_alarm_beside_a_true_one_ends_alone() -> None:
    ledger = ledger_of(
        raising(EAST, at=minute(0), level=YELLOW, source=ARMY), raising(EAST, at=minute(2)), withdrawing(EAST, at=5)
    )
    assert periods(ledger, EAST) == (1, 60)
    assert changes(ledger, EAST)[1:] == [(2, Status.RED, 2, How.RAISED), (5, Status.YELLOW, 3, How.WITHDRAWN)]


def test_an_escalated_hold_that_is_withdrawn_late_was_withdrawn_with_all_that_it_said() -> None:
    ledger = ledger_of(
        raising(EAST, at=minute(0), level=YELLOW), escalating(EAST, at=6, to_level=RED), withdrawing(EAST, at=6)
    )
    assert kept(ledger) == [(1, EAST, Stage.ALERT, YELLOW, 0, 6, How.WITHDRAWN)]


# --- what else the log holds ----------------------------------------------------------------------


def test_the_latest_word_added_to_a_hold_is_recorded_with_it() -> None:
    ledger = Ledger()
    for entry in lived(
        raising(EAST, at=minute(0)),
        command(Annotate(zones=(EAST,), note="two groups")),
        command(Annotate(zones=(EAST,), note="three groups")),
        releasing(EAST, at=minute(9)),
    ):
        ledger.apply([entry])
    assert [hold.note for hold in recorded(ledger, minute(0), minute(60))] == ["three groups"]
    assert ledger.latest == minute(9).timestamp(), "a word takes effect nowhere"


@pytest.mark.parametrize(
    "event",
    [
        SourceWatched(source=SourceId("army"), silent_after_s=30, zones=(EAST,), at=minute(59)),
        SourceFellSilent(source=SourceId("army"), at=minute(59)),
        SourceCameBack(source=SourceId("army"), at=minute(59)),
        GrantRevoked(grant=1, at=minute(59)),
        ProposalDeclined(proposal=1, by="deputy", at=minute(59)),
    ],
)
def test_what_warns_nobody_is_passed_over(event: Event) -> None:
    log = lived(raising(EAST, at=minute(0)), releasing(EAST, at=minute(9)))
    between = Entry(seq=2, recorded_at=minute(60), order="else", event=event)
    last = log[1]
    ledger = Ledger()
    ledger.apply([log[0], between, Entry(seq=3, recorded_at=last.recorded_at, order=last.order, event=last.event)])
    assert (ledger.seq, ledger.latest) == (3, minute(9).timestamp())
    assert changes(ledger, EAST) == [(0, Status.RED, 1, How.RAISED), (9, Status.CLEAR, 3, How.RELEASED)]
