"""The statistics by API: what there is, and what each comes to, as JSON or as CSV."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import date, datetime

import msgspec
from aiohttp import web

from tocsin.errors import BadParameter
from tocsin.reading import Reading
from tocsin.record.statistics.asking import Answer
from tocsin.record.statistics.breaks import BREAKS
from tocsin.record.statistics.definition import Definition, Variant, definition, definitions
from tocsin.web.answers import REVALIDATE, answer
from tocsin.web.questions import NoQuery, query
from tocsin.web.record.asked import once, published


class SeriesBreak(msgspec.Struct, frozen=True, kw_only=True):
    since: date
    words: dict[str, str]
    """By language: what a number means from then on."""


class StatisticsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    statistics: list[Definition]
    breaks: list[SeriesBreak]
    """Where what is told as downed changed its meaning."""


class VariantAnswer(msgspec.Struct, frozen=True, kw_only=True):
    variant: Variant
    answer: Answer


class StatisticQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Beside these: the statistic's own parameters, by their names."""

    as_of: datetime | None = None
    """Upon the record as it could be read then."""
    variant: str | None = None
    """By the parameters of this variant; what is given beside goes before them."""
    format: str | None = None
    """``json``, or ``csv``."""


class StatisticAnswer(msgspec.Struct, frozen=True, kw_only=True):
    answer: Answer
    sql: str
    """The very query: anybody can compute it again."""
    seq: int
    """The seq of the last event of the record upon which it stands."""
    as_of: datetime | None
    variants: list[VariantAnswer]
    """Of a statistic with variants, when none was chosen: what each comes to."""


OWN = ("as_of", "variant", "format")


class StatisticsApi:
    """The handlers, over one running Tocsin."""

    def __init__(self, tocsin: Reading) -> None:
        self._tocsin = tocsin

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/v1/record/statistics", self.all)
        app.router.add_get("/api/v1/record/statistics/{id}", self.one)

    async def all(self, request: web.Request) -> web.Response:
        """What can be computed, and by which definitions."""
        query(request, NoQuery)
        breaks = [SeriesBreak(since=one.since, words={"en": one.en, "uk": one.uk}) for one in BREAKS]
        return answer(StatisticsAnswer(statistics=list(definitions().values()), breaks=breaks), headers=REVALIDATE)

    async def one(self, request: web.Request) -> web.Response:
        """One of them, computed."""
        asked = definition(request.match_info["id"])
        given = once(request)
        record, at = await asyncio.to_thread(published, self._tocsin, given)
        own = {name: given[name] for name in OWN if name in given}
        parameters = {name: value for name, value in given.items() if name not in OWN}
        form = own.get("format", "json")
        if form not in ("json", "csv"):
            raise BadParameter(f"format is json or csv, not {form[:80]!r}", parameter="format", given=form[:80])
        chosen = _variant(asked, own["variant"]) if "variant" in own else None
        if chosen is not None:
            parameters = chosen.given | parameters

        def computed() -> StatisticAnswer:
            now = self._tocsin.clock.now()
            ask = self._tocsin.statistics
            found = ask.ask(record, asked.name, parameters, now)
            others = ask.variants(record, asked.name, parameters, now) if chosen is None and form == "json" else {}
            told = [VariantAnswer(variant=one, answer=others[one.name]) for one in asked.variants if one.name in others]
            return StatisticAnswer(answer=found, sql=asked.sql, seq=record.seq, as_of=at, variants=told)

        said = await asyncio.to_thread(computed)
        if form == "csv":
            name = f"{asked.name}.v{asked.version}.csv"
            headers = {"Content-Disposition": f'attachment; filename="{name}"', **REVALIDATE}
            return web.Response(text=as_csv(said.answer), content_type="text/csv", headers=headers)
        return answer(said)


def as_csv(said: Answer) -> str:
    """A line of names, then the rows; what is not known is empty, and several claims have spaces between them."""
    out = io.StringIO(newline="")
    lines = csv.writer(out)
    lines.writerow(said.columns)
    for row in said.rows:
        lines.writerow(" ".join(map(str, cell)) if isinstance(cell, list) else cell for cell in row)
    return out.getvalue()


def _variant(asked: Definition, name: str) -> Variant:
    for one in asked.variants:
        if one.name == name:
            return one
    known = [one.name for one in asked.variants]
    raise BadParameter(f"{asked.name} has no variant {name[:80]!r}", parameter="variant", given=name[:80], known=known)
