"""The latest log entries as encoded frames: encoded once, read by every subscriber from where it stands."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import islice

import msgspec

from tocsin.events import Entry, public


def frame(event: str, data: object, seq: int | None = None) -> bytes:
    """One server-sent event (WHATWG HTML, section 9.2): a name, an id to resume from, and JSON on one line."""
    head = f"id: {seq}\n" if seq is not None else ""
    body = data if isinstance(data, bytes) else msgspec.json.encode(data)
    return f"{head}event: {event}\ndata: ".encode() + body + b"\n\n"


class Ring:
    """Frames of the last ``size`` entries."""

    def __init__(self, size: int, head: int = 0) -> None:
        """``head`` is the seq after which the first entry will be added."""
        self._frames: deque[bytes] = deque(maxlen=size)
        self.head = head

    def add(self, entries: Sequence[Entry]) -> None:
        """Take in what the log has added; what is here already is passed over."""
        for entry in entries:
            if entry.seq > self.head:
                assert entry.seq == self.head + 1, "the ring is fed in log order"
                self._frames.append(frame("entry", public(entry), entry.seq))
                self.head = entry.seq

    def since(self, after: int) -> bytes | None:
        """Everything after that seq as one piece of bytes; None where it is gone or has not been yet."""
        missing = self.head - after
        if not 0 <= missing <= len(self._frames):
            return None
        return b"".join(islice(self._frames, len(self._frames) - missing, None))
