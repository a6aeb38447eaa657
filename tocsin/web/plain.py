"""The pages that need no JavaScript: the state of every zone as plain HTML, made anew for every reader."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from tocsin.engine import around, covering, inside, status_of
from tocsin.model import Hold, Realm, Status, Zone, ZoneId, ZoneStatus
from tocsin.record.history import History, Transition
from tocsin.record.ledger import How
from tocsin.web import notices
from tocsin.web.advice import Advice
from tocsin.web.markup import Html, document, joined, tag
from tocsin.web.notices import Moment, cause_of, word
from tocsin.web.texts import LANGUAGES, moment, second
from tocsin.web.withdrawn import reached

RELOAD_S = 30
PARTS_SHOWN = 60
UKRAINE = ZoneId("UA")
"""The country whose sources the texts name; another atlas names its own."""


def list_page(m: Moment, flat: Html | None) -> str:
    """Every zone of the top level, worst first, with what is held within it; the flat map where the atlas has one."""
    said = [status_of(m.state, zone.id) for zone in m.zones.values() if zone.level == m.top_level]
    whole = [one for one in said if one.status.rank > Status.EARLY_WARNING.rank]
    early = [one for one in said if one.status is Status.EARLY_WARNING]
    parts = [one for one in said if one.status is Status.PARTIAL]
    said.sort(key=lambda one: (-one.status.rank, -one.within.rank, m.words.name(m.zones[one.zone].names)))
    t, silent = m.words, notices.silence_everywhere(m)
    count: list[Html | str]
    if not heard(m):
        count = [t("summary.empty"), ". ", t("summary.empty.more")]
    elif whole:
        count = [tag("b", str(len(whole))), " ", t("summary.of", n=len(whole), total=len(said))]
        count += [", ", t("summary.early", n=len(early))] if early else []
        count += [", ", t("summary.part", n=len(parts))] if parts else []
    elif early or parts:
        count = [t("summary.only_early", n=len(early))] if early else []
        count += [", "] if early and parts else []
        count += [t("summary.only_part", n=len(parts))] if parts else []
    elif m.calm_at:
        count = [t("copy.none", time=second(m.calm_at)), " ", t("copy.none.more" if m.copied else "stale.none.more")]
    elif silent:
        count = [t("summary.none.silent")]
    else:
        count = [t("summary.none"), ". ", t("summary.none.more")]
    title = t("copy.title", time=second(m.clock.now)) if m.copied else t("plain.title")
    return _page(
        m,
        title,
        "/list",
        tag("h1", title if m.copied else t("list.title")),
        tag("p", count, class_="count"),
        notices.withdrawn(m, m.withdrawn),
        silent,
        tag("figure", flat, tag("figcaption", t("plain.map"))) if flat else [],
        tag("h2", t("plain.all")),
        _table(m, ("zone", "status", "since", "cause"), (_row(m, one) for one in said)),
    )


def copy_name(lang: str) -> str:
    """What the list in one language is called where it is kept as a file."""
    return f"list.{lang}.html"


def heard(m: Moment) -> bool:
    """Whether the log tells of any warning or source at all: where not, that nothing is held is no calm."""
    return bool(m.state.touched or m.state.sources)


def zone_page(
    m: Moment, zone: Zone, transitions: list[Transition], history: History, advice: Advice | None = None
) -> str:
    """One zone in full; ``advice`` is what people in it are told to do."""
    t, name = m.words, m.words.name(zone.names)
    said = status_of(m.state, zone.id)
    above = [m.zones[id] for id in m.state.hierarchy.ancestors(zone.id)]
    held = list(dict.fromkeys(hold.zone for hold in inside(m.state, zone.id) if hold.zone != zone.id))
    return _page(
        m,
        name,
        f"/list/{zone.id}",
        tag("p", tag("a", t("plain.back"), href=f"/list?lang={t.lang}")),
        tag("h1", name),
        tag("p", t.known(f"level.{zone.level}", zone.level), [joined(" · ", _link(m, one)) for one in above]),
        tag("p", _state(m, said), class_=f"state s-{_word(m, said)}"),
        notices.silences(m, said),
        notices.withdrawn(m, [one for one in m.withdrawn if reached(m.state, one, zone.id)]),
        notices.to_do(m, advice),
        tag("h2", t("panel.why")),
        _reasons(m, zone, _rests_on(m, zone.id)),
        [tag("h2", t("panel.inside")), tag("ul", [tag("li", _part(m, id)) for id in held[:PARTS_SHOWN]])]
        if held
        else [],
        tag("h2", t("panel.transitions")),
        _table(m, ("when", "change"), (_change(m, one) for one in transitions))
        if transitions
        else tag("p", t("panel.transitions.none")),
        tag("h2", t("panel.history")),
        _figures(m, history),
    )


def _page(m: Moment, title: str, path: str, *content: Html | Iterable[Html]) -> str:
    t = m.words
    other = next(lang for lang in LANGUAGES if lang != t.lang)
    in_other = copy_name(other) if m.copied else f"{path}?lang={other}"
    sheets = ("tokens", "drill", "night", "map", "plain")
    style = (tag("link", rel="stylesheet", href=f"/static/css/{name}.css") for name in sheets)
    drill = m.realm is Realm.DRILL
    icon = f"/static/icons/{'drill-calm' if drill else 'calm'}.svg"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="refresh", content=RELOAD_S),
        tag("title", f"{notices.DRILL_BAND} · " if drill else None, f"{title} · {t('title')}"),
        m.copied or [tag("link", rel="icon", href=icon, type="image/svg+xml"), *style],
    )
    body = tag(
        "body",
        notices.band(t, m.realm),
        notices.replayed(t, m.clock.replay),
        notices.copied(m) if m.copied else tag("p", t("plain.made", time=moment(m.clock.now)), class_="made"),
        notices.cut_off(m),
        tag(
            "nav",
            None
            if m.copied
            else joined(
                *(tag("a", t("plain.full"), href="/"), " · "),
                *(tag("a", t("plain.threats"), href=f"/threats?lang={t.lang}"), " · "),
                *(tag("a", t("attacks.title"), href=f"/attacks?lang={t.lang}"), " · "),
            ),
            tag("a", t("lang.other"), href=in_other, lang=other, hreflang=other),
            aria_label=t("nav.label"),
        ),
        tag("main", *content),
        tag(
            "footer",
            tag("p", t("attribution", osm="© OpenStreetMap contributors")) if UKRAINE in m.zones else None,
            tag("p", m.attribution),
        ),
    )
    return document(tag("html", head, body, lang=t.lang, data_realm=m.realm))


def _table(m: Moment, columns: Iterable[str], rows: Iterable[Html]) -> Html:
    heads = [tag("th", m.words(f"plain.{column}"), scope="col") for column in columns]
    return tag("table", tag("thead", tag("tr", heads)), tag("tbody", rows))


def _row(m: Moment, one: ZoneStatus) -> Html:
    holds = _rests_on(m, one.zone)
    shown = len(m.zones) if m.copied else PARTS_SHOWN  # a copy has no page of each zone to lead to
    held = list(dict.fromkeys(hold.zone for hold in holds if hold.zone != one.zone and one.status is Status.PARTIAL))
    parts = tag("ul", [tag("li", _part(m, id)) for id in held[:shown]]) if held else None
    calm = m.calm_at is not None and one.status is Status.CLEAR
    return tag(
        "tr",
        tag("th", _link(m, m.zones[one.zone]), parts, scope="row"),
        tag("td", _status(m, one), class_=f"word s-{_word(m, one)}"),
        tag("td", _since(m, one.since)),
        tag("td", _causes(m, holds)),
        data_zone=one.zone,
        data_status=None if calm else one.status,
        data_freshness=one.freshness,
    )


def _status(m: Moment, said: ZoneStatus) -> Html:
    """The status in words, and who fell silent that it rests on."""
    silent = notices.silent_since(m, said.zone)
    return joined(_said(m, said), tag("small", silent) if silent else None)


def _part(m: Moment, zone: ZoneId) -> Html:
    said = status_of(m.state, zone)
    silent = notices.silent_since(m, zone)
    return joined(
        _link(m, m.zones[zone]),
        f": {_said(m, said)}, ",
        f"{silent}, " if silent else None,
        _since(m, said.since),
    )


def _word(m: Moment, said: ZoneStatus) -> str:
    """A server that has never heard anything knows of no calm; a copy, or an edge cut off, only of one that was."""
    if not heard(m):
        return "unknown"
    told = word(m, said)
    return "as_of" if m.calm_at and told == Status.CLEAR else told


def _said(m: Moment, said: ZoneStatus) -> str:
    word = _word(m, said)
    return m.words("copy.clear", time=second(m.calm_at)) if word == "as_of" and m.calm_at else m.words(f"status.{word}")


def _rests_on(m: Moment, zone: ZoneId) -> list[Hold]:
    """The holds to name as the reason of what is said of a zone."""
    return covering(m.state, zone) or [*inside(m.state, zone), *around(m.state, zone)]


def _state(m: Moment, said: ZoneStatus) -> Html:
    since = _since(m, said.since)
    return joined(tag("b", _said(m, said)), ", " if said.since else None, since if said.since else None)


def _since(m: Moment, since: datetime | None) -> Html:
    if since is None:
        return joined("–")
    if m.copied:
        return tag("time", moment(since), datetime=since.isoformat())
    return joined(tag("time", moment(since), datetime=since.isoformat()), f" ({m.words.elapsed(m.clock.now - since)})")


def _causes(m: Moment, holds: Iterable[Hold]) -> str:
    return ", ".join(dict.fromkeys(cause_of(m, hold) for hold in holds))


def _reasons(m: Moment, zone: Zone, holds: list[Hold]) -> Html:
    above = m.state.hierarchy.ancestors(zone.id)

    def placed(hold: Hold) -> str:
        if hold.zone in above and hold.extent == "part":
            return m.words("maybe.hold", zone=m.words.name(m.zones[hold.zone].names))
        if hold.zone != zone.id:
            return m.words("inherited", zone=m.words.name(m.zones[hold.zone].names))
        return m.words("list.within.part" if hold.extent == "part" else "panel.own")

    if not holds:
        return tag("p", m.words("panel.why.silent" if notices.silent_for(m.state, zone.id) else "panel.why.none"))
    return tag(
        "ul",
        [
            tag(
                "li",
                cause_of(m, hold),
                f" ({hold.cause})" if hold.cause else None,
                f": {placed(hold)}, {m.words('panel.source', source=hold.source)}, ",
                _since(m, hold.since),
                tag("p", m.words("panel.note", note=hold.note), class_="hold-note") if hold.note else None,
            )
            for hold in holds[:PARTS_SHOWN]
        ],
    )


def _change(m: Moment, one: Transition) -> Html:
    at = tag("time", moment(one.at), datetime=one.at.isoformat())
    said = f"{m.words(f'status.{one.before}')} → {m.words(f'status.{one.after}')}"
    withdrawn = tag("b", m.words("withdrawn.title")) if one.how is How.WITHDRAWN else None
    return tag("tr", tag("td", at), tag("td", withdrawn, ": " if withdrawn else None, said))


def _figures(m: Moment, history: History) -> Html:
    t = m.words
    if not history.count:
        return tag("p", t("panel.history.none"))

    def length(seconds: float) -> str:
        return t.elapsed(timedelta(seconds=seconds))

    figures = [(t("history.count", n=history.count), str(history.count)), (t("history.total"), length(history.total_s))]
    if history.median_s is not None:
        figures.append((t("history.median"), length(history.median_s)))
    if history.longest is not None:
        longest = f"{length(history.longest.duration_s)}, {t('since', time=moment(history.longest.since))}"
        figures.append((t("history.longest"), longest))
    months = [
        tag("tr", tag("th", one.month, scope="row"), tag("td", f"{one.total_s / 3600:.0f}"), tag("td", str(one.count)))
        for one in reversed(history.months)
    ]
    heads = [tag("th", t(f"history.{key}"), scope="col") for key in ("month", "hours", "number")]
    return joined(
        tag("dl", [tag("div", tag("dt", name), tag("dd", value)) for name, value in figures]),
        tag("h3", t("history.by_month")),
        tag("table", tag("thead", tag("tr", heads)), tag("tbody", months), class_="months"),
    )


def _link(m: Moment, zone: Zone) -> Html:
    if m.copied:
        return joined(m.words.name(zone.names))
    return tag("a", m.words.name(zone.names), href=f"/list/{zone.id}?lang={m.words.lang}")
