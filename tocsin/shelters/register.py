"""The register of shelters after a log: which there are, and whether they are open, by whose word.

A register is a value: what is added makes a new one. What a person said of a shelter goes before what its dataset
says, and stays through every import until a person says otherwise: no newer file opens what somebody found locked.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from tocsin.events import Event, Internal
from tocsin.model import SourceId, ZoneId
from tocsin.shelter import Shelter, ShelterClosed, ShelterId, ShelterOpened, SheltersImported

_OURS = frozenset({SheltersImported, ShelterClosed, ShelterOpened})


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """What a person said of a shelter."""

    open: bool
    source: SourceId
    cause: str
    at: datetime
    seq: int


class Dataset(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a dataset as a whole."""

    name: str
    attribution: str
    at: datetime
    """When it was imported last."""
    seq: int


@dataclass(frozen=True, slots=True)
class Register:
    shelters: Mapping[ShelterId, Shelter] = field(default_factory=dict)
    words: Mapping[ShelterId, Word] = field(default_factory=dict)
    datasets: Mapping[str, Dataset] = field(default_factory=dict)
    seq: int = 0
    """Of the last event that changed which shelters there are."""
    spoken: int = 0
    """Of the last word of a person."""
    told: tuple[tuple[int, int], ...] = ()
    """Where in the log all this stands: first and last seq of each run."""

    def after(self, seq: int, events: Sequence[Event | Internal]) -> Register:
        """What stands once ``events``, of which the first follows ``seq``, have happened. This one stays as it is."""
        if _OURS.isdisjoint(map(type, events)):  # as almost always: warnings must not wait for the register
            return self
        return self.with_events(enumerate(events, seq + 1))

    def with_events(self, events: Iterable[tuple[int, Event | Internal]]) -> Register:
        """The same, of events each with its seq."""
        shelters, words, datasets = dict(self.shelters), dict(self.words), dict(self.datasets)
        seq, spoken, told = self.seq, self.spoken, list(self.told)
        for number, event in events:
            match event:
                case SheltersImported():
                    for shelter in event.shelters:
                        shelters[ShelterId(shelter.id)] = shelter
                    for gone in event.gone:
                        shelters.pop(gone, None)
                    datasets[event.dataset] = Dataset(
                        name=event.dataset, attribution=event.attribution, at=event.at, seq=number
                    )
                    seq = number
                case ShelterClosed() | ShelterOpened():
                    words[event.shelter] = Word(
                        open=isinstance(event, ShelterOpened),
                        source=event.source,
                        cause=event.cause,
                        at=event.at,
                        seq=number,
                    )
                    spoken = number
                case _:
                    continue
            if told and told[-1][1] == number - 1:
                told[-1] = told[-1][0], number
            else:
                told.append((number, number))
        return Register(shelters, words, datasets, seq, spoken, tuple(told))

    def runs(self) -> Iterator[tuple[int, int]]:
        return iter(self.told)

    def is_open(self, shelter: Shelter) -> bool:
        """Whether people are to be sent there: not where anyone says that it cannot be used."""
        word = self.words.get(ShelterId(shelter.id))
        return shelter.open is not False if word is None else word.open

    def zone_of(self, shelter: ShelterId) -> ZoneId | None:
        known = self.shelters.get(shelter)
        return None if known is None else known.zone

    def of(self, dataset: str) -> dict[ShelterId, Shelter]:
        """The shelters of one dataset."""
        return {known: shelter for known, shelter in self.shelters.items() if known.startswith(f"{dataset}:")}


def page_of(ids: Sequence[str], after: str, dataset: str | None, limit: int) -> Sequence[str]:
    """Of ids in rising order those that come after ``after``, of one dataset where one is meant: at most ``limit``."""
    start, end = bisect_right(ids, after), len(ids)
    if dataset is not None:
        start, end = max(start, bisect_left(ids, f"{dataset}:")), bisect_left(ids, f"{dataset};")
    return ids[start : min(end, start + limit)]
