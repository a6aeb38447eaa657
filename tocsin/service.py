"""The corridor that every order walks: check permission, decide, append to the log, wake the readers.

What it acknowledges is durable. Orders that wait together are appended together (group commit), each still
decided by itself upon what the ones before it left. What is refused is kept in the audit trail, with why.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo

import msgspec

from tocsin import limits
from tocsin.access import LOCAL, Access, Caller, Permission, authenticate, decide_authority, permit
from tocsin.access.permit import open_proposal
from tocsin.access.refused import Rationed, refused_command, refused_request, refused_stranger
from tocsin.clock import Clock
from tocsin.commands import (
    AcceptClock,
    Answering,
    Approve,
    AuthorityOrder,
    Command,
    EndingOrder,
    Heartbeat,
    RecordOrder,
    ShelterOrder,
    SourceBack,
    SourceSilent,
    TakeReports,
    content_digest,
)
from tocsin.engine import State, decide, overdue
from tocsin.engine.decide import require_fresh
from tocsin.errors import CeilingReached, Forbidden, KeyReused, NotShown, TocsinError
from tocsin.events import ClockAccepted, Entry, Event, OrderProposed, ProposalApproved, ProposalDeclined
from tocsin.group import Group, Outcome, TextOf
from tocsin.intake.reports.heard import Heard
from tocsin.intake.reports.sifting import decide_reports
from tocsin.model import Hierarchy, Reach, SourceId
from tocsin.record.archive import Archive
from tocsin.record.editing import decide_record, text_wanted
from tocsin.shelters.deciding import decide_shelters
from tocsin.shelters.register import Register
from tocsin.standing import Standing, restored, snapshot_of
from tocsin.store import Batch, Receipt, Refusal, Store
from tocsin.timekeeping import last_recorded, no_earlier, require_running_clock

log = logging.getLogger("tocsin.service")

Reader = Callable[[Sequence[Entry]], None]
Progress = Callable[[int], None]
Asked = tuple[Command, Caller]
Describe = Callable[[Command, Sequence[Event], Reach, State], Mapping[str, str]]
"""The words, by language, that the second of two people is shown: of an order, what it leads to, how far it reaches,
and upon what state."""

PROGRESS_EVERY = 2_000
"""Commands decided between two words on progress."""

WATCH = SourceId("tocsin")
"""As whom the service itself speaks, when it finds a source silent."""

_json = msgspec.json.Encoder()


def plainly(command: Command, events: Sequence[Event], reach: Reach, state: State) -> Mapping[str, str]:
    """An order in its own terms, for where no approved texts are at hand."""
    return {"en": _json.encode(command.order).decode()}


class Service:
    """One writer over one store. Safe to call from any thread; calls are served one at a time."""

    def __init__(
        self,
        store: Store,
        hierarchy: Hierarchy,
        clock: Clock,
        *,
        describe: Describe = plainly,
        local: tzinfo = UTC,
        text_of: TextOf = lambda sha256: None,
    ) -> None:
        """``local`` is the time by which the record of attacks counts nights."""
        self.store = store
        self.clock = clock
        self._describe = describe
        self._local = local
        self._text_of = text_of
        self._standing = restored(store, hierarchy)
        self._snapshot_seq = self._standing.seq
        self._recorded_at = last_recorded(store)
        self._lock = threading.Lock()
        self._readers: list[Reader] = []
        started = clock.elapsed_s()
        self._heard_s = dict.fromkeys(self._standing.state.sources, started)
        self._strangers = Rationed(limits.REFUSALS_OF_STRANGERS_PER_MINUTE)
        self._refused = Rationed(limits.REFUSALS_OF_ONE_PER_MINUTE)

    @property
    def standing(self) -> Standing:
        """What stands now; a value that never changes once taken."""
        return self._standing

    @property
    def state(self) -> State:
        return self._standing.state

    @property
    def access(self) -> Access:
        return self._standing.access

    @property
    def archive(self) -> Archive:
        """The record of attacks as it stands now."""
        return self._standing.archive

    @property
    def register(self) -> Register:
        """The register of shelters as it stands now."""
        return self._standing.register

    @property
    def heard(self) -> Heard:
        """What was lately reported of threats."""
        return self._standing.heard

    def wake(self, reader: Reader) -> None:
        """Have ``reader`` called, in the writer's thread and in log order, with what each append added."""
        self._readers.append(reader)

    def now(self) -> datetime:
        """The clock's time, or the log's where the clock has stepped back: what was over stays over."""
        return no_earlier(self.clock.now(), self._recorded_at)

    def authenticate(self, authorization: str | None) -> Caller:
        """Who shows this header; a refusal is kept in the audit trail. Errors: those of `access.authenticate`."""
        try:
            return authenticate(self.access, authorization, self.store.realm, self.now())
        except TocsinError as error:
            self.refuse_stranger(error)
            raise

    def refuse(self, caller: Caller, asked: str, error: TocsinError) -> None:
        """Keep in the audit trail what a known caller asked for that was refused before it came to be an order."""
        with self._lock:
            if self._keeps_refusal_of(caller):
                self._keep_refusal(refused_request(caller, asked, error, self.now()))

    def submit(
        self, commands: Sequence[Command], caller: Caller, *, together: bool = False, decided: Progress | None = None
    ) -> list[Outcome]:
        """Carry out one caller's commands: see `carry_out`."""
        return self.carry_out([(command, caller) for command in commands], together=together, decided=decided)

    def carry_out(
        self, asked: Sequence[Asked], *, together: bool = False, decided: Progress | None = None
    ) -> list[Outcome]:
        """Carry out commands in order with one append; what is returned is durable.

        Each stands alone: a refused one changes nothing, and its error is in its place and in the audit trail. With
        ``together`` the first refusal is raised instead, and nothing but that refusal is kept. Errors of the store are
        raised, with nothing kept. ``decided`` is called now and then with how many commands have been decided.
        """
        with self._lock:
            group = Group(
                self._standing, dict(self.store.receipts([command.key for command, _ in asked])), self._recorded_at
            )
            for number, (command, caller) in enumerate(asked):
                if decided is not None and number % PROGRESS_EVERY == 0:
                    decided(number)
                try:
                    group.outcomes.append(self._carry_out_one(group, command, caller))
                except TocsinError as error:
                    refusals = [refused_command(command, error, self.now())] if self._keeps_refusal_of(caller) else []
                    if together:
                        for refusal in refusals:
                            self._keep_refusal(refusal)
                        raise
                    group.outcomes.append(error)
                    group.refusals += refusals
            self._keep(group)
            return group.outcomes

    def watch(self) -> list[Outcome]:
        """Find the watched sources that have fallen silent, and say so in the log. To be called about every second."""
        with self._lock:  # or a source could be heard between the look and the word that it is silent
            elapsed_s = self.clock.elapsed_s()
            silence_s = {source: elapsed_s - heard_s for source, heard_s in self._heard_s.items()}
            silent = overdue(self.state, silence_s)
            if not silent:
                return []
            group = Group(self._standing, {}, self._recorded_at)
            for source in silent:
                # With the moment in its key, one that somebody has used already is refused this once and no longer.
                said = Command(
                    key=f"silent {source} {self.state.seq} {self.now().isoformat()}",
                    actor=LOCAL.holder,
                    source=WATCH,
                    reason=f"nothing heard for {silence_s[source]:.0f} s",
                    order=SourceSilent(of=source),
                )
                group.outcomes.append(self._carry_out_one(group, said, LOCAL))
            self._keep(group)
            return group.outcomes

    def snapshot(self) -> None:
        """Keep the state so that the next start folds only what follows."""
        with self._lock:
            self._save_snapshot()

    # --- one command ---------------------------------------------------------------------------

    def _carry_out_one(self, group: Group, command: Command, caller: Caller) -> Receipt:
        if command.actor != caller.holder and not caller.local:
            raise Forbidden(f"{caller.holder} may not give orders in the name of {command.actor}", actor=command.actor)
        digest = content_digest(command)
        receipt = group.known.get(command.key)
        if receipt is not None:
            # Before permission: what was done stays done, though its giver may no longer do it, or it is closed now.
            if receipt.digest != digest:
                raise KeyReused(f"the key {command.key} was used for another order", key=command.key)
            return receipt
        state, now = group.draft.state, no_earlier(self.clock.now(), group.recorded_at)
        require_fresh(state, command.decided_upon, ())  # whatever it orders, nobody has seen what is yet to come
        permission = permit(group.access, caller, command, state, self.store.realm, now, group.register.zone_of)
        if not caller.local:
            require_running_clock(command.order, group.recorded_at, self.clock.now())
        events = self._events(group, command, permission, now)
        if isinstance(command.order, Heartbeat):
            if not events:  # a sign of life that changes nothing would only fill the log
                self._heard_s[command.source] = self.clock.elapsed_s()
                return Receipt(key=command.key, digest=digest, seq=state.seq, events=0)
            group.heard_s[command.source] = self.clock.elapsed_s()
        if isinstance(command.order, SourceBack):
            group.heard_s[command.order.of or command.source] = self.clock.elapsed_s()
        if any(isinstance(event, ClockAccepted) for event in events):
            now = self.clock.now()  # by people's word time goes on from what the clock says
        if events:  # the log's time is its last entry's, before a restart as after it
            group.recorded_at = now
        group.draft.apply(events)
        group.access = group.access.after(state.seq, events)
        group.archive = group.archive.after(state.seq, events)
        group.register = group.register.after(state.seq, events)
        group.heard = group.heard.after(state.seq, events)
        receipt = Receipt(key=command.key, digest=digest, seq=group.draft.state.seq, events=len(events))
        group.batches.append(
            Batch(
                key=command.key,
                digest=digest,
                actor=command.actor,
                grant=permission.grant,
                source=command.source,
                reason=command.reason,
                decided_upon=state.seq if command.decided_upon is None else command.decided_upon,
                recorded_at=now,
                events=events,
            )
        )
        group.known[command.key] = receipt
        return receipt

    def _events(self, group: Group, command: Command, permission: Permission, now: datetime) -> tuple[Event, ...]:
        state, access, order = group.draft.state, group.access, command.order
        if isinstance(order, Answering):
            return self._answered(group, command, order, now)
        events = self._leads_to(group, command, now)
        if not (permission.second and events):
            return events
        waiting = sum(
            1 for proposal in access.proposals.values() if proposal.actor == command.actor and proposal.open_at(now)
        )
        if waiting >= limits.PROPOSALS_OPEN:
            raise CeilingReached(f"{waiting} orders of {command.actor} wait for a second person already")
        return (
            OrderProposed(
                command=_json.encode(command).decode(),
                grant=permission.grant,
                texts=dict(self._describe(command, events, permission.reach, state)),
                zones=permission.reach.zones,
                people=permission.reach.people,
                counted=permission.reach.counted,
                at=now,
            ),
        )

    def _answered(self, group: Group, command: Command, order: Answering, now: datetime) -> tuple[Event, ...]:
        state, access = group.draft.state, group.access
        proposal = open_proposal(access, order.proposal, now)
        if not isinstance(order, Approve):
            return (ProposalDeclined(proposal=proposal.id, by=command.actor, at=now),)
        if order.shown != proposal.shown:
            raise NotShown(
                f"what was seen is not what proposal {proposal.id} shows: look at it again", proposal=proposal.id
            )
        asked = proposal.asked()
        require_running_clock(asked.order, group.recorded_at, self.clock.now())
        # The first person may have lost the right meanwhile.
        permit(access, Caller(holder=proposal.actor), asked, state, self.store.realm, now)
        if isinstance(asked.order, EndingOrder):
            # Both looked at what stood then: if that has changed, nothing is ended. A warning is given all the same.
            asked = msgspec.structs.replace(asked, decided_upon=proposal.id)
        else:
            asked = msgspec.structs.replace(asked, decided_upon=None)
        approved = ProposalApproved(proposal=proposal.id, by=command.actor, at=now)
        return (approved, *self._leads_to(group, asked, now))

    def _leads_to(self, group: Group, command: Command, now: datetime) -> tuple[Event, ...]:
        state, order = group.draft.state, command.order
        if isinstance(order, AuthorityOrder):
            at = self.clock.now() if isinstance(order, AcceptClock) else now
            return decide_authority(group.access, order, state, self.store.realm, at)
        if isinstance(order, ShelterOrder):
            return decide_shelters(group.register, command, state.hierarchy, now)
        if isinstance(order, TakeReports):
            return decide_reports(group.heard, command, state.hierarchy, now)
        if isinstance(order, RecordOrder):
            sha256 = text_wanted(group.archive, order)
            text = None if sha256 is None else self._text_of(sha256)
            return decide_record(group.archive, command, state.hierarchy, self._local, state.seq, text, now)
        return decide(state, command, now)

    # --- the log and its readers ---------------------------------------------------------------

    def _keep(self, group: Group) -> None:
        if not group.batches and not group.refusals:
            return
        try:
            self.store.append(group.batches, self._standing.seq, group.refusals)
        except TocsinError as error:
            if group.batches:
                raise
            # Nothing was ordered, so nothing is lost to the givers; but the audit trail lacks it.
            log.warning("%d refusals could not be kept: %s", len(group.refusals), error.message)
            return
        if group.batches:
            appended = self._appended(group.batches)
            self._standing = group.standing
            self._recorded_at = group.recorded_at
            self._heard_s |= group.heard_s
            if appended:  # or orders that change nothing would put off the heartbeat of every stream
                self._wake_readers(appended)
            self._snapshot_if_due()

    def _appended(self, batches: Sequence[Batch]) -> list[Entry]:
        seq = self._standing.seq
        appended = []
        for batch in batches:
            for event in batch.events:
                seq += 1
                appended.append(Entry(seq=seq, recorded_at=batch.recorded_at, order=batch.key, event=event))
        return appended

    def _wake_readers(self, appended: Sequence[Entry]) -> None:
        """What is in the log is acknowledged and told to everyone else, whatever becomes of one reader."""
        for reader in self._readers:
            try:
                reader(appended)
            except Exception:
                log.exception("a reader of the log failed, and has missed what was added up to %d", self.state.seq)

    def _snapshot_if_due(self) -> None:
        if self._standing.seq - self._snapshot_seq >= limits.SNAPSHOT_EVERY_EVENTS:
            # The order is durable by now: that no snapshot could be kept must not refuse it. The next one tries again.
            try:
                self._save_snapshot()
            except TocsinError as error:
                log.warning("no snapshot could be kept at %d: %s", self._standing.seq, error.message)

    def _save_snapshot(self) -> None:
        if self._standing.seq > self._snapshot_seq:
            self.store.save_snapshot(snapshot_of(self._standing))
            self._snapshot_seq = self._standing.seq

    def refuse_stranger(self, error: TocsinError) -> None:
        """Keep in the audit trail that somebody whom nobody knows was refused."""
        with self._lock:
            for count in self._strangers.over(self.clock.elapsed_s()).values():
                log.warning("%d callers that nobody knows were refused in a minute", count)
            if self._strangers.keeps(""):
                self._keep_refusal(refused_stranger(error, self.now()))

    def _keeps_refusal_of(self, caller: Caller) -> bool:
        """Whoever sits at this machine could fill its disk in other ways."""
        for holder, count in self._refused.over(self.clock.elapsed_s()).items():
            log.warning("%s was refused %d times in a minute", holder, count)
        return caller.local or self._refused.keeps(caller.holder)

    def _keep_refusal(self, refusal: Refusal) -> None:
        try:
            self.store.append([], self._standing.seq, [refusal])
        except TocsinError as failure:
            log.warning("a refusal could not be kept: %s", failure.message)
