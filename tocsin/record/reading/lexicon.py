"""The words of bulletins, Ukrainian and Russian, by their stems: weapons, outcomes, hedges and what may stand between.

A bulletin has a small vocabulary and endless inflections; a stem with any ending is the morphology that it needs. Each
word is looked up once and remembered. Latin letters that look Cyrillic are read as Cyrillic inside a word that has
Cyrillic letters or is a designation ("X-101", "C-300"), and every apostrophe is one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from tocsin.facts import Hedge, Outcome
from tocsin.record.reading.numerals import SPELLED, THOUSAND, digits

# ruff: noqa: E501 - a pattern is easier to read on its line


class Kind:
    """What a word does in a bulletin: numbers, since an enumeration is slow to ask and this is asked for every word."""

    NUMBER: Final = 1
    THOUSAND: Final = 2
    WEAPON: Final = 3
    """Names a weapon by itself."""
    QUALITY: Final = 4
    """Says which kind a following noun is of: крилата (ракета), реактивний (БпЛА)."""
    FILLER: Final = 5
    """May stand inside the name of a weapon and changes nothing."""
    OUTCOME: Final = 6
    FATE: Final = 7
    """Says what became of weapons only together with another word: "вийшли" with a border, "перебувають" with the air."""
    QUALIFIER: Final = 8
    PRELIMINARY: Final = 9
    OF_THEM: Final = 10
    """Marks a part of what was just counted: із них, зокрема, в т.ч."""
    PLACE_UNIT: Final = 11
    """Counts places, not weapons: локаціях, об'єктах."""
    AND: Final = 12
    FROM: Final = 13
    NOT: Final = 14
    ALSO: Final = 15
    OTHER: Final = 16


class Word(NamedTuple):
    kind: int
    value: object = None
    folded: str = ""


LOOK_ALIKES = str.maketrans("ABCEHIKMOPTXYaceikmopxyё’ʼʹ′`´‘", "АВСЕНІКМОРТХУасеікморхуе" + "'" * 7)
_APOSTROPHES = str.maketrans("ё’ʼʹ′`´‘‑‐–—", "е" + "'" * 7 + "-" * 4)
_CYRILLIC = re.compile(r"[а-яіїєґ]", re.IGNORECASE)
_DESIGNATION = re.compile(r"[XCSMKH]{1,2}-?\d{2,3}\w*|3M22|K[NH]-?23", re.IGNORECASE)

