"""The review page as HTML: a report with its spans marked, its facts beside it, and what may be done with each.

It needs no JavaScript. What a report says is text and nothing else: it is put in by `markup`, which escapes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tocsin.facts import CasualtyFact, Count, DamageFact, Fact, Harm, Outcome, StatisticFact, TallyFact
from tocsin.model import Realm, ZoneId
from tocsin.record import saying
from tocsin.record.archive import Draft, Taken
from tocsin.record.published import Attack
from tocsin.web.markup import Html, document, joined, tag
from tocsin.web.notices import DRILL_BAND, band
from tocsin.web.review_fields import ReviewWords, area, choice, field, numbers, weapon_name, weapons
from tocsin.web.review_form import ADDED, KINDS
from tocsin.web.texts import LANGUAGES, moment

HOME = "/record/review"
SHEETS = ("tokens", "drill", "night", "plain", "review")


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What one page is made from."""

    words: ReviewWords
    realm: Realm
    path: str
    holder: str = ""
    word: str = ""
    """What forms carry."""
    key: str = ""
    """The idempotency key of whatever is sent from it: sent twice it has one effect."""
    zone_name: Mapping[ZoneId, str]
    error: str = ""
    done: str = ""


def sign_in(d: Desk) -> str:
    t = d.words
    return _page(
        d,
        t("enter"),
        tag("h1", t("heading")),
        _said(d),
        tag("p", t("enter.why")),
        tag(
            "form",
            tag("label", t("token"), tag("input", name="token", type="password", autocomplete="off", required=True)),
            tag("button", t("enter"), class_="primary"),
            method="post",
            action=f"{HOME}/enter?lang={t.lang}",
            class_="enter",
        ),
    )


def documents(d: Desk, waiting: Sequence[Taken], decided: Sequence[Taken]) -> str:
    t = d.words
    return _page(
        d,
        t("heading"),
        tag("h1", t("heading")),
        _said(d),
        tag("h2", t("waiting")),
        tag("ul", [_listed(d, taken) for taken in waiting], class_="papers")
        if waiting
        else tag("p", t("waiting.none")),
        [tag("h2", t("decided")), tag("ul", [_listed(d, taken) for taken in decided], class_="papers")]
        if decided
        else [],
    )


def _listed(d: Desk, taken: Taken) -> Html:
    t, n = d.words, len(taken.waiting())
    return tag(
        "li",
        tag("a", taken.document.title or taken.document.publisher, href=f"{HOME}/{taken.id}?lang={t.lang}"),
        tag(
            "span",
            joined(
                " · ".join([taken.document.publisher, taken.document.published]),
                " · ",
                tag("b", t("facts.waiting", n=n)) if n else t("facts.none"),
                [" · ", tag("b", t("checks"), class_="flagged")] if taken.checks else None,
            ),
        ),
    )


def one_document(d: Desk, taken: Taken, text: str | None, attacks: Sequence[Attack]) -> str:
    t, paper = d.words, taken.document
    title = paper.title or t("document", n=taken.id)
    facts = [_fact(d, taken, number, draft) for number, draft in enumerate(taken.drafts)]
    return _page(
        d,
        title,
        tag("p", tag("a", t("back"), href=f"{HOME}?lang={t.lang}")),
        tag("h1", title),
        _said(d),
        tag(
            "p",
            " · ".join(
                [
                    paper.publisher,
                    t("published", when=paper.published),
                    t("taken", when=moment(taken.at)),
                    t("source", source=paper.source),
                ]
            ),
            class_="small",
        ),
        _checks(d, taken),
        tag(
            "div",
            tag("section", tag("h2", t("text"), id="text"), _text(d, taken, text), aria_labelledby="text"),
            tag(
                "section",
                tag("h2", t("facts"), id="facts"),
                facts or tag("p", t("facts.empty")),
                _decide(d, taken, attacks) if taken.waiting() else None,
                _add(d, taken) if text is not None else None,
                aria_labelledby="facts",
            ),
            class_="sides",
        ),
    )


def _checks(d: Desk, taken: Taken) -> Html | None:
    if not taken.checks:
        return None
    items = [
        tag("li", check.words, [joined(" ", tag("a", str(n + 1), href=f"#fact-{n}")) for n in check.facts])
        for check in taken.checks
    ]
    return tag("div", tag("b", d.words("checks")), tag("ul", items), class_="taken-back")


