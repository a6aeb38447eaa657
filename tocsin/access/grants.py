"""Grants: what a caller has been allowed.

There are two kinds of caller so far. Whoever starts Tocsin on the machine that keeps the log acts under
`LOCAL`. Whoever calls over HTTP shows the operator token, which is compared in constant time and never
logged; without one in the settings nobody may order anything over HTTP.
"""

from __future__ import annotations

import hmac

import msgspec

from tocsin.commands import Command
from tocsin.errors import Forbidden, Unauthorised


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """What one caller may do."""

    holder: str
    orders: bool = False
    """Whether they may raise and release."""
    speaks_for_others: bool = False
    """Whether the actor of an order may be someone else than the holder, as with imported history."""


LOCAL = Grant(holder="local", orders=True, speaks_for_others=True)
OPERATOR = Grant(holder="operator", orders=True)


def authenticate(authorization: str | None, operator_token: str | None) -> Grant:
    """The grant behind an ``Authorization: Bearer`` header. Errors: `Unauthorised`, `Forbidden`."""
    if operator_token is None:
        raise Forbidden("orders over HTTP are off: this Tocsin was started without an operator token")
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorised("an order needs the header Authorization: Bearer TOKEN")
    # A header may hold bytes that are no text: they come as lone surrogates, and are simply another token.
    shown, known = (text.encode("utf-8", "surrogatepass") for text in (token.strip(), operator_token))
    if not hmac.compare_digest(shown, known):
        raise Unauthorised("this token is not known here")
    return OPERATOR


def permit(grant: Grant, command: Command) -> None:
    """Return if the grant covers the command. Errors: `Forbidden`."""
    if not grant.orders:
        raise Forbidden(f"{grant.holder} may not give orders")
    if command.actor != grant.holder and not grant.speaks_for_others:
        raise Forbidden(f"{grant.holder} may not give orders in the name of {command.actor}", actor=command.actor)
