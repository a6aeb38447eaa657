"""English wire reports of our own making, read and compared with what they say."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from tests.record.reading.gold import FILES, Case, Score, cases, compare, scored
from tocsin.facts import QUOTE_WORDS, CasualtyFact, ControlFact, DamageFact, TallyFact
from tocsin.record.reading import read

CASES = [case for file in FILES for case in cases(file)]


def score(file: str) -> dict[str, Score]:
    count: Counter[tuple[str, str]] = Counter()
    for case in cases(file):
        count += compare(read(case.text, case.published).facts, case)[0]
    return scored(count)


@pytest.mark.parametrize(
    ("file", "least"),
    [
        ("seen.txt", 0.99),
        ("more.txt", 0.99),
        ("unseen.txt", 0.95),
        ("agencies.txt", 0.98),
        ("longer.txt", 0.98),
        ("mixed.txt", 0.98),
        ("sentences.txt", 0.98),
        ("fresh.txt", 0.98),
        ("later.txt", 0.98),
        ("nights.txt", 0.93),
        ("barrages.txt", 1.0),
        ("papers.txt", 1.0),
    ],
)
def test_reports_of_our_own_making_are_read(file: str, least: float) -> None:
    assert score(file)["all"].f1 >= least


@pytest.mark.parametrize("case", cases("barrages.txt"), ids=lambda case: case.name)
def test_each_construction_of_a_barrage_is_read_whole(case: Case) -> None:
    _, wrong = compare(read(case.text, case.published).facts, case)
    assert wrong == []


def test_a_ministry_is_no_place() -> None:
    facts = read(
        "A Russian drone damaged a substation in Ukraine, Ukraine's Energy Ministry said.", date(2024, 11, 13)
    ).facts
    assert [fact.place for fact in facts if isinstance(fact, DamageFact)] == [None]


def test_a_maker_is_no_place() -> None:
    text = "Air defences downed nine rockets of the US-made HIMARS system, Russia's defence ministry said."
    assert [fact.place for fact in read(text, date(2024, 11, 13)).facts if isinstance(fact, TallyFact)] == [None]


@pytest.mark.parametrize(
    "words",
    [
        "no casualties were reported, nor damage to homes, after a drone attack",
        "that the strike caused no damage",
        "the drones did not damage any bridge",
    ],
)
def test_where_nothing_was_damaged_that_is_the_fact(words: str) -> None:
    facts = read(f"The governor of Ukraine's Poltava region said {words}.", date(2024, 11, 13)).facts
    assert [fact.state for fact in facts if isinstance(fact, DamageFact)] == ["none"]


def test_of_drones_and_mere_weapons_the_drones_are_kept() -> None:
    text = (
        "Kyiv said it shot down 14 drones. The Ukrainian air force said it had downed 14 of the air weapons over Sumy."
    )
    assert tallies(text) == [("shot_down", "drone", 14)]


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("Moscow, which has not yet commented on it, struck Ukraine with drones.", "has not yet commented on it"),
        (
            "President Zelensky said in another statement that this war of drones must end.",
            "this war of drones must end",
        ),
        (
            "A drone was seen. He posted footage showing flames tearing through a hangar of Ukraine.",
            "flames tearing through a hangar",
        ),
        (
            "A drone was seen. He posted footage showing flames erupting from a hangar of Ukraine.",
            "flames erupting from a hangar",
        ),
        ("After a drone attack on Lviv a park was set ablaze and half the city left without power.", "without power"),
    ],
)
def test_the_words_of_a_fact_end_where_it_does(sentence: str, wanted: str) -> None:
    fact = read(sentence, date(2024, 11, 13)).facts[-1]
    assert (fact.what if isinstance(fact, DamageFact) else fact.quote) == wanted
    assert "ablaze" not in fact.quote


def test_a_state_that_leaves_something_unsaid_is_its_government() -> None:
    [fact] = read("Moscow, which has not yet commented on it, struck Ukraine with drones.", date(2024, 11, 13)).facts
    assert fact.speaker == "Moscow (government)"


def test_a_text_that_breaks_off_is_read_up_to_there() -> None:
    assert tallies("Ukraine's air force said it shot down 12 drones in a Russian attack.\n\nOut") == [
        ("shot_down", "drone", 12)
    ]


def tallies(text: str) -> list[tuple[str, str, int]]:
    facts = read(text, date(2024, 11, 13)).facts
    return [(fact.outcome.value, fact.weapon, fact.value.value) for fact in facts if isinstance(fact, TallyFact)]


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("It downed 37 drones launched by Russia.", [("shot_down", "drone", 37)]),
        ("It downed all 37 drones launched by Russia.", [("launched", "drone", 37), ("shot_down", "drone", 37)]),
        ("It downed two of nine missiles.", [("launched", "missile", 9), ("shot_down", "missile", 2)]),
        ("Six drones were not shot down.", []),
        ("None of the six missiles got through.", []),
        ("A drone attack came first.", []),
        ("A drone was shot down.", [("shot_down", "drone", 1)]),
        ("In 2024 drones were shot down.", []),
        ("Russia has 300 missiles left.", []),
        ("The air defence missiles cost 40 million dollars.", []),
        ("Some 30 drone strikes were reported.", []),
        ("Twelve drones were downed and two lost.", [("shot_down", "drone", 12), ("lost", "drone", 2)]),
        ("All but 18 of the 100 drones were downed.", [("launched", "drone", 100)]),
        ("Of 38 missiles, 30 were shot down.", [("launched", "missile", 38), ("shot_down", "missile", 30)]),
        ("It counted 30 drones; all were shot down.", [("launched", "drone", 30), ("shot_down", "drone", 30)]),
        ("Hits by 9 drones were recorded at six sites.", [("hit", "drone", 9)]),
        (
            "Russia fired 9 missiles and 20 drones, of which 5 and 12 respectively were downed.",
            [
                ("launched", "missile", 9),
                ("launched", "drone", 20),
                ("shot_down", "missile", 5),
                ("shot_down", "drone", 12),
            ],
        ),
        (
            "It put the number of drones downed at 29: 10 over Rostov and nine over Crimea.",
            [("shot_down", "drone", 29), ("shot_down", "drone", 10), ("shot_down", "drone", 9)],
        ),
        (
            "Russia used 20 drones and a ballistic missile.",
            [("launched", "drone", 20), ("launched", "ballistic_missile", 1)],
        ),
        ("Russia used a ballistic missile.", []),
    ],
)
def test_a_number_counts_weapons_only_as_a_verb_says_so(sentence: str, wanted: list[tuple[str, str, int]]) -> None:
    assert tallies("Ukraine's air force spoke of the attack. " + sentence) == wanted


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("It downed 17 drones: 6 in Tula region and 11 in Penza region.", [None, 0, 0]),
        ("It downed 17 drones in Tula region and 11 in Penza region.", [None, None]),
        ("It downed 17 drones, most of them over Tula and two near Moscow.", [None, 0]),
        ("Russia fired 17 missiles, including two Iskander-M ballistic missiles.", [None, 0]),
        ("Russia fired 17 drones, including two Iskander-M ballistic missiles.", [None, None]),
    ],
)
def test_a_part_belongs_to_a_whole_of_its_own_sort(sentence: str, wanted: list[int | None]) -> None:
    facts = read("Ukraine's air force spoke of the attack. " + sentence, date(2024, 11, 13)).facts
    assert [fact.subset_of for fact in facts if isinstance(fact, TallyFact)] == wanted


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        (
            "The Kiosk channel, citing residents, said two people were hurt in the Russian city of Engels.",
            "The Kiosk channel",
        ),
        ("According to the air force, Ukrainian gunners shot down two drones.", "the air force"),
        ("Two drones were shot down, according to Ivan Fil, head of Kyiv's military administration.", "Ivan Fil"),
        ("The war went on, with Russia reporting it shot down two drones.", "Russia (government)"),
        ("Russia's Defense Ministry said it shot down two drones.", "Russia's Defence Ministry"),
        ("The U.S. Department of Defense said two drones were shot down.", "The U.S. Department of Defense"),
    ],
)
def test_who_speaks_is_named_alone(sentence: str, speaker: str) -> None:
    facts = read("It was a Russian drone attack on Ukraine. " + sentence, date(2024, 11, 13)).facts
    assert [fact.speaker for fact in facts if isinstance(fact, CasualtyFact | TallyFact)] == [speaker]


@pytest.mark.parametrize(
    ("sentence", "what"),
    [
        ("Windows were broken in two flats, and the roof was damaged.", ["Windows", "the roof"]),
        ("As a result of the shelling of the town, two floors of a tower were damaged.", ["two floors of a tower"]),
    ],
)
def test_what_was_damaged_is_named_alone(sentence: str, what: list[str]) -> None:
    facts = read("It was a Russian drone attack on Ukraine. " + sentence, date(2024, 11, 13)).facts
    assert [fact.what for fact in facts if isinstance(fact, DamageFact)] == what


@pytest.mark.parametrize(
    ("after", "speaker"),
    [
        ("This was reported by the mayor, Ivan Fil.", "Ivan Fil"),
        ("The mayor, Ivan Fil, reported this on Telegram.", "Ivan Fil"),
        ("This was the third strike, and the mayor said a driver died.", None),
        ("The mayor, Ivan Fil, spoke of a crime.", None),
    ],
)
def test_this_was_reported_is_said_of_what_was_told_before(after: str, speaker: str | None) -> None:
    facts = read("A Russian drone hit a tractor in Bilenke. " + after, date(2024, 11, 13)).facts
    assert [fact.speaker for fact in facts if isinstance(fact, DamageFact)] == [speaker]


def test_what_nobody_says_is_nobody_s_again_once_another_has_spoken() -> None:
    told = "A Russian drone hit a tractor in Bilenke. This was reported by the mayor, Ivan Fil.\n\nA van was destroyed."
    other = "Petro Kit, the mayor of Reni, said a shop was destroyed.\n\nA house was damaged in Balky."
    facts = read(f"{told}\n\n{other}", date(2024, 11, 13)).facts
    assert [fact.speaker for fact in facts if isinstance(fact, DamageFact)] == ["Ivan Fil"] * 2 + ["Petro Kit", None]


@pytest.mark.parametrize(
    "end", ["that he would", "adding that nine were hurt and hospitalised 14", "Out", "about 30 drones,"]
)
def test_a_report_may_break_off_anywhere(end: str) -> None:
    facts = read(f"A Russian drone hit a shop in Reni, the mayor said. He said {end}", date(2024, 11, 13)).facts
    assert any(isinstance(fact, DamageFact) for fact in facts)


def test_a_claim_to_territory_is_the_claimant_s_and_of_that_place_alone() -> None:
    text = (
        "A drone attack in the southern region of Kherson, which the Kremlin claims is part of Russia, killed a man, "
        "the regional head said. Drones also struck Sumy and Kharkiv."
    )
    facts = read(text, date(2024, 11, 13)).facts
    claims = [(fact.place, fact.asserted_by) for fact in facts if isinstance(fact, ControlFact)]
    assert claims == [("Kherson region", "the Kremlin")]
    assert [fact.speaker for fact in facts if isinstance(fact, CasualtyFact)] == ["Kherson regional head"]


def test_a_broken_paragraph_is_read_as_one_and_a_quotation_is_not_cut() -> None:
    text = (
        "Ukraine's air force said it had\n\nshot down 12 drones over\n\neight regions.\n\n"
        '"The attack went on. It ended at dawn with drones," the mayor of Kyiv said.'
    )
    facts = read(text, date(2024, 11, 13)).facts
    assert [fact.quote for fact in facts if isinstance(fact, TallyFact)] == ["shot down 12 drones over eight regions"]
    assert "The attack went on. It ended at dawn with drones" in [fact.quote for fact in facts]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_every_fact_has_words_of_the_report_that_stand_where_it_says(case: Case) -> None:
    for fact in read(case.text, case.published).facts:
        assert fact.quote
        assert len(fact.quote.split()) <= QUOTE_WORDS
        assert " ".join(case.text[fact.start : fact.end].split()) == fact.quote


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_what_was_damaged_is_in_one_of_six_states(case: Case) -> None:
    states = {fact.state for fact in read(case.text, case.published).facts if isinstance(fact, DamageFact)}
    assert states <= {None, "damaged", "destroyed", "hit", "on fire", "without power", "none"}


def test_the_same_text_gives_the_same_facts() -> None:
    for case in CASES[:10]:
        assert read(case.text, case.published) == read(case.text, case.published)


def test_a_text_of_no_known_genre_gives_no_facts_and_says_so() -> None:
    found = read("The bank said on Thursday that its profit of 4 million was a record.", date(2024, 5, 2))
    assert (found.genre, found.language, found.facts) == ("other", "en", ())


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("It wounded 35 people in Sumy, 14 of them seriously hurt.", [("injured", 35)]),
        ("Six people, two children among them, were hurt in Sumy.", [("injured", 6)]),
        ("Two men, one of them a doctor, died in Sumy.", [("killed", 2)]),
        ("Four bodies were recovered in Sumy.", [("killed", 4)]),
        ("The death toll rose to nine after rescuers pulled four bodies out.", [("killed", 9)]),
        ("Twelve people were taken to hospital in Sumy.", [("injured", 12)]),
        ("Twelve people were taken to Poland.", []),
        ("Twelve people sought medical help and three are unaccounted for.", [("injured", 12), ("missing", 3)]),
        ("A farmer, 41, died when a drone hit his tractor in Sumy.", [("killed", 1)]),
        ("The driver, 52, and a passenger, 19, were wounded in Sumy.", [("injured", 2)]),
        ("Nine civilians were killed. Five of the dead were in Sumy.", [("killed", 9)]),
        ("Three brothers aged eight, 12 and 17 were killed in Sumy.", [("killed", 3)]),
    ],
)
def test_people_are_counted_once_and_ages_are_no_people(sentence: str, wanted: list[tuple[str, int]]) -> None:
    facts = read("A Russian drone attack hit Ukraine. " + sentence, date(2024, 11, 13)).facts
    told = [(fact.outcome.value, fact.value.value) for fact in facts if isinstance(fact, CasualtyFact) and fact.value]
    assert told == wanted


def test_a_place_that_only_says_where_another_is_is_not_where_it_happened() -> None:
    text = "A Russian drone struck in the city of Zaporizhzhia, east of Kryvyi Rih, where four people were killed."
    assert [fact.place for fact in read(text, date(2024, 11, 13)).facts if isinstance(fact, CasualtyFact)] == [
        "Zaporizhzhia"
    ]


def test_what_is_said_this_week_is_not_all_that_was_told() -> None:
    text = "A Russian drone wounded 14 people in Izmail.\n\nUkraine {} week that its army was tired."
    by = [
        read(text.format(said), date(2025, 11, 28)).facts[0].speaker
        for said in ("said this", "said this on Telegram last")
    ]
    assert by == [None, "Ukraine (government)"]


@pytest.mark.parametrize("text", ["Of a drone being shot down over Sumy, Ukraine.", "Ukraine downed a drone of"])
def test_a_report_may_be_cut_anywhere(text: str) -> None:
    assert tallies(text) == [("shot_down", "drone", 1)]
