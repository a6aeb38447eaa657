"""A bulletin of the Ukrainian Air Force, read fact by fact: what was launched, from where, and what became of it.

The bulletins of 2022 say what was destroyed; since 2024 they keep apart what was lost to radar, and since August 2025
they merge shot down and suppressed. Each is kept in its own word. "Lost" is unknown, and not safe.
"""

from __future__ import annotations

import re
from datetime import date

from tocsin.facts import Check, Fact
from tocsin.limits import BULLETIN_CHARS
from tocsin.record.reading.lexicon import LOOK_ALIKES
from tocsin.record.reading.moments import MONTHS, begins_on_another_day, moments, of_long_ago
from tocsin.record.reading.outcomes import resolve
from tocsin.record.reading.telling import tell
from tocsin.record.reading.tokens import sentences

_MONTHS = tuple(f" {month}" for month in MONTHS)
_MARKS = (
    (
        "збит",
        "збил",
        "збив ",
        "знищ",
        "подавлен",
        "втрачен",
        "знешкод",
        "ліквідован",
        "ліквідувал",
        "перехопл",
        "приземл",
        "вполюв",
        "недораху",
        "мінус",
    ),
    ("противник", "ворог", "ворож", "окупант", "агресор", "росіян", " рф", "російськ"),
    ("бпла", "безпілотник", "ракет", "shahed", "шахед", "дрон", "авіабомб"),
    ("ніч", "ночі", "вранці", "станом на", "протягом доби", "за добу", ".00", ":00", ".30", ":30", *_MONTHS),
    (
        "повітряні сил",
        "повітряних сил",
        "повітряними сил",
        "командуван",
        "протиповітр",
        "ппо",
        "зенітн",
        "засобів ураж",
        "захисник",
        "оборонц",
        "воїн",
        "засоби ураж",
        "локаційн",
    ),
    (
        *(
            "атакува",
            "атака",
            "завда",
            "застосува",
            "виявлен",
            "зафіксован",
            "влучан",
            "випущ",
            "випусти",
            "запусти",
            "пуск",
        ),
        *("вдари", "удари", "задія", "виявил"),
    ),
)
"""Words of six kinds, lower case: what became of it, whose it was, what it was, when, by whom, that it was launched."""

_OVER_RUSSIA = re.compile(
    r"ад\s+(?:територі\w+\s+)?(?:Ростов|Краснодар|Волгоград|Б[єе]лгород|Кур|Брян|Воронез|Москов|Калуз|Туль|Орлов|Смолен|Липец"
    r"|Рязан|Сарато|Самар|Твер|Псков|Ленінград|Новгород|Тамбов|Пензен|Астрахан|Ставрополь)\w*(?:ськ|цьк)\w+"
)
_THEIRS = re.compile(
    r"Міноборони\s+(?:РФ|Росії)|\d\s+українськ\w+\s+(?:[Бб][Пп]ЛА|безпілотник|дрон|ракет)"
    r"|нібито\s+(?:збил|знищ)|\b[Гг]убернатор"
)
_THEIRS_WORDS = ("Міноборони", " українськ", "нібито", "убернатор")
"""Of the weapons of Ukraine, and of what was downed over Russia."""
_OURS = re.compile(r"повітрян\w+\s+(?:сил|командуван)|сил\w*\s+оборони|\bОВА\b|\bпротивник|\bворог", re.IGNORECASE)
_DOWN, _WEAPON, _LAUNCHED = 0, 2, 5


def fit(text: str, language: str) -> float:
    """How much a text is such a bulletin: it says of somebody's weapons what became of them, and when or by whom."""
    if language == "en" or len(text) > BULLETIN_CHARS:
        return 0.0
    low = text.lower()
    if not any(map(low.__contains__, _MARKS[_WEAPON])):
        low = low.translate(LOOK_ALIKES)  # "рaкети" with a Latin a
    told = [any(map(low.__contains__, marks)) for marks in _MARKS]
    if not told[_WEAPON] or not (told[_DOWN] or told[_LAUNCHED]) or sum(told) < 3:
        return 0.0
    if _is_of_theirs(text) and not _OURS.search(text):
        return 0.0
    return sum(told) / 7


def read(text: str, published: date) -> tuple[tuple[Fact, ...], tuple[Check, ...]]:
    """The facts of a bulletin, and what in them does not add up."""
    when = moments(text, published)
    day = date.fromisoformat(when.day) if when.day and when.since else published
    theirs = _is_of_theirs(text)
    found = [
        one
        for one in sentences(text)
        if not of_long_ago(text[one.start : one.end], published)
        and not (theirs and _is_of_theirs(text[one.start : one.end]))
        and not (one.start > 0 and one.begins_with_a_number and begins_on_another_day(text[one.start : one.end], day))
    ]
    return tell(text, found, resolve(text, found), when)


def _is_of_theirs(words: str) -> bool:
    """Whether it tells of the weapons of Ukraine, or of what was downed over Russia."""
    if _OVER_RUSSIA.search(words):
        return True
    return any(map(words.__contains__, _THEIRS_WORDS)) and _THEIRS.search(words) is not None
