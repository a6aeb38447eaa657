"""What is said in words: the reason of an alert, as the original words it where it does; and that it is a drill."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.model import Hazard, Hold, Level, Realm, Threat
from tocsin.texts import Texts

THREATS = {
    Threat.DRONES: "Дронова загроза",
    Threat.CRUISE_MISSILES: "Ракетна загроза: крилаті ракети",
    Threat.BALLISTIC_MISSILES: "Ракетна загроза: балістичні ракети",
    Threat.UNSPECIFIED_MISSILES: "Ракетна загроза",
    Threat.GUIDED_BOMBS: "Загроза керованих авіабомб",
    Threat.TACTICAL_AVIATION: "Загроза тактичної авіації",
    Threat.STRATEGIC_AVIATION: "Загроза стратегічної авіації",
    Threat.MIG31K: "Ракетна загроза: зліт МіГ-31К",
    Threat.AIR_DEFENCE: "Працює протиповітряна оборона",
    Threat.UNKNOWN: "Повітряна загроза",
}

HAZARDS = {
    Hazard.ARTILLERY: "Загроза артобстрілу",
    Hazard.URBAN_FIGHTING: "Загроза вуличних боїв",
    Hazard.CHEMICAL: "Хімічна загроза",
    Hazard.NUCLEAR: "Радіаційна загроза",
}

LEVELS = {Level.YELLOW: "жовтий рівень", Level.RED: "червоний рівень"}

PART = "частина території, якої саме — невідомо"
SILENT = "джерело мовчить, дані можуть бути застарілі"

DRILL = {"uk": "НАВЧАННЯ", "en": "DRILL"}
"""Where the texts have no mark in that language."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands before everything that is said in a drill; nothing in the live realm."""

    uk: str = ""
    en: str = ""


def marks(realm: Realm, texts: Texts) -> Marks:
    if realm is Realm.LIVE:
        return Marks()
    found = {
        lang: texts.languages[lang].drill.mark if lang in texts.languages else mark for lang, mark in DRILL.items()
    }
    return Marks(**{lang: f"{mark}: " for lang, mark in found.items()})


def reason(hold: Hold, *, whole: bool, stale: bool, marks: Marks) -> str:
    """Why, how bad, and what else is to be known of it."""
    what = HAZARDS.get(hold.hazard) or THREATS[hold.threat]
    said = f"{marks.uk}{what} ({LEVELS[hold.level]})"
    more = [*([] if whole else [PART]), *([SILENT] if stale else [])]
    return "; ".join([said, *more])
