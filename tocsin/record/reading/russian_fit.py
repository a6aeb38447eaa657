"""Whether a text is a bulletin of the Russian Ministry of Defence, or a paper that passes one on."""

from __future__ import annotations

import re

from tocsin.limits import BULLETIN_CHARS

_DEFENCE = re.compile(
    r"\bПВО\b|противовоздушн|минобороны|министерств\w+\s+обороны|специальной\s+военной|противоракетн|панцир",
    re.IGNORECASE,
)
DOWNED_WORDS = re.compile(r"перехвач|перехвати|уничтож|сбит|сбил|подавлен|нейтрализова|ликвидирова", re.IGNORECASE)
_WEAPON = re.compile(r"беспилотн|бпла|дрон|ракет|авиабомб|снаряд", re.IGNORECASE)
_OTHERS = re.compile(
    r"российск\w+\s+(?:\w+\s+)?(?:ракет|беспилот|дрон|бпла)|оккупант|шахед|shahed|воздушн\w+\s+сил\w*\s+(?:всу|украин|вооруж)|украинск\w+\s+пво",
    re.IGNORECASE,
)
_OTHERS_WORDS = ("российск", "оккупант", "шахед", "shahed", "воздушн", "украинской пво")
_OWN = re.compile(
    r"украинск\w+\s+(?:(?:ударн|боев|крылат|управляем|дальнобойн|тяж[её]л)\w+\s+)?(?:ракет|беспилот|дрон|бпла)|минобороны(?!\s+украин)|обороны\s+р[фо]|киевск\w+\s+режим",
    re.IGNORECASE,
)
"""Whose weapons were downed: Ukraine's papers write in Russian, too."""


def fit(text: str, language: str) -> float:
    """How much a text is such a bulletin: in Russian, of air defence, and of what it downed."""
    head = text[:6000]
    if (
        language not in ("ru", "und")
        or len(text) > BULLETIN_CHARS
        or not (_DEFENCE.search(head) and DOWNED_WORDS.search(head) and _WEAPON.search(head))
    ):
        return 0.0
    if any(map(head.lower().__contains__, _OTHERS_WORDS)) and _OTHERS.search(head) and not _OWN.search(head):
        return 0.0
    return 0.9
