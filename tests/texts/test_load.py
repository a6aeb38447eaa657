from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.texts.telling import shipped
from tocsin.errors import BadFile
from tocsin.limits import MESSAGE_CHARS
from tocsin.texts import load_texts, texts_of

Content = dict[str, Any]
"""A catalogue as JSON, to be spoiled."""


def content(lang: str) -> Content:
    read: Content = json.loads(files("tocsin.data").joinpath("texts", f"{lang}.json").read_bytes())
    return read


def written(content: Content) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def refusal(uk: Content, en: Content | None = None) -> str:
    """Why these two are refused."""
    contents = {"uk.json": written(uk), "en.json": written(en or content("en"))}
    with pytest.raises(BadFile) as caught:
        texts_of(contents)
    return caught.value.message


def test_what_was_not_spoiled_is_accepted() -> None:
    assert texts_of({"uk.json": written(content("uk")), "en.json": written(content("en"))}).digests == shipped().digests


# --- folders ---------------------------------------------------------------------------------


def test_a_folder_of_ones_own_takes_the_place_of_what_is_shipped(tmp_path: Path) -> None:
    own = content("uk")
    own["texts"]["air_raid.alert.red"]["title"] = "{signal}! {what}"
    (tmp_path / "uk.json").write_bytes(written(own))
    (tmp_path / "README.md").write_text("whose they are")
    texts = load_texts(tmp_path)
    assert list(texts.languages) == ["uk"]
    assert texts.languages["uk"].texts["air_raid.alert.red"].title == "{signal}! {what}"


def test_a_language_of_ones_own_is_told_beside_the_others(tmp_path: Path) -> None:
    for lang in ("uk", "en", "crh"):
        own = content("en" if lang == "crh" else lang) | {"lang": lang}
        (tmp_path / f"{lang}.json").write_bytes(written(own))
    assert sorted(load_texts(tmp_path).languages) == ["crh", "en", "uk"]


@pytest.mark.parametrize("folder", ["empty", "missing"])
def test_a_folder_without_texts_is_refused(tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadFile, match=folder):
        load_texts(tmp_path / folder)


# --- what is refused -------------------------------------------------------------------------


def change(*path: str | int, to: object) -> Callable[[Content], None]:
    """Something put where the path leads; where it leads nowhere yet, too."""

    def spoil(content: Content) -> None:
        here: Any = content
        for step in path[:-1]:
            here = here[step]
        here[path[-1]] = to

    return spoil


def without(*path: str) -> Callable[[Content], None]:
    def spoil(content: Content) -> None:
        here: Any = content
        for step in path[:-1]:
            here = here[step]
        del here[path[-1]]

    return spoil


