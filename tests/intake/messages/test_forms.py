"""Names of places are known in all cases."""

from __future__ import annotations

import pytest

from tocsin.intake.messages.forms import ACCUSATIVE, GENITIVE, INSTRUMENTAL, LOCATIVE, forms

KNOWN = [
    ("київ", "києва", GENITIVE),
    ("київ", "києвом", INSTRUMENTAL),
    ("канів", "канева", GENITIVE),
    ("тростянець", "тростянця", GENITIVE),
    ("бориспіль", "борисполя", GENITIVE),
    ("ірпінь", "ірпеня", GENITIVE),
    ("охтирка", "охтирці", LOCATIVE),
    ("сміла", "смілу", ACCUSATIVE),
    ("лозова", "лозової", GENITIVE),
    ("черкаси", "черкас", GENITIVE),
    ("черкаси", "черкасах", LOCATIVE),
    ("лубни", "лубен", GENITIVE),
    ("бровари", "броварів", GENITIVE),
    ("рокитне", "рокитного", GENITIVE),
    ("трипілля", "трипіллям", INSTRUMENTAL),
    ("дніпро", "дніпра", GENITIVE),
    ("умань", "умані", LOCATIVE),
    ("кропивницький", "кропивницьким", INSTRUMENTAL),
    ("великі", "великих", GENITIVE),
    ("стрий", "стрию", GENITIVE),
]


@pytest.mark.parametrize(("name", "form", "case"), KNOWN)
def test_a_name_is_known_in_its_cases(name: str, form: str, case: int) -> None:
    assert any(made == form and cases & case for made, cases in forms(name))


def test_short_names_are_left_as_they_are() -> None:
    assert {form for form, _ in forms("яр")} == {"яр"}
