"""One feed, followed: what to ask and when, what it comes to, and whether it can be heard. No I/O.

Whoever has the line to the feed asks what `ask` says, tells `hear` what came of it, gives the orders and waits as long
as it is told. So the same code runs against a feed, and in a test where time is a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import msgspec

from tocsin.commands import Command, Heartbeat, Order, SourceSilent
from tocsin.intake.following.feeds import Feed
from tocsin.intake.following.judge import Verdict, judge, unchanged, unheard
from tocsin.intake.following.memory import Memory
from tocsin.intake.following.readings import Answer, Ask, Dialect, Odd, Reading, Said, Unchanged
from tocsin.model import Hierarchy, Hold, SourceId

JITTER = 0.1
"""By so much of itself each wait may be longer, so that not all who follow ask at once."""

WHOLE_EVERY = 10
"""After so many answers in a row that nothing has changed all is read anyway."""

REFUSED = (401, 403, 429)


class Failed(msgspec.Struct, frozen=True):
    """Nothing came back."""

    why: str


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What to do now."""

    commands: tuple[Command, ...] = ()
    lines: tuple[str, ...] = ()
    """For the log."""
    ask: Ask | None = None
    """To be asked at once; otherwise it is waited."""
    wait_s: float = 0.0
    verdict: Verdict | None = None


class Envelopes:
    """Makes commands of orders, in one feed's name, each with a key of its own."""

    def __init__(self, source: SourceId, chance: float) -> None:
        """``chance`` tells one that was made at the same moment from this one."""
        self._source = source
        self._mark = f"{int(chance * 2**40):010x}"
        self._count = 0

    def of(self, orders: Iterable[Order], now: datetime) -> tuple[Command, ...]:
        return tuple(self._command(order, now) for order in orders)

    def _command(self, order: Order, now: datetime) -> Command:
        self._count += 1
        return Command(
            key=f"{self._source} {now.isoformat()} {self._mark} {self._count}",
            actor=self._source,
            source=self._source,
            reason="as the feed says",
            order=order,
        )


class Silence:
    """Whether a feed can be heard: one line when it cannot, and one when it can again."""

    def __init__(self, feed: Feed, elapsed_s: float) -> None:
        self._feed = feed
        self._heard_s = elapsed_s
        self._silent = False
        self._why = "it has not answered yet"

    def heard(self, elapsed_s: float) -> tuple[str, ...]:
        """The line to write, if any: it gave a sign of life."""
        since_s, self._heard_s = elapsed_s - self._heard_s, elapsed_s
        was, self._silent = self._silent, False
        return (f"{self._feed.name} is heard again, after {since_s:,.0f} s",) if was else ()

    def unheard(self, why: str) -> None:
        self._why = why

    def look(self, elapsed_s: float) -> tuple[str, ...]:
        """The line to write, if any: has it been silent for too long?"""
        if self._silent or elapsed_s - self._heard_s <= self._feed.silent_after_s:
            return ()
        self._silent = True
        return (
            f"{self._feed.name} has fallen silent: nothing good was heard of it for {elapsed_s - self._heard_s:,.0f} s "
            f"({self._why}); what it holds stays, and is stale",
        )

    def due_s(self, elapsed_s: float) -> float | None:
        """In how many seconds to look again; None where it is silent already."""
        return None if self._silent else max(self._heard_s + self._feed.silent_after_s - elapsed_s, 0.0) + 0.01


def sign_of_life(feed: Feed, hierarchy: Hierarchy) -> Heartbeat:
    """What a good reading is worth: the feed speaks for all zones."""
    return Heartbeat(silent_after_s=feed.silent_after_s, zones=hierarchy.roots)


def doubtful(why: str) -> SourceSilent:
    return SourceSilent(cause=why[:1000])


