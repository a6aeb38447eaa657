"""What the audit trail keeps of those who were refused."""

from __future__ import annotations

import msgspec

from tests.world import ARMY, NOON, raising
from tocsin.access import Caller
from tocsin.access.refused import Rationed, refused_command, refused_request, refused_stranger
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


# --- rationed ----------------------------------------------------------------------------------


def test_so_many_of_each_caller_are_kept_a_minute() -> None:
    rationed = Rationed(2)
    assert [rationed.keeps("olena") for _ in range(4)] == [True, True, False, False]
    assert [rationed.keeps("ivan") for _ in range(2)] == [True, True]
    assert [rationed.spent(who) for who in ("olena", "ivan", "nobody")] == [True, False, False]
    assert rationed.over(59.9) == {}
    assert not rationed.keeps("olena")
    assert rationed.over(60.0) == {"olena": 5}, "and ivan's were all kept"
    assert rationed.over(119.9) == {}
    assert rationed.keeps("olena")


def test_what_was_counted_in_one_minute_is_told_in_whichever_comes_next() -> None:
    rationed = Rationed(1)
    assert rationed.over(7_230.0) == {}
    for _ in range(2):
        rationed.keeps("olena")
    assert rationed.over(9_999.0) == {"olena": 2}
    assert rationed.over(99_999.0) == {}
