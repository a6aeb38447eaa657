"""A city's plan as tables for a terminal."""

from __future__ import annotations

from rich.table import Table

from tocsin.cli import options
from tocsin.model import Realm
from tocsin.shelters.planning.plan import Plan

SHOWN = 20
"""Rows of a long table."""


def show(realm: Realm, plan: Plan) -> None:
    options.say(realm, _head(plan))
    for table in (_horizons(plan), _zones(plan), _overrun(plan), _new(plan)):
        if table.row_count:
            options.say(realm, "")
            options.show(realm, table)


def _head(plan: Plan) -> str:
    lines = [
        f"{plan.area}: {plan.residents:,} residents of {plan.buildings:,} buildings, {len(plan.shelters):,} open "
        f"shelters{'' if plan.private else ' for everybody'} with {plan.places:,} places",
        f"{plan.profile}, {plan.speed_m_s} m/s",
    ]
    if plan.unknown_places:
        put = "left out of every assignment" if plan.assumed_places is None else f"put at {plan.assumed_places:,} each"
        lines.append(f"of {plan.unknown_places:,} shelters nobody says how many they hold: {put}")
    if plan.left_out_rows:
        lines.append(f"{plan.left_out_rows:,} bad rows are left out, and who lives there")
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{part:,} ({part / whole:.1%})" if whole else f"{part:,}"


def _horizons(plan: Plan) -> Table:
    table = _table("", *(f"{it.minutes} min" for it in plan.horizons))
    whole = plan.residents
    rows = (
        ("out of reach of any shelter", [it.out_of_reach for it in plan.horizons]),
        ("everyone to the nearest: have a place", [it.nearest_sheltered for it in plan.horizons]),
        ("  find it full", [it.nearest_turned_away for it in plan.horizons]),
        ("  nobody knows, for it holds nobody knows how many", [it.nearest_unknown for it in plan.horizons]),
        ("told where to go: have a place", [it.best_sheltered for it in plan.horizons]),
    )
    for name, numbers in rows:
        if any(numbers) or not name.startswith("  "):
            table.add_row(name, *(_share(number, whole) for number in numbers))
    for name, walks in (
        ("mean walk to the nearest", [it.nearest_walk_s for it in plan.horizons]),
        ("mean walk if told where to go", [it.best_walk_s for it in plan.horizons]),
    ):
        table.add_row(name, *("" if walk is None else f"{walk:.0f} s" for walk in walks))
    return table


def _zones(plan: Plan) -> Table:
    at = plan.horizon()
    minutes = (5, 10, 15)
    table = _table("part of the city", "residents", *(f"out of reach, {it} min" for it in minutes), "have no place")
    if len(plan.zones) < 2 and not any(zone.id for zone in plan.zones):
        return table
    for zone in sorted(plan.zones, key=lambda it: it.best_sheltered[at] - it.residents)[:SHOWN]:
        name = zone.names.get("en") or zone.names.get("uk") or next(iter(zone.names.values()), "in none of them")
        out = (_share(zone.residents - zone.within[minute - 1], zone.residents) for minute in minutes)
        left = zone.residents - zone.best_sheltered[at]
        table.add_row(options.plain(name), f"{zone.residents:,}", *out, _share(left, zone.residents))
    return _longer(table, len(plan.zones))


def _overrun(plan: Plan) -> Table:
    at = plan.horizon()
    table = _table(f"runs over in {plan.minutes} min", "places", "come", "too many", "best: are sent")
    over = [it for it in plan.shelters if it.over[at]]
    for it in over[:SHOWN]:
        name = options.plain(it.name or it.address or it.id)
        table.add_row(name, f"{it.places:,}", f"{it.come[at]:,}", f"{it.over[at]:,}", f"{it.given[at]:,}")
    return _longer(table, len(over))


def _new(plan: Plan) -> Table:
    table = _table("a new shelter", "at", "helps", "out of reach today", "then have a place")
    for number, it in enumerate(plan.new, 1):
        where = f"{it.lat:.5f}, {it.lon:.5f}"
        sheltered = _share(it.sheltered, plan.residents)
        table.add_row(f"{number}  {options.plain(it.street)}", where, f"{it.helped:,}", f"{it.unreached:,}", sheltered)
    return table


def _longer(table: Table, rows: int) -> Table:
    if rows > table.row_count:
        table.add_row(f"and {rows - table.row_count:,} more")
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="right")
    return table
