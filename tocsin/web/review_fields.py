"""The fields of the review page's forms, and the words that they are labelled with."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from tocsin.facts import Count, Harm, Outcome
from tocsin.model import Realm
from tocsin.record.weapons import WEAPONS
from tocsin.web.markup import Html, tag
from tocsin.web.texts import Words


class ReviewWords(Words):
    """The pages' words, and those of this page."""

    def __init__(self, lang: str, realm: Realm) -> None:
        super().__init__(lang, realm)
        source = files("tocsin.web").joinpath("review_words", f"{lang}.json")
        self._table.update(json.loads(source.read_text("utf-8")))


@cache
def review_words(lang: str, realm: Realm) -> ReviewWords:
    return ReviewWords(lang, realm)


def weapon_name(t: ReviewWords, weapon: str) -> str:
    known = [getattr(WEAPONS[part], t.lang) if part in WEAPONS else part for part in weapon.split("/")]
    return "/".join(known)


def field(label: str, name: str, value: str | None) -> Html:
    return tag("label", label, tag("input", name=name, value=value or "", maxlength=300))


def area(label: str, name: str, value: str) -> Html:
    return tag("label", label, tag("textarea", value, name=name, rows=2, required=True), class_="wide")


def numbers(t: ReviewWords, count: Count | None) -> list[Html]:
    told = (
        ("number", "words", None if count is None else count.words),
        ("value", "value", None if count is None else count.value),
        ("low", "low", None if count is None else count.low),
        ("high", "high", None if count is None else count.high),
    )
    return [field(t(label), name, None if value is None else str(value)) for label, name, value in told]


def choice(t: ReviewWords, name: str, words: type[Outcome] | type[Harm], chosen: str) -> Html:
    options = [tag("option", t(f"word.{word}"), value=word, selected=word == chosen) for word in words]
    return tag("label", t(name), tag("select", options, name=name))


def weapons(t: ReviewWords, chosen: str) -> Html:
    ids = [*WEAPONS, *([] if chosen in WEAPONS else [chosen])]
    options = [tag("option", weapon_name(t, weapon), value=weapon, selected=weapon == chosen) for weapon in ids]
    return tag("label", t("weapon"), tag("select", options, name="weapon"))
