"""The lookout at work: on each batch of reports and every few seconds it assesses, and says what the policy wants.

What the policy lets it place it places through the ordinary order, as a service with a grant of its own; `permit`
decides as for anybody. It raises and nothing else: an end is proposed to people, and only of what it placed itself.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

import msgspec

from tocsin import limits
from tocsin.access import Caller
from tocsin.assess.advice import Act, Advice, Advised, Held, Stands
from tocsin.assess.advising import advise_on
from tocsin.assess.assessment import Assessment, assess
from tocsin.assess.ground import Ground
from tocsin.assess.picture import Picture, Setting
from tocsin.assess.policy import Policy
from tocsin.assess.wanting import Wants
from tocsin.atlas import Atlas
from tocsin.commands import Command, Raise
from tocsin.engine import State
from tocsin.errors import TocsinError
from tocsin.events import Entry, HoldRaised, HoldReleased, HoldWithdrawn
from tocsin.lookout.bounds import Reporters, resting_on
from tocsin.lookout.proposals import Machine, ProposedEnd, View, cause_of, decided_against, warned
from tocsin.model import Hold, SourceId, Stage, Threat, ZoneId
from tocsin.report import Report, ReportId, ReportsTaken
from tocsin.service import Service
from tocsin.store import Receipt

log = logging.getLogger("tocsin.lookout")

ASSESSMENT = SourceId("assessment")
"""As whom the machine speaks, and the name of the service that it is."""

Give = Callable[[Sequence[Command], Caller], Awaitable[Sequence[Receipt | BaseException]]]


class Watching:
    """Over one running service."""

    def __init__(self, service: Service, atlas: Atlas, policy: Policy) -> None:
        self._service, self._atlas, self.policy = service, atlas, policy
        self._looking = threading.Lock()
        self._picture: Picture | None = None
        self._taken_upto = 0
        self._reports: dict[ReportId, Report] = {}
        """Those of the picture."""
        self._wanted: dict[Held, tuple[datetime, datetime]] = {}
        """Since when, and until when at last, the policy wanted it."""
        self._ended: dict[tuple[Held, Stage], datetime] = {}
        """What people ended of what the machine placed, and when: it is not placed again at once."""
        self._own: dict[int, tuple[Held, Stage]] = {}
        self._refused: dict[Held, datetime] = {}
        self._declined: dict[tuple[Held, Stage], datetime] = {}
        self._rang = asyncio.Event()
        self._view: View | None = None
        self.trouble: str | None = None
        """Why the machine could not place what it should have, where it could not."""
        self._told: deque[Sequence[Entry]] = deque(_tail(service) if policy.places_anything else ())
        """What was appended to the log and not looked at yet: the writer does not wait for the lookout."""

    # --- what it hears ------------------------------------------------------------------------

    def listen(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have it look anew on whatever concerns it, from now on."""

        def heard(entries: Sequence[Entry]) -> None:
            self.hear(entries)
            if any(isinstance(entry.event, ReportsTaken | HoldReleased | HoldWithdrawn) for entry in entries):
                loop.call_soon_threadsafe(self._rang.set)

        self._service.wake(heard)

    def hear(self, entries: Sequence[Entry]) -> None:
        """What was appended to the log. Called in the writer's thread, so it only keeps it for the next look."""
        self._told.append(entries)

    def _note(self) -> None:
        while self._told:
            self._note_page(self._told.popleft())

    def _note_page(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            event = entry.event
            if isinstance(event, HoldRaised) and event.source == ASSESSMENT:
                self._own[entry.seq] = (event.zone, event.threat), event.stage
            elif isinstance(event, HoldReleased | HoldWithdrawn) and (own := self._own.pop(event.hold, None)):
                self._ended[own] = event.at

    async def run(self, give: Give) -> None:
        """Look for ever. A mistake in the program must not end the watch: it is told, and tried again."""
        while True:
            try:
                await self.step(give)
            except Exception:
                log.exception("the lookout failed; it looks again in %.0f s", limits.LOOKOUT_S)
            try:
                async with asyncio.timeout(self._pause_s()):
                    await self._rang.wait()
            except TimeoutError:
                pass
            self._rang.clear()

    def _pause_s(self) -> float:
        """Where a past night is lived again, time goes faster, and so does the lookout."""
        return max(SHORTEST_S, limits.LOOKOUT_S / max(1.0, self._service.clock.rate))

    # --- what it does -------------------------------------------------------------------------

    async def step(self, give: Give) -> None:
        """Look once, and place what may be placed."""
        commands = await asyncio.to_thread(self.look)
        if commands:
            await self._place(commands, give)
            await asyncio.to_thread(self.look)

    def look(self) -> list[Command]:
        """Take in what was reported, and reckon anew; gives the orders for what may be placed by itself."""
        with self._looking:
            self._note()
            standing, now = self._service.standing, self._service.now()
            if not standing.heard.pages and not self._own:
                self._pictured()  # the ground is laid out before the first report comes, not while it waits
                self._view = View(at=now, seq=standing.seq)
                return []
            wants = Wants(assess(self._pictured(), now), self.policy)
            self._keep_wanted(wants.held, now)
            mine = self._held()
            advised: Advised | None = None
            commands: list[Command] = []
            machine: Machine | None = None
            if self.policy.places_anything:
                advised, commands, machine = self._placing(wants, mine)
            elif mine:  # of what it may not place, and has not placed, there is nothing to say before somebody looks
                advised = advise_on(wants, self._standing(mine, now))
            self._declined = {one: at for one, at in self._declined.items() if now - at < AGAIN}
            self._view = View(
                at=now,
                seq=standing.seq,
                wants=wants,
                state=standing.state,
                declined=frozenset(self._declined),
                machine=machine,
                ends=() if advised is None else _ends(advised, mine),
            )
            return commands

    def view(self) -> View:
        """What it saw last."""
        return self._view or View(at=self._service.now(), seq=self._service.state.seq)

    async def decline(self, zones: Sequence[ZoneId], threat: Threat, stage: Stage = Stage.ALERT) -> None:
        """Propose these no more for a while: somebody looked at it and decided against it. Who declines an early
        warning has not declined an alert."""
        await asyncio.to_thread(self.set_aside, zones, threat, stage)
        self._rang.set()

    def set_aside(self, zones: Sequence[ZoneId], threat: Threat, stage: Stage = Stage.ALERT) -> None:
        """The same, waiting for the look that is on."""
        with self._looking:
            now = self._service.now()
            self._declined |= {((zone, threat), stage): now for zone in zones}

    def _pictured(self) -> Picture:
        """The picture of all that was heard: begun anew after a restart, and where most of it is too old."""
        heard = self._service.heard
        picture = self._picture
        if picture is None or len(picture) > 2 * len(heard) + 1_000:
            ground = picture.setting.ground if picture else Ground(self._atlas)
            picture = Picture(Setting(ground=ground, trusted=frozenset(self.policy.trusted_ends)))
            self._taken_upto = 0
        pages = list(takewhile(lambda page: page.seq > self._taken_upto, reversed(heard.pages)))
        new = [report for page in reversed(pages) for report in page.event.reports]
        if len(self._reports) > 2 * len(heard) + 1_000:
            self._reports = {report.id: report for report in heard}
        else:
            self._reports.update((report.id, report) for report in new)
        self._picture, self._taken_upto = (picture.add(*new) if new else picture), heard.seq
        return self._picture

    def report(self, id: ReportId) -> Report | None:
        """One of those of the picture."""
        return self._reports.get(id)

    def _keep_wanted(self, wanted: Iterable[Held], now: datetime) -> None:
        mine, had = self._held(), self._wanted
        # A new value each time: whoever looks at a view has the one of its moment.
        self._wanted = {held: times for held, times in had.items() if now - times[1] < AGAIN or held in mine}
        for held in wanted:
            self._wanted[held] = self._wanted[held][0] if held in self._wanted else now, now
        # What people ended stays ended for as long as it is wanted, and a while longer.
        self._ended = {
            (held, stage): at
            for (held, stage), at in self._ended.items()
            if now - max(at, self._wanted.get(held, (at, at))[1]) < AGAIN
        }
        self._refused = {held: at for held, at in self._refused.items() if now - at < REFUSED_FOR}

    def _held(self) -> dict[Held, Hold]:
        """What the machine placed and is open."""
        holds = self._service.state.holds.values()
        return {(hold.zone, hold.threat): hold for hold in holds if hold.source == ASSESSMENT}

    def _standing(self, mine: Mapping[Held, Hold], now: datetime) -> Mapping[Held, Stands]:
        for held, hold in mine.items():
            if held not in self._wanted:  # after a restart: it was wanted until just now, for all that is known
                self._wanted[held] = hold.since, now
        return {
            held: Stands(
                since=since,
                wanted=last,
                placed=held in mine,
                stage=mine[held].stage if held in mine else Stage.ALERT,
            )
            for held, (since, last) in self._wanted.items()
        }

    # --- placing ------------------------------------------------------------------------------

    def _placing(self, wants: Wants, mine: Mapping[Held, Hold]) -> tuple[Advised, list[Command], Machine]:
        """What follows, and what of it is placed. What turns out not to be the machine's to place is taken out, so that
        it does not use up what the policy lets it place elsewhere, and the rest is reckoned again."""
        standing = self._standing(mine, wants.assessment.now)
        refused: dict[Held, str] = {}
        for _ in range(TRIES):
            advised = advise_on(wants, standing, refused.keys())
            commands, machine = self._commands(wants.assessment, advised, mine)
            refused |= machine.refused
            if not machine.refused:
                break
        return advised, commands, msgspec.structs.replace(machine, refused=refused)

    def _commands(
        self, assessment: Assessment, advised: Advised, mine: Mapping[Held, Hold]
    ) -> tuple[list[Command], Machine]:
        service, now = self._service, assessment.now
        state, hierarchy = service.state, self._atlas.hierarchy
        reporters = Reporters(service.access, service.store.realm, now)
        refs: dict[ZoneId, str | None] = {zone: hold.ref for (zone, _), hold in mine.items()}
        groups: dict[tuple[object, ...], list[Advice]] = {}
        may = [advice for advice in advised.raises if advice.act is Act.PLACE]
        held_back: dict[Held, str] = {}
        for advice in may:
            held = advice.zone, advice.threat
            if warned(state, advice):
                continue
            tracks = [assessment.picture.tracks[track].sources for track in advice.tracks]
            backing = reporters.backing(advice.zone, tracks, advice.needed, hierarchy)
            if decided_against(self._ended, advice):
                held_back[held] = "ended_by_people"
            elif held in self._refused:
                held_back[held] = "not_granted"
            elif backing is None:
                held_back[held] = "outside_area"
            elif backing.alone is not None and not reporters.within_ceiling(
                backing.alone, [*resting_on(refs, backing.alone), advice.zone], hierarchy
            ):
                held_back[held] = "ceiling_of_source"
            else:
                ref = f"{advice.threat} {backing.alone or 'sources'}"
                refs[advice.zone] = ref
                kind = (advice.hazard, advice.threat, advice.stage, advice.level, ref)
                groups.setdefault(kind, []).append(advice)
        back = self.policy.hold_back
        machine = Machine(
            wait=timedelta(seconds=back.wait_s),
            zones=back.zones,
            mine=frozenset(mine),
            since=self._wanted,
            may=frozenset((advice.zone, advice.threat) for advice in may),
            refused=held_back,
        )
        return [self._raise(group, refs[group[0].zone], state) for group in groups.values()], machine

    def _raise(self, group: Sequence[Advice], ref: str | None, state: State) -> Command:
        first = min(group, key=lambda advice: (advice.earliest, advice.zone))
        zones = tuple(sorted(advice.zone for advice in group))
        return Command(
            key=f"{ASSESSMENT} {ref} {state.seq} {zones[0]} {len(zones)}"[: limits.NAME_CHARS],
            actor=ASSESSMENT,
            source=ASSESSMENT,
            reason=f"{self.policy.name}: {first.why}"[: limits.TEXT_CHARS],
            order=Raise(
                zones=zones,
                hazard=first.hazard,
                threat=first.threat,
                stage=first.stage,
                level=first.level,
                ref=ref,
                cause=cause_of(first.threat, first.earliest),
            ),
        )

    async def _place(self, commands: Sequence[Command], give: Give) -> None:
        """Give the orders; what goes beyond a ceiling as a whole is tried zone by zone, the rest is left to people."""
        caller = Caller(holder=ASSESSMENT)
        trouble: str | None = None
        for command, outcome in zip(commands, await give(commands, caller), strict=True):
            if not isinstance(outcome, BaseException):
                continue
            if not isinstance(outcome, TocsinError):
                raise outcome
            trouble = outcome.message
            order = command.order
            assert isinstance(order, Raise), "it raises and nothing else"
            parts = _one_by_one(command, order) if len(order.zones) > 1 else []
            refused = [] if parts else [command]
            if parts:
                tried = await give(parts, caller)
                refused = [part for part, what in zip(parts, tried, strict=True) if isinstance(what, BaseException)]
            now = self._service.now()
            for one in refused:
                assert isinstance(one.order, Raise), "it raises and nothing else"
                self._refused |= {(zone, one.order.threat): now for zone in one.order.zones}
        if trouble != self.trouble and trouble is not None:
            log.warning("the assessment could not place a warning: %s", trouble)
        self.trouble = trouble


AGAIN = timedelta(seconds=limits.LOOKOUT_AGAIN_S)
TRIES = 8
"""So often what the machine may place is reckoned again in one look: each time costs as much as the first."""

SHORTEST_S = 0.5
"""Between two looks of a replay."""

REFUSED_FOR = timedelta(seconds=60)
"""So long what was refused is not tried again."""


def _ends(advised: Advised, mine: Mapping[Held, Hold]) -> tuple[ProposedEnd, ...]:
    """Of what the machine itself placed alone."""
    return tuple(
        ProposedEnd(zone=one.zone, threat=one.threat, ended=one.ended, why=one.why)
        for one in advised.releases
        if (one.zone, one.threat) in mine
    )


def _one_by_one(command: Command, order: Raise) -> list[Command]:
    return [
        msgspec.structs.replace(
            command,
            key=f"{command.key[:150]} {zone}"[: limits.NAME_CHARS],
            order=msgspec.structs.replace(order, zones=(zone,)),
        )
        for zone in order.zones
    ]


def _tail(service: Service) -> list[Sequence[Entry]]:
    """The end of the log: of what people ended there lately, nothing is placed again."""
    after = max(0, service.store.head() - limits.LOOKOUT_TAIL_EVENTS)
    pages: list[Sequence[Entry]] = []
    while page := service.store.read(after, limits.EVENTS_PER_PAGE):
        pages.append(page)
        after = page[-1].seq
    return pages
