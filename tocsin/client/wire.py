"""The wire: a Tocsin's stream over HTTP, word by word, for as long as one cares to listen.

What it promises: no word is lost over a break that the server can bridge, since it resumes after the last one; where
the server cannot, the next word is a snapshot. (A message comes again where its entry was not heard yet.) What is said
right after a resumption is held back until the server has shown that its log is still the same, so that entries of two
logs never mix. Whoever listens is told of each break and each silence, and never has to reconnect. What no Tocsin
sends is refused and said: it counts as a break.
"""

from __future__ import annotations

import asyncio
import random
import zlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime

import aiohttp
import msgspec
from yarl import URL

from tocsin import limits
from tocsin.client.sse import Garbled, Parser, Word
from tocsin.clock import Clock, SystemClock
from tocsin.errors import StreamRefused

__all__ = ["Lost", "Rest", "Wire", "Word", "address", "words"]

RETRY_S = 2.0
"""How long to wait after a break where the server has not said."""

LONGEST_WAIT_S = 20.0
"""Between two attempts, whatever the server asks for and however many failed."""

PIECE_BYTES = 64 * 1024
"""So much is unpacked at once, however little it was packed."""

Rest = Callable[[float], Awaitable[None]]


class Lost(msgspec.Struct, frozen=True):
    """Nothing is heard any more, or still not: what is known may be over, or worse by now."""

    why: str
    """For people, in English."""
    at: datetime
    """When the last word was heard; when listening began, if there was none."""


class _Broken(Exception):
    """This connection is over. The message says why."""


class _Heard(msgspec.Struct, frozen=True):
    """What the wire itself has to know of a snapshot or a heartbeat."""

    log: str


class _ErrorBody(msgspec.Struct, frozen=True):
    code: str
    message: str


class _Refusal(msgspec.Struct, frozen=True):
    error: _ErrorBody


async def words(
    url: str,
    *,
    zones: Sequence[str] = (),
    record: bool = False,
    after: int | None = None,
    log: str | None = None,
    headers: Mapping[str, str] | None = None,
    silence_s: float = limits.STALE_AFTER_S,
    rest: Rest = asyncio.sleep,
) -> AsyncGenerator[Word | Lost, None]:
    """What the Tocsin at ``url`` says, without end. `Wire` has the meaning of all these.

    Close it when enough was heard (``contextlib.aclosing``). Errors: `StreamRefused`.
    """
    wire = Wire(url, zones=zones, record=record, after=after, log=log, headers=headers, silence_s=silence_s, rest=rest)
    async with aclosing(wire.words()) as heard:
        async for word in heard:
            yield word


def address(url: str) -> URL:
    """Where a Tocsin is. Errors: `StreamRefused` where that can be no address."""
    try:
        base = URL(url)
    except ValueError:
        base = URL()
    if base.scheme not in ("http", "https") or not base.host:
        raise StreamRefused(f"{url} is not the address of a Tocsin", url=url)
    return base


