"""Looks at one log and its service after every step, and holds both against the simulator's own book."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin import engine
from tocsin.access import LOCAL, Caller, token_digest
from tocsin.commands import Command, Heartbeat, SourceBack, content_digest
from tocsin.errors import StoreFailed, StoreFull, StoreLocked, TocsinError
from tocsin.events import Entry, Event, HoldReleased, HoldWithdrawn, SourceFellSilent, public
from tocsin.group import Outcome
from tocsin.model import Freshness, Hold, HoldId
from tocsin.service import Asked, Service
from tocsin.sim import conduct, rights
from tocsin.sim.annals import RECORD
from tocsin.sim.book import RANKS, Book, Held
from tocsin.sim.clockwork import ServiceClock
from tocsin.sim.conduct import BY_ITSELF, Look
from tocsin.sim.disk import Disk
from tocsin.sim.land import LINEAGE, ZONES
from tocsin.sim.rules import Rule, Violation, require
from tocsin.sim.welcome import judge_refusal
from tocsin.store import Batch, Receipt

FULL_EVERY = 40
"""Appends between two comparisons of everything."""


class Checker:
    """Of one realm."""

    def __init__(self, disk: Disk, clock: ServiceClock) -> None:
        self.book = Book(disk.realm)
        self.disk = disk
        self.clock = clock
        self.entries: list[Entry] = []
        self.ended: list[tuple[Batch, HoldReleased | HoldWithdrawn, Held]] = []
        """Every ending with the hold that it ended."""
        self.ends: list[int] = []
        """For each entry, the seq of the last of its order."""
        self.clear_after: dict[int, frozenset[str]] = {}
        """After each order that ended something, by its last seq: where it did and nothing is held any more."""
        self.kept: dict[str, tuple[Receipt, Command | None]] = {}
        """What became of each key that is in the log, with the command where somebody gave it."""
        self._heard_s: dict[str, float] = {}
        self._maybe_heard_s: dict[str, float] = {}
        """A sign of life that came together with an order that could not be kept may have been heard or not."""
        self._batches = 0
        self._refusals = 0
        self._appends = 0
        self._look = Look((), clock)
        self._seq_before = 0

    # --- around a call of the service ----------------------------------------------------------

    def before(self, asked: Sequence[Asked]) -> None:
        """The service is about to decide upon these."""
        self._look = Look(asked, self.clock)
        self._seq_before = self.book.seq
        self._refusals = len(self.disk.refusals)

    def let_in(self, header: str | None, caller: Caller) -> None:
        """The service took the header for the caller's."""
        digest = token_digest((header or "").partition(" ")[2].strip())
        shown = next((token for token in self.book.tokens.values() if token.digest == digest), None)
        if shown is None or not shown.good(conduct.time_of(self.book, self._look)) or shown.holder != caller.holder:
            raise Violation(Rule.GRANTED, f"{caller.holder} was let in with a token that is {shown}")

    def turned_away(self, error: TocsinError, *, kept: bool) -> None:
        """The service refused a caller, or what a caller sent, at the door."""
        added = self.disk.refusals[self._refusals :]
        if kept and [refusal.code for refusal in added] != [error.code]:
            raise Violation(Rule.AUDITED, f"{error.code} was answered, and the audit trail has {added}")

    def answered(self, outcomes: Sequence[Outcome], *, kept: bool) -> None:
        """The service gave these answers. ``kept``: no append failed meanwhile."""
        alone = not self.catch_up()
        refused = []
        for (command, caller), outcome in zip(self._look.asked, outcomes, strict=True):
            if isinstance(outcome, Receipt):
                self._acknowledged(command, outcome)
                continue
            refused.append((command.actor, command.key, outcome.code))
            self._not_of_a_known_key(command, caller, outcome)
            if alone and command.key not in self.kept:  # or what it met is gone by now
                judge_refusal(self.book, command, caller, outcome, self._look)
        if kept:
            added = [(refusal.actor, refusal.key, refusal.code) for refusal in self.disk.refusals[self._refusals :]]
            if added != refused:
                raise Violation(Rule.AUDITED, f"{refused} were answered, and the audit trail has {added}")

    def _not_of_a_known_key(self, command: Command, caller: Caller, error: TocsinError) -> None:
        first = self.kept.get(command.key)
        before = first is not None and first[0].seq <= self._seq_before and first[1] == command
        if before and command.actor == caller.holder:
            raise Violation(Rule.ONCE, f"{command.key} is in the log, and its repeat was answered {error.code}")

    def failed(self, error: TocsinError) -> None:
        """The service raised an error of the store: nothing may have been kept."""
        if not isinstance(error, StoreFailed | StoreFull | StoreLocked):
            raise Violation(Rule.SOUND, f"the service failed: {error.code}: {error.message}")
        if self.catch_up():
            raise Violation(Rule.WHOLE, "an append failed, and something of it was kept")
        self.maybe_heard(self._look.asked)

    def maybe_heard(self, asked: Sequence[Asked]) -> None:
        for command, _ in asked:
            if isinstance(command.order, Heartbeat):
                self._maybe_heard_s[command.source] = self._look.elapsed_s

    def watched(self, outcomes: Sequence[Outcome]) -> None:
        """The service looked for silent sources, and the log took in what it found."""
        self.catch_up()
        for outcome in outcomes:
            require(isinstance(outcome, Receipt), Rule.SILENCE_FOUND, f"silence was found and not kept: {outcome}")
        for name, source in self.book.sources.items():
            if source.silent_after_s is None or source.silent:
                continue
            heard_s = max(self._heard_s.get(name, 0.0), self._maybe_heard_s.get(name, 0.0))
            if self._look.elapsed_s - heard_s > source.silent_after_s:
                raise Violation(
                    Rule.SILENCE_FOUND, f"{name} was heard {self._look.elapsed_s - heard_s:.1f} s ago: {source}"
                )

    def _acknowledged(self, command: Command, receipt: Receipt) -> None:
        kept = self.kept.get(command.key)
        if kept is None:
            if isinstance(command.order, Heartbeat) and receipt.events == 0:
                self._heard(command)  # a sign of life that changes nothing leaves no trace
                return
            raise Violation(Rule.ACKNOWLEDGED, f"{command.key} was acknowledged and is not in the log")
        if (kept[0].seq, kept[0].events) != (receipt.seq, receipt.events):
            raise Violation(Rule.ONCE, f"{command.key} was first {kept[0]} and is now {receipt}")
        if kept[1] is not None and kept[1] != command:
            raise Violation(Rule.ONCE, f"{command.key} was acknowledged for {kept[1]} and for {command}")

    def _heard(self, command: Command) -> None:
        of = command.order.of if isinstance(command.order, SourceBack) else None
        self._heard_s[of or command.source] = self._look.elapsed_s

    # --- what the disk took in -----------------------------------------------------------------

    def catch_up(self) -> bool:
        """Take in what was committed since the last look. Whether there was anything."""
        committed = self.disk.committed
        if len(committed) == self._batches:
            return False
        self._appends += 1
        book, before, ended = self.book, self.book.said, len(self.ended)
        after = book.seq
        while self._batches < len(committed):
            self._take(committed[self._batches])
            self._batches += 1
        book.look_around(everywhere=self._appends % FULL_EVERY == 0)
        book.told[book.seq] = (book.said, book.stale)
        self._judge_falls(before, [event.zone for _, event, _ in self.ended[ended:]])
        log = self.disk.log
        if log.read(after, book.seq - after + 1) != self.entries[after:]:
            raise Violation(Rule.WHOLE, f"after {after} the log has {log.read(after, book.seq - after + 1)}")
        link = log.link()
        if (link.seq, link.hash) != (book.seq, book.hash):
            raise Violation(Rule.CHAINED, f"the log's chain is at {link}, and should be at {book.hash.hex()}")
        return True

    def _take(self, batch: Batch) -> None:
        book, look = self.book, self._look
        if batch.key in self.kept:
            raise Violation(Rule.ONCE, f"{batch.key} had its effect already")
        given = look.given(batch.key)
        command = _given_as(batch, [command for command, _ in given])
        if command is None and batch.source != BY_ITSELF:
            raise Violation(Rule.ACKNOWLEDGED, f"nobody gave {batch.key} as the log has it: {batch}")
        conduct.judge_time(book, batch, look)
        rights.judge(book, batch, [caller for _, caller in given] or [LOCAL])
        conduct.judge_sequence(batch)
        if command is not None:
            conduct.judge_decision(book, batch, command)
        recorded = bool(batch.events) and type(batch.events[-1]) in RECORD
        if recorded:
            book.annals.judge(batch.key, batch.events, batch.source, command)
        ended = len(self.ended)
        for event in batch.events:
            self._take_event(batch, event)
        self.ends += [book.seq] * len(batch.events)
        if len(self.ended) > ended:
            zones = {event.zone for _, event, _ in self.ended[ended:]}
            self.clear_after[book.seq] = frozenset(zone for zone in zones if book.is_clear(zone))
        rights.require_within_ceiling(book, batch)
        if command is not None and isinstance(command.order, Heartbeat | SourceBack):
            self._heard(command)
        if batch.events:
            book.recorded_at = batch.recorded_at
        if command is not None:
            book.annals.judge_accepted(batch.key, command)
        receipt = Receipt(key=batch.key, digest=batch.digest, seq=book.seq, events=len(batch.events))
        self.kept[batch.key] = (receipt, command)

    def _take_event(self, batch: Batch, event: Event) -> None:
        book = self.book
        conduct.judge_event(book, batch, event, self._look)
        if isinstance(event, SourceFellSilent) and batch.source == BY_ITSELF:
            promised = book.sources[event.source].silent_after_s
            silent_s = self._look.elapsed_s - self._heard_s.get(event.source, 0.0)
            if promised is None or silent_s <= promised:
                raise Violation(Rule.SILENCE_TRUE, f"{event.source} was heard {silent_s:.1f} s ago")
        if isinstance(event, HoldReleased | HoldWithdrawn):
            self.ended.append((batch, event, book.holds[event.hold]))
            book.take(batch, event)
            if event.leaves != book.status(event.zone):
                raise Violation(Rule.LEAVES, f"{event} of {batch.key} leaves it under {book.status(event.zone)}")
        else:
            book.take(batch, event)
        entry = Entry(seq=book.seq, recorded_at=batch.recorded_at, order=batch.key, event=event)
        self.entries.append(entry)
        if type(event) in RECORD:
            book.annals.tell(event, public(entry))

    def _judge_falls(self, before: Sequence[str], ended: Sequence[str]) -> None:
        for zone, was, now in zip(ZONES, before, self.book.said, strict=True):
            if RANKS.index(now) < RANKS.index(was) and not any(
                zone in LINEAGE[other] or other in LINEAGE[zone] for other in ended
            ):
                raise Violation(Rule.FALLS, f"{zone} fell from {was} to {now}, and nothing ended there")

    # --- what the service makes of it ----------------------------------------------------------

    def compare(self, service: Service) -> None:
        """The service's standing is the book's; everything is compared now and then."""
        state, book = service.state, self.book
        if state.seq != book.seq:
            raise Violation(Rule.GAPLESS, f"the service is at {state.seq}, the log at {book.seq}")
        said = engine.statuses(state)
        if tuple(said.values()) != book.said:
            differ = {zone: (said[zone], book.status(zone)) for zone in ZONES if said[zone] != book.status(zone)}
            raise Violation(Rule.SAID, f"the service says, and should say: {differ}")
        if engine.stale_zones(state) != [zone for zone in ZONES if zone in book.stale]:
            raise Violation(Rule.SAID, f"stale are {engine.stale_zones(state)}, should be {sorted(book.stale)}")
        book.annals.compare(service.archive)
        if len(state.holds) != len(book.holds) or self._appends % FULL_EVERY == 0:
            self.compare_all(service)
        else:
            newest = max(book.holds, default=None)
            if newest is not None:
                _same(state.holds.get(HoldId(newest)), book.holds[newest])

    def compare_all(self, service: Service) -> None:
        state, access, book = service.state, service.access, self.book
        for number, held in book.holds.items():
            _same(state.holds.get(HoldId(number)), held)
        require(len(state.holds) == len(book.holds), Rule.FOLDED, f"more holds are open than {book.holds}")
        for zone, expected in zip(ZONES, book.said, strict=True):
            told = engine.status_of(state, zone)
            stale = Freshness.STALE if zone in book.stale else Freshness.FRESH
            if (told.status, told.freshness) != (expected, stale):
                raise Violation(Rule.SAID, f"{told} should be {expected}, {stale}")
        silent = {source.id for source in state.sources.values() if source.silent_since is not None}
        if state.sources.keys() != book.sources.keys() or silent != book.silent():
            raise Violation(Rule.FOLDED, f"the sources are {state.sources}, should be {book.sources}")
        grants = {number: (grant.terms, grant.revoked) for number, grant in access.grants.items()}
        if grants != {number: (grant.terms, grant.revoked) for number, grant in book.grants.items()}:
            raise Violation(Rule.FOLDED, f"the grants are {grants}, should be {book.grants}")
        tokens = {token.id: (token.holder, token.digest, token.revoked) for token in access.tokens.values()}
        if tokens != {number: (token.holder, token.digest, token.revoked) for number, token in book.tokens.items()}:
            raise Violation(Rule.FOLDED, f"the tokens are {tokens}, should be {book.tokens}")
        book.annals.compare_all(service.archive)
        proposals = {number: (proposal.status, proposal.shown) for number, proposal in access.proposals.items()}
        if proposals != {number: (waits.status, waits.shown) for number, waits in book.proposals.items()}:
            raise Violation(Rule.FOLDED, f"the proposals are {proposals}, should be {book.proposals}")

    def started(self, service: Service) -> None:
        """A process has opened the log: all that was ever acknowledged is there, and the fold of it stands."""
        self.catch_up()
        log, book = self.disk.log, self.book
        if log.read(0, book.seq + 1) != self.entries:
            raise Violation(Rule.FOR_EVER, "the log is not what was committed")
        receipts = log.receipts(self.kept)
        if receipts != {key: receipt for key, (receipt, _) in self.kept.items()}:
            raise Violation(Rule.FOR_EVER, "the receipts are not what was committed")
        if [refusal for _, refusal in log.refused(0, len(self.disk.refusals) + 1)] != self.disk.refusals:
            raise Violation(Rule.FOR_EVER, "the audit trail is not what was committed")
        book.look_around(everywhere=True)
        self.compare_all(service)
        self.compare(service)
        self._heard_s |= dict.fromkeys(book.sources, self.clock.elapsed_s())


def _given_as(batch: Batch, commands: Sequence[Command]) -> Command | None:
    """Which of these the batch came from. A key may have been used for several at once; then the digest tells."""
    fitting = [command for command in commands if _is_of(batch, command)]
    if any(command != fitting[0] for command in fitting[1:]):
        fitting = [command for command in fitting if content_digest(command) == batch.digest] or fitting
    return fitting[0] if fitting else None


def _is_of(batch: Batch, command: Command) -> bool:
    upon = command.decided_upon
    return (
        (batch.key, batch.actor, batch.source, batch.reason)
        == (command.key, command.actor, command.source, command.reason)
    ) and (upon is None or batch.decided_upon == upon)


def _same(hold: Hold | None, held: Held) -> None:
    ours = (
        held.id, held.zone, held.hazard, held.threat, held.stage, held.level, held.extent, held.source, held.since,
        held.ref, held.cause, held.note,
    )  # fmt: skip
    if hold is None or ours != (
        hold.id, hold.zone, hold.hazard, hold.threat, hold.stage, hold.level, hold.extent, hold.source, hold.since,
        hold.ref, hold.cause, hold.note,
    ):  # fmt: skip
        raise Violation(Rule.FOLDED, f"the service has {hold}, should have {held}")
