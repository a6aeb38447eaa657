"""How far the word of a source goes, where nobody looks at it: its own area, its own ceiling, and enough of them.

This is beside the ceilings of the policy and those of the machine's own grant. What a source may not bring about by
itself is proposed to people all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from tocsin.access import Access
from tocsin.model import Hierarchy, Realm, SourceId, Terms, Verb, ZoneId


class Backing(msgspec.Struct, frozen=True, kw_only=True):
    """On whose word a zone would be placed under warning."""

    sources: frozenset[SourceId]

    @property
    def alone(self) -> SourceId | None:
        """The source on which all of it rests."""
        return next(iter(self.sources)) if len(self.sources) == 1 else None


class Reporters:
    """Who may report from where, at a moment."""

    def __init__(self, access: Access, realm: Realm, now: datetime) -> None:
        self._terms: dict[SourceId, list[Terms]] = {}
        for grant in access.grants.values():
            terms = grant.terms
            if grant.good_at(now) and terms.realm is realm and Verb.REPORT in terms.verbs:
                for source in terms.sources:
                    self._terms.setdefault(source, []).append(terms)

    def backing(
        self, zone: ZoneId, tracks: Iterable[Iterable[SourceId]], needed: int, hierarchy: Hierarchy
    ) -> Backing | None:
        """On whose word the zone may be placed for any of these threats, each told of by some sources; None where too
        few of them watch there."""
        above = {zone, *hierarchy.ancestors(zone)}
        found: set[SourceId] = set()
        for sources in tracks:
            here = {source for source in sources if self._watches(source, above)}
            if len(here) >= needed:
                found |= here
        return Backing(sources=frozenset(found)) if found else None

    def within_ceiling(self, source: SourceId, zones: Sequence[ZoneId], hierarchy: Hierarchy) -> bool:
        """Whether so much may rest on this source's word alone."""
        reach = hierarchy.reach(zones)
        return any(
            (terms.max_zones is None or reach.zones <= terms.max_zones)
            and (terms.max_people is None or (reach.people is not None and reach.people <= terms.max_people))
            for terms in self._terms.get(source, ())
        )

    def _watches(self, source: SourceId, above: set[ZoneId]) -> bool:
        return any(not above.isdisjoint(terms.zones) for terms in self._terms.get(source, ()))


def resting_on(refs: Mapping[ZoneId, str | None], source: SourceId) -> list[ZoneId]:
    """The zones whose hold says that it rests on this source alone."""
    return [zone for zone, ref in refs.items() if ref is not None and ref.endswith(f" {source}")]
