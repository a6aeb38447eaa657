"""The list of nights: what was launched and downed in each, who was hurt, and how many say so.

Made whole on the server: it needs no script and nothing from elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.record.saying import word
from tocsin.record.statistics.asking import Answer
from tocsin.record.statistics.definition import definition
from tocsin.web.markup import Html, joined, tag
from tocsin.web.record import charts
from tocsin.web.record.bodies import AttackListed, AttacksAnswer, Headline
from tocsin.web.record.frame import Reader, page
from tocsin.web.record.naming import FAMILIES, night_name, span


def attacks_page(r: Reader, told: AttacksAnswer, trend: Answer | None) -> str:
    t = r.words
    if not told.total:
        return page(
            r, t("attacks.title"), "/attacks", tag("h1", t("attacks.title")), tag("p", t("attacks.none"), class_="lead")
        )
    most = max((head.low for one in told.attacks for head in one.headlines if head.outcome == "launched"), default=0)
    return page(
        r,
        t("attacks.title"),
        "/attacks",
        tag("h1", t("attacks.title")),
        tag("p", t("attacks.lead", n=told.total), class_="lead"),
        _trend(r, trend),
        tag("h2", t("attacks.nights")),
        tag(
            "table",
            tag(
                "thead",
                tag(
                    "tr",
                    *(
                        tag("th", t(f"attacks.column.{name}"), scope="col")
                        for name in ("night", "launched", "downed", "harm", "sources")
                    ),
                ),
            ),
            tag("tbody", *(_row(r, one, most) for one in told.attacks)),
            class_="nights",
        ),
        _pager(r, told),
    )


def _row(r: Reader, one: AttackListed, most: int) -> Html:
    flags = tag("span", r.words("attacks.flagged", n=one.checks), class_="flag") if one.checks else None
    corrected = (
        tag("span", r.words("attacks.corrected", n=one.corrections), class_="mended") if one.corrections else None
    )
    who = f"{one.bounds.by or '?'} → {one.bounds.upon or '?'}" if one.bounds.by or one.bounds.upon else None
    return tag(
        "tr",
        tag(
            "th",
            tag("a", night_name(r, one.bounds.night), href=f"/attacks/{one.id}{r.query}"),
            tag("small", who) if who else None,
            scope="row",
        ),
        tag("td", _amounts(r, one.headlines, ("launched",), most), data_label=r.words("attacks.column.launched")),
        tag("td", _amounts(r, one.headlines, charts.DOWNED, 0), data_label=r.words("attacks.column.downed")),
        tag("td", _people(r, one.headlines), data_label=r.words("attacks.column.harm")),
        tag("td", r.words("attacks.sources", n=one.documents), flags, corrected, class_="sources"),
        data_attack=one.id,
    )


def _amounts(r: Reader, heads: Sequence[Headline], outcomes: Sequence[str], most: int) -> Html:
    """Missiles and drones, each by itself; with ``most`` a bar of its size beside it."""
    found = []
    for family in FAMILIES:
        mine = [head for head in heads if head.family == family and head.outcome in outcomes]
        if not mine:
            continue
        low = sum(head.low for head in mine)
        high = None if any(head.high is None for head in mine) else sum(head.high or 0 for head in mine)
        said = span(low, high, r)
        bar = (
            tag("i", class_=f"bar b-{family}", data_share=min(20, round(20 * low / most)) if most else None)
            if most
            else None
        )
        kind = r.words(f"attacks.family.{family}", n=low if high is None else high)
        found.append(tag("span", bar, tag("b", said), f" {kind}", class_="amount"))
    return joined(found) if found else tag("span", r.words("attacks.unknown"), class_="unknown")


def _people(r: Reader, heads: Sequence[Headline]) -> Html:
    said = [
        f"{word(f'harm.{head.outcome}', r.lang)} {span(head.low, head.high, r)}"
        if head.outcome != "none"
        else word("harm.none", r.lang)
        for head in heads
        if head.family == "people"
    ]
    return (
        joined(tag("span", one, class_="amount") for one in said)
        if said
        else tag("span", r.words("attacks.unknown"), class_="unknown")
    )


def _trend(r: Reader, trend: Answer | None) -> Html | None:
    if trend is None or not trend.rows:
        return None
    words = {
        "launched": r.words("attacks.column.launched"),
        "downed": r.words("attacks.column.downed"),
        "break": r.words("attacks.break"),
    }
    drawn = charts.months(trend, r.words("attacks.trend.label"), words)
    if drawn is None:
        return None
    said = definition(trend.name)
    key = tag(
        "ul",
        tag("li", words["launched"], class_="k-launched"),
        tag("li", words["downed"], class_="k-downed"),
        tag("li", r.words("attacks.break.more"), class_="k-break"),
        class_="key",
    )
    link = tag("a", r.words("attacks.definition"), href=f"/attacks/statistics/{trend.name}?lang={r.lang}")
    return tag(
        "section",
        tag("h2", said.title[r.lang], id="trend"),
        tag(
            "figure",
            # On a phone it is wider than the page, and begins at its latest month.
            tag("div", drawn, class_="wide latest", tabindex=0, role="group", aria_labelledby="trend"),
            tag("figcaption", key, tag("span", f"{trend.name}, {r.words('attacks.version', n=trend.version)}. ", link)),
        ),
        aria_labelledby="trend",
    )


def _pager(r: Reader, told: AttacksAnswer) -> Html | None:
    if told.pages < 2:
        return None
    links = []
    if told.page > 1:
        links.append(tag("a", r.words("attacks.later"), href=f"/attacks{r.query}&page={told.page - 1}", rel="prev"))
    links.append(tag("span", r.words("attacks.page", page=told.page, pages=told.pages)))
    if told.page < told.pages:
        links.append(tag("a", r.words("attacks.earlier"), href=f"/attacks{r.query}&page={told.page + 1}", rel="next"))
    return tag("nav", *links, class_="pager", aria_label=r.words("attacks.pages"))
