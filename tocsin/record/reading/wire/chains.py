"""Which phrases that name weapons belong together: a list, a whole and its parts, what is taken from what.

Promises that a list goes no further than the words that join it.
"""

from __future__ import annotations

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.elided import OVER
from tocsin.record.reading.wire.named import Weapons
from tocsin.record.weapons import ROOT


def chains(low: list[str], named: list[Weapons]) -> list[list[Weapons]]:
    """Phrases with nothing but commas and words like "and" between them."""
    chains: list[list[Weapons]] = []
    for phrase in named:
        if (
            chains
            and _linked(low[chains[-1][-1].last + 1 : phrase.first], counted=phrase.number is not None)
            and not (phrase.elided and (low[phrase.last] in _OF_THESE or opens_with_of(low, chains[-1][0])))
        ):
            chains[-1].append(phrase)
        else:
            chains.append([phrase])
        first = chains[-1][0].first
        if low[first - 1] == "but" and low[first - 2] == "all":
            phrase.number = None  # "all but 19 drones and one of the missiles": how many is not said
    return chains


_OF_THESE = frozenset({"which", "them"})


def opens_with_of(low: list[str], phrase: Weapons) -> bool:
    """ "Of 38 missiles, 30 were shot down": what is taken from is not what was downed."""
    before = low[max(0, phrase.first - 2) : phrase.first]
    return before[-1:] == ["of"] and (len(before) == 1 or before[0] in ("out", ",", ";", '"', "and", "that"))


def taken_from(low: list[str], number: int, chains: list[list[Weapons]]) -> bool:
    """ "Of 38 missiles, 30 were ...", "Out of 67 missiles and 194 drones, air defences brought down 34": they came."""
    chain = chains[number]
    if not opens_with_of(low, chain[0]) or number + 1 == len(chains):
        return False
    after = chains[number + 1][0]
    return low[chain[-1].last + 1 : chain[-1].last + 2] == [","] and after.first - chain[-1].last < 9


_BULLETS = frozenset("-•▪●◾*✅➖")
_JOINING = frozenset({",", "and", "or", "plus"})


def _linked(gap: list[str], *, counted: bool) -> bool:
    if gap and gap[-1] in _BULLETS:
        gap = gap[:-1] if gap[-2:-1] != [";"] else [*gap[:-2], ","]
        if not gap:
            return True
    if gap in ([":"], [":", "the"]):
        return True
    if gap[:3] == ["multiple", "launch", "rocket"]:
        gap = gap[4:]
    if gap in (["of"], ["projectiles", "of"]) and not counted:
        return True  # "nine rockets of the HIMARS multiple launch rocket system, as well as 12 drones"
    if gap and gap[0] in lex.ADVERBS:
        gap = gap[1:]  # "20 drones overnight from Kursk and 12 missiles"
    if gap and gap[0] in _FROM_WHERE and counted and _launched_there(gap):
        return True
    words = [
        word for word in gap if word not in (",", "and", "or", "plus", "also", "the", "another", "further", "then")
    ]
    if _JOINING.isdisjoint(gap):
        return words in (["as", "well", "as"], ["along", "with"], ["together", "with"])
    return words in ([], ["as", "well", "as"], ["along", "with"], ["together", "with"], ["up", "to"])


_FROM_WHERE = frozenset({"from", "(", "launched", "fired"})
_NO_PLACE = lex.EVENTS.keys() | lex.SPEECH.keys() | lex.BE | lex.HAVE | lex.PEOPLE | lex.BARRIERS | {'"', ".", "down"}


def _launched_there(gap: list[str]) -> bool:
    """ "Two S-300 missiles from the Kursk region and 98 drones", "12 Kh-101s launched from Engels, Shaykovka and 8"."""
    if gap[-3:] == ["as", "well", "as"]:
        gap = gap[:-2]
    if gap[-1] not in ("and", ",", "as") or len(gap) > _FARTHEST:
        return False
    begin = 1 if gap[0] in ("launched", "fired") else 2 if gap[0] == "(" else 0
    return (gap[0] != "(" or ")" in gap[-3:]) and "from" in gap[:3] and _NO_PLACE.isdisjoint(gap[begin:])


