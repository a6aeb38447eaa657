"""The latest log entries as they are told: encoded once, read by every subscriber from where it stands.

A message stands right before the last entry that it tells of, so that whoever has got an entry has got every message
up to it, wherever the connection breaks. A view is what concerns some zones; in it each entry names the one before.
The record of attacks is told to those who ask for it; to all others each of its entries is one that is not public.
"""

from __future__ import annotations

import logging
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby, islice
from typing import NamedTuple

import msgspec

from tocsin.channels.frames import Said
from tocsin.events import Entry, Internal, PublicEntry, SourceEvent, WarningEvent, public
from tocsin.model import Hierarchy, ZoneId
from tocsin.recorded import PublishedEvent
from tocsin.shelter import PlaceEvent, SheltersChanged, SheltersImported
from tocsin.texts import Message

log = logging.getLogger("tocsin.channels")

Tell = Callable[[Sequence[Entry]], Sequence[Message]]
"""The messages that the entries of one order lead to."""

Zones = tuple[ZoneId, ...]


class Told(NamedTuple):
    """One entry, and the messages right before it."""

    seq: int
    zones: Zones | None
    """The zones it is about; none where it is nobody's business, None where it is everybody's."""
    entry: bytes
    messages: tuple[tuple[bytes, Zones], ...]
    ordinary: bytes | None = None
    """The entry for those who did not ask for the record, where it is of that."""


class View:
    """What can change what is said of some zones: what is about them, about what they lie in and about what lies in
    them. One object for all who asked for the same. That of no zones is of everything, the record of attacks too."""

    __slots__ = ("above", "last", "named", "readers", "zones")

    def __init__(self, zones: Zones, hierarchy: Hierarchy, last: int) -> None:
        self.zones = zones
        self.named = frozenset(zones)
        self.above = frozenset(up for zone in zones for up in hierarchy.ancestors(zone)) - self.named
        self.readers = 0
        self.last = last
        """Of what the ring has forgotten, the last seq that its readers may have heard of."""

    @property
    def whole(self) -> bool:
        """Whether all is told through it."""
        return not self.zones

    def concerns(self, zones: Iterable[ZoneId], hierarchy: Hierarchy) -> bool:
        return any(
            zone in self.named or zone in self.above or not self.named.isdisjoint(hierarchy.ancestors(zone))
            for zone in zones
        )


def without_words(order: Sequence[Entry]) -> Sequence[Message]:
    """For where no texts are at hand."""
    return ()


