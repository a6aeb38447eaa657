"""The map of one attack: the zones that its claims name, with a dot at each zone's label.

Coarse on purpose: nothing is placed more exactly than a zone. A claim of territory is never on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from tocsin.claims import may_have_zone
from tocsin.facts import CasualtyFact, DamageFact, Harm, TallyFact
from tocsin.model import Zone, ZoneId
from tocsin.record.published import Fate
from tocsin.web.flatmap import FlatMap
from tocsin.web.markup import Html, tag
from tocsin.web.record.bodies import ClaimBody

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
DOT, LETTER, LINE = 8.0, 11.0, 20.0
"""Of the map's 1,000 units across: a dot's radius, and about how wide a letter and how high a line of a label is."""


def zones_of(claims: Iterable[ClaimBody], zones_in: Callable[[str], Sequence[ZoneId]]) -> dict[ZoneId, bool]:
    """The zones that standing claims name, and whether something was hit, damaged or somebody harmed there."""
    found: dict[ZoneId, bool] = {}
    for claim in claims:
        fact = claim.fact
        if (
            claim.fate is not Fate.CURRENT
            or not may_have_zone(fact)
            or not isinstance(fact, TallyFact | CasualtyFact | DamageFact)
        ):
            continue
        struck = isinstance(fact, DamageFact) or (isinstance(fact, CasualtyFact) and fact.outcome is not Harm.NONE)
        struck = struck or (isinstance(fact, TallyFact) and fact.outcome in ("hit", "debris"))
        places = (fact.regions if isinstance(fact, TallyFact) else ()) or ((fact.place,) if fact.place else ())
        named = [claim.zone] if claim.zone is not None else [zone for place in places for zone in zones_in(place)]
        for zone in named:
            found[zone] = found.get(zone, False) or struck
    return found


def drawn(
    flat: FlatMap,
    found: Mapping[ZoneId, bool],
    zones: Mapping[ZoneId, Zone],
    ancestors: Callable[[ZoneId], Sequence[ZoneId]],
    name: Callable[[ZoneId], str],
    label: str,
) -> Html | None:
    """None where no claim names a zone that the map has."""
    shapes = {zone: outline for zone, (level, outline) in flat.paths.items() if level == flat.levels[0]}
    tinted: dict[ZoneId, bool] = {}
    dots = []
    for zone, struck in found.items():
        over = next((one for one in (zone, *ancestors(zone)) if one in shapes), None)
        if over is None:
            continue
        tinted[over] = tinted.get(over, False) or struck
        point = zones[zone].point
        if point is not None:
            x, y = flat.place(*point)
            dots.append((zone, x, y, struck))
    if not tinted:
        return None
    return tag(
        "svg",
        [
            tag(
                "path",
                tag("title", name(zone)) if zone in tinted else None,
                d=outline,
                class_=f"land {'struck' if tinted[zone] else 'named'}" if zone in tinted else "land",
            )
            for zone, outline in shapes.items()
        ],
        [
            tag(
                "circle",
                tag("title", name(zone)),
                cx=f"{x:.0f}",
                cy=f"{y:.0f}",
                r=8,
                class_="struck" if struck else None,
            )
            for zone, x, y, struck in dots
        ],
        [
            tag("text", said, x=f"{x:.0f}", y=f"{y:.0f}", text_anchor=anchor)
            for said, x, y, anchor in labels([(short(name(zone)), x, y) for zone, x, y, _ in dots])
        ],
        xmlns="http://www.w3.org/2000/svg",
        class_="where",
        viewBox=f"0 0 1000 {flat.height}",
        role="img",
        aria_label=f"{label}: {', '.join(name(zone) for zone in found)}",
    )


def labels(dots: Sequence[tuple[str, float, float]]) -> list[tuple[str, float, float, str]]:
    """Where each name is written beside its dot, so that none lies upon another: name, x, y, anchor.

    One for which there is no room is left out; its dot has it as its title.
    """
    taken = [(x - DOT, y - DOT, x + DOT, y + DOT) for _, x, y in dots]
    found = []
    for number, (name, x, y) in enumerate(dots):
        wide = len(name) * LETTER
        for at_x, at_y, anchor, left in (
            (x, y - 14, "middle", x - wide / 2),
            (x, y + 14 + LINE * 0.75, "middle", x - wide / 2),
            (x + 14, y + LINE / 3, "start", x + 14),
            (x - 14, y + LINE / 3, "end", x - 14 - wide),
        ):
            box = left, at_y - LINE * 0.8, left + wide, at_y + LINE * 0.2
            others = (one for other, one in enumerate(taken) if other != number)
            if not any(_meet(box, one) for one in others):
                taken.append(box)
                found.append((name, at_x, at_y, anchor))
                break
    return found


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def short(name: str) -> str:
    """Without the word for its level, which a map does not need."""
    for word in (
        " область",
        " Oblast",
        " oblast",
        " міська громада",
        " селищна громада",
        " сільська громада",
        " Hromada",
    ):
        name = name.removesuffix(word)
    return name.removeprefix("м. ")
