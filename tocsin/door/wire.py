"""One connection's bytes, plain or under TLS: what could be written, what there was to read. Never waits."""

from __future__ import annotations

import os
import socket
import ssl
import struct
from collections.abc import Sequence

from tocsin.door.secured import Secured

RECORD_BYTES = 16 * 1024
"""The longest record of TLS."""

READ_BYTES = RECORD_BYTES
NOT_NOW = (BlockingIOError, ssl.SSLWantWriteError)
"""What is raised where nothing would go out now."""

_ABRUPTLY = struct.pack("ii", 1, 0)


def write(fd: int, tls: Secured | None, data: bytes | memoryview) -> int:
    """How many bytes went out; 0 where none would go now. Errors: `OSError` where the other side is gone."""
    if tls is not None:
        return _write_tls(tls, data)
    try:
        return os.write(fd, data)
    except BlockingIOError:
        return 0


def gather(fd: int, tls: Secured | None, pieces: Sequence[bytes]) -> int:
    """As `write`, of one piece after another."""
    if tls is None:
        try:
            return os.writev(fd, pieces)
        except BlockingIOError:
            return 0
    sent = 0
    for piece in pieces:
        taken = _write_tls(tls, piece)  # each by itself: OpenSSL wants the same bytes again where it could not go on
        sent += taken
        if taken < len(piece):
            break
    return sent


def _write_tls(tls: Secured, data: bytes | memoryview) -> int:
    """OpenSSL takes one record at a time. One that it could not send whole it must be given again, the very same."""
    size = len(data)
    sent = 0
    try:
        if size <= RECORD_BYTES:
            return tls.send(data)
        rest = memoryview(data)
        while sent < size:
            sent += tls.send(rest[sent : sent + RECORD_BYTES])
    except ssl.SSLWantWriteError:
        pass
    return sent


def read(fd: int, tls: Secured | None) -> bytes | None:
    """What has come; empty where the other side has ended, None where there is nothing now. Errors: `OSError`.

    Under TLS that is a whole record, so that nothing is left in OpenSSL of which the kernel knows nothing. Where the
    protocol itself would have to answer first, and there is no room, that is an error: to wait for room would be to be
    woken again and again by what cannot be read.
    """
    try:
        return os.read(fd, READ_BYTES) if tls is None else tls.recv(READ_BYTES)
    except (BlockingIOError, ssl.SSLWantReadError):
        return None
    except ssl.SSLEOFError:
        return b""


def close(fd: int, tls: Secured | None, *, abruptly: bool = False) -> None:
    """``abruptly``: what the kernel still holds for the other side is dropped with it."""
    sock = tls if tls is not None else socket.socket(fileno=fd)
    try:
        if abruptly:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABRUPTLY)
        elif tls is not None:
            tls.unwrap()  # says that nothing was cut off, and does not wait for an answer
    except (OSError, ValueError):
        pass  # gone already, or never there
    finally:
        sock.close()
