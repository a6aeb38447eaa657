"""What the Home Front Command's files can say, in both of its numberings, and in its four languages.

The titles are the official ones, by which clients know what a row means. There is no title for an alarm taken back: it
is told as an end, in other words. No two things have one text: some clients find by it what was told.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from tocsin.model import Hazard, Hold, Threat

Words = dict[str, str]
"""By language: he, en, ru, ar."""


@dataclass(frozen=True, slots=True)
class Sort:
    """One thing that can be said of areas."""

    category: int
    """In the history's numbering."""
    matrix: int
    """In that of what is said now."""
    title: Words
    text: Words


def _words(he: str, en: str, ru: str, ar: str) -> Words:
    return {"he": he, "en": en, "ru": ru, "ar": ar}


SHELTER = _words(
    "היכנסו למרחב המוגן ושהו בו עד להודעה חדשה",
    "Enter the protected space and stay there until told otherwise",
    "Войдите в защищённое пространство и оставайтесь там до нового сообщения",
    "ادخلوا إلى الحيّز المحمي وابقوا فيه حتى إشعار آخر",
)
SHUT = _words(
    "היכנסו למרחב המוגן, סגרו דלתות וחלונות ושהו בו עד להודעה חדשה",
    "Enter the protected space, close doors and windows and stay there until told otherwise",
    "Войдите в защищённое пространство, закройте двери и окна и оставайтесь там до нового сообщения",
    "ادخلوا إلى الحيّز المحمي وأغلقوا الأبواب والنوافذ وابقوا فيه حتى إشعار آخر",
)
INDOORS = _words(
    "היכנסו למבנה, סגרו דלתות וחלונות ושהו במרחב המוגן עד להודעה חדשה",
    "Go indoors, close doors and windows and stay in the protected space until told otherwise",
    "Войдите в здание, закройте двери и окна и оставайтесь в защищённом пространстве до нового сообщения",
    "ادخلوا إلى مبنى وأغلقوا الأبواب والنوافذ وابقوا في الحيّز المحمي حتى إشعار آخر",
)
SEALED = _words(
    "היכנסו למבנה, סגרו דלתות, חלונות ומזגנים ושהו בו עד להודעה חדשה",
    "Go indoors, close doors and windows, turn off air conditioning and stay there until told otherwise",
    "Войдите в здание, закройте двери и окна, выключите кондиционеры и оставайтесь там до нового сообщения",
    "ادخلوا إلى مبنى وأغلقوا الأبواب والنوافذ وأجهزة التكييف وابقوا فيه حتى إشعار آخر",
)
LOCKED_IN = _words(
    "היכנסו למבנה, נעלו את הדלתות והחלונות ושהו בו עד להודעה חדשה",
    "Go indoors, lock doors and windows and stay there until told otherwise",
    "Войдите в здание, заприте двери и окна и оставайтесь там до нового сообщения",
    "ادخلوا إلى مبنى وأقفلوا الأبواب والنوافذ وابقوا فيه حتى إشعار آخر",
)
READY = _words(
    "שהו בסמיכות למרחב מוגן. עם קבלת התרעה היכנסו אליו",
    "Stay near a protected space. Enter it when there is an alert",
    "Находитесь рядом с защищённым пространством. При тревоге войдите в него",
    "ابقوا بالقرب من حيّز محمي. عند صدور إنذار ادخلوا إليه",
)
STAY_NEAR = _words(
    "הישארו בסמיכות למרחב המוגן עד להודעה חדשה",
    "Stay near the protected space until told otherwise",
    "Оставайтесь рядом с защищённым пространством до нового сообщения",
    "ابقوا بالقرب من الحيّز المحمي حتى إشعار آخر",
)
MISTAKEN = _words(
    "ההתרעה הייתה שגויה. ניתן לצאת מהמרחב המוגן",
    "The alert was mistaken. You may leave the protected space",
    "Тревога была ошибочной. Можно выйти из защищённого пространства",
    "كان الإنذار خاطئًا. يمكن الخروج من الحيّز المحمي",
)
LEAVE = _words(
    "ניתן לצאת מהמרחב המוגן",
    "You may leave the protected space",
    "Можно выйти из защищённого пространства",
    "يمكن الخروج من الحيّز المحمي",
)


