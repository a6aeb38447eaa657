"""Which warnings may be over: an end of the kind was declared there, or all that it was for has gone elsewhere.

Never because nothing was heard: what a threat may have reached by its last report, a stale one too, is not proposed
for release.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tocsin.assess.advice import Held, Release, Stands
from tocsin.assess.assessment import AT_LEAST, Assessment, Band, Mask
from tocsin.assess.picture import kinds_of
from tocsin.assess.policy import Policy
from tocsin.assess.sighting import End
from tocsin.assess.table import KIND_OF
from tocsin.model import Threat, ZoneId


def releases(assessment: Assessment, policy: Policy, standing: Mapping[Held, Stands]) -> tuple[Release, ...]:
    unwanted = [(held, stands) for held, stands in standing.items() if stands.unwanted is not None]
    if not unwanted:
        return ()
    keep_s = {threat: 60.0 * rule.keep_min for rule in reversed(policy.rules) for threat in rule.threats}
    reached, ends = _Reached(assessment), _Ends(assessment)
    found = []
    for held, stands in sorted(unwanted, key=_by_held):
        zone, threat = held
        assert stands.unwanted is not None
        if reached(zone, threat):
            continue
        ended = ends.over(zone, threat, stands.since.timestamp())
        waited = (assessment.now - stands.unwanted).total_seconds() >= keep_s.get(threat, 0.0)
        if not (ended or waited):
            continue
        why = (
            f"the end of {threat.replace('_', ' ')} was declared here"
            if ended
            else "by newer reports, all that it was for has gone elsewhere"
        )
        found.append(Release(zone=zone, threat=threat, why=why, ended=ended))
    return tuple(found)


def _by_held(pair: tuple[Held, Stands]) -> Held:
    return pair[0]


class _Ends:
    """The ends that were declared, by kind."""

    def __init__(self, assessment: Assessment) -> None:
        self._hierarchy = assessment.ground.hierarchy
        self._of: dict[Threat, list[End]] = {}
        table = assessment.table
        for over in assessment.picture.overs:
            for kind in kinds_of(over.end):
                # The end of a source that is not trusted with it counts where nothing of the kind is known any more.
                if over.trusted or not bool((table.kinds >> KIND_OF[kind] & 1).any()):
                    self._of.setdefault(kind, []).append(over.end)

    def over(self, zone: ZoneId, threat: Threat, since_s: float) -> bool:
        """Whether an end of the kind, and of the place, was declared since then."""
        lately = [end for end in self._of.get(threat, ()) if end.said_s >= since_s]
        if not lately:
            return False
        above = {zone, *self._hierarchy.ancestors(zone)} if zone in self._hierarchy else {zone}
        return any(not end.zones or not above.isdisjoint(end.zones) for end in lately)


class _Reached:
    """What open threats may have reached by their last report, stale ones too, however long ago: only newer reports
    tell that they went elsewhere."""

    def __init__(self, assessment: Assessment) -> None:
        self._assessment = assessment
        self._of: dict[Threat, Mask] = {}

    def __call__(self, zone: ZoneId, threat: Threat) -> bool:
        mask = self._of.get(threat)
        if mask is None:
            mask = self._of[threat] = self._mask(threat)
        return bool(mask[self._assessment.ground.below(zone)].any())

    def _mask(self, threat: Threat) -> Mask:
        table = self._assessment.table
        mask = np.zeros(len(self._assessment.ground.zones), dtype=np.bool_)
        may_be = (table.kinds >> KIND_OF[threat] & 1).astype(np.bool_)
        rows = may_be[table.track] & (table.rows.probability >= AT_LEAST[Band.UNLIKELY])
        mask[table.rows.zone[rows]] = True
        return mask
