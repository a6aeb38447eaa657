"""What acoustic posts tell of an attack, over the real feed, proposes what the same reports do without a server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

import msgspec
import pytest

from tests.assess.scene import ground
from tests.web.people import ALICE, Person
from tests.web.running import Running, StandingClock, running
from tests.web.test_reports import Feed
from tests.web.test_threats import full
from tocsin.assess.assessment import assess
from tocsin.assess.picture import Picture, Setting
from tocsin.assess.policy import policy_of
from tocsin.assess.replaying import Warned
from tocsin.assess.wanting import Wants
from tocsin.atlas import Atlas
from tocsin.intake.reports.sifting import report_of
from tocsin.model import HolderKind, Realm, Stage, Threat, Verb, ZoneId
from tocsin.sim.attacks.flights import Country, flights
from tocsin.sim.attacks.hearing import SOURCE, Spoken, said_by, spoken
from tocsin.sim.attacks.posts import network
from tocsin.sim.attacks.scoring import score
from tocsin.sim.attacks.telling import EPOCH, Told
from tocsin.store.memory import MemoryStore
from tocsin.web.reports import NDJSON

SEED, BATCHES = 3, 60
POSTS = Person(name="posts", kind=HolderKind.SERVICE, source=SOURCE, verbs=(Verb.REPORT,))

Wanted = set[tuple[ZoneId, Threat, Stage]]


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(EPOCH)


@pytest.fixture
def server(ukraine: Atlas, clock: StandingClock) -> Iterator[Running]:
    with running(MemoryStore(Realm.LIVE), ukraine, clock, more=(POSTS,), signed=True) as found:
        yield found


def batches(country: Country) -> list[tuple[datetime, list[Spoken]]]:
    """What comes in together; the busiest stretch of the attack."""
    heard = spoken(SEED, flights(SEED, country), network(1, country))
    heard = sorted(heard, key=lambda one: (one.received, one.detection.detected_at))
    together = [(moment, list(some)) for moment, some in groupby(heard, key=lambda one: one.received)]
    true = [sum(one.flight is not None for _, some in together[at : at + BATCHES] for one in some) for at in range(400)]
    busiest = true.index(max(true))
    return together[busiest : busiest + BATCHES]


def over_the_feed(feed: Feed, clock: StandingClock, moment: datetime, some: list[Spoken]) -> Wanted:
    """What is proposed once the server has looked at it."""
    clock.at = moment
    lines = b"\n".join(msgspec.json.encode(one.detection) for one in some)
    said = feed.send(body=lines, media=NDJSON, when=moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert said.status == 200, said.body
    assert said.json["taken"] + said.json["repeated"] == len(some)
    server = feed.server
    server.tocsin.watching.look()
    found: dict[str, Any] = full(server, ALICE.token)
    assert found["seq"] == server.tocsin.service.state.seq
    return {
        (ZoneId(zone["zone"]), Threat(proposal["threat"]), Stage(proposal["stage"]))
        for proposal in found["proposals"]
        for zone in proposal["zones"]
    }


def warned(moments: list[tuple[datetime, Wanted]]) -> list[Warned]:
    """From the first moment at which it was proposed to the end."""
    since: dict[tuple[ZoneId, Threat, Stage], datetime] = {}
    for moment, wanted in moments:
        for one in wanted:
            since.setdefault(one, moment)
    until = moments[-1][0]
    return [
        Warned(zone=zone, threat=threat, stage=stage, since=moment, until=until)
        for (zone, threat, stage), moment in sorted(since.items())
    ]


def test_the_feed_proposes_what_the_reports_do(server: Running, clock: StandingClock, ukraine: Atlas) -> None:
    country, policy = Country(ukraine, ground()), policy_of(None)
    heard = batches(country)
    clock.at = heard[0][0]
    feed = Feed(server, POSTS)
    picture = Picture(Setting(ground=ground(), trusted=frozenset(policy.trusted_ends)))
    served: list[tuple[datetime, Wanted]] = []
    replayed: list[tuple[datetime, Wanted]] = []
    told: list[Told] = []
    for moment, some in heard:
        served.append((moment, over_the_feed(feed, clock, moment, some)))
        told += [Told(report_of(said_by(one.detection), SOURCE, moment), one.flight) for one in some]
        picture = picture.add(*(one.report for one in told[-len(some) :]))
        wants = Wants(assess(picture, moment), policy)
        replayed.append((moment, {(*held, rule.rule.stage) for held, (rule, _) in wants.held.items()}))
        assert served[-1] == replayed[-1]
    assert {report.id for report in server.tocsin.service.heard} == {one.report.id for one in told}
    assert sum(len(wanted) for _, wanted in served) > 500
    flown = flights(SEED, country)
    first, second = (score(flown, told, warned(one), policy, country) for one in (served, replayed))
    assert first == second
    assert any(hit.proposed_s > 0 for hit in first.hits)