_UAV = r"(?:бпла|бпл|безп[іи]лотн\w+|беспилотн\w+|дрон(?:и|ів|ов|ами|ом|а|ам|ах|у|ы)?|апарат\w*|аппарат\w*)"
_QUALIFIERS: tuple[tuple[Hedge, str], ...] = (
    (Hedge.AT_LEAST, r"понад|більше|більш|щонайменше|мінімум|свыше|более|больше|минимум|не_менше|не_менее"),
    (Hedge.AT_MOST, r"до|щонайбільше|максимум|не_більше|не_более"),
    (Hedge.ABOUT, r"близько|приблизно|орієнтовно|майже|порядка|десь|около|примерно|почти|ориентировочно"),
)
_OUTCOMES: tuple[tuple[str, str], ...] = (
    (Outcome.SHOT_DOWN, r"вполюва(?:в|ли|ла|но)|недорахува\w+|мінус|уничтожени[еи]|перехвате?"),
    (Outcome.SHOT_DOWN, r"збит(?:о|і|ий|а|тя|ття|тям|ттям)|зби(?:в|ли|ла|ло|вали|вав)|збиває\w*"),
    (Outcome.SHOT_DOWN, r"знищ(?:ено|ені|ений|ена|или|ив|ила|ило|ення|енням|ували|увала|ує|ують)"),
    (
        Outcome.SHOT_DOWN,
        r"ліквід(?:ован[оіаий]+|ували|увала|увало|ував)|перехоп(?:лен[оіаий]+|или|ила|ило|ив|лення)|приземл(?:ен[оіаий]+|или|ила|ило)",
    ),
    (
        Outcome.SHOT_DOWN,
        r"сбит[ыоа]?|сбил[иа]?|уничтож(?:ен[ыоа]?|ил[иа]?)|перехвач(?:ен[ыоа]?)|перехватил[иа]?|ликвидирован[ыоа]?|ликвидировал[иа]?",
    ),
    (
        "neutralised",
        r"знешкодж(?:ен[оіаий]+|ення)|знешкод(?:или|ила|ило|ив)|нейтралізован[оіа]+|нейтрализован[ыоа]?|нейтрализовал[иа]?|обезврежен[ыоа]?|обезвредил[иа]?",
    ),
    (Outcome.SUPPRESSED, r"пода[вн]лен[оіаийы]*|подави(?:ла|ли|ло|в)|придушен[оіа]+"),
    (
        Outcome.LOST,
        r"локаційно|втрачен[оіаий]*|дорозвідка|дорозвідці|втратил[иа]|зникл[иа]|локационно|потерян[ыоа]?|утрачен[ыоа]?|недольот\w*|самоліквідув\w+",
    ),
    (Outcome.AIRBORNE, r"повітрі|воздухе"),
    (
        Outcome.HIT,
        r"влучан\w*|влучил\w*|влучен\w*|вразил\w*|приліт|прильот\w*|прилет(?:іло|іли|іла|ів)|влучань|попадани\w*",
    ),
    (Outcome.DEBRIS, r"падін\w*|уламк\w*|уламок|обломк\w*|падени\w*"),
    (
        Outcome.LAUNCHED,
        r"атакув\w+|атаковал\w*|атаков\w+|атак(?:[аиуоюі]{1,2})?|атаки|завда(?:в|ла|ли|но)|нан[іо]с\w*|наніс|застосув(?:ав|ала|али)|застосовува(?:в|ла|ли)|застосован[оіа]*|використа(?:в|ла|ли|но)|применил\w*",
    ),
    (
        Outcome.LAUNCHED,
        r"випусти(?:в|ла|ли)|випущен[оіа]*|запусти(?:в|ла|ли)|запуска(?:в|ла|ли)|запущен[оіа]*|пуск(?:и|ів|у|ами|ах)?|запуск(?:и|ів|у)?|виявлен[оіа]*|виявил[иа]|супровід|зафіксован[оіаий]*|зафіксувал[иа]|фіксувал\w+|удар(?:у|ом|и|ів|ами)?|спрямува\w+|лет[іе]л[оиа]|скину(?:в|ли|вши|то)|випусти\w+|обстріля\w+|выпустил\w*|в?удари(?:в|ла|ли|ло)|вдари(?:в|ла|ли|ло)|ударил[иа]?|задія(?:в|ла|ли|но)",
    ),
)
_FATES: tuple[tuple[Outcome, str], ...] = (
    (Outcome.SHOT_DOWN, r"уражен[оіа]|збити|знищити|перехопити|приземлити|ліквідувати|сбить|уничтожить|перехватить"),
    (
        Outcome.LEFT_AIRSPACE,
        r"вийш\w+|вилет\w+|поки(?:нув|нули|нуло|дали|нула)|полет\w+|поверну\w+|вируши\w+|залет\w+|перелет\w+|перетну\w+|попряму\w+|поле\w+|відлет\w+|вышл\w+|улетел\w*|покинул\w*|вийти",
    ),
    (
        Outcome.AIRBORNE,
        r"перебува\w+|залиша\w+|лиша\w+|знаход\w+|продовж\w+|наход\w+|остаю\w+|лиши\w+|летять|летить|фіксу(?:ються|ється)",
    ),
    (
        Outcome.LOST,
        r"дося[гж]\w*|долет\w+|дійш\w+|діста(?:л|в)\w*|досягнувш\w*|достиг\w*|становил\w*|впал[иао]|упал[иао]|зазнал\w*",
    ),
)
_WEAPONS: tuple[tuple[str, str], ...] = (
    (
        "decoy_drone",
        rf"(?:{_UAV}-)?[іи]м[іи]тат[оу]р\w*(?:-{_UAV})?|{_UAV}-[іи]м[іи]т\w+|{_UAV}-(?:приманк|пастк|обманк)\w*|хибн\w+",
    ),
    ("attack_drone", rf"{_UAV}-кам[іи]кадзе|камікадзе|камикадзе"),
    ("recon_drone", rf"{_UAV}-розв[іе]д\w+|розвідник\w*|отр|крил[оа]"),
    ("drone", _UAV),
    (
        "shahed",
        r"shah?[ei]ds?[-\d/]*(?:-?[а-яіїє]{1,3})?|шах[еіи]д\w*(?:-\d+)?|шах[еіи]д-?\d*|герань|герані?\w*|геран\w+(?:-\d)?|мопед\w*",
    ),
    ("gerbera", r"гербер\w*|gerbera\w*"),
    ("parodiya", r"пароді\w*|пароди\w*"),
    ("italmas", r"[іи]талмас\w*|italmas"),
    ("lancet", r"ланцет\w*|lancet"),
    ("kub", r"куб(?:-бла)?"),
    ("molniya", r"молні[яюєїй]\w*|молни[яюией]\w*|молнія-?\d?"),
    ("fpv_drone", rf"(?:fpv|фпв)(?:-{_UAV})?"),
    ("orlan-30", r"орлан-?30"),
    ("orlan-10", r"орлан\w*(?:-10)?"),
    ("supercam", r"supercam\w*|суперкам\w*|супер-?кам|supercam-?s?\d*|s350"),
    ("zala", r"zala\w*|зала"),
    ("merlin-vr", r"мерл[іи]н\w*(?:-вр)?"),
    ("eleron", r"[еэ]лерон\w*(?:-\d)?"),
    ("forpost", r"форпост\w*"),
    ("orion", r"ор[іи]он\w*"),
    ("mohajer-6", r"mohajer-?6?|мохаджер\w*(?:-6)?|могаджер\w*(?:-6)?"),
    ("granat-4", r"гранат\w*-?\d?"),
    ("kartograf", r"картограф\w*"),
    ("feniks", r"фен[іи]кс\w*"),
    ("missile", r"ракет\w*|ракетн\w+"),
    ("cruise_missile", r"кр"),
    ("kalibr", r"кал[іи]бр\w*"),
    ("iskander-k", r"[іи]скандер\w*-к"),
    ("iskander-m", r"[іи]скандер\w*(?:-м)?"),
    ("kn-23", r"[кk][nн]-?23"),
    ("kinzhal", r"к[иі]нд?жал\w*|х-?47м?2?"),
    ("zircon", r"ц[иі]ркон\w*|3[мm]22"),
    ("oniks", r"он[іи]кс\w*|[пp]-?800|яхонт\w*"),
    ("banderol", r"бандерол\w*"),
    ("dan-t", r"дань-[тt]|дан-[тt]|дань"),
    ("tochka-u", r"точк[аиу]-у"),
    ("oreshnik", r"ор[іеє]шн[іи]к\w*"),
    ("neptune", r"нептун\w*"),
    ("storm_shadow", r"шторм-шедоу|storm(?:-shadow)?|shadow"),
    ("flamingo", r"флам[іи]нго"),
    ("atacms", r"atacms|атакмс"),
    ("harm", r"harm|харм"),
    ("rocket_shell", r"снаряд\w*|рсзв|рсзо|himars|хаймарс|ольха|vampire|вампир|смерч|ураган"),
    ("guided_missile", r"кар"),
    ("guided_bomb", r"каб(?:и|ів|ами|у|ы|ов)?|уаб|умпк|авіабомб\w*|авиабомб\w*|бомб(?:и|а|у|ами|ам|ы)?|jdam"),
    ("s-300", r"с-?300\w{0,2}"),
    ("s-400", r"с-?400"),
    ("anti_aircraft_missile", r"зкр|зур"),
    ("helicopter", r"вертол\w*|гел[іи]коптер\w*|ка-?\d{2}\w*|м[іи]-?\d{1,2}\w*|mi-?\d{1,2}\w*"),
    (
        "aircraft",
        r"літак\w*(?:-носі\w+)?|самол[её]т(?:а|ов|ы|ом|ами)?|винищу?в?[ау]ч\w*(?:-бомбард\w+)?|вин[иі]щ\w*-\w+|штурмовик\w*|бомбардувальник\w*|борт(?:и|ів|ами|ах|а|ом)?|носі\w+|(?:су|ту|міг|миг|а|іл)-?\d{2,3}\w*|истребител\w*|дрлв",
    ),
    ("unmanned_boat", r"катер\w*|б[эе]к\w*"),
    ("target", r"ціл(?:ь|і|ей|ями|ям|ях)|цел(?:ь|и|ей|ями)|засоб(?:и|ів|ами|у|ом|а|ам)?|засіб|средств(?:а|о|ами)?"),
)
_KH = ("101", "555", "55", "22", "32", "35", "59", "69", "31", "58")
_QUALITIES: tuple[tuple[str, str], ...] = (
    ("attack_drone", r"ударн\w+|удар[иі]"),
    ("decoy_drone", r"[іи]м[іи]таційн\w+|имитационн\w+"),
    ("unmanned_boat", r"морск(?:ой|их|ие|ими)|морськ(?:их|і|ий|ими)|надводн\w+|безэкипажн\w+|безекіпажн\w+"),
    ("jet_drone", r"реактивн\w+|турбореактивн\w+"),
    ("recon_drone", r"розвідув\w+|развед\w+|оперативно-тактичн\w+"),
    ("cruise_missile", r"кр[иы]лат\w+"),
    ("ballistic_missile", r"аеробал\w*|(?:аеро|аэро|квазі|квази|міжконт\w+-)?бал{1,2}[іи]ст\w+"),
    ("anti_aircraft_missile", r"зен[іи]т\w+|зрк"),
    ("guided_missile", r"керован\w+|управляем\w+|протирад\w+|противорад\w+|протикораб\w+"),
    ("hypersonic_missile", r"г[іи]перзвук\w+"),
)  # fmt: skip
_FILLERS = re.compile(
    r"ворож\w+|вражеск\w+|укра[іи]нск\w+|рос[іи]йськ\w+|рашист\w+|окупац\w+|противник[аоуів]*|ворог[ауів]+|окупант\w*"
    r"|тип(?:у|ів|а|ов|ами|и)?|різн\w+|інш\w+|других|разн\w+|нов\w+|одиниц\w*|штук\w*|шт|екземпляр\w*|повітрян\w+|воздушн\w+"
    r"|нападу|ураження|ав[іи]ац[іи]йн\w+|ав[іи]ацион\w+|морськ\w+|наземн\w+|базуванн\w+|виробництв\w*|іранськ\w+|північнокорейськ\w+"
    r"|рівн(?:я|ів)|уровн\w+|самол[её]тн\w+|вертол[её]тн\w+|літаков\w+|літальн\w+|летательн\w+|дальн\w+|тактичн\w+|важк\w+"
    r"|уточню\w+|уточн|не|встан|невстановлен\w+|невідом\w+|невизначен\w+|неідентифікован\w+|швидкісн\w+|малорозмірн\w+|групов\w+"
    r"|модифікац\w+|ударів|пуск(?:и|ів)|маневр\w*|планер\w*|мультиротор\w*|камуфльован\w+|бойов\w+|балістика|цих|росії|рф|мод|так|званих"
    r"|корабельн\w+|комплекс\w*|сист[ем]\w*|дистанц\w+|скинут\w+|великої|високошвидк\w+|противоборч\w+|плануюч\w+|коригован\w+"
    r"|середньої|меншої|малої|дальності|радіус\w*|сам|см|модернізован\w+|автономн\w+|бойовою|частиною|однораз\w+|одноразов\w+|дії|й|баражуюч\w+|боєприпас\w*"
)
_MINOR: tuple[tuple[int, str], ...] = (
    (Kind.THOUSAND, THOUSAND.pattern),
    (Kind.PRELIMINARY, r"попередн\w+|предварит\w+"),
    (Kind.OF_THEM, r"зокрема|включно|числі|числе|серед|включая|включаючи"),
    (Kind.PLACE_UNIT, r"локаці(?:я|ї|й|ях|ями|ю|єю)|об'єкт\w*|об[ъь]ект\w*|місц(?:ях|е|і|ь|я)|точк(?:ах|и|у)|област(?:ях|ями|ям)|рег[иі]он(?:ах|ами|ів|ов|ам)|район(?:ах|ами|ів|ов)|субъект\w*|пункт\w*|адрес\w*"),
    (Kind.AND, r"та|і|й|и|а"),
    (Kind.FROM, r"з|із|зі|iз|ізі|из|с|со"),
    (Kind.NOT, r"не|без|жодн\w+|ни"),
    (Kind.ALSO, r"ще|также|також|еще|по|було|были|был|було|крім|того|кроме|загалом|всього|усього|всего|разом|вдалося|підтверджено|результаті"),
)  # fmt: skip

