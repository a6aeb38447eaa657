"""What befell people in no attack: an accident, a crime, a storm, told in the midst of a report of the war.

Promises that where a sentence names both, an attack and such a cause, it is read: that a house burned in a storm of
missiles is no weather.
"""

from __future__ import annotations

import re

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.words import mark

_WORDS = words_of(
    """
        accident accidents crash crashed collision collided pile-up derailed derailment overturned capsized drowned
        drowning flood floods flooding storm storms hurricane tornado typhoon avalanche landslide mudslide lightning
        heatwave hypothermia frostbite blizzard snowfall earthquake wildfire wildfires stabbed stabbing stabbings
        homicide robbery manslaughter strangled quarrel brawl gunman monoxide overdose covid coronavirus measles
        cholera influenza outbreak poisoning salmonella mudslides landslides thunderstorm thunderstorms snowstorm
        drunken drunk murder burglary knife heart dog dogs shark bear gas killing killings murders rape raped rapes
        tortured executed execution executions
    """
)
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_CRIMES = (
    r"raped?|rapes|tortured|executions?|executed(?=\s+(?:\w+\s+){0,2}(?:prisoners|civilians|soldiers|people|by))"
    rf"|(?:killings?|murders?)\s+of\s[^.,;]{{1,40}}\sbetween\s+{_MONTH}\s+and\s+{_MONTH}"
)
_NOT_AN_ATTACK = re.compile(
    r"\b(?:(?:road|traffic|car|bus|minibus|train|tram|rail|railway|truck|lorry|motorway|motorcycle|industrial|mining|mine"
    r"|workplace|work|hunting|diving|skiing|climbing|building-site|farm|boating|plane|helicopter)\s+"
    r"(?:accidents?|crash(?:es)?|collisions?|pile-ups?)"
    r"|(?:in|by|after|an|of)\s+(?:an?\s+)?(?:unrelated\s+)?(?:accidents?|collisions?)"
    r"|(?:cars?|bus|buses|minibus|minibuses|trains?|trucks?|lorry|lorries|tram|vehicles?|boat|ferry)\s+"
    r"(?:crashed|collided|overturned|derailed|capsized)|pile-ups?|derailments?"
    r"|drown(?:ed|ing)|flood(?:s|ing)|(?:snow|thunder)storms?|storms?(?!\s+shadow|\s+of\b)|hurricane|tornado|typhoon"
    r"|avalanche|landslides?|mudslides?|lightning(?!\s+(?:strike|raid|attack|offensive)s?\s+(?:on|by|against))|heatwave"
    r"|hypothermia|frostbite|blizzard|snowfall|earthquake|wildfires?"
    rf"|{_CRIMES}"
    r"|stabb(?:ed|ings?)|homicide|robbery|burglary|manslaughter|strangled|quarrel|brawl|gunman|drunk(?:en)?\s+\w+"
    r"|carbon\s+monoxide|overdose|covid(?:-19)?|coronavirus|measles|cholera|influenza|outbreak|poisoning|salmonella"
    r"|on\s+(?:a\s+)?murder\s+charges?|suspicion\s+of\s+murder|murder\s+(?:suspect|investigation|trial))\b",
    re.IGNORECASE,
)
_CALLED_SO = re.compile(
    r"\b(?:(?:knife|heart|dogs?|shark|bear)\s+attacks?|struck\s+by\s+lightning|by\s+a\s+lightning\s+strike"
    rf"|{_CRIMES}"
    r"|(?:household|domestic|natural|accidental)\s+gas\s+(?:explosion|blast|leak)|gas\s+leak)\b",
    re.IGNORECASE,
)
"""What bears the name of an attack, or of what an attack does, and is none."""
_HINT = mark(_WORDS)
_ARMED = mark(lex.WEAPON_HEADS | words_of("shelling shelled artillery troops barrage"))
_ATTACKED = mark(
    lex.WEAPON_HEADS
    | words_of(
        """
            attack attacks attacked attacking strike strikes struck shelling shelled shell shells bombing bombed
            bombardment bombarded barrage raid raids airstrike airstrikes artillery mortar mortars debris wreckage
            landmine landmines explosive explosives combat troops fighting front-line frontline invasion occupied
            assault onslaught salvo wave explosion explosions blast blasts
        """
    )
)


def of_no_attack(sentence: Sentence) -> bool:
    """Whether it tells of harm or damage that came of something else, and names no attack."""
    if not sentence.mark & _HINT:
        return False
    told = _NOT_AN_ATTACK if not sentence.mark & _ATTACKED else None if sentence.mark & _ARMED else _CALLED_SO
    return told is not None and told.search(sentence.text, sentence.begin, sentence.end) is not None


def of_an_attack(sentence: Sentence) -> bool:
    """Whether it names one."""
    return bool(sentence.mark & _ATTACKED)
