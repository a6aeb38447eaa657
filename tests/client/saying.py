"""A server that says to each connection, in turn, exactly the bytes that a test wants said, and nothing else."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tocsin.client.wire import Lost, Wire, Word

OPEN = b""
"""Said last: the connection stays open until the other side leaves. Without it, it is closed."""

TRICKLE = b": still there\n\n"
"""Said again and again until the other side leaves: it lives, and says nothing."""

HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
    b"Tocsin-Realm: live\r\nConnection: close\r\n\r\n"
)
PACKED = HEAD[:-2] + b"Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n\r\n"


def frame(event: str, data: object, seq: int | None = None) -> bytes:
    head = "" if seq is None else f"id: {seq}\n"
    return f"{head}event: {event}\ndata: {json.dumps(data)}\n\n".encode()


def snapshot(seq: int, log: str = "one", **more: object) -> bytes:
    body = {"seq": seq, "log": log, "realm": "live", "heard": True, "holds": [], "sources": [], **more}
    return frame("snapshot", body, seq)


def entry(seq: int) -> bytes:
    said = {"seq": seq, "recorded_at": "2026-03-01T12:00:00Z", "order": "", "event": {"type": "internal"}}
    return frame("entry", said, seq)


def heartbeat(seq: int, log: str = "one", cut_off_since: str | None = None) -> bytes:
    return frame("heartbeat", {"seq": seq, "log": log, "clock": {}, "cut_off_since": cut_off_since}, seq)


def refusal(status: int, code: str, *headers: str) -> bytes:
    body = json.dumps({"error": {"code": code, "message": f"it is {code}", "detail": {}}}).encode()
    told = [f"HTTP/1.1 {status} No", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(told).encode() + b"\r\n\r\n" + body


def packed(*pieces: bytes) -> list[bytes]:
    """As the door packs: each piece ends in a full flush, and no end is ever written."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    head = gzip.compress(b"")[:10]
    return [head, *(packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH) for piece in pieces)]


class Saying:
    """Where it is, and what it was asked."""

    def __init__(self, *answers: tuple[bytes, ...]) -> None:
        self._answers = list(answers)
        self._open: dict[asyncio.Task[object], asyncio.StreamWriter] = {}
        self.url = ""
        self.asked: list[str] = []
        """The heads of the requests."""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = writer
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            if not self._answers:
                return
            self.asked.append(head)
            for piece in self._answers.pop(0):
                writer.write(piece)
                await writer.drain()
                if piece == OPEN:
                    await reader.read()
                while piece == TRICKLE and not writer.is_closing():
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0.01)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the other side has left, which is its right
        finally:
            writer.close()
            del self._open[task]

    async def close(self) -> None:
        """Close what is still open."""
        tasks = list(self._open)
        for writer in self._open.values():
            writer.close()
        await asyncio.gather(*tasks)

    def resumed_after(self) -> list[int | None]:
        """The seq that each connection asked to resume after."""
        return [
            next((int(line.split(": ")[1]) for line in head.split("\r\n") if line.startswith("Last-Event-ID")), None)
            for head in self.asked
        ]


@asynccontextmanager
async def saying(*answers: tuple[bytes, ...]) -> AsyncIterator[Saying]:
    """A connection past the last answer is closed without a word."""
    server = Saying(*answers)
    listening = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    host, port = listening.sockets[0].getsockname()
    server.url = f"http://{host}:{port}"
    try:
        yield server
    finally:
        listening.close()
        await server.close()
        await listening.wait_closed()


class Rested:
    """Instead of waiting: what the waits would have been."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    async def __call__(self, wait_s: float) -> None:
        self.waits.append(wait_s)
        await asyncio.sleep(0)


async def hear(wire: Wire, count: int) -> list[Word | Lost]:
    """The next so many words and breaks."""
    heard: list[Word | Lost] = []
    words = wire.words()
    try:
        async for word in words:
            heard.append(word)
            if len(heard) == count:
                break
    finally:
        await words.aclose()
    return heard
