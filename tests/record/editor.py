"""A record kept by hand: texts are taken in and orders given, each deciding upon what the ones before it left."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from tests.record.papers import AGENCY
from tests.world import COUNTRY, NOON
from tocsin.claims import Drafted
from tocsin.commands import Command, RecordOrder, TakeDocument
from tocsin.events import Entry, PublicEntry, public
from tocsin.facts import Fact
from tocsin.model import SourceId, ZoneId
from tocsin.record.archive import Archive
from tocsin.record.editing import decide_record, text_wanted
from tocsin.record.published import Claim, Published
from tocsin.record.quoting import placed
from tocsin.recorded import RecordEvent

_numbers = itertools.count(1)


class Editor:
    """What stands after the orders given to it, and every event they led to."""

    def __init__(self) -> None:
        self.archive = Archive()
        self.log: list[RecordEvent] = []
        self.texts: dict[str, str] = {}
        self.now = NOON

    @property
    def record(self) -> Published:
        return self.archive.published

    def give(self, order: RecordOrder, reason: str = "so it was", source: SourceId = AGENCY) -> int:
        """How many events it led to."""
        command = Command(key=f"edit {next(_numbers)}", actor="editor", source=source, reason=reason, order=order)
        sha256 = text_wanted(self.archive, order)
        text = None if sha256 is None else self.texts.get(sha256)
        events = decide_record(self.archive, command, COUNTRY, UTC, len(self.log), text, self.now)
        self.archive = self.archive.after(len(self.log), events)
        self.log += events
        return len(events)

    def take(self, *facts: Fact, zones: Sequence[ZoneId | None] = (), source: SourceId = AGENCY, **said: Any) -> int:
        """A document whose text is the quotes of its facts, each on a line; its id."""
        order = self.paper(*facts, zones=zones, **said)
        self.give(order, source=source)
        return self.archive.by_sha256[order.sha256]

    def paper(self, *facts: Fact, zones: Sequence[ZoneId | None] = (), **said: Any) -> TakeDocument:
        """The order that takes it in, its text kept."""
        text = said.pop("text", None) or said.get("publisher", "") + "\n" + "\n".join(fact.quote for fact in facts)
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        self.texts[sha256] = text
        drafted = [
            placed(Drafted(fact=fact, zone=zone), text)
            for fact, zone in itertools.zip_longest(facts, zones[: len(facts)])
        ]
        usual: dict[str, Any] = {
            "publisher": "AFP",
            "genre": "wire_report",
            "language": "en",
            "published": "2026-03-01",
        }
        return TakeDocument(**(usual | said), sha256=sha256, characters=len(text), drafted=tuple(drafted))

    def claims(self, attack: int | None = None) -> list[Claim]:
        return self.record.current(attack)

    def told(self) -> list[PublicEntry]:
        """The log as everybody is told it."""
        return [
            public(Entry(seq=seq, recorded_at=self.now, order="x", event=event))
            for seq, event in enumerate(self.log, 1)
        ]

    def at(self, moment: datetime) -> None:
        self.now = moment


def shape(record: Published) -> object:
    """What the record says, without the seqs that depend on the order in which it came to say it."""
    name = {
        claim.id: (record.documents[claim.document].document.sha256, claim.number, msgspec.json.encode(claim.fact))
        for claim in record.claims.values()
    }
    attacks = {
        (
            attack.bounds.night,
            attack.bounds.by,
            attack.bounds.upon,
            frozenset(name[claim.id] for claim in record.current(attack.id)),
        )
        for attack in record.open_attacks()
        if record.current(attack.id)
    }
    links = {(name[link.claim], link.relation, name[link.other], link.reason) for link in record.linked.values()}
    flags = {(flag.rule, flag.words, frozenset(name[claim] for claim in flag.claims)) for flag in record.flags.values()}
    none = frozenset(name[claim.id] for claim in record.current() if claim.attack is None)
    return attacks, links, flags, none
