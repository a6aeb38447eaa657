"""Where reports of threats come in: each is taken, or told why it is not, and what is taken is one order to the log.

Whoever reports needs a grant with the verb `report` for the source as which they speak; its zones are where that source
watches. A source that sends too much is told so and harms nobody else.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
import numpy as np

from tocsin import limits
from tocsin.access import Caller
from tocsin.atlas import Atlas
from tocsin.commands import Command, TakeReports
from tocsin.errors import KeyReused, NotGranted, ReportRefused, TocsinError, TooOften
from tocsin.intake.messages.gazetteer import Gazetteer
from tocsin.intake.messages.reading import Reader
from tocsin.intake.reports.forming import formed
from tocsin.intake.reports.forms import Item, Words
from tocsin.intake.reports.sifting import Aside, Flaw, Ground, flaw_in, placed, report_of
from tocsin.intake.reports.wording import Wording, why_nothing
from tocsin.lookout.rate import Rate
from tocsin.model import SourceId, Verb, ZoneId
from tocsin.queue import Queue
from tocsin.report import Told
from tocsin.service import Service

ANSWERS_KEPT = 5_000
"""Answers that are given again when the same is sent again with its key."""

_json = msgspec.json.Encoder()


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    """One of the things that were sent, and why it is not taken."""

    number: int
    """Which of those sent, from 0."""
    why: Aside
    refused: bool
    """Whether it cannot be so, rather than being no news."""
    words: str


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What became of what was sent."""

    key: str
    seq: int
    """The head of the log once it was in it."""
    taken: int
    """How many reports are new; a message may tell of several things."""
    repeated: int
    """How many were known already."""
    aside: list[SetAside]


