"""The three languages are told apart, and others are refused."""

from __future__ import annotations

import pytest

from tocsin.record.reading.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The air force said that it had shot down 12 of the drones over the region.", "en"),
        ("Ukrainian units intercepted 61 out of 80 drones, while another 9 dropped off radars.", "en"),
        ("ЗБИТО 12 ВОРОЖИХ БПЛА типу Shahed-136/131", "uk"),
        ("За ночь дежурными средствами ПВО уничтожены и перехвачены беспилотные аппараты", "ru"),
        ("Die Luftwaffe hat in der Nacht zwölf Drohnen abgeschossen, sagte der Gouverneur.", "und"),
        ("L'armée de l'air a abattu douze drones dans la nuit, selon le gouverneur.", "und"),
        ("", "und"),
        ("1234 5678 !!! ---", "und"),
    ],
)
def test_a_text_is_in_its_language(text: str, language: str) -> None:
    assert language_of(text) == language
