"""The page of one statistic: the definition first, then what it comes to, and what stands in each column."""

from __future__ import annotations

import re

from tocsin.record.statistics.asking import Answer
from tocsin.record.statistics.breaks import BREAKS
from tocsin.record.statistics.definition import Definition, definition
from tocsin.web.markup import Html, joined, tag
from tocsin.web.record.frame import Reader, page


def statistic_page(r: Reader, name: str, answer: Answer | None, missing: str | None) -> str:
    """One statistic by its usual parameters: the definition first, then what it comes to."""
    asked = definition(name)
    return page(
        r,
        asked.title[r.lang],
        f"/attacks/statistics/{name}",
        tag("p", tag("a", r.words("attacks.back"), href=f"/attacks{r.query}"), class_="back"),
        tag("h1", asked.title[r.lang]),
        tag("p", f"{name}, {r.words('attacks.version', n=asked.version)}", class_="note"),
        tag("p", _with_names(asked.words[r.lang]), class_="lead"),
        tag("p", missing, class_="unknown") if missing else None,
        _table(r, asked, answer) if answer else None,
        tag("details", tag("summary", "SQL"), tag("pre", tag("code", asked.sql))),
        tag(
            "p",
            tag("a", "JSON", href=f"/api/v1/record/statistics/{name}"),
            " · ",
            tag("a", "CSV", href=f"/api/v1/record/statistics/{name}?format=csv"),
        ),
    )


def _table(r: Reader, asked: Definition, answer: Answer) -> Html:
    head = (tag("th", tag("code", _broken(column)), scope="col") for column in answer.columns)
    rows = (
        tag("tr", *(_cell(r, column, cell) for column, cell in zip(answer.columns, row, strict=True)))
        for row in answer.rows[-120:]
    )
    table = tag("table", tag("thead", tag("tr", *head)), tag("tbody", *rows), class_="statistic")
    words = asked.columns if r.lang == "en" else asked.columns_uk
    meant = ((tag("dt", tag("code", column)), tag("dd", _with_names(words[column]))) for column in answer.columns)
    return joined(
        tag("div", table, class_="wide", tabindex=0, role="region", aria_label=asked.title[r.lang]),
        tag("h2", r.words("attacks.columns")),
        tag("dl", *(one for pair in meant for one in pair), class_="columns"),
    )


def _with_names(words: str) -> list[str | Html]:
    """What stands between backticks is the name of a column or a parameter."""
    return [tag("code", part) if n % 2 else part for n, part in enumerate(re.split(r"`([^`]*)`", words))]


def _broken(name: str) -> list[str | Html]:
    """A long name may go on in a second line behind each of its words."""
    words = name.split("_")
    return [part for word in words[:-1] for part in (f"{word}_", tag("wbr"))] + [words[-1]]


def _cell(r: Reader, column: str, cell: object) -> Html:
    if column == "attack":
        return tag("td", tag("a", str(cell), href=f"/attacks/{cell}{r.query}"))
    if column == "breaks" and cell is None:
        return tag("td")  # nothing changed, and that is known
    number = isinstance(cell, (int, float)) and not isinstance(cell, bool)
    return tag("td", _said(r, cell), class_="unknown" if cell is None else "n" if number else None)


def _said(r: Reader, cell: object) -> str:
    match cell:
        case None:
            return r.words("attacks.unknown")
        case bool():
            return r.words("attacks.yes" if cell else "attacks.no")
        case list():
            return ", ".join(map(str, cell[:4])) + (" …" if len(cell) > 4 else "")
        case str() if r.lang == "uk" and cell in _BREAKS:
            return _BREAKS[cell]
    return str(cell)


_BREAKS = {one.en: one.uk for one in BREAKS}
"""A table says them in English; a page in the reader's language."""
