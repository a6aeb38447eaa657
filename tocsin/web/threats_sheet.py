"""What the page of threats is made from: its words, and what one reader may see of one moment."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files

from tocsin.channels.stream import Replayed
from tocsin.lookout.proposals import View
from tocsin.model import Realm, ZoneId
from tocsin.web.markup import Html, tag
from tocsin.web.texts import Words
from tocsin.web.threats import PublicRisk, ReportSaid

HOME = "/threats"


class ThreatsWords(Words):
    """The pages' words, and those of this page."""

    def __init__(self, lang: str, realm: Realm) -> None:
        super().__init__(lang, realm)
        source = files("tocsin.web").joinpath("threats_words", f"{lang}.json")
        self._table.update(json.loads(source.read_text("utf-8")))

    def minutes(self, at: datetime, now: datetime) -> str:
        """ "7 min", or that it may be there now."""
        left = int((at - now).total_seconds() // 60)
        return self("threats.here") if left < 1 else self("threats.in", n=left)


@cache
def threats_words(lang: str, realm: Realm) -> ThreatsWords:
    return ThreatsWords(lang, realm)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What one page is made from."""

    words: ThreatsWords
    realm: Realm
    now: datetime
    risks: Sequence[PublicRisk]
    """The zones at risk, as this reader may know them."""
    picture: Html | None
    replay: Replayed | None
    """The past night that is lived again, where this is one."""
    name: Mapping[ZoneId, str]
    within: Mapping[ZoneId, str]
    """Of each zone the name of what it lies in."""
    holder: str = ""
    """Who is signed in; nobody, where it is empty."""
    word: str = ""
    key: str = ""
    view: View | None = None
    """For officers alone."""
    policy: str = ""
    places: bool = False
    trouble: str | None = None
    near: Mapping[str, str] = field(default_factory=dict)
    """Where a threat is about that nobody named a zone for, by its id."""
    reports: Mapping[str, ReportSaid] = field(default_factory=dict)
    rate: float = 1.0
    """How fast the clock goes."""
    unknown: bool = False
    """Whether this server, an edge, does not know what is at risk."""
    signs_in: bool = True
    """Whether officers can sign in here."""
    error: str = ""
    done: str = ""


def left(s: Sheet, at: datetime) -> Html:
    """How long until then: counted on in the browser."""
    return tag("time", s.words.minutes(at, s.now), datetime=at.isoformat(), class_="left")
