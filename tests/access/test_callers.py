"""Tokens, and whom they show."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import pytest

from tests.world import NOON, WEST, minute
from tocsin.access import Access, Caller, authenticate, new_token, token_digest
from tocsin.errors import TocsinError, TokenExpired, TokenTakenBack, Unauthorised, WrongRealm
from tocsin.events import TokenIssued, TokenRevoked
from tocsin.model import Realm

TOKEN = "tocsin_live_" + "Ab1_Cd2-" * 5 + "Xyz"
"""One and the same in every process that collects these tests."""


def issued(token: str = TOKEN) -> Access:
    event = TokenIssued(holder="olena", digest=token_digest(token), zones=(WEST,), expires=minute(5), label="", at=NOON)
    return Access().after(6, [event])


def shown(header: str | None, access: Access | None = None, realm: Realm = Realm.LIVE, now: datetime = NOON) -> Caller:
    return authenticate(issued() if access is None else access, header, realm, now)


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER  "])
def test_whoever_shows_a_token_is_its_holder_with_its_area(scheme: str) -> None:
    assert shown(f"{scheme}{TOKEN} ") == Caller(holder="olena", token=7, zones=(WEST,))


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
        f"Bearer {token_digest(TOKEN)}",
        "Bearer токен",
        "Bearer \udcff\udcfe",
        "Bearer \x00",
        "Bearer tocsin_live_",
    ],
)
def test_whoever_shows_anything_else_is_nobody_and_it_is_not_repeated_to_them(header: str | None) -> None:
    said = "this needs the header Authorization: Bearer TOKEN|this token is not known here"
    with pytest.raises(Unauthorised, match=f"^({said})$") as caught:
        shown(header)
    assert TOKEN not in str(caught.value.body())
    with pytest.raises(Unauthorised):
        shown(header, Access())


def test_where_no_token_was_issued_none_is_known() -> None:
    with pytest.raises(Unauthorised, match="not known here"):
        shown(f"Bearer {TOKEN}", Access())


def test_a_token_is_good_until_it_expires() -> None:
    assert shown(f"Bearer {TOKEN}", now=minute(5) - timedelta(microseconds=1))
    with pytest.raises(TokenExpired, match="was good until 2026-03-01T12:05:00") as caught:
        shown(f"Bearer {TOKEN}", now=minute(5))
    assert caught.value.detail == {"token": 7, "holder": "olena", "expires": minute(5).isoformat()}


def test_a_token_taken_back_is_none_and_says_so_even_after_its_time() -> None:
    access = issued().after(7, [TokenRevoked(token=7, at=NOON)])
    for now in (NOON, minute(9)):
        with pytest.raises(TokenTakenBack, match=r"^this token was taken back$") as caught:
            shown(f"Bearer {TOKEN}", access, now=now)
    assert caught.value.detail == {"token": 7, "holder": "olena"}


@pytest.mark.parametrize(("here", "there"), [(Realm.LIVE, Realm.DRILL), (Realm.DRILL, Realm.LIVE)])
def test_a_token_of_the_other_realm_is_refused_as_such_whatever_this_realm_knows(here: Realm, there: Realm) -> None:
    token = new_token(there)
    for access in (Access(), issued(token)):
        with pytest.raises(WrongRealm, match=f"a token of the {there} realm, and here is {here}") as caught:
            shown(f"Bearer {token}", access, here)
    assert caught.value.detail == {"realm": here, "token": there}
    assert shown(f"Bearer {token}", issued(token), there).holder == "olena"


def test_what_is_refused_says_nothing_of_the_token_shown() -> None:
    other = new_token(Realm.DRILL)
    for header, access, now in (
        (f"Bearer {other}", issued(), NOON),
        (f"Bearer {TOKEN}", Access(), NOON),
        (f"Bearer {TOKEN}", issued(), minute(9)),
    ):
        with pytest.raises(TocsinError) as caught:
            shown(header, access, now=now)
        told = str(caught.value.body())
        assert TOKEN not in told
        assert other not in told
        assert token_digest(TOKEN) not in told


def test_a_token_is_256_bits_of_chance_after_its_realm() -> None:
    tokens = {new_token(Realm.DRILL) for _ in range(100)}
    assert len(tokens) == 100
    assert all(token.startswith("tocsin_drill_") for token in tokens)
    assert {len(token.removeprefix("tocsin_drill_")) for token in tokens} == {43}, "256 bits in base 64"


def test_of_a_token_its_sha_256_is_kept() -> None:
    assert token_digest(TOKEN) == hashlib.sha256(TOKEN.encode()).hexdigest()
    assert len(token_digest("\udcff")) == 64
