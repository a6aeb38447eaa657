"""Whether a report says of itself that it corrects an earlier one. The correction is a new claim; the old one stays."""

from __future__ import annotations

import re

_HEAD = 600
"""Characters: a correction says so at its beginning."""

_AMENDS = re.compile(
    r"\b(?:уточнен(?:о|і|а|ня)|уточнюємо|виправл\w+|оновлен[оаі]|спростов\w+|помилков\w+|поправка"
    r"|уточнен[ыо]|уточняем|исправлен\w+|ошибочн\w+|corrects|correction|corrected|retract\w*)\b",
    re.IGNORECASE,
)
_STEMS = ("correct", "retract", "точн", "виправ", "исправ", "оновлен", "спростов", "омилк", "оправк", "ошибоч")
"""Looked for first, since it costs less."""
_NOT_YET = re.compile(r"уточнен\w*\s+(?:триває|триватим\w+|тривають|буде|інформації\s+триває)", re.IGNORECASE)


def amends(text: str) -> bool:
    """Whether it calls itself a correction."""
    head = text[:_HEAD].lower()
    for stem in _STEMS:
        if stem in head:
            break
    else:
        return False
    found = _AMENDS.search(text, 0, _HEAD)
    return found is not None and not _NOT_YET.match(text, found.start())
