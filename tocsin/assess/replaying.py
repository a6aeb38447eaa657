"""Reports replayed through a policy: which zones were wanted under warning, from when to when.

The reports are taken in the sequence in which they were received, and between them time goes on by steps of a minute.
Whatever is proposed counts as warned at that moment, and whatever is proposed for release as released: as if a person
had agreed to all of it at once. That is what a policy is judged by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import groupby

import msgspec

from tocsin.assess.advice import Advised, Held, Stands
from tocsin.assess.advising import advise, without
from tocsin.assess.assessment import assess
from tocsin.assess.ground import Ground
from tocsin.assess.picture import Picture, Setting
from tocsin.assess.policy import Policy
from tocsin.model import Stage, Threat, ZoneId
from tocsin.report import Report

STEP = timedelta(minutes=1)


class Warned(msgspec.Struct, frozen=True, kw_only=True):
    """A zone that was wanted under warning for one kind of threat."""

    zone: ZoneId
    threat: Threat
    stage: Stage
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

    def at(moment: datetime) -> Moment:
        nonlocal standing
        advised = advise(assess(picture, moment), policy, standing)
        standing = _agreed(advised)
        return Moment(at=moment, picture=picture, advised=advised)

    in_sequence = sorted(reports, key=lambda report: report.received_at)
    for received_at, together in groupby(in_sequence, key=lambda report: report.received_at):
        while now is not None and now + STEP < received_at:
            now += STEP
            yield at(now)
        now = received_at
        picture = picture.add(*together)
        yield at(now)
    while now is not None and until is not None and now + STEP <= until:
        now += STEP
        yield at(now)


def _agreed(advised: Advised) -> Mapping[Held, Stands]:
    if not advised.releases:
        return advised.standing
    return without(advised.standing, ((release.zone, release.threat) for release in advised.releases))


def replay(reports: Iterable[Report], ground: Ground, policy: Policy, until: datetime | None = None) -> list[Warned]:
    """All warnings of a replay, in the sequence in which they began."""
    open_since: dict[Held, tuple[datetime, Stage]] = {}
    found: list[Warned] = []

    def over(held: Held, until: datetime) -> None:
        if held in open_since:
            since, stage = open_since.pop(held)
            found.append(Warned(zone=held[0], threat=held[1], stage=stage, since=since, until=until))

    last: datetime | None = None
    for moment in moments(reports, ground, policy, until):
        last = moment.at
        for advice in moment.advised.raises:
            held = (advice.zone, advice.threat)
            if held in open_since and open_since[held][1] is not advice.stage:
                over(held, moment.at)
            open_since.setdefault(held, (moment.at, advice.stage))
        for release in moment.advised.releases:
            over((release.zone, release.threat), moment.at)
    for held in list(open_since):
        assert last is not None
        over(held, last)
    return sorted(found, key=lambda one: (one.since, one.zone, one.threat))
