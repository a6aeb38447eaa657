"""`tocsin backtest`: a policy tried on what was reported once, beside the alarms of that time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import click
import msgspec
from rich.console import Console
from rich.table import Table

from tocsin import limits
from tocsin.app import open_atlas
from tocsin.assess.backtest import STEP, Alarm, Backtest, Practice, backtest
from tocsin.assess.ground import Ground
from tocsin.assess.policy import policy_of
from tocsin.atlas import Atlas
from tocsin.cli import options
from tocsin.errors import BadFile
from tocsin.intake import sirens
from tocsin.intake.messages.gazetteer import Gazetteer
from tocsin.intake.messages.reading import Reader
from tocsin.intake.reports.sifting import report_of
from tocsin.intake.reports.wording import Wording
from tocsin.model import Extent, SourceId
from tocsin.report import Report

MISSED_SHOWN = 12
BARS = " ▁▂▃▄▅▆▇█"


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a channel."""

    text: str
    channel: str
    ts: datetime


@click.command("backtest")
@click.option(
    "--reports",
    "reports_file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Messages (text, channel, ts) or reports, one JSON object a line.",
)
@click.option(
    "--alerts",
    "alerts_file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Past alerts, as `tocsin import sirens` reads them.",
)
@click.option("--policy", "policy_file", type=click.Path(path_type=Path, dir_okay=False), help="A policy to try.")
@click.option("--trust", multiple=True, metavar="SOURCE", help="A source whose ends hold for others' reports too.")
@click.option("--chart", type=click.Path(path_type=Path, dir_okay=False), help="Write the chart there, as SVG.")
@options.as_json
@options.atlas
def command(
    reports_file: Path,
    alerts_file: Path,
    policy_file: Path | None,
    trust: Sequence[str],
    chart: Path | None,
    as_json: bool,
    atlas: str | None,
) -> None:
    """Try a policy on the reports of a night, beside the alarms that there were (docs/assessment.md).

    Whatever the policy proposes counts as done at once. Prints who was warned before something was seen in their zone,
    how long before, who was not, and the hours that people spent under alarm.
    """
    zones = open_atlas(options.settings(atlas=atlas).atlas)
    ground = Ground(zones)
    policy = policy_of(policy_file)
    policy = msgspec.structs.replace(policy, trusted_ends=(*policy.trusted_ends, *map(SourceId, trust)))
    reports = list(_reports(reports_file, zones))
    if not reports:
        raise BadFile(f"{reports_file} tells of no threat", file=str(reports_file))
    past = sirens.read(alerts_file)
    alarms = [
        Alarm(zone=one.zone, since=one.started, until=one.finished, part=one.extent is Extent.PART)
        for one in past.alerts
    ]
    found = backtest(reports, alarms, ground, policy)
    if chart is not None:
        chart.write_text(drawn(found), encoding="utf-8")
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
        return
    _tell(found, zones, len(past.bad))


@cache
def _gazetteer(zones: Atlas) -> Gazetteer:
    """Made once in a process: it takes seconds."""
    return Gazetteer(zones)


