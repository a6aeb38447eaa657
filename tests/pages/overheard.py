"""A wire between a browser and a server on which every byte that the browser says is kept."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


def _carry(source: socket.socket, sink: socket.socket, heard: list[bytes] | None) -> None:
    with suppress(OSError):
        while said := source.recv(65_536):
            if heard is not None:
                heard.append(said)
            sink.sendall(said)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextmanager
def overhearing(address: tuple[str, int]) -> Iterator[tuple[str, list[bytes]]]:
    """An address that leads to the same server, and all that is said to it: requests, bodies, sockets, beacons."""
    heard: list[bytes] = []
    ends: list[socket.socket] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(address)
                ends.extend((client, server))
                threading.Thread(target=_carry, args=(client, server, heard), daemon=True).start()
                threading.Thread(target=_carry, args=(server, client, None), daemon=True).start()

    accepting = threading.Thread(target=serve, daemon=True)
    accepting.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", heard
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for end in ends:
            end.close()
        accepting.join(5)
