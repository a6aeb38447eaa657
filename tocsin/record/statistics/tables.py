"""What the queries stand upon: the standing claims of the record and the history of alerts, as rows.

Pure: the same record and alerts give the same rows. Times are UTC. A number that is not said has no row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from tocsin.facts import CasualtyFact, DamageFact, Fact, Harm, StatisticFact, TallyFact
from tocsin.model import Hierarchy, ZoneId
from tocsin.record.published import Attack, Claim, Published
from tocsin.record.statistics.breaks import BREAKS
from tocsin.record.weapons import is_a, lineage, parts

NIGHT_BEGINS = time(18)
"""A night is from 18:00 to 18:00, local time, and is called by the day on which it ends."""

ODD = timedelta(hours=30)
"""Hours over which no count of one attack goes: whoever says so has mistaken a date."""

Row = tuple[object, ...]
FindZones = Callable[[str], Iterable[ZoneId]]
"""The zones that a place, as a claim names it, is. None where it is not known."""


class Table(NamedTuple):
    columns: Mapping[str, str]
    """Name and SQL type."""
    rows: Sequence[Row]


COLUMNS: Mapping[str, Mapping[str, str]] = {
    "tallies": {
        "claim": "BIGINT",
        "document": "BIGINT",
        "attack": "BIGINT",
        "night": "DATE",
        "day": "DATE",
        "since": "TIMESTAMP",
        "until": "TIMESTAMP",
        "weapon": "VARCHAR",
        "family": "VARCHAR",
        "outcome": "VARCHAR",
        "n": "BIGINT",
        "low": "BIGINT",
        "high": "BIGINT",
        "part": "BOOLEAN",
        "repeats": "BOOLEAN",
    },
    "places": {"claim": "BIGINT", "document": "BIGINT", "weapon": "VARCHAR", "zone": "VARCHAR"},
    "lineage": {"weapon": "VARCHAR", "is_a": "VARCHAR"},
    "attacks": {"attack": "BIGINT", "night": "DATE", "since": "TIMESTAMP", "until": "TIMESTAMP"},
    "impacts": {"claim": "BIGINT", "attack": "BIGINT", "night": "DATE", "zone": "VARCHAR", "at": "TIMESTAMP"},
    "claimed": {
        "claim": "BIGINT",
        "attack": "BIGINT",
        "night": "DATE",
        "measure": "VARCHAR",
        "low": "BIGINT",
        "high": "BIGINT",
        "unit": "VARCHAR",
        "speaker": "VARCHAR",
    },
    "breaks": {"since": "DATE", "en": "VARCHAR", "uk": "VARCHAR"},
}
"""Of all tables but that of the alerts, which comes from the history of the zones."""

ALERTS: Mapping[str, str] = {
    "zone": "VARCHAR",
    "since": "TIMESTAMP",
    "until": "TIMESTAMP",
    "whole": "BOOLEAN",
}


def tables(record: Published, local: tzinfo, hierarchy: Hierarchy, find_zones: FindZones) -> dict[str, Table]:
    """Everything that stands in the record, table by table. ``local`` is the time in which it speaks of hours."""
    making = _Making(record, local, hierarchy, find_zones)
    rows = {
        "tallies": list(making.tallies()),
        "places": list(making.places()),
        "lineage": list(making.lineage()),
        "attacks": [making.attack(attack) for attack in record.open_attacks()],
        "impacts": list(making.impacts()),
        "claimed": list(making.claimed()),
        "breaks": [tuple(one) for one in BREAKS],
    }
    return {name: Table(COLUMNS[name], rows[name]) for name in COLUMNS}


def family(weapon: str) -> str:
    """What is added up and what never is: drones that attack, those that look, missiles, and all else."""
    if is_a(weapon, "recon_drone"):
        return "recon_drone"
    if is_a(weapon, "drone"):
        return "drone"
    return "missile" if is_a(weapon, "missile") else "other"


def window(attack: Attack, claims: Iterable[Claim], local: tzinfo) -> tuple[datetime, datetime]:
    """From when to when it was: by its bounds; else by the hours that its counts tell; else its night."""
    night = date.fromisoformat(attack.bounds.night)
    since = datetime.combine(night - timedelta(days=1), NIGHT_BEGINS, local)
    until = since + timedelta(days=1)
    told = [hours for claim in claims if (hours := _hours(claim.fact, local))]
    near = [(begun, ended) for begun, ended in told if begun < until and ended > since and ended - begun <= ODD]
    begun = moment(attack.bounds.since, local) or min((begun for begun, _ in near), default=since)
    ended = moment(attack.bounds.until, local) or max((ended for _, ended in near), default=until)
    return (begun, ended) if begun < ended else (since, until)


def _hours(fact: Fact, local: tzinfo) -> tuple[datetime, datetime] | None:
    """Over which hours a count goes, where it says both."""
    if not isinstance(fact, TallyFact):
        return None
    begun, ended = moment(fact.since, local), moment(fact.until, local)
    return (begun, ended) if begun and ended and begun <= ended else None


def moment(said: str | None, local: tzinfo) -> datetime | None:
    """A moment as it was said; None where no hour was."""
    if said is None or not re.match(r"\d{4}-\d\d-\d\dT\d\d", said):
        return None
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=local)).astimezone(UTC)


class _Making:
    def __init__(self, record: Published, local: tzinfo, hierarchy: Hierarchy, find_zones: FindZones) -> None:
        self._record = record
        self._local = local
        self._hierarchy = hierarchy
        self._find_zones = find_zones
        self._windows = {
            attack.id: window(attack, record.current(attack.id), local) for attack in record.open_attacks()
        }
        self._standing = [claim for claim in record.current() if claim.attack in self._windows]

    def tallies(self) -> Iterator[Row]:
        for claim in self._standing:
            fact = claim.fact
            if not isinstance(fact, TallyFact) or fact.unit != "weapons":
                continue
            since, until = self._over(claim)
            yield (
                claim.id,
                claim.document,
                claim.attack,
                self._night(claim),
                until.astimezone(self._local).date(),
                _plain(since),
                _plain(until),
                fact.weapon,
                family(fact.weapon),
                str(fact.outcome),
                fact.value.value,
                fact.value.low,
                fact.value.high,
                fact.subset_of is not None,
                self._record.repeats(claim),
            )

    def places(self) -> Iterator[Row]:
        for claim in self._standing:
            fact = claim.fact
            if isinstance(fact, TallyFact):
                for zone in self._zones(claim, *(fact.regions or (fact.place,))):
                    yield claim.id, claim.document, fact.weapon, zone

    def lineage(self) -> Iterator[Row]:
        """A composite counts as each of its parts, and as whatever these are."""
        for weapon in sorted({claim.fact.weapon for claim in self._standing if isinstance(claim.fact, TallyFact)}):
            for other in dict.fromkeys([weapon, *(above for part in parts(weapon) for above in lineage(part))]):
                yield weapon, other

    def attack(self, attack: Attack) -> Row:
        since, until = self._windows[attack.id]
        return attack.id, date.fromisoformat(attack.bounds.night), _plain(since), _plain(until)

    def impacts(self) -> Iterator[Row]:
        for claim in self._standing:
            fact = claim.fact
            told = isinstance(fact, DamageFact) or (isinstance(fact, CasualtyFact) and fact.outcome is not Harm.NONE)
            at = moment(fact.as_of, self._local)
            if told and at is not None and not getattr(fact, "cumulative", False):
                for zone in self._zones(claim, getattr(fact, "place", None)):
                    yield claim.id, claim.attack, self._night(claim), zone, _plain(at)

    def claimed(self) -> Iterator[Row]:
        for claim in self._standing:
            if isinstance(claim.fact, StatisticFact):
                fact, value = claim.fact, claim.fact.value
                low, high = (value.low, value.high) if value else (None, None)
                yield claim.id, claim.attack, self._night(claim), fact.measure, low, high, fact.unit, fact.speaker

    def _night(self, claim: Claim) -> date:
        assert claim.attack is not None
        return date.fromisoformat(self._record.attacks[claim.attack].bounds.night)

    def _over(self, claim: Claim) -> tuple[datetime, datetime]:
        """The time of which it speaks; where it names no hours, that of the attack."""
        assert claim.attack is not None
        since, until = self._windows[claim.attack]
        fact = claim.fact
        assert isinstance(fact, TallyFact)
        return _hours(fact, self._local) or (since, until)

    def _zones(self, claim: Claim, *places: str | None) -> list[ZoneId]:
        """Every zone that it is about, and those that these lie in; of the country, none."""
        found = [claim.zone] if claim.zone is not None and len(places) == 1 else []
        found = found or [zone for place in places if place for zone in self._find_zones(place)]
        reached = dict.fromkeys(zone for one in found for zone in (one, *self._hierarchy.ancestors(one)))
        return [zone for zone in reached if zone not in self._hierarchy.roots]


def _plain(at: datetime) -> datetime:
    """As SQL takes it: UTC, without a zone."""
    return at.astimezone(UTC).replace(tzinfo=None)
