"""One row of the dataset as the claims that it restates.

A row says of one weapon in one official post how many were launched and what became of them. Parts of a number, by
place or by model, are marked as such and never counted beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Literal

import msgspec

from tocsin.facts import QUOTE_WORDS, Count, DamageFact, Outcome, TallyFact
from tocsin.record.dataset.cells import Moment, listed, moment, named, number
from tocsin.record.dataset.spellings import (
    AND,
    COUNTED,
    JETS,
    LAND,
    MERGED_FROM,
    NAME,
    SITES,
    speaker_of,
)
from tocsin.record.weapons import ROOT, composite

Cells = Mapping[str, str]
Models = Mapping[str, tuple[str, ...]]
RowFact = TallyFact | DamageFact

DAY_BEGINS = timedelta(hours=18)
"""A night is from 18:00 to 18:00."""


class UnknownWeapon(ValueError):
    """The model is in no table."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What one post says of one weapon."""

    line: int
    key: str
    """What a later copy of the file calls it by too, whatever became of its numbers."""
    since: str
    """ISO 8601 in Kyiv's time: a moment, or a day where no hour is given."""
    until: str
    night: date
    """The one that holds the middle of its time, by the day on which it ends."""
    model: str
    """As the dataset spells it."""
    facts: tuple[RowFact, ...]
    """`subset_of` in them counts from the first of this row."""


def entry(line: int, cells: Cells, models: Models, upto: date | None) -> Entry:
    """Errors: `ValueError` where the row is malformed, `UnknownWeapon` among them."""
    since, until = moment("time_start", cells["time_start"]), moment("time_end", cells["time_end"])
    if until.end < since.at:
        raise ValueError(f"it ends at {cells['time_end']}, before its start at {cells['time_start']}")
    if upto is not None and until.at.date() > upto:
        raise ValueError(f"it ends at {cells['time_end']}, which is still to come")
    if not cells["source"]:
        raise ValueError("it names no source")
    facts = _facts(cells, models, since, until)
    if not facts:
        raise ValueError("it has no number in it")
    middle = since.at + (until.end - since.at) / 2
    return Entry(
        line=line,
        key="|".join(cells[column] for column in ("model", "time_start", "time_end", "target")),
        since=str(since),
        until=str(until),
        night=(middle + (timedelta(days=1) - DAY_BEGINS)).date(),
        model=cells["model"],
        facts=facts,
    )


class _Said:
    """The facts of one row as they are found, each with the words of the cell that says it."""

    def __init__(self, cells: Cells, weapon: str, since: Moment, until: Moment) -> None:
        self.cells = cells
        self.weapon = weapon
        self.facts: list[RowFact] = []
        self._speaker = speaker_of(cells["source"])
        self._since, self._until = str(since), str(until)
        self._origins = _places(cells.get("launch_place", ""))

    def tally(
        self,
        outcome: Outcome,
        value: int,
        words: str,
        *,
        weapon: str | None = None,
        place: str | None = None,
        areas: int | None = None,
        unit: Literal["weapons", "locations"] = "weapons",
        part_of: int | None = None,
    ) -> int:
        """Gives which of the row's facts it is. Several places are its regions, and no place."""
        regions = _places(place or "")
        self.facts.append(
            TallyFact(
                outcome=outcome,
                weapon=weapon or self.weapon,
                value=_count(value),
                place=place if len(regions) == 1 else None,
                areas=None if areas is None else _count(areas),
                unit=unit,
                regions=regions,
                origins=self._origins if outcome is Outcome.LAUNCHED else (),
                since=self._since,
                until=self._until,
                subset_of=part_of,
                as_of=self._until,
                **self._shared(words),
            )
        )
        return len(self.facts) - 1

    def damage(self, place: str, words: str) -> None:
        """The post tells no hour of it, only when it was told."""
        day = self._until.partition("T")[0]
        self.facts.append(DamageFact(what="affected", place=place, as_of=day, **self._shared(words)))

    def _shared(self, words: str) -> dict[str, Any]:
        """``start`` and ``end`` are set once the whole document is put together."""
        said = f"{self.cells['model']}, {words}".split()
        quote = " ".join(said if len(said) <= QUOTE_WORDS else [*said[: QUOTE_WORDS - 1], said[-1]])
        return {"quote": quote, "start": 0, "end": 0, "speaker": self._speaker, "via": NAME}


