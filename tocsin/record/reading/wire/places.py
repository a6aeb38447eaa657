"""Where: the places that a sentence names, and which of them a fact is about.

Promises that a place is words of the report. It knows places by how they stand in a sentence, so that a village
nobody has heard of is found as well; which zone it is, is for others to say.
"""

from __future__ import annotations

import msgspec

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.numbers import NUMBER_STARTS
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.words import UPPER, mark

_LEADS = words_of(
    """
        in on over near at across around outside of into for targeting hit struck targeted pounded battered shook
        attacked shelled bombarded hammered blasted attacking striking hitting pounding shelling toward towards rocked
        attacked to above throughout from between within against captured seized liberated recaptured retaken occupied
    """
)
_ADJECTIVES = words_of("us western soviet iran russia ukraine moscow kyiv russian ukrainian kremlin iranian")
_OFFICES = frozenset({"mayor", "governor", "regional", "prosecutors", "authorities", "officials", "residents"})
_OF_PLACES = frozenset({"governor", "mayor"})
_REGION = words_of(
    """
        region regions oblast oblasts province provinces district districts regional
    """
)
_KINDS = words_of(
    """
        city town village settlement republic villages towns settlements suburb port community capital hub region oblast
        province district
        island peninsula
    """
)
_WIDE = _REGION - {"districts"}
_SKIPPED = words_of(
    """
        southern northern eastern western central southeastern southwestern northeastern northwestern
        south-eastern north-eastern ukrainian russian nearby neighbouring neighboring frontline
        front-line border industrial black-sea ukraine's russia's 's ukrainian-controlled
        russian-occupied occupied russian-held russian-controlled annexed russian-annexed sea coastal besieged embattled
        beleaguered war-torn war-battered strategic
    """
)
_NOT_PLACES = (
    words_of("kmva ova rma oma ses sbu hur gur dtek tcc") |
    lex.PREPOSITIONS
    | lex.CONJUNCTIONS
    | lex.ADVERBS
    |     lex.WEEKDAYS | lex.MONTHS | lex.ROLES - {"union"} | words_of(
    """
        telegram facebook x twitter reuters afp ap bbc monday's iranian-made shahed russian ukrainian
        western european american republic state regional unn ukrinform
        zelensky zelenskiy zelenskyy putin nato un united the a an patriot
        iranian kinzhal iskander kalibr gmt soviet-era eu us u.s. president mr mrs ms dr independent
        academy university institute museum church cathedral parliament corporation
        ukrenergo dtek i we he she it they this that there these those some many several officials
        people residents donald trump joe biden vladimir volodymyr emmanuel macron keir starmer friedrich merz
        marco rubio lavrov dmitry peskov antony blinken
    """
)
)  # fmt: skip
_CAPITAL = mark(("capital",))
_DIRECTIONS = words_of("north south east west northeast northwest southeast southwest north-east north-west")
_TIMES = lex.WEEKDAYS | {"day", "eve"}
_MINISTRIES = frozenset({"ministry", "minister", "ministers", "department", "emergency", "border", "security"})
_BELONGING = frozenset({"citizen", "citizens", "national", "nationals", "native", "natives"})
_BEFALLEN = words_of("attacked struck hit targeted shelled bombarded rocked shaken pounded hammered bombed affected")
_COUNTRIES = frozenset(["ukraine", "russia"])
_ON_THE_SEA = frozenset({"port", "ports", "city", "town", "coast", "resort", "fleet", "shelf"})
_WORKS = frozenset({"airfield", "base", "factory", "plant", "refinery", "shipyard"})
"""What a name before it names, and no place, where another place follows: "the Antonov plant in Kyiv"."""
_NO_PLACE_BEFORE = _WORKS | _ON_THE_SEA | _TIMES | _MINISTRIES
_END_A_NAME = _NOT_PLACES | _REGION
_DISTRICTS = frozenset({"district", "districts"})
_VILLAGE = frozenset({"village", "settlement"})
_BUILT = frozenset({"nuclear", "hydroelectric", "airport"})
_CAPITALS = ("Kyiv", "Kiev", "Moscow")
_OWN_CAPITALS = {"ukrainian": "Kyiv", "russian": "Moscow"}
_NO_PLACES_OFFICE = lex.DETERMINERS | {"local", "regional", "city", "acting", "deputy", "former"}


