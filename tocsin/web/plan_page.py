"""A city's plan as one file for a browser: tables, a map, a slider of minutes. It asks for nothing, of nobody.

It is no page of the server. It shows where people are without a shelter, so whoever made the plan decides who gets it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files

import msgspec

from tocsin.shelters.planning.plan import Plan
from tocsin.web.markup import Html, document, joined, sheet, tag
from tocsin.web.pages import by_night
from tocsin.web.texts import LANGUAGES

HERE = files("tocsin.web")


def plan_page(plan: Plan, streets: Sequence[Sequence[int]]) -> str:
    """``streets`` as `drawn.street_lines` gives them."""
    words = {lang: msgspec.json.decode(_read(f"plan/{lang}.json")) for lang in LANGUAGES}
    tokens = _read("static/css/tokens.css")
    style = (tokens + by_night(tokens) + _read("plan/page.css")).decode()
    script = (_read("plan/map.js") + b"\n" + _read("plan/page.js")).decode()
    data = msgspec.json.encode({"plan": plan, "streets": streets, "words": words}).decode().replace("<", "\\u003c")
    policy = f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; base-uri 'none'"
    page = tag(
        "html",
        tag(
            "head",
            tag("meta", charset="utf-8"),
            tag("meta", http_equiv="Content-Security-Policy", content=policy),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("meta", name="robots", content="noindex"),
            tag("title", plan.area),
            sheet(style),
        ),
        tag(
            "body",
            _place(),
            _panel(),
            Html(f'<script type="application/json" id="data">{data}</script>'),
            Html(f'<script type="module">{script}</script>'),
        ),
        lang="en",
    )
    return document(page)


def _place() -> Html:
    return tag(
        "section",
        tag("canvas", id="map", tabindex="0", role="application", data_label="map"),
        tag("div", id="chosen", aria_live="polite", hidden=True),
        tag(
            "div",
            tag("button", "+", type="button", id="nearer", data_label="nearer"),
            tag("button", "−", type="button", id="farther", data_label="farther"),
            tag("button", "⌂", type="button", id="home", data_label="home"),
            class_="buttons",
        ),
        tag(
            "div",
            tag(
                "fieldset",
                tag("legend", data_t="squares"),
                _choice("reach", tag("span", data_t="squares.reach")),
                _choice("left", tag("span", data_t="squares.left"), tag("span", id="left-at")),
            ),
            tag("ul", *(tag("li", people) for people in ("0", "1+", "25+", "75+", "200+")), class_="depths"),
            tag(
                "ul",
                tag("li", tag("i", class_="dot"), tag("span", data_t="sign.shelter")),
                tag("li", tag("i", class_="dot full"), tag("span", data_t="sign.over")),
                tag("li", tag("i", "1", class_="rank"), tag("span", data_t="sign.new")),
                class_="signs",
            ),
            class_="legend",
        ),
        class_="place",
    )


def _choice(value: str, *said: Html) -> Html:
    return tag("label", tag("input", type="radio", name="counts", value=value), *said)


def _panel() -> Html:
    return tag(
        "main",
        tag(
            "div",
            tag("h1", data_t="heading"),
            tag("button", type="button", id="language"),
            class_="head",
        ),
        tag("p", id="about"),
        tag("noscript", tag("p", "This page needs JavaScript. / Для цієї сторінки потрібен JavaScript.")),
        tag(
            "div",
            tag("label", tag("span", data_t="slider"), tag("output", id="minute", for_="minutes"), for_="minutes"),
            tag("input", type="range", id="minutes", min=1, max=20, step=1),
            tag("p", id="out", aria_live="polite"),
            class_="time",
        ),
        tag("h2", data_t="figures"),
        tag("table", id="figures"),
        _section("new", tag("p", id="new-note", class_="note")),
        _section("over", tag("p", id="over-note", class_="note")),
        _section("zones"),
        tag("p", data_t="keep", class_="keep"),
        tag("p", tag("span", data_t="how"), " ", tag("span", id="made")),
        class_="panel",
    )


def _section(name: str, *note: Html) -> Html:
    return tag("section", tag("h2", data_t=f"{name}.title"), joined(*note), tag("div", id=name), id=f"{name}-section")


def _read(path: str) -> bytes:
    return HERE.joinpath(path).read_bytes()


def _digest(content: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"
