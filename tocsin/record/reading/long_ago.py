"""What a bulletin says that is of no night: totals since the war began, of weeks and months; and what may come."""

from __future__ import annotations

import re

CUMULATIVE = re.compile(
    r"(?:від|з|із|с|за|от)\s+(?:самого\s+)?(?:(?:початку|начала)(?!\s+(?:ноч[иі]|суток|доби|дня|атаки))|24\s+лютого)|повномасштабн\w+\s+(?:вторгнення|війни)"
    r"|(?:за|протягом|упродовж|впродовж|цього|минул\w+|в|у)\s+(?:\w+\s+)?(?:тижд\w+|тижн\w+|місяц\w+|рік\b|недел\w+|месяц\w*|год\b)"
    r"|(?:протягом|упродовж|впродовж)\s+(?:\w+\s+)?року\b"
    r"|(?:протягом|упродовж|впродовж|за)\s+(?:січ|лют|бер|квіт|трав|черв|лип|серп|верес|жовт|листоп|груд)\w+\s"
    r"|специальной\s+военной",
    re.IGNORECASE,
)
"""A sentence that counts from long before this night."""

_CUMULATIVE_WORDS = (
    *("початку", "начала", "повномасштабн", "тижн", "тижд", "місяц", "рік", "недел", "месяц", " год", "протягом"),
    *("продовж", "24 лютого", "специальной"),
    *(
        f"за {month}"
        for month in ("січ", "лют", "бер", "квіт", "трав", "черв", "лип", "серп", "верес", "жовт", "листоп", "груд")
    ),
)
_WARNING_WORDS = ("загроз", "здатн", "може", "якби", "готу", "угроз", "вартіст", "навчан", "тренуван", "план")
"""What is looked for first, since it costs less: a text without any of them needs no closer look."""

WARNING = re.compile(
    r"\b(?:загроз\w+|здатн\w+|може\s|можуть|планує|планував|якби|готу\w+|угроз\w+|вартіст\w+|навчан\w+|тренуван\w+)\b",
    re.IGNORECASE,
)
"""A sentence about what may come, or what a weapon can do."""


def may_be_of_long_ago(low: str) -> bool:
    """Whether it is worth looking, of a text in small letters."""
    return any(map(low.__contains__, _CUMULATIVE_WORDS))


def may_warn(low: str) -> bool:
    """Whether it is worth looking, of a text in small letters."""
    return any(map(low.__contains__, _WARNING_WORDS))
