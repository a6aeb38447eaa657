"""Following a Tocsin: what is known after each thing it says, for as long as one cares to listen.

What it promises: `Known` is the server's own fold, of all zones or of those that were asked for; a break is made up
for without a gap, or everything begins anew with a snapshot; and it is said at once when nothing is heard, so that
nobody takes silence for calm. What this version cannot read is not passed over either: the state is fetched anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from types import TracebackType
from typing import TypeVar

import aiohttp
import msgspec

from tocsin import limits
from tocsin.client.known import CutOff, Heartbeat, Known, Snapshot, ToldEntry
from tocsin.client.wire import Lost, Rest, Wire, Word, address
from tocsin.errors import ServerUnreachable
from tocsin.events import Internal
from tocsin.model import Hierarchy, Zone
from tocsin.texts import Message

T = TypeVar("T")
Said = ToldEntry | Message | Word | Lost


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was said, or that nothing is heard, and what is known after it."""

    known: Known
    said: Said | None
    """The entry of the log, the message to people, or why the connection was lost. A `Word` where this version has no
    type for it. None where what is known changed by something else: a snapshot, or the end of being cut off."""


class Following:
    """An open ear: an asynchronous context, and an iterator over `Heard`."""

    def __init__(self, wire: Wire, known: Known) -> None:
        self._wire = wire
        self._known = known
        self._all = self._listen()

    async def __aenter__(self) -> Following:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._all.aclose()

    def __aiter__(self) -> Following:
        return self

    async def __anext__(self) -> Heard:
        """Errors: `StreamRefused`."""
        return await anext(self._all)

    async def _listen(self) -> AsyncGenerator[Heard, None]:
        async with aclosing(self._wire.words()) as words:
            async for word in words:
                before = self._known
                if isinstance(word, Lost):
                    self._known = before.with_silence(word.at)
                    yield Heard(known=self._known, said=word)
                    continue
                self._known = before.with_silence(None)
                said = self._take(word)
                if said is not None or _shown(before) != _shown(self._known):
                    yield Heard(known=self._known, said=said)

    def _take(self, word: Word) -> Said | None:
        known = self._known
        try:
            match word.event:
                case "snapshot":
                    self._known = known.with_snapshot(_read(word, Snapshot))
                case "entry":
                    entry = _read(word, ToldEntry)
                    self._known = known.with_entry(entry)
                    if self._known.tail:
                        self._wire.start_anew(f"something before {entry.seq} was never told")
                    return None if entry.seq <= known.base or isinstance(entry.event, Internal) else entry
                case "heartbeat":
                    heartbeat = _read(word, Heartbeat)
                    self._known = known.with_heartbeat(heartbeat)
                    if known.misses(heartbeat):
                        self._wire.start_anew(f"not everything up to {heartbeat.seq} was told")
                case "stale":
                    self._known = known.with_cut_off(_read(word, CutOff).cut_off_since)
                case "message":
                    return _message(word)
                case "clock" | "goodbye":
                    pass
                case _:
                    return word
        except msgspec.DecodeError as error:
            self._wire.start_anew(f"this version cannot read its {word.event}: {error}")
        return None


def follow(
    url: str,
    zones: Sequence[str] = (),
    after: Known | None = None,
    *,
    record: bool = False,
    headers: Mapping[str, str] | None = None,
    silence_s: float = limits.STALE_AFTER_S,
    rest: Rest = asyncio.sleep,
) -> Following:
    """Follow the Tocsin at ``url``, as a whole or what concerns some ``zones`` (ids, or codes of other systems). With
    ``record``, and without zones, its record of attacks is told too.

    ``after`` is what was known when an earlier following of the same zones ended: only what was missed since is told.
    Of other zones, or named by other codes, all begins anew. After ``silence_s`` without a word the connection counts
    as lost; ``rest`` waits until it is made again. Errors: `StreamRefused`, at once or with the first word.
    """
    known = Known()
    if after is not None and after.base >= 0 and set(after.filter or ()) == set(zones):
        known = msgspec.structs.replace(after, tail={})
    seq = known.base if known.base >= 0 else None
    wire = Wire(
        url, zones=zones, record=record, after=seq, log=known.log, headers=headers, silence_s=silence_s, rest=rest
    )
    return Following(wire, known)


async def zones_at(url: str, headers: Mapping[str, str] | None = None) -> Hierarchy:
    """Which zone lies in which, as the Tocsin at ``url`` has it: what `Known.status` asks for.

    Errors: `ServerUnreachable`, and `StreamRefused` where ``url`` can be no address.
    """
    timeout = aiohttp.ClientTimeout(total=limits.STALE_AFTER_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(address(url) / "api/v1/zones", headers=headers) as answer,
        ):
            answer.raise_for_status()
            zones = msgspec.json.decode(await answer.read(), type=_Zones).zones
    except (aiohttp.ClientError, OSError, msgspec.DecodeError) as error:
        raise ServerUnreachable(f"the zones could not be had from {url}: {error or type(error).__name__}") from error
    return Hierarchy({zone.id: zone.parent for zone in zones}, {zone.id: zone.population for zone in zones})


class _Zones(msgspec.Struct, frozen=True):
    zones: list[Zone]


def _read(word: Word, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(word.data, type=kind)
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError(str(error)) from error


def _message(word: Word) -> Message | Word:
    """It tells in words what entries tell anyhow: one that cannot be read loses nothing of what stands."""
    try:
        return _read(word, Message)
    except msgspec.DecodeError:
        return word


def _shown(known: Known) -> Known:
    """All of it but how far it goes."""
    return msgspec.structs.replace(known, base=0, tail={})
