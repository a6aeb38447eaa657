"""The page of one statistic: the definition first, then what it comes to."""

from __future__ import annotations

from collections.abc import Iterable

from tocsin.record.statistics.asking import Answer
from tocsin.record.statistics.definition import definition
from tocsin.web.markup import Html, tag
from tocsin.web.record.frame import Reader, page


def statistic_page(r: Reader, name: str, answer: Answer | None, missing: str | None) -> str:
    """One statistic by its usual parameters: the definition first, then what it comes to."""
    asked = definition(name)
    rows: Iterable[Html] = ()
    if answer is not None:
        rows = (tag("tr", *(tag("td", _cell(r, cell)) for cell in row)) for row in answer.rows[-120:])
    return page(
        r,
        asked.title[r.lang],
        f"/attacks/statistics/{name}",
        tag("p", tag("a", r.words("attacks.back"), href=f"/attacks{r.query}"), class_="back"),
        tag("h1", asked.title[r.lang]),
        tag("p", f"{name}, {r.words('attacks.version', n=asked.version)}", class_="note"),
        tag("p", asked.words[r.lang], class_="lead"),
        tag("p", missing, class_="unknown") if missing else None,
        tag(
            "div",
            tag(
                "table",
                tag(
                    "thead",
                    tag(
                        "tr", *(tag("th", column, scope="col", title=words) for column, words in asked.columns.items())
                    ),
                ),
                tag("tbody", *rows),
                class_="statistic",
            ),
            class_="wide",
            tabindex=0,
            role="region",
            aria_label=asked.title[r.lang],
        )
        if answer
        else None,
        tag("details", tag("summary", "SQL"), tag("pre", tag("code", asked.sql))),
        tag(
            "p",
            tag("a", "JSON", href=f"/api/v1/record/statistics/{name}"),
            " · ",
            tag("a", "CSV", href=f"/api/v1/record/statistics/{name}?format=csv"),
        ),
    )


def _cell(r: Reader, cell: object) -> str:
    match cell:
        case None:
            return r.words("attacks.unknown")
        case bool():
            return r.words("attacks.yes" if cell else "attacks.no")
        case list():
            return ", ".join(map(str, cell[:4])) + (" …" if len(cell) > 4 else "")
    return str(cell)
