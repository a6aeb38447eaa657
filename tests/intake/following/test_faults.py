"""A small dose of soak/follow, and bugs planted to see it find them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pytest

from soak.follow.__main__ import run
from soak.follow.round import POLLED, Fault
from tocsin.commands import Heartbeat
from tocsin.intake.following import (
    alerts_in_ua,
    another_tocsin,
    follower,
    judge,
    listening,
    oref,
    ukrainealarm,
)
from tocsin.intake.following.readings import Answer, Reading

Plant = Callable[[pytest.MonkeyPatch], None]
ROUNDS = 400
"""After so many rounds at most a planted bug has been found; by far in most cases sooner."""


@pytest.mark.parametrize("name", [*POLLED, "tocsin"])
def test_through_all_faults_nothing_is_let_go_too_early_and_every_end_is_seen(name: str) -> None:
    count = run(25, 1, (name,))
    assert count["let go"] > 50
    assert count["restarts"] > 5


# --- planted ------------------------------------------------------------------------------------


def one_read_is_enough(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(judge, "READS", 1)
    plant.setattr(judge, "WARY", 0)


def nothing_is_odd(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(judge, "_odd", lambda *_: ())


def a_failure_in_between_counts_for_nothing(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(follower, "unheard", lambda memory, why: (memory, judge.Verdict(odd=(why,))))
    plant.setattr(judge, "READS", 1)


def an_empty_body_is_calm(plant: pytest.MonkeyPatch) -> None:
    was = alerts_in_ua.read

    def read(answer: Answer, *rest: Any) -> Reading:
        if not answer.body:
            return Reading(ended=tuple(follower_ends()), complete=True)
        return was(answer, *rest)

    def follower_ends() -> list[Any]:
        from tocsin.intake.following.readings import Ended
        from tocsin.model import ZoneId

        return [Ended(zones=(ZoneId("UA"),))]

    plant.setattr(alerts_in_ua, "read", read)


def an_error_page_is_a_sign_of_life(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(judge.Verdict, "alive", property(lambda verdict: True))


def what_says_less_is_lowered_at_once(plant: pytest.MonkeyPatch) -> None:
    was = judge._absent

    def absent(memory: Any, said: Mapping[Any, Any], *rest: Any) -> Any:
        found = was(memory, said, *rest)
        return {key: msgspec.structs.replace(one, needs=1) if key in said else one for key, one in found.items()}

    plant.setattr(judge, "_absent", absent)


def ends_are_never_seen(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(judge, "READS", 9)


def the_numbers_alone_decide(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(oref, "OVER", ("ירי",))


def the_number_is_not_asked(plant: pytest.MonkeyPatch) -> None:
    was = ukrainealarm.read
    plant.setattr(ukrainealarm, "read", lambda answer, places, index=None: was(answer, places))
    plant.setattr(judge, "READS", 1)
    plant.setattr(judge, "WARY", 0)


def a_snapshot_is_believed_at_once(plant: pytest.MonkeyPatch) -> None:
    was = judge._absent
    plant.setattr(
        judge,
        "_absent",
        lambda *args: {key: msgspec.structs.replace(one, needs=1) for key, one in was(*args).items()},
    )


def a_gap_is_passed_over(plant: pytest.MonkeyPatch) -> None:
    was = another_tocsin.hear

    def hear(heard: Any, word: Any, *rest: Any) -> Any:
        try:
            return was(heard, word, *rest)
        except another_tocsin.Mishap:
            return heard, Reading()

    plant.setattr(listening, "hear", hear)


def a_mass_clearing_needs_no_more(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(judge, "MASS", 2)
    plant.setattr(judge, "WARY", 0)


def silence_is_not_noticed(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(follower.Silence, "look", lambda *_: ())
    plant.setattr(follower, "sign_of_life", lambda feed, hierarchy: Heartbeat(silent_after_s=86_400))


def one_snapshot_is_enough(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(another_tocsin, "CAREFUL", -1)


def more_readings_are_wanted_than_is_documented(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(judge, "READS", 4)


def an_end_in_the_rows_is_not_heard(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(oref, "BELIEVED", 99)
    was = oref.read_past

    def read(*args: Any) -> Any:
        rows, reading = was(*args)
        return rows, msgspec.structs.replace(reading, ended=())

    plant.setattr(oref, "read_past", read)


def a_new_alert_waits_as_well(plant: pytest.MonkeyPatch) -> None:
    was = judge.judge

    def waiting(memory: Any, reading: Any, *rest: Any) -> Any:
        known = {one.key for one in memory.last or ()}
        said = tuple(one for one in reading.said if one.key in known)
        after, verdict = was(memory, msgspec.structs.replace(reading, said=said), *rest)
        return msgspec.structs.replace(after, last=frozenset(reading.said)), verdict

    plant.setattr(follower, "judge", waiting)


BUGS: list[tuple[Plant, tuple[str, ...]]] = [
    (one_read_is_enough, ("alerts.in.ua",)),
    (nothing_is_odd, ("alerts.in.ua",)),
    (a_failure_in_between_counts_for_nothing, ("alerts.in.ua", "ukrainealarm")),
    (an_empty_body_is_calm, ("alerts.in.ua",)),
    (an_error_page_is_a_sign_of_life, ("alerts.in.ua",)),
    (what_says_less_is_lowered_at_once, ("alerts.in.ua",)),
    (ends_are_never_seen, ("alerts.in.ua",)),
    (the_numbers_alone_decide, ("oref",)),
    (the_number_is_not_asked, ("ukrainealarm",)),
    (a_snapshot_is_believed_at_once, ("tocsin",)),
    (a_gap_is_passed_over, ("tocsin",)),
    (a_mass_clearing_needs_no_more, ("alerts.in.ua",)),
    (silence_is_not_noticed, ("alerts.in.ua",)),
    (one_snapshot_is_enough, ("tocsin",)),
    (more_readings_are_wanted_than_is_documented, ("ukrainealarm",)),
    (an_end_in_the_rows_is_not_heard, ("oref",)),
    (a_new_alert_waits_as_well, ("alerts.in.ua",)),
]


@pytest.mark.parametrize(
    ("plant", "names"), BUGS, ids=lambda value: getattr(value, "__name__", None) or "-".join(value)
)
def test_a_planted_bug_is_found(plant: Plant, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises(Fault):
        run(ROUNDS, 1, names)


def test_the_rounds_are_the_same_each_time() -> None:
    first: Counter[str] = run(4, 7)
    assert run(4, 7) == first
