"""What an officer makes of what is proposed: ordinary orders, upon the very zones that were shown."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.commands import Raise, Release
from tocsin.errors import NotFound, NotShown
from tocsin.limits import TEXT_CHARS
from tocsin.lookout.proposals import Proposal, ProposedZone, View, cause_of
from tocsin.lookout.watching import ASSESSMENT
from tocsin.model import Threat, ZoneId


def found(view: View, id: str) -> Proposal:
    """Errors: `NotFound`."""
    for proposal in view.proposals:
        if proposal.id == id:
            return proposal
    raise NotFound(f"nothing is proposed as {id} now", proposal=id)


def accepted(view: View, id: str, zones: Sequence[ZoneId]) -> tuple[Raise, str]:
    """The order that a proposal becomes, for all of its zones or some, and why. Errors: `NotFound`, `NotShown`."""
    proposal = found(view, id)
    chosen = _chosen(proposal, zones)
    first = chosen[0]
    order = Raise(
        zones=tuple(sorted(one.zone for one in chosen)),
        hazard=proposal.hazard,
        threat=proposal.threat,
        stage=proposal.stage,
        level=proposal.level,
        cause=cause_of(proposal.threat, first.earliest),
    )
    return order, f"proposed at {view.seq}: {first.why}"[:TEXT_CHARS]


def ended(view: View, threat: Threat, zones: Sequence[ZoneId]) -> tuple[Release, str]:
    """The order that ends what the machine placed, where its end is proposed. Errors: `NotFound`, `NotShown`."""
    proposed = {one.zone: one for one in view.ends if one.threat is threat}
    if not proposed:
        raise NotFound(f"no end of {threat} is proposed now", threat=threat)
    wanted = list(dict.fromkeys(zones)) or list(proposed)
    if unknown := [zone for zone in wanted if zone not in proposed]:
        raise NotShown(f"its end is not proposed in {', '.join(unknown[:5])}: look again", zones=unknown)
    order = Release(zones=tuple(sorted(wanted)), threat=threat, of=ASSESSMENT)
    return order, f"proposed at {view.seq}: {proposed[wanted[0]].why}"[:TEXT_CHARS]


def _chosen(proposal: Proposal, zones: Sequence[ZoneId]) -> list[ProposedZone]:
    if not zones:
        return list(proposal.zones)
    wanted = set(zones)
    if unknown := wanted - {one.zone for one in proposal.zones}:
        named = ", ".join(sorted(unknown)[:5])
        raise NotShown(f"{named} is not proposed any more: look again", zones=sorted(unknown))
    return [one for one in proposal.zones if one.zone in wanted]
