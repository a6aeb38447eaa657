"""How a speaker is called: the name, the office with its place, the capital that stands for a government.

Promises that it is words of the report, with at most what the report says elsewhere of the same speaker.
"""

from __future__ import annotations

import msgspec

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.words import UPPER


class Discourse(msgspec.Struct):
    """Who spoke so far, for those who are only called he, it or its governor."""

    person: str = ""
    body: str = ""
    last: str | None = None
    region: str = ""
    names: dict[str, str] = {}
    paragraph: int = -1
    roles: dict[str, str] = {}
    """What is only called "the agency" or "the mayor" later: its name by that word."""
    local: set[str] = set()
    """The names of those who hold an office of a town or region."""


_SPEAKING = lex.ROLES | lex.PRONOUNS | frozenset(lex.STATES) | {"railway", "railways", "utility", "sides"}
_ONLY_PEOPLE = lex.PEOPLE - words_of(
    "firefighters rescuers medics residents doctors officers police journalists staff locals"
)


def sayable(sentence: Sentence, first: int, last: int) -> bool:
    """Whether these words can name one who speaks."""
    if first > last:
        return False
    low = sentence.low[first : last + 1]
    if low[0] in lex.NOBODY:
        return False  # "Nobody has claimed responsibility"
    if not _SPEAKING.isdisjoint(low):
        return True
    return any(word[:1].isupper() for word in sentence.cased[first + 1 : last + 1]) or (
        sentence.cased[first][:1].isupper()
        and low[0] not in lex.DETERMINERS
        and (first > 0 or len(low) > 1 or low[0] not in lex.PEOPLE)
        and low[0] not in lex.WEEKDAYS
    )


DEFENCE = frozenset({"defence", "defences", "defense", "defenses"})


def speaker_of(sentence: Sentence, first: int, last: int, said: Discourse, region: str) -> str:
    """What the speaker of these words is called; empty where they can be none."""
    low = sentence.low
    if low[first] == "with" and first < last:
        first += 1  # "with Russia reporting that"
    if first < last and low[last] in ("data", "figures"):
        last -= 1 + (low[last - 1] == "'s" and first < last - 1)  # "air force data shows"
    if not sayable(sentence, first, last) or sentence.low[first] == "according":
        return ""
    if first == last or (low[first] in lex.PRONOUNS and last - first < 2):
        word = low[first]
        if word in ("he", "she", "who"):
            return said.person or said.last or ""
        if word in ("it", "they"):
            own = "" if said.last and _general(sentence) else _body_of(sentence, first)
            return own or (said.last if _general(sentence) else said.body) or said.last or ""
        if word in lex.STATES:
            name = lex.STATES[word]
            said.body = name if word in ("kremlin", "nato") else f"{name} (government)"
            return name if word in ("kremlin", "nato") else f"{name} (government)"
    if low[first : last + 1] == ["the", "kremlin"]:
        said.body = "the Kremlin"
        return said.body
    name = _name(sentence, first, last)
    if name.lower() in lex.PAPERS:
        return name
    if name:
        if office := next((word for word in low[first : last + 1] if word in _OUTLETS), ""):
            said.roles[office] = name
        known = said.names.get(name.split()[-1], "")
        _hold(sentence.low[first : last + 1], known or name, said)
        if len(name.split()) == 1 and known:
            said.person = known
            return known
        said.names[name.split()[-1]] = name
        said.person = name
        return name
    words = sentence.words(first, last)
    lower = low[first : last + 1]
    if (
        not _owned(sentence, first, last)
        and lower[-1] in ("statement", "report", "post", "bulletin")
        and lower[0] in ("the", "its", "a", "his", "her")
    ):
        return said.last or said.body or words
    if not _ONLY_PEOPLE.isdisjoint(lower) and lex.ROLES.isdisjoint(lower):
        return ""
    if len(lower) == 2 and lower[0] == "the" and lower[1] in said.body.lower().split() and len(said.body.split()) > 2:
        return said.body
    if len(lower) == 2 and lower[0] == "the" and (known := said.roles.get(lower[1], "")):
        if lower[1] in _OUTLETS:
            return known
        if known == said.person and not _of_another_place(sentence, lower[1], region):
            said.local |= {f"{words}, {known}"} if known in said.local else set()
            return f"{words}, {known}"
    if lower[0] == "its" and low[0] in lex.STATES and not {"ministry", "military", "army"}.isdisjoint(lower):
        words = f"{lex.STATES[low[0]]}'s {sentence.words(first + 1, last)}"  # "Russia shot down 102, its ministry said"
    said.body = words
    if not _ONE_PERSON.isdisjoint(lower):
        said.person = _located(words, lower, region)
    if "air" in lower and not DEFENCE.isdisjoint(lower):
        return f"{_owner(lower)}air force"
    return _located(words, lower, region)