_FARTHEST = 16
"""Words that say from where it was launched."""


def inherits(low: list[str], before: Weapons, phrase: Weapons) -> bool:
    """Whether it is named as more of, or a part of, what was named just before."""
    lead = low[max(0, phrase.first - 4) : phrase.first]
    while lead and (lead[-1].endswith(("-made", "-designed", "-type")) or lead[-1] in ("iranian", "russian")):
        lead.pop()  # "88 drones, including Iranian-made Shaheds"
    if lead[-2:-1] == [":"] and lead[-1] in _BULLETS:
        lead.pop()
    joined = " ".join(lead[-3:])
    if joined.endswith(
        (
            "including",
            "among them",
            "of them",
            "including at least",
            "along with",
            "as well as",
            "together with",
            ", plus",
        )
    ):
        return True
    if before.weapon == ROOT and lead[-1:] == [":"]:
        return True  # "84 targets were detected: 79 drones"
    if phrase.part and phrase.number and low[phrase.number.last + 1] in lex.BE:
        return True  # "728 were Shaheds"
    if phrase.elided and low[phrase.last] in _OF_THESE and low[phrase.first - 1] in (",", "-", "("):
        return True
    if phrase.elided and not before.number and lead[-1:] in (["at"], ["to"]):
        return True  # "put the number of drones destroyed at 29"
    if low[before.last + 1 : before.last + 2] == low[phrase.last + 1 : phrase.last + 2] == ["at"] and lead[-1] == "and":
        return phrase.first - before.last < 8  # "ten missiles at the yard and three sea drones at ships"
    more = phrase.elided or (phrase.number is not None and phrase.weapon == before.weapon)
    if more and lead[-1:] in (["and"], [","], [":"]) and _somewhere(low, phrase.last + 1):
        gap = low[before.last + 1 : phrase.first]
        if lead[-1] == ":":
            return True
        if len(gap) < 22 and not OVER.isdisjoint(gap) and _NO_PLACE_BY_PLACE.isdisjoint(gap):
            phrase.part = phrase.part or "them" in gap  # "121, most of them over Rostov and six near Moscow"
            return True  # "two over Lipetsk region and one over Voronezh region"
    return phrase.first - before.last < 8 and phrase.elided and joined.endswith(", of which")


_NO_PLACE_BY_PLACE = lex.HARM.keys() | lex.PEOPLE | lex.BARRIERS | lex.PRONOUNS


def _somewhere(low: list[str], at: int) -> bool:
    """Whether what was counted was so "over the Tula region", "each in Tula and Oryol", and nobody was hurt there."""
    at += low[at : at + 1] in (["each"], ["-"])
    return low[at : at + 1] != [] and low[at] in OVER and lex.HARM.keys().isdisjoint(low[at + 1 : at + 9])


def goes_on(low: list[str], part: Weapons, phrase: Weapons) -> bool:
    """Whether a list of parts goes on: "including 15 over Bryansk, nine over Crimea and two over the sea"."""
    gap = low[part.last + 1 : phrase.first]
    if gap in (["and"], [","], [",", "and"]) or _linked(gap, counted=phrase.number is not None):
        return True
    more = phrase.elided or (phrase.number is not None and phrase.weapon == part.weapon)
    return more and len(gap) < 12 and bool(gap) and gap[-1] in (",", "and") and lex.BE.isdisjoint(gap)


def is_part(low: list[str], phrase: Weapons) -> bool:
    return (
        phrase.part
        or low[phrase.first - 1] == ":"
        or (low[phrase.first - 2] == ":" and low[phrase.first - 1] in _BULLETS)
        or "including" in low[max(0, phrase.first - 3) : phrase.first]
        or "among" in low[max(0, phrase.first - 3) : phrase.first]
    )
