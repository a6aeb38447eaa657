"""Whose word it is, who is meant, and where: what a sentence leaves to the reader."""

from __future__ import annotations

from datetime import date

import pytest

from tocsin.facts import CasualtyFact, ControlFact, DamageFact, Fact, StatementFact, StatisticFact, TallyFact
from tocsin.record.reading import read


def facts(said: str) -> tuple[Fact, ...]:
    return read("A Russian drone attack hit Ukraine. " + said, date(2025, 11, 13)).facts


@pytest.mark.parametrize(
    ("said", "speaker"),
    [
        ("Moscow's claim that 40 drones were shot down could not be verified.", "Moscow (government)"),
        (
            "The Russian defence ministry's latest statement that 40 drones had been shot down drew ridicule.",
            "ministry",
        ),
        ("The army's report that 40 drones were downed was disputed.", "army"),
        ("Moscow said it was ready. Its claim that 40 drones were shot down drew ridicule.", "Moscow (government)"),
    ],
)
def test_a_claim_is_the_word_of_whoever_it_belongs_to(said: str, speaker: str) -> None:
    [tally] = [fact for fact in facts(said) if isinstance(fact, TallyFact)]
    assert (tally.value.value, speaker in (tally.speaker or "")) == (40, True)


def test_a_verb_is_no_claim_that_somebody_owns() -> None:
    said = "Russia's army claims to have seized the village of Lozova."
    assert [fact.speaker for fact in facts(said) if isinstance(fact, ControlFact)] == ["Russia's army"]


def test_what_is_denied_is_a_denial_and_no_casualty() -> None:
    said = "The ministry denied that three soldiers were killed in the strike."
    found = facts(said)
    assert not [fact for fact in found if isinstance(fact, CasualtyFact)]
    assert [(fact.stance, fact.quote) for fact in found if isinstance(fact, StatementFact)] == [
        ("denies", "denied that three soldiers were killed in the strike")
    ]


@pytest.mark.parametrize(
    ("said", "killed"),
    [
        ("A man accused of killing three people was arrested in Kyiv.", []),
        ("A man was jailed for killing two women.", []),
        ("Police arrested a man suspected of killing two women during the drone attack.", []),
        ("Kyiv accused Moscow of killing three people in a strike on Sumy.", [3]),
        ("Russia is accused of killing 12 people in the strike on Sumy.", [12]),
    ],
)
def test_who_stands_trial_is_no_attack(said: str, killed: list[int]) -> None:
    found = [fact for fact in facts(said) if isinstance(fact, CasualtyFact)]
    assert [fact.value.value for fact in found if fact.value] == killed


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ("It wounded five people, two of them seriously.", [("injured", 5)]),
        ("Rescuers saved more than 40 people, 14 of them from a burning house.", [("rescued", 40)]),
        (
            "Two adults were killed, one of them a doctor, and at least 32 people were injured.",
            [("killed", 2), ("injured", 32)],
        ),
        ("Three local residents were hurt.", [("injured", 3)]),
        ("It injured 72 people. Forty of them were in hospital.", [("injured", 72)]),
        ("It killed three people and wounded seven, including a boy who later died.", [("killed", 3), ("injured", 7)]),
        ("Prosecutors confirmed four deaths in Sumy.", [("killed", 4)]),
        ("An elderly woman burned to death in her house in Sumy.", [("killed", 1)]),
        ("Four employees of a school - a cook, a nurse and two cleaners - died in Sumy.", [("killed", 4)]),
    ],
)
def test_who_is_only_named_beside_is_not_counted_with_them(said: str, counts: list[tuple[str, int]]) -> None:
    found = [fact for fact in facts(said) if isinstance(fact, CasualtyFact)]
    assert [(fact.outcome, fact.value.value) for fact in found if fact.value] == counts


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("Kyiv woke to blasts. Two people were killed in the capital.", "Kyiv"),
        ("Drones hit Moscow. One man was killed in the Russian capital.", "Moscow"),
        ("Two people were killed in the town of Hlyboke, some 30 km south of the capital.", "Hlyboke"),
        ("In the Sumy region, a man was killed when a drone hit his car in the village of Tykhe.", "Tykhe"),
        ("In the village of Tykhe in the western Lviv region a missile killed five people.", "Tykhe"),
        ("Drones struck Lutsk. Its mayor, Ihor Bondar, said a man had been killed.", "Lutsk"),
        ("A missile hit Sumy. Local authorities said a man had been killed.", "Sumy"),
    ],
)
def test_where_it_was(said: str, place: str) -> None:
    [harm] = [fact for fact in facts(said) if isinstance(fact, CasualtyFact)]
    assert harm.place == place


