"""The page of threats as HTML. It needs no JavaScript; with it, it counts down and keeps itself up to date.

Everybody sees the zones at risk as the policy says; officers who signed in see the threats, and what is proposed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from tocsin.assess.assessment import Band
from tocsin.model import Realm, Threat
from tocsin.web.markup import Html, document, joined, tag
from tocsin.web.notices import DRILL_BAND, band, replayed
from tocsin.web.texts import LANGUAGES, second
from tocsin.web.threats import PublicRisk
from tocsin.web.threats_officers import in_the_air, proposed
from tocsin.web.threats_sheet import HOME, Sheet, ThreatsWords, left

SHEETS = ("tokens", "drill", "night", "plain", "review", "threats")
ZONES_SHOWN = 8
"""Zones of one kind of threat that are seen at once, the soonest; the others can be opened."""

ZONES_LISTED = 300
"""Others that can be opened; of the rest it is told how many there are."""


def page(s: Sheet) -> str:
    t = s.words
    main = tag(
        "main",
        tag("h1", t("threats.title")),
        _said(s),
        tag(
            "p",
            tag("span", t("threats.as_of", time=second(s.now)), class_="as-of"),
            tag("span", t("threats.gone", time=second(s.now)), class_="gone", hidden=True),
        ),
        tag("p", t("threats.lead"), class_="lead"),
        tag("p", t("threats.replay"), class_="lead") if s.replay is not None else None,
        proposed(s) if s.view is not None else None,
        tag(
            "div",
            tag("figure", s.picture, _legend(s)) if s.picture is not None else None,
            tag("section", _at_risk(s), aria_labelledby="at-risk"),
            class_="sides",
        ),
        in_the_air(s) if s.view is not None else _sign_in(s) if s.signs_in else None,
        id="threats",
        data_now=s.now.isoformat(),
        data_rate=f"{s.rate:g}",
        data_proposed=sum(len(one.zones) for one in s.view.proposals) if s.view else None,
    )
    return document(tag("html", _head(s), _body(s, main), lang=t.lang, data_realm=s.realm.value))


# --- for everybody ----------------------------------------------------------------------------


def _at_risk(s: Sheet) -> list[Html]:
    t = s.words
    found: list[Html] = [tag("h2", t("threats.at_risk"), id="at-risk")]
    if s.unknown:
        return [*found, tag("p", tag("b", t("threats.unknown")), class_="unknown"), _alerts(t)]
    if not s.risks:
        return [
            *found,
            tag("p", tag("b", t("threats.none"))),
            _alerts(t),
        ]
    kinds: dict[Threat, list[PublicRisk]] = {}
    for one in s.risks:
        kinds.setdefault(one.threat, []).append(one)
    for threat, every in kinds.items():
        less = [one for one in every if one.band is Band.UNLIKELY]
        risks = [one for one in every if one.band is not Band.UNLIKELY]
        name = tag("b", t(f"threats.threat.{threat}"))
        if risks:
            heading = joined(name, " · ", t("threats.count", n=len(risks)))
            found.append(_table(s, tag("caption", heading), risks[:ZONES_SHOWN]))
        else:
            found.append(tag("p", name))
        if rest := risks[ZONES_SHOWN:]:
            found.append(_more(s, t("threats.more", n=len(rest)), rest, f"more-{threat}"))
        if less:
            found.append(_more(s, t("threats.less", n=len(less)), less, f"less-{threat}"))
    return found


def _more(s: Sheet, summary: str, risks: Sequence[PublicRisk], name: str) -> Html:
    beyond = len(risks) - ZONES_LISTED
    return tag(
        "details",
        tag("summary", summary),
        _table(s, None, risks[:ZONES_LISTED]),
        tag("p", s.words("threats.more", n=beyond), class_="small") if beyond > 0 else None,
        class_=name,
    )


def _alerts(t: ThreatsWords) -> Html:
    return tag("p", t("threats.none.more"), " ", tag("a", t("threats.alerts"), href=f"/list?lang={t.lang}"))


def _table(s: Sheet, caption: Html | None, risks: Sequence[PublicRisk]) -> Html:
    columns = ("zone", "earliest", "likely", "chance")
    return tag(
        "table",
        caption,
        tag("thead", tag("tr", [tag("th", s.words(f"threats.{name}"), scope="col") for name in columns])),
        tag("tbody", [_risk(s, one) for one in risks]),
        class_="at-risk",
    )


def _risk(s: Sheet, one: PublicRisk) -> Html:
    t = s.words
    return tag(
        "tr",
        tag("th", s.name[one.zone], tag("small", s.within.get(one.zone, "")), scope="row"),
        tag("td", left(s, one.earliest), class_="earliest", data_label=t("threats.earliest")),
        tag("td", left(s, one.likely), data_label=t("threats.likely")),
        tag("td", t(f"threats.band.{one.band}"), class_=f"band {one.band}", data_label=t("threats.chance")),
    )


def _legend(s: Sheet) -> Html:
    keys = ["now", "soon", "later", "unlikely", *(["area", "cone", "stale"] if s.view is not None else [])]
    return tag(
        "figcaption",
        tag("ul", [tag("li", tag("i", class_=f"key {key}"), s.words(f"threats.key.{key}")) for key in keys]),
    )


def _sign_in(s: Sheet) -> Html:
    t = s.words
    return tag(
        "details",
        tag("summary", t("threats.officers")),
        tag("p", t("threats.enter.why")),
        tag(
            "form",
            tag(
                "label",
                t("threats.token"),
                tag("input", name="token", type="password", autocomplete="off", required=True),
            ),
            tag("button", t("threats.enter"), class_="primary"),
            method="post",
            action=f"{HOME}/enter?lang={t.lang}",
            class_="enter",
        ),
        class_="officers",
        open=bool(s.error),
    )


# --- around it --------------------------------------------------------------------------------


def _said(s: Sheet) -> Html | None:
    if s.error:
        return tag("p", tag("b", s.words("threats.error")), ": ", s.error, class_="refused", role="alert")
    return tag("p", s.words(f"threats.done.{s.done}"), class_="done", role="status") if s.done else None


def _head(s: Sheet) -> Html:
    t, drill = s.words, s.realm is Realm.DRILL
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{DRILL_BAND} · " if drill else None, f"{t('threats.title')} · {t('title')}"),
        tag("noscript", tag("meta", http_equiv="refresh", content="30")),
        tag("link", rel="icon", href=f"/static/icons/{'drill-calm' if drill else 'calm'}.svg", type="image/svg+xml"),
        [tag("link", rel="stylesheet", href=f"/static/css/{name}.css") for name in SHEETS],
        tag("script", src="/static/threats.js", type="module"),
    )


def _body(s: Sheet, main: Html) -> Html:
    t = s.words
    other = next(lang for lang in LANGUAGES if lang != t.lang)
    leave = tag(
        "form",
        tag("input", type="hidden", name="word", value=s.word),
        tag("span", t("threats.as", holder=s.holder)),
        tag("button", t("threats.leave")),
        method="post",
        action=f"{HOME}/leave?lang={t.lang}",
    )
    return tag(
        "body",
        band(t, s.realm),
        replayed(t, s.replay),
        tag(
            "header",
            tag("a", t("title"), href="/"),
            tag("a", t("threats.alerts"), href=f"/list?lang={t.lang}"),
            tag("a", t("threats.lang"), href=f"{HOME}?lang={other}", lang=other),
            leave if s.holder else None,
            class_="bar",
        ),
        main,
        tag("p", class_="unseen", id="said", aria_live="polite", data_new=_plural_forms(t)),
        tag("p", t("threats.held.while"), class_="waits", id="waits", hidden=True),
    )


def _plural_forms(t: ThreatsWords) -> str:
    """The word for what is newly proposed, for each number up to twenty: the browser need not know the grammar."""
    return json.dumps([t("threats.said.new", n=n) for n in range(21)], ensure_ascii=False)