def _reports(file: Path, zones: Atlas) -> Iterator[Report]:
    """What a file tells, message by message."""
    raw = file.read_bytes()
    if len(raw) > limits.MESSAGES_BYTES:
        raise BadFile(f"{file} is longer than {limits.MESSAGES_BYTES:,} bytes", file=str(file), bytes=len(raw))
    posts, reports, bad = msgspec.json.Decoder(Post), msgspec.json.Decoder(Report), []
    reader: Reader | None = None
    found: list[Report] = []
    for number, line in enumerate(raw.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            if b'"said_at"' in line:
                found.append(reports.decode(line))
                continue
            post = posts.decode(line)
        except msgspec.MsgspecError as error:
            bad.append(f"line {number}: {error}")
            continue
        wording = Wording(_gazetteer(zones), zones.hierarchy)
        reader = reader or Reader(_gazetteer(zones))
        at = post.ts if post.ts.tzinfo else post.ts.replace(tzinfo=UTC)
        source = SourceId(post.channel[: limits.NAME_CHARS].strip() or "unnamed")
        message = reader.read(post.text, post.channel, at)
        found += [report_of(told, source, at) for told in wording.told(message, post.text, at)]
    if bad:
        raise BadFile(
            f"{len(bad):,} lines of {file.name} are neither messages nor reports; nothing was tried",
            lines=bad[: limits.IMPORT_REPORTED_ROWS],
        )
    return iter(found)


def _tell(found: Backtest, zones: Atlas, bad: int) -> None:
    console = Console()
    hours = (found.ended - found.began).total_seconds() / 3600.0
    console.print(
        f"{found.reports:,} reports from {found.began:%Y-%m-%d %H:%M} to {found.ended:%Y-%m-%d %H:%M} UTC "
        f"({hours:.1f} h); something was seen in {found.practices[0].seen} zones."
    )
    table = Table()
    for name in ("", "warned before", "median", "missed", "zones", "in vain", "zone-hours", "person-hours, M"):
        table.add_column(name, justify="right" if name else "left", no_wrap=not name)
    for one in found.practices:
        table.add_row(*_cells(one))
    console.print(table)
    for line in said(found):
        console.print(line)
    if bad:
        console.print(f"{bad:,} rows of the alerts are malformed and were left out.")
    policy = found.practices[1]
    for missed in policy.missed[:MISSED_SHOWN]:
        late = "never warned" if missed.late_s is None else f"warned {missed.late_s / 60:.0f} min later"
        told = "; no report could have told" if missed.out_of_nowhere else ""
        names = zones.zone(missed.zone).names
        console.print(f"  missed {missed.at:%H:%M} {names.get('uk', missed.zone)}: {late}{told}")
    if len(policy.missed) > MISSED_SHOWN:
        console.print(f"  and {len(policy.missed) - MISSED_SHOWN} more (--json names them all)")
    console.print("People under alarm, every ten minutes:")
    most = max((max(one.people, default=0.0) for one in found.practices), default=0.0) or 1.0
    for one in found.practices:
        bars = "".join(BARS[round(people / most * (len(BARS) - 1))] for people in one.people)
        console.print(f"  {one.name:<25} {bars} up to {max(one.people, default=0.0) / 1e6:.1f} million")


def _cells(one: Practice) -> tuple[str, ...]:
    median = "-" if one.median_warning_s is None else f"{one.median_warning_s / 60:.0f} min"
    return (
        one.name,
        f"{one.warned:,} ({one.warned / max(1, one.seen):.0%})",
        median,
        f"{len(one.missed):,}",
        f"{one.zones:,}",
        f"{one.vain:,}",
        f"{one.zone_hours:,.0f}",
        f"{one.person_hours / 1e6:,.1f}",
    )


def said(found: Backtest) -> list[str]:
    """What it comes to, in sentences."""
    history, policy, placed, early = found.practices[:4]
    told = [one for one in policy.missed if not one.out_of_nowhere]
    by_history = {one.zone for one in history.missed}
    covered = [one for one in policy.missed if one.zone not in by_history]
    lines = [
        _saved("By the smallest zones the policy", policy, history),
        _saved("Without what threatens the whole country at once it", placed, history)
        + f" It would then have missed {len(placed.missed)} zones.",
        f"Its alerts would have missed {len(policy.missed)} of {policy.seen} zones in which something was seen; of "
        f"{len(told)} of them a report before could have told. The alarms as they were covered {len(covered)} of these "
        f"{len(policy.missed)}, and missed {len(history.missed)} in all.",
        f"In {len(policy.missed) - len(early.missed)} of them people would have been told to be ready: "
        f"{len(early.missed)} had neither an alert nor an early warning.",
    ]
    if found.history_in_part:
        lines.append(
            f"{found.history_in_part} of the alarms as they were covered only some of their zone, nobody knows which: "
            "they are counted as if they covered all of it, which is too many person-hours and too few missed."
        )
    return lines


def _saved(what: str, policy: Practice, history: Practice) -> str:
    saved = history.person_hours - policy.person_hours
    share = f" ({abs(saved) / history.person_hours:.0%})" if history.person_hours else ""
    verb = "saved" if saved >= 0 else "cost"
    return f"{what} would have {verb} {abs(saved) / 1e6:,.1f} million person-hours under alarm{share}."


COLOURS = ("#8a8f98", "#c62828", "#7a3ea1", "#4f8a3c", "#e08a00", "#3b6fb6")
WIDTH, HEIGHT, LEFT, TOP = 860, 320, 64, 24


def drawn(found: Backtest) -> str:
    """People under alarm over time, one line for each way of warning."""
    most = max((max(one.people, default=0.0) for one in found.practices), default=0.0) or 1.0
    steps = max(2, *(len(one.people) for one in found.practices))
    inner_w, inner_h = WIDTH - LEFT - 16, HEIGHT - TOP - 76

    def at(step: int, people: float) -> tuple[float, float]:
        return LEFT + inner_w * step / (steps - 1), TOP + inner_h * (1.0 - people / most)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="11">',
        "<title>People under alarm</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for share in (0.0, 0.5, 1.0):
        _, y = at(0, share * most)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - 16}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e3e5e8"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{share * most / 1e6:.1f} M</text>')
    for step in range(0, steps, max(1, steps // 8)):
        x, _ = at(step, 0.0)
        parts.append(
            f'<text x="{x:.1f}" y="{TOP + inner_h + 18}" text-anchor="middle">{found.began + STEP * step:%H:%M}</text>'
        )
    for number, (one, colour) in enumerate(zip(found.practices, COLOURS, strict=True)):
        points: list[str] = []
        for step, people in enumerate(one.people):
            x, y = at(step, people)
            points += [f"{x:.1f},{at(step, one.people[max(0, step - 1)])[1]:.1f}", f"{x:.1f},{y:.1f}"]
        parts.append(f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" stroke-width="2"/>')
        x, y = LEFT + number * (inner_w // len(COLOURS)), HEIGHT - 18
        parts.append(f'<rect x="{x}" y="{y - 9}" width="14" height="4" fill="{colour}"/>')
        parts.append(f'<text x="{x + 20}" y="{y - 2}">{escape(one.name)}</text>')
    return "\n".join([*parts, "</svg>", ""])
