from __future__ import annotations

import re
from itertools import product

import pytest

from tests.texts.telling import LANGUAGES, shipped, told, zones
from tests.world import EAST
from tocsin.commands import Raise
from tocsin.limits import MESSAGE_CHARS
from tocsin.model import Hazard, Level, Realm, Stage, Status, Threat
from tocsin.texts import Wording, keys
from tocsin.texts.wording import worded

ALARMS = list(product(Hazard, Threat, Stage, Level))


def alarm(hazard: Hazard, threat: Threat, stage: Stage, level: Level) -> dict[str, Wording]:
    order = Raise(zones=zones(EAST), hazard=hazard, threat=threat, stage=stage, level=level)
    [message] = told(order)
    return message.wording


def spoken(wording: Wording) -> str:
    return "\n".join((wording.title, wording.body, *wording.do, *wording.dont))


# --- what Tocsin ships -----------------------------------------------------------------------


def test_ukrainian_and_english_are_there_and_no_authority_has_approved_them_yet() -> None:
    assert sorted(shipped().languages) == list(LANGUAGES)
    for approval in shipped().approvals.values():
        assert (approval.by, approval.on, approval.sha256) == (None, None, None)
    assert shipped().approvals["en"].note == "Tocsin's own proposal; not yet approved by any authority."


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_hazard_stage_level_and_threat_has_a_text_of_its_hazard_and_stage(lang: str) -> None:
    catalogue = shipped().languages[lang]
    for hazard, threat, stage, level in ALARMS:
        key = catalogue.find(keys.of_alarm(hazard, threat, stage, level))
        assert key.startswith(f"{hazard}.{stage}")
        wording = alarm(hazard, threat, stage, level)[lang]
        assert 2 <= len(wording.do) <= 5
        assert 2 <= len(wording.dont) <= 5


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_alarm_reads_like_another_one(lang: str) -> None:
    titles: dict[str, tuple[Hazard, Threat | None, Stage, Level | None]] = {}
    for hazard, threat, stage, level in ALARMS:
        said = (
            hazard,
            threat if hazard is Hazard.AIR_RAID else None,
            stage,
            level if stage is Stage.ALERT else None,
        )
        assert titles.setdefault(alarm(hazard, threat, stage, level)[lang].title, said) == said


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("hazard", Hazard)
def test_an_early_warning_and_each_level_of_an_alert_tell_different_things(lang: str, hazard: Hazard) -> None:
    bodies = {
        alarm(hazard, Threat.UNKNOWN, stage, level)[lang].body
        for stage, level in [(Stage.EARLY_WARNING, Level.RED), (Stage.ALERT, Level.YELLOW), (Stage.ALERT, Level.RED)]
    }
    assert len(bodies) == 3


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_threat_is_named(lang: str) -> None:
    names = shipped().languages[lang].threats
    assert len(set(names.values())) == len(Threat) == 10
    for threat, stage, level in product(Threat, Stage, Level):
        assert names[threat] in alarm(Hazard.AIR_RAID, threat, stage, level)[lang].title


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("hazard", Hazard)
def test_whatever_an_ending_or_a_withdrawal_leaves_there_is_a_text_for_it(lang: str, hazard: Hazard) -> None:
    catalogue = shipped().languages[lang]
    for leaves, narrowed in product(Status, (False, True)):
        assert catalogue.find(keys.of_ending(leaves, hazard, narrowed=narrowed))
        assert catalogue.find(keys.of_withdrawal(leaves, hazard))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_only_what_leaves_a_zone_clear_reads_like_an_all_clear(lang: str) -> None:
    """Of each text of an ending: whether it says outright that this is not the all-clear, or only in part."""
    catalogue = shipped().languages[lang]
    refused = re.compile(r"not (take this for )?the all-clear|no danger at all|не відбій|не вважайте", re.IGNORECASE)
    for hazard, leaves in product(Hazard, Status):
        for wanted in (keys.of_ending(leaves, hazard, narrowed=False), keys.of_withdrawal(leaves, hazard)):
            template = catalogue.texts[catalogue.find(wanted)]
            assert bool(refused.search(" ".join(template.parts()))) is (leaves is not Status.CLEAR), wanted


