"""How fast threats are assessed: 1,000 threats over every smallest zone anew, and one report to what it proposes.

Beside it runs what any footprint must do at least: the distance of each threat to each zone.
"""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np

from tocsin.app import open_atlas
from tocsin.assess.advising import Held, Stands, advise
from tocsin.assess.assessment import assess
from tocsin.assess.ground import Ground
from tocsin.assess.picture import Picture, Setting
from tocsin.assess.policy import policy_of
from tocsin.model import SourceId, Threat
from tocsin.report import Report, Role, Spot

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
        picture.reached.clear()
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
    spent = []
    for _ in range(REPORTS):
        had = rng.choice(reports)
        spot = had.spots[0]
        assert spot.lon is not None
        assert spot.lat is not None
        now += timedelta(seconds=1)
        lon, lat = spot.lon + rng.uniform(-0.1, 0.1), spot.lat + rng.uniform(-0.1, 0.1)
        report = _report(int(had.track or 0), lon, lat, rng.uniform(0, 359), now)
        began = time.process_time()
        picture = picture.add(report)
        standing = dict(advise(assess(picture, now), policy, standing).standing)
        spent.append(time.process_time() - began)
    p50, p99 = statistics.median(spent), sorted(spent)[int(0.99 * len(spent))]
    said = f"one report to what it proposes, among {THREATS:,} threats"
    print(f"{said}: {1000 * p50:.1f} ms, p99 {1000 * p99:.1f} ms (to reach 20)")


if __name__ == "__main__":
    main()
