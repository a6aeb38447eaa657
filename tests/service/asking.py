"""Who asks for what in the machine of tests/service/corridor.py: some of it granted, much of it not."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from tests import drawing
from tests.access.office import VERBS, terms
from tests.failing_store import FailingFile, FailingStore
from tests.service.rights import Rights
from tests.world import ARMY, COAST, COUNTRY, DUTY, EAST, LAND, NOON, WEST, StillClock
from tocsin.access import LOCAL, Caller, token_digest
from tocsin.commands import (
    AcceptClock,
    Approve,
    Command,
    Decline,
    GiveGrant,
    IssueToken,
    Order,
    RevokeGrant,
    RevokeToken,
)
from tocsin.errors import TocsinError
from tocsin.events import (
    Entry,
)
from tocsin.model import Hazard, HolderKind, Realm, SourceId, Verb, ZoneId
from tocsin.service import Service
from tocsin.store import Receipt

FEED = SourceId("feed")
SOURCES = [DUTY, ARMY, FEED]
HOLDERS = ["feed", "maria", "petro", "olena", "ivan"]
KNOWN = FEEDS, MARIAS, PETROS, OLENAS, IVANS, MARIAS_ON_THE_COAST = range(6)
"""The places of the first tokens among the headers."""
Asked = tuple[Command, Caller]


class Asking(RuleBasedStateMachine):
    """What the machine knows, and what may be tried. What comes of it is for the class below it."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = StillClock()
        self.store = self.make_store()
        self.service = Service(self.store, COUNTRY, self.clock)
        self.service.wake(self.hear)
        self.other = Service(FailingStore(realm=Realm.DRILL), COUNTRY, self.clock)
        self.rights = Rights(COUNTRY)
        self.heard: list[Entry] = []
        self.headers: list[str] = []
        self.sent: list[Asked] = []
        self.receipts: dict[str, tuple[Command, Receipt]] = {}
        self.recorded_at: datetime | None = None
        self.numbers = itertools.count()

    def make_store(self) -> FailingStore | FailingFile:
        return FailingStore()

    def reopened(self) -> FailingStore | FailingFile:
        """The log as a new process finds it."""
        return self.store

    def hear(self, entries: Sequence[Entry]) -> None:
        self.heard += entries

    @property
    def now(self) -> datetime:
        return self.clock.at if self.recorded_at is None else max(self.clock.at, self.recorded_at)

    # --- at first ----------------------------------------------------------------------------

    @initialize()
    def begin(self) -> None:
        """Olena and Ivan may all everywhere; Maria warns of air raids up to a ceiling, and has a second token for the
        coast; Petro warns everywhere for eight minutes; the feed warns in the east."""
        warns = (Verb.REPORT, Verb.RAISE, Verb.RELEASE, Verb.WITHDRAW)
        feed = {"kind": HolderKind.SERVICE, "sources": (FEED,), "verbs": warns}
        given = [
            terms("feed", EAST, **feed),
            terms("maria", WEST, COAST, verbs=warns, max_zones=4, hazards=(Hazard.AIR_RAID,)),
            terms("petro", LAND, verbs=warns, expires=NOON + timedelta(minutes=8)),
            terms("olena", LAND),
            terms("ivan", LAND, sources=(ARMY, DUTY)),
        ]
        tokens = [self.new_token(each.holder, days=30) for each in given]
        tokens.insert(0, self.new_token("maria", COAST, days=30))
        assert len(self.headers) == len(KNOWN)
        orders: list[Order] = [*(GiveGrant(terms=each) for each in given), *tokens]
        self.carry_out([self.by_local(order) for order in orders])

    def by_local(self, order: Order, source: SourceId = DUTY) -> Asked:
        return self.envelope(order, LOCAL, source), LOCAL

    def envelope(self, order: Order, caller: Caller, source: SourceId) -> Command:
        return Command(key=f"key {next(self.numbers)}", actor=caller.holder, source=source, order=order)

    def new_token(self, holder: str, *zones: ZoneId, days: float = 1) -> IssueToken:
        token = f"tocsin_live_{len(self.headers)}"
        self.headers.append(f"Bearer {token}")
        expires = self.clock.at + timedelta(days=days)
        return IssueToken(holder=holder, digest=token_digest(token), zones=zones, expires=expires)

    # --- what may be tried -------------------------------------------------------------------

    def some_order(self, data: st.DataObject, caller: Caller, source: SourceId) -> Order:
        waiting = list(self.service.access.proposals)
        drawn = ["raise", "upon", "upon", "upon", "source", "authority", *(["answer"] * 2 if waiting else [])]
        kind = data.draw(st.sampled_from(drawn))
        holds = list(self.service.state.holds.values())
        if kind == "answer":
            number = data.draw(st.sampled_from(waiting[-3:]))
            shown = self.service.access.proposals[number].shown
            yes = Approve(proposal=number, shown=data.draw(st.sampled_from([shown, shown, shown, "0" * 64])))
            return yes if data.draw(st.integers(0, 3)) else Decline(proposal=number)
        if kind == "upon" and holds:
            own = [hold for hold in holds if hold.source == source]
            holds = data.draw(st.sampled_from([own, own, own, holds])) or holds
            return data.draw(drawing.upon(COUNTRY, holds, source, SOURCES, self.now))
        if kind == "source":
            return data.draw(drawing.of_sources(COUNTRY, SOURCES))
        if kind == "authority":
            return self.some_authority(data)
        return data.draw(drawing.raises(COUNTRY, self.now))

    def some_authority(self, data: st.DataObject) -> Order:
        kind = data.draw(st.sampled_from([GiveGrant, RevokeGrant, IssueToken, RevokeToken, AcceptClock]))
        holder = data.draw(st.sampled_from(HOLDERS))
        zones = data.draw(drawing.zones(COUNTRY))
        if kind is GiveGrant:
            granted = terms(
                holder,
                *zones,
                kind=HolderKind.SERVICE if holder == "feed" else HolderKind.PERSON,
                sources=(data.draw(st.sampled_from(SOURCES)),),
                verbs=tuple(data.draw(st.sets(st.sampled_from(VERBS), min_size=1))),
                hazards=data.draw(st.sampled_from([tuple(Hazard), (Hazard.AIR_RAID,)])),
                max_zones=data.draw(st.sampled_from([None, 1, 3])),
                max_people=data.draw(st.sampled_from([None, 1_200])),
                expires=data.draw(st.sampled_from([None, self.now + timedelta(minutes=8)])),
            )
            return GiveGrant(terms=granted)
        if kind is RevokeGrant:
            return RevokeGrant(grant=data.draw(st.sampled_from([*self.service.access.grants])))
        if kind is IssueToken:
            return self.new_token(holder, *data.draw(st.sampled_from([(), zones])))
        if kind is RevokeToken:
            tokens = [token.id for token in self.service.access.tokens.values()]
            return RevokeToken(token=data.draw(st.sampled_from(tokens)))
        return AcceptClock()

    def some_asked(self, data: st.DataObject) -> Asked | None:
        """Somebody's order, or an earlier one again, as it was or changed; None for whoever is turned away at once."""
        if self.sent and data.draw(st.integers(0, 5)) == 0:
            given, giver = data.draw(st.sampled_from(self.sent))
            changed = msgspec.structs.replace(given, reason="changed")
            return data.draw(st.sampled_from([given, given, changed])), giver
        known, people = self.headers[: len(KNOWN)], [self.headers[OLENAS], self.headers[IVANS]]
        header = data.draw(st.sampled_from([None, *known * 2, *people * 4, *self.headers]))
        caller = self.authenticated(header)
        if caller is None:
            return None
        own = [granted for granted in self.rights.grants().values() if granted.holder == caller.holder]
        spoken = [source for granted in own for source in granted.sources] or SOURCES
        source = data.draw(st.sampled_from([*spoken * 6, *SOURCES]))
        given = self.envelope(self.some_order(data, caller, source), caller, source)
        if data.draw(st.integers(0, 9)) == 0:
            given = msgspec.structs.replace(given, actor="olena")
        return given, caller

    def shows(self, place: int) -> Caller | None:
        return self.authenticated(self.headers[place])

    def authenticated(self, header: str | None) -> Caller | None:
        """Whoever shows this header, or is at the machine without one."""
        if header is None:
            return LOCAL
        try:
            caller = self.service.authenticate(header)
        except TocsinError:
            assert not self.rights.knows(header, self.now)
            return None
        assert self.rights.knows(header, self.now)
        return caller

    def carry_out(self, asked: list[Asked]) -> None:
        raise NotImplementedError
