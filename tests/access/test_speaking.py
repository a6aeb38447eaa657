"""As whom somebody speaks, and upon whose holds they act."""

from __future__ import annotations

from typing import Any

import pytest

from tests.access.office import Office
from tests.access.orders import OTHERS, WARNINGS, name
from tests.world import (
    ARMY,
    CAPITAL,
    COAST,
    DUTY,
    EAST,
    FOREST,
    LAND,
    PORT,
    WEST,
    command,
    raising,
)
from tocsin.commands import (
    Annotate,
    Escalate,
    Extend,
    Heartbeat,
    Narrow,
    Order,
    Raise,
    Release,
    Replace,
    SourceBack,
    SourceSilent,
    Withdraw,
)
from tocsin.errors import NotGranted
from tocsin.model import HolderKind, SourceId, Verb


@pytest.mark.parametrize(("order", "verbs"), [*WARNINGS, *OTHERS[:3]], ids=name)
def test_nobody_speaks_as_a_source_that_is_not_theirs(order: Order, verbs: set[Verb]) -> None:
    office = Office()
    office.give("olena", LAND, sources=(DUTY, SourceId("radio")))
    assert office.refusal("olena", order, DUTY) == office.refusal("olena", order, SourceId("radio")) == ""
    with pytest.raises(NotGranted) as caught:
        office.permit("olena", order, ARMY)
    assert caught.value.detail["lacking"] == ["does not speak as army"]


@pytest.mark.parametrize("kind", [Escalate, Extend, Release, Narrow, Withdraw, Annotate, Replace])
def test_only_a_person_acts_upon_what_another_source_said(kind: type[Any]) -> None:
    fields = {"to": (FOREST,), "note": "three", "by": Raise(zones=(WEST,))}
    more: dict[str, Any] = {field: value for field, value in fields.items() if field in kind.__struct_fields__}
    office = Office()
    office.give("olena", WEST)
    office.give("feed", WEST, kind=HolderKind.SERVICE, sources=(DUTY, SourceId("radio")))
    assert office.permit("olena", kind(zones=(WEST,), of=ARMY, **more))
    assert office.permit("feed", kind(zones=(WEST,), of=SourceId("radio"), **more)), "it speaks as both"
    assert office.permit("feed", kind(zones=(WEST,), of=DUTY, **more))
    with pytest.raises(NotGranted) as caught:
        office.permit("feed", kind(zones=(WEST,), of=ARMY, **more))
    assert caught.value.detail["lacking"] == ["only a person acts upon what army said"]


@pytest.mark.parametrize("kind", [SourceSilent, SourceBack])
def test_another_sources_silence_is_for_people_with_a_say_wherever_that_source_speaks(
    kind: type[SourceSilent | SourceBack],
) -> None:
    office = Office()
    office.give("olena", EAST, WEST)
    office.give("ivan", WEST)
    office.give("petro", EAST, sources=(ARMY,))
    office.give("feed", LAND, kind=HolderKind.SERVICE)
    order = kind(of=ARMY)
    assert [office.refusal(who, order) for who in ("olena", "ivan", "feed")] == ["", "", "not_granted"]
    office.stand(raising(PORT, source=ARMY))
    assert [office.refusal(who, order) for who in ("olena", "ivan")] == ["", "not_granted"]
    of_itself = [office.refusal("petro", given, ARMY) for given in (kind(), order)]
    assert of_itself == ["", ""], "by whatever name"
    office.stand(command(Heartbeat(zones=(CAPITAL,)), ARMY))
    assert [office.refusal(who, order) for who in ("olena", "ivan")] == ["not_granted", "not_granted"]


def test_who_speaks_for_some_of_a_shared_sources_zones_neither_changes_its_promise_nor_keeps_it() -> None:
    """Or the silence of a radar for the whole land would go unnoticed because one town can still be heard."""
    office = Office()
    office.give("radar", EAST, WEST, sources=(ARMY,), kind=HolderKind.SERVICE)
    office.give("town", COAST, sources=(ARMY,), kind=HolderKind.SERVICE)
    assert office.refusal("town", Heartbeat(zones=(COAST,), silent_after_s=3_600), ARMY) == "", "nothing was promised"
    office.stand(command(Heartbeat(zones=(EAST, WEST), silent_after_s=30), ARMY))
    for said in (
        Heartbeat(zones=(COAST,), silent_after_s=3_600),
        Heartbeat(silent_after_s=30),
        Heartbeat(zones=(EAST, WEST), silent_after_s=30),
        SourceBack(),
        SourceBack(of=ARMY),
    ):
        assert [office.refusal(who, said, ARMY) for who in ("town", "radar")] == ["not_granted", ""]
    assert office.refusal("town", SourceSilent(), ARMY) == "", "that it is silent may be said by all who speak as it"
    assert office.refusal("town", raising(PORT).order, ARMY) == "", "and it warns where it may"
