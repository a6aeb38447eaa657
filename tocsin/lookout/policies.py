"""The policy of one Tocsin: read, held against its atlas, and put into words for the people who answer for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tocsin.assess.policy import Ahead, Policy, Rule, policy_of
from tocsin.atlas import Atlas
from tocsin.errors import BadFile, TocsinError


def chosen(file: Path | None, atlas: Atlas) -> Policy:
    """The policy in a file, or the one that comes with Tocsin. Errors: `BadFile`, which says what is wrong."""
    policy = policy_of(file)
    wrong = list(_wrong(policy, atlas))
    if wrong and file is not None:
        raise BadFile(f"{file} is no policy for {atlas.country.id}: {wrong[0]}", file=str(file), lines=wrong)
    return policy


def _wrong(policy: Policy, atlas: Atlas) -> Iterator[str]:
    for number, rule in enumerate(policy.rules, start=1):
        if rule.unit not in atlas.levels:
            yield f"rule {number}: there is no level {rule.unit}; there are {', '.join(atlas.levels)}"
        for zone in rule.zones:
            if zone not in atlas.hierarchy:
                yield f"rule {number}: there is no zone {zone}"
        for name, place, propose in (
            ("near_certain", rule.place.near_certain, rule.propose.near_certain),
            ("likely", rule.place.likely, rule.propose.likely),
            ("possible", rule.place.possible, rule.propose.possible),
        ):
            if place is not None and (propose is None or place > propose):
                yield f"rule {number}: {name} is placed earlier than it is proposed"


def in_words(policy: Policy, atlas: Atlas) -> Iterator[str]:
    """What it says, a sentence a line."""
    yield f"Policy: {policy.name}"
    if policy.places_anything:
        ceiling, back = policy.ceiling, policy.hold_back
        yield f"The machine's own warnings hold for {ceiling.zones:,} zones and {ceiling.people:,} people at most."
        yield f"Beyond {back.zones:,} zones it waits {back.wait_s:g} s for a person."
    else:
        yield "Everything is proposed to people; nothing is placed by itself."
    ends = ", ".join(policy.trusted_ends)
    yield (
        f"Ends hold for what others reported where {ends} declares them."
        if ends
        else ("An end holds for what its own source reported, and for nothing else.")
    )
    for rule in policy.rules:
        yield ""
        yield from _rule(rule, atlas)


def _rule(rule: Rule, atlas: Atlas) -> Iterator[str]:
    kinds = ", ".join(kind.replace("_", " ") for kind in rule.threats)
    where = ", ".join(_named(zone, atlas) for zone in rule.zones) or "everywhere"
    yield f"{kinds[:1].upper()}{kinds[1:]}, {where}: {rule.stage.replace('_', ' ')}, {rule.level}, by {rule.unit}"
    yield f"  proposed {_ahead(rule.propose)}"
    if rule.place == Ahead():
        yield "  never placed by itself"
    else:
        yield f"  placed by itself {_ahead(rule.place)}, once {rule.confirmations} sources speak of it"
        yield f"  its end is proposed {rule.keep_min:g} min after it was last wanted, never carried out by itself"
    yield f"  everybody is told {'which zones are at risk' if rule.public == 'zones' else 'nothing of it'}"


def _ahead(ahead: Ahead) -> str:
    told = [
        f"{minutes:g} min ahead where it is {band}"
        for band, minutes in (
            ("near certain", ahead.near_certain),
            ("likely", ahead.likely),
            ("possible", ahead.possible),
            ("unlikely", ahead.unlikely),
        )
        if minutes is not None
    ]
    return ", ".join(told) or "never"


def _named(zone: str, atlas: Atlas) -> str:
    try:
        return atlas.zone(zone).names.get("en", zone)
    except TocsinError:
        return zone
