"""The pages' words in Python: the same tables that the browser reads, one per language."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tocsin.model import Realm

LANGUAGES = ("uk", "en")


class Words:
    """One language's table. In a drill whatever speaks of an alert has words of its own (``drill.KEY``)."""

    def __init__(self, lang: str, realm: Realm) -> None:
        source = files("tocsin.web").joinpath("static", "texts", f"{lang}.json")
        self._table: dict[str, str | dict[str, str]] = json.loads(source.read_text("utf-8"))
        self.lang = lang
        if realm is Realm.DRILL:
            mark = "drill."
            drilled = {key.removeprefix(mark): text for key, text in self._table.items() if key.startswith(mark)}
            self._table.update(drilled)

    def __call__(self, key: str, **values: object) -> str:
        """The text of ``key`` with ``{name}`` filled in; ``n`` chooses the form where it depends on a number."""
        text = self._table[key]
        if isinstance(text, dict):
            text = text.get(plural(self.lang, int(str(values["n"]))), text["other"])
        return re.sub(r"\{(\w+)\}", lambda found: str(values.get(found[1], found[0])), text)

    def known(self, key: str, otherwise: str) -> str:
        """The text of a word that comes from outside, or the word itself."""
        return self(key) if key in self._table else otherwise

    def name(self, names: Mapping[str, str]) -> str:
        return names.get(self.lang) or names.get("en") or next(iter(names.values()))

    def elapsed(self, length: timedelta) -> str:
        """A length in its two largest units."""
        minutes, s = divmod(max(0, int(length.total_seconds())), 60)
        hours, minutes = divmod(minutes, 60)
        if not hours:
            return f"{minutes} {self('time.minute')}" if minutes else f"{s} {self('time.second')}"
        if hours < 48:
            return f"{hours} {self('time.hour')} {minutes:02} {self('time.minute')}"
        return f"{hours // 24} {self('time.day')} {hours % 24} {self('time.hour')}"


@cache
def words(lang: str, realm: Realm) -> Words:
    return Words(lang, realm)


def plural(lang: str, n: int) -> str:
    """The plural category of a whole number, after Unicode CLDR 45, "Language Plural Rules"."""
    if lang != "uk":
        return "one" if n == 1 else "other"
    if n % 10 == 1 and n % 100 != 11:
        return "one"
    return "few" if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14 else "many"


def preferred(accept_language: str) -> str:
    """Of our languages the one that an Accept-Language header (RFC 9110, section 12.5.4) puts first, else English."""
    weighed: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept_language.split(",")):
        tag, *parameters = (piece.strip() for piece in part.split(";"))
        weight = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
        if tag[:2].lower() in LANGUAGES and re.fullmatch(r"[01](\.\d{0,3})?", weight) and float(weight) > 0:
            weighed.append((-float(weight), place, tag[:2].lower()))
    return min(weighed)[2] if weighed else "en"


@cache
def kyiv() -> tzinfo:
    """Kyiv's time; UTC where the system has no time zone data."""
    for name in ("Europe/Kyiv", "Europe/Kiev"):
        try:
            return ZoneInfo(name)
        except ZoneInfoNotFoundError:
            continue
    return UTC


def moment(at: datetime) -> str:
    """``06:36, 13.11.2024``, in Kyiv's time."""
    return _told(at, "%H:%M, %d.%m.%Y")


def second(at: datetime) -> str:
    """``06:36:09, 13.11.2024``, in Kyiv's time."""
    return _told(at, "%H:%M:%S, %d.%m.%Y")


def _told(at: datetime, form: str) -> str:
    zone = kyiv()
    return at.astimezone(zone).strftime(form) + (" UTC" if zone is UTC else "")
