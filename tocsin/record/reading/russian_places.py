"""The places in a bulletin of the Russian Ministry of Defence: regions, seas, cities, each by itself."""

from __future__ import annotations

import re

_NAME = r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ]?[а-яё]+)*"
_NOUN = rf"(?![А-ЯЁ][а-яё-]+(?:ской|цкой|ского|цкого)\b){_NAME}"
"""Not the adjective of "Республики Крым и Ростовской области"."""
PLACE = re.compile(
    rf"(?P<adjectives>{_NAME}(?:ой|ей|ого|его|ском|ским|ным|ном)(?:(?:\s*,\s*|\s+и\s+){_NAME}(?:ой|ей|ого|его))*)\s+(?P<kind>област\w+|обл\b\.?|кра[йюяеёо]\w*|регион\w*|округ\w*|мор[яеё]\w*|республик\w*|залив\w*)"
    rf"(?P<tail>(?:\s*,\s*{_NAME}(?:ской|цкой))+(?:\s+и\s+{_NAME}(?:ской|цкой))?(?=\s*(?:[,;.»]|$)))?"
    rf"|(?:над|в|во)\s+(?:территори\w+\s+)?(?P<short>{_NAME}(?:ской|цкой|ским|ском)(?:(?:\s*,\s*|\s+и\s+){_NAME}(?:ской|цкой))*)(?=\s*[,;.»—–-]|\s+и(?:\s|$)|\s*$)"
    r"|(?P<republics>(?:Республик|(?<=территории )республик|(?<=территорией )республик)\w*)"
    rf"\s+(?P<names>(?:Северная\s+)?{_NAME}(?:\s*-\s*{_NAME})?(?:(?:\s*,\s*|\s+и\s+){_NOUN})*)"
    rf"|(?P<bare>Крым\w*|Москв[аыуеой]+\b|Севастопол\w*|Санкт-Петербург\w*|[ДЛ]НР|Подмосковь\w*|[А-ЯЁ][а-яё]+щин(?:ой|е|ы)|(?:московск|столичн)\w+\s+регион\w*"
    r"|(?:Татарстан|Башкортостан|Башкири|Чуваши|Мордови|Удмурти|Калмыки|Дагестан|Чечн|Ингушети|Осети|Адыге|Кубан|Ставрополь|Ленобласть)[а-яё]{0,3}\b)"
    rf"|(?:над|[—–-]\s*в)\s+(?P<town>(?!Росси|Украин|Республик|[А-ЯЁ][а-яё-]+(?:ской|цкой|ским|ском)\b)[А-ЯЁ][а-яё-]+(?:ом|ем|[ое]й|е|ью)\b)"
    r"|\bпод\s+(?P<under>[А-ЯЁ][а-яё-]+(?:ом|ем|ой|ью))\b(?!\s+\w*(?:район|област|кра))"
)
_KINDS = {
    "област": "области",
    "обл": "области",
    "кра": "края",
    "регион": "региона",
    "округ": "округа",
    "мор": "моря",
    "республик": "республики",
    "залив": "залива",
}
_KIND = re.compile("|".join(_KINDS), re.IGNORECASE)
_FEMININE = frozenset({"област", "обл", "республик"})
_GOVERNED = re.compile(r"(ск|н)[иоы]м$")
"""Of "над Краснодарским краем", "над Чёрным морем": as "Краснодарского края", "Чёрного моря"."""
_LEADS = re.compile(r"[\s»\"]*[—–-]\s*(?:(?:также|еще|ещё|и|по|лишь|всего)\s+)*")
_JOINED = re.compile(
    r"\s*(?:,|,?\s*и|,?\s*а\s+также)\s*(?:(?:над|в|во|на)\s+)?(?:(?:территори|акватори)\w+\s+)?", re.IGNORECASE
)
_LIST = re.compile(r"\s*,\s*|\s+и\s+")


def named_places(words: str, beyond: str = "") -> list[str]:
    """The regions named, each by itself."""
    return places_and_end(words, beyond)[0]


def places_and_end(words: str, beyond: str = "") -> tuple[list[str], int]:
    """The regions named, each by itself: "Курской и Воронежской областей" are two.

    Where the last of them ends, too, or 0.
    ``beyond`` is the rest of the sentence: of "над Курской, 38 – над Брянской областями" both are oblasts.
    """
    found: list[str] = []
    end = 0
    for place in PLACE.finditer(words):
        end = place.end()
        if place["adjectives"]:
            kind = next(
                (noun for stem, noun in _KINDS.items() if place["kind"].lower().startswith(stem)), place["kind"]
            )
            found.extend(f"{_genitive(one)} {kind}" for one in _LIST.split(place["adjectives"]))
            if place["tail"]:  # "Владимирской области, Липецкой и Ростовской"
                found.extend(f"{one} {kind}" for one in _LIST.split(place["tail"]) if one)
        elif place["short"]:
            kind = _kind_of(place["short"], words[place.end() :], beyond)
            found.extend(f"{one} {kind}" for one in _LIST.split(place["short"]))
        elif place["names"]:
            found.extend(f"Республики {one}" for one in _LIST.split(place["names"]))
        else:
            found.append(place["bare"] or place["town"] or place["under"])
    return list(dict.fromkeys(found)), end


def _genitive(adjective: str) -> str:
    return _GOVERNED.sub(r"\1ого", adjective)


def _kind_of(adjective: str, *following: str) -> str:
    """Of what an adjective is that stands alone: what those after it are of, as far as it agrees; else an oblast."""
    # "Республикой Адыгея" is of no adjective before it.
    kinds = [kind[0].lower() for words in following for kind in _KIND.finditer(words) if kind[0] != "Республик"]
    feminine = adjective.endswith("ой")
    return next((_KINDS[kind] for kind in kinds if (kind in _FEMININE) == feminine), "области")


def led(text: str, found: list[re.Match[str]], after: int, number: int) -> tuple[int, int] | None:
    """From where to where the places stand that lead to a number: "над Курской областью и в Крыму — по два".

    ``after`` is where the count before it ends.
    """
    group = next((n for n in range(len(found) - 1, -1, -1) if found[n].end() <= number), None)
    if group is None or found[group].start() < after or not _LEADS.fullmatch(text, found[group].end(), number):
        return None
    end = found[group].end()
    each = text[end:number].rstrip().endswith("по")
    while (
        each
        and group
        and found[group - 1].start() >= after
        and _JOINED.fullmatch(text, found[group - 1].end(), found[group].start())
    ):
        group -= 1
    return found[group].start(), end


def same_place(one: str, other: str) -> bool:
    """Whether two words for a place are of one: "Крымом" and "Республики Крым"."""
    return _stem(one) == _stem(other)


def _stem(place: str) -> str:
    words = [word for word in place.replace("ё", "е").split() if not (word[0].islower() or word.startswith("Респ"))]
    return " ".join(word[: max(4, len(word) - 3)].lower() for word in words)