_IN_OFFICE = words_of(
    "commander governor head mayor minister official president premier spokesman spokesperson spokeswoman chancellor"
)
_OF_A_TOWN = frozenset({"administration", "governor", "mayor", "prosecutor", "prosecutor's"})
_REGIONS = ("region", "oblast", "province")


def _hold(low: list[str], name: str, said: Discourse) -> None:
    """Keep which office a name holds: "the mayor" is who was last named as such."""
    for word in _IN_OFFICE.intersection(low):
        said.roles[word] = name
        said.roles["official"] = name
    if not _OF_A_TOWN.isdisjoint(low) or ("head" in low and "region" in low) or "regional" in low:
        said.local.add(name)


def _of_another_place(sentence: Sentence, office: str, region: str) -> bool:
    """Whether the place named in the sentence has an officer of its own: "in the Sumy region two died, the governor
    said"; a town has a mayor and no governor."""
    text = sentence.text[sentence.begin : sentence.end]
    if not region or region not in text:
        return False
    return office == "mayor" or any(f"{region} {word}" in text for word in _REGIONS)


_OUTLETS = frozenset({"agency", "channel", "company", "newspaper", "operator", "outlet"})
"""What "the agency" is named, where it was named before."""


def spelled(name: str) -> str:
    """A ministry in one spelling, however papers have it: "Russia's Defence Ministry"."""
    return name.replace("efense", "efence") if "efense" in name and "inistry" in name else name


def _owned(sentence: Sentence, first: int, last: int) -> bool:
    """ "a Russian Defence Ministry statement": it says whose it is."""
    return any(word[:1].isupper() for word in sentence.cased[first + 1 : last])


_ONE_PERSON = words_of("governor mayor minister president spokesman spokeswoman spokesperson commander")


def hear_of(sentence: Sentence, said: Discourse) -> None:
    """Take note of whom a sentence is about in which nobody speaks: "he" and "it" may be they."""
    said.body = _introduced(sentence) or said.body
    said.person = _named_first(sentence, said) or said.person


def _introduced(sentence: Sentence) -> str:
    """The body that a sentence without a verb of speech says something of: "The air force gave another account"."""
    low = sentence.low
    if _GAVE.isdisjoint(low[:9]):
        return ""
    at = next((at for at, word in enumerate(low[:9]) if word in _GAVE), 0)
    if not at or _BODIES.isdisjoint(low[:at]) or low[0] in lex.PRONOUNS:
        return ""
    return sentence.words(0, at - 1)


_GAVE = words_of(
    "gave offered provided issued published released posted put shot downed destroyed intercepted repelled"
)


def _general(sentence: Sentence) -> bool:
    """ "Air defences downed 59 missiles, it said": whoever spoke before it says so."""
    low = sentence.low[1:3] if sentence.low[0] == '"' else sentence.low[:2]
    return low[0] in DEFENCE or (low[0] == "air" and not DEFENCE.isdisjoint(low[1:]))


def _named_first(sentence: Sentence, said: Discourse) -> str:
    """Whoever a sentence without a verb of speech is about: "Olena Koval, 47, stood there", "Zelensky was in Rome"."""
    cased, low = sentence.cased, sentence.low
    if len(cased) > 5 and cased[1][:1].isupper() and low[2] == low[4] == "," and low[3].isdigit():
        name = f"{cased[0]} {cased[1]}"
        said.names[cased[1]] = name
        return name
    return said.names.get(cased[0], "") if low[1:2] and (low[1] in lex.BE or low[1] in lex.HAVE) else ""


def _owner(lower: list[str]) -> str:
    if "ukraine" in lower or "ukrainian" in lower:
        return "Ukraine's "
    return "Russia's " if "russia" in lower or "russian" in lower else "the "


