"""Whether a text is an English report of this war's attacks, and what in it is not written for people."""

from __future__ import annotations

import re

from tocsin.record.reading.wire import lexicon as lex

TO_A_MACHINE = re.compile(
    r"\b(?:ignore|disregard|forget|override)\s+(?:all\s+|any\s+|the\s+|your\s+)*(?:previous|prior|above|earlier|preceding)?\s*"
    r"(?:instructions?|prompts?|rules|guidelines)\b|\bsystem\s+prompt\b|\byou\s+are\s+(?:now\s+)?an?\s+(?:AI|assistant|"
    r"language\s+model)\b|\bas\s+an\s+AI\b|(?<!\w)<\|\w+\|>|\[/?INST\]|^\s*(?:system|assistant|user)\s*:",
    re.IGNORECASE | re.MULTILINE,
)
"""What is written for a program that reads, and not for people."""

_LOOKED_AT = 8_000
"""Characters in which a report shows what it is about."""

_ATTACK = (
    *("drone", "missile", "uav", "shahed", "rocket", "shelling", "shelled", "artillery", "bombard", "attack", "strike"),
    *(
        "kremlin",
        "troops",
        "himars",
        "ammunition",
        "captured",
        "liberated",
        "airstrike",
        "air raid",
        "air defen",
        "air force",
        "guided bomb",
        "glide bomb",
    ),
)


def fit(text: str, language: str) -> float:
    """Whether it is an English report of this war's attacks."""
    if language != "en":
        return 0.0
    words = text[:_LOOKED_AT]
    lower = words.lower()
    attack = sum(lower.count(word) for word in _ATTACK)
    war = sum(words.count(name) for name in lex.THE_WAR)
    if not war or not attack or sum(words.count(name) for name in lex.ELSEWHERE) > war:
        return 0.0
    return min(1.0, (war + attack) / 10)
