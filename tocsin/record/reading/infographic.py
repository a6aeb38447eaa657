"""The text of an Air Force infographic, read by a machine from a picture: a date, a heading, and what was destroyed.

An entry without a number is one: "штурмовик Су-25". What the picture only decorates with ("34 x") is no entry.
"""

from __future__ import annotations

import re
from datetime import date

import msgspec

from tocsin.facts import Check, Fact, Outcome
from tocsin.limits import INFOGRAPHIC_CHARS
from tocsin.record.reading.moments import digital
from tocsin.record.reading.outcomes import Said, resolve
from tocsin.record.reading.telling import tell
from tocsin.record.reading.tokens import sentences

# Named once: Python 3.11 looks for a member of an enum for longer than these loops take around it.
_SHOT_DOWN_OR_SUPPRESSED = Outcome.SHOT_DOWN_OR_SUPPRESSED
_SHOT_DOWN = Outcome.SHOT_DOWN
_LAUNCHED = Outcome.LAUNCHED
_LOST = Outcome.LOST

_HEADING = re.compile(
    r"^[^\w\n]*(?P<how>знищено|збито(?:\s*/\s*подавлено)?)(?:\s+ПОВІТРЯНИХ\s+ЦІЛЕЙ)?\s*:?[ \t]*(?:$|(?=[-–—•][ \t]))",
    re.IGNORECASE | re.MULTILINE,
)
_DATE = re.compile(
    r"\b\d{1,2}\.\d{2}\.(?:20)?\d\d\b|\b\d{1,2}\.\d{2}\.?\s*-\s*\d{1,2}\.\d{2}\b|станом\s+(?:на\s+)?\d|Повітрян\w+\s+(?:Сил|командуван)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"\b(?:атакува|завда[вл]|залучал|відбива|застосува|випусти|запусти|внаслідок|протягом|зафіксован)",
    re.IGNORECASE,
)
_NUMBER_LINE = re.compile(r"(?m)^[ \t]*(\d{1,3})[ \t]*\n(?=[ \t]*[^\W\d])")
_BLANK = re.compile(r"\n[ \t]*\n")
_IN_LINE = re.compile(r"(?<=[^\s:])(?<![\s:]\d)(?<![\s:]\d\d)(?<![\s:]\d{3})[ \t](?=[-–—•][ \t](?:\d+[ \t]+)?[^\W\d])")
"""Before an entry that a machine put on the line of the one before it: "... Х-59 - 2 БПЛА"."""


def fit(text: str, language: str) -> float:
    """How much a text is what stands on such a picture: a heading alone on its line, a date, no running sentences."""
    if len(text) > INFOGRAPHIC_CHARS:
        return 0.0
    if language == "en" and "ЗНИЩЕНО" not in text and "Знищено" not in text:
        return 0.0
    return 1.0 if _HEADING.search(text) and _DATE.search(text) and not _SENTENCE.search(text) else 0.0


def read(text: str, published: date) -> tuple[tuple[Fact, ...], tuple[Check, ...]]:
    """The facts of an infographic, and what in them does not add up."""
    heading = _HEADING.search(text)
    if heading is None:
        return (), ()
    flat = _joined(text, heading.end())
    found = [s for s in sentences(flat) if s.start >= heading.end() and s.begins_line]
    # Entries that are drawn and not listed have no bullet; each line is an entry nevertheless.
    entries = [msgspec.structs.replace(s, bullet=True) for s in found]
    outcome = _SHOT_DOWN_OR_SUPPRESSED if "/" in heading["how"] else _SHOT_DOWN
    said = [
        msgspec.structs.replace(s, entry=True)
        for s in resolve(flat, entries, heading=outcome, lone=True)
        if _listed(s, outcome)
    ]
    counted = {s.start for s in said if s.outcome is not _LAUNCHED}
    told = [s for s in said if s.outcome is not _LAUNCHED or s.start in counted]
    return tell(flat, entries, told, digital(text, published))


def _listed(said: Said, outcome: Outcome) -> bool:
    """Whether it is what the heading says; or of how many, or a second list's."""
    return said.outcome in (outcome, _LAUNCHED, _LOST)


def _joined(text: str, begin: int) -> str:
    """The same text, as long as before, with the lines of one drawn entry joined: "2⏎ударних БпЛА⏎типу Ланцет"; and
    with entries parted that stand on one line."""
    if begin < len(text) and text[begin] != "\n":
        text = f"{text[: begin - 1]}\n{text[begin:]}"  # an entry on the line of the heading
    text = text[:begin] + _IN_LINE.sub("\n", text[begin:])
    if not _NUMBER_LINE.search(text, begin):
        return text
    blocks, at = [text[:begin]], begin
    for gap in [*_BLANK.finditer(text, begin), None]:
        end = gap.start() if gap else len(text)
        block = text[at:end]
        number = _NUMBER_LINE.match(block.lstrip("\n"))
        blocks.append(block.replace("\n", " ") if number else block)
        if gap:
            blocks.append(text[gap.start() : gap.end()])
            at = gap.end()
    return "".join(blocks)
