"""The names of weapons in a sentence: a head with what qualifies it, and the names that share its number."""

from __future__ import annotations

import re
from functools import lru_cache

from tocsin.record.reading.lexicon import Kind
from tocsin.record.reading.tokens import ABBREVIATED, Token
from tocsin.record.weapons import WEAPONS, is_a

QUOTES = frozenset("«»“”„\"'‟`‘’")
DASHES = frozenset("-‑–—−")
_BRACKETS = frozenset("()")
GENERAL = frozenset({"drone", "attack_drone", "recon_drone", "missile", "target", "cruise_missile", "ballistic_missile",
                     "anti_aircraft_missile", "guided_missile", "hypersonic_missile", "aircraft", "helicopter",
                     "guided_bomb"})  # fmt: skip
NAMES = frozenset({Kind.WEAPON, Kind.QUALITY, Kind.FILLER})

_PREPOSITIONS = frozenset(
    [
        "у",
        "в",
        "на",
        "над",
        "до",
        "по",
        "від",
        "для",
        "за",
        "при",
        "проти",
        "через",
        "під",
        "о",
        "об",
        "про",
        "во",
        "к",
        "от",
        "біля",
        "поблизу",
        "при",
        "навколо",
        "крім",
        "межах",
        "напрямку",
    ]
)
_SINGULAR = re.compile(
    r"ракет[уаоюй]{1,2}|безпілотник(?:ом|а)?|беспилотник(?:ом|а)?|дрон(?:ом|а)?|вертол[іе]т(?:ом)?|вертольот(?:ом|а)|літак(?:ом)?(?:-носі\w+)?|самол[её]т"
    r"|штурмовик|катер(?:ом)?|беспилотный|безпілотний|аппарат|винищувач(?:ем)?(?:-бомбард\w+)?|вин\w+-бомб\w+|бомбардувальник|шахед(?:ом|а)?|авіабомб[уаою]{1,2}|бомб[уою]{1,2}|апаратом?"
)
_NO_WEAPON = ("транспортн", "автотранспортн", "плавуч", "лікарськ", "медичн", "лекарств", "своїх", "своєї", "своих")
"""Before means that are none of attack, and goals: "два транспортні засоби", "п'ять своїх цілей не досягли"."""
_LAUNCHES = frozenset({"пусків", "пуски", "пуск", "ударів", "пуска", "запусків"})


@lru_cache(maxsize=5_000)
def is_singular(noun: str) -> bool:
    """Whether a noun's form can only be of one: "ракетою"."""
    return _SINGULAR.fullmatch(noun) is not None


def name(tokens: tuple[Token, ...], i: int) -> tuple[str | None, int, str]:
    """The weapon named from here on, the index after its name, and what is counted."""
    ids: list[str] = []
    head, unknown, end, begin = False, 0, i, i
    while i < len(tokens):
        token = tokens[i]
        if token.kind is Kind.WEAPON or token.kind is Kind.QUALITY:
            ids.append(str(token.value))
            head = head or token.kind is Kind.WEAPON
            end = i = i + 1
        elif (
            token.kind is Kind.FILLER
            or token.text in QUOTES
            or (token.kind is Kind.OUTCOME and not ids and (token.folded in _LAUNCHES or _participle(tokens, i)))
            or (token.text == "/" and ids)
            or (token.text == "." and tokens[i - 1].folded in ABBREVIATED)
            or (token.text in _BRACKETS and not head and _around_a_quality(tokens, i))
        ):
            i += 1
        elif token.kind is Kind.NUMBER and tokens[i - 1].text == "/" and ids:
            if ids[-1].startswith("kh-") and f"kh-{token.value}" in WEAPONS:
                ids.append(f"kh-{token.value}")
            elif ids[-1] in ("s-300", "s-400") and f"s-{token.value}" in WEAPONS:
                ids.append(f"s-{token.value}")
            end = i = i + 1
        elif token.text == "(" and ids:
            close = next((n for n in range(i + 1, min(i + 25, len(tokens))) if tokens[n].text == ")"), None)
            if close is None:
                break
            inside = tokens[i + 1 : close]
            if not any(t.kind in (Kind.NUMBER, Kind.OF_THEM, Kind.OUTCOME, Kind.FROM) for t in inside):
                ids.extend(str(t.value) for t in inside if t.kind is Kind.WEAPON)
                end = i = close + 1
            elif not any(t.kind is Kind.NUMBER for t in inside) or not _goes_on(tokens, close + 1, ids):
                # What a bracket counts is read by itself; the name goes on behind it where nothing is counted.
                if any(t.kind is Kind.NUMBER for t in inside):
                    break
                i = close + 1
            else:
                ids.extend(_rest(tokens, close + 1))
                break
        elif (token.text == "," or token.kind is Kind.AND or token.folded in ("або", "чи")) and ids:
            if not _goes_on(tokens, i, ids):
                break
            i += 1
        elif token.kind is Kind.OUTCOME and not ids and _participle(tokens, i):
            i += 1
        elif token.kind is Kind.AND and not ids and i + 1 < len(tokens) and is_singular(tokens[i + 1].folded):
            break  # "шесть и ракета": six of what was named before
        elif token.kind is Kind.PLACE_UNIT and not ids:
            return None, i + 1, "locations"
        elif head or token.kind not in (Kind.OTHER, Kind.AND) or token.kind is None or token.folded in _PREPOSITIONS:
            break
        else:
            unknown += 1
            if unknown > 2 or token.folded.startswith(_NO_WEAPON):
                break
            i += 1
    if not ids:
        return None, begin, "weapons"
    return _one(ids), end, "weapons"


