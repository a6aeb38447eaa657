"""A public record made of rows in the form of the dataset, and alerts beside it: as short to write as what matters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from tests.record.attack_files import written
from tests.world import NOON
from tocsin.atlas import Atlas, shipped
from tocsin.claims import Bounds, Document, How
from tocsin.model import SourceId, ZoneId
from tocsin.record import dataset
from tocsin.record.history import AlertPeriods
from tocsin.record.published import Published, Told
from tocsin.record.statistics.asking import Answer, Cell, Desk
from tocsin.record.statistics.definition import definition
from tocsin.record.statistics.given import Terms, values
from tocsin.record.statistics.tables import tables
from tocsin.recorded import AttackOpened, ClaimPublished, DocumentPublished, PublishedEvent

KYIV, KYIV_OBLAST = ZoneId("UA80000000000093317"), ZoneId("UA32000000000030281")
ISO = {"UA-30": KYIV, "UA-32": KYIV_OBLAST, "UA-59": ZoneId("UA59000000000057109")}
LOCAL = ZoneInfo("Europe/Kyiv")


@cache
def ukraine() -> Atlas:
    return shipped("ua")


def folded(folder: Path, *rows: dict[str, str], more: Sequence[PublishedEvent] = ()) -> Published:
    """The record once these rows have been imported, with whatever else was published after them."""
    found = dataset.read(written(folder, *rows))
    assert found.bad == ()
    return after([*published(found, NOON), *more])


def published(found: dataset.Dataset, now: datetime) -> list[PublishedEvent]:
    """The record of these posts alone, an attack for each night, every seq as plain as can be."""
    events: list[PublishedEvent] = []
    nights: dict[date, int] = {}
    for post in found.posts:
        if post.night not in nights:
            events.append(AttackOpened(bounds=Bounds(night=post.night.isoformat(), by="RU", upon="UA"), at=now))
            nights[post.night] = len(events)
        document = Document(
            publisher=dataset.NAME,
            source=SourceId("dataset"),
            genre="dataset",
            language="en",
            published=post.until,
            sha256="0" * 64,
            characters=len(post.text),
            url=post.url,
        )
        events.append(DocumentPublished(id=len(events) + 1, document=document, at=now))
        at = len(events)
        events += (
            ClaimPublished(document=at, number=number, fact=fact, attack=nights[post.night], how=How.TRUSTED, at=now)
            for number, fact in enumerate(post.facts)
        )
    return events


def after(events: Iterable[PublishedEvent]) -> Published:
    return Published().after(Told(seq=seq, event=event) for seq, event in enumerate(events, 1))


def alerts(*periods: tuple[ZoneId, str, str], whole: bool = True) -> AlertPeriods:
    """Periods in UTC: ``2023-03-05T01:00``."""

    def seconds(moment: str) -> float:
        return datetime.fromisoformat(f"{moment}+00:00").timestamp()

    return AlertPeriods(
        zone=np.array([zone for zone, _, _ in periods], np.object_),
        start=np.array([seconds(since) for _, since, _ in periods], np.float64),
        end=np.array([seconds(until) for _, _, until in periods], np.float64),
        whole=np.array([whole for _ in periods], np.bool_),
    )


def zones_in(place: str) -> list[ZoneId]:
    return [ISO[code] for code in dataset.oblasts_in(place) if code in ISO]


_latest: list[tuple[Published, Desk]] = []


def desk_of(record: Published) -> Desk:
    """Most tests ask one record several times."""
    if not (_latest and _latest[-1][0] is record):
        while _latest:
            _latest.pop()[1].close()
        _latest.append((record, Desk(tables(record, LOCAL, ukraine().hierarchy, zones_in))))
    return _latest[-1][1]


def answered(record: Published, name: str, heard: AlertPeriods | None = None, **given: object) -> Answer:
    """What a statistic comes to."""
    desk = desk_of(record)
    desk.take_alerts(heard or alerts(), NOON)
    nights = [attack.bounds.night for attack in record.attacks.values()]
    latest = datetime.fromisoformat(max(nights, default="2023-03-05")).date()
    asked = definition(name)
    text = {parameter: str(value) for parameter, value in given.items()}
    return desk.ask(asked, values(asked, text, Terms(lambda zone: ukraine().resolve(zone).id, latest)))


def rows(record: Published, name: str, heard: AlertPeriods | None = None, **given: object) -> list[dict[str, Cell]]:
    """The rows of an answer, by the names of their columns."""
    answer = answered(record, name, heard, **given)
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
