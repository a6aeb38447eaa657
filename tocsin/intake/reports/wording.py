"""From a message that was read to reports: one for each thing that it tells of, and one for what it says is over.

What one sentence or line says together is one thing. An end is only taken where the reader found the words for one, and
never from what goes on. Where a place abroad lies is said by tocsin/data/threat-words/abroad.csv.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files

from tocsin import limits
from tocsin.intake.messages.gazetteer import Gazetteer
from tocsin.intake.messages.lexicon import Sense, lexicon
from tocsin.intake.messages.lexicon import said as words_of
from tocsin.intake.messages.reading import Mention, Message
from tocsin.intake.messages.tokens import fold, tokens
from tocsin.intake.reports.sifting import Aside, Flaw
from tocsin.model import Hierarchy, Threat, ZoneId
from tocsin.report import KIND_OF, Make, Role, Spot, Told

DATA = files("tocsin.data")

_BREAK = re.compile(r"\n|[;!?]|\.(?=\s+[А-ЯІЇЄҐ🛵☄])")
"""Where one thing ends and the next begins."""

_COURSE = re.compile(
    r"(?:курс\w*|напрям\w*|вектор\w*)\s*(?:руху\s*)?(?:(?:на|у|в|до)\s+|[-–—:➡→]+\s*)?"
    r"(?P<to>(?:північн?|південн?|зах[іо]д\w*|західн?|схід\w*|східн?)\w*(?:[\s-]+(?:зах|схід|сход)\w*)?)"
    r"|(?P<adj>(?:північн?о?|південн?о?|західн|східн)\w*(?:[\s-]*(?:західн|східн)\w*)?)\s+(?:напрям|курс)\w*"
)
_EIGHTH_DEG = 22.5


class Wording:
    """Makes reports of messages, over one gazetteer."""

    def __init__(self, gazetteer: Gazetteer, hierarchy: Hierarchy) -> None:
        self._gazetteer = gazetteer
        self._hierarchy = hierarchy

    def told(self, message: Message, text: str, said_at: datetime) -> tuple[Told, ...]:
        """What the message tells; empty where it tells of no threat and of no end."""
        common = {
            "said_at": said_at,
            "text": text[: limits.TEXT_CHARS],
            "original_sha256": hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        }
        found: list[Told] = []
        if message.live:
            for kinds, mentions, words in self._things(message, text):
                spots = self._spots(mentions)
                make = make_in(words, kinds)
                course = course_in(words)
                found.append(
                    Told(
                        kinds=kinds,
                        make=make,
                        spots=spots[: limits.SPOTS_PER_REPORT],
                        course_deg=course,
                        course_spread_deg=None if course is None else _EIGHTH_DEG,
                        **common,  # type: ignore[arg-type]  # each is of the type of its field
                    )
                )
        if message.ends:
            over = self._spots(mention for mention in message.mentions if mention.role is Role.ENDED)
            ends = tuple(dict.fromkeys(message.ends))
            found.append(Told(ends=ends, spots=over[: limits.SPOTS_PER_REPORT], **common))  # type: ignore[arg-type]  # as above
        return tuple(dict.fromkeys(found))

    def _things(self, message: Message, text: str) -> Iterator[tuple[tuple[Threat, ...], Sequence[Mention], str]]:
        """The kinds, places and words of each thing that flies."""
        kinds = tuple(kind for kind in message.kinds if kind not in message.ends)
        places = [one for one in message.mentions if one.role not in (Role.ENDED, Role.IMPACT)]
        groups: list[tuple[tuple[Threat, ...], list[Mention]]] = []
        end = 0
        for mention in sorted(places, key=lambda one: one.start):
            its_kinds = tuple(kind for kind in mention.kinds if kind not in message.ends) or kinds
            together = groups and groups[-1][0] == its_kinds and not _BREAK.search(text, end, mention.start)
            if together:
                groups[-1][1].append(mention)
            else:
                groups.append((its_kinds, [mention]))
            end = mention.end
        groups = [group for place, group in enumerate(groups) if not self._heads(place, groups, text)]
        if not groups and kinds:
            yield kinds, (), text
        said = {kind for group_kinds, _ in groups for kind in group_kinds}
        for place, (its_kinds, mentions) in enumerate(groups):
            start = _line_start(text, mentions[0].start)
            following = groups[place + 1][1][0].start if place + 1 < len(groups) else len(text)
            stop = _BREAK.search(text, mentions[-1].end, following)
            yield its_kinds or (Threat.UNKNOWN,), mentions, text[start : stop.start() if stop else following]
        for kind in kinds:
            if groups and kind not in said:
                yield (kind,), (), text

    def _heads(self, place: int, groups: Sequence[tuple[tuple[Threat, ...], Sequence[Mention]]], text: str) -> bool:
        """Whether it is only the heading over what follows: an oblast with a colon, and then places in it."""
        mentions = groups[place][1]
        if len(mentions) != 1 or not text[mentions[0].end :].lstrip(" *_").startswith(":"):
            return False
        zone = self._zone(mentions[0].zone)
        below = [one for _, later in groups[place + 1 :] for one in later]
        return zone is not None and any(zone in self._above(self._zone(one.zone)) for one in below)

    def _spots(self, mentions: Iterable[Mention]) -> tuple[Spot, ...]:
        spots = list(dict.fromkeys(spot for mention in mentions for spot in self._spot(mention)))
        finer = {(spot.role, above) for spot in spots for zone in spot.zones for above in self._above(zone)}
        return tuple(spot for spot in spots if not (len(spot.zones) == 1 and (spot.role, spot.zones[0]) in finer))

    def _spot(self, mention: Mention) -> Iterator[Spot]:
        zones = dict.fromkeys(filter(None, map(self._zone, (mention.zone, *mention.others))))
        name = mention.quote[: limits.NAME_CHARS]
        if zones:
            yield Spot(role=mention.role, zones=tuple(zones)[: limits.SPOT_ZONES], name=name)
            return
        where = self._abroad(mention.quote)
        if where is not None:
            lon, lat, radius_m = where
            yield Spot(role=mention.role, lon=lon, lat=lat, radius_m=radius_m, name=name)
        else:
            yield Spot(role=mention.role, name=name)

    def _abroad(self, quote: str) -> tuple[float, float, float] | None:
        words = list(tokens(quote))
        named = self._gazetteer.find(words, 0) if words else None
        names = [place.name for place in named.places if place.zone is None] if named else []
        if not names and words:  # "Брянської області" is found by its adjective
            by_adjective = self._gazetteer.named_by_adjective(words[0].folded)
            names = [place.name for place in by_adjective[0] if place.zone is None] if by_adjective else []
        return next((abroad()[name] for name in names if name in abroad()), None)

    def _zone(self, code: str | None) -> ZoneId | None:
        """The atlas' zone that holds a unit."""
        if code is None:
            return None
        zone = ZoneId(self._gazetteer.unit(code))
        return zone if zone in self._hierarchy else None

    def _above(self, zone: ZoneId | None) -> tuple[ZoneId, ...]:
        return () if zone is None else self._hierarchy.ancestors(zone)


