"""What flies: the taxonomy of weapons, how each is called in English, Ukrainian and Russian, and how it is found in text.

An id is lower case; a designation keeps its hyphen: ``kh-101``, ``iskander-m``. Every weapon but the root has a parent,
so that "two Kh-101" is a part of "four missiles". A composite, where a source does not tell two apart, is their ids
with a slash between: ``iskander-m/kn-23``. It promises that `mentions` gives no overlapping spans.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

Language = Literal["en", "uk", "ru"]

ROOT = "target"
"""Anything that flies and is shot at: "aerial targets", "засоби повітряного нападу"."""


class Weapon(NamedTuple):
    id: str
    parent: str | None
    en: str
    uk: str
    ru: str
    in_latin: str
    """A pattern that finds it in English; empty where English has no word of its own."""
    in_cyrillic: str
    """A pattern that finds it in Ukrainian and Russian, whatever the case it stands in."""


class Mention(NamedTuple):
    start: int
    end: int
    weapon: str


_KH = r"(?:kh|x|х)[-\s]?"
_X = r"[ХхXx][-\s‑–]?"
_S = r"[СсCc][-\s‑–]?"
_UNMANNED = r"(?:unmanned|uncrewed|pilotless)\s+(?:aerial|aircraft|air)\s+(?:vehicle|system)s?"
_UAV = r"(?:БпЛА|БПЛА|бпла|безпілотн\w+(?:\s+літальн\w+\s+апарат\w*)?|беспилотн\w+(?:\s+летательн\w+\s+аппарат\w*)?|[Дд]рон(?!-)\w*)"

# ruff: noqa: E501 - a table: one weapon, with all its names, to two lines
# fmt: off
# id, parent, English, Ukrainian, Russian, in Latin, in Cyrillic
TABLE = (
    Weapon(ROOT, None, "aerial target", "повітряна ціль", "воздушная цель",
           r"(?:aerial|air)(?:\s+attack)?\s+(?:targets?|weapons?|assets?|threats?)|means\s+of\s+(?:air|aerial)\s+attack",
           r"(?:повітрян\w+|воздушн\w+|ворож\w+)\s+(?:ціл\w+|цел\w+)|(?:засоб\w*|средств\w*)\s+(?:повітряного|воздушного)\s+нападу?\w*|ціл(?:ь|і|ей|ями)\b"),
    Weapon("drone", ROOT, "drone", "безпілотник", "беспилотник",
           rf"drones?|uavs?|uas|{_UNMANNED}", _UAV),
    Weapon("attack_drone", "drone", "attack drone", "ударний безпілотник", "ударный беспилотник",
           rf"(?:attack|strike|kamikaze|suicide|exploding|explosive|long-range|one-way\s+attack)\s+(?:drones?|uavs?|{_UNMANNED})",
           rf"ударн\w+\s+{_UAV}"),
    Weapon("shahed", "attack_drone", "Shahed", "шахед", "шахед",
           r"(?:shahed|geran)s?(?:[-\s]?(?:131|136|238|2))?(?:/(?:131|136))?", r"(?:[Ss]hahed|SHAHED|[Шш]ахед|[Гг]еран[ьіие]|[Мм]опед)\w*(?:[-\s]?(?:131|136|238|2)\b)?(?:/(?:131|136))?"),
    Weapon("jet_drone", "attack_drone", "jet-powered drone", "реактивний безпілотник", "реактивный беспилотник",
           r"jet(?:-powered)?\s+(?:drones?|uavs?|shaheds?)", rf"реактивн\w+\s+(?:{_UAV}|шахед\w*)"),
    Weapon("decoy_drone", "drone", "decoy drone", "дрон-імітатор", "дрон-имитатор",
           r"(?:decoy|imitator|simulator|dummy)\s+(?:drones?|uavs?)|decoys?|imitator(?:s|-type)?", r"(?:[Дд]рон\w*-)?[Іі]мітатор\w*|(?:[Дд]рон\w*-)?[Ии]митатор\w*"),
    Weapon("gerbera", "decoy_drone", "Gerbera", "Гербера", "Гербера", r"gerbera\w*", r"[Гг]ербер\w*|Gerbera"),
    Weapon("parodiya", "decoy_drone", "Parodiya", "Пародія", "Пародия", r"parod(?:y|iya)", r"[Пп]ароді\w*|[Пп]ароди\w*"),
    Weapon("italmas", "attack_drone", "Italmas", "Італмас", "Италмас", r"italmas", r"[ІІиИі]талмас\w*"),
    Weapon("lancet", "attack_drone", "Lancet", "Ланцет", "Ланцет", r"lancets?", r"[Лл]анцет\w*"),
    Weapon("kub", "attack_drone", "Kub", "Куб", "Куб", r"kub-?bla|\bkub\b", r"Куб(?:-БЛА)?\b"),
    Weapon("molniya", "attack_drone", "Molniya", "Молнія", "Молния", r"molni(?:ya|a)", r"[Мм]олні\w*|[Мм]олни[яюие]\w*"),
    Weapon("fpv_drone", "attack_drone", "FPV drone", "FPV-дрон", "FPV-дрон",
           r"(?:fpv|first-person[-\s]view)(?:\s+drones?)?", r"(?:FPV|ФПВ)(?:[-\s]\w+)?"),
    Weapon("recon_drone", "drone", "reconnaissance drone", "розвідувальний безпілотник", "разведывательный беспилотник",
           rf"(?:reconnaissance|surveillance|spy)\s+(?:drones?|uavs?|{_UNMANNED})", rf"(?:розвідувальн|разведывательн)\w+\s+{_UAV}|{_UAV}-розвідник\w*"),
    Weapon("orlan-10", "recon_drone", "Orlan-10", "Орлан-10", "Орлан-10", r"orlan(?:-10)?(?!-30)", r"[Оо]рлан\w*(?:[-\s]10)?(?![-\s]?30)"),
    Weapon("orlan-30", "recon_drone", "Orlan-30", "Орлан-30", "Орлан-30", r"orlan-30", r"[Оо]рлан\w*[-\s]30"),
    Weapon("supercam", "recon_drone", "Supercam", "Supercam", "Supercam", r"supercam", r"[Ss]upercam|SuperCam|[Сс]уперкам\w*"),
    Weapon("zala", "recon_drone", "ZALA", "ZALA", "ZALA", r"zala\b", r"ZALA|Zala|ЗАЛА|Зала\b"),
    Weapon("merlin-vr", "recon_drone", "Merlin-VR", "Мерлін-ВР", "Мерлин-ВР", r"merlin(?:-vr)?", r"[Мм]ерл[іи]н\w*(?:[-\s]ВР)?"),
    Weapon("eleron", "recon_drone", "Eleron", "Елерон", "Элерон", r"eleron(?:-3)?", r"[ЕеЭэ]лерон\w*(?:-3)?"),
    Weapon("forpost", "recon_drone", "Forpost", "Форпост", "Форпост", r"forpost", r"[Фф]орпост\w*"),
    Weapon("orion", "recon_drone", "Orion", "Оріон", "Орион", r"\borion", r"[Оо]ріон\w*|[Оо]рион\w*"),
    Weapon("mohajer-6", "recon_drone", "Mohajer-6", "Мохаджер-6", "Мохаджер-6", r"mohajer-?6?", r"Mohajer-?6?|[Мм]ох?аджер\w*(?:-6)?"),
    Weapon("granat-4", "recon_drone", "Granat-4", "Гранат-4", "Гранат-4", r"granat-?4", r"[Гг]ранат\w*-4"),
    Weapon("kartograf", "recon_drone", "Kartograf", "Картограф", "Картограф", r"kartograf", r"[Кк]артограф\w*"),
    Weapon("feniks", "recon_drone", "Feniks", "Фенікс", "Феникс", r"feniks", r"[Фф]ен[іи]кс\w*"),
    Weapon("missile", ROOT, "missile", "ракета", "ракета", r"(?:missiles?|rockets?)", r"[Рр]акет\w*"),
    Weapon("cruise_missile", "missile", "cruise missile", "крилата ракета", "крылатая ракета",
           r"cruise(?:\s+missiles?)?", r"[Кк]р[иы]лат\w+(?:\s+ракет\w*)?"),
    Weapon("kh-101", "cruise_missile", "Kh-101", "Х-101", "Х-101", rf"{_KH}101s?", rf"{_X}101"),
    Weapon("kh-555", "cruise_missile", "Kh-555", "Х-555", "Х-555", rf"{_KH}555s?", rf"{_X}555"),
    Weapon("kh-55", "cruise_missile", "Kh-55", "Х-55", "Х-55", rf"{_KH}55(?:sm)?\b", rf"{_X}55(?:СМ)?\b"),
    Weapon("kh-22", "cruise_missile", "Kh-22", "Х-22", "Х-22", rf"{_KH}22s?", rf"{_X}22"),
    Weapon("kh-32", "cruise_missile", "Kh-32", "Х-32", "Х-32", rf"{_KH}32s?", rf"{_X}32"),
    Weapon("kh-35", "cruise_missile", "Kh-35", "Х-35", "Х-35", rf"{_KH}35s?", rf"{_X}35"),
    Weapon("kh-59", "cruise_missile", "Kh-59", "Х-59", "Х-59", rf"{_KH}59s?(?:mk2?)?", rf"{_X}59(?:МК2?|M[KК]2?)?"),
    Weapon("kh-69", "cruise_missile", "Kh-69", "Х-69", "Х-69", rf"{_KH}69s?", rf"{_X}69"),
    Weapon("kalibr", "cruise_missile", "Kalibr", "Калібр", "Калибр", r"[kc]ali(?:br|ber|bre)s?\b(?:-type)?", r"[Кк]ал[іиi]бр\w*|КАЛІБР"),
    Weapon("iskander-k", "cruise_missile", "Iskander-K", "Іскандер-К", "Искандер-К", r"iskander[-\s]?k\b", r"[ІіИиI]скандер\w*[-\s‑–]?[KКк]\b"),
    Weapon("oniks", "cruise_missile", "P-800 Oniks", "П-800 Онікс", "П-800 Оникс", r"(?:p-800\s*)?(?:oni(?:ks|x)|yakhont)|p-800", r"(?:[ПP]-800\s*)?[«\"“]?[Оо]н[іи]кс\w*|[ПP]-800"),
    Weapon("zircon", "cruise_missile", "3M22 Zircon", "3М22 Циркон", "3М22 Циркон", r"(?:3m22\s*)?(?:zircon|tsirkon|tsyrkon)s?|3m22", r"(?:3[МM]22\s*)?[«\"“]?[Цц]иркон\w*|3[МM]22"),
    Weapon("banderol", "cruise_missile", "Banderol", "Бандероль", "Бандероль", r"banderol", r"[Бб]андерол\w*[»\"”]?(?:\s*/\s*[«\"“]?Дань-[ТM])?"),
    Weapon("dan-t", "attack_drone", "Dan-T", "Дань-Т", "Дань-Т", r"dan-?t\b", r"Дан[ьЬ]?-[ТTт]"),
    Weapon("storm_shadow", "cruise_missile", "Storm Shadow", "Storm Shadow", "Storm Shadow", r"storm\s+shadows?", r"Storm\s+Shadow|[Шш]торм\s+[Шш]едоу"),
    Weapon("scalp", "cruise_missile", "SCALP", "SCALP", "SCALP", r"scalp(?:-eg)?", r"SCALP|СКАЛП"),
    Weapon("neptune", "cruise_missile", "Neptune", "Нептун", "Нептун", r"neptunes?", r"[Нн]ептун\w*"),
    Weapon("flamingo", "cruise_missile", "Flamingo", "Фламінго", "Фламинго", r"flamingos?", r"[Фф]лам[іи]нго"),
    Weapon("ballistic_missile", "missile", "ballistic missile", "балістична ракета", "баллистическая ракета",
           r"(?:intercontinental\s+|intermediate-range\s+|quasi-|aero)?ballistic(?:\s+missiles?)?|icbms?",
           r"(?:аеро|аэро|міжконтинентальн\w+\s+|межконтинентальн\w+\s+)?[Бб]ал{1,2}[іи]ст(?:ичн|ическ)\w+(?:\s+ракет\w*)?|[Бб]ал{1,2}[іи]стик\w*"),
    Weapon("iskander-m", "ballistic_missile", "Iskander-M", "Іскандер-М", "Искандер-М", r"iskanders?(?:[-\s]?m\b)?(?![-\s]?k\b)", r"[ІіИиI]скандер\w*(?:[-\s‑–]?[МMм]\b)?(?![-\s‑–]?[KКк]\b)"),
    Weapon("kn-23", "ballistic_missile", "KN-23", "KN-23", "KN-23", r"kn-?23", r"[KК][NНH][-‑–]?23"),
    Weapon("kinzhal", "ballistic_missile", "Kh-47M2 Kinzhal", "Х-47М2 Кинджал", "Х-47М2 Кинжал", rf"(?:{_KH}47m?2?\s*)?(?:kin[jz]h?als?|dagger)|{_KH}47m?2?", rf"(?:{_X}47[МM]?2?\s*)?[«\"“]?(?:[Кк]инд?жал\w*)|{_X}47[МM]?2?"),
    Weapon("tochka-u", "ballistic_missile", "Tochka-U", "Точка-У", "Точка-У", r"tochka[-\s]?u", r"[Тт]очк\w+[-\s‑–]?У\b"),
    Weapon("oreshnik", "ballistic_missile", "Oreshnik", "Орєшнік", "Орешник", r"oreshnik", r"[Оо]р[еє]шн[іи]к\w*"),
    Weapon("atacms", "ballistic_missile", "ATACMS", "ATACMS", "ATACMS", r"atacms", r"ATACMS|АТАКМС"),
    Weapon("anti_aircraft_missile", "missile", "anti-aircraft guided missile", "зенітна керована ракета", "зенитная управляемая ракета",
           r"(?:anti-aircraft|surface-to-air)(?:\s+guided)?\s+missiles?", r"зен[іи]тн\w+\s+(?:керован\w+\s+|управляем\w+\s+)?ракет\w*|ЗКР|ЗУР\b"),
    Weapon("s-300", "anti_aircraft_missile", "S-300", "С-300", "С-300", r"s-?300s?", rf"{_S}300"),
    Weapon("s-400", "anti_aircraft_missile", "S-400", "С-400", "С-400", r"s-?400s?", rf"{_S}400"),
    Weapon("guided_missile", "missile", "guided air missile", "керована авіаційна ракета", "управляемая авиационная ракета",
           r"(?:guided|air-launched|aviation|air-to-surface)(?:\s+(?:guided|aviation|air|aerial|aircraft))?\s+missiles?",
           r"(?:керован|управляем)\w+\s+ав[іи]ац[іи]\w+\s+ракет\w*|КАР\b"),
    Weapon("kh-31", "guided_missile", "Kh-31", "Х-31", "Х-31", rf"{_KH}31(?:p|pd|a|pm)?\b", rf"{_X}31(?:ПМ|ПД|[ПРАPA][DД]?)?\b"),
    Weapon("kh-58", "guided_missile", "Kh-58", "Х-58", "Х-58", rf"{_KH}58\w*", rf"{_X}58\w*"),
    Weapon("harm", "guided_missile", "HARM", "HARM", "HARM", r"\bHARM\b", r"HARM|ХАРМ"),
    Weapon("hypersonic_missile", "missile", "hypersonic missile", "гіперзвукова ракета", "гиперзвуковая ракета",
           r"hypersonic\s+missiles?", r"г[іи]перзвуков\w+\s+ракет\w*"),
    Weapon("rocket_shell", ROOT, "rocket of a multiple launcher", "реактивний снаряд", "реактивный снаряд",
           r"(?:himars|grad|uragan|smerch|tornado-s|vilkha|olkha|vampire|gmlrs|mlrs)(?:\s+(?:rockets?|missiles?|projectiles?))?", r"реактивн\w+\s+снаряд\w*|HIMARS|[Хх]аймарс\w*|[Сс]нар(?:яд|яж)\w*\s+РСЗ[ОВ]|(?:Vampire|Вампир|Ольха|Ольх[аиу])"),
    Weapon("guided_bomb", ROOT, "guided bomb", "керована авіабомба", "управляемая авиабомба",
           r"(?:(?:guided|glide|gliding)(?:\s+(?:aerial|air|aviation))?|aerial)\s+bombs?|kabs?|jdams?", r"(?:(?:керован|управляем|корригируем|коригован|планирующ|плануюч)\w+\s+)(?:ав[іи]а\w*\s*)?бомб\w*|(?:КАБ|УАБ|УМПК)(?:[иіаыуеів]{1,2}|ами|ах)?\b|JDAM|ав[іи]ац[іи]\w+\s+бомб\w*|ав[іи]абомб\w*"),
    Weapon("unmanned_boat", ROOT, "unmanned boat", "безекіпажний катер", "безэкипажный катер",
           r"(?:unmanned|uncrewed|naval|sea|drone)\s+(?:surface\s+)?(?:boats?|vessels?|drones?)", r"без[еэ]к[іи]паж\w+\s+катер\w*|БЭК\w*"),
    Weapon("aircraft", ROOT, "aircraft", "літак", "самолёт", r"(?:war|air)?planes?|aircraft|fighter\s+jets?|\bsu-?\d{2}\w?|mig-?\d{2}", r"літак\w*|самол[её]т\w*|штурмовик\w*|винищувач\w*|истребител\w*|бомбардувальник\w*|(?:Су|Ту|Міг|МіГ|МиГ|Миг)-\d{2}\w*"),
    Weapon("helicopter", ROOT, "helicopter", "вертоліт", "вертолёт", r"helicopters?|\b(?:ka-52|mi-\d+)", r"верт[оі]л[ііеё]т\w*|вертольот\w*|гел[іи]коптер\w*|(?:Ка|Мі|Ми)-\d{1,2}"),
)
# fmt: on

WEAPONS = {weapon.id: weapon for weapon in TABLE}


def parts(weapon: str) -> tuple[str, ...]:
    """The ids of a composite; of any other, itself."""
    return tuple(weapon.split("/"))


@cache
def lineage(weapon: str) -> tuple[str, ...]:
    """The weapon, its parent, and so on up to the root. Of a composite: what all its parts have in common after it."""
    ids = parts(weapon)
    if len(ids) == 1:
        return (weapon, *(lineage(parent) if (parent := WEAPONS[weapon].parent) else ()))
    lines = [lineage(part) for part in ids]
    return (weapon, *(shared for shared in lines[0] if all(shared in line for line in lines[1:])))


def is_a(weapon: str, of: str) -> bool:
    """Whether all that is ``weapon`` is ``of`` too: a Kh-101 is a missile."""
    return of in lineage(weapon)


def name(weapon: str, language: Language) -> str:
    """What it is called, for people."""
    return "/".join(str(getattr(WEAPONS[part], language)) for part in parts(weapon))


def composite(ids: tuple[str, ...]) -> str:
    """One id for weapons that a source does not tell apart; a general word beside one of its kind adds nothing."""
    own = [one for one in dict.fromkeys(ids) if not any(other != one and is_a(other, one) for other in ids)]
    return "/".join(own)


def mentions(text: str, language: Language) -> Iterator[Mention]:
    """Where weapons are named, from left to right; of two that begin at one place, the longer."""
    anywhere, each = _finders(language != "en")
    begin = 0
    while first := anywhere.search(text, begin):
        hits = (
            (hit.end(), -order, id) for order, (one, id) in enumerate(each) if (hit := one.match(text, first.start()))
        )
        begin, _, weapon = max(hits)
        yield Mention(first.start(), begin, weapon)


@cache
def _finders(cyrillic: bool) -> tuple[re.Pattern[str], tuple[tuple[re.Pattern[str], str], ...]]:
    """One pattern that finds where any begins, and each by itself to see which is the longest there."""
    flags = re.NOFLAG if cyrillic else re.IGNORECASE
    rows = [(row.in_cyrillic if cyrillic else row.in_latin, row.id) for row in TABLE]
    return (
        re.compile("|".join(rf"\b(?:{p})(?!\w)" for p, _ in rows if p), flags),
        tuple((re.compile(rf"\b(?:{p})(?!\w)", flags), id) for p, id in rows if p),
    )
