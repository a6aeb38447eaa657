"""Everyone is told: one shared piece of bytes to one socket after another.

Subscribers who hear alike, through the same view and in the same form, are a group, and all of a group who have been
told everything stand at the same cursor: what is new to one is new to all. Whoever does not take what is written at
once drops out of the group and is brought up to date when there is room again, from the ring; nothing is queued for
anybody. What happens during a round leaves together in the next.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from tocsin import limits
from tocsin.channels.frames import Form, Said
from tocsin.channels.ring import View
from tocsin.channels.stream import Hub, latest
from tocsin.door import websocket
from tocsin.door.subscribers import Group, Subscriber, gone
from tocsin.door.telling import GONE, Lacking, tell_plain, tell_secured
from tocsin.door.uring import begin
from tocsin.door.wire import RECORD_BYTES, gather, read, write

__all__ = ["SHARES", "Fanout", "Subscriber"]

log = logging.getLogger("tocsin.door")

_NOTHING = -1
"""The cursor of one who has been told nothing that still holds."""

SHARES = 10
"""Heartbeats go out in so many shares, so that no event waits for all of them."""

MANY = 32
"""To so many it is quicker to write in one call than one by one."""

Gone = Callable[[Subscriber, bool], None]
"""Called with a subscriber who is to be let go, abruptly or not."""


class Fanout:
    """All subscribers of one door. An ear of the hub."""

    def __init__(
        self, hub: Hub, loop: asyncio.AbstractEventLoop, watch: Callable[[int, bool], None], gone: Gone
    ) -> None:
        """``watch(fd, writable)`` says whether to wake the subscriber when there is room."""
        self._hub = hub
        self._loop = loop
        self._watch = watch
        self._gone = gone
        self._groups: dict[tuple[View | None, Form], Group] = {}
        self._of_view: dict[View | None, list[Group]] = {}
        self._stirred: dict[Group, None] = {}
        self._words: list[Said] = []
        self._anew = False
        self._due: dict[Subscriber, None] = {}
        """Those who are due a heartbeat."""
        self._share = 0
        self._rounds: Iterator[None] | None = None
        self._unaware: set[Subscriber] = set()
        """Those who were late or behind when something may have been said that is not in the ring."""
        self.behind: dict[int, Subscriber] = {}
        self._uring = begin()
        hub.listen(self)

    def close(self) -> None:
        if self._uring is not None:
            self._uring.close()

    # --- what happens -------------------------------------------------------------------------

    def news(self, views: set[View]) -> None:
        for view in (None, *views):
            for group in self._of_view.get(view, ()):
                self._stirred[group] = None
        self._go()

    def word(self, said: Said) -> None:
        self._words = latest(self._words, said)
        self._go()

    def anew(self) -> None:
        for group in self._groups.values():
            group.cursor = _NOTHING  # for those who drop out of it in the round that goes on
            for subscriber in group.late:
                subscriber.cursor = _NOTHING
        for subscriber in self.behind.values():
            subscriber.cursor = _NOTHING
        self._anew = True
        self._go()

    def goodbye(self) -> None:
        """Whoever stands with its group is told; whoever does not listen is only let go."""
        while self._rounds is not None:
            self._turn()  # first, what was to be said before
        for group in self._groups.values():
            words = self._hub.goodbye(group.form)
            if group.form is Form.WEBSOCKET:
                words += websocket.closing(websocket.GOING_AWAY)
            for subscriber in (*group.members.values(), *group.late):
                self._try(subscriber, words)

    # --- who is here --------------------------------------------------------------------------

    def join(self, subscriber: Subscriber, head: bytes, after: int | None) -> None:
        """Say the first words: ``head``, and what is missed since ``after``."""
        group = subscriber.group
        self._hub.subscribers += 1
        subscriber.cursor, words = self._hub.first(after, group.view, group.form)
        pieces = [head, words, self._hub.heartbeat(group.form)]
        if subscriber.tls is not None and sum(map(len, pieces)) <= RECORD_BYTES:
            head, pieces = b"", [b"".join(pieces)]  # one record costs less than three, and is sent whole or kept
        try:
            taken = gather(subscriber.fd, subscriber.tls, pieces)
        except OSError:
            taken = -1
        if taken < len(head):
            self._gone(subscriber, False)
            return
        for piece in pieces:
            if taken < len(piece):
                # Of what it leaves it holds no copy; a heartbeat comes anyway once it has caught up.
                self._fall_behind(subscriber, piece, taken)
                return
            taken -= len(piece)
        self._stand(subscriber)

    def group(self, view: View | None, form: Form) -> Group:
        """The group of all who hear so; it lasts as long as anybody is in it."""
        group = self._groups.get((view, form))
        if group is None:
            group = self._groups[view, form] = Group(view, form)
            self._of_view.setdefault(view, []).append(group)
        return group

    def leave(self, subscriber: Subscriber) -> None:
        """It is gone. Its file descriptor may be somebody else's from now on."""
        group = subscriber.group
        subscriber.ahead = False
        subscriber.send = gone
        self._hub.subscribers -= 1
        self.behind.pop(subscriber.fd, None)
        self._due.pop(subscriber, None)
        self._unaware.discard(subscriber)
        group.drop(subscriber)
        if subscriber in group.late:
            group.late.remove(subscriber)
        if group.view is not None:
            self._hub.leave(group.view)
            if group.view.readers == 0:
                for each in self._of_view.pop(group.view):
                    self._groups.pop((each.view, each.form), None)
                    self._stirred.pop(each, None)

    def tick(self) -> None:
        """A share of the heartbeats is due; whoever has taken nothing for too long is let go."""
        self._share = (self._share + 1) % SHARES
        for group in list(self._groups.values()):
            if group.late and not group.busy:
                self._welcome(group)  # what they waited for may have been of no concern to them
            for fd, subscriber in group.members.items():
                if fd % SHARES == self._share:
                    self._due[subscriber] = None
                    subscriber.heard = 0
        now = self._loop.time()
        stuck = [one for one in self.behind.values() if now - one.moved_at > limits.STREAM_UNREAD_S]
        for subscriber in stuck:
            self._gone(subscriber, True)
        self._go()

    def ready(self, subscriber: Subscriber, readable: bool, writable: bool) -> None:
        """The kernel has something from it, or room for it."""
        try:
            if readable and not self._hear(subscriber):
                return
            if writable and subscriber.rest is not None:
                self._more(subscriber)
        except OSError:
            self._gone(subscriber, False)

    # --- rounds -------------------------------------------------------------------------------

    @property
    def telling(self) -> bool:
        """Whether some are being told something, so that others can wait."""
        return self._rounds is not None

    def _go(self) -> None:
        if self._rounds is None:
            self._rounds = self._round_after_round()
            self._turn()

    def _turn(self) -> None:
        """Write to some; then let orders and newcomers have their turn."""
        if self._rounds is None:
            return
        try:
            next(self._rounds)
        except StopIteration:
            self._rounds = None
        except Exception:
            # Whoever was passed over would miss something: all come back and resume where they were.
            log.exception("a round could not be finished")
            self._rounds = None
            self._stirred.clear()
            for group in self._groups.values():
                group.busy = False
            for subscriber in self._everyone():
                self._gone(subscriber, False)
        else:
            self._loop.call_soon(self._turn)

    def _everyone(self) -> list[Subscriber]:
        standing = [one for group in self._groups.values() for one in (*group.members.values(), *group.late)]
        return [*standing, *self.behind.values()]

    def _round_after_round(self) -> Iterator[None]:
        while self._stirred or self._words or self._anew or self._due:
            for group, piece in self._jobs():
                if piece:
                    yield from self._tell_all(group, piece)
                group.busy = False
                self._welcome(group)
            batch = list(islice(self._due, limits.SENDS_PER_TURN))
            for subscriber in batch:
                del self._due[subscriber]
                if self._anew or subscriber.group in self._stirred:
                    self._due[subscriber] = None  # after what is new
                elif subscriber.ahead:
                    self._tell(subscriber, self._hub.heartbeat(subscriber.group.form))
            if batch:
                yield

    def _tell_all(self, group: Group, piece: bytes) -> Iterator[None]:
        members, fds, turn = group.members, group.fds(), limits.SENDS_PER_TURN
        for start in range(0, len(fds), turn):
            if start:
                yield
            batch: Sequence[int] = fds[start : start + turn]
            if len(members) != len(fds):  # some have left, and their numbers may be others' by now
                batch = [fd for fd in batch if fd in members]
            secured = group.secured
            lacking = tell_secured([members[fd] for fd in batch], piece) if secured else self._tell_plain(batch, piece)
            for fd, taken in lacking:
                if taken == GONE:
                    self._gone(members[fd], False)
                else:
                    self._fall_behind(members[fd], piece, taken)

    def _tell_plain(self, fds: Sequence[int], piece: bytes) -> Lacking:
        at_once = len(fds) >= MANY and self._uring is not None and self._uring.usable
        return self._uring.tell(fds, piece) if self._uring and at_once else tell_plain(fds, piece)

    def _jobs(self) -> list[tuple[Group, bytes]]:
        """What is new, for each group to which anything is. Its members' cursor moves on with it."""
        stirred, self._stirred = self._stirred, {}
        words, self._words = self._words, []
        anew, self._anew = self._anew, False
        jobs = []
        for group in list(self._groups.values()) if words or anew else stirred:
            start_or_news = self._hub.start(group.view, group.form) if anew else self._news(group)
            group.cursor, piece = start_or_news
            if words:
                piece += b"".join(self._hub.encoded(said, group.form) for said in words)
                self._unaware.update(group.late)
            group.busy = True
            jobs.append((group, piece))
        return jobs

    def _news(self, group: Group) -> tuple[int, bytes]:
        return self._hub.news(group.cursor, group.view, group.form) if group.members else (self._hub.ring.head, b"")

    def _welcome(self, group: Group) -> None:
        """Those who came meanwhile stand with the others, or wait for the round in which they do."""
        late, group.late = group.late, []
        for subscriber in late:
            self._stand(subscriber)

    # --- one subscriber -----------------------------------------------------------------------

    def _tell(self, subscriber: Subscriber, words: bytes) -> None:
        """Write; what does not go out makes it drop behind."""
        if not words:
            self._stand(subscriber)
            return
        try:
            taken = write(subscriber.fd, subscriber.tls, words)
        except OSError:
            self._gone(subscriber, False)
            return
        if taken == len(words):
            if not subscriber.ahead:
                self._stand(subscriber)
            return
        self._fall_behind(subscriber, words, taken)

    def _fall_behind(self, subscriber: Subscriber, words: bytes, taken: int) -> None:
        """It is told the rest, and what comes after, when there is room."""
        if subscriber.ahead:
            subscriber.ahead = False
            subscriber.cursor = subscriber.group.cursor
            subscriber.group.drop(subscriber)
        subscriber.rest, subscriber.taken = words, taken
        subscriber.moved_at = self._loop.time()
        self.behind[subscriber.fd] = subscriber
        self._watch(subscriber.fd, True)

    def _more(self, subscriber: Subscriber) -> None:
        """There is room for one who is behind."""
        assert subscriber.rest is not None
        taken = write(subscriber.fd, subscriber.tls, memoryview(subscriber.rest)[subscriber.taken :])
        subscriber.taken += taken
        if taken:
            subscriber.moved_at = self._loop.time()
        if subscriber.taken < len(subscriber.rest):
            return
        subscriber.rest = None
        del self.behind[subscriber.fd]
        self._watch(subscriber.fd, False)
        group = subscriber.group
        subscriber.cursor, news = self._hub.news(subscriber.cursor, group.view, group.form)
        self._unaware.add(subscriber)
        self._tell(subscriber, news)
        self._go()

    def _stand(self, subscriber: Subscriber) -> None:
        """It has been told everything up to its cursor: it hears on with its group, once that is there too."""
        group = subscriber.group
        if group.busy:
            group.late.append(subscriber)
            return
        if subscriber.cursor == _NOTHING:
            subscriber.cursor, words = self._hub.start(group.view, group.form)
            self._tell(subscriber, words)
            return
        if group not in self._stirred:
            group.cursor = max(group.cursor, self._hub.ring.head)  # nothing in between concerns its members
        elif not group.members:
            group.cursor = subscriber.cursor
        if subscriber.cursor < group.cursor:
            subscriber.cursor, news = self._hub.news(subscriber.cursor, group.view, group.form)
            if news:
                self._tell(subscriber, news)
                return
        if subscriber.cursor == group.cursor:
            subscriber.ahead = True
            group.add(subscriber)
            if subscriber in self._unaware:
                # A heartbeat tells it how the clock goes and whether all is well here, which it may have missed.
                self._unaware.discard(subscriber)
                self._due[subscriber] = None
        else:
            group.late.append(subscriber)  # it has been told what the others are about to be told

    def _hear(self, subscriber: Subscriber) -> bool:
        """What a subscriber says; whether it is still there. Errors: `OSError`."""
        data = read(subscriber.fd, subscriber.tls)
        if data is None:
            return True
        if not data:
            self._gone(subscriber, False)
            return False
        subscriber.heard += len(data)
        too_much = subscriber.heard > limits.SAID_BYTES
        if subscriber.group.form is not Form.WEBSOCKET:
            heard = websocket.Heard(b"", too_much, b"")
        elif too_much:
            heard = websocket.Heard(websocket.closing(websocket.TOO_MUCH), True, b"")
        else:
            heard = websocket.hear(subscriber.said + data)
        subscriber.said = heard.rest
        # Within a message that it has not taken nothing else can be said; it will ask again.
        if (heard.answers and subscriber.rest is None and not self._try(subscriber, heard.answers)) or heard.over:
            self._gone(subscriber, False)
            return False
        return True

    def _try(self, subscriber: Subscriber, words: bytes) -> bool:
        """Say it if it goes out at once and whole; whether anything can be said after it."""
        try:
            taken = write(subscriber.fd, subscriber.tls, words)
        except OSError:  # it has left first
            return False
        return taken == len(words) or (taken == 0 and subscriber.tls is None)