class Ring:
    """The last ``size`` entries, and the messages that belong to them."""

    def __init__(self, size: int, hierarchy: Hierarchy, head: int = 0, tell: Tell = without_words) -> None:
        """``head`` is the seq after which the first entry will be added."""
        self._told: deque[Told] = deque()
        self._size = size
        self._hierarchy = hierarchy
        self._tell = tell
        self._views: dict[Zones, View] = {}
        self._naming: defaultdict[ZoneId, set[View]] = defaultdict(set)
        """The views that name a zone."""
        self._under: defaultdict[ZoneId, set[View]] = defaultdict(set)
        """The views that name something in a zone."""
        self._about: defaultdict[ZoneId, deque[int]] = defaultdict(deque)
        """The seqs that are about a zone."""
        self._within: defaultdict[ZoneId, deque[int]] = defaultdict(deque)
        """The seqs that are about a zone or anything in it."""
        self._for_all: deque[int] = deque()
        self.head = head

    # --- feeding ------------------------------------------------------------------------------

    def add(self, entries: Sequence[Entry]) -> set[View]:
        """Take in what the log has added, whole orders; what is here already is passed over. Gives the views in which
        there is news.

        The first entries may begin before the head: an order that it cuts in two is told whole.
        """
        stirred: set[View] = set()
        for _, order in groupby(entries, key=lambda entry: entry.order):
            stirred |= self._add_order(list(order))
        return stirred

    def add_told(
        self,
        seq: int,
        zones: Zones | None,
        entry: bytes,
        messages: Sequence[tuple[bytes, Zones]] = (),
        plain: bytes | None = None,
    ) -> set[View]:
        """Take in the next entry as it is told, with the messages right before it: their JSON and their zones.

        ``plain`` is what `ordinary` gives of it.
        """
        assert seq == self.head + 1, "the ring is fed in log order"
        told = Told(seq, zones, entry, tuple(messages), plain)
        self._told.append(told)
        self.head = seq
        self._index(told)
        if len(self._told) > self._size:
            self._forget(self._told.popleft())
        return self._stirred(told)

    def clear(self, head: int) -> None:
        """Forget all: what comes next follows ``head``. Whoever resumes from before is reset."""
        for view in self._views.values():
            view.last = head
        self._told.clear()
        self._about.clear()
        self._within.clear()
        self._for_all.clear()
        self.head = head

    def _add_order(self, order: Sequence[Entry]) -> set[View]:
        told: defaultdict[int, list[tuple[bytes, Zones]]] = defaultdict(list)
        for message in self._words_of(order):
            told[message.seq].append((msgspec.json.encode(message), message.zones))
        stirred: set[View] = set()
        for entry in order:
            if entry.seq > self.head:
                told_on = msgspec.json.encode(public(entry))
                stirred |= self.add_told(entry.seq, zones_of(entry), told_on, told[entry.seq], ordinary(entry))
        return stirred

    def _words_of(self, order: Sequence[Entry]) -> Sequence[Message]:
        """What stands and what changes is told even where no words can be found for it."""
        try:
            return self._tell(order)
        except Exception:
            log.exception("no message could be made of the order at %d to %d", order[0].seq, order[-1].seq)
            return ()

    # --- reading ------------------------------------------------------------------------------

    def enter(self, zones: Zones) -> View:
        """The view of these zones, in whatever order they are named; of everything, with none. Whoever enters leaves
        once."""
        key = tuple(sorted(set(zones)))
        view = self._views.get(key)
        if view is None:
            view = self._views[key] = View(key, self._hierarchy, self.head - len(self._told))
            for zone in view.named:
                self._naming[zone].add(view)
            for zone in view.above:
                self._under[zone].add(view)
        view.readers += 1
        return view

    def leave(self, view: View) -> None:
        view.readers -= 1
        if view.readers == 0:
            del self._views[view.zones]
            for index, zones in ((self._naming, view.named), (self._under, view.above)):
                for zone in zones:
                    index[zone].discard(view)
                    if not index[zone]:
                        del index[zone]

    def since(self, after: int, view: View | None = None) -> list[Said] | None:
        """Everything after that seq; None where it is gone or has not been yet."""
        missing = self.head - after
        if not 0 <= missing <= len(self._told):
            return None
        if view is not None and not view.whole:
            return self._seen(after, view)
        words = []
        for told in reversed(list(islice(reversed(self._told), missing))):
            words += [Said("message", message) for message, _ in told.messages]
            entry = told.entry if view is not None or told.ordinary is None else told.ordinary
            words.append(Said("entry", entry, told.seq))
        return words

    def _seen(self, after: int, view: View) -> list[Said]:
        first = self.head - len(self._told)
        """The seq right before the oldest entry."""
        before, new = view.last, set[int]()
        for seqs in self._concerning(view):
            for seq in reversed(seqs):
                if seq > after:
                    new.add(seq)
                elif self._concerns(view, self._told[seq - first - 1].zones):
                    before = max(before, seq)
                    break
        words = []
        for seq in sorted(new):
            told = self._told[seq - first - 1]
            words += [
                Said("message", message)
                for message, zones in told.messages
                if self._concerns(view, zones or None)  # a message without zones is of a source's silence
            ]
            if self._concerns(view, told.zones):
                words.append(Said("entry", b'%b,"prev":%d}' % (told.entry[:-1], before), seq))
                before = seq
        return words

    def _concerns(self, view: View, zones: Zones | None) -> bool:
        return zones is None or view.concerns(zones, self._hierarchy)

    # --- which entry concerns whom ------------------------------------------------------------

    def _concerning(self, view: View) -> Iterable[deque[int]]:
        yield self._for_all
        for zone in view.named:
            if zone in self._within:
                yield self._within[zone]
        for zone in view.above:
            if zone in self._about:
                yield self._about[zone]

    def _reach(self, told: Told) -> tuple[set[ZoneId], set[ZoneId]]:
        """The zones that the entry and its messages are about; and these with all they lie in."""
        about = {zone for zones in (told.zones or (), *(zones for _, zones in told.messages)) for zone in zones}
        return about, about.union(*(self._hierarchy.ancestors(zone) for zone in about))

    def _index(self, told: Told) -> None:
        if told.zones is None:
            self._for_all.append(told.seq)
        about, within = self._reach(told)
        for zone in about:
            self._about[zone].append(told.seq)
        for zone in within:
            self._within[zone].append(told.seq)

    def _forget(self, told: Told) -> None:
        for view in self._stirred(told):
            if self._concerns(view, told.zones):
                view.last = told.seq
        if told.zones is None:
            self._for_all.popleft()
        about, within = self._reach(told)
        for index, zones in ((self._about, about), (self._within, within)):
            for zone in zones:
                index[zone].popleft()
                if not index[zone]:
                    del index[zone]

    def _stirred(self, told: Told) -> set[View]:
        if not self._views:
            return set()
        if told.zones is None:
            return set(self._views.values())
        about, within = self._reach(told)
        stirred = {whole} if (whole := self._views.get(())) else set()
        for zone in within & self._naming.keys():
            stirred |= self._naming[zone]
        for zone in about & self._under.keys():
            stirred |= self._under[zone]
        return stirred


def zones_of(entry: Entry) -> Zones | None:
    """The zones that it is about; none where it is nobody's business, None where it is everybody's."""
    if isinstance(entry.event, WarningEvent):
        return (entry.event.zone,)
    if isinstance(entry.event, PlaceEvent):
        return None if entry.event.zone is None else (entry.event.zone,)
    return None if isinstance(entry.event, SourceEvent | SheltersImported | SheltersChanged) else ()


def ordinary(entry: Entry) -> bytes | None:
    """An entry of the record as it is told to who did not ask for that, so that no seq is missing; None for any other.

    A subscriber who lives by warnings neither has to know what an attack is nor to take in what an import brings.
    """
    if not isinstance(entry.event, PublishedEvent):
        return None
    told = PublicEntry(seq=entry.seq, recorded_at=entry.recorded_at, order="", event=Internal())
    return msgspec.json.encode(told)
