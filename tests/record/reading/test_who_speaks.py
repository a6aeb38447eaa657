"""Whose word a fact is, however its speaker is put: each kind of speaker in each place, with facts of each kind."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date

import pytest

from tests.record.reading.gold import near
from tocsin.facts import CasualtyFact, ControlFact, DamageFact, Fact, StatementFact, TallyFact
from tocsin.record.reading import read

SPEAKERS = (  # as the subject of a sentence, what is wanted of it, and how it is called afterwards
    ("Ukraine's air force", "air force", "it", "the air force"),
    ("Governor Petro Hai", "Petro Hai", "he", "Hai"),
    ("regional governor Petro Hai", "Petro Hai", "he", "the governor"),
    ("Petro Hai, the governor of the Poltava region,", "Petro Hai", "he", "the governor"),
    ("Petro Hai, head of the Poltava Regional Military Administration,", "Petro Hai", "he", "the official"),
    ("the head of the Poltava regional military administration, Petro Hai,", "Petro Hai", "he", "Hai"),
    ("Lubny Mayor Ihor Rii", "Ihor Rii", "he", "the mayor"),
    ("Lubny's mayor, Ihor Rii,", "Ihor Rii", "he", "Rii"),
    ("Ihor Rii, who heads the Lubny military administration,", "Ihor Rii", "he", "Rii"),
    ("Ukraine's State Emergency Service", "Emergency Service", "it", "the service"),
    ("the regional prosecutor's office", "prosecutor's office", "it", "the office"),
    ("Ukrainian authorities", "authorities", "they", "the authorities"),
    ("Russia's Defense Ministry", "Defence Ministry", "it", "the ministry"),
    ("Interior Minister Olena Koval", "Olena Koval", "she", "the minister"),
    ("President Volodymyr Zelensky", "Zelensky", "he", "the president"),
    ("power company DTEK", "DTEK", "it", "the company"),
    ("the General Staff of Ukraine's Armed Forces", "General Staff", "it", "the General Staff"),
    ("air force spokesman Marko Lis", "Marko Lis", "he", "Lis"),
    ("the Russian Telegram channel Vest", "Vest", "it", "the channel"),
    ("a source in the Security Service of Ukraine", "source", "it", "the source"),
)
FACTS = (
    "two people were killed and seven injured",
    "a Russian drone hit an apartment building, wounding four people",
    "air defences shot down 14 drones over the region",
    "a warehouse caught fire",
    "the strikes damaged a school and nine houses",
    "no one was hurt",
    "Russia launched 81 drones and three missiles overnight",
)
PLAIN = (
    "said",
    "wrote",
    "reported",
    "confirmed",
    "stated",
    "announced",
    "clarified",
    "specified",
    "stressed",
    "claimed",
)
Put = Callable[[str, str, str], str]


def first(words: str) -> str:
    return words[:1].upper() + words[1:]


def bare(speaker: str) -> str:
    return speaker.rstrip(",")


PLACES: dict[str, Put] = {
    "before": lambda s, v, f: f"{first(s)} {v} that {f}.",
    "before, with the day": lambda s, v, f: f"{first(s)} {v} early on Friday that {f}.",
    "after the day": lambda s, v, f: f"On Friday, {s} {v} that {f}.",
    "behind": lambda s, v, f: f"{first(f)}, {s} {v}.",
    "behind, with where": lambda s, v, f: f"{first(f)}, {s} {v} in a post on the Telegram messaging app on Friday.",
    "behind the verb": lambda s, v, f: f"{first(f)}, {v} {bare(s)}.",
    "according to, behind": lambda s, v, f: f"{first(f)}, according to {bare(s)}.",
    "according to, before": lambda s, v, f: f"According to {bare(s)}, {f}.",
    "a statement from": lambda s, v, f: f"{first(f)}, according to a statement from {bare(s)}.",
    "reported by": lambda s, v, f: f"{first(f)}. This was reported by {bare(s)}.",
    "a quotation's": lambda s, v, f: f'"{first(f)}," {s} {v}.',
    "a quotation behind": lambda s, v, f: f'{first(s)} {v}: "{first(f)}."',
    "a broken quotation's": lambda s, v, f: f'"It was a terrible night," {s} {v}. "{first(f)}."',
    "a quotation that goes on": lambda s, v, f: f'"It was a terrible night," {s} {v}.\n\n"{first(f)}."',
    "the source below": lambda s, v, f: f"{first(f)}.\n\nSource: {bare(s)} on Telegram",
    "cited as saying": lambda s, v, f: f"Reuters cited {bare(s)} as saying that {f}.",
    "citing": lambda s, v, f: f"{first(f)}, Interfax reported, citing {bare(s)}.",
    "with reference to": lambda s, v, f: f"{first(f)}, Suspilne reported with reference to {bare(s)}.",
    "while": lambda s, v, f: f"While rescuers worked through the night, {s} {v} that {f}.",
    "in an update": lambda s, v, f: f"In its morning update on Friday, {s} {v} {f}.",
    "in between": lambda s, v, f: f"Overnight, {s} {v}, {f}.",
}
CARRIED: dict[str, Put] = {
    "he added": lambda p, s, f: f"{first(p)} added that {f}.",
    "he said, behind": lambda p, s, f: f"{first(f)}, {p} said.",
    "he went on": lambda p, s, f: f"{first(p)} went on to say that {f}.",
    "the office added": lambda p, s, f: f"{first(s)} also said that {f}.",
    "the office, behind": lambda p, s, f: f"{first(f)}, {s} said.",
    "behind the verb": lambda p, s, f: f"{first(f)}, added {s}.",
    "according to": lambda p, s, f: f"According to {s}, {f}.",
    "quoted": lambda p, s, f: f'"{first(f)}," {p} said.',
    "adding": lambda p, s, f: f"{first(s)} noted that the work went on, adding that {f}.",
}
OPENINGS = ('"It was a hard night," {} said.', "The attack was among the heaviest in weeks, {} said.")


def told(text: str) -> list[Fact]:
    return list(
        read(f"Russian drones and missiles attacked Ukraine again on Friday.\n\n{text}", date(2025, 3, 14)).facts
    )


def wrong(text: str, wanted: str) -> list[tuple[str, str | None]]:
    facts = [fact for fact in told(text) if isinstance(fact, TallyFact | CasualtyFact | DamageFact)]
    return [(text, fact.speaker) for fact in facts if not near(fact.speaker, wanted)] or (
        [] if facts else [(text, "-")]
    )


@pytest.mark.parametrize("place", PLACES)
def test_a_fact_is_the_word_of_whoever_stands_anywhere_beside_it(place: str) -> None:
    chance = random.Random(place)
    texts = [
        (PLACES[place](speaker, chance.choice(PLAIN), fact), wanted)
        for speaker, wanted, _, _ in SPEAKERS
        for fact in chance.sample(FACTS, 2)
        if wanted != "source" or place not in ("citing", "with reference to")
    ]
    assert [one for text, wanted in texts for one in wrong(text, wanted)] == []


@pytest.mark.parametrize("form", CARRIED)
def test_whoever_spoke_speaks_on_however_he_is_called(form: str) -> None:
    chance = random.Random(form)
    texts = [
        (opening.format(speaker) + gap + CARRIED[form](pronoun, short, chance.choice(FACTS)), wanted)
        for speaker, wanted, pronoun, short in SPEAKERS
        for opening in OPENINGS
        for gap in (" ", "\n\n")
    ]
    texts = [(first(text), wanted) for text, wanted in texts]
    assert [one for text, wanted in texts for one in wrong(text, wanted)] == []


@pytest.mark.parametrize(
    ("said", "speaker"),
    [
        ("Poltava region governor Petro Hai said two died. In the Sumy region one died, the governor said.",
         "Sumy"),
        ("Lubny Mayor Ihor Rii said two died. In Romny one died, the mayor said.", "Romny"),
        ("A school was damaged, an adviser to President Ivan Rii, Petro Hai, said.", "Petro Hai"),
        ("A school was damaged, Petro Hai, an adviser to President Ivan Rii, said.", "Petro Hai"),
        ("A school was damaged, Petro Hai, Radio Lubny, said.", "Petro Hai"),
        ('"A school was damaged," Petro Hai, the head of the Lubny administration said on Friday.', "Petro Hai"),
        ("Governor Petro Hai spoke. President Ivan Rii deplored it. A school was damaged, he said.", "Ivan Rii"),
        ("Photos shared by Governor Petro Hai showed a school that was destroyed.", "Petro Hai"),
        ("Agency reporters saw heavy damage to a school in Lubny.", "Agency reporters"),
        ("The ministry claimed its forces had damaged an airfield near Lubny.", "The ministry"),
        ("Petro Hai, the governor, reported this on Telegram. A school was damaged, he said.", "Petro Hai"),
        ("A school was damaged, TASS reported, citing local officials.", "local officials"),
        ("A school was damaged, TASS reported, citing residents.", "TASS"),
        ("Governor Petro Hai said a school was damaged, citing early data.", "Petro Hai"),
        ("Kyiv, it said, wanted peace. Governor Petro Hai told the local broadcaster that a school was damaged.",
         "Petro Hai"),
    ],
)  # fmt: skip
def test_an_office_is_held_where_it_is_and_a_paper_only_cites(said: str, speaker: str) -> None:
    facts = [fact for fact in told(said) if isinstance(fact, CasualtyFact | DamageFact)]
    assert near(facts[-1].speaker, speaker), facts[-1].speaker


def test_what_is_told_as_background_is_not_of_the_source() -> None:
    said = "A shop was damaged.\n\nSource: Lubny City Council\n\nBackground: In May a school was damaged in Lubny."
    assert [fact.speaker for fact in told(said) if isinstance(fact, DamageFact)] == ["Lubny City Council", None]


@pytest.mark.parametrize(
    ("said", "stated"),
    [
        ("Russia said it had hit a base, a claim quickly denied by Kyiv.",
         [("asserts", "it had hit a base"), ("denies", "a claim quickly denied by Kyiv")]),
        ("Governor Petro Hai said that medics were at work there.", []),
        ('Governor Petro Hai said: "Medics are at work there, as they are every night."',
         [("asserts", "Medics are at work there, as they are every night.")]),
        ("President Volodymyr Zelensky said on Sept. 9 that there were plans for the winter.",
         [("asserts", "there were plans for the winter")]),
        ("Earlier on Oct. 2, Foreign Minister Olena Koval emphasized the need for a stronger shield.",
         [("asserts", "the need for a stronger shield")]),
    ],
)  # fmt: skip
def test_who_runs_a_region_only_tells_what_happened_and_others_make_statements(
    said: str, stated: list[tuple[str, str]]
) -> None:
    assert [(fact.stance, fact.quote) for fact in told(said) if isinstance(fact, StatementFact)] == stated


def test_what_it_called_is_not_who_speaks() -> None:
    said = 'The ministry said the strike came "in response" to what it called strikes on homes.'
    assert {fact.speaker for fact in told(said)} <= {"The ministry"}


@pytest.mark.parametrize(
    ("said", "things"),
    [
        ("Ukrainian drones set on fire an oil depot in Tver, the governor said.", ["an oil depot"]),
        ("Residents reported the fire at the Mayak plant in Tver.", ["fire at the Mayak plant"]),
        ("Residents in Tver reported the fire to the police.", []),
    ],
)
def test_what_was_set_on_fire_is_damaged(said: str, things: list[str]) -> None:
    assert [fact.what for fact in told(said) if isinstance(fact, DamageFact)] == things


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("The settlement of Lozove came under Russia's control, the Defense Ministry said.", ["Lozove"]),
        ("The settlement of Lozove did not come under Russia's control, the army said.", []),
        ("The settlement of Lozove came under fire, the Defense Ministry said.", []),
    ],
)
def test_what_came_under_control_is_a_claim(said: str, places: list[str]) -> None:
    assert [fact.place for fact in told(said) if isinstance(fact, ControlFact)] == places
