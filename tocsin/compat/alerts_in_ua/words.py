"""What is said in words: in the notes of an alert, and beside all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tocsin.compat.alerts_in_ua.shapes import moment
from tocsin.model import Realm
from tocsin.texts import Texts

PART = "тривога лише в частині цієї території, якої саме — невідомо"
SILENT = "джерело мовчить, дані можуть бути застарілі"
WITHDRAWN = "помилкова тривога, її відкликано"
TOLD_BY = "Дані цього сервера Tocsin. Не покладайтеся лише на них: зважайте на сирени й офіційні повідомлення."
UNHEARD = (
    "Сервер ще не чув ні про одну тривогу і ні про одне джерело: те, що тривог тут немає, не означає, що їх немає."
)
SOME_SILENT = "Деякі джерела мовчать: сказане про їхні території може бути застаріле."
CUT_OFF = "Від {since} сервер не чує того, за ким слідує: усе сказане може бути застаріле."


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands before everything that is said in a drill; nothing in the live realm."""

    uk: str = ""
    en: str = ""


def marks(realm: Realm, texts: Texts) -> Marks:
    """The mark of a drill, as the approved texts have it."""
    if realm is Realm.LIVE:
        return Marks()
    any_mark = next(iter(texts.languages.values())).drill.mark
    found = {lang: texts.languages[lang].drill.mark if lang in texts.languages else any_mark for lang in ("uk", "en")}
    return Marks(**{lang: f"{mark}: " for lang, mark in found.items()})


def notes(mark: Marks, said: Iterable[str | None]) -> str | None:
    """All that there is to be said of one alert; in a drill at least that."""
    found = list(dict.fromkeys(one for one in said if one))
    return f"{mark.uk}{'; '.join(found)}".removesuffix(": ") if found or mark.uk else None


def disclaimer(mark: Marks, *, heard: bool, silent: bool, cut_off_since: datetime | None) -> str:
    """What is to be known of everything that is said."""
    said = [TOLD_BY]
    if not heard:
        said.append(UNHEARD)
    if silent:
        said.append(SOME_SILENT)
    if cut_off_since is not None:
        said.append(CUT_OFF.format(since=moment(cut_off_since)))
    return mark.uk + " ".join(said)