class Place(msgspec.Struct, gc=False, order=True):
    first: int
    last: int
    name: str
    region: bool
    country: bool
    kind: str = ""
    """district, where it is one; and whose: "district, Kyiv"."""

    @property
    def called(self) -> str:
        """As the report names it, with its kind where that is not a town."""
        if self.kind:
            return f"{self.name} {self.kind}"
        return f"{self.name} region" if self.region else self.name


def places(sentence: Sentence, names: dict[str, str], capital: str = "") -> list[Place]:
    """The places named, from left to right. ``names`` are people that the report knows; ``capital`` is the one that it
    means by "the capital"."""
    low, cased, marks = sentence.low, sentence.cased, sentence.marks
    size = len(low)
    found: list[Place] = []
    after_last = 0
    for begin in sentence.at(UPPER):
        if begin < after_last or low[begin] in _NOT_PLACES:
            continue
        at = begin + 1
        while at < size and marks[at] & UPPER and low[at] not in _END_A_NAME and cased[at][0].isalpha():
            at += 1
        if low[at - 1] == "sea" and low[at : at + 1] == ["of"] and at + 1 < size and marks[at + 1] & UPPER:
            at += 2  # "the Sea of Azov"
        end = at - 1
        after = low[at] if at < size else ""
        if after == "'s":
            at += 1
            after = low[at] if at < size else ""
        before = low[begin - 1] if begin else ""
        region, joined, kind, owner = after in _REGION, False, "", None
        if before == "of":
            lead = low[max(0, begin - 3) : begin]
            region = region or not _WIDE.isdisjoint(lead)
            kind = "district" if "district" in lead else ""
            if low[begin - 2] in _BELONGING or _of_a_name(sentence, begin):
                continue  # "four people died - citizens of Syria", "the Academy of Decorative Arts"
        elif before == "for" and low[begin - 2 : begin] == ["bound", "for"]:
            continue
        if found:
            last = found[-1]
            if before in ("and", ",") and last.last in (begin - 2, begin - 3, begin - 4):
                region = region or last.region
                joined = True
            elif before == "'s" and last.last == begin - 2:
                owner = last
        if after in _DISTRICTS:
            kind = "district" + (f", {owner.name}" if owner and not owner.country else "")
        if after in _NO_PLACE_BEFORE and _names_no_place(sentence, end, at, after):
            continue
        if "-" in low[begin] and low[begin].split("-")[0] in _ADJECTIVES:
            continue
        after_last = at
        if before == "of" and found and low[begin - 2] in _DIRECTIONS and not found[-1].country:
            continue  # "in Zaporizhzhia, east of Kryvyi Rih": it only says where the other is
        if (
            region
            or joined
            or kind
            or owner
            or _leads(low, begin)
            or after in _BUILT
            or (after in _OFFICES and low[begin] not in _NO_PLACES_OFFICE)
            or (after in _VILLAGE and (before == "that" or before not in lex.DETERMINERS))
            or (after == "," and low[at + 1 : at + 2] == ["where"])
            or (begin == 0 and (low[end + 1 : end + 2] == ["'s"] or _befalls(low[end + 1 : end + 4])))
        ):
            name = " ".join(cased[begin : end + 1]) if end > begin else cased[begin]
            if cased[end] not in names and name not in names.values():
                found.append(Place(begin, end, name, region and not kind, name.lower() in _COUNTRIES, kind))
    return sorted([*found, *_capitals(sentence, capital)]) if sentence.mark & _CAPITAL else found


