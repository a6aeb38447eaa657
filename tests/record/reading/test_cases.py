"""Names in any case lead back to the one that they are listed under."""

from __future__ import annotations

import pytest

from tocsin.atlas.settlements import oblasts_of
from tocsin.record.reading.cases import nominatives


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Умані", "Умань"),
        ("Одесі", "Одеса"),
        ("Одеси", "Одеса"),
        ("Харкові", "Харків"),
        ("Харкова", "Харків"),
        ("Києві", "Київ"),
        ("Львовом", "Львів"),
        ("Миколаєві", "Миколаїв"),
        ("Чернігова", "Чернігів"),
        ("Шостці", "Шостка"),
        ("Кременчуці", "Кременчук"),
        ("Кременчука", "Кременчук"),
        ("Тернополі", "Тернопіль"),
        ("Маріуполі", "Маріуполь"),
        ("Запоріжжі", "Запоріжжя"),
        ("Балаклії", "Балаклія"),
        ("Сумах", "Суми"),
        ("Черкасах", "Черкаси"),
        ("Чернівцях", "Чернівці"),
        ("Ромнах", "Ромни"),
        ("Куп'янську", "Куп'янськ"),
        ("Куп’янська", "Куп’янськ"),
        ("Конотопі", "Конотоп"),
        ("Дніпрі", "Дніпро"),
        ("Рівному", "Рівне"),
        ("Кривому Розі", "Кривий Ріг"),
        ("Кривого Рогу", "Кривий Ріг"),
        ("Білій Церкві", "Біла Церква"),
        ("Білої Церкви", "Біла Церква"),
        ("Великих Сорочинцях", "Великі Сорочинці"),
        ("Умань", "Умань"),
    ],
)
def test_the_nominative_is_among_what_it_may_be(said: str, name: str) -> None:
    assert name in nominatives(said)
    assert oblasts_of(name)


def test_what_is_no_name_is_only_itself() -> None:
    for words in ("А", "і", "а" * 100, "одне два три чотири"):
        assert words in nominatives(words)
    assert len(nominatives("слово " * 2 + "слово")) < 2_000
