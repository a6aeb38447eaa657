"""What a place is in a sentence: where a threat is, where to, where from, what it passes, who must take cover.

One walk over the words of a clause. Prepositions and a few verbs say what the next places are; places that are listed
together are one thing; what stands alone is where the threat is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tocsin.intake.messages.forms import ACCUSATIVE, GENITIVE, INSTRUMENTAL, LOCATIVE, NOMINATIVE
from tocsin.intake.messages.gazetteer import Named, Place, Sort
from tocsin.intake.messages.lexicon import WITHIN, Meaning, Sense, lexicon
from tocsin.intake.messages.tokens import Token
from tocsin.model import Threat
from tocsin.report import Role


class Found(NamedTuple):
    """A name in a clause, at its first token."""

    at: int
    named: Named
    role: Role
    bare: bool = False
    """Whether nothing but its place in the sentence says so."""


class Before(NamedTuple):
    """How the clause before ended: a list may go on over a full stop."""

    role: Role | None = None
    route: bool = False


AMONG = frozenset(",/\\&+-–—.(")
"""Marks that join a list."""

LAUNCHED = frozenset(Threat) - {Threat.DRONES, Threat.GUIDED_BOMBS, Threat.AIR_DEFENCE, Threat.UNKNOWN}
"""What is launched, or takes off, at one place to strike at another far away."""

OF_A_SIDE = ("стороны", "сторони", "боку")

GOES = ("лет", "йде", "йду", "рух", "зах")
"""How verbs of what flies begin."""

CRIMEA = "UA01000000000013043"


def roles(
    words: Sequence[Token], names: Mapping[int, Named], kinds: set[Threat], meaning: Meaning, before: Before
) -> tuple[list[Found], Before]:
    """The role of each name of a clause, and how the clause ended.

    ``names`` are by the place of their first token; ``kinds`` is what flies, ``meaning`` what the clause says.
    """
    if not names:
        return [], Before(None, _route(words, before.route))
    walk = _Walk(words, names, meaning, before)
    walk.run()
    found = _in_the_whole(walk.found, words, kinds, meaning, walk.sided) if walk.found else []
    return found, Before(found[-1].role if found else None, walk.route)


def _route(words: Sequence[Token], route: bool) -> bool:
    """Whether a route is told at the end of a clause that names no place."""
    on_the_way = lexicon().grammar.on_the_way
    for word in words:
        if word.folded in on_the_way:
            route = True
        elif word.text == ":":
            route = False
    return route


def take_care(found: Sequence[Found]) -> list[Found]:
    """The same places, where the sentence before or after is only "Увага!" or "В укриття!"."""
    return [one._replace(role=Role.UNDER_THREAT) if one.bare and one.role is Role.AT else one for one in found]


class _Walk:
    def __init__(self, words: Sequence[Token], names: Mapping[int, Named], meaning: Meaning, before: Before) -> None:
        self.words, self.names, self.meaning, self.known = words, names, meaning, lexicon()
        self.denies = any(word.folded == "не" for word in words)
        self.found: list[Found] = []
        self.role: Role | None = None
        """What the next place is."""
        self.listing: Role | None = None
        """What the place before was, while only commas and the like have come since."""
        self.route = before.route
        self.sided = False
        """Whether it comes from a side: "from the south"."""
        self._to_side = False
        goes_on = before.role in (Role.PASSING, Role.HEADING_TO)
        if goes_on and 0 in names and not names[0].cases & NOMINATIVE:
            self.listing = before.role

    def run(self) -> None:
        at, names, steering = 0, self.names, self.known.steering
        while at < len(self.words):
            named = names.get(at)
            if named is None:
                word = self.words[at]
                if word.kind == "word" and word.folded not in steering:  # as most words
                    self.listing = None
                    if self.role is Role.FROM or self.role is Role.AT:
                        self.role = None
                    at += 1
                else:
                    at = self._word(at)
            else:
                self._place(at, named)
                at += named.words

    def _denied(self, at: int, named: Named) -> bool:
        """Whether it is said not to be there: не Бровари, не на Фастів, на Київ не летить."""
        before = at - 1
        while before > 0 and self._said(before) in ("на", "в", "у", "до", "к"):
            before -= 1
        if before >= 0 and self._said(before) == "не":
            return True
        after = at + named.words
        return self._said(after) == "не" and self._said(after + 1).startswith(GOES)

    def _place(self, at: int, named: Named) -> None:
        if self.denies and self._denied(at, named):
            self.role = self.listing = None
            return
        role, bare = self.role or self.listing, False
        if role is None and self._pointed_at(at):
            role = Role.PASSING if self.route else Role.HEADING_TO
        elif role is None and self.route and any(word.kind == "arrow" for word in self.words[max(0, at - 3) : at]):
            role = Role.PASSING
        elif role is None:
            role, bare = Role.AT, True
        if role is Role.HEADING_TO and self._stands(named, at):
            role = Role.AT
        if role is Role.FROM and named.cases == INSTRUMENTAL:
            role = Role.AT  # with it, not from it
        self.found.append(Found(at, named, role, bare))
        self.role, self.listing, self._to_side = None, None if bare else role, False

    def _pointed_at(self, at: int) -> bool:
        """Whether an arrow stands right before it."""
        return at > 0 and self.words[at - 1].kind == "arrow" and self.words[at - 1].text[0] not in "⬅◀↖↙"

    def _stands(self, named: Named, at: int) -> bool:
        """After "на" and "в" the case tells where from whither: на Сумщині, на Сумщину."""
        if not named.cases & LOCATIVE or named.cases & ACCUSATIVE:
            return False
        grammar = self.known.grammar
        for word in reversed(self.words[max(0, at - 3) : at]):
            passed_over = (
                word.folded in grammar.sides or word.folded in grammar.locality or word.folded in grammar.raion
            )
            if word.kind == "word" and not passed_over:
                return word.folded in ("на", "в", "у", "во")
        return False

    def _said(self, at: int) -> str:
        return self.words[at].folded if 0 <= at < len(self.words) else ""

    def _word(self, at: int) -> int:
        """Take one word or mark that is no place; give where to go on."""
        token, grammar = self.words[at], self.known.grammar
        said = token.folded
        if token.kind == "arrow":
            self.role = self.listing = None
        elif token.kind == "mark":
            if said in "/\\" and self._said(at - 1) in ("на", "до") and self._said(at + 1) in ("через", "повз"):
                return at + 2  # на/через: where to
            self._mark(said)
        elif said in grammar.on_the_way:
            self.route = True
        elif not (
            token.kind == "number"
            or said in grammar.and_words
            or (said in grammar.locality and (token.text.endswith(".") or len(said) > 2))
        ):
            self._steer(at, said)
        return at + 1

    def _mark(self, said: str) -> None:
        if said not in AMONG:
            self.listing = None
        if said in ",.;:(" and self.role is not Role.PASSING:
            self.role = None
        if said == ":":
            self.route = False

    def _steer(self, at: int, said: str) -> None:
        known, grammar, following = self.known, self.known.grammar, self._said(at + 1)
        listing, self.listing = self.listing, None
        if said in known.passing:
            self.role = Role.PASSING
        elif said == "на":
            self._on(following)
        elif said in ("в", "у", "во"):
            self._in(following)
        elif said in known.leaving:
            self._from(at, said, following)
        elif said in ("до", "к", "ко"):
            self.role = None if following.isdigit() else Role.HEADING_TO
        elif said == "для":
            self.role = Role.UNDER_THREAT if self.meaning & Sense.DANGER else None
        elif said == "по":
            self.role = Role.HEADING_TO if at + 1 in self.names and not self.meaning & Sense.ATTENTION else None
        elif said in grammar.raion or said in WITHIN:
            self.listing = listing if self.role is None else None
        elif self.role is Role.FROM and said in OF_A_SIDE:
            pass  # з боку Світловодська
        elif said in grammar.towards or said in known.heading:
            self.role = Role.HEADING_TO
        elif said in known.at:
            if self.role not in (Role.FROM, Role.PASSING) and not self._up_to(at, said):
                self.role = Role.AT
        elif said in grammar.sides or said in grammar.compass_at:
            self.listing = listing
            if said in grammar.compass_at and self.role is Role.HEADING_TO and not self._to_side:
                self.role = Role.AT
        elif self.role in (Role.FROM, Role.AT):
            self.role = None

    def _up_to(self, at: int, said: str) -> bool:
        """Whether it goes as far as the edge of the next place: до околиць, на західні околиці; not на околиці."""
        previous = self._said(at - 1)
        return (
            self.role is Role.HEADING_TO
            and said in self.known.grammar.outskirts
            and previous not in ("на", "в", "у")
            and not previous.endswith(("ій", "ой"))
        )

    def _on(self, following: str) -> None:
        grammar = self.known.grammar
        if following in grammar.compass_at:
            self.role = Role.AT
        elif following in grammar.not_whither:
            self.role = None
        else:
            self.role, self._to_side = Role.HEADING_TO, following in grammar.compass_to

    def _in(self, following: str) -> None:
        grammar = self.known.grammar
        if following in grammar.standing:
            if self.role is not Role.PASSING:
                self.role = Role.AT
        elif following in grammar.raion or following not in grammar.towards:
            self.role = Role.HEADING_TO

    def _from(self, at: int, said: str, following: str) -> None:
        grammar, previous = self.known.grammar, self._said(at - 1)
        if following in grammar.sides and self._no_place_after(at + 2):
            self.sided, self.role = True, None
        elif following.isdigit():
            self.role = None
        elif previous in grammar.edges or (said == "від" and self._away(at - 1)):
            self.role = Role.AT
        else:
            self.role = Role.FROM

    def _away(self, at: int) -> bool:
        """Whether the word before "від" says on which side of a place: на півдні від, not з півдня від."""
        grammar, said = self.known.grammar, self._said(at)
        return said in grammar.away_from or (
            said in grammar.compass_at and self._said(at - 1) not in grammar.from_words
        )

    def _no_place_after(self, at: int) -> bool:
        """Whether "from the south" ends there: not "from the south of Kyiv oblast"."""
        if self._said(at - 1) in OF_A_SIDE:
            return at not in self.names
        while self._said(at) in self.known.grammar.sides or self._said(at) == "-":
            at += 1
        named = self.names.get(at)
        return named is None or not named.cases & GENITIVE or bool(named.cases & NOMINATIVE)


def _in_the_whole(
    found: list[Found], words: Sequence[Token], kinds: set[Threat], meaning: Meaning, sided: bool
) -> list[Found]:
    """What the clause as a whole says of its places: take cover, an explosion, a launch, an all-clear."""
    attention = meaning & Sense.ATTENTION
    ended = meaning & (Sense.ENDS | Sense.MINUS)
    impact, launch = meaning & Sense.IMPACT, bool(meaning & Sense.LAUNCH)
    threatened = bool(meaning & Sense.DANGER)
    launched = not kinds.isdisjoint(LAUNCHED) and Threat.DRONES not in kinds

    def in_the_whole(one: Found) -> Role:
        places = one.named.places
        first = places[0] if len(places) == 1 else max(places, key=_weight)
        away = first.sort in (Sort.ABROAD, Sort.AIRFIELD, Sort.SEA, Sort.LAUNCH) or first.zone == CRIMEA
        if first.sort is Sort.COUNTRY:
            return Role.UNDER_THREAT
        if _launched_there(one, away, launch=launch, threatened=threatened, launched=launched):
            return Role.LAUNCH_AREA
        if ended and one.role in (Role.AT, Role.HEADING_TO, Role.UNDER_THREAT):
            return Role.ENDED
        if one.bare and (attention or (threatened and not away)):
            return Role.UNDER_THREAT
        if impact and one.role is Role.AT:
            return Role.IMPACT
        if one.bare and (sided or _comes_from(one, found, words)) and not _heads_a_list(one, words):
            return Role.HEADING_TO
        return one.role

    return [one._replace(role=in_the_whole(one)) for one in found]


def _weight(place: Place) -> float:
    return place.weight


def _launched_there(one: Found, away: bool, *, launch: bool, threatened: bool, launched: bool) -> bool:
    if one.role is Role.FROM:
        return (launch or threatened or (away and launched)) and (away or launched or launch)
    if one.bare and away and one.named.places[0].sort is not Sort.SEA:
        return launch or launched
    return one.role is Role.AT and launch and away


def _heads_a_list(one: Found, words: Sequence[Token]) -> bool:
    after = one.at + one.named.words
    return after < len(words) and words[after].text == ":"


def _comes_from(one: Found, found: list[Found], words: Sequence[Token]) -> bool:
    """Бровари від Димерки: right after the name it is said where from."""
    after = one.at + one.named.words
    right_after = after < len(words) and words[after].folded in lexicon().grammar.from_words
    return right_after and any(other.role is Role.FROM and other.at in (after + 1, after + 2) for other in found)
