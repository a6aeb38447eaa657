"""Where: the regions that a bulletin names, whatever their case, and the places from which was launched."""

from __future__ import annotations

import re

# ruff: noqa: E501 - a pattern is easier to read on its line

_STEMS = (
    "Вінниц", "Волинс", "Дніпропетровс", "Донец", "Житомирс", "Закарпатс", "Запоріз", "Івано-Франківс", "Київс", "Кіровоградс",
    "Луганс", "Львівс", "Миколаївс", "Одес", "Полтавс", "Рівненс", "Сумс", "Тернопільс", "Харківс", "Херсонс", "Хмельниц",
    "Черкас", "Чернівец", "Чернігівс",
)  # fmt: skip
_ADJECTIVE = rf"(?:{'|'.join(_STEMS)})ьк(?:а|ій|ої|ою|у|ий|ого|их|ими|і)"
_BY_NAME = (
    r"(?:Вінниччин|Дніпропетровщин|Донеччин|Житомирщин|Київщин|Кіровоградщин|Луганщин|Львівщин|Миколаївщин|Одещин|Одесчин|Полтавщин|Рівненщин"
    r"|Сумщин|Тернопільщин|Харківщин|Херсонщин|Хмельниччин|Черкащин|Чернігівщин|Буковин|Франківщин|Івано-Франківщин|Слобожанщин)(?:а|і|и|у|ою)"
    r"|Волин(?:ь|і|ню)|Закарпатт(?:я|і)|Прикарпатт(?:я|і)|Запоріжж(?:я|і)|Буковин(?:а|і|и|у)"
)
_REGION = re.compile(rf"(?:{_ADJECTIVE})(?:(?=[^.;\n]{{0,400}}?(?:област|обл\b))|\s+област\w+)|{_BY_NAME}")
_PARTS = ("обл", "щин", "ччин", "олин", "арпатт", "Запоріжж", "Буковин")
"""Without any of these no region is named: looked for first, since it costs less."""
_SIDE_PARTS = ("півноч", "півдн", "сход", "заход")
_SIDES = re.compile(r"на\s+(?:півночі|півдні|сході|заході|північному|південному)[^.;\n]{0,80}", re.IGNORECASE)
_ORIGIN = re.compile(
    r"(?:\b(?:із|з|зі)\s+(?:таких\s+)?(?:напрямк(?:ів|у|ах)|районів|району|територі[їй]|акваторі[їй]|повітряного\s+простору|ТОТ|мису|аеродром\w+)\b\s*[:\-–—]?\s*"
    r"|\b(?:із|з|зі)\s+(?=[А-ЯІЇЄҐ][\w'’ʼ-]+(?:\s+(?:обл|області|району|краю|моря)\b))|\b(?:із|з|зі)\s+(?=окупован\w+\s|тимчасово))"
    r"(?P<places>[^(\n;!]{2,200}?)(?=\s*(?:[(\n!]|\.\s|\.$|$|,?\s+(?:та|а\s+також|і|й)\s+\d|[,;]\s*\d|;\s*\n|,\s+(?:понад|близько|до)\s+\d))"
)
_ORIGIN_PARTS = (
    *("напрям", "район", "територ", "акватор", "простор", "ТОТ", "обл", "мис", "аеродром", "купован", "тимчасов"),
    *("кра", "мор"),
)
_SPLIT = re.compile(r"\s*[,;]\s*|\s+(?:та|і|й)\s+(?=[А-ЯІЇЄҐ])")
_TRIM = re.compile(
    r"\s+(?:та|і|й)$|\s*[-–—,(]?\s*\(?\b(?:рф|росія|росії|країна-агресор\w*|рф\.)\)?\.?\s*$", re.IGNORECASE
)


def may_name_regions(words: str) -> bool:
    """Whether it is worth looking for any."""
    return any(map(words.__contains__, _PARTS))


def may_name_origins(words: str) -> bool:
    """Whether it is worth looking for any."""
    return any(map(words.__contains__, _ORIGIN_PARTS))


def regions(words: str) -> tuple[str, ...]:
    """The oblasts named, each as it is written."""
    if not may_name_regions(words):
        return ()
    return tuple(dict.fromkeys(" ".join(found[0].split()) for found in _REGION.finditer(words)))


def sides(words: str) -> str | None:
    """ "на півночі, півдні та сході": the words, where only sides of the country are named."""
    if not any(part in words for part in _SIDE_PARTS):
        return None
    found = _SIDES.search(words)
    if found is None or any(map(str.isdigit, found[0])):
        return None  # "40 – на півночі, 30 – на сході": each has its own
    return " ".join(found[0].split()).rstrip(" ,:")


def origins(words: str) -> tuple[str, ...]:
    """The places named as those from which was launched, as written."""
    if not may_name_origins(words):
        return ()
    found: list[str] = []
    for place in _ORIGIN.finditer(words):
        for one in _SPLIT.split(place["places"]):
            trimmed = _TRIM.sub("", " ".join(one.split())).strip(' .:–—-«»"')
            if 1 < len(trimmed) <= 60 and (trimmed[0].isupper() or may_name_origins(trimmed)):
                found.append(trimmed)
    return tuple(dict.fromkeys(found))
