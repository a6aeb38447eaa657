"""Documents, facts and events of the record, as short to write as what matters in them."""

from __future__ import annotations

from typing import Any

from tests.world import minute
from tocsin.claims import Bounds, Document, Drafted, How
from tocsin.facts import CasualtyFact, ControlFact, Count, Fact, Harm, Outcome, TallyFact
from tocsin.model import SourceId
from tocsin.recorded import AttackOpened, ClaimPublished, DocumentPublished, DocumentTaken

AGENCY, FORCE = SourceId("agency"), SourceId("air-force")
NIGHT = "2026-03-01"


def document(name: str = "a report", **said: Any) -> Document:
    """One of its own text, by the name of it."""
    usual: dict[str, Any] = {
        "publisher": "An Agency",
        "source": AGENCY,
        "genre": "wire_report",
        "language": "en",
        "published": NIGHT,
        "sha256": name.encode().hex().ljust(64, "0")[:64],
        "characters": 1000,
    }
    return Document(**(usual | said))


def count(value: int) -> Count:
    return Count(value=value, low=value, high=value, words=str(value))


def tally(value: int, outcome: Outcome = Outcome.SHOT_DOWN, weapon: str = "drone", **said: Any) -> TallyFact:
    quote = said.pop("quote", f"{value} {weapon} {outcome.value}")
    return TallyFact(quote=quote, start=0, end=len(quote), outcome=outcome, weapon=weapon, value=count(value), **said)


def nobody_hurt(**said: Any) -> CasualtyFact:
    quote = "there were no casualties"
    return CasualtyFact(quote=quote, start=0, end=len(quote), outcome=Harm.NONE, value=None, **said)


def killed(value: int | None, place: str | None = None, **said: Any) -> CasualtyFact:
    quote = said.pop("quote", f"{value} people were killed in {place or 'some place'}")
    number = None if value is None else count(value)
    return CasualtyFact(quote=quote, start=0, end=len(quote), outcome=Harm.KILLED, value=number, place=place, **said)


def control(place: str = "Somewhere") -> ControlFact:
    quote = f"which the other side claims is its own {place}"
    return ControlFact(quote=quote, start=0, end=len(quote), place=place, asserted_by="the other side")


def taken(*facts: Fact, at: float = 0, name: str = "a report", **said: Any) -> DocumentTaken:
    drafted = tuple(Drafted(fact=fact) for fact in facts)
    return DocumentTaken(document=document(name, **said), drafted=drafted, at=minute(at))


def listed(id: int, at: float = 0, name: str = "a report", **said: Any) -> DocumentPublished:
    return DocumentPublished(id=id, document=document(name, **said), at=minute(at))


def opened(at: float = 0, night: str = NIGHT) -> AttackOpened:
    return AttackOpened(bounds=Bounds(night=night, by="RU", upon="UA"), at=minute(at))


def published(fact: Fact, document: int = 1, number: int = 0, at: float = 0, **said: Any) -> ClaimPublished:
    return ClaimPublished(
        document=document, number=number, fact=fact, how=said.pop("how", How.REVIEWED), at=minute(at), **said
    )