class Kind(Enum):
    """In the order in which they wait for their turn: alarms first."""

    MISSILES = Sort(
        1,
        1,
        _words("ירי רקטות וטילים", "Rocket and Missile Attack", "Ракетный обстрел", "إطلاق قذائف وصواريخ"),
        SHELTER,
    )
    AIRCRAFT = Sort(
        2,
        6,
        _words(
            "חדירת כלי טיס עוין",
            "Hostile Aircraft Intrusion",
            "Вторжение вражеского летательного аппарата",
            "تسلل طائرة معادية",
        ),
        SHUT,
    )
    RADIOLOGICAL = Sort(
        9,
        4,
        _words("אירוע רדיולוגי", "Radiological Event", "Радиологическое событие", "حدث إشعاعي"),
        INDOORS,
    )
    INFILTRATION = Sort(
        10,
        13,
        _words("חדירת מחבלים", "Terrorist Infiltration", "Проникновение террористов", "تسلل مخربين"),
        LOCKED_IN,
    )
    HAZMAT = Sort(
        12,
        7,
        _words("אירוע חומרים מסוכנים", "Hazardous Materials Event", "Опасные вещества", "حدث مواد خطرة"),
        SEALED,
    )
    EARLY = Sort(
        14,
        10,
        _words(
            "בדקות הקרובות צפויות להתקבל התרעות באזורך",
            "Alerts are expected in your area in the next few minutes",
            "В ближайшие минуты в вашем районе ожидаются тревоги",
            "من المتوقع صدور إنذارات في منطقتكم في الدقائق القريبة",
        ),
        READY,
    )
    NEAR = Sort(
        14,
        10,
        _words(
            "יש לשהות בסמיכות למרחב המוגן",
            "Stay near the protected space",
            "Оставайтесь рядом с защищённым пространством",
            "يجب البقاء بالقرب من الحيّز المحمي",
        ),
        STAY_NEAR,
    )
    ENDED = Sort(
        13,
        10,
        _words("האירוע הסתיים", "The event has ended", "Событие завершено", "انتهى الحدث"),
        LEAVE,
    )
    WITHDRAWN = Sort(
        13,
        10,
        # Clients find the end by its first words, which are true of it too.
        _words(
            "ניתן לצאת מהמרחב המוגן - התרעת שווא",
            "You may leave the protected space - it was a false alarm",
            "Можно выйти из защищённого пространства - тревога была ложной",
            "يمكن الخروج من الحيّز المحمي - كان إنذارًا كاذبًا",
        ),
        MISTAKEN,
    )

    @property
    def is_alarm(self) -> bool:
        return self.value.category not in (13, 14)

    @property
    def number(self) -> int:
        """From 0, in the order above."""
        return _NUMBERS[self]


_NUMBERS = {kind: number for number, kind in enumerate(Kind)}

DRILL = _words("תרגיל", "drill", "учения", "تمرين")


def said_as(kind: Kind, *, drill: bool) -> Sort:
    """A drill has numbers of its own, and says that it is one."""
    sort = kind.value
    if not drill:
        return sort
    return Sort(
        category=sort.category + 14,
        matrix=sort.matrix + 100,
        title={lang: f"{words} - {DRILL[lang]}" for lang, words in sort.title.items()},
        text={lang: f"{DRILL[lang]}: {words}" for lang, words in sort.text.items()},
    )


def alarm_of(hold: Hold) -> Kind:
    """As which alarm a hold is told; levels there are none."""
    match hold.hazard:
        case Hazard.AIR_RAID:
            return Kind.AIRCRAFT if hold.threat is Threat.DRONES else Kind.MISSILES
        case Hazard.ARTILLERY:
            return Kind.MISSILES
        case Hazard.URBAN_FIGHTING:
            return Kind.INFILTRATION
        case Hazard.CHEMICAL:
            return Kind.HAZMAT
        case Hazard.NUCLEAR:
            return Kind.RADIOLOGICAL


CATEGORIES = (
    ("missilealert", 1, 120),
    ("uav", 6, 130),
    ("nonconventional", 2, 180),
    ("warning", 8, 140),
    ("memorialday1", 2, 0),
    ("memorialday2", 2, 0),
    ("earthquakealert1", 3, 90),
    ("earthquakealert2", 3, 110),
    ("cbrne", 4, 170),
    ("terrorattack", 13, 160),
    ("tsunami", 5, 100),
    ("hazmat", 7, 150),
    ("update", 10, 0),
    ("flash", 10, 0),
)
"""All that the original knows, from 1 on: name, number in the other numbering, priority. Then the same as drills."""

DRILL_NAMES = {
    "memorialday1": "memorialdaydrill1",
    "memorialday2": "memorialdaydrill2",
    "earthquakealert1": "earthquakedrill1",
    "earthquakealert2": "earthquakedrill2",
}
"""Those that do not simply end in ``drill``."""