def _located(words: str, lower: list[str], region: str) -> str:
    """ "the regional head" of the region that is being spoken of."""
    if lex.LOCAL_ROLES.isdisjoint(lower) or not region:
        return words
    if "city" in lower or "capital" in lower:
        return words
    named = any(word[:1].isupper() for word in words.split()[1:]) or (
        words[:1].isupper()
        and words.split(maxsplit=1)[0].lower()
        not in ("the", "its", "his", "local", "regional", "city", "officials", "authorities", "governor")
    )
    if named:
        return words
    if lower in (
        ["officials"],
        ["authorities"],
        ["local", "authorities"],
        ["local", "officials"],
        ["the", "authorities"],
        ["city", "authorities"],
        ["city", "officials"],
    ):
        return words
    kept = [
        word
        for word in words.split()
        if word.lower() not in ("its", "the", "his", "region's", "'s", "of", "region", "that")
    ]
    return f"{region} {' '.join(kept)}"


_BODIES = words_of(
    "administration army defence defences defense defenses force forces military ministry police service"
) | {"services"}


def _body_of(sentence: Sentence, before: int) -> str:
    """For "it said": the body with which the sentence began."""
    for at, word in enumerate(sentence.low[: min(before, 8)]):
        if word in lex.SPEECH:
            return ""
        if word in lex.EVENTS or word in lex.DOWN_VERBS or word in lex.BE or word in lex.HAVE:
            if at and not _BODIES.isdisjoint(sentence.low[:at]):
                words = sentence.words(0, at - 1)
                lower = sentence.low[:at]
                if "air" in lower and any(w.startswith("defen") for w in lower):
                    return f"{_owner(lower)}air force"
                return words
            return ""
    return ""


_NOT_NAMES = (
    lex.WEEKDAYS | lex.MONTHS | lex.ROLES | lex.DETERMINERS | lex.STATES.keys() | words_of(
    """
        ukrainian russian the a an and of us u.s. eu u.k. uk german french british polish american
        european belarusian north south korean state foreign interior defence defense energy prime vice
        first deputy acting regional city air armed general oblast region district united states nations
        gov gen lt col maj sgt capt adm sen rep prof mr mrs ms dr
        national security patriot white house moscow-installed russian-installed kremlin-installed
        russian-appointed former senior local head nato's in ukraine's russia's telegram x facebook
        independent crown king queen chief operational command south southern eastern western northern
        main intelligence emergency cross red commander-in-chief pope supreme public broadcaster western
    """
)
)  # fmt: skip


_WATERS = frozenset({"sea", "danube"})


def _of_a_body(sentence: Sentence, end: int, last: int) -> bool:
    """Whether a name goes on into that of a body: "International Atomic Energy Agency"."""
    at = end + 1
    while at <= last and sentence.cased[at][:1].isupper() and sentence.low[at] not in lex.ROLES:
        at += 1
    return end + 1 < at <= last and sentence.low[at] in lex.ROLES and sentence.cased[at][:1].isupper()


def _name(sentence: Sentence, first: int, last: int) -> str:
    """A person's name in these words: capitalised words in a row that are no titles and no places of office."""
    cased, low, marks = sentence.cased, sentence.low, sentence.marks
    runs: list[tuple[int, int]] = []
    at = first
    while at <= last:
        if marks[at] & UPPER and low[at] not in _NOT_NAMES and cased[at][0].isalpha():
            begin = at
            while at < last and marks[at + 1] & UPPER and low[at + 1] not in _NOT_NAMES and cased[at + 1][0].isalpha():
                at += 1
            runs.append((begin, at))
        at += 1
    if not runs:
        return ""
    begin, end = runs[-1]
    if begin > runs[0][0] > first and end == last and begin < end < begin + 3 and low[begin - 1] == ",":
        return " ".join(cased[begin : end + 1])  # "an adviser to President Ivan Rii, Petro Hai"
    official = not lex.ROLES.isdisjoint(low[first : last + 1])
    for begin, end in runs:
        after = low[end + 1] if end + 1 <= last else ""
        before = low[begin - 1] if begin > first else ""
        if (
            after == "'s"
            or low[end] in _WATERS
            or _of_a_body(sentence, end, last)
            or before in ("of", "in", "for", "over", "at", "from")
            or after in lex.ROLES
            or after in ("region", "regional", "oblast", "district", "city")
        ):
            continue
        if end > begin or not official or before in lex.ROLES or (begin == first and after == ","):
            return " ".join(cased[begin : end + 1])
    return ""
