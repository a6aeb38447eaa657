"""What is loaded is passed over by the collector of cycles while a server serves."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tocsin.cli import running
from tocsin.cli import settled as settling


def test_what_is_there_is_passed_over_and_what_comes_within_half_a_minute_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "AGAIN_S", 0.01)
    made: list[list[object]] = []

    async def serve() -> tuple[int, int]:
        async with settling.settled():
            first = gc.get_freeze_count()
            made.extend([] for _ in range(100_000))
            await asyncio.sleep(0.05)
            return first, gc.get_freeze_count()

    try:
        first, second = asyncio.run(serve())
    finally:
        gc.unfreeze()
    assert first > 10_000, "the program itself"
    assert second >= first + 50_000, "of what was there before some may be gone"


def test_it_ends_with_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "AGAIN_S", 0.01)

    async def serve() -> tuple[int, int]:
        async with settling.settled():
            first = gc.get_freeze_count()
        kept: list[list[object]] = [[] for _ in range(1_000)]
        await asyncio.sleep(0.05)
        return first, gc.get_freeze_count() if kept else 0

    try:
        first, second = asyncio.run(serve())
    finally:
        gc.unfreeze()
    assert second <= first


def test_a_server_that_runs_until_a_signal_does_so(monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[int] = []

    class Living:
        async def live(self) -> None:
            counts.append(gc.get_freeze_count())

    @asynccontextmanager
    async def serving(*_: object, **__: object) -> AsyncIterator[str]:
        yield "http://127.0.0.1:1"

    monkeypatch.setattr(running, "serving", serving)
    before = gc.get_freeze_count()
    try:
        asyncio.run(running.until_signalled(Living(), "127.0.0.1", 1, lambda url: None))  # type: ignore[arg-type]  # all that is asked of it
    finally:
        gc.unfreeze()
    assert counts[0] > before + 10_000
