"""The statistics over the dataset of attacks that you have downloaded, and the alerts that come with Tocsin.

    python tools/evaluate_attacks.py missile_attacks_daily.csv [NIGHT]

Prints what each definition of "days since the last combined attack" comes to for that night (2024-11-13, if none is
named), and the records. Nothing is kept and nothing of the file is shown but sums.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from tocsin.atlas import Atlas, shipped
from tocsin.cli.importing import take_attacks
from tocsin.clock import SystemClock
from tocsin.intake import sirens
from tocsin.model import Extent, Realm, ZoneId
from tocsin.record import dataset
from tocsin.record.history import AlertPeriods
from tocsin.record.periods import joined
from tocsin.record.statistics.asking import Desk
from tocsin.record.statistics.definition import definition
from tocsin.record.statistics.given import Terms, values
from tocsin.record.statistics.tables import tables
from tocsin.standing import restored
from tocsin.store.memory import MemoryStore

HISTORY = "oblast_consolidated_2022-03_2026-06.csv.gz"


def main(path: Path, night: str) -> None:
    atlas, now = shipped("ua"), datetime.now(UTC)
    found = dataset.read(path)
    print(f"{found.rows:,} rows, {len(found.bad)} malformed, {len(found.posts):,} posts")
    with closing(MemoryStore(Realm.LIVE, atlas.country.id)) as store:
        take_attacks(found, store, atlas, SystemClock(), path.name)
        record = restored(store, atlas.hierarchy).archive.published

    def zone(said: str) -> ZoneId:
        return atlas.resolve(said).id

    def zones_in(place: str) -> list[ZoneId]:
        return [zone(code) for code in dataset.oblasts_in(place)]

    desk = Desk(tables(record, atlas.time_zone, atlas.hierarchy, zones_in))
    desk.take_alerts(heard(atlas), now)
    terms = Terms(zone, max(post.night for post in found.posts))
    combined = definition("days_since_combined_attack")
    print(f"\n{combined.title['en']}, night of {date.fromisoformat(night)}")
    for variant in combined.variants:
        [row] = desk.ask(combined, values(combined, variant.given | {"night": night}, terms)).rows
        said = dict(zip(combined.columns, row, strict=True))
        note = "" if said["night_itself"] else " (this night does not meet it)"
        print(f"  {variant.name}: {said['last_night']}, {said['days']} days{note}: {variant.words}")
    records = definition("records_by_weapon")
    for weapon, unit, recon in (("drone", "post", "no"), ("drone", "night", "yes"), ("missile", "post", "no")):
        given = {"weapon": weapon, "unit": unit, "recon": recon}
        latest = desk.ask(records, values(records, given, terms)).rows[-6:]
        with_recon = ", reconnaissance included" if recon == "yes" else ""
        print(
            f"\nlatest records of {weapon} by {unit}{with_recon}:", *(f"{row[0]} {row[1]}" for row in latest), sep="  "
        )


def heard(atlas: Atlas) -> AlertPeriods:
    with as_file(files("tocsin.data").joinpath("sirens", HISTORY)) as path:
        alerts = sirens.read(path).alerts

    def periods() -> Iterator[tuple[ZoneId, float, float, bool]]:
        for zone in atlas.zones_of_level("oblast"):
            for whole in (True, False):
                mine = [one for one in alerts if one.zone == zone.id and (one.extent is Extent.WHOLE or not whole)]
                starts, ends = joined(
                    np.array([one.started.timestamp() for one in mine], np.float64),
                    np.array([one.finished.timestamp() for one in mine], np.float64),
                )
                yield from ((zone.id, *period, whole) for period in zip(starts, ends, strict=True))

    rows = list(periods())
    return AlertPeriods(
        zone=np.array([row[0] for row in rows], np.object_),
        start=np.array([row[1] for row in rows], np.float64),
        end=np.array([row[2] for row in rows], np.float64),
        whole=np.array([row[3] for row in rows], np.bool_),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "2024-11-13")
