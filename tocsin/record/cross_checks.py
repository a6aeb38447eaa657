"""What does not add up between documents about one attack. It is said and never mended.

What does not add up within one document its reader finds (`facts.Check`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tocsin.facts import CasualtyFact, Harm, Outcome, TallyFact
from tocsin.model import Hierarchy
from tocsin.record.comparing import bounds_of, counted_apart, voice_of
from tocsin.record.merging import Said
from tocsin.record.weapons import is_a

DOWNED = frozenset({Outcome.SHOT_DOWN, Outcome.SHOT_DOWN_OR_SUPPRESSED})


class Finding(NamedTuple):
    rule: str
    words: str
    claims: tuple[int, ...]


def cross_checks(said: Iterable[Said], hierarchy: Hierarchy) -> set[Finding]:
    """Of the claims of one attack that stand."""
    claims = sorted(set(said), key=lambda one: (one.document_id, one.number))
    tallies = [one for one in claims if isinstance(one.fact, TallyFact) and _is_of_all(one, hierarchy)]
    launched = [one for one in tallies if isinstance(one.fact, TallyFact) and one.fact.outcome is Outcome.LAUNCHED]
    found: set[Finding] = set()
    for down in tallies:
        for launch in launched:
            if down.document_id == launch.document_id or not _downed_of(down, launch) or counted_apart(down, launch):
                continue
            least, most = bounds_of(down)[0], bounds_of(launch)[1]
            if least > most:
                found.add(
                    Finding(
                        "downed_over_launched",
                        f"{least:.0f} downed ({voice_of(down)}), {most:.0f} launched ({voice_of(launch)})",
                        tuple(sorted((down.id, launch.id))),
                    )
                )
    return found | _regions_over_country(claims, hierarchy)


def _is_of_all(said: Said, hierarchy: Hierarchy) -> bool:
    place = getattr(said.fact, "place", None)
    return said.zone in hierarchy.roots or (said.zone is None and place is None)


def _downed_of(down: Said, launch: Said) -> bool:
    one, other = down.fact, launch.fact
    assert isinstance(one, TallyFact)
    assert isinstance(other, TallyFact)
    return one.outcome in DOWNED and is_a(one.weapon, other.weapon)


def _regions_over_country(claims: list[Said], hierarchy: Hierarchy) -> set[Finding]:
    """More in a part than somebody else says there were in all."""
    harm = [
        one
        for one in claims
        if isinstance(one.fact, CasualtyFact) and not one.fact.cumulative and one.fact.outcome is not Harm.NONE
    ]
    found: set[Finding] = set()
    for part in harm:
        for whole in harm:
            if _outcome(part) != _outcome(whole) or part.document_id == whole.document_id:
                continue
            if not _is_in(part, whole, hierarchy):
                continue
            least, most = bounds_of(part)[0], bounds_of(whole)[1]
            if least > most:
                words = f"{least:.0f} in a part ({voice_of(part)}), {most:.0f} in all ({voice_of(whole)})"
                found.add(Finding("parts_against_total", words, tuple(sorted((part.id, whole.id)))))
    return found


def _outcome(said: Said) -> Harm:
    assert isinstance(said.fact, CasualtyFact)
    return said.fact.outcome


def _is_in(part: Said, whole: Said, hierarchy: Hierarchy) -> bool:
    if part.zone is None or part.zone == whole.zone or part.zone in hierarchy.roots:
        return False
    return _is_of_all(whole, hierarchy) or whole.zone in hierarchy.ancestors(part.zone)
