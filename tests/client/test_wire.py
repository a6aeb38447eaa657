"""The wire beside a server that says whatever it is told to: resuming, coming back, silence, and what is refused."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.client.saying import HEAD, OPEN, Rested, entry, hear, heartbeat, saying, snapshot
from tocsin.client.wire import Lost, Wire, Word

NEVER_S = 60.0
"""A silence that no test waits for."""


def told(heard: list[Word | Lost]) -> list[tuple[str, int | None] | str]:
    return [one.why if isinstance(one, Lost) else (one.event, one.id) for one in heard]


def hearing(count: int, *answers: tuple[bytes, ...], **said: Any) -> tuple[list[Word | Lost], list[int | None]]:
    """What is heard of a server, and after which seqs it was asked to resume."""

    async def heard() -> tuple[list[Word | Lost], list[int | None]]:
        async with saying(*answers) as server:
            asked: dict[str, Any] = {"rest": Rested(), "silence_s": NEVER_S} | said
            wire = Wire(server.url, **asked)
            return await hear(wire, count), server.resumed_after()

    return asyncio.run(heard())


def test_a_broken_connection_resumes_after_its_last_word() -> None:
    heard, resumed = hearing(5, (HEAD, snapshot(5), entry(6)), (HEAD, entry(7), heartbeat(7), OPEN))
    assert told(heard) == [
        ("snapshot", 5),
        ("entry", 6),
        "the server ended the stream",
        ("entry", 7),
        ("heartbeat", 7),
    ]
    assert resumed == [None, 6]
