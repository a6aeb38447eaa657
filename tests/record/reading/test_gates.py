"""What is looked for first, since it costs less, lets through whatever the closer look would find."""

from __future__ import annotations

import re

import pytest

from tests.record.reading.styles_russian import BULLETINS
from tests.record.reading.test_styles import STYLES
from tocsin.record.reading import alphabets, language, moments
from tocsin.record.reading.wire import control, harm
from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.words import PIECES

TEXTS = [text for _, text, _ in (*STYLES, *BULLETINS)]
_MIXED = re.compile(r"[A-Za-z][А-Яа-яІіЇїЄєҐґ]|[А-Яа-яІіЇїЄєҐґ][A-Za-z]|\b(?:OTP|KP|KAP)\b")


@pytest.mark.parametrize(
    "words",
    ["збитo", "oбласть", "a і b", "KAP", "3 OTP", "KP.", "KAPT", "AKP", "SHOTP", "Х-101", "Shahedів", "ЗHИЩЕНО"],
)
def test_words_of_two_alphabets_are_found_wherever_the_other_letter_stands(words: str) -> None:
    assert (alphabets._MIXED.search(words) is None) == (_MIXED.search(words) is None)


def test_letters_are_counted_by_alphabet() -> None:
    for text in [*TEXTS, "Їжак ґава ЁЛКА Ђорђе ўсё façade naïve 12 — 😀 ½"]:
        cyrillic = len("".join(re.findall("[а-яёіїєґА-ЯЁІЇЄҐ]+", text)))
        assert language._counted(text) == (cyrillic, len(re.findall("[A-Za-z]", text)))


def test_times_are_looked_for_from_where_the_first_can_begin() -> None:
    said = [
        *TEXTS,
        "від   20.00",
        "\nз\n 9 : 30 до 10.15",
        "12.11.2024 (20:00 11 листопада",
        "7 у \t ніч на 3 березня",
        "20.00",
    ]
    for text in said:
        if clock := moments._ANY_CLOCK.search(text):
            for pattern in (moments._SINCE, moments._UNTIL):
                found = pattern.search(text, moments._before(text, clock.start()))
                assert _span(found) == _span(pattern.search(text))
        else:
            assert moments._SINCE.search(text) is None
        dark = re.search("ніч|ноч", text, re.IGNORECASE)
        night = moments._NIGHT.search(text)
        assert night is None or dark
        if dark:
            assert _span(moments._NIGHT.search(text, moments._before(text, dark.start()))) == _span(night)


def _span(found: re.Match[str] | None) -> tuple[int, int] | None:
    return found and found.span()


def test_no_room_is_closed_to_a_word_that_it_reads() -> None:
    for room, hint, bits in (
        (control._TAKEN | control._CLAIM_VERBS | {"control", "capture"}, control._HINT, "control"),
        (lex.HARM.keys() | lex.NO_HARM_NOUNS | harm._COUNTED.keys() | {"bodies", "toll"}, harm._HINT, "harm"),
    ):
        for word in room:
            assert PIECES[word][2] & hint, f"{bits}: {word}"
