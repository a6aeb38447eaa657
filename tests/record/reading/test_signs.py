"""How a text is typed changes nothing of what is read in it: dashes, quotation marks, spaces, look-alike letters."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import date

import msgspec
import pytest

from tests.record.reading.gold import FILES, cases
from tests.record.reading.pictures import PICTURES
from tests.record.reading.styles_russian import BULLETINS
from tests.record.reading.test_styles import STYLES
from tocsin.facts import Fact
from tocsin.record.reading import read

Change = Callable[[str], str]
Report = tuple[str, date]

POSTS: list[Report] = [
    (text, date.fromisoformat(day)) for group in (STYLES, BULLETINS, PICTURES) for day, text, *_ in group
]
WIRE: list[Report] = [(case.text, case.published) for file in FILES for case in cases(file)]
LOOK_ALIKES = dict(zip("АВСЕНІКМОРТХаеісорху", "ABCEHIKMOPTXaeicopxy", strict=True))


def misspelled(text: str) -> str:
    """A tenth of the letters that have a look-alike in the other alphabet, in words of more than three letters."""
    draw = random.Random(len(text))

    def one(word: re.Match[str]) -> str:
        typed = [LOOK_ALIKES[sign] if sign in LOOK_ALIKES and draw.random() < 0.1 else sign for sign in word[0]]
        return "".join(typed)

    return re.sub(r"[А-Яа-яІіЇїЄєҐґ]{4,}", one, text)


def curled(text: str) -> str:
    parts = re.split('(")', text.replace("'", "’"))
    marks = iter("“”" * len(parts))
    return "".join(next(marks) if part == '"' else part for part in parts)


OF_POSTS: dict[str, Change] = {
    "hyphens for dashes": lambda text: re.sub("[–—]", "-", text),
    "dashes for hyphens": lambda text: text.replace("-", "–"),
    "hyphens that hold together": lambda text: text.replace("-", "‑"),
    "long dashes": lambda text: text.replace("–", "—"),
    "straight quotation marks": lambda text: re.sub("[«»“”]", '"', text),
    "spaces that hold together": lambda text: text.replace(" ", "\u00a0"),
    "double spaces": lambda text: text.replace(" ", "  "),
    "carriage returns": lambda text: text.replace("\n", "\r\n"),
    "what became of it in bold": lambda text: re.sub(r"\b([Зз]бито|[Зз]нищено|сбиты)\b", r"**\1**", text),
    "letters of the other alphabet": misspelled,
}
OF_WIRE: dict[str, Change] = {
    "curled quotation marks": curled,
    "spaces that hold together": lambda text: text.replace(" ", "\u00a0"),
    "dashes without spaces": lambda text: text.replace(" - ", "—").replace(" — ", "—").replace(" – ", "—"),
    "carriage returns": lambda text: text.replace("\n", "\r\n"),
    "who wrote and edited it": lambda text: f"{text}\n\n(Reporting by Ann Smith; Editing by John Brown)",
}


def told(facts: tuple[Fact, ...]) -> list[object]:
    """Without how it is written and where it stands."""
    found = [msgspec.to_builtins(fact) for fact in facts]
    for one in found:
        for name in ("quote", "start", "end"):
            del one[name]
    return [straight(one) for one in found]


def straight(said: object) -> object:
    """The same words, with one form of each sign."""
    match said:
        case dict():
            return {name: straight(value) for name, value in said.items()}
        case list() | tuple():
            return [straight(value) for value in said]
        case str():
            plain = re.sub("[«»“”]", '"', said).replace("’", "'")
            return " ".join(
                re.sub("[–—‑]", "-", plain).translate({ord(latin): sign for sign, latin in LOOK_ALIKES.items()}).split()
            )
    return said


def unlike(reports: list[Report], change: Change) -> list[str]:
    """The reports of which something else is read when they are typed in another way."""
    differ = []
    for text, day in reports:
        typed = change(text)
        facts = read(typed, day).facts
        assert all(fact.quote == " ".join(typed[fact.start : fact.end].split()) for fact in facts)
        if told(facts) != told(read(text, day).facts):
            differ.append(typed)
    return differ


@pytest.mark.parametrize("change", OF_POSTS.values(), ids=OF_POSTS)
def test_of_a_post_the_same_is_read_however_it_is_typed(change: Change) -> None:
    assert unlike(POSTS, change) == []


@pytest.mark.parametrize("change", OF_WIRE.values(), ids=OF_WIRE)
def test_of_a_wire_report_the_same_is_read_however_it_is_typed(change: Change) -> None:
    assert unlike(WIRE, change) == []


def test_a_dateline_with_its_day_changes_nothing() -> None:
    reports = [(text, day) for text, day in WIRE if re.match(r"Russia|Ukrain|A |The |Two |At ", text)]
    assert len(reports) > 50
    for agency in ("Reuters", "AFP"):
        differ = [
            text
            for text, day in reports
            if told(read(f"KYIV, {day:%b %-d} ({agency}) - {text}", day).facts) != told(read(text, day).facts)
        ]
        assert differ == []
