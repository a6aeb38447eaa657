"""The taxonomy of weapons, and how it is found in text."""

from __future__ import annotations

import itertools

import pytest

from tocsin.record.weapons import ROOT, TABLE, WEAPONS, Language, composite, is_a, lineage, mentions, name


def found(text: str, language: Language) -> list[str]:
    return [mention.weapon for mention in mentions(text, language)]


def test_every_weapon_has_a_parent_that_exists_and_the_root_above_all() -> None:
    assert len(WEAPONS) == len(TABLE), "no id twice"
    assert {weapon.parent for weapon in TABLE} - WEAPONS.keys() == {None}
    assert {lineage(weapon.id)[-1] for weapon in TABLE} == {ROOT}


def test_a_kh_101_is_a_missile_and_a_shahed_is_a_drone_and_neither_is_the_other() -> None:
    assert is_a("kh-101", "cruise_missile")
    assert is_a("kh-101", "missile")
    assert is_a("shahed", "drone")
    assert not is_a("shahed", "missile")
    assert not is_a("missile", "kh-101")


def test_a_composite_is_what_all_its_parts_are() -> None:
    assert composite(("iskander-m", "kn-23", "ballistic_missile")) == "iskander-m/kn-23"
    assert composite(("kh-59", "cruise_missile")) == "kh-59"
    assert is_a("iskander-m/kn-23", "ballistic_missile")
    assert not is_a("iskander-m/kalibr", "ballistic_missile")
    assert is_a("iskander-m/kalibr", "missile")
    assert name("iskander-m/kn-23", "uk") == "Іскандер-М/KN-23"


@pytest.mark.parametrize(
    ("text", "language", "weapons"),
    [
        ("two Iskander-M or KN-23 ballistic missiles", "en", ["iskander-m", "kn-23", "ballistic_missile"]),
        ("Iskander-K, Kh-101s and Kalibr cruise missiles", "en", ["iskander-k", "kh-101", "kalibr", "cruise_missile"]),
        ("X-59 missiles and Kh-47M2 Kinzhals", "en", ["kh-59", "missile", "kinzhal"]),
        ("Shahed-136/131 attack drones, decoys and UAVs", "en", ["shahed", "attack_drone", "decoy_drone", "drone"]),
        ("unmanned aerial vehicles and guided aerial bombs", "en", ["drone", "guided_bomb"]),
        ("the missileman droned on, scalped", "en", []),
        ("4 крилатими ракетами морського базування «Калібр»", "uk", ["cruise_missile", "kalibr"]),
        ("балістичними ракетами Іскандер-М/KN-23", "uk", ["ballistic_missile", "iskander-m", "kn-23"]),
        ("212 ударними БпЛА типу Shahed та дронами-імітаторами", "uk", ["attack_drone", "shahed", "decoy_drone"]),
        ("керованих авіаційних ракет Х-59/Х-69", "uk", ["guided_missile", "kh-59", "kh-69"]),
        ("X-101 латинською, C-300 теж", "uk", ["kh-101", "s-300"]),
        ("засобів повітряного нападу", "uk", [ROOT]),
        ("Іскандер-К та Кинджали", "uk", ["iskander-k", "kinzhal"]),
        ("уничтожены 43 украинских беспилотных летательных аппарата", "ru", ["drone"]),
        ("12 управляемых авиационных бомб и 3 крылатые ракеты", "ru", ["guided_bomb", "cruise_missile"]),
    ],
)
def test_weapons_are_found_in_text_whatever_their_case(text: str, language: Language, weapons: list[str]) -> None:
    assert found(text, language) == weapons


def test_what_is_found_does_not_overlap_and_stands_where_it_says() -> None:
    text = "Shahed-type drones, Kh-101/Kh-555 cruise missiles and cruise missiles"
    spans = [(mention.start, mention.end) for mention in mentions(text, "en")]
    assert [text[start:end] for start, end in spans] == [
        *("Shahed", "drones", "Kh-101", "Kh-555", "cruise missiles", "cruise missiles")
    ]
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