def test_in_the_capital_and_in_its_region_are_two_places() -> None:
    said = "Two people were killed in the capital and two in the surrounding Kyiv region."
    found = [fact.place for fact in facts(said) if isinstance(fact, CasualtyFact)]
    assert found == ["Kyiv", "Kyiv region"]


def test_who_wrote_on_x_is_who_urges_next() -> None:
    said = "President Volodymyr Zelensky wrote on X. He urged partners to send more air defence missiles."
    assert [fact.speaker for fact in facts(said) if isinstance(fact, StatementFact)] == ["Volodymyr Zelensky"]


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ("A missile destroyed three houses in Sumy.", []),
        ("A missile destroyed over Sumy fell on a road.", [("shot_down", 1)]),
        ("It downed 121 drones over 13 regions, including Ryazan, where a refinery was struck.", [("shot_down", 121)]),
        ("Thirteen places recorded hits of 23 drones.", [("hit", 23)]),
        ("It shot down 296 drones, while 415 drones were lost to jamming.", [("shot_down", 296), ("lost", 415)]),
        ("It counted 193 drones and said that 105 had dropped off radars.", [("launched", 193), ("lost", 105)]),
        ("The ministry reported the destruction of 44 drones.", [("shot_down", 44)]),
        ("Two of those six missiles were shot down.", [("launched", 6), ("shot_down", 2)]),
        ("Twelve drones attacked the port.", [("launched", 12)]),
        (
            "Russia attacked with two S-300 missiles from the Kursk region and 98 drones.",
            [("launched", 2), ("launched", 98)],
        ),
        ("More than 2,000 glide bombs hit Ukraine in August alone.", []),
    ],
)
def test_what_became_of_weapons(said: str, counted: list[tuple[str, int]]) -> None:
    found = [fact for fact in facts(said) if isinstance(fact, TallyFact)]
    assert [(fact.outcome, fact.value.value) for fact in found] == counted


def test_where_weapons_came_from_is_no_claim_to_it() -> None:
    said = "The air force said drones were launched from five directions, including from occupied Crimea."
    assert not [fact for fact in facts(said) if isinstance(fact, ControlFact)]


def test_what_an_army_does_in_general_damages_nothing() -> None:
    said = "Peskov said the armed forces were hitting military infrastructure."
    assert not [fact for fact in facts(said) if isinstance(fact, DamageFact)]


@pytest.mark.parametrize(
    ("said", "stances"),
    [
        ("Kyiv called that accusation groundless.", ["denies"]),
        ("The Kremlin said it was ready to talk but would continue to strike Ukraine.", ["asserts", "pledges"]),
        ("Moscow said it had hit a meeting of commanders and that 60 people were killed.", ["asserts"]),
        ("Ukraine did not claim responsibility for the attack.", ["omits"]),
        ("Nobody was hurt, and Kyiv made no comment on the attack.", ["omits"]),
        ("Moscow says that it strikes only military targets.", ["denies"]),
        ("The Kremlin, asked about the strike, said that Russia did not hit civilian targets.", ["denies"]),
        ("Zelenskyy thanked the crews and vowed to bring those responsible to justice.", ["pledges"]),
        ("Both sides deny targeting civilians in the war.", ["denies"]),
    ],
)
def test_what_somebody_does_by_saying_it(said: str, stances: list[str]) -> None:
    assert [fact.stance for fact in facts(said) if isinstance(fact, StatementFact)] == stances


@pytest.mark.parametrize(
    ("said", "what", "state"),
    [
        ("There was no damage to the oil refinery.", "no damage to the oil refinery", "none"),
        ("The General Staff reported a hit on an oil refinery.", "an oil refinery", "hit"),
        ("Rescuers searched the ruins of a children's hospital that was hit.", "a children's hospital", "hit"),
        ("Falling debris broke the windows of a school.", "the windows of a school", "damaged"),
        ("A drone burned down the main building of the station.", "the main building of the station", "on fire"),
        ("It damaged a shop, setting fire to a residential building.", "a residential building", "on fire"),
    ],
)
def test_what_became_of_things(said: str, what: str, state: str) -> None:
    found = [fact for fact in facts(said) if isinstance(fact, DamageFact)]
    assert (found[-1].what, found[-1].state) == (what, state)


def test_what_somebody_denies_is_no_damage() -> None:
    said = "The Kremlin denied, without giving evidence, that Russia had hit the hospital."
    assert not [fact for fact in facts(said) if isinstance(fact, DamageFact)]


