"""What follows from a change of the record: of which attack each claim is, how claims stand to one another, what does
not add up. What comes out depends on what is in the record, not on the order in which it came.

Pure. Only the attacks of the nights concerned are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import NamedTuple

import msgspec

from tocsin.model import Hierarchy
from tocsin.record.comparing import related
from tocsin.record.counting import said_of
from tocsin.record.cross_checks import cross_checks
from tocsin.record.merging import Group, Said, grouped, night_of
from tocsin.record.published import Fate, Published, Told
from tocsin.recorded import (
    AttackBounded,
    AttackOpened,
    AttacksJoined,
    CheckFlagged,
    CheckLifted,
    ClaimPublished,
    ClaimsAssigned,
    ClaimsLinked,
    ClaimsUnlinked,
    PublishedEvent,
)

NOW_SO = "by what is in the record now"


class Ground(NamedTuple):
    """What settling takes as given."""

    hierarchy: Hierarchy
    local: tzinfo
    now: datetime


def settled(
    record: Published, changed: Iterable[int], new: Sequence[ClaimPublished], seq: int, ground: Ground
) -> list[PublishedEvent]:
    """The events that publish ``new`` and settle what follows; the first of them will have ``seq`` + 1.

    ``changed`` are claims that something happened to. The attack of a new claim is found unless it is ``by_hand``.
    """
    changed = set(changed)
    near = _near(record, changed, new, ground)
    gone = {event.supersedes for event in new}
    old = [said_of(record, record.claims[id]) for id in sorted(near - gone)]
    fresh = [_fresh(record, -number, event) for number, event in enumerate(new, 1)]
    groups = grouped([*old, *fresh], ground.hierarchy, ground.local)
    was = {said.id: record.claims[said.id].attack for said in old}
    was |= {
        said.id: record.claims[event.supersedes].attack
        for said, event in zip(fresh, new, strict=True)
        if event.supersedes is not None
    }
    named, opened = _named(was, groups, seq)
    home = {
        claim: (attack, group.reasons[claim])
        for attack, group in zip(named, groups, strict=True)
        for claim in group.claims
    }
    events: list[PublishedEvent] = [AttackOpened(bounds=group.bounds, at=ground.now) for group in opened]
    for said, event in zip(fresh, new, strict=True):
        attack, why = (event.attack, "") if event.by_hand else home.get(said.id, (None, ""))
        # Of a correction it is told what it corrects.
        reason = event.reason if event.supersedes is not None else "; ".join(filter(None, (event.reason, why)))
        events.append(msgspec.structs.replace(event, attack=attack, reason=reason))
    events += _moves(record, old, home, ground.now)
    events += _bounds(record, named, groups, ground.now)
    after = record.after(Told(seq=number, event=event) for number, event in enumerate(events, seq + 1))
    near |= changed | {seq + number for number, event in enumerate(events, 1) if isinstance(event, ClaimPublished)}
    return events + _consequences(after, near, ground)


def _fresh(record: Published, id: int, event: ClaimPublished) -> Said:
    return Said(
        id,
        event.document,
        record.documents[event.document].document,
        event.number,
        event.fact,
        event.zone,
        event.attack if event.by_hand else None,
        event.by_hand and event.attack is None,
    )


def _near(record: Published, changed: set[int], new: Sequence[ClaimPublished], ground: Ground) -> set[int]:
    """The claims that stand and may be concerned: those of the same nights, documents and attacks."""
    documents = {record.claims[claim].document for claim in changed} | {event.document for event in new}
    found = {claim for document in documents for claim in record.by_document.get(document, ())} | changed
    facts = [(record.claims[claim].fact, record.claims[claim].document) for claim in found]
    facts += [(event.fact, event.document) for event in new]
    nights = {night_of(fact, record.documents[document].document, ground.local) for fact, document in facts}
    attacks = {record.claims[claim].attack for claim in found} | {event.attack for event in new}
    for attack in record.attacks.values():
        if attack.bounds.night in nights or attack.id in attacks:
            found |= set(record.by_attack.get(attack.id, ()))
    return {claim for claim in found if record.claims[claim].fate is Fate.CURRENT}


def _named(was: Mapping[int, int | None], groups: Sequence[Group], seq: int) -> tuple[list[int], list[Group]]:
    """Which attack each group is: what was decided by hand, or else the oldest that any of its claims ``was`` of, or
    else a new one after ``seq``; and the new ones."""
    named: dict[int, int] = {at: group.pinned for at, group in enumerate(groups) if group.pinned is not None}
    known = {
        (attack, at)
        for at, group in enumerate(groups)
        for claim in group.claims
        if (attack := was.get(claim)) is not None
    }
    for attack, at in sorted(known):
        if at not in named and attack not in named.values():
            named[at] = attack
    opened = [group for at, group in enumerate(groups) if at not in named]
    numbers = iter(range(seq + 1, seq + 1 + len(opened)))
    return [named[at] if at in named else next(numbers) for at in range(len(groups))], opened


def _moves(
    record: Published, old: Sequence[Said], home: Mapping[int, tuple[int, str]], now: datetime
) -> list[PublishedEvent]:
    """Claims that turn out to be of another attack; where all of one do, the two are one."""
    moves: dict[tuple[int | None, int | None], list[int]] = {}
    why: dict[int, str] = {}
    for said in old:
        claim = record.claims[said.id]
        attack, reason = home.get(said.id, (None, ""))
        if not claim.by_hand and claim.attack != attack:
            moves.setdefault((claim.attack, attack), []).append(said.id)
            why[said.id] = reason
    events: list[PublishedEvent] = []
    for (before, after), claims in sorted(moves.items(), key=lambda item: item[1]):
        reason = why[claims[0]]
        if before is not None and after is not None and _are_all(record, before, claims):
            events.append(AttacksJoined(attack=before, into=after, reason=reason, at=now))
        else:
            events.append(ClaimsAssigned(claims=tuple(claims), attack=after, reason=reason, at=now))
    return events


def _are_all(record: Published, attack: int, claims: Sequence[int]) -> bool:
    return {claim.id for claim in record.current(attack)} == set(claims)


def _bounds(record: Published, named: Sequence[int], groups: Sequence[Group], now: datetime) -> list[PublishedEvent]:
    """Who attacked whom, where a report that came later says so."""
    events: list[PublishedEvent] = []
    for id, group in zip(named, groups, strict=True):
        attack = record.attacks.get(id)
        if attack is None or attack.by_hand:
            continue
        bounds = msgspec.structs.replace(attack.bounds, by=group.bounds.by, upon=group.bounds.upon)
        if bounds != attack.bounds:
            events.append(AttackBounded(attack=id, bounds=bounds, reason="by what its reports say", at=now))
    return events


def _consequences(record: Published, near: set[int], ground: Ground) -> list[PublishedEvent]:
    standing = [record.claims[id] for id in sorted(near) if record.claims[id].fate is Fate.CURRENT]
    by_attack: dict[int, list[Said]] = {}
    for claim in standing:
        if claim.attack is not None:
            by_attack.setdefault(claim.attack, []).append(said_of(record, claim))
    ids = {claim.id for claim in standing}
    wanted = {one[:3]: one.reason for said in by_attack.values() for one in related(said)}
    there = {
        key
        for id in ids
        for key in record.by_claim.get(id, ())
        if {key[0], key[2]} <= ids and not record.linked[key].by_hand
    }
    events: list[PublishedEvent] = [
        ClaimsUnlinked(claim=one, relation=relation, other=other, reason=NOW_SO, at=ground.now)
        for one, relation, other in sorted(there - wanted.keys())
    ]
    events += (
        ClaimsLinked(claim=one, relation=relation, other=other, reason=wanted[one, relation, other], at=ground.now)
        for one, relation, other in sorted(wanted.keys() - record.linked.keys() - record.unlinked)
    )
    return events + _flags(record, near, by_attack, ground)


def _flags(
    record: Published, near: set[int], by_attack: Mapping[int, Sequence[Said]], ground: Ground
) -> list[PublishedEvent]:
    wanted = {finding: attack for attack, said in by_attack.items() for finding in cross_checks(said, ground.hierarchy)}
    there = {
        (flag.rule, flag.words, flag.claims): flag.id
        for flag in record.flags.values()
        if not near.isdisjoint(flag.claims)
    }
    events: list[PublishedEvent] = [
        CheckLifted(check=id, reason=NOW_SO, at=ground.now) for key, id in there.items() if key not in wanted
    ]
    events += (
        CheckFlagged(rule=finding.rule, words=finding.words, claims=finding.claims, attack=attack, at=ground.now)
        for finding, attack in sorted(wanted.items())
        if finding not in there
    )
    return events