class Reporting:
    """Over one running service."""

    def __init__(self, service: Service, queue: Queue, atlas: Atlas) -> None:
        self._service, self._queue, self._atlas = service, queue, atlas
        self._rate = Rate(limits.REPORTS_PER_MINUTE, 60.0, service.clock.elapsed_s)
        self._answers: OrderedDict[tuple[str, str], tuple[bytes, Taken]] = OrderedDict()
        self._reading = asyncio.Lock()
        self._reader: tuple[Reader, Wording] | None = None
        self._ground = Ground(self._locate, _outside_km(atlas))
        self.counts: Counter[str] = Counter()
        """What became of all that was sent, by `taken` or the reason why not."""

    async def take(
        self, caller: Caller, key: str, source: SourceId, reason: str, items: Sequence[Item | Flaw]
    ) -> Taken:
        """Take in what a caller sends as a source. The same again with the same key is answered as before.

        Errors: `NotGranted`, `TooOften`, `KeyReused`, `ReportRefused` where nothing was taken and something cannot be
        so, and those of the store.
        """
        digest = hashlib.sha256(_json.encode((source, reason, items))).digest()
        before = self._answers.get((caller.holder, key))
        if before is not None:
            if before[0] != digest:
                raise KeyReused(f"the key {key} was used for other reports", key=key)
            return before[1]
        now = self._service.now()
        area = self._area(caller, source, now)
        if not self._rate.allows(source, len(items)):
            self.counts["too_often"] += len(items)
            raise TooOften(
                f"{source} may send {limits.REPORTS_PER_MINUTE:,} reports a minute: none of these is taken",
                per_minute=limits.REPORTS_PER_MINUTE,
            )
        told, where, aside = await self._sifted(items, source, area, now)
        await self._refuse(caller, items, aside)
        answer = await self._ordered(caller, key, source, reason, told, where, aside)
        self._answers[caller.holder, key] = digest, answer
        if len(self._answers) > ANSWERS_KEPT:
            self._answers.popitem(last=False)
        return answer

    async def _ordered(
        self,
        caller: Caller,
        key: str,
        source: SourceId,
        reason: str,
        told: list[Told],
        where: set[ZoneId],
        aside: list[SetAside],
    ) -> Taken:
        known = self._service.heard
        fresh = list(dict.fromkeys(one for one in told if not known.knows(report_of(one, source, one.said_at).id)))
        repeated = len(told) - len(fresh)
        if not told and any(one.refused for one in aside):
            first = next(one for one in aside if one.refused)
            raise ReportRefused(first.words, aside=msgspec.to_builtins(aside))
        seq = self._service.state.seq
        parts = [fresh[at : at + limits.REPORTS_PER_ORDER] for at in range(0, len(fresh), limits.REPORTS_PER_ORDER)]
        for number, part in enumerate(parts):  # messages may tell of more things than there are messages
            order = TakeReports(reports=tuple(part), where=tuple(sorted(where)))
            its_key = f"{key} {number}" if number else key
            command = Command(key=its_key, actor=caller.holder, source=source, reason=reason, order=order)
            seq = (await self._queue.submit(command, caller)).seq
        self.counts["taken"] += len(fresh)
        self.counts["repeated"] += repeated
        return Taken(key=key, seq=seq, taken=len(fresh), repeated=repeated, aside=aside)

    # --- sifting ------------------------------------------------------------------------------

    async def _sifted(
        self, items: Sequence[Item | Flaw], source: SourceId, area: Sequence[ZoneId], now: datetime
    ) -> tuple[list[Told], set[ZoneId], list[SetAside]]:
        told: list[Told] = []
        where: set[ZoneId] = set()
        aside: list[SetAside] = []
        for number, item in enumerate(items):
            for one in await self._formed(item, now):
                kept = one if isinstance(one, Flaw) else self._placed(one, area, now)
                if isinstance(kept, Flaw):
                    why, words = kept
                    aside.append(SetAside(number=number, why=why, refused=why.refused, words=words))
                    self.counts[why] += 1
                else:
                    told.append(kept[0])
                    where |= kept[1]
        return told, where, aside

    async def _formed(self, item: Item | Flaw, now: datetime) -> Sequence[Told | Flaw]:
        if isinstance(item, Flaw):
            return (item,)
        if isinstance(item, Words):
            if flaw := flaw_in(Told(said_at=item.said_at or now, ends=("all",)), now):
                return (flaw,)  # what is old is not read: it would tell the reader of another hour
            found = await self._read(item, item.said_at or now)
        else:
            found = formed(item, now, lambda zone: self._atlas.resolve(zone).id, lambda words, at: ())
        return (found,) if isinstance(found, Flaw) else found

    def _placed(self, told: Told, area: Sequence[ZoneId], now: datetime) -> tuple[Told, set[ZoneId]] | Flaw:
        return flaw_in(told, now) or placed(told, self._ground, self._atlas.hierarchy, area)

    async def _read(self, words: Words, at: datetime) -> Sequence[Told] | Flaw:
        """Messages are read one at a time, in the sequence in which they came: the reader remembers."""
        if self._atlas.country.id != UKRAINE:
            return Flaw(Aside.OTHER_LANGUAGE, "messages are read about Ukraine alone")
        await self.prepare()
        async with self._reading:
            assert self._reader is not None, "it was prepared"
            reader, wording = self._reader
            message = reader.read(words.text, words.channel, at)
            return wording.told(message, words.text, at) or why_nothing(words.text)

    async def prepare(self) -> None:
        """Have the gazetteer at hand, which takes seconds: better before the first message than at it."""
        if self._atlas.country.id != UKRAINE:
            return
        async with self._reading:
            if self._reader is None:
                self._reader = await asyncio.to_thread(self._new_reader)

    def prepare_beside(self) -> None:
        """The same in a thread that nothing waits for: a server that is asked to end does so at once."""

        def made() -> None:
            reader = self._new_reader()
            self._reader = self._reader or reader

        if self._atlas.country.id == UKRAINE:
            threading.Thread(target=made, name="tocsin-words", daemon=True).start()

    def _new_reader(self) -> tuple[Reader, Wording]:
        gazetteer = Gazetteer(self._atlas)
        return Reader(gazetteer), Wording(gazetteer, self._atlas.hierarchy)

    # --- who and where ------------------------------------------------------------------------

    def _area(self, caller: Caller, source: SourceId, now: datetime) -> tuple[ZoneId, ...]:
        """The zones over which the source watches, by the caller's grants. Errors: `NotGranted`."""
        if caller.local:
            return self._atlas.hierarchy.roots
        realm = self._service.store.realm
        grants = [
            grant.terms
            for grant in self._service.access.grants_of(caller.holder, now)
            if Verb.REPORT in grant.terms.verbs and source in grant.terms.sources and grant.terms.realm is realm
        ]
        area = dict.fromkeys(zone for terms in grants for zone in terms.zones)
        if caller.zones:
            area = dict.fromkeys(self._common(area, caller.zones))
        if not area:
            raise NotGranted(f"{caller.holder} may not report as {source}", holder=caller.holder, source=source)
        return tuple(area)

    def _common(self, one: dict[ZoneId, None], other: Sequence[ZoneId]) -> Sequence[ZoneId]:
        """What lies in both."""
        above = self._atlas.hierarchy.ancestors
        within = [zone for zone in other if zone in one or not one.keys().isdisjoint(above(zone))]
        return (*within, *(zone for zone in one if not set(other).isdisjoint(above(zone))))

    def _locate(self, lon: float, lat: float) -> ZoneId | None:
        zone = self._atlas.locate(lon, lat)
        return None if zone is None else zone.id

    async def _refuse(self, caller: Caller, items: Sequence[Item | Flaw], aside: Sequence[SetAside]) -> None:
        """Keep in the audit trail what cannot be so."""
        refused = [one for one in aside if one.refused]
        for one in refused[: limits.REFUSED_REPORTS_KEPT]:
            item = items[one.number]
            asked = "" if isinstance(item, Flaw) else _json.encode(item).decode()
            await asyncio.to_thread(self._service.refuse, caller, asked, ReportRefused(one.words, why=one.why))
        if len(refused) > limits.REFUSED_REPORTS_KEPT:
            more = len(refused) - limits.REFUSED_REPORTS_KEPT
            error = ReportRefused(f"{more} more of one request were refused", more=more)
            await asyncio.to_thread(self._service.refuse, caller, "", error)

    async def turn_away(self, caller: Caller, asked: str, error: TocsinError) -> None:
        """Keep in the audit trail what was refused as a whole."""
        await asyncio.to_thread(self._service.refuse, caller, asked, error)


UKRAINE = "UA"


def _outside_km(atlas: Atlas) -> Callable[[float, float], float]:
    """How far a point is from the nearest place that a zone is labelled at, about."""
    points = np.array([zone.point for zone in atlas.zones if zone.point is not None], dtype=np.float64).reshape(-1, 2)

    def distance_km(lon: float, lat: float) -> float:
        if not len(points):
            return 0.0
        dy = (points[:, 1] - lat) * 111.2
        dx = (points[:, 0] - lon) * 111.2 * np.cos(np.radians((points[:, 1] + lat) / 2))
        return float(np.sqrt((dx * dx + dy * dy).min()))

    return distance_km
