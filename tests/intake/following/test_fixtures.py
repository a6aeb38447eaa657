"""Answers of other systems, byte for byte as they came, are read as what they say."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tocsin.app import open_atlas
from tocsin.intake.following import alerts_in_ua
from tocsin.intake.following.places import AtlasPlaces
from tocsin.intake.following.readings import Answer, Odd
from tocsin.model import Extent, Hazard, ZoneId

FIXTURES = Path(__file__).parent / "fixtures"
KHARKIV_OBLAST, KHARKIV = ZoneId("UA63000000000041885"), ZoneId("UA63120270000028556")


def answer(name: str) -> Answer:
    return Answer(status=200, headers={}, body=(FIXTURES / name).read_bytes())


def test_an_oblast_and_a_city_in_it_are_under_alert() -> None:
    reading = alerts_in_ua.read(answer("alerts_in_ua_active.json"), AtlasPlaces(open_atlas("ua")))
    said = {(one.zone, one.extent): one for one in reading.said}
    assert said.keys() == {(KHARKIV_OBLAST, Extent.WHOLE), (KHARKIV, Extent.WHOLE)}
    assert {one.hazard for one in reading.said} == {Hazard.AIR_RAID}
    assert said[KHARKIV_OBLAST, Extent.WHOLE].since == datetime(2023, 4, 15, 8, 30, tzinfo=UTC)
    assert reading.as_of == datetime(2023, 4, 15, 8, 40, tzinfo=UTC)
    assert reading.complete


@pytest.mark.parametrize("cut", [1, 200, 500, -3])
def test_the_same_answer_cut_short_says_nothing(cut: int) -> None:
    whole = answer("alerts_in_ua_active.json")
    with pytest.raises(Odd):
        alerts_in_ua.read(Answer(status=200, headers={}, body=whole.body[:cut]), AtlasPlaces(open_atlas("ua")))
