"""What the audit trail keeps of those who were refused."""

from __future__ import annotations

import msgspec

from tests.world import ARMY, NOON, raising
from tocsin.access import Caller
from tocsin.access.refused import refused_command, refused_request, refused_stranger
from tocsin.errors import NotGranted, TokenExpired, Unauthorised
from tocsin.limits import REFUSED_ORDER_CHARS
from tocsin.store import Refusal

ERROR = NotGranted("olena may not do this")


def test_of_an_order_all_is_kept_that_was_asked_and_why_it_was_refused() -> None:
    given = msgspec.structs.replace(raising("west", source=ARMY, key="k"), actor="olena", reason="seen")
    assert refused_command(given, ERROR, NOON) == Refusal(
        actor="olena",
        key="k",
        source=ARMY,
        reason="seen",
        order=msgspec.json.encode(given.order).decode(),
        code="not_granted",
        message="olena may not do this",
        refused_at=NOON,
    )


def test_of_a_request_that_came_to_no_order_what_was_sent_is_kept() -> None:
    assert refused_request(Caller(holder="olena"), "{bad", ERROR, NOON) == Refusal(
        actor="olena",
        key="",
        source="",
        reason="",
        order="{bad",
        code="not_granted",
        message="olena may not do this",
        refused_at=NOON,
    )


def test_of_a_stranger_the_holder_is_kept_where_the_token_is_a_known_one() -> None:
    expired = refused_stranger(TokenExpired("this token was good until noon", holder="olena"), NOON)
    assert (expired.actor, expired.code, expired.order, expired.refused_at) == ("olena", "token_expired", "", NOON)
    nobody = refused_stranger(Unauthorised("this token is not known here"), NOON)
    assert (nobody.actor, nobody.code, nobody.message) == ("", "unauthorised", "this token is not known here")


def test_what_is_long_is_kept_only_so_far() -> None:
    long = NotGranted("x" * 9_999)
    given = raising(*(f"zone {number}" for number in range(999)))
    olena = Caller(holder="olena")
    for refusal in (refused_command(given, long, NOON), refused_request(olena, "y" * 9_999, long, NOON)):
        assert len(refusal.order) == len(refusal.message) == REFUSED_ORDER_CHARS
