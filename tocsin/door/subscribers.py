"""Who hears the stream: one connection, and all who hear alike."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence

from tocsin.channels.frames import Form
from tocsin.channels.ring import View
from tocsin.door.secured import Secured


def gone(words: bytes) -> int:
    """What one who has left takes: its file descriptor may be somebody else's."""
    raise ConnectionResetError


class Subscriber:
    """One connection that hears the stream."""

    __slots__ = ("ahead", "cursor", "fd", "group", "heard", "moved_at", "peer", "rest", "said", "send", "taken", "tls")

    def __init__(self, fd: int, tls: Secured | None, peer: str, group: Group) -> None:
        self.fd = fd
        self.tls = tls
        self.send: Callable[[bytes], int] | None = tls.send if tls else None
        """Takes a record at once, under TLS. Errors: `NOT_NOW` where nothing goes out, `OSError`."""
        self.peer = peer
        self.group = group
        self.ahead = False
        """Whether it has been told everything and stands with its group."""
        self.cursor = 0
        """Up to which seq it has been told, while it does not stand with its group."""
        self.rest: bytes | None = None
        """The shared piece of which it has not taken all, while it is behind."""
        self.taken = 0
        """How many bytes it has taken of that."""
        self.moved_at = 0.0
        """When it last took anything, while it is behind."""
        self.said = b""
        """The beginning of what it says, until that is whole."""
        self.heard = 0
        """Bytes that it has said since it was last due a heartbeat."""


class Group:
    """All who hear through one view in one form."""

    __slots__ = ("_fds", "busy", "cursor", "form", "late", "members", "secured", "view")

    def __init__(self, view: View | None, form: Form) -> None:
        self.view = view
        self.form = form
        self.cursor = 0
        self.members: dict[int, Subscriber] = {}
        """By file descriptor; all of them have been told everything up to ``cursor``. To be looked at only."""
        self._fds: array[int] | None = None
        self.late: list[Subscriber] = []
        """Those who came while the others were being told something."""
        self.busy = False
        self.secured = False
        """Whether any of them is under TLS."""

    def add(self, subscriber: Subscriber) -> None:
        self.members[subscriber.fd] = subscriber
        self.secured |= subscriber.tls is not None
        self._fds = None

    def drop(self, subscriber: Subscriber) -> None:
        """It may not be in."""
        if self.members.pop(subscriber.fd, None) is not None:
            self._fds = None

    def fds(self) -> Sequence[int]:
        """Of all members as they are now. Numbers side by side: a walk over thousands of objects takes a tenth longer
        to write to them all, for the memory it has to fetch."""
        if self._fds is None:
            self._fds = array("i", self.members)
        return self._fds