def _facts(cells: Cells, models: Models, since: Moment, until: Moment) -> tuple[RowFact, ...]:
    said = _Said(cells, _weapon(cells["model"], models), since, until)
    numbers = {column: number(column, cells.get(column, "")) for column in (*COUNTED, *SITES, "is_shahed", *JETS)}
    launched, destroyed = numbers["launched"], numbers["destroyed"]
    if launched is not None and destroyed is not None and destroyed > launched:
        raise ValueError(f"{destroyed} destroyed of {launched} launched")
    downed_over = named("destroyed_details", cells)
    totals: dict[str, tuple[int, Outcome]] = {}
    for column, usual in COUNTED.items():
        if (count := numbers[column]) is None:
            continue
        words, place, outcome = f"{column}: {cells[column]}", _target(cells), usual
        if column == "destroyed":
            merged = said.cells["source"].startswith("kpszsu") and until.at.date() >= MERGED_FROM
            outcome = Outcome.SHOT_DOWN_OR_SUPPRESSED if merged else usual
            if downed_over:
                place = AND.join(downed_over)
        totals[column] = said.tally(outcome, count, words, place=place), outcome
    _parts(said, models, numbers, downed_over, totals)
    for land, count in named("border_crossing", cells).items():
        if count is not None:
            said.tally(Outcome.LEFT_AIRSPACE, count, f"{land!r}: {count}", place=LAND.get(land, land.title()))
    affected = listed("affected region", cells)
    for column, outcome in SITES.items():
        if (count := numbers[column]) is not None:
            place = AND.join(affected) if outcome is Outcome.HIT else ""
            said.tally(
                outcome, count, f"{column}: {cells[column]}", weapon=ROOT, place=place, areas=count, unit="locations"
            )
    if numbers["num_hit_location"] is None:
        for place in affected:
            said.damage(place, f"affected region: {place!r}")
    return tuple(said.facts)


def _parts(
    said: _Said,
    models: Models,
    numbers: Mapping[str, int | None],
    downed_over: Mapping[str, int | None],
    totals: Mapping[str, tuple[int, Outcome]],
) -> None:
    """What is a part of a number that was told already: by place, by model, and which of them were Shaheds or jets."""
    cells = said.cells
    if "destroyed" in totals and len(downed_over) > 1:
        total, outcome = totals["destroyed"]
        for place, count in downed_over.items():
            if count is not None:
                said.tally(outcome, count, f"{place!r}: {count}", place=place, part_of=total)
    for column, of in JETS.items():
        if (count := numbers[column]) is not None and of in totals:
            total, outcome = totals[of]
            said.tally(outcome, count, f"{column}: {cells[column]}", weapon="jet_drone", part_of=total)
    if "launched" in totals:
        total, outcome = totals["launched"]
        place = _target(cells)
        for spelt, count in named("launched_details", cells).items():
            if count is not None:
                weapon = _weapon(spelt, models)
                said.tally(outcome, count, f"{spelt!r}: {count}", weapon=weapon, place=place, part_of=total)
        if (count := numbers["is_shahed"]) is not None:
            words = f"is_shahed: {cells['is_shahed']}"
            said.tally(outcome, count, words, weapon="shahed", place=place, part_of=total)


def _weapon(spelt: str, models: Models) -> str:
    whole = spelt.casefold()
    if whole in models:
        return composite(models[whole])
    ids: list[str] = []
    for part in re.split(r"\s+and\s+|\s*,\s*", whole):
        if part not in models:
            raise UnknownWeapon(f"unknown weapon: {spelt!r}")
        ids += models[part]
    return composite(tuple(ids))


def _target(cells: Cells) -> str:
    """Where they were sent; nothing, where that is all of the country."""
    return "" if cells["target"].casefold() == "ukraine" else cells["target"]


def _places(cell: str) -> tuple[str, ...]:
    """The places that a cell names one by one."""
    return tuple(place.strip() for place in re.split(rf"{AND}|, (?=[A-Z][a-z]+ oblast)", cell) if place.strip())


def _count(value: int) -> Count:
    return Count(value=value, low=value, high=value, words=str(value))
