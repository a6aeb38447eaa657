"""The page of one attack: its bulletin, its charts, its map, and who said what.

Made whole on the server: it needs no script and nothing from elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from tocsin.facts import StatisticFact
from tocsin.record.bulletin import Sentence
from tocsin.record.published import Fate
from tocsin.record.saying import speaker_of, word
from tocsin.record.statistics.asking import Answer
from tocsin.record.statistics.definition import definition
from tocsin.web.markup import Html, joined, tag
from tocsin.web.record import charts
from tocsin.web.record.bodies import AttackAnswer, Headline
from tocsin.web.record.frame import Reader, page, stamp
from tocsin.web.record.naming import FAMILIES, FATES, attack_title, night_name, span
from tocsin.web.record.said import documents
from tocsin.web.texts import moment


def attack_page(
    r: Reader, told: AttackAnswer, local: tzinfo, drawn_map: Html | None, statistics: Mapping[str, Answer]
) -> str:
    t, attack = r.words, told.attack
    title, path = attack_title(r, attack), f"/attacks/{attack.id}"
    names = {zone: r.name(zone) for zone in {alert.zone for alert in told.alerts}}
    night = charts.night(told, names, r.lang, local, t("attacks.hours.label"))
    alternate = [
        tag("link", rel="alternate", type=kind, href=f"{path}.{suffix}{r.query}")
        for kind, suffix in (
            ("application/ld+json", "jsonld"),
            ("text/csv", "csv"),
            ("application/geo+json", "geojson"),
        )
    ]
    return page(
        r,
        title,
        path,
        tag("p", tag("a", t("attacks.back"), href=f"/attacks{r.query}"), class_="back"),
        tag("h1", title),
        _facts(r, told),
        tag(
            "p",
            tag("a", t("attacks.joined", id=told.joined_into), href=f"/attacks/{told.joined_into}{r.query}"),
            class_="past",
        )
        if told.joined_into
        else None,
        _bulletin(r, told.bulletin),
        _section(t, "fates", _fates(r, attack.headlines)),
        _section(t, "hours", [night] if night else [], tag("p", t("attacks.hours.more"), class_="note")),
        _section(t, "map", [tag("figure", drawn_map, tag("figcaption", t("attacks.map.more")))] if drawn_map else []),
        _claimed(r, told, statistics),
        _section(t, "said", documents(r, told)),
        _changes(r, told, path),
        _downloads(r, path),
        links=alternate,
    )


def _section(t: Any, name: str, content: Sequence[Html], *more: Html) -> Html | None:
    if not content:
        return None
    return tag("section", tag("h2", t(f"attacks.{name}"), id=name), *content, *more, aria_labelledby=name)


def _facts(r: Reader, told: AttackAnswer) -> Html:
    t, attack = r.words, told.attack
    who = f"{attack.bounds.by or '?'} → {attack.bounds.upon or '?'}"
    chips = [
        tag("li", who) if attack.bounds.by or attack.bounds.upon else None,
        tag("li", f"{moment(attack.since)} – {moment(attack.until)}"),
        tag("li", t("attacks.claims", n=attack.claims)),
        tag("li", t("attacks.sources", n=attack.documents)),
        tag("li", t("attacks.corrected", n=attack.corrections), class_="mended") if attack.corrections else None,
        tag("li", t("attacks.flagged", n=attack.checks), class_="flag") if attack.checks else None,
    ]
    return tag("ul", *(chip for chip in chips if chip), class_="chips")


def _bulletin(r: Reader, sentences: Sequence[Sentence]) -> Html:
    t = r.words
    if not sentences:
        return tag(
            "section",
            tag("h2", t("attacks.bulletin"), id="bulletin"),
            tag("p", word("unknown.all", r.lang)),
            aria_labelledby="bulletin",
            class_="bulletin",
        )
    items = [
        tag(
            "li",
            tag("b", f"{one.speaker[r.lang]}. ") if one.speaker[r.lang] and one.kind != "contested" else None,
            one.text[r.lang],
            " ",
            tag(
                "span",
                *(
                    joined(tag("a", str(claim), href=f"#c{claim}", aria_label=t("attacks.claim", id=claim)), " ")
                    for claim in one.claims
                ),
                class_="refs",
            ),
            class_=f"s-{one.kind}",
        )
        for one in sentences
    ]
    return tag(
        "section",
        tag("h2", t("attacks.bulletin"), id="bulletin"),
        tag("ol", *items),
        tag("p", t("attacks.bulletin.more"), class_="note"),
        aria_labelledby="bulletin",
        class_="bulletin",
    )


def _fates(r: Reader, heads: Sequence[Headline]) -> list[Html]:
    words = {name: word(f"outcome.{name}", r.lang) for name in FATES} | {"unknown": r.words("attacks.fate_unknown")}
    drawn, used = [], set()
    for family in FAMILIES:
        mine = [head for head in heads if head.family == family and head.outcome in FATES]
        if not mine:
            continue
        name = r.words(f"attacks.heading.{family}")
        said = ", ".join(
            f"{words[head.outcome].lower()} {span(head.low, head.high, r)}"
            for head in sorted(mine, key=lambda head: FATES.index(head.outcome))
        )
        label = f"{name}: {said}"
        bar = charts.fates(heads, family, label, words)
        used |= {head.outcome for head in mine}
        unknown = None if bar else tag("p", r.words("attacks.launched_unknown"), class_="unknown")
        drawn.append(tag("div", tag("h3", name), tag("p", said, class_="note"), bar, unknown, class_="fate"))
    if not drawn:
        return []
    key = tag(
        "ul",
        *(
            tag("li", words[name], class_=f"k-{name}")
            for name in (*FATES[1:], "unknown")
            if name in used or name == "unknown"
        ),
        class_="key",
    )
    return [*drawn, key]


def _claimed(r: Reader, told: AttackAnswer, statistics: Mapping[str, Answer]) -> Html | None:
    """What speakers claim of firsts and days since, and beside it what each definition comes to."""
    t = r.words
    claimed = [claim for claim in told.claims if isinstance(claim.fact, StatisticFact) and claim.fate is Fate.CURRENT]
    if not claimed and not statistics:
        return None
    publishers = {one.id: one.document.publisher for one in told.documents}
    said = [
        tag(
            "li",
            tag("b", f"{speaker_of(claim.fact.speaker, publishers[claim.document], r.lang)}. "),
            f"“{claim.fact.quote}” ",
            tag("a", str(claim.id), href=f"#c{claim.id}", class_="ref"),
        )
        for claim in claimed
    ]
    rows = []
    asked = definition("days_since_combined_attack")
    for variant in asked.variants if statistics else ():
        answer = statistics.get(variant.name)
        if answer is None:
            continue
        cells = dict(zip(answer.columns, answer.rows[0], strict=True))
        days = t("attacks.days", n=cells["days"]) if cells["days"] is not None else t("attacks.unknown")
        last = night_name(r, str(cells["last_night"])) if cells["last_night"] else "–"
        note = tag("small", t("attacks.not_itself")) if not cells["night_itself"] else None
        rows.append(
            tag(
                "tr",
                tag(
                    "th",
                    variant.uk if r.lang == "uk" else variant.words,
                    tag("small", tag("code", " ".join(f"{name}={value}" for name, value in variant.given.items()))),
                    scope="row",
                ),
                tag("td", tag("b", days), note, data_label=t("attacks.column.days")),
                tag("td", last, data_label=t("attacks.column.last")),
            )
        )
    table = (
        tag(
            "table",
            tag(
                "thead",
                tag(
                    "tr",
                    *(tag("th", t(f"attacks.column.{name}"), scope="col") for name in ("definition", "days", "last")),
                ),
            ),
            tag("tbody", *rows),
            class_="variants",
        )
        if rows
        else None
    )
    link = tag("a", t("attacks.definition"), href=f"/attacks/statistics/{asked.name}?lang={r.lang}")
    return tag(
        "section",
        tag("h2", t("attacks.claimed"), id="claimed"),
        tag("p", t("attacks.claimed.more"), " ", link, class_="note"),
        tag(
            "div",
            tag(
                "div",
                tag("h3", t("attacks.claimed.said")),
                tag("ul", *said) if said else tag("p", t("attacks.claimed.nobody"), class_="unknown"),
            ),
            tag(
                "div",
                tag("h3", t("attacks.claimed.computed")),
                table or tag("p", t("attacks.no_statistics"), class_="unknown"),
            ),
            class_="beside",
        ),
        aria_labelledby="claimed",
    )


def _changes(r: Reader, told: AttackAnswer, path: str) -> Html | None:
    """The moments of which the page can be seen as it was."""
    if len(told.changes) < 2 and r.as_of is None:
        return None
    shown = max(1, sum(at <= r.as_of for at in told.changes) if r.as_of else len(told.changes))
    items = [
        tag(
            "li",
            tag(
                "a",
                moment(at),
                href=f"{path}?lang={r.lang}&as_of={stamp(at)}",
                aria_current="true" if at == r.as_of else None,
            ),
        )
        for at in told.changes
    ]
    slide = (
        tag(
            "form",
            tag("input", type="hidden", name="lang", value=r.lang),
            tag(
                "label",
                r.words("attacks.as_of.slide"),
                tag(
                    "input",
                    type="range",
                    name="change",
                    min="1",
                    max=str(len(told.changes)),
                    step="1",
                    value=str(shown),
                ),
            ),
            tag("button", r.words("attacks.as_of.show"), type="submit", class_="plain"),
            method="get",
            action=path,
            class_="slide",
        )
        if len(told.changes) > 1
        else None
    )
    form = tag(
        "form",
        tag("input", type="hidden", name="lang", value=r.lang),
        tag(
            "label",
            r.words("attacks.as_of.field"),
            " ",
            tag(
                "input",
                type="text",
                name="as_of",
                placeholder="2024-11-13T12:00:00Z",
                required=True,
                pattern=r"\d{4}-\d\d-\d\d[Tt ].+",
            ),
        ),
        tag("button", r.words("attacks.as_of.show"), type="submit", class_="plain"),
        method="get",
        action=path,
    )
    return tag(
        "section",
        tag("h2", r.words("attacks.changes"), id="changes"),
        tag("p", r.words("attacks.changes.more"), class_="note"),
        slide,
        tag("ol", *items, class_="moments"),
        form,
        aria_labelledby="changes",
    )


def _downloads(r: Reader, path: str) -> Html:
    kinds = (("CSV", "csv"), ("GeoJSON", "geojson"), ("Parquet", "parquet"), ("JSON-LD", "jsonld"), ("JSON", "json"))
    links = [tag("li", tag("a", name, href=f"{path}.{suffix}{r.query}")) for name, suffix in kinds]
    links.append(tag("li", tag("a", "Atom", href=f"/attacks.atom?lang={r.lang}")))
    return tag(
        "section",
        tag("h2", r.words("attacks.downloads"), id="downloads"),
        tag("ul", *links, class_="downloads"),
        aria_labelledby="downloads",
    )
