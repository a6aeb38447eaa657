"""One connection's bytes, plain or under TLS: what could be written, what there was to read. Never waits."""

from __future__ import annotations

import os
import socket
import ssl
import struct
from collections.abc import Sequence

READ_BYTES = 16 * 1024
_ABRUPTLY = struct.pack("ii", 1, 0)


def write(fd: int, tls: ssl.SSLSocket | None, data: bytes | memoryview) -> int:
    """How many bytes went out; 0 where none would go now. Errors: `OSError` where the other side is gone."""
    if tls is not None:
        return _write_tls(tls, data)
    try:
        return os.write(fd, data)
    except BlockingIOError:
        return 0


def gather(fd: int, tls: ssl.SSLSocket | None, pieces: Sequence[bytes]) -> int:
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


def _write_tls(tls: ssl.SSLSocket, data: bytes | memoryview) -> int:
    """OpenSSL takes one record, of 16 KiB at most, at a time."""
    sent = 0
    with memoryview(data) as rest:
        while sent < len(rest):
            try:
                sent += tls.send(rest[sent:])
            except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
                break
    return sent


def read(fd: int, tls: ssl.SSLSocket | None, size: int = READ_BYTES) -> bytes | None:
    """What has come; empty where the other side has ended, None where there is nothing now. Errors: `OSError`."""
    try:
        return os.read(fd, size) if tls is None else tls.recv(size)
    except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
        return None
    except ssl.SSLEOFError:
        return b""


def close(fd: int, tls: ssl.SSLSocket | None, *, abruptly: bool = False) -> None:
    """``abruptly``: what the kernel still holds for the other side is dropped with it."""
    sock = tls or socket.socket(fileno=fd)
    try:
        if abruptly:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABRUPTLY)
    except OSError:
        pass  # gone already
    finally:
        sock.close()
