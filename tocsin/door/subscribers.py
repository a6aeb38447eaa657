"""Who hears the stream: one connection, and all who hear alike."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable

from tocsin.channels.frames import Form
from tocsin.channels.ring import View
from tocsin.door.wire import sender


def gone(words: bytes) -> int:
    """What one who has left takes: its file descriptor may be somebody else's."""
    raise ConnectionResetError


class Subscriber:
    """One connection that hears the stream."""

    __slots__ = ("ahead", "cursor", "fd", "group", "heard", "moved_at", "peer", "rest", "said", "send", "sock", "tls")

    def __init__(self, fd: int, tls: ssl.SSLSocket | None, peer: str, group: Group) -> None:
        self.fd = fd
        self.tls = tls
        sock = None if tls else socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0, fileno=fd)
        self.sock = sock
        """Another hand on ``fd``, which stays the door's to close: send(2) costs the kernel less than write(2)."""
        self.send: Callable[[bytes], int] = sock.send if sock else sender(tls)
        """Takes what goes out at once, of a record of TLS at most. Errors: `NOT_NOW` where nothing does, `OSError`."""
        self.peer = peer
        self.group = group
        self.ahead = False
        """Whether it has been told everything and stands with its group."""
        self.cursor = 0
        """Up to which seq it has been told, while it does not stand with its group."""
        self.rest: memoryview | None = None
        """What it has not taken yet of a shared piece."""
        self.moved_at = 0.0
        """When it last took anything, while it is behind."""
        self.said = b""
        """The beginning of what it says, until that is whole."""
        self.heard = 0
        """Bytes that it has said since it was last due a heartbeat."""


class Group:
    """All who hear through one view in one form."""

    __slots__ = ("busy", "cursor", "form", "late", "members", "view")

    def __init__(self, view: View | None, form: Form) -> None:
        self.view = view
        self.form = form
        self.cursor = 0
        self.members: dict[int, Subscriber] = {}
        """By file descriptor; all of them have been told everything up to ``cursor``."""
        self.late: list[Subscriber] = []
        """Those who came while the others were being told something."""
        self.busy = False