def _names_no_place(sentence: Sentence, end: int, at: int, after: str) -> bool:
    """Whether a name that ends at ``end`` belongs to what follows, the word at ``at``."""
    if after in _WORKS:
        return sentence.low[at + 1 : at + 2] == ["in"] and "".join(sentence.cased[at + 2 : at + 3])[:1].isupper()
    if after in _ON_THE_SEA:
        return sentence.low[end] == "sea"  # "the Black Sea port of Odesa"
    return True  # "Palm Sunday"


def _of_a_name(sentence: Sentence, begin: int) -> bool:
    """Whether a name is the end of another: "the Academy of Decorative Arts", and not "the Region of Kherson"."""
    if begin < 3 or sentence.low[begin - 1] != "of" or _in_office(sentence.low, begin - 1):
        return False
    return sentence.cased[begin - 2][:1].isupper() and sentence.low[begin - 2] not in _KINDS


def _befalls(after: list[str]) -> bool:
    """Whether a name that opens its sentence is of a place: "Kyiv came under attack", "Kherson, which"."""
    if after[:2] in ([",", "which"], ["came", "under"], ["comes", "under"]):
        return True
    if after[:1] and after[0] in ("was", "were", "is", "has"):
        after = after[2:] if after[1:2] == ["been"] else after[1:]
        return after[:1] != [] and after[0] in _BEFALLEN
    return False


def capital_of(text: str) -> str:
    """Which city a report means by "the capital" as long as it has named none as a place."""
    return next((name for name in _CAPITALS if name in text), "")


def named_capital(found: list[Place], before: str) -> str:
    """The capital that was spoken of last."""
    return next((place.name for place in reversed(found) if place.name in _CAPITALS), before)


def _capitals(sentence: Sentence, meant: str) -> list[Place]:
    """ "the capital", where it is not named right after; not in "south of the capital"."""
    low, cased = sentence.low, sentence.cased
    return [
        Place(at, at, _OWN_CAPITALS.get(low[at - 1], meant) or "the capital", False, False)
        for at, word in enumerate(low)
        if word == "capital"
        and at
        and low[at - 1] in ("the", "ukrainian", "russian")
        and low[at + 1 : at + 2] not in (["of"], ["'s"], ["region"])
        and low[at - 2 : at - 1] not in (["near"], ["outside"])
        and not (low[at - 2 : at - 1] == ["of"] and low[at - 3] in _DIRECTIONS)
        and not (low[at + 1 : at + 2] == [","] and "".join(cased[at + 2 : at + 3])[:1].isupper())
    ]


def _leads(low: list[str], begin: int) -> bool:
    if begin > 1 and low[begin - 1] == "," and low[begin - 2] in _KINDS - _REGION:
        return True  # "the second-largest city, Kharkiv"
    back = begin - 1
    while back >= 0 and (low[back] in _SKIPPED or low[back] in ("the", "and", "both", "of", ",", "as")):
        if low[back] == "of" and back and (low[back - 1] in _KINDS or _in_office(low, back)):
            return True
        if low[back] == "," or low[back] == "and":
            return False
        if low[back] == "of":
            break
        back -= 1
    return back >= 0 and (low[back] in _LEADS or low[back] in _KINDS)


def _in_office(low: list[str], of: int) -> bool:
    """ "Governor Ivan Rii of Kherson"."""
    return not _OF_PLACES.isdisjoint(low[max(0, of - 4) : of])


_PARTED = lex.BARRIERS | frozenset({".", "said"})


def passed_by(low: list[str], at: int) -> bool:
    """ "Launched from Kursk", "missiles from Crimea", "headed towards Belarus"; not "a man from Obolon"."""
    begin = at - 2 if low[at - 1 : at] == ["'s"] else at
    before = low[begin - 1 : begin]
    if before == ["from"]:
        return not _SENT.isdisjoint(low[max(0, begin - 4) : begin - 1])
    return before in _BOUND_FOR and low[at] in lex.ABROAD


