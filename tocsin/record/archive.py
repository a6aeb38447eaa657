"""The record of attacks after a log: what was published, as of now or of any time before, and what waits as a draft.

Ask it like this::

    archive = service.archive                      # or edge.archive, which knows what is published and nothing else
    record = archive.published                     # as of now
    record = archive.as_of(seq)                    # as of a seq of the log
    record = archive.as_of_moment(moment)          # as it could be read at that moment

    record.documents[id], record.claims[id], record.attacks[id]
    record.of(attack)                              # its claims, the superseded and withdrawn ones among them
    record.current(attack)                         # those that stand
    record.links(claim)                            # contests, corroborates, repeats: both ways
    record.total_of(claim)                         # the standing claim that it is only a part of
    record.versions(claim)                         # oldest first: what it corrected, itself, what corrected it

`counting.py` says what may be added up: a total and its parts never are, nor a claim and what repeats it. Ids are
seqs. An archive is a value: what is added makes a new one. Folding what is public gives the same `published` as
folding everything, so that an edge, which is told no more, has the same record.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import get_args

import msgspec

from tocsin.claims import Document, Drafted
from tocsin.events import Event, Internal
from tocsin.facts import Check
from tocsin.model import SourceId
from tocsin.record.published import Published, Told
from tocsin.recorded import (
    ClaimPublished,
    DocumentTaken,
    DraftMended,
    DraftRejected,
    RecordEvent,
    SourceDistrusted,
    SourceTrusted,
)

_RECORD = frozenset(get_args(RecordEvent))


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """One fact of a document, and what has become of it."""

    drafted: Drafted
    claim: int | None = None
    """The claim that it became."""
    rejected: bool = False
    reason: str = ""

    @property
    def waits(self) -> bool:
        return self.claim is None and not self.rejected


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A document as reviewers see it."""

    id: int
    document: Document
    drafts: tuple[Draft, ...]
    checks: tuple[Check, ...]
    at: datetime

    def waiting(self) -> list[int]:
        """The numbers of the drafts that nobody has decided upon."""
        return [number for number, draft in enumerate(self.drafts) if draft.waits]


@dataclass(frozen=True, slots=True)
class Archive:
    """All of it. On an edge there are no drafts and nobody is trusted, since it is not told of either."""

    told: tuple[Told, ...] = ()
    published: Published = field(default_factory=Published)
    taken: Mapping[int, Taken] = field(default_factory=dict)
    by_sha256: Mapping[str, int] = field(default_factory=dict)
    trusted: frozenset[SourceId] = frozenset()

    def after(self, seq: int, events: Sequence[Event | Internal]) -> Archive:
        """What stands once ``events``, of which the first follows ``seq``, have happened. This one stays as it is.

        An event about what is not there is a `KeyError`.
        """
        if _RECORD.isdisjoint(map(type, events)):  # as almost always: warnings must not wait for the record
            return self
        return self.with_events(enumerate(events, seq + 1))

    def with_events(self, events: Iterable[tuple[int, Event | Internal]]) -> Archive:
        """The same, of events each with its seq."""
        told = [
            Told(seq=number, event=event)  # type: ignore[arg-type]  # its type is one of them
            for number, event in events
            if type(event) in _RECORD
        ]
        taken, by_sha256, trusted = dict(self.taken), dict(self.by_sha256), set(self.trusted)
        for one in told:
            _take_draft(one, taken, by_sha256, trusted)
        return Archive((*self.told, *told), self.published.after(told), taken, by_sha256, frozenset(trusted))

    def as_of(self, seq: int) -> Published:
        """What was public after that seq."""
        if seq >= self.published.seq:
            return self.published
        return Published().after(one for one in self.told if one.seq <= seq)

    def as_of_moment(self, moment: datetime) -> Published:
        """What was public at that moment, by the log's time."""
        if not self.told:
            return self.published
        # By accepted clocks a later event may bear an earlier time: what had been read by then counts.
        latest: list[datetime] = []
        for one in self.told:
            latest.append(max(latest[-1], one.event.at) if latest else one.event.at)
        known = bisect_right(latest, moment)
        return self.as_of(self.told[known - 1].seq) if known else Published()

    def named(self, document: int | str) -> Taken | None:
        """A document that was taken in, by its id or by the SHA-256 of its text."""
        id = self.by_sha256.get(document) if isinstance(document, str) else document
        return None if id is None else self.taken.get(id)

    def waiting(self) -> list[Taken]:
        """The documents with drafts that nobody has decided upon, oldest first."""
        return [taken for taken in self.taken.values() if taken.waiting()]

    def runs(self) -> Iterator[tuple[int, int]]:
        """Where in the log the record stands: first and last seq of each run of its events."""
        first = last = 0
        for one in self.told:
            if one.seq != last + 1 and last:
                yield first, last
            if one.seq != last + 1 or not last:
                first = one.seq
            last = one.seq
        if last:
            yield first, last


def _take_draft(told: Told, taken: dict[int, Taken], by_sha256: dict[str, int], trusted: set[SourceId]) -> None:
    match told.event:
        case DocumentTaken() as event:
            drafts = tuple(Draft(drafted=drafted) for drafted in event.drafted)
            taken[told.seq] = Taken(
                id=told.seq, document=event.document, drafts=drafts, checks=event.checks, at=event.at
            )
            by_sha256[event.document.sha256] = told.seq
        case DraftMended() as event:
            _redraft(taken, event.document, event.number, Draft(drafted=event.drafted, reason=event.reason))
        case DraftRejected() as event:
            draft = taken[event.document].drafts[event.number]
            rejected = msgspec.structs.replace(draft, rejected=True, reason=event.reason)
            _redraft(taken, event.document, event.number, rejected)
        case ClaimPublished() as event if event.document in taken:
            known = taken[event.document].drafts
            drafted = Drafted(fact=event.fact, zone=event.zone)
            draft = known[event.number] if event.number < len(known) else Draft(drafted=drafted)
            became = msgspec.structs.replace(draft, claim=told.seq, rejected=False)
            _redraft(taken, event.document, event.number, became)
        case SourceTrusted(source=source):
            trusted.add(source)
        case SourceDistrusted(source=source):
            trusted.discard(source)
        case _:
            pass


def _redraft(taken: dict[int, Taken], document: int, number: int, draft: Draft) -> None:
    drafts = list(taken[document].drafts)
    drafts[number : number + 1] = [draft]  # with the next number it is one more
    taken[document] = msgspec.structs.replace(taken[document], drafts=tuple(drafts))
