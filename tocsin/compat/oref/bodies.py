"""From what was told to the files, in bytes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, tzinfo

import msgspec

from tocsin.compat.oref.board import Shown
from tocsin.compat.oref.calls import Call
from tocsin.compat.oref.chronicle import Told
from tocsin.compat.oref.places import Area, Areas
from tocsin.compat.oref.shapes import (
    BOM,
    NEW_LINE,
    SUFFIXES,
    AlarmRow,
    Alert,
    Category,
    City,
    District,
    HistoryRow,
    Note,
    Notes,
    Translation,
    alert_id,
)
from tocsin.compat.oref.words import CATEGORIES, DRILL_NAMES, Kind, said_as

HISTORY = timedelta(hours=1)
"""How far AlertsHistory.json looks back."""

MOST_ROWS = 3_000
"""Rows of GetAlarmsHistory.aspx: the original's bound."""

HALF_A_MINUTE = timedelta(seconds=30)
"""The original rounds to the nearer minute, half of one upwards: so in all 42,002 rows recorded from 2014 to 2024
(dleshem/israel-alerts-data)."""


def alert(shown: Shown | None, areas: Areas, *, drill: bool, former: bool = False) -> bytes:
    """Alerts.json; ``former``: between a mark and a new line, which those who were made for that cut off."""
    if shown is None:
        return BOM + NEW_LINE if former else BOM
    said = said_as(shown.kind, drill=drill)
    told = msgspec.json.encode(
        Alert(
            id=alert_id(shown.call.recorded_at, shown.call.seq),
            cat=str(said.matrix),
            title=said.title["he"],
            data=[areas.all[number].names["he"] for number in shown.areas],
            desc=said.text["he"],
        )
    )
    return BOM + told + NEW_LINE if former else told


def history(told: Told, areas: Areas, now: datetime, zone: tzinfo, *, drill: bool) -> bytes:
    """AlertsHistory.json: the last hour, and whatever older is not over."""
    since = now - HISTORY
    lately = [call for call in told.calls if call.recorded_at >= since and call.is_news]
    known = {(call.seq, call.kind) for call in lately}
    older = [call for call in told.standing if (call.seq, call.kind) not in known]
    rows = []
    for call in _newest_first([*lately, *older]):
        said = said_as(call.kind, drill=drill)
        at = f"{call.at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        rows += [
            HistoryRow(
                alert_date=at, title=said.title["he"], data=areas.all[number].names["he"], category=said.category
            )
            for number in call.areas
        ]
    return msgspec.json.encode(rows)


def alarms(
    told: Told,
    areas: Areas,
    zone: tzinfo,
    *,
    since: datetime,
    until: datetime,
    lang: str,
    cities: frozenset[str],
    drill: bool,
) -> bytes:
    """GetAlarmsHistory.aspx: everything between two moments, or of some areas alone."""
    rows: list[AlarmRow] = []
    known = {(call.seq, call.kind) for call in told.calls}
    older = [call for call in told.standing if (call.seq, call.kind) not in known]
    for call in _newest_first(call for call in (*older, *told.calls) if since <= call.at < until):
        said = said_as(call.kind, drill=drill)
        at = call.at.astimezone(zone)
        for number in call.areas:
            area = areas.all[number]
            if cities and cities.isdisjoint(area.names.values()):
                continue
            if len(rows) == MOST_ROWS:
                return msgspec.json.encode(rows)
            rows.append(
                AlarmRow(
                    data=area.names[lang],
                    date=f"{at:%d.%m.%Y}",
                    time=f"{at:%H:%M:%S}",
                    alert_date=f"{at + HALF_A_MINUTE:%Y-%m-%dT%H:%M}:00",
                    category=said.category,
                    category_desc=said.title[lang],
                    matrix_id=said.matrix,
                    rid=(call.seq * 16 + call.kind.number) * 4_096 + number,
                )
            )
    return msgspec.json.encode(rows)


def _newest_first(calls: Iterable[Call]) -> list[Call]:
    return sorted(calls, key=lambda call: (call.at, call.seq), reverse=True)


def districts(areas: Areas, lang: str) -> bytes:
    """Every area in one language."""
    return msgspec.json.encode(
        [
            District(
                label=area.names[lang],
                value=area.value,
                id=area.segment,
                areaid=area.district,
                areaname=area.district_names[lang],
                label_he=area.names["he"],
                migun_time=area.shelter_s,
            )
            for area in _by_name(areas, lang)
        ]
    )


def cities(areas: Areas, lang: str) -> bytes:
    """Every area in one language, in the form of cities_*.json."""
    return msgspec.json.encode(
        [
            City(
                label=f"{area.names[lang]} | {area.district_names[lang]}",
                city_al_id=area.value,
                id=area.segment,
                areaid=area.district,
                rashut=None,
                color="1",
            )
            for area in _by_name(areas, lang)
        ]
    )


def instructions(chosen: Iterable[Area], lang: str) -> bytes:
    """GetAlarmInstructions.aspx: what there is to know of some areas."""
    notes = [
        Note(
            code=area.segment,
            area_id=area.district,
            area_name=area.names[lang],
            heb_name=area.names["he"],
            zone_name=area.district_names[lang],
            time_notes=str(area.shelter_s),
        )
        for area in sorted(chosen, key=lambda area: area.names[lang])
    ]
    return msgspec.json.encode(Notes(notes=notes))


def _by_name(areas: Areas, lang: str) -> list[Area]:
    return sorted(areas.all, key=lambda area: area.names[lang])


def categories() -> bytes:
    """alertCategories.json: all that the original knows, in both numberings."""
    return msgspec.json.encode([*_categories(drill=False), *_categories(drill=True)])


def _categories(*, drill: bool) -> Iterator[Category]:
    for number, (name, matrix, priority) in enumerate(CATEGORIES, 1):
        yield Category(
            id=number + 14 if drill else number,
            category=DRILL_NAMES.get(name, f"{name}drill") if drill else name,
            matrix_id=matrix + 100 if drill else matrix,
            priority=priority // 3 if drill else priority,
            queue=False,
        )


def translations() -> bytes:
    """alertsTranslation.json: all that is said here."""
    told = []
    for drill in (False, True):
        for kind in Kind:
            said = said_as(kind, drill=drill)
            words = {suffix: said.text[lang] for suffix, lang in SUFFIXES.items()}
            titles = {f"{suffix}_title": said.title[lang] for suffix, lang in SUFFIXES.items()}
            told.append(
                Translation(
                    **words,
                    **titles,
                    cat_id=said.category,
                    matrix_cat_id=said.matrix,
                    update_type="-" if kind.is_alarm else str(kind.number),
                )
            )
    return msgspec.json.encode(told)
