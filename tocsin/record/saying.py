"""The words of bulletins and pages of the record, in Ukrainian and English: fates, numbers, weapons, who speaks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from tocsin.facts import CasualtyFact, Fact, Hedge, StatisticFact, TallyFact, WaveFact
from tocsin.record.published import Claim
from tocsin.record.weapons import name

Language = Literal["uk", "en"]
LANGUAGES: tuple[Language, ...] = ("uk", "en")

WORDS: dict[str, tuple[str, str]] = {
    "outcome.launched": ("Запущено", "Launched"),
    "outcome.shot_down": ("Збито", "Shot down"),
    "outcome.suppressed": ("Подавлено", "Suppressed"),
    "outcome.shot_down_or_suppressed": ("Збито або подавлено", "Shot down or suppressed"),
    "outcome.lost": ("Локаційно втрачено або не досягли цілей", "Lost from sight or did not reach their targets"),
    "outcome.left_airspace": ("Залишили повітряний простір", "Left the airspace"),
    "outcome.airborne": ("Ще в повітрі, коли це повідомляли", "Still flying when it was told"),
    "outcome.hit": ("Влучання", "Hits"),
    "outcome.debris": ("Падіння уламків", "Debris fell"),
    "harm.killed": ("Загинули", "Killed"),
    "harm.injured": ("Поранені", "Injured"),
    "harm.missing": ("Зникли безвісти", "Missing"),
    "harm.rescued": ("Врятовані", "Rescued"),
    "harm.none": ("Потерпілих немає, як сказано", "Nobody was harmed, it is said"),
    "stance.asserts": ("Стверджує", "Asserts"),
    "stance.denies": ("Заперечує", "Denies"),
    "stance.warns": ("Попереджає", "Warns"),
    "stance.pledges": ("Обіцяє", "Pledges"),
    "stance.requests": ("Просить", "Requests"),
    "stance.omits": ("Не згадує", "Omits"),
    "stance.downplays": ("Применшує", "Downplays"),
    "measure.days_since": ("дні від попереднього разу", "days since the last time"),
    "measure.record": ("рекорд", "a record"),
    "measure.first": ("уперше", "a first"),
    "measure.largest": ("найбільше", "the largest"),
    "measure.ordinal": ("котрий це раз", "how many times by now"),
    "measure.trend": ("як змінюється", "how it changes"),
    "measure.total": ("загалом", "a total"),
    "rule.parts_against_total": ("частини не дорівнюють цілому", "the parts do not come to the total"),
    "rule.headline_against_text": ("заголовок не збігається з текстом", "the headline is not what the text says"),
    "rule.downed_over_launched": ("знешкоджено більше, ніж запущено", "more downed than launched"),
    "rule.date": ("дата не сходиться", "a date that cannot be"),
    "rule.place_in_oblast": ("місце не в тій області", "a place that is in another oblast"),
    "rule.cut_short": ("текст обірвано", "the text is cut short"),
    "contested": ("Джерела розходяться", "Sources differ"),
    "unknown.launched": ("Скільки запущено, ніхто не сказав", "How many were launched nobody says"),
    "unknown.number": ("скільки, не сказано", "how many is not said"),
    "unknown.all": ("Про цю атаку нічого не опубліковано.", "Nothing is published of this attack."),
    "cumulative": ("пораховано від давнішого часу", "counted from long before"),
    "waves": ("Послідовність", "In this order"),
    "damage": ("Пошкодження", "Damage"),
    "damage.affected": ("Постраждали", "Affected"),
    "claimed": ("Твердження про статистику", "A statistic as claimed"),
    "control": ("Заявляє про територію як про свою (твердження, не факт)", "Claims territory as its own (a claim)"),
    "check": ("Не сходиться", "Does not add up"),
    "of_which": ("з них", "of these"),
    "oblast": ("область", "Oblast"),
    "oblasts": ("області", "oblasts"),
    "places": ("місця:", "places:"),
    "some": ("частина", "some"),
    "nobody": ("не названо, хто", "nobody is named"),
    "about": ("близько", "about"),
    "at_least": ("щонайменше", "at least"),
    "at_most": ("щонайбільше", "at most"),
}
"""Ukrainian and English."""

PLURALS: dict[str, tuple[str, str]] = {
    "target": ("повітряні цілі", "aerial targets"),
    "drone": ("безпілотники", "drones"),
    "attack_drone": ("ударні безпілотники", "attack drones"),
    "shahed": ("шахеди", "Shaheds"),
    "jet_drone": ("реактивні безпілотники", "jet-powered drones"),
    "decoy_drone": ("дрони-імітатори", "decoy drones"),
    "recon_drone": ("розвідувальні безпілотники", "reconnaissance drones"),
    "missile": ("ракети", "missiles"),
    "cruise_missile": ("крилаті ракети", "cruise missiles"),
    "ballistic_missile": ("балістичні ракети", "ballistic missiles"),
    "anti_aircraft_missile": ("зенітні ракети", "anti-aircraft missiles"),
    "guided_missile": ("керовані авіаційні ракети", "guided air missiles"),
    "hypersonic_missile": ("гіперзвукові ракети", "hypersonic missiles"),
    "guided_bomb": ("керовані авіабомби", "guided bombs"),
    "unmanned_boat": ("безекіпажні катери", "unmanned boats"),
    "aircraft": ("літаки", "aircraft"),
    "helicopter": ("вертольоти", "helicopters"),
}

SPEAKERS: dict[str, str] = {
    "Air Force of Ukraine": "Повітряні сили України",
    "Ukraine's air force": "Повітряні сили України",
    "Ukraine’s air force": "Повітряні сили України",
    "Air Command South": "Повітряне командування «Південь»",
    "Air Command East": "Повітряне командування «Схід»",
    "Air Command West": "Повітряне командування «Захід»",
    "Air Command Centre": "Повітряне командування «Центр»",
    "General Staff of Ukraine": "Генеральний штаб ЗС України",
    "Commander-in-Chief of the Armed Forces of Ukraine": "Головнокомандувач ЗС України",
    "Kharkiv oblast administration": "Харківська обласна адміністрація",
    "Kyiv City Military Administration": "Київська міська військова адміністрація",
    "the Kremlin": "Кремль",
    "Kremlin spokesman Dmitry Peskov": "Речник Кремля Дмитро Пєсков",
    "city authorities": "Міська влада",
    "Kyiv officials": "Посадовці Києва",
    "the regional head": "Голова області",
    "emergency services": "Рятувальні служби",
    "authorities": "Влада",
}
"""Speakers whose names are known in both languages. Any other is called as its report calls it."""

LANDS = {"Ukraine": "Україна", "Belarus": "Білорусь", "Russia": "Росія", "Poland": "Польща"}


def word(key: str, lang: Language, otherwise: str = "") -> str:
    found = WORDS.get(key)
    return found[lang == "en"] if found else otherwise or key


def weapon_of(fact: Fact, lang: Language) -> str:
    """The weapon that a tally or a wave is of, for people; several of it where the language tells."""
    assert isinstance(fact, TallyFact | WaveFact)
    weapon = fact.weapon
    plural = PLURALS.get(weapon)
    return plural[lang == "en"] if plural else name(weapon, lang)


def number(fact: Fact, lang: Language) -> str:
    """A number as it was said: with what makes it less than exact."""
    assert isinstance(fact, TallyFact | CasualtyFact | StatisticFact)
    value = fact.value
    if value is None:
        return word("unknown.number", lang)
    if value.high is None or (value.low is not None and value.low > value.value):
        return f"{word('at_least', lang)} {value.low if value.low is not None else value.value}"
    if value.low is None:
        return f"{word('at_most', lang)} {value.high}"
    if value.low != value.high or Hedge.ABOUT in fact.hedges:
        return f"{word('about', lang)} {value.value}"
    return str(value.value)


def hours_of(since: str | None, until: str | None) -> str:
    """From when to when something was counted, local time: ``12.11 19:00–13.11 09:00``. Empty where no hour is told."""
    try:
        begun, ended = (
            datetime.fromisoformat(said) if said and len(said) > len("2024-11-13") else None for said in (since, until)
        )
    except ValueError:
        return ""
    if begun is None or ended is None:
        return ""
    later = f"{ended:%H:%M}" if begun.date() == ended.date() else f"{ended.day}.{ended:%m %H:%M}"
    return f"{begun.day}.{begun:%m %H:%M}–{later}"


def speaker_of(speaker: str | None, publisher: str, lang: Language) -> str:
    """Who says it, and through whom, where that is another."""
    said = speaker or publisher
    shown = SPEAKERS.get(said, said) if lang == "uk" else said
    return shown if speaker is None or speaker == publisher else f"{shown} ({publisher})"


def place_of(claim: Claim, lang: Language) -> str | None:
    """The place of a claim as its report names it."""
    place: str | None = getattr(claim.fact, "place", None)
    return land_of(place, lang) if place else place


def land_of(place: str, lang: Language) -> str:
    """A country by its name in the language; any other place as it is called."""
    return LANDS.get(place, place) if lang == "uk" else place


def several_of(names: Sequence[str], lang: Language) -> str:
    """Several places in a row; oblasts without the word for what they are, which is said once."""
    level = f" {word('oblast', lang)}"
    if all(name.endswith(level) for name in names):
        return f"{word('oblasts', lang)}: {', '.join(name.removesuffix(level) for name in names)}"
    return ", ".join(names)
