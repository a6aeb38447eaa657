"""The table of spellings leads to the atlas, and every place of the two files is in it."""

from __future__ import annotations

import csv
from collections import Counter
from importlib.resources import files

import pytest

from tocsin.atlas import Atlas, shipped
from tocsin.model import ZoneId

Row = tuple[str, str, str, str]


@pytest.fixture(scope="module")
def ukraine() -> Atlas:
    return shipped("ua")


@pytest.fixture(scope="module")
def table() -> list[Row]:
    rows = list(csv.reader(files("tocsin.data").joinpath("sirens", "spellings.csv").read_text("utf-8").splitlines()))
    assert rows[0] == ["oblast", "raion", "hromada", "zone"]
    return [(oblast, raion, hromada, zone) for oblast, raion, hromada, zone in rows[1:]]


REGIONS = (
    "Cherkaska Chernihivska Chernivetska Dnipropetrovska Donetska Ivano-Frankivska Kharkivska Khersonska "
    "Khmelnytska Kirovohradska Kyivska Luhanska Lvivska Mykolaivska Odeska Poltavska Rivnenska Sumska Ternopilska "
    "Vinnytska Volynska Zakarpatska Zaporizka Zhytomyrska"
)


def test_every_spelling_leads_to_a_zone_of_the_atlas_and_no_place_to_two(table: list[Row], ukraine: Atlas) -> None:
    assert [zone for *_, zone in table if zone not in ukraine] == []
    assert [place for place, times in Counter(row[:3] for row in table).items() if times > 1] == []


def test_all_24_oblasts_and_the_capital_are_spelled(table: list[Row], ukraine: Atlas) -> None:
    zones = {oblast: zone for oblast, raion, _, zone in table if not raion}
    assert set(zones) == {f"{name} oblast" for name in REGIONS.split()} | {"m. Kyiv", "Kyiv City"}
    assert {ukraine.level_of(zone) for zone in zones.values()} == {"oblast"}
    assert zones["m. Kyiv"] == zones["Kyiv City"] == ukraine.resolve("UA-30").id
    assert len(set(zones.values())) == 25


def test_a_place_is_spelled_on_its_own_level_and_lies_where_its_row_says(table: list[Row], ukraine: Atlas) -> None:
    by_place = {(oblast, raion, hromada): zone for oblast, raion, hromada, zone in table}
    crossed = []
    for oblast, raion, hromada, zone in table:
        above = by_place.get((oblast, raion, "") if hromada else (oblast, "", ""))
        if above is None or (not hromada and not raion):
            assert not raion or (oblast, raion) == ("Lubenskyi raion", "Poltavska oblast")
            continue
        assert ukraine.level_of(zone) == ("hromada" if hromada else "raion"), (oblast, raion, hromada)
        if ZoneId(above) not in ukraine.hierarchy.ancestors(ZoneId(zone)):
            crossed.append((oblast, raion, hromada))
    assert crossed == []
