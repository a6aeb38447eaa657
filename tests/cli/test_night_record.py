"""What the demo takes into the record: the attack of that night with who said what; nothing that nobody accepted."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from tests.world import StillClock
from tocsin.access import LOCAL
from tocsin.atlas import Atlas
from tocsin.cli import night
from tocsin.facts import QUOTE_WORDS, ControlFact, StatisticFact
from tocsin.record.archive import Archive
from tocsin.record.bulletin import bulletin
from tocsin.record.published import Attack, Published
from tocsin.record.shelf import Pile
from tocsin.service import Service
from tocsin.store.memory import MemoryStore
from tocsin.web.record.bodies import headlines

NIGHT = "2024-11-13"


@pytest.fixture(scope="module")
def told(ukraine: Atlas) -> Service:
    """All of it given at once, as the demo's replay gives it one by one."""
    shelf = Pile()
    clock = StillClock(datetime(2024, 11, 13, 10, tzinfo=UTC))
    service = Service(MemoryStore(), ukraine.hierarchy, clock, local=ukraine.time_zone, text_of=shelf.text_of)
    service.submit([command for _, command in night._reports(ukraine, shelf)], LOCAL, together=True)
    return service


@pytest.fixture
def record(told: Service) -> Published:
    return told.archive.published


@pytest.fixture
def attack(record: Published) -> Attack:
    [attack] = [one for one in record.open_attacks() if one.bounds.night == NIGHT]
    return attack


def said(record: Published, attack: Attack) -> str:
    return "\n".join(f"{one.speaker['en']}: {one.text['en']}" for one in bulletin(record, attack.id))


def test_all_of_it_is_accepted_and_every_night_is_one_attack(told: Service) -> None:
    archive: Archive = told.archive
    assert archive.waiting() == []
    nights = [attack.bounds.night for attack in archive.published.open_attacks()]
    assert nights == ["2024-09-02", "2024-09-04", "2024-10-07", "2024-11-08", "2024-11-12", NIGHT]
    assert {(one.bounds.by, one.bounds.upon) for one in archive.published.open_attacks()} == {("RU", "UA")}


def test_each_number_is_counted_once_and_what_sources_differ_in_is_a_range(
    record: Published, attack: Attack, ukraine: Atlas
) -> None:
    found = {(one.outcome, one.family): (one.low, one.high) for one in headlines(record, attack.id, ukraine.hierarchy)}
    assert found == {
        ("launched", "missile"): (6, 6),
        ("shot_down", "missile"): (4, 4),
        ("launched", "drone"): (90, 90),
        ("shot_down", "drone"): (37, 37),
        ("lost", "drone"): (46, 47),
        ("airborne", "drone"): (2, 2),
        ("left_airspace", "drone"): (2, 2),
        ("injured", "people"): (1, 1),
        ("killed", "people"): (1, 1),
    }


def test_what_the_agency_passes_on_repeats_what_the_air_force_counted(record: Published, attack: Attack) -> None:
    [agency] = [id for id, one in record.documents.items() if one.document.publisher == "AFP"]
    repeating = [
        record.claims[id].fact.quote[:10] for id in record.by_document[agency] if record.repeats(record.claims[id])
    ]
    assert len(repeating) == 2, "four missiles and 37 drones"


def test_the_days_since_are_claims_of_two_and_not_one_number(record: Published, attack: Attack) -> None:
    days = [
        (claim.fact.speaker, claim.fact.value.low if claim.fact.value else None)
        for claim in record.current(attack.id)
        if isinstance(claim.fact, StatisticFact)
    ]
    assert days == [("Kyiv City Military Administration", 73), ("authorities", 70)]


def test_kherson_and_donetsk_are_claimed_by_the_kremlin_and_stand_on_no_map(record: Published, attack: Attack) -> None:
    controls = [claim for claim in record.current(attack.id) if isinstance(claim.fact, ControlFact)]
    assert [
        (one.fact.place, one.fact.asserted_by, one.zone) for one in controls if isinstance(one.fact, ControlFact)
    ] == [
        ("Kherson", "the Kremlin", None),
        ("Donetsk", "the Kremlin", None),
    ]
    assert "Launched (12.11 15:00–13.11 10:00): Shaheds 90" in said(record, attack)
    assert "launched 37" not in said(record, attack).casefold()


def test_quotations_are_short_and_no_report_can_be_put_together_from_them() -> None:
    text = files("tocsin.data").joinpath("night-2024-11-13", "claims.json").read_text("utf-8")
    documents = json.loads(text)["documents"]
    [agency] = [one for one in documents if one["publisher"] == "AFP"]
    quotes = {fact["quote"] for fact in agency["facts"]}
    assert max(len(quote.split()) for quote in quotes) <= QUOTE_WORDS
    assert sum(len(quote.split()) for quote in quotes) < 110
    assert not any(quote.rstrip("”").endswith(".") for quote in quotes), "fragments, and no sentences"
