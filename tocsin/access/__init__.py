"""Who may do what: denied unless granted, decided in one function (`permit`)."""

from tocsin.access.authority import decide_authority
from tocsin.access.callers import LOCAL, Caller, authenticate, new_token, token_digest
from tocsin.access.permit import Permission, may_inspect, permit
from tocsin.access.standing import Access, Grant, Proposal, Token

__all__ = [
    "LOCAL",
    "Access",
    "Caller",
    "Grant",
    "Permission",
    "Proposal",
    "Token",
    "authenticate",
    "decide_authority",
    "may_inspect",
    "new_token",
    "permit",
    "token_digest",
]