def test_it_is_the_body_that_was_spoken_of_last() -> None:
    said = (
        "Zelensky said Russia had fired 93 missiles. The air force gave another account. It said 80 drones were downed."
    )
    found = [fact for fact in facts(said) if isinstance(fact, TallyFact)]
    assert [(fact.speaker, fact.value.value) for fact in found] == [("Zelensky", 93), ("The air force", 80)]


def test_a_village_that_was_taken_is_a_claim_of_whoever_says_so() -> None:
    said = 'Moscow said on Thursday that the village of Iskra had been "liberated".'
    [claim] = [fact for fact in facts(said) if isinstance(fact, ControlFact)]
    assert (claim.place, claim.asserted_by) == ("Iskra", "Moscow (government)")


def test_a_port_on_a_sea_is_that_port() -> None:
    said = "The mayor of the Black Sea port of Odesa said one man was killed."
    [harm] = [fact for fact in facts(said) if isinstance(fact, CasualtyFact)]
    assert (harm.place, harm.speaker) == ("Odesa", "The mayor of the Black Sea port of Odesa")


@pytest.mark.parametrize(
    ("said", "speaker"),
    [
        ("Kellerman, the US envoy, called the attacks a clear violation of the conventions.", "Kellerman"),
        ("Zelenskiy, who was at a summit in Granada, Spain, called it a deliberate act of terrorism.", "Zelenskiy"),
        ('"What could be more inhuman than that?" Zelenskyy said.', "Zelenskyy"),
        ('Olena Koval, 47, stood in the yard. "My son called," she said.', "Olena Koval"),
        ("Zelensky was in Rome. He urged partners to send more air defence missiles.", "Zelensky"),
    ],
)
def test_whose_words_they_are(said: str, speaker: str) -> None:
    found = facts('"We are ready," Zelensky said on Monday.\n\n' + said)
    assert [fact.speaker for fact in found if isinstance(fact, StatementFact)][1:] == [speaker]


@pytest.mark.parametrize(
    "said",
    [
        "He said that, according to initial information, a missile had been used and one man was killed in Sumy.",
        "After a phone call between Donald Trump and Vladimir Putin, one man was killed in Sumy.",
    ],
)
def test_neither_information_nor_a_president_is_a_speaker_or_a_place(said: str) -> None:
    [harm] = [
        fact for fact in facts("Governor Oleh Bondar spoke to reporters. " + said) if isinstance(fact, CasualtyFact)
    ]
    assert (harm.speaker in (None, "Oleh Bondar", "He"), harm.place) == (True, "Sumy")


def test_air_defences_are_whoever_spoke_of_them() -> None:
    said = "The military said Russia fired 78 missiles. Air defences downed 59 of them, it said."
    found = [fact for fact in facts(said) if isinstance(fact, TallyFact)]
    assert {fact.speaker for fact in found} == {"The military"}


def test_the_largest_of_things_is_no_statistic() -> None:
    said = "It hit the country's largest dam and caused blackouts in several regions of Ukraine."
    assert not [fact for fact in facts(said) if isinstance(fact, StatisticFact)]


def test_a_government_is_it_in_the_next_sentence() -> None:
    said = (
        "The emergency service said three people died in Sumy.\n\n"
        "Moscow said on Monday that it had targeted a meeting of commanders. It accused Kyiv of using a human shield."
    )
    found = [fact.speaker for fact in facts(said) if isinstance(fact, StatementFact)]
    assert found == ["Moscow (government)", "Moscow (government)"]


def test_after_a_district_it_is_the_city_again() -> None:
    said = (
        "Drones struck Kyiv on Monday, the mayor said.\n\nA house burned in the Darnytskyi district.\n\n"
        "Two people were killed and a consulate was damaged, the mayor said."
    )
    assert [fact.place for fact in facts(said) if isinstance(fact, CasualtyFact)] == ["Kyiv"]


def test_missiles_that_hit_the_city_hit_the_one_that_was_named() -> None:
    said = "A strike on the city of Sumy shook windows. Two ballistic missiles hit the city in the morning."
    assert [fact.place for fact in facts(said) if isinstance(fact, TallyFact)] == ["Sumy"]


def test_a_day_before_something_else_is_not_the_day_before() -> None:
    said = "Drones killed one man in Sumy, a day before a summit in Alaska. A day earlier they killed two in Odesa."
    found = [(fact.value.value, fact.happened) for fact in facts(said) if isinstance(fact, CasualtyFact) and fact.value]
    assert found == [(1, None), (2, "2025-11-12")]
