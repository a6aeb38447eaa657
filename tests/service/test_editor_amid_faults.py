"""An editor at work while everything goes wrong: the disk refuses, the process dies, orders come twice or too late.

Whatever happened, nothing is public that nobody accepted, and the record is the same wherever it is kept: in the
service, after a restart, folded by whoever is told only what is public, and heard over a stream.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from random import Random

import msgspec
import pytest

from tests.failing_store import FailingStore
from tests.record.editor import Editor as Writer
from tests.record.papers import AGENCY, control, killed, nobody_hurt, tally
from tests.world import COUNTRY, EAST, PORT, StillClock, raising
from tocsin.access import LOCAL
from tocsin.channels.ring import Ring
from tocsin.claims import Drafted, Relation
from tocsin.commands import (
    AcceptDrafts,
    AssignClaims,
    Command,
    CorrectClaim,
    JoinAttacks,
    LinkClaims,
    MendDraft,
    RecordOrder,
    RejectDrafts,
    TakeDocument,
    WithdrawClaim,
)
from tocsin.errors import StoreFailed, TocsinError
from tocsin.events import Entry, PublicEntry, public
from tocsin.facts import ControlFact, Fact, Outcome
from tocsin.record.archive import Archive
from tocsin.record.shelf import Pile
from tocsin.recorded import ClaimPublished, PublishedEvent
from tocsin.service import Service
from tocsin.standing import restored
from tocsin.store import Receipt

STEPS = 60
FACTS: tuple[Fact, ...] = (
    tally(90, Outcome.LAUNCHED, "shahed", speaker="Air Force"),
    tally(37, weapon="shahed", speaker="Air Force"),
    tally(35, speaker="the air force"),
    killed(2, "Port"),
    nobody_hurt(),
    control("Port"),
)


class World:
    """A service over a disk that fails, and all who keep the record beside it."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.clock = StillClock()
        self.store = FailingStore()
        self.shelf = Pile()
        self.accepted: set[tuple[int | str, int]] = set()
        """Document and number of all that was ever asked to be published, whatever the answer was."""
        self.given: list[Command] = []
        self.lost: list[Command] = []
        """Orders whose answer never came: they are sent again."""
        self.ordinary: list[bytes] = []
        self.start()

    def start(self) -> None:
        """As after `kill -9`: what was acknowledged is on the disk, and nothing else."""
        self.service = Service(self.store, COUNTRY, self.clock, text_of=self.shelf.text_of)
        self.ring = Ring(10_000, COUNTRY)
        self.ring.add(self.store.read(0, 100_000))
        self.service.wake(self.hear)

    def hear(self, added: Sequence[Entry]) -> None:
        self.ring.add(added)

    # --- the editor ---------------------------------------------------------------------------

    def step(self) -> None:
        self.clock.at += timedelta(seconds=self.random.choice((1, 30, 3600)))
        match self.random.choice(("edit",) * 8 + ("again", "disk", "die", "warn")):
            case "again" if self.given or self.lost:
                self.give(self.random.choice(self.lost or self.given))
            case "disk":
                self.store.fails_append = StoreFailed("the disk is full")
                self.give(self.command(self.order()))
                self.store.fails_append = None
            case "die":
                self.start()
            case "warn":
                self.service.submit([raising(EAST, key=f"warn {self.service.state.seq}")], LOCAL)
            case _:
                self.give(self.command(self.order()))

    def command(self, order: RecordOrder) -> Command:
        key = f"edit {self.random.randrange(10**9)}"
        return Command(key=key, actor=LOCAL.holder, source=AGENCY, reason="so it was", order=order)

    def give(self, command: Command) -> None:
        order = command.order
        if isinstance(order, AcceptDrafts):
            document = self.service.archive.named(order.document)
            if document is not None:
                numbers = order.numbers or range(len(document.drafts))
                self.accepted |= {(document.id, number) for number in numbers}
        before = self.service.state.seq
        try:
            [outcome] = self.service.submit([command], LOCAL)
        except StoreFailed:
            assert self.service.state.seq == before, "what was not kept did not happen"
            self.lost.append(command)
            return
        if isinstance(outcome, TocsinError):
            assert self.service.state.seq == before, "what was refused did not happen"
            return
        assert isinstance(outcome, Receipt)
        self.given.append(command)
        self.lost = [one for one in self.lost if one.key != command.key]

    def order(self) -> RecordOrder:
        random, archive = self.random, self.service.archive
        claims, documents = sorted(archive.published.claims), sorted(archive.taken)
        attacks = sorted(archive.published.attacks)
        some = random.choice
        if not documents or random.random() < 0.25:
            return self.paper()
        if not claims or random.random() < 0.35:
            where = some((None, None, "new", "none", "2026-03-01"))
            return AcceptDrafts(document=some(documents), numbers=some(((), (0,), (1,))), attack=where)
        document, fact = some(documents), some(FACTS)
        draft = Drafted(fact=some([one.drafted.fact for one in archive.taken[document].drafts] or [fact]))
        orders: list[RecordOrder] = [
            MendDraft(document=document, number=random.randrange(3), drafted=draft),
            RejectDrafts(document=document),
            CorrectClaim(claim=some(claims), drafted=draft, document=some((None, document))),
            WithdrawClaim(claim=some(claims), misread=random.random() < 0.5),
            LinkClaims(claim=some(claims), relation=some(list(Relation)), other=some(claims)),
            AssignClaims(claims=(some(claims),), attack=some(("new", "none", some(attacks or [1])))),
            JoinAttacks(attack=some(attacks or [1]), into=some(attacks or [1])),
        ]
        return some(orders)

    def paper(self) -> TakeDocument:
        random = self.random
        facts = random.sample(FACTS, random.randint(1, 3))
        said = {
            "publisher": f"Paper {random.randrange(1_000)}",
            "published": random.choice(("2026-02-28", "2026-03-01")),
        }
        zones = [PORT if isinstance(fact, type(FACTS[3])) else None for fact in facts]
        order = Writer().paper(*facts, zones=zones, **said)
        self.shelf.keep(said["publisher"] + "\n" + "\n".join(fact.quote for fact in facts))
        return order

    # --- what must hold -----------------------------------------------------------------------

    def check(self) -> None:
        log = self.store.read(0, 100_000)
        record = self.service.archive.published
        assert restored(self.store, COUNTRY).archive.published == record, "after a restart"
        assert folded([public(entry) for entry in log]) == record, "by whoever is told what is public"
        self._nothing_unreviewed(log)
        self._streams(log)
        assert all(claim.zone is None for claim in record.claims.values() if isinstance(claim.fact, ControlFact))
        published = [entry.seq for entry in log if isinstance(entry.event, ClaimPublished)]
        assert sorted(record.claims) == published, "nothing was taken out"

    def _nothing_unreviewed(self, log: Sequence[Entry]) -> None:
        for entry in log:
            if isinstance(entry.event, ClaimPublished) and entry.event.supersedes is None:
                assert (entry.event.document, entry.event.number) in self.accepted, entry

    def _streams(self, log: Sequence[Entry]) -> None:
        whole = self.ring.enter(())
        told = [said for said in self.ring.since(0, whole) or [] if said.event == "entry"]
        ordinary = [said for said in self.ring.since(0) or [] if said.event == "entry"]
        self.ring.leave(whole)
        assert [said.seq for said in told] == [said.seq for said in ordinary] == [entry.seq for entry in log]
        heard = [msgspec.json.decode(said.data, type=PublicEntry) for said in told]
        assert folded(heard) == self.service.archive.published, "over the stream"
        for entry, said in zip(log, ordinary, strict=True):
            if isinstance(entry.event, PublishedEvent):
                assert b'"internal"' in said.data
                assert len(said.data) < 200


def folded(entries: Sequence[PublicEntry]) -> object:
    archive = Archive()
    for entry in entries:
        archive = archive.after(entry.seq - 1, [entry.event])
    return archive.published


@pytest.mark.parametrize("seed", range(8))
def test_the_record_is_sound_and_the_same_everywhere_after_every_fault(seed: int) -> None:
    world = World(seed)
    for number in range(STEPS):
        world.step()
        if number % 10 == 9:
            world.check()
    for command in list(world.lost):
        world.give(command)
    world.check()
    assert world.service.archive.published.claims, "an editor who publishes nothing proves nothing"


def test_what_was_answered_is_there_and_has_one_effect_however_often_it_is_sent() -> None:
    world = World(1)
    for _ in range(STEPS):
        world.step()
    record, seq = world.service.archive.published, world.service.state.seq
    world.start()
    for command in list(world.given):
        world.give(command)
    assert (world.service.archive.published, world.service.state.seq) == (record, seq)