def _around_a_quality(tokens: tuple[Token, ...], i: int) -> bool:
    """ "Швидкісними (реактивними) дронами"."""
    at = i if tokens[i].text == "(" else i - 2
    return (
        0 <= at < len(tokens) - 2
        and tokens[at].text == "("
        and tokens[at + 1].kind is Kind.QUALITY
        and tokens[at + 2].text == ")"
    )


def _participle(tokens: tuple[Token, ...], i: int) -> bool:
    """ "44 знищені цілі": what became of them stands between the number and the noun."""
    after = tokens[i + 1].kind if i + 1 < len(tokens) else None
    return tokens[i].folded.endswith(("ні", "ті", "них", "тих", "на", "ту", "ну")) and after in NAMES


def _rest(tokens: tuple[Token, ...], i: int) -> list[str]:
    ids = []
    while i < len(tokens) and (
        tokens[i].kind in (*NAMES, Kind.AND) or tokens[i].text in QUOTES or tokens[i].text in ",/"
    ):
        if tokens[i].kind is Kind.WEAPON:
            ids.append(str(tokens[i].value))
        i += 1
    return ids


def _goes_on(tokens: tuple[Token, ...], i: int, ids: list[str]) -> bool:
    """Whether what is named after a comma or "та" belongs to the same count."""
    while i < len(tokens) and (
        tokens[i].text == ","
        or tokens[i].text in QUOTES
        or tokens[i].kind is Kind.AND
        or tokens[i].folded in ("або", "чи")
    ):
        i += 1
    if i >= len(tokens):
        return False
    first = tokens[i]
    if first.kind is Kind.WEAPON and first.value not in GENERAL:
        return True
    j = i
    while j < len(tokens) and (tokens[j].kind in (Kind.QUALITY, Kind.FILLER) or tokens[j].text in QUOTES):
        j += 1
    if j >= len(tokens) or tokens[j].kind is not Kind.WEAPON:
        return False
    following = str(tokens[j].value)
    if following not in GENERAL and all(token.kind is not Kind.QUALITY for token in tokens[i:j]):
        return True  # "Х-22, морського базування «Калібр»"
    if all(one in GENERAL and one not in ("drone", "missile", "target") for one in ids) and first.kind is Kind.QUALITY:
        return True  # "крилатих та балістичних ракет"
    return is_a(ids[0], "drone") and is_a(following, "drone") and not is_singular(tokens[j].folded)


def _one(ids: list[str]) -> str:
    """One id for what was named together: the names alone, or the general word where there is no name."""
    heads = [one for one in ids if one in ("aircraft", "helicopter", "guided_bomb", "rocket_shell")]
    if heads:  # "керованих авіабомб", "ударний вертоліт": the quality is not of a missile or a drone
        return heads[-1]
    own = [one for one in dict.fromkeys(ids) if one not in GENERAL]
    if own == ["jet_drone"] and not any(is_a(one, "drone") for one in ids if one in GENERAL):
        own = [] if any(one in GENERAL for one in ids) else own
    if own:
        if all(is_a(one, "decoy_drone") for one in own) and "attack_drone" in ids:
            own.insert(0, "attack_drone")
        if "shahed" in own and "jet_drone" in own:
            own = ["jet_drone"] if own[0] == "jet_drone" else own
    else:
        own = list(dict.fromkeys(ids))
    return "/".join(one for one in own if not any(other != one and is_a(other, one) for other in own))
