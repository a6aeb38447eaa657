"""Messages about threats are read as a person would: each of said.toml, and what must never be."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.app import open_atlas
from tocsin.intake.messages.gazetteer import Gazetteer
from tocsin.intake.messages.reading import Message, Reader

SAID = tomllib.loads((Path(__file__).parent / "said.toml").read_text(encoding="utf-8"))["message"]
NIGHTS = [
    message
    for path in sorted((Path(__file__).parent / "nights").glob("*.toml"))
    for message in tomllib.loads(path.read_text(encoding="utf-8"))["message"]
]
END_WORDS = re.compile("відб|чист|отбо|мину|мінус|знят|скас", re.IGNORECASE)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@cache
def _gazetteer() -> Gazetteer:
    return Gazetteer(open_atlas("ua"))


@pytest.fixture
def gazetteer() -> Gazetteer:
    return _gazetteer()


def read(gazetteer: Gazetteer, text: str, channel: str = "") -> Message:
    return Reader(gazetteer).read(text, channel, NOON)


def oblast(zone: str | None) -> str:
    return zone[:4] if zone else "-"


@pytest.mark.parametrize("number", range(len(SAID)))
def test_a_message_says_what_a_person_reads_in_it(gazetteer: Gazetteer, number: int) -> None:
    wanted = SAID[number]
    message = read(gazetteer, wanted["text"])
    assert message.live is wanted.get("live", True), wanted["text"]
    if "kinds" in wanted:
        assert sorted(message.kinds) == sorted(wanted["kinds"]), wanted["text"]
    assert list(message.ends) == wanted.get("ends", []), wanted["text"]
    read_places = [[mention.quote, mention.role.value, oblast(mention.zone)] for mention in message.mentions]
    if "places" in wanted and (wanted["places"] or message.live):
        assert read_places == wanted["places"], wanted["text"]


@pytest.mark.parametrize("number", range(len(NIGHTS)))
def test_messages_of_other_nights_and_channels_are_read_as_a_person_would(gazetteer: Gazetteer, number: int) -> None:
    wanted = NIGHTS[number]
    message = read(gazetteer, wanted["text"])
    if "live" in wanted:
        assert message.live is wanted["live"], wanted["text"]
    if "kinds" in wanted:
        assert sorted(message.kinds) == sorted(wanted["kinds"]), wanted["text"]
    if "ends" in wanted:
        assert sorted(message.ends) == sorted(wanted["ends"]), wanted["text"]
    if "places" in wanted:
        found = [[one.quote, one.role.value, oblast(one.zone)] for one in message.mentions]
        assert found == wanted["places"], wanted["text"]


def test_half_of_the_messages_were_written_before_they_were_tried() -> None:
    unseen = [wanted for wanted in SAID if wanted["set"] == "unseen"]
    assert len(unseen) * 2 > len(SAID)


@pytest.mark.parametrize(
    "text",
    [
        "У Києві вибухи",
        "Вибухи в Одесі, працює ППО",
        "БпЛА на зниженні над Черніговом",
        "Локаційно втрачено, БпЛА біля Ніжина",
        "Одну ракету збито, ще три на Київ",
        "По ракеті біля Умані мінус, дві ще летять на Вінницю",
        "Балістика на Київ. По попередній чисто",
        "Без фіксації швидкісних цілей",
        "Дорозвідка по крилатих",
        "",
    ],
)
def test_what_is_no_word_for_an_end_ends_nothing(gazetteer: Gazetteer, text: str) -> None:
    assert read(gazetteer, text).ends == ()


@pytest.mark.parametrize(
    "text",
    [
        "Чекаємо на відбій",
        "Чекаємо відбою тривоги в Києві",
        "Не виходьте до відбою!",
        "Скоро відбій, тримайтеся",
        "Ще не чисто!",
        "Не відбій!",
        "Вже відбій?",
        "Чисто чи ще летить?",
        "Відбій буде пізніше",
        "Відбій ще рано",
        "По попередній чисто",
        "По першій цілі чисто",
        "По ракеті чисто",
        "По ній мінус",
        "Там чисто",
        "Отбой? Нет, ещё летят",
        "Всі шахеди збиті",
        "Ракет у повітрі немає",
        "Шахеди ще на Суми, по попередніх чисто",
        "Ракета минула Умань, летить на Вінницю",
        "Минула година, тривога триває",
        "Знято обмеження руху в Києві",
        "Скасовано потяг Київ - Львів",
        "Це чисто випадково",
        "Чисто візуально, радари ще не дивились",
        "По балістиці поки не чисто",
    ],
)
def test_an_end_that_is_denied_waited_for_asked_or_of_one_alone_ends_nothing(gazetteer: Gazetteer, text: str) -> None:
    assert read(gazetteer, text).ends == ()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Одну ракету збито, ще три на Київ", "Київ"),
        ("Збито один шахед, другий на Бровари", "Бровари"),
        ("Два шахеди збито над Уманню, три на Вінницю", "Вінницю"),
        ("2 шахеди на Бровари, один збито", "Бровари"),
        ("Один мінус, два ще над Борисполем", "Борисполем"),
        ("По Дніпру чисто, від Кропивницького далі в бік Умані", "Умані"),
        ("Одну не бачу, ще дві на Канів", "Канів"),
        ("Як і вчора, балістика на Київ", "Київ"),
        ("Збили! Ще один на Бориспіль", "Бориспіль"),
        ("Шахеди летять на Суми, по балістиці відбій", "Суми"),
    ],
)
def test_what_flies_on_is_a_threat_whatever_came_down_beside_it(gazetteer: Gazetteer, text: str, place: str) -> None:
    message = read(gazetteer, text)
    assert message.live
    roles = [mention.role.value for mention in message.mentions if mention.quote == place]
    assert roles in (["at"], ["heading_to"])


@pytest.mark.parametrize(
    "text",
    [
        "Якщо ви в Броварах і чуєте гул — негайно в укриття!",
        "Привіт, друзі! Шахед над вами",
        "Сумщина: 1 на Недригайлів\n\nПолтавщина: 2 на Гадяч\n\nБагато збиттів, дякуємо Силам оборони",
        "Дощ у Києві. Ще один на Бровари",
        "Відбій! Ні, всі в укриття!",
        "Доброго ранку. КАБи на Суми",
    ],
)
def test_nothing_said_beside_a_threat_silences_it(gazetteer: Gazetteer, text: str) -> None:
    message = read(gazetteer, text)
    assert message.live
    assert message.ends == ()


def test_an_end_beside_explosions_is_not_believed(gazetteer: Gazetteer) -> None:
    assert read(gazetteer, "Відбій. У Києві вибухи").ends == ()


def test_what_is_not_seen_does_not_end_with_what_is_clear(gazetteer: Gazetteer) -> None:
    assert read(gazetteer, "Балістика не фіксується, по шахедах чисто").ends == ("drones",)
    assert read(gazetteer, "По балістиці чисто, крилата поки не фіксується").ends == ("ballistic_missiles",)


def test_the_end_of_one_kind_in_the_same_sentence_leaves_the_other(gazetteer: Gazetteer) -> None:
    assert read(gazetteer, "Шахеди летять на Суми, по балістиці відбій").ends == ("ballistic_missiles",)


def test_a_missile_beside_others_is_never_dropped(gazetteer: Gazetteer) -> None:
    reader = Reader(gazetteer)
    reader.read("Загроза балістики!", "a", NOON)
    assert reader.read("2 шахеди та ракета на Суми", "a", NOON).kinds == ("drones", "unspecified_missiles")


def test_a_missile_after_a_ballistic_one_is_no_cruise_missile(gazetteer: Gazetteer) -> None:
    reader = Reader(gazetteer)
    reader.read("Крилаті ракети на Суми", "a", NOON)
    assert reader.read("Балістика на Дніпро\n2 ракети!", "a", NOON).kinds == ("ballistic_missiles",)


def test_an_end_of_one_kind_leaves_the_others(gazetteer: Gazetteer) -> None:
    message = read(gazetteer, "По балістиці чисто. Шахеди: 5 на Бровари")
    assert message.ends == ("ballistic_missiles",)
    assert message.live


def test_an_end_and_more_of_the_same_is_no_end(gazetteer: Gazetteer) -> None:
    message = read(gazetteer, "Балістика: відбій. Увага, ще балістика на Дніпро!")
    assert message.ends == ()
    assert message.live


def test_the_oblast_in_the_line_settles_which_of_many_is_meant(gazetteer: Gazetteer) -> None:
    [_, there] = read(gazetteer, "БпЛА на Чернігівщині курсом на Семенівку").mentions
    [_, elsewhere] = read(gazetteer, "БпЛА на Полтавщині курсом на Семенівку").mentions
    assert there.zone is not None
    assert elsewhere.zone is not None
    assert (there.zone[:4], elsewhere.zone[:4]) == ("UA74", "UA53")


def test_what_the_channel_spoke_of_before_settles_it_too(gazetteer: Gazetteer) -> None:
    reader = Reader(gazetteer)
    for text in ("БпЛА на Сосницю", "Далі на Мену"):
        reader.read(text, "somebody", NOON)
    [semenivka] = reader.read("На Семенівку", "somebody", NOON).mentions
    assert semenivka.zone is not None
    assert semenivka.zone.startswith("UA74")


def test_where_nothing_settles_it_all_that_may_be_meant_are_given(gazetteer: Gazetteer) -> None:
    [mention] = read(gazetteer, "Шахед на Іванівку").mentions
    assert len(mention.others) > 10


def test_a_bare_missile_is_what_flies_at_the_moment(gazetteer: Gazetteer) -> None:
    reader = Reader(gazetteer)
    assert reader.read("Ракета на Суми", "a", NOON).kinds == ("cruise_missiles",)
    reader.read("Загроза балістики!", "a", NOON)
    assert reader.read("Ракета на Суми", "a", NOON).kinds == ("unspecified_missiles",)


def test_a_road_a_river_and_a_street_are_not_the_town_they_are_called_after(gazetteer: Gazetteer) -> None:
    message = read(gazetteer, "Шахед вздовж Житомирської траси, потім по р. Дніпро")
    assert message.mentions == ()


def test_a_quote_is_what_was_written(gazetteer: Gazetteer) -> None:
    text = "⚠️ БпЛА  на  Велику   Димерку, далі Бровари!"
    for mention in read(gazetteer, text).mentions:
        assert text[mention.start : mention.end] == mention.quote


@pytest.mark.parametrize("text", ["", "\n\n", "\x00\x01\x02", "🙂" * 5_000, "а" * 100_000, "," * 20_000, "на " * 9_000])
def test_nothing_that_is_no_message_is_more_than_nothing(gazetteer: Gazetteer, text: str) -> None:
    message = read(gazetteer, text)
    assert (message.live, message.kinds, message.ends, message.mentions) == (False, (), (), ())


@given(st.text(max_size=300), st.sampled_from(SAID))
@settings(max_examples=150, deadline=None)
def test_whatever_is_written_around_a_message_nothing_breaks_and_quotes_are_true(
    noise: str, wanted: dict[str, str]
) -> None:
    text = f"{noise}\n{wanted['text']}"
    message = read(_gazetteer(), text)
    assert all(text[one.start : one.end] == one.quote for one in message.mentions)


@given(
    st.sampled_from([wanted["text"] for wanted in [*SAID, *NIGHTS] if not END_WORDS.search(wanted["text"])]), st.data()
)
@settings(max_examples=200, deadline=None)
def test_a_message_cut_anywhere_never_becomes_an_end(text: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(text)))
    assert read(_gazetteer(), text[:cut]).ends == ()
    assert read(_gazetteer(), text[cut:]).ends == ()


@given(st.permutations([wanted["text"] for wanted in SAID[:12]]))
@settings(max_examples=20, deadline=None)
def test_the_same_messages_in_the_same_sequence_are_read_the_same(texts: list[str]) -> None:
    one, other = Reader(_gazetteer()), Reader(_gazetteer())
    assert [one.read(text, "a", NOON) for text in texts] == [other.read(text, "a", NOON) for text in texts]


@pytest.mark.parametrize(
    ("text", "quote", "role", "zone"),
    [
        ("Один з півдня від Кагарлика", "Кагарлика", "from", "UA32120050000067577"),
        ("БпЛА наближається до околиць Києва", "Києва", "heading_to", "UA80000000000093317"),
        ("Харківщина - загроза балістики", "Харківщина", "under_threat", "UA63000000000041885"),
        ("Ту-160 з аеродрому «Українка»", "Українка", "launch_area", None),
        ("Ціль на Дніпро, летить з Донецька", "Донецька", "from", "UA14080030000053877"),
        ("Шахед, Святошин метро", "Святошин", "at", "UA80000000000875983"),
    ],
)
def test_a_place_is_what_the_words_around_it_make_it(
    gazetteer: Gazetteer, text: str, quote: str, role: str, zone: str | None
) -> None:
    found = [(one.role.value, one.zone) for one in read(gazetteer, text).mentions if one.quote == quote]
    assert found == [(role, zone)]
