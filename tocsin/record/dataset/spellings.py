"""How the dataset spells what it speaks of: its columns, weapons, lands, and whose page a post is on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from tocsin.facts import Outcome

NAME = "Massive Missile Attacks on Ukraine (Petro Ivaniuk, Kaggle)"
"""Through what each claim reached us."""

NEEDED = ("time_start", "time_end", "model", "target", "launched", "destroyed", "source")
"""Without these columns it is another file; all others may be missing."""

COUNTED = {
    "launched": Outcome.LAUNCHED,
    "destroyed": Outcome.SHOT_DOWN,
    "not_reach_goal": Outcome.LOST,
    "still_attacking": Outcome.AIRBORNE,
}
SITES = {"num_hit_location": Outcome.HIT, "num_fall_fragment_location": Outcome.DEBRIS}
"""These count places and not weapons."""

JETS = {"turbojet": "launched", "turbojet_destroyed": "destroyed"}
"""Those of them that are jet-powered."""

AND = " and "
"""Between several places in one cell."""

MERGED_FROM = date(2025, 8, 1)
"""From this month on the official posts tell shot down and suppressed in one number."""

SPEAKERS = {
    "kpszsu": "Air Force of Ukraine",
    "PvKPivden": "Air Command South",
    "pvkshid": "Air Command East",
    "PvkZahid": "Air Command West",
    "PvkCenter": "Air Command Centre",
    "GeneralStaff.ua": "General Staff of Ukraine",
    "CinCAFU": "Commander-in-Chief of the Armed Forces of Ukraine",
    "kharkivoda.gov.ua": "Kharkiv oblast administration",
}
"""Whose page a post is on. Of any other, nobody is named."""

LAND = {"russia": "Russia", "belarus": "Belarus", "poland": "Poland", "moldova": "Moldova", "romania": "Romania"}

MODELS: Mapping[str, tuple[str, ...]] = {
    "3m22 zircon": ("zircon",),
    "aerial bomb": ("guided_bomb",),
    "ballistic missile": ("ballistic_missile",),
    "banderol": ("banderol",),
    "c-300": ("s-300",),
    "c-300/c-400": ("s-300", "s-400"),
    "c-400": ("s-400",),
    "eleron": ("eleron",),
    "forpost": ("forpost",),
    "gbu": ("guided_bomb",),
    "granat-4": ("granat-4",),
    "intercontinental ballistic missile": ("ballistic_missile",),
    "iskander-k": ("iskander-k",),
    "iskander-m": ("iskander-m",),
    "iskander-m/kn-23": ("iskander-m", "kn-23"),
    "kalibr": ("kalibr",),
    "kn-23": ("kn-23",),
    "kub": ("kub",),
    "lancet": ("lancet",),
    "merlin-vr": ("merlin-vr",),
    "mohajer-6": ("mohajer-6",),
    "orion": ("orion",),
    "orlan-10": ("orlan-10",),
    "orlan-30": ("orlan-30",),
    "p-800 oniks": ("oniks",),
    "reconnaissance uav": ("recon_drone",),
    "shahed-136/131": ("shahed",),
    "supercam": ("supercam",),
    "unknown missile": ("missile",),
    "unknown uav": ("drone",),
    "x-101/x-555": ("kh-101", "kh-555"),
    "x-22": ("kh-22",),
    "x-31": ("kh-31",),
    "x-31p": ("kh-31",),
    "x-31pd": ("kh-31",),
    "x-32": ("kh-32",),
    "x-35": ("kh-35",),
    "x-47 kinzhal": ("kinzhal",),
    "x-59": ("kh-59",),
    "x-59/x-69": ("kh-59", "kh-69"),
    "x-59mk2": ("kh-59",),
    "x-69": ("kh-69",),
    "zala": ("zala",),
    "картограф": ("kartograf",),
    "молнія": ("molniya",),
    "привет-82": ("attack_drone",),
    "фенікс": ("feniks",),
}
"""The dataset's spellings, in lower case, and what each is in the taxonomy. A row joins several with "and"."""


def speaker_of(source: str) -> str | None:
    """Who speaks on the page that a post's address names."""
    return SPEAKERS.get(re.sub(r"^https?://(t\.me|www\.facebook\.com)/", "", source).partition("/")[0])


def address_of(source: str) -> str:
    """The post's whole address: the dataset leaves out where most of them are."""
    return source if re.match(r"https?:", source) else f"https://www.facebook.com/{source}"


OBLASTS: Mapping[str, str] = {
    "cherkasy": "UA-71",
    "chernihiv": "UA-74",
    "chernivtsi": "UA-77",
    "dnipro": "UA-12",
    "dnipropetrovsk": "UA-12",
    "donetsk": "UA-14",
    "ivano-frankivsk": "UA-26",
    "kharkiv": "UA-63",
    "kherson": "UA-65",
    "khmelnytskyi": "UA-68",
    "kirovohrad": "UA-35",
    "kyiv": "UA-32",
    "luhansk": "UA-09",
    "lutsk": "UA-07",
    "lviv": "UA-46",
    "mykolaiv": "UA-48",
    "odesa": "UA-51",
    "poltava": "UA-53",
    "rivne": "UA-56",
    "sumy": "UA-59",
    "ternopil": "UA-61",
    "vinnytsia": "UA-05",
    "volyn": "UA-07",
    "zakarpattia": "UA-21",
    "zaporizhzhia": "UA-23",
    "zhytomyr": "UA-18",
}
"""The oblasts as they are called in English, and their ISO 3166-2 codes; two by the slip that the dataset makes."""


def oblasts_in(place: str) -> list[str]:
    """The codes of the oblasts that a cell names, and of Kyiv itself. Of any other place, none."""
    found = []
    for part in re.split(rf"{AND}|,", place):
        name = part.strip().casefold()
        if name == "kyiv":
            found.append("UA-30")
        elif name.endswith(" oblast") and (code := OBLASTS.get(name.removesuffix(" oblast"))):
            found.append(code)
    return found
