"""What is given for parameters, and what the .sql files say of themselves."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files

import pytest

from tests.record.statistics.records import desk_of, ukraine
from tocsin.errors import BadParameter, TocsinError, UnknownStatistic, UnknownZone
from tocsin.record.published import Published
from tocsin.record.statistics.definition import Definition, definition, definitions, parsed
from tocsin.record.statistics.given import Terms, values
from tocsin.record.statistics.tables import ALERTS, COLUMNS

ALL = list(definitions().values())
TERMS = Terms(lambda zone: ukraine().resolve(zone).id, date(2024, 11, 13))
COMBINED = definition("days_since_combined_attack")


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_every_statistic_says_in_both_languages_what_it_counts(one: Definition) -> None:
    assert one.title.keys() == one.words.keys() == {"uk", "en"}
    assert one.version >= 1
    assert min(map(len, one.words.values())) > 100
    assert all(one.columns.values())
    assert one.columns_uk.keys() == one.columns.keys()
    assert all(re.search("[а-яіїєґ]", words) for words in one.columns_uk.values())
    assert all(parameter.words for parameter in one.parameters)


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_every_parameter_is_used_and_every_default_is_allowed(one: Definition) -> None:
    assert all(f"${parameter.name}" in one.sql for parameter in one.parameters)
    answer = desk_of(EMPTY).ask(one, values(one, {}, TERMS))
    assert answer.columns == list(one.columns)
    for variant in one.variants:
        assert values(one, variant.given, TERMS)
        assert variant.words
        assert re.search("[а-яіїєґ]", variant.uk)


EMPTY = Published()


def test_a_definition_speaks_of_parameters_and_columns_that_there_are() -> None:
    for one in ALL:
        named = {parameter.name for parameter in one.parameters} | set(one.columns)
        choices = {choice for parameter in one.parameters for choice in parameter.choices}
        for words in one.words.values():
            assert set(re.findall(r"`(\w+)`", words)) <= named | choices, one.name


def test_there_is_a_file_for_each_and_a_statistic_for_each_file() -> None:
    folder = files("tocsin.record.statistics")
    assert {item.name for item in folder.iterdir() if item.name.endswith(".sql")} == {f"{one.name}.sql" for one in ALL}
    assert len(ALL) >= 6
    with pytest.raises(UnknownStatistic):
        definition("drop_everything")


# --- what somebody gives -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("night", "13.11.2024"),
        ("night", "2024-02-30"),
        ("night", "20241113"),
        ("night", "2024-11-13' OR '1'='1"),
        ("missiles", "0"),
        ("missiles", "1001"),
        ("missiles", "1; DROP TABLE tallies"),
        ("missiles", "٣"),
        ("drones", ""),
        ("inclusive", "perhaps"),
        ("known_by", "post' OR true --"),
        ("known_by", "POST"),
        ("weapon", "missile,wonderwaffe"),
        ("weapon", "missile'); ATTACH 'x"),
        ("weapon", ",".join(["missile"] * 51)),
    ],
)
def test_what_a_parameter_cannot_be_is_refused_with_what_it_can(name: str, said: str) -> None:
    with pytest.raises(BadParameter) as refused:
        values(COMBINED, {name: said}, TERMS)
    assert refused.value.detail["parameter"] == name
    assert name in refused.value.message


@pytest.mark.parametrize("said", ["Atlantis", "UA-99", "UA-30' OR 1=1", "\x00"])
def test_a_place_that_there_is_not_is_refused(said: str) -> None:
    with pytest.raises((UnknownZone, TocsinError)):
        values(COMBINED, {"place": said}, TERMS)


def test_a_parameter_that_there_is_not_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadParameter) as refused:
        values(COMBINED, {"nights": "2024-11-13"}, TERMS)
    assert "night" in refused.value.detail["known"]


def test_words_stand_for_values() -> None:
    found = values(COMBINED, {"place": "Kyiv , UA-32", "inclusive": "YES", "and_weapon": ""}, TERMS)
    assert found["night"] == date(2024, 11, 13)
    assert found["place"] == ["UA80000000000093317", "UA32000000000030281"]
    assert (found["inclusive"], found["and_weapon"], found["missiles"]) == (True, [], 1)


# --- the way out ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "COPY tallies TO 'somewhere.csv'",
        "ATTACH 'somewhere.db'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
    ],
)
def test_no_query_gets_at_files_or_the_network(sql: str) -> None:
    import duckdb

    with pytest.raises(duckdb.Error):
        desk_of(EMPTY)._base.execute(sql)


def test_the_tables_have_the_columns_that_they_declare() -> None:
    base = desk_of(EMPTY)._base
    for name, columns in {**COLUMNS, "alerts": ALERTS}.items():
        found = base.execute(f'DESCRIBE "{name}"').fetchall()
        assert {row[0]: row[1] for row in found} == columns


def test_a_file_that_is_no_definition_is_found() -> None:
    with pytest.raises(ValueError, match="not a comment"):
        parsed("x", "SELECT 1\n\nSELECT 2")
    with pytest.raises(ValueError, match="what is 'colour'"):
        parsed("x", "-- colour: red\n\nSELECT 1")