_TABLE: tuple[tuple[int, object, re.Pattern[str]], ...] = (
    *((Kind.QUALIFIER, hedge, re.compile(p)) for hedge, p in _QUALIFIERS),
    *((kind, None, re.compile(p)) for kind, p in _MINOR),
    *((Kind.WEAPON, f"kh-{n}", re.compile(rf"х-?{n}[а-яa-z]{{0,2}}\d?")) for n in _KH),
    *((Kind.WEAPON, id, re.compile(p)) for id, p in _WEAPONS),
    *((Kind.OUTCOME, outcome, re.compile(p)) for outcome, p in _OUTCOMES),
    *((Kind.QUALITY, id, re.compile(p)) for id, p in _QUALITIES),
    *((Kind.FATE, outcome, re.compile(p)) for outcome, p in _FATES),
    (Kind.FILLER, None, _FILLERS),
)
WEAPON_IDS = frozenset(id for id, _ in (*_WEAPONS, *_QUALITIES)) | {f"kh-{n}" for n in _KH}
"""Every weapon that a word can name."""


def fold(word: str) -> str:
    """Lower case, one apostrophe, one hyphen; look-alikes made Cyrillic where the word is Cyrillic or a designation."""
    if _DESIGNATION.fullmatch(word.replace("–", "-").replace("‑", "-")):
        word = word.translate(LOOK_ALIKES)
    elif _CYRILLIC.search(word):
        # "Shahed-ів" stays Latin before its ending; "бoрт" and "Іскандер-K" are Cyrillic.
        word = "-".join(
            part if len(part) > 2 and not _CYRILLIC.search(part) else part.translate(LOOK_ALIKES)
            for part in word.replace("‑", "-").replace("–", "-").split("-")
        )
    return word.translate(_APOSTROPHES).lower()


@lru_cache(maxsize=20_000)
def word(written: str) -> Word:
    """What a word as it is written does."""
    folded = fold(written)
    if (value := SPELLED.get(folded)) is not None or (folded[0].isdigit() and (value := digits(folded)) is not None):
        return Word(Kind.NUMBER, value, folded)
    if folded.isupper():
        folded = folded.lower()
    for kind, meaning, pattern in _TABLE:
        if pattern.fullmatch(folded):
            return Word(kind, meaning, folded)
    return Word(Kind.OTHER, None, folded)
