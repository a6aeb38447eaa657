"""The sockets that the door listens on, and what every connection inherits from them."""

from __future__ import annotations

import socket

from tocsin import limits
from tocsin.errors import AddressTaken


def listening(host: str, port: int, *, shared: bool = False) -> list[socket.socket]:
    """Sockets that listen there, and nowhere if one of them cannot. ``shared``: with other processes.

    What a connection inherits from them is set here (tcp(7), socket(7)). Errors: `AddressTaken`.
    """
    opened: list[socket.socket] = []
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, kind, protocol, _, address in dict.fromkeys(found):
            sock = socket.socket(family, kind, protocol)
            opened.append(sock)
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if shared:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, limits.SEND_BUFFER_BYTES)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(limits.STREAM_UNREAD_S * 1000))
            taken = opened[0].getsockname()[1] if len(opened) > 1 else address[1]
            sock.bind((address[0], taken, *address[2:]))
            sock.listen(4096)
    except (OSError, UnicodeError) as error:
        for sock in opened:
            sock.close()
        why = getattr(error, "strerror", None) or error
        raise AddressTaken(f"cannot listen on {host}:{port}: {why}", host=host, port=port) from error
    return opened