class Wire:
    """One stream that is listened to."""

    def __init__(
        self,
        url: str,
        *,
        zones: Sequence[str] = (),
        record: bool = False,
        after: int | None = None,
        log: str | None = None,
        headers: Mapping[str, str] | None = None,
        silence_s: float = limits.STALE_AFTER_S,
        clock: Clock | None = None,
        rest: Rest = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """``url`` is the Tocsin's own address, without the path of its stream; none are ``zones`` for all of them. With
        ``record``, which goes with all zones only, what the record of attacks takes in is told too.

        ``after`` is the last seq that is known, of the log whose identity is ``log``. ``rest`` waits between two
        attempts, and ``chance`` draws from 0 to 1. Errors: `StreamRefused` where ``url`` can be no address.
        """
        self._url = address(url) / "api/v1/stream"
        narrowed = {"zones": ",".join(zones)} if zones else {}
        if narrowed or record:
            self._url = self._url.with_query(narrowed | ({"record": "true"} if record else {}))
        self._headers = dict(headers or {}) | {"Accept": "text/event-stream", "Accept-Encoding": "gzip"}
        self._silence_s = silence_s
        self._clock = clock or SystemClock()
        self._rest = rest
        self._chance = chance
        self._retry_s = RETRY_S
        self._answered = False
        self._dropped: str | None = None
        self.last = after
        """The seq after which it would resume."""
        self.log = log
        """The identity of the log that is heard, once it is known."""

    def start_anew(self, why: str) -> None:
        """Leave this connection and begin with a snapshot: for who finds that it cannot use what it was told."""
        self._forget()
        self._dropped = why

    async def words(self) -> AsyncGenerator[Word | Lost, None]:
        """Every word, and each time that it breaks. Errors: `StreamRefused` if the first answer is a refusal."""
        loop = asyncio.get_running_loop()
        heard_at = self._clock.now()
        failures = 0
        timeout = aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(auto_decompress=False, timeout=timeout) as session:
            while True:
                began = loop.time()
                orderly = False
                try:
                    async with aclosing(self._connection(session)) as connection:
                        async for word in connection:
                            heard_at = self._clock.now()
                            yield word
                            orderly = word.event == "goodbye"
                            if orderly or self._dropped is not None:
                                break
                    why = self._dropped or ("the server said goodbye" if orderly else "the server ended the stream")
                except TimeoutError:
                    why = f"nothing was heard for {self._silence_s:g} s"
                except (Garbled, zlib.error) as error:
                    why = f"this is not what a Tocsin sends: {error}"
                except _Broken as error:
                    why = str(error)
                except (aiohttp.ClientError, OSError) as error:
                    why = f"the connection broke: {error or type(error).__name__}"
                self._dropped = None
                yield Lost(why, heard_at)
                # What breaks again and again right after it began is asked more and more seldom.
                failures = 0 if loop.time() - began >= limits.HEARTBEAT_S else failures + 1
                await self._rest(self._chance() if orderly else self._wait_s(failures))

    def _wait_s(self, failures: int) -> float:
        """Not all at once: at least half of a time that doubles with each failure, and any time up to all of it."""
        most = min(LONGEST_WAIT_S, self._retry_s * 2.0 ** min(max(failures - 1, 0), 10))
        return most * (1 + self._chance()) / 2

    def _forget(self) -> None:
        self.last = self.log = None

    async def _connection(self, session: aiohttp.ClientSession) -> AsyncGenerator[Word, None]:
        """The words of one connection, from its first to where it ends or breaks."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._silence_s
        resuming = {} if self.last is None else {"Last-Event-ID": str(self.last)}
        async with asyncio.timeout_at(deadline):
            response = await session.get(self._url, headers=self._headers | resuming)
        try:
            async with asyncio.timeout_at(deadline):
                await self._accept(response)
            parser = Parser()
            unpacked = unpacking(response.headers.get("Content-Encoding"))
            held: list[Word] | None = [] if resuming and self.log is not None else None
            held_bytes = 0
            while True:
                async with asyncio.timeout_at(deadline):
                    piece = await response.content.readany()
                if not piece:
                    return
                spoken = False
                for word in (word for plain in unpacked(piece) for word in parser.feed(plain)):
                    spoken = True
                    self._retry_s = parser.retry_s or self._retry_s
                    told = [word]
                    if self._shows_log(word):
                        told, held = [*(held or ()), word], None
                    elif held is not None:
                        held.append(word)
                        held_bytes += len(word.data)
                        if held_bytes > limits.CLIENT_HELD_BYTES:
                            self._forget()
                            raise _Broken("too much was missed to be made up for")
                        continue
                    for one in told:
                        self.last = self.last if one.id is None else one.id
                        yield one
                if spoken:
                    # Counted from here: the time that the listener took is not the server's silence.
                    deadline = loop.time() + self._silence_s
        finally:
            response.close()

    def _shows_log(self, word: Word) -> bool:
        """Whether it says of which log everything is. Errors: `_Broken` if that is another one than before."""
        if word.event not in ("snapshot", "heartbeat"):
            return False
        try:
            log = msgspec.json.decode(word.data, type=_Heard).log
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Garbled(f"a {word.event} cannot be read: {error}") from error
        if word.event == "heartbeat" and self.log is not None and log != self.log:
            self._forget()
            raise _Broken("the server has another log now")
        self.log = log
        return True

    async def _accept(self, response: aiohttp.ClientResponse) -> None:
        """Errors: `_Broken` if the answer is no stream, `StreamRefused` if it was asked for what there is not."""
        if response.status == 200:
            if response.content_type != "text/event-stream":
                raise Garbled(f"the answer is {response.content_type}, and no stream")
            self._answered = True
            return
        after = response.headers.get("Retry-After", "")
        if after.isascii() and after.isdigit():
            self._retry_s = float(after)
        body = b"".join(unpacking(response.headers.get("Content-Encoding"))(await response.content.read(PIECE_BYTES)))
        try:
            refusal = msgspec.json.decode(body, type=_Refusal).error
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise _Broken(f"the server answered {response.status}") from None
        if 400 <= response.status < 500 and not self._answered:
            # What was asked is wrong and stays so. One that has answered before may be between two versions.
            raise StreamRefused(f"the stream was refused: {refusal.message}", code=refusal.code)
        raise _Broken(f"the server answered {response.status}: {refusal.message}")


def unpacking(coding: str | None) -> Callable[[bytes], Iterator[bytes]]:
    """What takes a body apart, a bounded piece at a time. Errors: `Garbled`, or `zlib.error` as it is read."""
    if coding is None:
        return lambda piece: iter((piece,))
    if coding != "gzip":
        raise Garbled(f"it is packed as {coding}, which was not asked for")
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def unpacked(piece: bytes) -> Iterator[bytes]:
        while piece:
            yield unpacker.decompress(piece, PIECE_BYTES)
            piece = unpacker.unconsumed_tail
            if unpacker.unused_data:
                raise Garbled("more follows what was packed")

    return unpacked