def why_nothing(text: str) -> Flaw:
    """Why a message that tells of no threat is set aside."""
    known = lexicon()
    for line in text.split("\n"):
        if known.leads_away(line) or known.meaning(words_of(list(tokens(line)))) & Sense.ADVERT:
            return Flaw(Aside.ADVERT, "it advertises, and tells of no threat")
    letters = [letter for letter in text if letter.isalpha()]
    cyrillic = sum(1 for letter in letters if "\u0400" <= letter <= "\u052f")
    if letters and 2 * cyrillic < len(letters):
        return Flaw(Aside.OTHER_LANGUAGE, "it is in no language that is read here: Ukrainian or Russian")
    return Flaw(Aside.NO_THREAT, "it tells of no threat that there is now, and of no end")


def make_in(text: str, kinds: Sequence[Threat]) -> Make | None:
    """What sort of thing the words name, where they name just one that is of these kinds."""
    said = " ".join(fold(word.text) for word in tokens(text) if word.kind in ("word", "number"))
    joined = f" {said}"
    found = {make for word, make in makes() if f" {word}" in joined and not KIND_OF[make].isdisjoint(kinds)}
    return next(iter(found)) if len(found) == 1 else None


def course_in(text: str) -> float | None:
    """The course that the words give as a direction of the compass, in degrees; None where none or several."""
    found = {degrees for one in _COURSE.finditer(text.lower()) if (degrees := _degrees(one["to"] or one["adj"] or ""))}
    return next(iter(found)) % 360.0 if len(found) == 1 else None


def _degrees(said: str) -> float | None:
    """360 for north, so that no direction is nothing."""
    north, south = "північ" in said or "півноч" in said, "півд" in said
    west, east = "зах" in said, "схід" in said or "східн" in said or "сход" in said
    if north == south and west == east:
        return None
    if north or south:
        lean = 45.0 * (east - west)
        return (360.0 + lean) if north else 180.0 - lean
    return 270.0 if west else 90.0


@cache
def abroad() -> dict[str, tuple[float, float, float]]:
    """Longitude, latitude and uncertainty in metres of places abroad and at sea, by name."""
    return {
        row["name"]: (float(row["lon"]), float(row["lat"]), 1_000.0 * float(row["radius_km"]))
        for row in _rows("threat-words/abroad.csv")
    }


@cache
def makes() -> tuple[tuple[str, Make], ...]:
    return tuple((row["word"], Make(row["make"])) for row in _rows("threat-words/makes.csv"))


def _rows(name: str) -> Iterator[dict[str, str]]:
    yield from csv.DictReader(io.StringIO((DATA / name).read_text(encoding="utf-8")))


def _line_start(text: str, at: int) -> int:
    breaks = [found.end() for found in _BREAK.finditer(text, 0, at)]
    return breaks[-1] if breaks else 0