def test_each_language_is_written_in_its_own_letters() -> None:
    def all_of(lang: str) -> str:
        catalogue = shipped().languages[lang]
        return " ".join(part for template in catalogue.texts.values() for part in template.parts())

    assert re.findall(r"[А-яЁёІіЇїЄєҐґ]", all_of("en")) == []
    assert re.findall(r"[A-Za-z]", re.sub(r"\{\w+\}", "", all_of("uk"))) == []
    assert re.findall(r"[ыэъёЫЭЪЁ]", all_of("uk")) == []


def test_no_message_is_longer_than_the_limit() -> None:
    longest = max(
        (
            worded(
                catalogue, Realm.DRILL, key, dict.fromkeys(("signal", "what", "hazard", "announced", "note"), "x" * 40)
            )
            for catalogue in shipped().languages.values()
            for key in catalogue.texts
        ),
        key=lambda wording: wording.chars,
    )
    assert len(spoken(longest)) + 1 == longest.chars
    assert MESSAGE_CHARS / 2 < longest.chars <= MESSAGE_CHARS


# --- from the special to the general ---------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ((Hazard.AIR_RAID, Threat.DRONES, Stage.ALERT, Level.RED), "air_raid.alert.red.drones"),
        ((Hazard.AIR_RAID, Threat.DRONES, Stage.ALERT, Level.YELLOW), "air_raid.alert.yellow.drones"),
        ((Hazard.AIR_RAID, Threat.MIG31K, Stage.ALERT, Level.YELLOW), "air_raid.alert.mig31k"),
        ((Hazard.AIR_RAID, Threat.UNKNOWN, Stage.ALERT, Level.RED), "air_raid.alert.red"),
        ((Hazard.AIR_RAID, Threat.GUIDED_BOMBS, Stage.EARLY_WARNING, Level.RED), "air_raid.early_warning"),
        ((Hazard.CHEMICAL, Threat.DRONES, Stage.ALERT, Level.RED), "chemical.alert.red"),
        ((Hazard.NUCLEAR, Threat.UNKNOWN, Stage.EARLY_WARNING, Level.YELLOW), "nuclear.early_warning"),
    ],
    ids=lambda said: said if isinstance(said, str) else "",
)
def test_the_most_special_text_is_told(said: tuple[Hazard, Threat, Stage, Level], key: str) -> None:
    assert shipped().find(keys.of_alarm(*said)) == key


def test_the_keys_of_an_alarm_go_from_the_threat_at_its_level_to_the_stage() -> None:
    assert keys.of_alarm(Hazard.AIR_RAID, Threat.MIG31K, Stage.ALERT, Level.RED) == (
        "air_raid.alert.red.mig31k",
        "air_raid.alert.mig31k",
        "air_raid.alert.red",
        "air_raid.alert",
    )


def test_a_threat_has_a_meaning_in_an_air_raid_only() -> None:
    assert keys.of_alarm(Hazard.NUCLEAR, Threat.MIG31K, Stage.ALERT, Level.RED) == (
        "nuclear.alert.red",
        "nuclear.alert",
    )
    title = alarm(Hazard.NUCLEAR, Threat.MIG31K, Stage.ALERT, Level.RED)["en"].title
    assert title == "Red alert: radiation hazard"


@pytest.mark.parametrize("hazard", Hazard)
def test_whether_to_go_down_or_up_depends_on_the_hazard(hazard: Hazard) -> None:
    wording = alarm(hazard, Threat.UNKNOWN, Stage.ALERT, Level.RED)["en"]
    assert ("cellar" in " ".join(wording.do)) is (hazard is not Hazard.CHEMICAL)
    assert ("Do not go down to a cellar" in " ".join(wording.dont)) is (hazard is Hazard.CHEMICAL)


@pytest.mark.parametrize("level", Level)
def test_iodine_is_taken_only_when_told(level: Level) -> None:
    wording = alarm(Hazard.NUCLEAR, Threat.UNKNOWN, Stage.ALERT, level)
    assert any("iodine until the authorities say so" in text for text in wording["en"].dont)
    assert any("йоду, доки цього прямо не скаже влада" in text for text in wording["uk"].dont)