RED = ("texts", "air_raid.alert.red")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (without(*RED), r"missing texts: air_raid\.alert"),
        (without("texts", "nuclear.early_warning"), r"missing texts: nuclear\.early_warning"),
        (without("texts", "chemical.all_clear"), "missing texts: all_clear"),
        (without("texts", "withdrawn.alert"), r"missing texts: withdrawn\.alert"),
        (without("texts", "source_silent"), "missing texts: source_silent"),
        (without("threats", "mig31k"), "threats has no word for: mig31k"),
        (without("hazards", "nuclear"), "hazards has no word for: nuclear"),
        (without("second", "verbs", "withdraw"), r"second\.verbs has no word for: withdraw"),
        (without("second", "told"), "missing required field `told`"),
        (without("drill"), "missing required field `drill`"),
        (change("texts", "air_raid.alert.rde", to={"title": "a", "body": "b"}), r"no such text: air_raid\.alert\.rde"),
        (change("texts", "chemical.alert.red.drones", to={"title": "a", "body": "b"}), "no such text"),
        (change("threats", "balloons", to="кулі"), "Invalid enum value 'balloons'"),
        (change("comment", to="x"), "unknown field `comment`"),
        (change("format", to=2), "format 2"),
        (change("lang", to="ua"), "the texts in it are in 'ua'"),
        (change(*RED, "title", to="{signal}: {threat}"), "blank that nobody fills: threat"),
        (change("leads", "part", to="{zone}"), "blank that nobody fills: zone"),
        (change("leads", "announced_at", to="{hour}"), "blank that nobody fills: hour"),
        (change("second", "asked", to="{reason}"), r"second\.asked has a blank that nobody fills: reason"),
        (change(*RED, "title", to="{signal: {what}"), "a brace that belongs to no blank"),
        (change(*RED, "body", to="Негайно\nв укриття"), r"the character '\\n'"),
        (change(*RED, "do", 0, to="в укриття\u202e!"), r"the character '\\u202e'"),
        (change(*RED, "dont", 1, to=""), "is empty"),
        (change("signals", "red", to=" Червона тривога"), "begins or ends with a space"),
        (change("drill", "mark", to=""), r"drill\.mark is empty"),
        (change(*RED, "body", to="Навчання скасовано."), "holds the mark of a drill"),
        (change("threats", "drones", to="навчання"), "holds the mark of a drill"),
        (change(*RED, "do", to=["одне"]), "two to five things to do"),
        (change(*RED, "dont", to=list("123456")), "two to five things to do"),
        (change("texts", "note", "body", to="Додано слово."), "does not tell the note"),
        (change(*RED, "body", to="а" * MESSAGE_CHARS), f"{MESSAGE_CHARS} are allowed"),
        (change("leads", "escalated", to="а" * MESSAGE_CHARS), f"{MESSAGE_CHARS} are allowed"),
        (change("approval", "version", to="2"), "is version 2, but en is version 1"),
        (
            change("texts", "air_raid.alert", to=content("uk")["texts"]["air_raid.alert.red"]),
            "in one of en and uk only",
        ),
        (change(*RED, "dont", to=["одне", "друге"]), r"air_raid\.alert\.red tells more to do"),
        (change("texts", "withdrawn.clear", "do", to=["одне"]), r"withdrawn\.clear tells more to do"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_texts_that_must_not_be_told_are_refused(spoil: Callable[[Content], None], why: str) -> None:
    uk = content("uk")
    spoil(uk)
    assert re.search(why, refusal(uk))


def test_all_that_is_wrong_with_a_file_is_said_at_once() -> None:
    uk = content("uk")
    del uk["texts"]["note"], uk["threats"]["drones"]
    said = refusal(uk)
    assert "the texts in uk.json cannot be used" in said
    assert "missing texts: note" in said
    assert "no word for: drones" in said


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "Expecting value"),
        (b"[]", "Expected `object`"),
        (b"\xff", "decode"),
        (b'{"lang": "uk", "lang": "en"}', "lang stands there twice"),
        (b"[" * 100_000, "recursion"),
    ],
    ids=["empty", "a list", "not UTF-8", "a key twice", "too deep"],
)
def test_what_is_no_catalogue_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(BadFile, match=why):
        texts_of({"uk.json": raw})


# --- approval --------------------------------------------------------------------------------


def approved(content: Content, sha256: str) -> bytes:
    """Approved in this state; what is changed after it shows."""
    approval = content["approval"] | {"by": "ДСНС", "on": "2026-11-20", "sha256": sha256}
    return written(content | {"approval": approval})


def test_texts_that_an_authority_approved_say_so() -> None:
    texts = texts_of({"uk.json": approved(content("uk"), shipped().digests["uk"])})
    assert texts.approvals["uk"].by == "ДСНС"
    assert texts.digests == {"uk": shipped().digests["uk"]}, "an approval is not part of what is approved"


def test_how_the_lines_of_a_file_are_broken_is_not_part_of_what_is_approved() -> None:
    spread = json.dumps(content("uk"), ensure_ascii=True, indent=8, sort_keys=True).encode()
    assert texts_of({"uk.json": spread}).digests["uk"] == shipped().digests["uk"]


def test_a_text_that_was_changed_after_it_was_approved_is_refused() -> None:
    uk = content("uk")
    uk["texts"]["air_raid.alert.red"]["do"][0] += " Швидко."
    with pytest.raises(BadFile, match="changed after it was approved"):
        texts_of({"uk.json": approved(uk, shipped().digests["uk"])})


@pytest.mark.parametrize("lacking", ["by", "on", "sha256"])
def test_half_an_approval_is_none(lacking: str) -> None:
    uk = json.loads(approved(content("uk"), shipped().digests["uk"]))
    uk["approval"][lacking] = None
    with pytest.raises(BadFile, match="says by whom, on which day, and of what"):
        texts_of({"uk.json": written(uk)})