_SENT = lex.WEAPON_HEADS | {"launched", "fired", "sent", "came"}
_BOUND_FOR = (["to"], ["towards"], ["toward"], ["into"], ["for"])


def place_of(sentence: Sentence, found: list[Place], at: int, apart: list[tuple[int, int]]) -> str | None:
    """The place of what stands at ``at``: the next one named after it, else the one before. ``apart`` are words, such
    as a speaker's title, whose places are only taken where there is no other."""
    low = sentence.low
    free = [
        place
        for place in found
        if not place.country
        and low[place.first - 1 : place.first] != ["from"]  # "diplomats from Norway", "fired from Crimea"
        and not passed_by(low, place.first)
    ]
    for first, last in apart if free else ():
        free = [place for place in free if not first <= place.first <= last]
    if not free:
        return None
    after = [place for place in free if place.first > at and _PARTED.isdisjoint(low[at : place.first])]
    before = [place for place in free if place.last < at and lex.BARRIERS.isdisjoint(low[place.last : at])]
    if after and before:
        if before[-1].region and (inner := _within(after, low, at)):
            return _named(inner, free, low)
        near = (
            _closest(after, low)
            if after[0].first - at <= 10 and not _opens(low, at, after[0].first)
            else _opening(before, low)
        )
        return _named(near, free, low)
    if after or before:
        return _named(_closest(after, low) if after else _opening(before, low), free, low)
    return None


def _closest(after: list[Place], low: list[str]) -> Place:
    """The first; of a region and a town named further on, the town."""
    if len(after) > 1 and low[after[0].last + 1 : after[1].first] == ["'s"]:
        return after[1]
    if after[0].region:
        for place in after[1:3]:
            if (
                not place.region
                and low[place.first - 1] == "of"
                and low[place.first - 2] in _KINDS
                and place.first - after[0].last < 14
            ):
                return place
    return after[0]


def _within(after: list[Place], low: list[str], at: int) -> Place | None:
    """ "In the Sumy region a man died when a drone hit his yard in the village of X": of the region, that village."""
    place = after[0]
    settled = low[place.first - 1] == "of" and low[place.first - 2] in _KINDS - _REGION
    return (
        place
        if settled and not place.region and place.first - at <= _FAR and not _opens(low, at, place.first)
        else None
    )


_FAR = 18
_LISTING = frozenset({",", "and", "or", "the"})
_IN_A_REGION = _SKIPPED | _DIRECTIONS | {"in", "the", ",", "of"}


def _opening(before: list[Place], low: list[str]) -> Place:
    """The last; of a list, its first; of "the village of X in the Y region", the village."""
    number = len(before) - 1
    if number and before[number].region and not before[number - 1].region:
        gap = low[before[number - 1].last + 1 : before[number].first]
        if _IN_A_REGION.issuperset(gap) and ("in" in gap or gap == [","]):
            return before[number - 1]
    while number and _LISTING.issuperset(low[before[number - 1].last + 1 : before[number].first]):
        number -= 1
    return before[number]


def _opens(low: list[str], at: int, to: int) -> bool:
    """Whether another clause opens in between: ", and in Kharkiv", "and two in Kharkiv"."""
    return any(
        low[i] == "and" and (low[i + 1] == "in" or (low[i + 2] == "in" and _counts(low[i + 1])))
        for i in range(at, to - 1)
    )


def _counts(word: str) -> bool:
    return word.isdigit() or word in NUMBER_STARTS


def _named(place: Place, found: list[Place], low: list[str]) -> str:
    """With those that are listed beside it: "Cherkasy and Vinnytsia"."""
    names = [place.name]
    at = found.index(place)
    for other in found[at + 1 :]:
        gap = low[place.last + 1 : other.first]
        if not _LISTING.issuperset(gap) or not gap:
            break
        names.append(other.name)
        place = other
    if len(names) == 1:
        return place.called
    return ", ".join(names) + (" regions" if place.region else "")
