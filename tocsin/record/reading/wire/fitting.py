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

_HINTS = ("ignore", "disregard", "forget", "override", "prompt", "<|", "inst]")
_WORDED = {
    first: re.compile(first + rest)
    for first, rest in (
        *(("you", r"\s+are\s"), ("as", r"\s+an\s+ai"), ("system", r"\s*:"), ("assistant", r"\s*:"), ("user", r"\s*:")),
    )
}
"""Without any of these nothing is written for a program. They are looked for first, since that costs less."""

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
        "under fire",
        "warhead",
    ),
)


_ELSEWHERE = re.compile("|".join(map(re.escape, lex.ELSEWHERE)))


def may_speak_to_a_machine(text: str) -> bool:
    """Whether it is worth looking for `TO_A_MACHINE`."""
    low = text.lower() if text.isascii() else text.casefold().replace("i\u0307", "i").replace("\u0131", "i")
    for hint in _HINTS:
        if hint in low:
            return True
    return any(first in low and worded.search(low) for first, worded in _WORDED.items())


def of_another_war(text: str) -> bool:
    """Whether another war is spoken of at all."""
    for name in lex.ELSEWHERE:  # noqa: SIM110 - the whole of every report
        if name in text:
            return True
    return False


def elsewhere_alone(words: str) -> bool:
    """Whether a sentence speaks of another war and not of this one."""
    return of_another_war(words) and not any(name in words for name in lex.THE_WAR)


def fit(text: str, language: str) -> float:
    """Whether it is an English report of this war's attacks."""
    if language != "en":
        return 0.0
    words = text[:_LOOKED_AT]
    lower = words.lower()
    if not any(word in lower for word in _ATTACK) or not any(name in words for name in lex.THE_WAR):
        return 0.0
    elsewhere = len(_ELSEWHERE.findall(words)) if of_another_war(words) else 0
    return 0.0 if elsewhere and elsewhere > sum(words.count(name) for name in lex.THE_WAR) else 0.9
