from __future__ import annotations

import pytest

from tests.world import EAST, raising
from tocsin.access import LOCAL, Grant, authenticate, permit
from tocsin.access.grants import OPERATOR
from tocsin.commands import Command
from tocsin.errors import Forbidden, Unauthorised

TOKEN = "an operator token of length"


def by(actor: str) -> Command:
    return Command(key="k", actor=actor, source=raising(EAST).source, order=raising(EAST).order)


@pytest.mark.parametrize("header", [f"Bearer {TOKEN}", f"bearer {TOKEN}", f"BEARER  {TOKEN} "])
def test_whoever_shows_the_token_is_the_operator(header: str) -> None:
    assert authenticate(header, TOKEN) is OPERATOR


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        TOKEN,
        f"Basic {TOKEN}",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN.upper()}",
        "Bearer токен",
        "Bearer \udcff\udcfe",
        "Bearer \x00",
    ],
)
def test_whoever_shows_anything_else_is_nobody_and_is_not_told_what_was_expected(header: str | None) -> None:
    with pytest.raises(Unauthorised) as caught:
        authenticate(header, TOKEN)
    assert TOKEN not in str(caught.value.body())


@pytest.mark.parametrize("header", [None, "Bearer ", f"Bearer {TOKEN}", "Bearer None"])
def test_without_a_token_in_the_settings_nobody_may_order_anything(header: str | None) -> None:
    with pytest.raises(Forbidden, match="without an operator token"):
        authenticate(header, None)


def test_a_token_may_be_of_any_letters() -> None:
    assert authenticate("Bearer ключ чергового офіцера", "ключ чергового офіцера") is OPERATOR


def test_nobody_may_give_orders_unless_granted() -> None:
    with pytest.raises(Forbidden, match="may not give orders"):
        permit(Grant(holder="guest"), by("guest"))
    with pytest.raises(Forbidden, match="may not give orders"):
        permit(Grant(holder="guest", speaks_for_others=True), by("guest"))


def test_the_operator_acts_in_their_own_name_alone() -> None:
    permit(OPERATOR, by("operator"))
    with pytest.raises(Forbidden) as caught:
        permit(OPERATOR, by("mayor"))
    assert caught.value.detail == {"actor": "mayor"}


def test_whoever_is_at_the_machine_may_speak_for_others() -> None:
    permit(LOCAL, by("local"))
    permit(LOCAL, by("import"))
