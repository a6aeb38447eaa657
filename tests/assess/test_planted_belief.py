"""How much a word is worth, and what is meant by a town: held with bugs in it, each of which is found."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import msgspec
import numpy as np
import pytest

from tests.assess.scene import OTHER, minute, picture, report, southwest, to, zone
from tocsin.assess.advising import advise
from tocsin.assess.assessment import assess
from tocsin.assess.policy import policy_of
from tocsin.model import Stage, Threat
from tocsin.report import Report

reaching: Any = import_module("tocsin.assess.reach")

POLICY = policy_of(None)


def holds() -> None:
    """Errors: `AssertionError`."""
    _what_strikes_a_town_may_strike_beside_it()
    _one_word_is_half_believed()


def _what_strikes_a_town_may_strike_beside_it() -> None:
    found = assess(picture(report(0, to("Полтава"), kind=Threat.BALLISTIC_MISSILES)), minute(0.3))
    here = found.ground.patch(zone("Полтава"))
    assert here is not None
    touching = found.ground.ids(found.ground.within(here.x, here.y, here.radius_km))
    raised = {(one.zone, one.stage) for one in advise(found, POLICY, {}).raises}
    assert len(touching) > 3
    assert {(one, Stage.ALERT) for one in touching} <= raised, "the next zones are in it"
    assert Stage.EARLY_WARNING in {stage for _, stage in raised}, "those further off are to be ready"


def _one_word_is_half_believed() -> None:
    def best(*said: Report) -> float:
        """Of the zones but the very one where it was: that counts as named."""
        found = assess(picture(*said), minute(5.5))
        return max(float(np.sort(rows.probability)[-2]) for rows in found.rows_of.values())

    first, second = southwest(2)
    repeated = msgspec.structs.replace(first, source=OTHER, said_at=minute(1))
    assert 0.06 < best(first) < best(first, repeated) < 1.3 * best(first) < 0.5, "a word repeated is hardly more"
    assert best(first, second) > 0.5, "a second word of it is"
    assert best(msgspec.structs.replace(first, track="7")) > 1.5 * best(first), (
        "who follows it under an id is no rumour"
    )


def test_it_holds() -> None:
    holds()


# --- bugs ------------------------------------------------------------------------------------------

Patch = pytest.MonkeyPatch


def one_word_is_as_good_as_two(patch: Patch) -> None:
    patch.setattr(reaching, "belief", lambda of: 0.95)


def a_word_is_worth_more_when_repeated(patch: Patch) -> None:
    right = reaching.belief
    patch.setattr(reaching, "belief", lambda of: 1.0 if len(of.sources) > 1 else right(of))


def nobody_is_believed_under_an_id(patch: Patch) -> None:
    right = reaching.belief
    patch.setattr(reaching, "belief", lambda of: right(msgspec.structs.replace(of, own_ids=())))


def only_the_very_town_is_meant(patch: Patch) -> None:
    patch.setattr(reaching, "MEANT_TOO", reaching.BESIDE)


def all_within_reach_of_a_town_is_meant(patch: Patch) -> None:
    patch.setattr(reaching, "BESIDE", reaching.MEANT_TOO)


BUGS: tuple[Callable[[Patch], None], ...] = (
    one_word_is_as_good_as_two,
    a_word_is_worth_more_when_repeated,
    nobody_is_believed_under_an_id,
    only_the_very_town_is_meant,
    all_within_reach_of_a_town_is_meant,
)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_found(bug: Callable[[Patch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    bug(monkeypatch)
    with pytest.raises(AssertionError):
        holds()
