"""Who is signed in to a page that is for some only: kept here, in memory, for as long as a shift lasts.

A token goes from the form into this table and never into an address, a page or the browser's storage: the browser keeps
a random name for it, in a cookie that no script and no other site can use. Each form carries a word that only a page of
this session has, so that no other site can send one.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable

import msgspec

from tocsin.limits import SESSION_S, SESSIONS

COOKIE = "tocsin_review"


class Session(msgspec.Struct, frozen=True, kw_only=True):
    authorization: str
    """The header that its token makes; looked at anew with every request, for it may have been taken back."""
    word: str
    """What its forms carry."""
    until_s: float

    def sent(self, word: str) -> bool:
        return hmac.compare_digest(self.word.encode(), word.encode("utf-8", "replace"))


class Sessions:
    def __init__(self, elapsed_s: Callable[[], float]) -> None:
        self._elapsed_s = elapsed_s
        self._known: dict[str, Session] = {}

    def begin(self, authorization: str) -> str:
        """The name of a new one. The oldest makes room where there are too many."""
        now_s = self._elapsed_s()
        self._known = {name: session for name, session in self._known.items() if session.until_s > now_s}
        while len(self._known) >= SESSIONS:
            del self._known[next(iter(self._known))]
        name = secrets.token_urlsafe(32)
        self._known[name] = Session(
            authorization=authorization, word=secrets.token_urlsafe(32), until_s=now_s + SESSION_S
        )
        return name

    def find(self, name: str | None) -> Session | None:
        session = self._known.get(name or "")
        return session if session is not None and session.until_s > self._elapsed_s() else None

    def end(self, name: str | None) -> None:
        self._known.pop(name or "", None)
