"""Every place that a message may name: settlements, raions, oblasts, quarters of cities, seas, and places abroad.

`Gazetteer.find` gives the longest name that begins at a token, in whatever case it stands, with all that is called so.
Which of them is meant is settled elsewhere (`settling.py`). Data: tocsin/data/settlements-ua, tocsin/data/threat-words.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence
from enum import StrEnum
from importlib.resources import files
from typing import NamedTuple

from tocsin.atlas import Atlas
from tocsin.atlas.settlements import settlements
from tocsin.intake.messages.forms import EVERY, Case, forms
from tocsin.intake.messages.russian import russian_forms
from tocsin.intake.messages.tokens import Token, fold
from tocsin.model import ZoneId

DATA = files("tocsin.data")
LONGEST = 4
"""Words of the longest name."""

PEOPLE_OF = {"K": 2_900_000, "M": 20_000, "X": 2_500, "C": 350, "A": 700}
"""How large a settlement is taken to be whose people nobody has counted."""

SEAT = 1_800
"""A village that a hromada is governed from counts for at least so many."""

VILLAGE = 10_000
"""A village that governs no hromada counts for no more: a figure beyond is mostly that of a city around it."""

OTHER_NAME = 8_000
"""A former or foreign name counts for no more than so many."""


LARGE = frozenset(("Великий", "Велика", "Велике", "Великі"))
FOR_SHORT = 4
"""By how much a settlement counts for less by its name without these."""


class Sort(StrEnum):
    SETTLEMENT = "settlement"
    REGION = "region"
    """An oblast or a raion."""
    QUARTER = "quarter"
    SHORT = "short"
    """What people call a settlement for short."""
    SEA = "sea"
    ABROAD = "abroad"
    AIRFIELD = "airfield"
    """A place abroad that is meant only where an airfield is spoken of: Українка, on the Amur."""
    LAUNCH = "launch"
    """A place under occupation from which things are launched."""
    COUNTRY = "country"


WEIGHTS = {
    Sort.REGION: 9.0,
    Sort.QUARTER: 4.2,
    Sort.SHORT: 3.0,
    Sort.LAUNCH: 3.6,
    Sort.ABROAD: 4.0,
    Sort.AIRFIELD: 9.0,
    Sort.SEA: 5.0,
    Sort.COUNTRY: 9.0,
}
"""What such a place weighs beside settlements, in powers of ten of people."""

UNMISTAKABLE = frozenset((Sort.REGION, Sort.SEA, Sort.COUNTRY))


class Place(NamedTuple):
    """Something that has a name."""

    name: str
    zone: str | None
    """КАТОТТГ of the smallest unit that holds it; None abroad."""
    sort: Sort
    people: float
    point: tuple[float, float] | None
    """Longitude and latitude, where known; else that of its zone."""
    oblast: str | None
    """The first four characters of its code, which every unit of one oblast shares."""
    size: float
    """Powers of ten of its people."""
    weight: float
    """The same, or what things of its sort weigh."""


def place(name: str, zone: str | None, sort: Sort, people: float, point: tuple[float, float] | None = None) -> Place:
    size = math.log10(max(people, 10.0))
    weight = WEIGHTS.get(sort) or size
    if sort is Sort.SHORT:
        weight = max(weight, size)
    return Place(name, zone, sort, people, point, zone[:4] if zone else None, size, weight)


class Named(NamedTuple):
    """A name found in a message."""

    words: int
    """How many tokens it takes."""
    places: tuple[Place, ...]
    cases: Case


class Gazetteer:
    """Made once; asked for every token."""

    def __init__(self, atlas: Atlas) -> None:
        self._points = {zone.id: zone.point for zone in atlas.zones}
        self.below: dict[str, str] = {row["code"]: row["parent"] for row in _csv("settlements-ua/units_below.csv")}
        """Parents of the units that the atlas does not have."""
        self._forms: dict[str, dict[str, Case]] = {}
        self._names: dict[tuple[str, ...], list[Place]] = {}
        self._adjectives: dict[str, tuple[tuple[Place, ...], tuple[Place, ...]]] = {}
        self._hromadas: dict[str, tuple[Place, ...]] = {}
        self._starts: set[str] = set()
        self._alone: dict[str, Named | None] = {}
        """Names of one word, by each form that was asked for."""
        self.begins: frozenset[str] = frozenset()
        """Every word that a name, or an adjective of one, can begin with."""
        for named in self._all(atlas):
            self._add(named if named.point else named._replace(point=self._point_of_zone(named)))
        self._long = {lemmas[0] for lemmas in self._names if len(lemmas) > 1}
        """Words that names of several words begin with."""
        of_names = (form for form, lemmas in self._forms.items() if not self._starts.isdisjoint(lemmas))
        self.begins = frozenset((*of_names, *self._adjectives, *self._hromadas))

    def find(self, words: Sequence[Token], at: int) -> Named | None:
        """The longest name that begins at a token; None where none does."""
        folded = words[at].folded
        first = self._forms.get(folded)
        if first is None or self._starts.isdisjoint(first):
            return None
        if folded in self._alone:
            best = self._alone[folded]
        else:
            best = self._alone[folded] = self._named(1, [((lemma,), cases) for lemma, cases in first.items()])
        if self._long.isdisjoint(first):
            return best
        begun: list[tuple[tuple[str, ...], Case]] = [
            ((lemma,), cases) for lemma, cases in first.items() if lemma in self._long
        ]
        length = 1
        last = at
        while begun and length <= LONGEST:
            if length > 1:
                best = self._named(last - at + 1, begun) or best
            last += 1
            if last < len(words) and words[last].text == "-":
                last += 1
            if last >= len(words):
                break
            following = self._forms.get(words[last].folded)
            if following is None:
                break
            begun = [
                ((*lemmas, lemma), together)
                for lemmas, cases in begun
                for lemma, more in following.items()
                if (together := cases & more)
            ]
            length += 1
        return best

    def _named(self, words: int, begun: Sequence[tuple[tuple[str, ...], Case]]) -> Named | None:
        """All that is called by any of these."""
        found = [(self._names[lemmas], cases) for lemmas, cases in begun if lemmas in self._names]
        if not found:
            return None
        group, cases = found[0]
        for more, other in found[1:]:
            group, cases = [*group, *more], cases | other
        return Named(words, self._places(group), cases)

    def _places(self, group: list[Place]) -> tuple[Place, ...]:
        """Each once; of what cannot be mistaken only that: there is a village called Харківщина."""
        if len(group) == 1:
            return (group[0],)
        sure = [one for one in group if one.sort in UNMISTAKABLE]
        return tuple(dict.fromkeys(sure or group))

    def hromadas(self, folded: str) -> tuple[Place, ...]:
        """Hromadas whose name is this adjective in any case."""
        return self._hromadas.get(folded, ())

    def oblasts_beginning(self, stem: str) -> tuple[Place, ...]:
        """The oblast whose adjective begins so, where it is one of ours and the only one."""
        found = {
            one
            for form, (oblasts, _) in self._adjectives.items()
            if form.startswith(stem) and form.endswith("а")
            for one in oblasts
            if one.zone
        }
        return tuple(found) if len(found) == 1 else ()

    def named_by_adjective(self, folded: str) -> tuple[tuple[Place, ...], tuple[Place, ...]] | None:
        """Oblasts, and raions, whose name is this adjective in any case: сумську, Лубенського."""
        return self._adjectives.get(folded)

    def _point_of_zone(self, of: Place) -> tuple[float, float] | None:
        return self._points.get(ZoneId(self.unit(of.zone))) if of.zone else None

    def unit(self, code: str) -> str:
        """The zone of the atlas that holds a unit."""
        while code in self.below:
            code = self.below[code]
        return code

    def _all(self, atlas: Atlas) -> Iterator[Place]:
        for one in settlements():
            people = one.people or PEOPLE_OF[one.kind]
            size, _, rest = one.name.partition(" ")
            if rest and size in LARGE and one.kind != "A":  # Велика Бугаївка is Бугаївка to its neighbours
                yield place(rest, one.zone, Sort.SETTLEMENT, people / FOR_SHORT, one.point)
            if one.seat:
                people = max(people, SEAT)
            elif one.kind in "XC":
                people = min(people, VILLAGE)
            if one.kind == "A":
                people = min(people, OTHER_NAME)
            yield place(one.name, one.zone, Sort.SETTLEMENT, people, one.point)
        for row in _csv("threat-words/places.csv"):
            sort = Sort(row["sort"])
            named = place(row["name"], row["zone"] or None, sort, 50_000.0)
            yield named
            if sort is Sort.ABROAD and row["name"].endswith(" область"):
                self._add_unit(row["name"], named)
        for zone in atlas.zones:
            if zone.level in ("oblast", "raion"):
                self._add_unit(zone.names["uk"], place(zone.names["uk"], zone.id, Sort.REGION, 500_000.0))
            elif zone.level == "hromada":
                self._add_hromada(zone.names["uk"], place(zone.names["uk"], zone.id, Sort.REGION, 20_000.0, zone.point))
        for row in _csv("settlements-ua/units_below.csv"):
            if row["level"] == "city_district":
                self._add_unit(row["name"], place(row["name"], row["code"], Sort.QUARTER, 250_000.0))

    def _add_unit(self, name: str, unit: Place) -> None:
        adjective, _, rest = name.partition(" ")
        if rest not in ("область", "район"):
            return
        word = fold(adjective)
        level = "oblast" if rest == "область" else "raion"
        said = {form for form, _ in forms(word)} | {form for form, _ in russian_forms(word)}
        said |= {form for form, _ in russian_forms(word.removesuffix("а") + "ий")}
        if level == "raion":  # of two and more: Лубенський та Миргородський райони
            said |= {form for form, _ in forms(word.removesuffix("ий") + "і")}
        for form in said:
            oblasts, raions = self._adjectives.get(form, ((), ()))
            self._adjectives[form] = ((*oblasts, unit), raions) if level == "oblast" else (oblasts, (*raions, unit))

    def _add_hromada(self, name: str, unit: Place) -> None:
        adjective = fold(name.partition(" ")[0])
        for form in {form for form, _ in forms(adjective) if form.endswith(("а", "ої", "ій", "у", "ою"))}:
            self._hromadas[form] = (*self._hromadas.get(form, ()), unit)

    def _add(self, named: Place) -> None:
        lemmas = tuple(fold(part) for part in named.name.replace("-", " ").split())
        if lemmas not in self._names:
            self._starts.add(lemmas[0])
            for lemma, said in zip(lemmas, named.name.replace("-", " ").split(), strict=True):
                self._add_forms(lemma)
                if said.isupper():  # ТЕС, ДВРЗ are the same in all cases
                    self._forms[lemma][lemma] = EVERY
        self._names.setdefault(lemmas, []).append(named)

    def _add_forms(self, lemma: str) -> None:
        if lemma in self._forms and lemma in self._forms[lemma]:
            return
        for form, case in forms(lemma):
            known = self._forms.setdefault(form, {})
            known[lemma] = known.get(lemma, 0) | case
        for form, case in russian_forms(lemma):
            known = self._forms.setdefault(form, {})
            known.setdefault(lemma, case)


def _csv(name: str) -> Iterator[dict[str, str]]:
    yield from csv.DictReader(io.StringIO((DATA / name).read_text(encoding="utf-8")))