def _text(d: Desk, taken: Taken, text: str | None) -> Html:
    """The text, cut where any span begins or ends; what several facts rest on names each."""
    if text is None:
        return tag("p", d.words("text.gone"))
    spans = {number: (draft.drafted.fact.start, draft.drafted.fact.end) for number, draft in enumerate(taken.drafts)}
    cuts = sorted({0, len(text), *(edge for span in spans.values() for edge in span)})
    parts: list[Html | str] = []
    for start, end in pairwise(cuts):
        here = [number for number, span in spans.items() if span[0] <= start and end <= span[1]]
        parts.append(tag("mark", text[start:end]) if here else text[start:end])
        parts += [
            tag("a", str(n + 1), href=f"#fact-{n}", id=f"span-{n}", class_="ref", aria_label=d.words("fact", n=n + 1))
            for n in here
            if spans[n][1] == end
        ]
    return tag("div", parts, class_="report", lang=taken.document.language, tabindex=0)


def _fact(d: Desk, taken: Taken, number: int, draft: Draft) -> Html:
    t, fact = d.words, draft.drafted.fact
    waits = draft.waits
    status = "waiting" if waits else "rejected" if draft.rejected else "published"
    choose = tag(
        "input",
        type="checkbox",
        name="number",
        value=number,
        form="decide",
        aria_label=t("choose", n=number + 1),
    )
    return tag(
        "article",
        tag(
            "h3",
            choose if waits or draft.rejected else None,
            tag("a", str(number + 1), href=f"#span-{number}", class_="ref"),
            tag("span", headline(t, fact)),
            tag("small", t(f"status.{status}", claim=draft.claim), class_=f"status {status}"),
        ),
        tag("blockquote", fact.quote, lang=taken.document.language),
        tag("p", " · ".join(_details(d, draft, taken.document.publisher)), class_="small"),
        _mend(d, taken, number, draft) if draft.claim is None else None,
        id=f"fact-{number}",
        class_=f"fact {status}",
    )


def headline(t: ReviewWords, fact: Fact) -> str:
    """What a fact says in a few words: "shot down: 37 Shahed"."""
    match fact:
        case TallyFact():
            return f"{t(f'word.{fact.outcome}')}: {_figure(fact.value)} {weapon_name(t, fact.weapon)}"
        case CasualtyFact():
            word = t(f"word.{fact.outcome}")
            return word if fact.value is None else f"{word}: {_figure(fact.value)}"
        case DamageFact():
            return f"{t('kind.damage')}: {fact.what}"
        case StatisticFact():
            measure = saying.word(f"measure.{fact.measure}", "en" if t.lang == "en" else "uk", fact.measure)
            number = "" if fact.value is None else f", {_figure(fact.value)}"
            return f"{t('kind.statistic')}: {measure}{number}"
    kind = str(type(fact).__struct_config__.tag)
    stance = getattr(fact, "stance", None)
    more = t(f"word.{stance}") if stance else getattr(fact, "place", None) or ""
    return f"{t(f'kind.{kind}')}: {more}"


def _figure(count: Count) -> str:
    if count.low == count.value == count.high:
        return str(count.value)
    return f"{count.value} ({'…' if count.low is None else count.low}–{'…' if count.high is None else count.high})"


def _details(d: Desk, draft: Draft, publisher: str) -> Iterable[str]:
    t, fact = d.words, draft.drafted.fact
    yield f"{t('speaker')}: {fact.speaker or fact.via or publisher}"
    yield from (t(f"hedge.{hedge}") for hedge in fact.hedges)
    if place := getattr(fact, "place", None):
        yield f"{place} → {d.zone_name[draft.drafted.zone]}" if draft.drafted.zone else place
    if fact.as_of:
        yield f"{t('as_of')}: {fact.as_of}"
    if fact.happened:
        yield f"{t('happened')}: {fact.happened}"
    if (whole := getattr(fact, "subset_of", None)) is not None:
        yield t("part_of", n=whole + 1)
    yield from getattr(fact, "persons", ())


# --- forms -----------------------------------------------------------------------------------


def _decide(d: Desk, taken: Taken, attacks: Sequence[Attack]) -> Html:
    t = d.words
    choices = [("", t("attack.fits")), ("new", t("attack.new")), ("none", t("attack.none"))]
    choices += [(str(attack.id), _attack(attack)) for attack in attacks]
    return tag(
        "form",
        _hidden(d),
        tag(
            "label",
            t("attack"),
            tag("select", [tag("option", word, value=value) for value, word in choices], name="attack"),
        ),
        tag("label", t("reason"), tag("input", name="reason", maxlength=1000)),
        tag(
            "p",
            tag("button", t("accept"), name="action", value="accept", class_="primary"),
            tag("button", t("reject"), name="action", value="reject"),
            tag("button", t("accept.all"), name="action", value="accept_all"),
            class_="buttons",
        ),
        id="decide",
        method="post",
        action=f"{HOME}/{taken.id}?lang={t.lang}",
    )