class Follower:
    """A feed that is polled."""

    def __init__(
        self, feed: Feed, dialect: Dialect, hierarchy: Hierarchy, elapsed_s: float, chance: Callable[[], float]
    ) -> None:
        """``chance`` draws from 0 to 1."""
        self.feed = feed
        self.memory = Memory()
        self.silence = Silence(feed, elapsed_s)
        self._dialect = dialect
        self._hierarchy = hierarchy
        self._chance = chance
        self._heard: object = None
        self._known: dict[str, dict[str, str]] = {}
        """The conditions under which the feed need not say all again, by path."""
        self._conditional = False
        self._last: tuple[Said, ...] | None = None
        """What the last reading said, if it was good and left nothing open."""
        self._unchanged = 0
        self._asked = 0
        self._failures = 0
        self._accepted = False
        self._envelopes = Envelopes(feed.name, chance())

    def begin(self, now: datetime) -> tuple[Command, ...]:
        """To be given before anything is heard: from now on its silence is noticed."""
        return self._envelopes.of((sign_of_life(self.feed, self._hierarchy),), now)

    def ask(self) -> Ask:
        """What to ask next."""
        self._asked = 0
        return self._conditioned(self._dialect.ask(self._heard))

    def hear(
        self,
        ask: Ask,
        outcome: Answer | Failed,
        holds: Sequence[Hold],
        now: datetime,
        elapsed_s: float,
        latest: datetime | None = None,
    ) -> Step:
        """What follows from what came of it; ``holds`` are the feed's own that are open."""
        self._asked += 1
        wait_s = None
        if isinstance(outcome, Failed):
            return self._nothing(outcome.why, elapsed_s)
        if outcome.status not in (200, 304, *self._dialect.expects):
            wait_s = self._refused_s(outcome) if outcome.status in REFUSED else None
            return self._nothing(self._refusal(outcome), elapsed_s, wait_s)
        if outcome.status == 304 and not self._conditional:
            return self._nothing("it says that nothing has changed, and was asked to say all", elapsed_s)
        try:
            heard, said = self._dialect.hear(self._heard, ask, outcome)
        except Odd as odd:
            return self._nothing(str(odd), elapsed_s)
        self._failures = 0
        self._accepted = True
        self._heard = heard
        if isinstance(said, Ask):
            return Step(ask=self._conditioned(said))
        if isinstance(said, Unchanged):
            self.memory, verdict = unchanged(self.memory, now)
        else:
            self.memory, verdict = judge(self.memory, said, holds, self._hierarchy, now, latest)
        self._keep_conditions(ask, outcome, said, verdict)
        return self._step(verdict, now, elapsed_s)

    def _step(self, verdict: Verdict, now: datetime, elapsed_s: float) -> Step:
        orders: tuple[Order, ...] = verdict.orders
        lines = tuple(f"{self.feed.name}: {note}" for note in verdict.notes)
        if verdict.alive:
            orders = (*orders, sign_of_life(self.feed, self._hierarchy))
            lines += self.silence.heard(elapsed_s)
        else:
            self.silence.unheard(verdict.odd[0])
        lines += self.silence.look(elapsed_s)
        return Step(
            commands=self._envelopes.of(orders, now),
            lines=lines,
            wait_s=self._jittered(self.feed.every_s * max(self._asked, 1)),
            verdict=verdict,
        )

    def _nothing(self, why: str, elapsed_s: float, wait_s: float | None = None) -> Step:
        self.memory, verdict = unheard(self.memory, why)
        self._heard = self._dialect.forget(self._heard)
        self._known.clear()
        self._last = None
        self.silence.unheard(why)
        self._failures += 1
        if wait_s is None:
            grown = self.feed.every_s * max(self._asked, 1) * 2.0 ** min(self._failures - 1, 10)
            wait_s = min(grown, max(self.feed.longest_wait_s, self.feed.every_s))
        return Step(lines=self.silence.look(elapsed_s), wait_s=self._jittered(wait_s), verdict=verdict)

    def _refusal(self, answer: Answer) -> str:
        if answer.status == 401 and not self._accepted:
            return "it answers 401: the token is missing, wrong or taken back"
        return f"it answers {answer.status}"

    def _refused_s(self, answer: Answer) -> float:
        """At least twice as long as usual, and as long as it asks for."""
        asked = answer.headers.get("retry-after", "")
        named = float(asked) if asked.isascii() and asked.isdigit() else 0.0
        grown = self.feed.every_s * 2.0 ** min(self._failures + 1, 10)
        return max(min(grown, self.feed.refused_wait_s), min(named, 3600.0))

    def _jittered(self, wait_s: float) -> float:
        return wait_s * (1 + JITTER * self._chance())

    def _conditioned(self, ask: Ask) -> Ask:
        conditions = self._known.get(ask.path, {})
        self._conditional = bool(conditions)
        return msgspec.structs.replace(ask, headers={**ask.headers, **conditions}) if conditions else ask

    def _keep_conditions(self, ask: Ask, answer: Answer, said: Reading | Unchanged, verdict: Verdict) -> None:
        """What was good, was said twice and leaves nothing open need not be said again; now and then it is.

        Or half of an answer, once taken for good, would stand for as long as nothing else happens.
        """
        if isinstance(said, Unchanged):
            self._unchanged += 1
            if verdict.alive and self._unchanged < WHOLE_EVERY:
                return
        elif verdict.alive and not verdict.waits and said.complete:
            again, self._last = said.said == self._last, said.said
            if again:
                self._unchanged = 0
                names = {"If-None-Match": "etag", "If-Modified-Since": "last-modified"}
                self._known[ask.path] = {
                    name: answer.headers[header] for name, header in names.items() if header in answer.headers
                }
                return
            self._known.clear()
            self._heard = self._dialect.again(self._heard)
            return
        elif verdict.alive and not said.complete:
            return
        else:
            self._last = None
        self._known.clear()
        self._heard = self._dialect.forget(self._heard)
