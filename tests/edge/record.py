"""An attack as the events of a record tell it."""

from __future__ import annotations

from tests.record import papers
from tests.web.running import KYIV
from tocsin.facts import Fact, Outcome
from tocsin.model import ZoneId
from tocsin.recorded import PublishedEvent


def published(attack: int) -> list[PublishedEvent]:
    """One that is opened at this seq: launched, shot down, somebody killed, and a claim of territory."""
    document = attack + 1
    facts: list[Fact] = [
        papers.tally(54, Outcome.LAUNCHED, "shahed", speaker="Air Force of Ukraine"),
        papers.tally(52, weapon="shahed", speaker="Air Force of Ukraine"),
        papers.killed(2, "Kyiv"),
        papers.control("Donetsk"),
    ]
    zones = [None, None, ZoneId(KYIV), None]
    return [
        papers.opened(),
        papers.listed(document, name="of the record", url="https://example.org/report"),
        *(
            papers.published(fact, document, number, attack=attack, zone=zone)
            for number, (fact, zone) in enumerate(zip(facts, zones, strict=True))
        ),
    ]
