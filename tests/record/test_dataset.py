"""The dataset of attacks as claims: what a row says, and what is refused with its line and why."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.record.attack_files import COLUMNS, row, written
from tocsin.errors import BadFile
from tocsin.facts import QUOTE_WORDS, DamageFact, TallyFact
from tocsin.record import dataset
from tocsin.record.dataset import Dataset
from tocsin.record.dataset.spellings import MODELS, oblasts_in
from tocsin.record.quoting import require_quoted
from tocsin.record.weapons import WEAPONS, is_a


def read(folder: Path, *rows: dict[str, str] | str) -> Dataset:
    return dataset.read(written(folder, *rows))


def tallies(found: Dataset) -> list[tuple[str, str, int, int | None]]:
    """Outcome, weapon, number, and of which fact it is a part."""
    assert found.bad == ()
    facts = [fact for post in found.posts for fact in post.facts if isinstance(fact, TallyFact)]
    return [(str(fact.outcome), fact.weapon, fact.value.value, fact.subset_of) for fact in facts]


# --- what a row says -----------------------------------------------------------------------------


def test_a_row_is_a_claim_for_each_number_in_it(tmp_path: Path) -> None:
    found = read(tmp_path, row(not_reach_goal="3.0", still_attacking="1.0", border_crossing="{'belarus': 2.0}"))
    assert tallies(found) == [
        ("launched", "shahed", 10, None),
        ("shot_down", "shahed", 6, None),
        ("lost", "shahed", 3, None),
        ("airborne", "shahed", 1, None),
        ("left_airspace", "shahed", 2, None),
    ]


def test_an_empty_cell_says_nothing_and_a_nought_says_nought(tmp_path: Path) -> None:
    found = read(tmp_path, row(launched="", destroyed="0.0"), row(destroyed="", source="kpszsu/posts/two"))
    assert tallies(found) == [("shot_down", "shahed", 0, None), ("launched", "shahed", 10, None)]


def test_its_author_speaks_and_the_dataset_is_through_what_it_came(tmp_path: Path) -> None:
    posts = ("kpszsu/posts/1", "https://t.me/kpszsu/2", "pvkshid/posts/3", "war_monitor/posts/4")
    found = read(tmp_path, *(row(source=source) for source in posts))
    said = [(post.url.startswith("https://"), post.speaker, post.facts[0].via) for post in found.posts]
    air_force = (True, "Air Force of Ukraine", dataset.NAME)
    assert said == [air_force, air_force, (True, "Air Command East", dataset.NAME), (True, None, dataset.NAME)]


def test_every_quote_stands_in_the_text_of_its_post_and_is_short(tmp_path: Path) -> None:
    long = "{" + ", ".join(f"'{place} oblast': {n}" for n, place in enumerate(["Kyiv", "Sumy", "Odesa"] * 9)) + "}"
    found = read(tmp_path, row(destroyed_details=long, destroyed="9"), row(model="Kalibr", launched="7"))
    [post] = found.posts
    assert len(post.facts) > 6
    for fact in post.facts:
        assert post.text[fact.start : fact.end] == fact.quote
        assert len(fact.quote.split()) <= QUOTE_WORDS


def test_parts_by_place_by_model_and_of_shaheds_are_parts_of_their_total(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        row(model="Kalibr", launched="1", destroyed="1"),
        row(destroyed_details="{'Odesa oblast': 4, 'Kyiv oblast': NaN}", is_shahed="8.0", turbojet="2.0"),
        row(
            model="Kalibr and X-101/X-555",
            launched="9",
            destroyed="",
            launched_details="{'Kalibr': 2, 'X-101/X-555': 7}",
        ),
    )
    assert tallies(found) == [
        ("launched", "kalibr", 1, None),
        ("shot_down", "kalibr", 1, None),
        ("launched", "shahed", 10, None),
        ("shot_down", "shahed", 6, None),
        ("shot_down", "shahed", 4, 3),
        ("launched", "jet_drone", 2, 2),
        ("launched", "shahed", 8, 2),
        ("launched", "kalibr/kh-101/kh-555", 9, None),
        ("launched", "kalibr", 2, 7),
        ("launched", "kh-101/kh-555", 7, 7),
    ]


def test_where_they_were_shot_down_is_kept_though_nobody_says_how_many(tmp_path: Path) -> None:
    found = read(tmp_path, row(destroyed_details="{'Kyiv oblast': NaN,   'Sumy oblast and Odesa oblast': NaN}"))
    fact = found.posts[0].facts[1]
    assert isinstance(fact, TallyFact)
    assert fact.regions == ("Kyiv oblast", "Sumy oblast", "Odesa oblast")
    assert [code for region in fact.regions for code in oblasts_in(region)] == ["UA-32", "UA-59", "UA-51"]
    assert (fact.place, fact.areas, len(found.posts[0].facts)) == (None, None, 2), "nobody said how many oblasts"


def test_a_target_that_is_the_whole_country_is_no_place(tmp_path: Path) -> None:
    whole, oblast = read(tmp_path, row(target="Ukraine"), row(target="Odesa oblast", source="kpszsu/posts/2")).posts
    assert [getattr(post.facts[0], "place", "") for post in (whole, oblast)] == [None, "Odesa oblast"]


def test_a_number_stands_in_its_quote_however_long_the_cell_is(tmp_path: Path) -> None:
    many = " and ".join(f"{name} oblast" for name in ("Kyiv", "Sumy", "Odesa", "Poltava", "Lviv", "Rivne", "Volyn"))
    found = read(
        tmp_path, row(destroyed="9", destroyed_details="{'" + many + " and Kherson oblast': 7, 'Zhytomyr oblast': 2}")
    )
    for fact in found.posts[0].facts:
        require_quoted(fact, found.posts[0].text, 0)


def test_places_that_were_hit_are_counted_as_places_and_never_as_weapons(tmp_path: Path) -> None:
    found = read(
        tmp_path, row(num_hit_location="13.0", num_fall_fragment_location="4", affected_region="['Kyiv oblast']")
    )
    hit, debris = found.posts[0].facts[2:]
    assert isinstance(hit, TallyFact)
    assert isinstance(debris, TallyFact)
    assert (hit.outcome, hit.weapon, hit.unit, hit.regions) == ("hit", "target", "locations", ("Kyiv oblast",))
    assert (debris.outcome, debris.unit, debris.place) == ("debris", "locations", None)


def test_regions_that_were_affected_are_told_though_nobody_counts_the_hits(tmp_path: Path) -> None:
    found = read(tmp_path, row(affected_region="['Kyiv oblast', 'Sumy oblast']"))
    damage = [fact.place for fact in found.posts[0].facts if isinstance(fact, DamageFact)]
    assert damage == ["Kyiv oblast", "Sumy oblast"]


def test_from_august_2025_on_the_air_force_tells_shot_down_and_suppressed_in_one(tmp_path: Path) -> None:
    before = row(time_start="2025-07-31", time_end="2025-07-31 08:00")
    after = row(time_start="2025-08-01", time_end="2025-08-01 08:00", source="kpszsu/posts/two")
    south = row(time_start="2025-08-01", time_end="2025-08-01 08:00", source="PvKPivden/posts/two")
    outcomes = [outcome for outcome, *_ in tallies(read(tmp_path, before, after, south)) if outcome != "launched"]
    assert outcomes == ["shot_down", "shot_down_or_suppressed", "shot_down"]


@pytest.mark.parametrize(
    ("start", "end", "night"),
    [
        ("2023-03-04 20:00", "2023-03-05 08:00", "2023-03-05"),
        ("2023-03-04 15:00", "2023-03-05 10:00", "2023-03-05"),
        ("2023-03-05", "2023-03-05", "2023-03-05"),
        ("2023-03-05", "2023-03-05 08:30", "2023-03-05"),
        ("2023-03-05 14:30", "2023-03-05 20:30", "2023-03-05"),
        ("2023-03-05 19:00", "2023-03-05 23:50", "2023-03-06"),
        ("2023-03-05 19:00", "2023-03-05 24:00", "2023-03-06"),
        ("2023-12-31 22:00", "2024-01-01 06:00", "2024-01-01"),
        ("2023-03-05 3:30", "2023-03-05 07:00 ", "2023-03-05"),
    ],
)
def test_a_row_is_of_the_night_that_holds_the_middle_of_its_time(
    tmp_path: Path, start: str, end: str, night: str
) -> None:
    [post] = read(tmp_path, row(time_start=start, time_end=end)).posts
    assert post.night.isoformat() == night


def test_times_are_kept_as_exactly_as_they_are_told_and_no_more(tmp_path: Path) -> None:
    [post] = read(tmp_path, row(time_start="2023-03-04", time_end="2023-03-05 8:00")).posts
    fact = post.facts[0]
    assert isinstance(fact, TallyFact)
    assert (fact.since, fact.until, fact.as_of) == ("2023-03-04", "2023-03-05T08:00", "2023-03-05T08:00")


def test_rows_of_one_post_are_one_document_and_rows_of_another_night_another(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        row(),
        row(model="Kalibr"),
        row(time_start="2023-03-07", time_end="2023-03-07"),
        row(source="kpszsu/posts/two"),
    )
    assert [(post.source[-3:], post.night.day, len(post.facts)) for post in found.posts] == [
        ("one", 5, 4),
        ("two", 5, 2),
        ("one", 7, 2),
    ]


# --- what it is called ---------------------------------------------------------------------------


def test_every_spelling_is_a_weapon_of_the_taxonomy() -> None:
    assert {weapon for weapons in MODELS.values() for weapon in weapons} - WEAPONS.keys() == set()


@pytest.mark.parametrize(
    ("model", "weapon"),
    [
        ("X-101/X-555 and Kalibr and X-59/X-69", "kh-101/kh-555/kalibr/kh-59/kh-69"),
        ("C-400 and Iskander-M", "s-400/iskander-m"),
        ("Intercontinental ballistic missile", "ballistic_missile"),
        ("Молнія and Lancet", "molniya/lancet"),
        ("Orlan-10 and ZALA", "orlan-10/zala"),
        ("Unknown UAV", "drone"),
    ],
)
def test_composites_are_one_weapon_that_the_source_does_not_tell_apart(tmp_path: Path, model: str, weapon: str) -> None:
    assert tallies(read(tmp_path, row(model=model)))[0][1] == weapon
    assert is_a(weapon, "target")


def test_an_unknown_weapon_is_listed_with_its_line_and_can_be_told_what_it_is(tmp_path: Path) -> None:
    path = written(tmp_path, row(), row(model="Shahed-999"), row(model="Kalibr and Wonderwaffe"))
    found = dataset.read(path)
    assert [(bad.line, bad.reason) for bad in found.bad] == [
        (3, "unknown weapon: 'Shahed-999'"),
        (4, "unknown weapon: 'Kalibr and Wonderwaffe'"),
    ]
    assert (found.unknown, len(found.posts[0].facts)) == (2, 2)
    known = dataset.read(path, known={"shahed-999": "jet_drone", "Wonderwaffe": "missile"})
    assert [fact[1] for fact in tallies(known)] == ["shahed", "shahed", "jet_drone", "jet_drone", "kalibr", "kalibr"]


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"time_start": "yesterday"}, "time_start is not a time"),
        ({"time_start": "2023-13-01"}, "time_start is not a time"),
        ({"time_end": "2023-03-05 25:00"}, "time_end is not a time"),
        ({"time_end": ""}, "time_end is not a time"),
        ({"time_start": "1899-01-01", "time_end": "1899-01-01"}, "before the year"),
        ({"time_end": "2023-03-03 08:00"}, "before its start"),
        ({"launched": "many"}, "launched is no count"),
        ({"launched": "-3"}, "launched is no count"),
        ({"launched": "2.5"}, "launched is no count"),
        ({"launched": "inf"}, "launched is no count"),
        ({"launched": "999999"}, "launched is more than"),
        ({"destroyed": "11"}, "11 destroyed of 10 launched"),
        ({"launched": "nan", "destroyed": ""}, "no number"),
        ({"source": ""}, "names no source"),
        ({"border_crossing": "{'belarus': 2"}, "border_crossing is not what Python writes of a dict"),
        ({"border_crossing": "['belarus']"}, "border_crossing is not what Python writes of a dict"),
        ({"border_crossing": "{'belarus': 'two'}"}, "border_crossing is not names with numbers"),
        ({"destroyed_details": "{'Kyiv oblast': True}"}, "destroyed_details is not names with numbers"),
        ({"destroyed_details": "__import__('os').getcwd()"}, "destroyed_details is not what Python writes"),
        ({"destroyed_details": "[" * 5_000}, "destroyed_details is not what Python writes"),
        ({"destroyed_details": "{'a': 1, " * 4_000}, "destroyed_details is longer than"),
        ({"affected_region": "[1, 2]"}, "affected region is not a list of names"),
        ({"launched_details": "{'Wonderwaffe': 2}"}, "unknown weapon"),
    ],
)
def test_a_malformed_row_is_named_with_its_line_and_why(tmp_path: Path, cells: dict[str, str], reason: str) -> None:
    found = read(tmp_path, row(), row(**cells), row(source="kpszsu/posts/two"))
    assert [(bad.line, reason in bad.reason) for bad in found.bad] == [(3, True)], found.bad
    assert (found.rows, len(found.posts)) == (3, 2)


def test_a_row_with_a_field_too_many_is_malformed_and_a_broken_quote_ends_the_reading(tmp_path: Path) -> None:
    found = read(tmp_path, "2023-03-05,only,three", row(), '"2023-03-05', row())
    assert [bad.line for bad in found.bad] == [2, 4]
    assert "nothing from here on was read" in found.bad[1].reason
    assert len(found.posts) == 1


def test_a_row_that_is_there_twice_counts_once(tmp_path: Path) -> None:
    found = read(tmp_path, row(), row(), row(launched="11.0"))
    assert (found.rows, found.repeated, len(tallies(found))) == (3, 1, 4)


def test_what_is_still_to_come_is_no_history(tmp_path: Path) -> None:
    found = dataset.read(written(tmp_path, row()), upto=date(2023, 3, 4))
    assert ["still to come" in bad.reason for bad in found.bad] == [True]


def test_another_file_is_refused_by_what_it_lacks(tmp_path: Path) -> None:
    lacking = [column for column in COLUMNS if column not in ("model", "source")]
    with pytest.raises(BadFile, match="no column model, source"):
        dataset.read(written(tmp_path, row(), columns=lacking))
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    with pytest.raises(BadFile, match="no column"):
        dataset.read(empty)


def test_columns_that_nobody_needs_may_be_missing_or_new(tmp_path: Path) -> None:
    columns = ["source", "model", "new column", *("time_start", "time_end", "target", "launched", "destroyed")]
    assert len(tallies(dataset.read(written(tmp_path, row(), columns=columns)))) == 2
