"""An edge in one process: what it knows of its upstream, in the form in which the web asks for it and the hub tells it.

It gives no orders, asks nobody anything and waits for nothing: `following` feeds it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from tocsin import limits
from tocsin.app import open_questions, open_statistics
from tocsin.atlas import Atlas
from tocsin.channels.ring import Ring, View, ordinary, zones_of
from tocsin.channels.stream import Clockface, Hub
from tocsin.clock import Clock
from tocsin.edge.clock import FollowedClock
from tocsin.edge.mirror import Mirror
from tocsin.edge.replica import Replica
from tocsin.edge.shelters import Copy
from tocsin.edge.threats import Told
from tocsin.edge.upstream import texts_of
from tocsin.engine import State
from tocsin.events import Entry
from tocsin.model import ZoneId
from tocsin.record.archive import Archive
from tocsin.record.questions import Questions
from tocsin.record.statistics.computing import Statistics
from tocsin.store.heads import SignedHead
from tocsin.texts import Message, Texts, load_texts
from tocsin.told import Encoded, Past, StateBody, encoded, narrowed, state_body

log = logging.getLogger("tocsin.edge")

Telling = tuple[Entry, bytes, Sequence[tuple[bytes, tuple[ZoneId, ...]]]]
"""An entry, as it was told, and the messages right before it with their zones."""

CATALOGUE, HEAD, BEGUN_ANEW = "catalogue", "head", "begun_anew"
"""What a mirror keeps beside the log."""


class Latest(msgspec.Struct, frozen=True):
    latest: SignedHead


class Edge:
    """A `Reading` for the web. Made in the event loop that will serve it."""

    def __init__(
        self,
        mirror: Mirror,
        atlas: Atlas,
        upstream: str,
        *,
        clock: Clock | None = None,
        heartbeat_s: float = limits.HEARTBEAT_S,
    ) -> None:
        """Whatever the mirror holds is told from the start, and not to be relied upon until somebody says so."""
        self.atlas = atlas
        self.upstream = upstream
        self.clock = FollowedClock(clock)
        self.shelters: Copy | None = None
        """What the upstream says of shelters; None until it has been heard."""
        self.threats: Told | None = None
        """What the upstream lets everybody know of threats; None until it has been heard."""
        self.known = asyncio.Event()
        """Set once there is anything to tell; for `following` to set."""
        catalogue, head = mirror.note(CATALOGUE), mirror.note(HEAD)
        self.heads = Latest(msgspec.json.decode(head, type=SignedHead)) if head else None
        self.replica = self.replica_of(mirror, texts_of(catalogue) if catalogue else load_texts())
        self._told: tuple[State, datetime | None, StateBody, Encoded] | None = None
        after, tail = self.replica.tail()
        ring = Ring(limits.STREAM_BACKLOG_EVENTS, atlas.hierarchy, after, self._words_of)
        ring.add(tail)
        self.hub = Hub(ring, mirror.identity, self._snapshot, self.clockface, self.clock.elapsed_s, heartbeat_s)
        if mirror.fresh_at is not None:
            self.known.set()

    # --- what the web asks for ----------------------------------------------------------------

    @property
    def store(self) -> Mirror:
        return self.replica.mirror

    @property
    def state(self) -> State:
        return self.replica.state

    @property
    def texts(self) -> Texts:
        return self.replica.texts

    @property
    def questions(self) -> Questions:
        return self.replica.questions

    @property
    def archive(self) -> Archive:
        return self.replica.archive

    @property
    def statistics(self) -> Statistics:
        return self.replica.statistics

    @property
    def past(self) -> Past:
        return self.replica.past

    @property
    def areas(self) -> Mapping[str, object] | None:
        """The areas of which there are bundles. An edge has the upstream's, and no streets of its own."""
        return self.shelters.bundles or None if self.shelters else None

    @property
    def threats_now(self) -> Told | None:
        """The same; None where the upstream has not confirmed it for too long."""
        told = self.threats
        return told if told is not None and told.good_at(self.clock.elapsed_s()) else None

    def clockface(self) -> Clockface:
        """What the upstream's clock says."""
        return self.clock.face()

    def encoded_state(self) -> Encoded:
        """The state as told to everyone."""
        return self._now()[3]

    async def stop(self) -> None:
        """Nothing was begun that has to be finished: what is not in the mirror yet is asked for again."""
        await asyncio.to_thread(self.store.flush)

    # --- what it is told ----------------------------------------------------------------------

    def replica_of(self, mirror: Mirror, texts: Texts) -> Replica:
        """Errors: `Differs` where what is mirrored does not fold."""
        questions = open_questions(mirror, self.atlas)
        return Replica(mirror, texts, self.atlas, questions, open_statistics(questions, self.atlas))

    def adopt(self, replica: Replica) -> None:
        """From now on this is what is known; everyone starts anew."""
        self.replica = replica
        after, tail = replica.tail()
        self.hub.reset(replica.mirror.identity, after)
        self.hub.ring.add(tail)

    def tell(self, told: Sequence[Telling]) -> None:
        """The next entries, as the upstream tells them. Errors: `Differs`; then nothing was told."""
        entries = [entry for entry, _, _ in told]
        self.replica.take(entries, [data for _, data, _ in told])
        self.replica.pass_over(entries)
        views: set[View] = set()
        for entry, data, messages in told:
            views |= self.hub.ring.add_told(entry.seq, zones_of(entry), data, messages, ordinary(entry))
        self.hub.stir(views)

    def tell_orders(self, entries: Sequence[Entry], told: Sequence[bytes]) -> None:
        """Whole orders that come next, of which the words were not heard. Errors: `Differs`; then nothing was told."""
        self.replica.take(entries, told)
        self.hub.publish(entries)

    def reword(self, catalogue: str) -> None:
        """The upstream tells by these texts."""
        if self.store.note(CATALOGUE) != catalogue:
            self.replica.reword(texts_of(catalogue))
            self.store.keep(CATALOGUE, catalogue)

    def set_clock(self, face: Clockface) -> None:
        """The upstream's clock says this now. Whoever counts on is told where it is not what they count."""
        before = self.clock.face()
        self.clock.set(face)
        ahead_s = abs((face.now - before.now).total_seconds())
        if (face.rate, face.replay) != (before.rate, before.replay) or ahead_s > max(face.rate, 1.0):
            self.hub.clock_changed()

    def sign(self, head: SignedHead | None) -> None:
        """The upstream's latest signed head."""
        self.heads = None if head is None else Latest(head)
        self.store.keep(HEAD, "" if head is None else msgspec.json.encode(head).decode())

    # --- how it is told -----------------------------------------------------------------------

    def _words_of(self, order: Sequence[Entry]) -> Sequence[Message]:
        return self.replica.words_of(order)

    def _snapshot(self, view: View | None) -> tuple[int, bytes]:
        state, _, body, whole = self._now()
        if view is None or view.whole:
            return whole.seq, whole.body
        return whole.seq, msgspec.json.encode(narrowed(body, state, view.zones))

    def _now(self) -> tuple[State, datetime | None, StateBody, Encoded]:
        state, since = self.state, self.hub.cut_off_since
        if self._told is None or self._told[0] is not state or self._told[1] != since:
            body = state_body(state, self.store.realm, since)
            begun = self.store.note(BEGUN_ANEW)
            self._told = state, since, body, encoded(body, f".{begun}" if begun else "")
        return self._told
