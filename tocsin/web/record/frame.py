"""The frame of the pages of the record: head, way home, languages, and what stands above everything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tocsin.channels.stream import Replayed
from tocsin.model import Realm, Zone, ZoneId
from tocsin.record.saying import Language
from tocsin.web.markup import Html, document, tag
from tocsin.web.notices import DRILL_BAND, band, replayed
from tocsin.web.texts import LANGUAGES, Words, moment

SHEETS = ("tokens", "drill", "night", "map", "plain", "record")
ALTERNATES = (
    ("application/json", "json"),
    ("application/ld+json", "jsonld"),
    ("text/csv", "csv"),
    ("application/geo+json", "geojson"),
)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """For whom and of when a page is made."""

    words: Words
    lang: Language
    realm: Realm
    zones: dict[ZoneId, Zone]
    now: datetime
    as_of: datetime | None
    cut_off_since: datetime | None
    attribution: str
    replay: Replayed | None = None
    """The past night that is lived again, where this is one."""

    def name(self, zone: ZoneId) -> str:
        return self.words.name(self.zones[zone].names)

    @property
    def query(self) -> str:
        """What every link of the page carries on."""
        at = f"&as_of={stamp(self.as_of)}" if self.as_of else ""
        return f"?lang={self.lang}{at}"


def stamp(at: datetime) -> str:
    """A moment as it stands in an address."""
    return at.isoformat().replace("+00:00", "Z")


def page(r: Reader, title: str, path: str, *content: Html | Iterable[Html] | None, links: Iterable[Html] = ()) -> str:
    t = r.words
    other = next(lang for lang in LANGUAGES if lang != r.lang)
    at = f"&as_of={stamp(r.as_of)}" if r.as_of else ""
    drill = r.realm is Realm.DRILL
    icon = f"/static/icons/{'drill-calm' if drill else 'calm'}.svg"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{DRILL_BAND} · " if drill else None, f"{title} · {t('title')}"),
        tag("link", rel="icon", href=icon, type="image/svg+xml"),
        *(tag("link", rel="stylesheet", href=f"/static/css/{name}.css") for name in SHEETS),
        tag(
            "link",
            rel="alternate",
            type="application/atom+xml",
            href=f"/attacks.atom?lang={r.lang}",
            title=t("attacks.title"),
        ),
        *links,
    )
    body = tag(
        "body",
        tag("a", t("attacks.skip"), href="#main", class_="skip"),
        band(t, r.realm),
        replayed(t, r.replay),
        tag(
            "header",
            tag(
                "nav",
                tag("a", t("plain.full"), href="/"),
                tag("a", t("list.title"), href=f"/list?lang={r.lang}"),
                tag(
                    "a",
                    t("attacks.title"),
                    href=f"/attacks{r.query}",
                    aria_current="page" if path == "/attacks" else None,
                ),
                tag("a", t("lang.other"), href=f"{path}?lang={other}{at}", lang=other, hreflang=other, class_="other"),
                aria_label=t("attacks.nav"),
            ),
        ),
        _as_of(r, path),
        tag("p", t("attacks.cut_off", time=moment(r.cut_off_since)), class_="cut-off", role="status")
        if r.cut_off_since
        else None,
        tag("main", *content, id="main"),
        tag(
            "footer",
            tag("p", t("attacks.claims_only")),
            tag("p", r.attribution),
        ),
        class_="record",
    )
    return document(tag("html", head, body, lang=r.lang, data_realm=r.realm))


def _as_of(r: Reader, path: str) -> Html | None:
    if r.as_of is None:
        return None
    back = tag("a", r.words("attacks.as_of.now"), href=f"{path}?lang={r.lang}")
    return tag(
        "p",
        tag("b", r.words("attacks.as_of", time=moment(r.as_of))),
        " ",
        r.words("attacks.as_of.more"),
        " ",
        back,
        class_="past",
        role="status",
    )