def _attack(attack: Attack) -> str:
    sides = f"{attack.bounds.by or '?'} → {attack.bounds.upon or '?'}"
    return f"{attack.bounds.night} · {sides} · {attack.id}"


def _mend(d: Desk, taken: Taken, number: int, draft: Draft) -> Html:
    t, fact = d.words, draft.drafted.fact
    fields: list[Html] = [area(t("quote"), "quote", fact.quote), field(t("speaker"), "speaker", fact.speaker)]
    if isinstance(fact, TallyFact):
        fields += [choice(t, "outcome", Outcome, fact.outcome), weapons(t, fact.weapon)]
    if isinstance(fact, CasualtyFact):
        fields.append(choice(t, "outcome", Harm, fact.outcome))
    if isinstance(fact, TallyFact | CasualtyFact):
        fields += numbers(t, fact.value)
    if isinstance(fact, DamageFact):
        fields.append(field(t("what"), "what", fact.what))
    if isinstance(fact, TallyFact | CasualtyFact | DamageFact):
        fields += [field(t("place"), "place", fact.place), field(t("zone"), "zone", draft.drafted.zone)]
    fields += [field(t("as_of"), "as_of", fact.as_of), field(t("happened"), "happened", fact.happened)]
    return tag(
        "details",
        tag("summary", t("mend")),
        _form(d, taken, [tag("input", type="hidden", name="mended", value=number), *fields], "mend", t("mend.save")),
    )


def _add(d: Desk, taken: Taken) -> Html:
    t = d.words
    kinds = [tag("option", t(f"kind.{kind}"), value=kind) for kind in KINDS if kind in ADDED]
    words = [*Outcome, *Harm]
    fields = [
        tag("label", t("kind"), tag("select", kinds, name="kind")),
        area(t("quote"), "quote", ""),
        field(t("speaker"), "speaker", None),
        tag(
            "label",
            t("outcome"),
            tag("select", [tag("option", t(f"word.{word}"), value=word) for word in words], name="outcome"),
        ),
        weapons(t, "drone"),
        *numbers(t, None),
        field(t("what"), "what", None),
        field(t("place"), "place", None),
        field(t("zone"), "zone", None),
        field(t("as_of"), "as_of", None),
        field(t("happened"), "happened", None),
    ]
    return tag("details", tag("summary", t("add")), _form(d, taken, fields, "add", t("add.save")), class_="add")


def _form(d: Desk, taken: Taken, fields: Sequence[Html], action: str, send: str) -> Html:
    return tag(
        "form",
        _hidden(d),
        fields,
        tag("button", send, name="action", value=action, class_="primary"),
        method="post",
        action=f"{HOME}/{taken.id}?lang={d.words.lang}",
        class_="mend",
    )


def _hidden(d: Desk) -> Html:
    return joined(
        tag("input", type="hidden", name="word", value=d.word), tag("input", type="hidden", name="key", value=d.key)
    )


# --- around it -------------------------------------------------------------------------------


def _said(d: Desk) -> Html | None:
    if d.error:
        return tag("p", tag("b", d.words("error")), ": ", d.error, class_="refused", role="alert")
    return tag("p", d.words(f"done.{d.done}"), class_="done", role="status") if d.done else None


def _page(d: Desk, title: str, *content: Html | Iterable[Html | None] | None) -> str:
    t = d.words
    other = next(lang for lang in LANGUAGES if lang != t.lang)
    drill = d.realm is Realm.DRILL
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="robots", content="noindex"),
        tag("title", f"{DRILL_BAND} · " if drill else None, f"{title} · {t('title')}"),
        tag("link", rel="icon", href=f"/static/icons/{'drill-calm' if drill else 'calm'}.svg", type="image/svg+xml"),
        [tag("link", rel="stylesheet", href=f"/static/css/{name}.css") for name in SHEETS],
    )
    leave = tag(
        "form",
        tag("input", type="hidden", name="word", value=d.word),
        tag("span", t("as", holder=d.holder)),
        tag("button", t("leave")),
        method="post",
        action=f"{HOME}/leave?lang={t.lang}",
    )
    body = tag(
        "body",
        band(t, d.realm),
        tag(
            "header",
            tag("a", t("title"), href="/"),
            tag("a", t("lang.other"), href=f"{d.path}?lang={other}", lang=other),
            leave if d.holder else None,
            class_="bar",
        ),
        tag("main", *content),
    )
    return document(tag("html", head, body, lang=t.lang, data_realm=d.realm.value))
