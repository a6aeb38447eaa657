"""A message read: whether there is a threat, of what kind, what is over, and which places are named as what.

`Reader.read` takes the messages of all channels in the sequence in which they came: what a channel spoke of before
helps to tell places apart, and what flies at that moment says what a bare "missile" is. It never guesses an end: there
must be the words for one, of a kind that is not said to go on in the same message.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

import msgspec

from tocsin.intake.messages.gazetteer import Gazetteer, Named, Place, Sort
from tocsin.intake.messages.lexicon import KINDS, Meaning, Sense, lexicon
from tocsin.intake.messages.naming import names_in
from tocsin.intake.messages.roles import Before, Found, roles, take_care
from tocsin.intake.messages.sentences import NOT_FLYING, Part, kinds_named, parts, supposed
from tocsin.intake.messages.settling import Around, Flying, Memory, settle
from tocsin.intake.messages.tokens import Token, fold, tokens
from tocsin.limits import THREAT_TEXT_CHARS
from tocsin.model import Threat, ZoneId
from tocsin.report import Role


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """A place named in a message."""

    quote: str
    role: Role
    zone: ZoneId | None
    """КАТОТТГ of the smallest unit that holds it; None abroad or at sea."""
    others: tuple[ZoneId, ...] = ()
    """What else may be meant, where it is not settled: to warn, all of them count."""
    start: int
    end: int
    kinds: tuple[Threat, ...] = ()
    """What its own sentence says flies; the message's kinds where it says nothing."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What a message says."""

    live: bool
    """That a threat exists now or is imminent."""
    kinds: tuple[Threat, ...]
    ends: tuple[str, ...]
    """Kinds that are declared over, or ``all``."""
    mentions: tuple[Mention, ...]


