"""Numbers as they are written and spelled in Ukrainian and Russian, in every case: 31-м, двома, сорока п'яти, девять.

An ordinal is not a count: "118-та бригада" is one brigade. A vague word (кілька, десятки) is no number.
"""

from __future__ import annotations

import re

_ONES = {
    1: "один одна одне одного одному одним одній однієї одної однією одну одно одной одною",
    2: "два дві двох двом двома две двух двум двумя обидва обидві обох обома оба обе обоих обеих",
    3: "три трьох трьом трьома трех трем тремя",
    4: "чотири чотирьох чотирьом чотирма чотирьма четыре четырех четырем четырьмя",
    5: "п'ять п'яти п'ятьох п'ятьом п'ятьма пять пяти пятью",
    6: "шість шести шістьох шістьом шістьма шесть шестью",
    7: "сім семи сімох сімом сьома сімома семь семью",
    8: "вісім восьми вісьмох вісьмом вісьма вісьмома восемь восемью восьмью",
    9: "дев'ять дев'яти дев'ятьох дев'ятьом дев'ятьма девять девяти девятью",
    10: "десять десяти десятьох десятьом десятьма десятью десяток дюжини",
    40: "сорок сорока",
    90: "дев'яносто дев'яноста девяносто девяноста",
    100: "сто ста сотня сотню",
    200: "двісті двохсот двомстам двомастами двомаста двести двухсот двумстам двумястами",
    300: "триста трьохсот трьомстам трьомастами трьомаста трехсот тремстам тремястами",
    400: "чотириста чотирьохсот чотирмастами чотирьомастами четыреста четырехсот четырьмястами",
}
_TEENS = {
    11: ("одинадцят", "одиннадцат"),
    12: ("дванадцят", "двенадцат"),
    13: ("тринадцят", "тринадцат"),
    14: ("чотирнадцят", "четырнадцат"),
    15: ("п'ятнадцят", "пятнадцат"),
    16: ("шістнадцят", "шестнадцат"),
    17: ("сімнадцят", "семнадцат"),
    18: ("вісімнадцят", "восемнадцат"),
    19: ("дев'ятнадцят", "девятнадцат"),
    20: ("двадцят", "двадцат"),
    30: ("тридцят", "тридцат"),
}
_TENS = {
    50: ("п'ят", "пят", "пяти"),
    60: ("шіст", "шест", "шести"),
    70: ("сім", "сем", "семи"),
    80: ("вісім", "восем", "восьми"),
}
_HUNDREDS = {
    500: ("п'ят", "п'яти", "п'ятьма", "пять", "пяти", "пятью"),
    600: ("шіст", "шести", "шістьма", "шесть", "шестью"),
    700: ("сім", "семи", "сьома", "семь", "семью"),
    800: ("вісім", "восьми", "вісьма", "восемь", "восемью"),
    900: ("дев'ят", "дев'яти", "дев'ятьма", "девять", "девяти", "девятью"),
}


def _spelled() -> dict[str, int]:
    words = {word: value for value, forms in _ONES.items() for word in forms.split()}
    for value, (uk, ru) in _TEENS.items():
        words |= {uk + end: value for end in ("ь", "и", "ьох", "ьом", "ьма", "ьома")}
        words |= {ru + end: value for end in ("ь", "и", "ью")}
    for value, (uk, ru, oblique) in _TENS.items():
        words |= {uk + "десят" + end: value for end in ("", "и", "ьох", "ьом", "ьма", "ьома")}
        words |= {ru + "ьдесят": value, oblique + "десяти": value}
    for value, stems in _HUNDREDS.items():
        words |= {stem + end: value for stem in stems for end in ("сот", "стам", "стами")}
    return words


SPELLED = _spelled()
"""Every form that stands for a number, to its value; ё is written е, and every apostrophe '."""

THOUSAND = re.compile(r"тисяч[аіуею]*|тисячами?|тысяч[аиуей]*|тис|тыс")
"""A factor: "дві тисячі", "12 тис."."""

DIGITS = re.compile(r"(\d+)(?:-?(м|ма|ома|ми|ти|х|ох|ьох|тьох|тьма|тьома|стами|ю|им|ом|єю|мя|ью|їма))?")
"""Digits, alone or with the ending of a counted number. Other endings (118-та, 26-го) make an ordinal."""


def digits(word: str) -> int | None:
    """The number that digits with or without a case ending stand for; None for an ordinal."""
    found = DIGITS.fullmatch(word)
    return int(found[1]) if found and len(found[1]) <= 6 else None


def joins(larger: int, smaller: int) -> bool:
    """Whether two spelled numbers that follow each other are one: двадцять п'ять, сто сорок."""
    return (larger >= 20 and larger % 10 == 0 and larger % 100 and 0 < smaller < 10) or (
        larger >= 100 and larger % 100 == 0 and 0 < smaller < 100
    )
