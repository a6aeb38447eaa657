"""How fast threats are assessed: 1,000 threats over every smallest zone anew, and one report to what it proposes.

Beside it runs what any footprint must do at least: the distance of each threat to each zone.
"""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np

from tocsin.access import LOCAL
from tocsin.app import open_atlas
from tocsin.assess.advice import Held, Stands
from tocsin.assess.advising import advise
from tocsin.assess.assessment import assess
from tocsin.assess.ground import Ground
from tocsin.assess.picture import Picture, Setting
from tocsin.assess.policy import policy_of
from tocsin.commands import Command, TakeReports
from tocsin.lookout.watching import Watching
from tocsin.model import Realm, SourceId, Threat
from tocsin.report import Report, Role, Spot, Told
from tocsin.service import Service
from tocsin.store import Receipt
from tocsin.store.memory import MemoryStore

THREATS = 1_000
REPORTS = 300
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def spread_out(ground: Ground, rng: Random) -> list[Report]:
    """Threats all over the country, each with an id of its source's own, so that each is one of its own."""
    reports = []
    for number in range(THREATS):
        zone = rng.randrange(len(ground.zones))
        lon, lat = ground.spread(float(ground.x[zone]), float(ground.y[zone]))
        reports.append(_report(number, lon, lat, rng.uniform(0, 359), NOON + timedelta(seconds=rng.uniform(0, 300))))
    return reports


def _report(number: int, lon: float, lat: float, course_deg: float, at: datetime) -> Report:
    return Report(
        source=SourceId("radar"),
        said_at=at,
        received_at=at,
        kinds=(Threat.DRONES,),
        spots=(Spot(role=Role.AT, lon=lon, lat=lat, radius_m=2_000),),
        course_deg=course_deg,
        track=str(number),
    )


def main() -> None:
    rng = Random(7)
    ground, policy = Ground(open_atlas("ua")), policy_of(None)
    reports = spread_out(ground, rng)
    picture = Picture(Setting(ground=ground)).add(*reports)
    assert len(picture.tracks) == THREATS
    now = NOON + timedelta(seconds=330)
    anew, least = [], []
    for _ in range(5):
        picture.tables.forget()
        began = time.process_time()
        assessment = assess(picture, now)
        anew.append(time.process_time() - began)
        x, y = np.zeros(THREATS, dtype=np.float32)[:, None], np.zeros(THREATS, dtype=np.float32)[:, None]
        began = time.process_time()
        np.hypot(ground.x.astype(np.float32)[None, :] - x, ground.y.astype(np.float32)[None, :] - y)
        least.append(time.process_time() - began)
    zones = len(ground.zones)
    print(f"{THREATS:,} threats x {zones:,} zones anew: {1000 * min(anew):.0f} ms of CPU (to reach 250)")
    print(
        f"only their distances: {1000 * min(least):.0f} ms; the footprint takes {min(anew) / min(least):.0f} times that"
    )
    standing: dict[Held, Stands] = dict(advise(assessment, policy, {}).standing)
    rows = assessment.table.rows
    passes = []
    for _ in range(20):
        began = time.process_time()
        np.count_nonzero((rows.likely_s <= assessment.now_s + 900.0) & (rows.probability >= 0.07))
        passes.append(time.process_time() - began)
    print(f"in the air: {len(rows):,} rows; to look at each of them once takes {1000 * min(passes):.2f} ms")
    for late_s, said in ((0.0, "in its turn"), (20.0, f"up to 20 s late, {REPORTS_BETWEEN} others since")):
        spent = []
        for number in range(REPORTS):
            now += timedelta(seconds=1)
            report = _next(reports, rng, now - timedelta(seconds=rng.uniform(0.5, 1.0) * late_s))
            began = time.process_time()
            picture = picture.add(report)
            standing = dict(advise(assess(picture, now), policy, standing).standing)
            spent.append(time.process_time() - began)
            if late_s and number % 3 == 0:  # what makes others late: a stream that goes on
                some = [_next(reports, rng, now - timedelta(seconds=0.03 * n)) for n in range(REPORTS_BETWEEN // 20)]
                picture = picture.add(*some)
        p50, p99 = statistics.median(spent), sorted(spent)[int(0.99 * len(spent))]
        print(
            f"one report {said}, to what it proposes, among {len(picture.tracks):,} threats: "
            f"{1000 * p50:.1f} ms, p99 {1000 * p99:.1f} ms (to reach 20); {p50 / min(passes):.0f} times such a look"
        )
    _looked(ground, reports, rng)


REPORTS_BETWEEN = 60


def _next(reports: list[Report], rng: Random, at: datetime) -> Report:
    had = rng.choice(reports)
    spot = had.spots[0]
    assert spot.lon is not None
    assert spot.lat is not None
    lon, lat = spot.lon + rng.uniform(-0.1, 0.1), spot.lat + rng.uniform(-0.1, 0.1)
    return _report(int(had.track or 0), lon, lat, rng.uniform(0, 359), at)


def _looked(ground: Ground, reports: list[Report], rng: Random) -> None:
    """The whole of the lookout over a service: from the event in the log to the view; and what is written of it when
    somebody looks."""
    atlas = open_atlas("ua")
    clock = _Still()
    service = Service(MemoryStore(Realm.LIVE), atlas.hierarchy, clock)
    watching = Watching(service, atlas, policy_of(None))
    service.wake(watching.hear)
    _take(service, reports, 0)
    clock.at = NOON + timedelta(seconds=330)
    watching.look()
    looks, written = [], []
    for number in range(REPORTS // 2):
        clock.at += timedelta(seconds=1)
        _take(service, [_next(reports, rng, clock.at)], number + 1)
        began = time.process_time()
        watching.look()
        looks.append(time.process_time() - began)
        began = time.process_time()
        proposed = sum(len(one.zones) for one in watching.view().proposals)
        written.append(time.process_time() - began)
    p50, p99 = statistics.median(looks), sorted(looks)[int(0.99 * len(looks))]
    print(f"the lookout's whole look after one report: {1000 * p50:.1f} ms, p99 {1000 * p99:.1f} ms (to reach 20)")
    print(f"to write all {proposed:,} zones that are proposed then: {1000 * statistics.median(written):.1f} ms")


class _Still:
    """A clock that stands until it is set."""

    rate = 1.0

    def __init__(self) -> None:
        self.at = NOON + timedelta(seconds=310)

    def now(self) -> datetime:
        return self.at

    def elapsed_s(self) -> float:
        return 0.0


def _take(service: Service, reports: list[Report], number: int) -> None:
    told = [Told(**{name: getattr(one, name) for name in Told.__struct_fields__}) for one in reports]
    order = TakeReports(reports=tuple(told))
    command = Command(key=f"take {number}", actor=LOCAL.holder, source=SourceId("radar"), order=order)
    [outcome] = service.submit([command], LOCAL)
    assert isinstance(outcome, Receipt), outcome


if __name__ == "__main__":
    main()
