"""A connection under TLS: OpenSSL's own object over the socket, without what `ssl.SSLSocket` does around it.

To make an `ssl.SSLSocket` asks the kernel six things that are known here, and each of its calls looks again at what
never changes; with thousands who come back at once that is a tenth of all that they cost.
"""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Callable
from typing import Any, NoReturn


class Secured:
    """As an `ssl.SSLSocket` that never waits: the same errors, and the same words for those of its methods that it has.

    Nothing is read or written before the handshake is whole.
    """

    __slots__ = ("_inner", "_sock", "do_handshake", "recv", "send")

    _inner: Any
    do_handshake: Callable[[], None]
    """Errors: `ssl.SSLWantReadError`, `ssl.SSLWantWriteError` where it is the other side's turn; `OSError`."""
    recv: Callable[[int], bytes]
    """As `ssl.SSLSocket.recv`, but that `ssl.SSLEOFError` is raised where the other side has left without a word."""
    send: Callable[[bytes | memoryview], int]
    """Whoever keeps it must not call it any more once this is closed."""

    def __init__(self, sock: socket.socket, context: ssl.SSLContext) -> None:
        """Takes the socket over, which must not wait."""
        assert not sock.getblocking(), "nobody is waited for"
        self._sock = sock
        # `SSLContext.wrap_socket` itself stands on this.
        inner = context._wrap_socket(sock, server_side=True)  # type: ignore[attr-defined]  # typeshed has no word of it
        self._inner = inner
        self.do_handshake, self.recv, self.send = inner.do_handshake, inner.read, inner.write

    def fileno(self) -> int:
        return self._sock.fileno()

    def setsockopt(self, level: int, option: int, value: bytes) -> None:
        self._sock.setsockopt(level, option, value)

    def unwrap(self) -> None:
        """Tell the other side that nothing was cut off. Errors: `OSError`, where it has not said the same yet."""
        if self._inner is None:
            raise _closed()
        self._inner.shutdown()

    def close(self) -> None:
        """Its file descriptor may be somebody else's from now on, and OpenSSL remembers it: nothing gets there."""
        self._sock.close()
        self._inner = None
        self.do_handshake = self.recv = self.send = _refuse


def _closed() -> OSError:
    return OSError(errno.EBADF, "the connection is closed")


def _refuse(*_: object) -> NoReturn:
    raise _closed()
