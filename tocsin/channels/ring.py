"""The latest log entries as encoded frames: encoded once, read by every subscriber from where it stands.

A message stands right before the last entry that it tells of, so that whoever has got an entry has got every message
up to it, wherever the connection breaks.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from itertools import groupby, islice

import msgspec

from tocsin.events import Entry, public
from tocsin.texts import Message

log = logging.getLogger("tocsin.channels")

Tell = Callable[[Sequence[Entry]], Sequence[Message]]
"""The messages that the entries of one order lead to."""


def frame(event: str, data: object, seq: int | None = None) -> bytes:
    """One server-sent event (WHATWG HTML, section 9.2): a name, an id to resume from, and JSON on one line."""
    head = f"id: {seq}\n" if seq is not None else ""
    body = data if isinstance(data, bytes) else msgspec.json.encode(data)
    return f"{head}event: {event}\ndata: ".encode() + body + b"\n\n"


def without_words(order: Sequence[Entry]) -> Sequence[Message]:
    """For where no texts are at hand."""
    return ()


class Ring:
    """Frames of the last ``size`` entries, and of the messages that belong to them."""

    def __init__(self, size: int, head: int = 0, tell: Tell = without_words) -> None:
        """``head`` is the seq after which the first entry will be added."""
        self._frames: deque[bytes] = deque(maxlen=size)
        self._tell = tell
        self.head = head

    def add(self, entries: Sequence[Entry]) -> None:
        """Take in what the log has added, whole orders; what is here already is passed over.

        The first entries may begin before the head: an order that it cuts in two is told whole.
        """
        for _, order in groupby(entries, key=lambda entry: entry.order):
            self._add_order(list(order))

    def _add_order(self, order: Sequence[Entry]) -> None:
        told: dict[int, bytes] = {}
        for message in self._told(order):
            told[message.seq] = told.get(message.seq, b"") + frame("message", message)
        for entry in order:
            if entry.seq > self.head:
                assert entry.seq == self.head + 1, "the ring is fed in log order"
                self._frames.append(told.get(entry.seq, b"") + frame("entry", public(entry), entry.seq))
                self.head = entry.seq

    def _told(self, order: Sequence[Entry]) -> Sequence[Message]:
        """What stands and what changes is told even where no words can be found for it."""
        try:
            return self._tell(order)
        except Exception:
            log.exception("no message could be made of the order at %d to %d", order[0].seq, order[-1].seq)
            return ()

    def since(self, after: int) -> bytes | None:
        """Everything after that seq as one piece of bytes; None where it is gone or has not been yet."""
        missing = self.head - after
        if not 0 <= missing <= len(self._frames):
            return None
        return b"".join(islice(self._frames, len(self._frames) - missing, None))
