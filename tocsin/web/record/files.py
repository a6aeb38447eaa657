"""The claims of attacks as files: CSV for spreadsheets, GeoJSON for maps, Parquet for statistics.

A point in the GeoJSON is that of a zone's label, never of a place itself; a claim of territory has none.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from tocsin.claims import may_have_zone
from tocsin.model import ZoneId
from tocsin.record.statistics.asking import connection, fill
from tocsin.record.statistics.tables import Table
from tocsin.web.record.bodies import AttackAnswer, ClaimBody

COLUMNS = {
    "attack": "BIGINT",
    "night": "VARCHAR",
    "by": "VARCHAR",
    "upon": "VARCHAR",
    "claim": "BIGINT",
    "fate": "VARCHAR",
    "kind": "VARCHAR",
    "outcome": "VARCHAR",
    "weapon": "VARCHAR",
    "value": "BIGINT",
    "low": "BIGINT",
    "high": "BIGINT",
    "unit": "VARCHAR",
    "part_of": "BIGINT",
    "place": "VARCHAR",
    "regions": "VARCHAR",
    "zone": "VARCHAR",
    "speaker": "VARCHAR",
    "via": "VARCHAR",
    "stance": "VARCHAR",
    "hedges": "VARCHAR",
    "since": "VARCHAR",
    "until": "VARCHAR",
    "as_of": "VARCHAR",
    "happened": "VARCHAR",
    "quote": "VARCHAR",
    "document": "BIGINT",
    "publisher": "VARCHAR",
    "published": "VARCHAR",
    "url": "VARCHAR",
    "recorded_at": "VARCHAR",
    "supersedes": "BIGINT",
    "superseded_by": "BIGINT",
    "ended_at": "VARCHAR",
    "ended_reason": "VARCHAR",
    "repeats": "VARCHAR",
    "contests": "VARCHAR",
}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet takes a cell for a formula."""


def rows(told: Iterable[AttackAnswer]) -> list[tuple[Any, ...]]:
    """A row for each claim, whatever has become of it."""
    found = []
    for one in told:
        documents = {document.id: document.document for document in one.documents}
        for claim in one.claims:
            fact = msgspec.to_builtins(claim.fact)
            value = fact.get("value") or {}
            document = documents[claim.document]
            said = {
                "attack": one.attack.id,
                "night": one.attack.bounds.night,
                "by": one.attack.bounds.by,
                "upon": one.attack.bounds.upon,
                "claim": claim.id,
                "fate": claim.fate.value,
                **{name: fact.get(name) for name in ("kind", "outcome", "weapon", "unit", "place", "speaker", "via")},
                **{name: value.get(name) for name in ("value", "low", "high")},
                "part_of": claim.part_of,
                "regions": "; ".join(fact.get("regions", ())) or None,
                "zone": claim.zone,
                "stance": fact.get("stance"),
                "hedges": " ".join(fact.get("hedges", ())),
                "since": fact.get("since"),
                "until": fact.get("until"),
                "as_of": fact.get("as_of"),
                "happened": fact.get("happened"),
                "quote": fact["quote"],
                "document": claim.document,
                "publisher": document.publisher,
                "published": document.published,
                "url": document.url,
                "recorded_at": claim.published_at.isoformat(),
                "supersedes": claim.supersedes,
                "superseded_by": claim.superseded_by,
                "ended_at": claim.ended_at.isoformat() if claim.ended_at else None,
                "ended_reason": claim.ended_reason or None,
                "repeats": _others(claim, "repeats"),
                "contests": _others(claim, "contests"),
            }
            found.append(tuple(said[name] for name in COLUMNS))
    return found


def as_csv(told: Iterable[AttackAnswer]) -> str:
    """What others wrote cannot be taken for a formula."""
    out = io.StringIO(newline="")
    lines = csv.writer(out)
    lines.writerow(COLUMNS)
    lines.writerows(
        [f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell for cell in row]
        for row in rows(told)
    )
    return out.getvalue()


def as_parquet(told: Iterable[AttackAnswer]) -> bytes:
    """Errors: `ExtraMissing`."""
    base = connection()
    try:
        fill(base, "claims", Table(COLUMNS, rows(told)))
        with TemporaryDirectory(prefix="tocsin-parquet-") as folder:
            path = Path(folder) / "claims.parquet"
            base.execute(f"COPY claims TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
            return path.read_bytes()
    finally:
        base.close()


def as_geojson(told: Iterable[AttackAnswer], point: Callable[[ZoneId], tuple[float, float] | None]) -> dict[str, Any]:
    """A feature for each claim; without a geometry where no zone is known, and always of a claim of territory."""
    features = []
    for one in told:
        shown: Sequence[tuple[Any, ...]] = rows([one])
        for claim, row in zip(one.claims, shown, strict=True):
            at = point(claim.zone) if claim.zone is not None and may_have_zone(claim.fact) else None
            features.append(
                {
                    "type": "Feature",
                    "id": claim.id,
                    "geometry": None if at is None else {"type": "Point", "coordinates": list(at)},
                    "properties": {**dict(zip(COLUMNS, row, strict=True)), "precision": "zone"},
                }
            )
    return {"type": "FeatureCollection", "features": features}


def _others(claim: ClaimBody, relation: str) -> str | None:
    mine = [str(link.claim) for link in claim.links if link.relation == relation and not link.of_other]
    return " ".join(mine) or None