class Reader:
    """Reads one stream of messages, in their sequence."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._memories: dict[str, Memory] = {}
        self._flying = Flying()
        """By the word of all channels together."""
        self._lines: dict[str, tuple[_Sentence, ...]] = {}
        """What was read in lines lately: channels repeat themselves and one another."""

    def read(self, text: str, channel: str, at: datetime) -> Message:
        """Read one message. Nothing is raised whatever it says; what is no message of a threat has nothing in it."""
        memory = self._memory(channel)
        said = self._clauses(text[:THREAT_TEXT_CHARS])
        kinds: list[Threat] = []
        flown: set[Threat] = set()
        for clause in said:
            clause.kinds = self._kinds_in(clause, flown, memory.flying, at)
            kinds += [kind for kind in clause.kinds if kind not in kinds]
            if not clause.meaning & NOT_FLYING:
                flown.update(clause.kinds)
        if (
            len(kinds) > 1
            and any(kind in _NAMED_MISSILES for kind in kinds)
            and not any(clause.of_no_kind for clause in said)
        ):
            kinds = [kind for kind in kinds if kind is not Threat.UNSPECIFIED_MISSILES]
        before = Before()
        for clause in said:
            clause.found, before = roles(clause.words, clause.names, set(clause.kinds or kinds), clause.meaning, before)
        together = 0
        for clause in said:
            together |= clause.meaning
        if len(said) > 1 and together & Sense.ATTENTION:
            _take_care(said)
        mentions = self._mentions(text, said, memory, at, kinds)
        ends = _ends(said) if together & (Sense.ENDS | Sense.MINUS) else ()
        live = _live(said, quiet=bool(together & (Sense.EVERYDAY | Sense.PAST)))
        if live:
            memory.flying.note(kinds, at)
            self._flying.note(kinds, at)
        if ends and live:
            ends = tuple(end for end in ends if end != "all")
        return Message(live=live, kinds=tuple(kinds), ends=ends, mentions=mentions)

    def _clauses(self, text: str) -> list[_Clause]:
        """The sentences of a message, without those of lines that are about something else than a threat."""
        said: list[_Clause] = []
        start = 0
        for line in text.split("\n"):
            if line:
                known = self._lines.get(line)
                if known is None:
                    known = self._sentences(line)
                said += [_Clause(sentence, start) for sentence in known]
            start += len(line) + 1
        return said

    def _sentences(self, line: str) -> tuple[_Sentence, ...]:
        found: list[_Sentence] = []
        if not lexicon().leads_away(line):
            said = list(parts(tokens(line)))
            if not any(part.meaning & Sense.ADVERT for part in said):
                found = [self._sentence(part) for part in said]
        if len(self._lines) >= LINES_REMEMBERED:
            self._lines.clear()
        self._lines[line] = tuple(found)
        return self._lines[line]

    def _sentence(self, part: Part) -> _Sentence:
        names = names_in(part.words, self._gazetteer)
        meaning = part.meaning | Sense.STALE if supposed(part, places=bool(names)) else part.meaning
        return _Sentence(part.words, part.said, meaning, names, kinds_named(part))

    def _memory(self, channel: str) -> Memory:
        memory = self._memories.get(channel)
        if memory is None:
            home = set()
            words = [token for token in tokens(channel) if token.kind == "word"]
            for named in names_in(words, self._gazetteer).values():
                home |= {place.oblast for place in named.places if place.oblast and place.people >= 50_000}
            if "kyiv" in fold(channel):
                home.add("UA80")
            if "UA80" in home:
                home.add("UA32")
            memory = self._memories[channel] = Memory(home)
        return memory

    def _kinds_in(self, clause: _Clause, before: set[Threat], flying: Flying, at: datetime) -> list[Threat]:
        """What a sentence says flies; ``before`` is what those before it in the message say does."""
        found = list(clause.named)
        missile = clause.meaning & (Sense.MISSILE | Sense.NOT_KIND) == Sense.MISSILE
        if missile and _MISSILES.isdisjoint(found):
            found.append(_bare_missile(before) or flying.bare_missile(at) or self._flying.bare_missile(at) or CRUISE)
        return found

    def _mentions(
        self, text: str, said: Sequence[_Clause], memory: Memory, at: datetime, kinds: Sequence[Threat]
    ) -> tuple[Mention, ...]:
        everywhere = frozenset(region for clause in said for _, region, _ in clause.regions())
        certain = [found.named.places[0] for clause in said for found in clause.found if _certain(found)]
        mentions: dict[tuple[str, Role, str | None, tuple[Threat, ...]], Mention] = {}
        heading: frozenset[str] = frozenset()
        for clause in said:
            heading = clause.heads() or heading
            its_kinds = tuple(clause.kinds or kinds)
            for found in clause.found:
                places = list(found.named.places)
                if len(places) > 1:
                    around = Around(clause.lead(found) or heading, heading, everywhere)
                    places = settle(places, around, memory, at, certain)
                    if len(places) == 1:
                        certain.append(places[0])
                memory.remember(at, places[0])
                mention = _mention(text, clause, found, places, its_kinds)
                mentions.setdefault((mention.quote, mention.role, mention.zone, its_kinds), mention)
        return tuple(mentions.values())


def _mention(text: str, clause: _Clause, found: Found, places: Sequence[Place], kinds: tuple[Threat, ...]) -> Mention:
    start = clause.offset + clause.words[found.at].start
    end = clause.offset + clause.words[found.at + found.named.words - 1].end
    zone = places[0].zone
    others = dict.fromkeys(ZoneId(place.zone) for place in places[1:] if place.zone and place.zone != zone)
    return Mention(
        quote=text[start:end],
        role=found.role,
        zone=ZoneId(zone) if zone else None,
        others=tuple(others),
        start=start,
        end=end,
        kinds=kinds,
    )


_MISSILES = {Threat.CRUISE_MISSILES, Threat.BALLISTIC_MISSILES, Threat.UNSPECIFIED_MISSILES}
_NAMED_MISSILES = _MISSILES - {Threat.UNSPECIFIED_MISSILES}
_UNSPECIFIED = 1 << KINDS.index(Threat.UNSPECIFIED_MISSILES)


LINES_REMEMBERED = 4_000
FEW_WORDS = 4
"""A call for attention has no more."""

CRUISE = Threat.CRUISE_MISSILES


def _take_care(said: Sequence[_Clause]) -> None:
    """ "Увага!", and then who is meant; or first who is meant, and then "Всі в укриття"."""
    for one, two in pairwise(said):
        for places, cry in ((one, two), (two, one)):
            if places.found and not places.kinds and (cry.cries or (cry is two and cry.calls)):
                places.found = take_care(places.found)


def _bare_missile(before: set[Threat]) -> Threat | None:
    """What a "missile" is after what its own message said: "Балістика на Київ! 2 ракети" are no cruise missiles."""
    if CRUISE in before or Threat.STRATEGIC_AVIATION in before:
        return CRUISE
    return Threat.UNSPECIFIED_MISSILES if Threat.BALLISTIC_MISSILES in before else None


class _Sentence(NamedTuple):
    """What its words say by themselves, wherever it stands."""

    words: list[Token]
    said: list[str]
    """Folded words and numbers."""
    meaning: Meaning
    names: dict[int, Named]
    named: tuple[Threat, ...]
    """The kinds that it names."""


class _Clause:
    """A sentence on its way through the reader."""

    __slots__ = ("found", "kinds", "meaning", "named", "names", "offset", "said", "words")

    def __init__(self, sentence: _Sentence, offset: int) -> None:
        """``offset`` is where its line stands in the message."""
        self.words, self.said, self.meaning, self.names, self.named = sentence
        self.offset = offset
        self.kinds: list[Threat] = []
        self.found: list[Found] = []

    @property
    def over(self) -> bool:
        return bool(self.meaning & Sense.ENDS)

    def regions(self) -> list[tuple[int, str, Role]]:
        """The oblasts and raions it names: where in it, the first characters of the code, as what."""
        firsts = ((found, found.named.places[0]) for found in self.found)
        return [(found.at, one.oblast, found.role) for found, one in firsts if one.sort is Sort.REGION and one.oblast]

    def heads(self) -> frozenset[str] | None:
        """An oblast with a colon after it: what follows is there."""
        if len(self.found) != 1 or not any(word.text == ":" for word in self.words):
            return None
        return frozenset(region for _, region, _ in self.regions()) or None

    def lead(self, found: Found) -> frozenset[str] | None:
        """The oblast that the sentence is in at a name: said right after it, or else last before it."""
        regions = self.regions()
        for at, region, _ in regions:
            if at > found.at and all(word.text in ",(" for word in self.words[found.at + found.named.words : at]):
                return frozenset((region,))
        before = [region for at, region, role in regions if at < found.at and role is not Role.FROM]
        return frozenset(before[-1:]) or None

    @property
    def calls(self) -> bool:
        """Whether it calls for attention or cover, and names no place."""
        return not self.found and self.meaning & (NOT_FLYING | Sense.ATTENTION) == Sense.ATTENTION

    @property
    def cries(self) -> bool:
        """Whether it does nothing but call for attention or cover."""
        return self.calls and not self.kinds and len(self.said) <= FEW_WORDS

    @property
    def of_no_kind(self) -> bool:
        """That missiles are spoken of apart from those that are named: "ракетна небезпека", "тип невідомий"."""
        return bool(self.meaning & _UNSPECIFIED) or any(word.startswith("невідом") for word in self.said)


def _certain(found: Found) -> bool:
    return len(found.named.places) == 1 and found.named.places[0].sort in (Sort.SETTLEMENT, Sort.SHORT, Sort.QUARTER)


def _ends(said: Sequence[_Clause]) -> tuple[str, ...]:
    ended: dict[str, None] = {}
    alive: set[Threat] = set()
    spoken_of: Sequence[Threat] = ()
    for clause in said:
        minus = clause.meaning & (Sense.MINUS | Sense.STALE) == Sense.MINUS and "по" in clause.said
        if clause.over or minus:
            for end in [kind.value for kind in clause.kinds] or ["all"]:
                ended[end] = None
            continue
        spoken_of = clause.kinds or spoken_of
        if (clause.kinds or clause.found) and not clause.meaning & NOT_FLYING:
            alive |= set(spoken_of)
    if "all" in ended and (alive or any(map(_still, said))):
        ended.pop("all")
    return tuple(end for end in ended if end not in {kind.value for kind in alive})


def _still(clause: _Clause) -> bool:
    """Whether it names a place where it is not over: not "Гарної ночі, Львове"."""
    return bool(clause.found) and not clause.over and not clause.meaning & Sense.EVERYDAY


MANY_WORDS = 5
"""Where so many words beside a place say nothing of a threat, it is spoken of for another reason."""


def _live(said: Sequence[_Clause], *, quiet: bool) -> bool:
    everyday = quiet and any(clause.meaning & (Sense.EVERYDAY | Sense.PAST) and not clause.kinds for clause in said)
    for clause in said:
        if clause.meaning & NOT_FLYING or (everyday and not _apart_from_everyday(clause)):
            continue
        if _threatened(clause) or clause.kinds or clause.meaning & Sense.MOTION:
            return True
    return False


def _apart_from_everyday(clause: _Clause) -> bool:
    """Whether it tells of a threat although the message speaks of a train, a lost dog or a drill."""
    if clause.kinds or clause.meaning & Sense.URGENT:
        return True
    return not clause.meaning & Sense.EVERYDAY and any(not found.bare for found in clause.found)


def _threatened(clause: _Clause) -> bool:
    """Whether a place is named as one where something is, or is going."""
    roles_here = {found.role for found in clause.found} - {Role.IMPACT, Role.ENDED}
    if roles_here != {Role.AT}:
        return bool(roles_here)
    beside = len(clause.said) - sum(found.named.words for found in clause.found)
    return beside < MANY_WORDS + len(clause.found)
