"""Answers about the state: made once for all who ask alike, and given at once to whoever asks what was asked before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from tocsin import limits
from tocsin.door.answers import head as answer_head
from tocsin.door.heads import StateWanted
from tocsin.model import Realm

HEAD_KEPT_BYTES = 2_048
"""Longest head whose reading is remembered."""


class Stated(Protocol):
    """The state in bytes."""

    @property
    def etag(self) -> str: ...
    @property
    def cut_off_since(self) -> str | None: ...
    @property
    def body(self) -> bytes: ...
    @property
    def gzipped(self) -> bytes: ...


class StateAnswers:
    """Of one door."""

    def __init__(self, state: Callable[[], Stated], realm: Realm) -> None:
        self._state = state
        self._realm = realm
        self._date = ""
        self._etag = ""
        self._made: dict[tuple[bool, bool], bytes] = {}
        """By whether the asker has it already, and whether it may be packed."""
        self._known: dict[bytes, bytes] = {}
        """By the head that they answer."""

    def now(self, date: str) -> None:
        """What is answered from now on says that it is this time."""
        self._date = date
        self._forget()

    def at_once(self, head: bytes) -> bytes | None:
        """The answer to a head that has been answered since the state changed; None where it has to be read."""
        answer = self._known.get(head)
        return answer if answer is not None and self._state().etag == self._etag else None

    def answer(self, wanted: StateWanted, head: bytes) -> bytes:
        """The whole answer to ``head``, which asks for that."""
        stated = self._state()
        if stated.etag != self._etag:
            self._forget()
            self._etag = stated.etag
        unchanged = wanted.known is not None and (stated.etag in wanted.known or "*" in wanted.known)
        answer = self._made.get((unchanged, wanted.packed))
        if answer is None:
            answer = self._made[unchanged, wanted.packed] = self._answered(stated, unchanged, wanted.packed)
        if len(head) <= HEAD_KEPT_BYTES and len(self._known) < limits.HEADS_KEPT:
            self._known[head] = answer
        return answer

    def _forget(self) -> None:
        self._made.clear()
        self._known.clear()

    def _answered(self, stated: Stated, unchanged: bool, packed: bool) -> bytes:
        lines = [f"ETag: {stated.etag}", "Cache-Control: no-cache", "Vary: Accept-Encoding"]
        lines += [f"Tocsin-Realm: {self._realm}", f"Date: {self._date}"]
        lines += [f"Tocsin-Cut-Off: {stated.cut_off_since}"] if stated.cut_off_since else []
        if unchanged:
            return answer_head("304 Not Modified", lines)
        body = stated.gzipped if packed else stated.body
        lines += ["Content-Encoding: gzip"] if packed else []
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return answer_head("200 OK", lines) + body
