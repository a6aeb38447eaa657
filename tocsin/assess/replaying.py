"""Reports replayed through a policy: which zones were wanted under warning, from when to when.

The reports are taken in the sequence in which they were received, and between them time goes on by steps of a minute.
Whatever is proposed counts as warned at that moment, and whatever is proposed for release as released: as if a person
had agreed to all of it at once. That is what a policy is judged by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from tocsin.assess.advising import Advised, Held, Stands, advise, without
from tocsin.assess.assessment import assess
from tocsin.assess.ground import Ground
from tocsin.assess.picture import Picture, Setting
from tocsin.assess.policy import Policy
from tocsin.model import Threat, ZoneId
from tocsin.report import Report

STEP = timedelta(minutes=1)


class Warned(msgspec.Struct, frozen=True, kw_only=True):
    """A zone that was wanted under warning for one kind of threat."""

    zone: ZoneId
    threat: Threat
    since: datetime
    until: datetime


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """What followed at a moment of a replay."""

    at: datetime
    picture: Picture
    advised: Advised


def moments(
    reports: Iterable[Report], ground: Ground, policy: Policy, until: datetime | None = None
) -> Iterator[Moment]:
    """Every moment at which something was received, and every minute between."""
    picture = Picture(Setting(ground=ground, trusted=frozenset(policy.trusted_ends)))
    standing: Mapping[Held, Stands] = {}
    now: datetime | None = None
    for report in sorted(reports, key=lambda report: (report.received_at, report.id)):
        while now is not None and now + STEP < report.received_at:
            now += STEP
            advised = advise(assess(picture, now), policy, standing)
            standing = _agreed(advised)
            yield Moment(at=now, picture=picture, advised=advised)
        now = report.received_at
        picture = picture.add(report)
        advised = advise(assess(picture, now), policy, standing)
        standing = _agreed(advised)
        yield Moment(at=now, picture=picture, advised=advised)
    while now is not None and until is not None and now + STEP <= until:
        now += STEP
        advised = advise(assess(picture, now), policy, standing)
        standing = _agreed(advised)
        yield Moment(at=now, picture=picture, advised=advised)


def _agreed(advised: Advised) -> Mapping[Held, Stands]:
    if not advised.releases:
        return advised.standing
    return without(advised.standing, ((release.zone, release.threat) for release in advised.releases))


def replay(reports: Iterable[Report], ground: Ground, policy: Policy, until: datetime | None = None) -> list[Warned]:
    """All warnings of a replay, in the sequence in which they began."""
    open_since: dict[Held, datetime] = {}
    found: list[Warned] = []
    last: datetime | None = None
    for moment in moments(reports, ground, policy, until):
        last = moment.at
        for advice in moment.advised.raises:
            open_since.setdefault((advice.zone, advice.threat), moment.at)
        for release in moment.advised.releases:
            since = open_since.pop((release.zone, release.threat), None)
            if since is not None:
                found.append(Warned(zone=release.zone, threat=release.threat, since=since, until=moment.at))
    for (zone, threat), since in open_since.items():
        assert last is not None
        found.append(Warned(zone=zone, threat=threat, since=since, until=last))
    return sorted(found, key=lambda one: (one.since, one.zone, one.threat))
