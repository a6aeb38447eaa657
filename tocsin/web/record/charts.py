"""Charts of attacks as SVG, drawn by the server: the fates of what was launched, the night hour by hour, the months.

What is unknown is drawn as unknown, and where a number changed its meaning there is a line. Each chart has its words in
a label, and the same numbers stand in a table beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from tocsin.facts import TallyFact
from tocsin.model import ZoneId
from tocsin.record.published import Fate
from tocsin.record.saying import Language, weapon_of
from tocsin.record.statistics.asking import Answer
from tocsin.record.statistics.tables import moment
from tocsin.web.markup import Html, tag
from tocsin.web.record.bodies import AttackAnswer, Headline

DOWNED = ("shot_down", "suppressed", "shot_down_or_suppressed")
SHADES = ("launched", *DOWNED, "lost", "left_airspace", "airborne")
WIDTH = 720
MONTHS_NAMED = 12
"""Of so many each is named under its bar; of more only the years."""
FEW_MONTHS = 6
"""So many go on a phone's width, in larger letters; more are scrolled."""


def fates(headlines: Sequence[Headline], family: str, label: str, words: Mapping[str, str]) -> Html | None:
    """One bar: of the launched, each fate, and what is left as unknown. None where nobody says how many flew."""
    mine = {one.outcome: one for one in headlines if one.family == family}
    launched = mine.get("launched")
    if launched is None or not launched.low:
        return None
    whole = max(launched.low, sum(one.low for name, one in mine.items() if name != "launched"))
    scale, x, bar = WIDTH / whole, 0.0, []
    for name in SHADES[1:]:
        if name in mine and mine[name].low:
            width = mine[name].low * scale
            said = f"{words[name]}: {mine[name].low}"
            bar.append(
                tag("rect", tag("title", said), x=f"{x:.1f}", y=0, width=f"{width:.1f}", height=28, class_=f"f-{name}")
            )
            if width > 34:
                bar.append(tag("text", str(mine[name].low), x=f"{x + 8:.1f}", y=19, class_=f"on-{name}"))
            x += width
    if WIDTH - x > 0.5:
        left = whole - sum(one.low for name, one in mine.items() if name != "launched")
        said = f"{words['unknown']}: {left}"
        bar.append(
            tag("rect", tag("title", said), x=f"{x:.1f}", y=0, width=f"{WIDTH - x:.1f}", height=28, class_="f-unknown")
        )
        if WIDTH - x > 34:
            bar.append(tag("text", str(left), x=f"{x + 8:.1f}", y=19, class_="on-unknown"))
    return tag(
        "svg", *bar, class_="fates", viewBox=f"0 0 {WIDTH} 28", role="img", aria_label=label, preserveAspectRatio="none"
    )


def night(told: AttackAnswer, names: Mapping[ZoneId, str], lang: Language, local: tzinfo, label: str) -> Html | None:
    """Hour by hour: when each weapon was in the air, as far as sources say, and which zones were under alert."""
    since, until = told.attack.since, told.attack.until
    weapons = _weapons(told, lang, local, since, until)
    zones: dict[ZoneId, list[tuple[datetime, datetime]]] = {}
    for alert in told.alerts:
        zones.setdefault(alert.zone, []).append((max(alert.since, since), min(alert.until, until)))
    if not weapons and not zones:
        return None
    left, row, top = 186, 18, 22
    lines = [
        *((name, periods, "w") for name, periods in weapons.items()),
        *((names[zone], periods, "a") for zone, periods in zones.items()),
    ]
    height = top + row * len(lines) + 6
    span = (until - since).total_seconds()

    def x(at: datetime) -> float:
        return left + (WIDTH - left) * (at - since).total_seconds() / span

    drawn: list[Html] = []
    step = 3600 * (1 if span <= 9 * 3600 else 2 if span <= 16 * 3600 else 4)
    hour = since.astimezone(local).replace(minute=0, second=0, microsecond=0)
    while hour <= until:
        if hour >= since and hour.hour * 3600 % step == 0:
            drawn.append(tag("line", x1=f"{x(hour):.1f}", x2=f"{x(hour):.1f}", y1=top - 4, y2=height, class_="grid"))
            anchor = "end" if x(hour) > WIDTH - 20 else "start" if x(hour) < left + 16 else "middle"
            drawn.append(tag("text", f"{hour:%H:%M}", x=f"{x(hour):.1f}", y=12, class_="hour", text_anchor=anchor))
        hour += timedelta(hours=1)
    for number, (name, periods, kind) in enumerate(lines):
        y = top + row * number
        if number == len(weapons) and weapons:
            drawn.append(tag("line", x1=0, x2=WIDTH, y1=y - 1, y2=y - 1, class_="rule"))
        short = name if len(name) <= 24 else f"{name[:23]}…"
        drawn.append(tag("text", tag("title", name), short, x=left - 10, y=y + 13, class_="name", text_anchor="end"))
        for begun, ended in periods:
            width = max(1.5, x(ended) - x(begun))
            said = f"{name}: {begun.astimezone(local):%H:%M}-{ended.astimezone(local):%H:%M}"
            drawn.append(
                tag(
                    "rect",
                    tag("title", said),
                    x=f"{x(begun):.1f}",
                    y=y + 3,
                    width=f"{width:.1f}",
                    height=row - 7,
                    rx=2,
                    class_=f"n-{kind}",
                )
            )
    return tag("svg", *drawn, class_="night", viewBox=f"0 0 {WIDTH} {height}", role="img", aria_label=label)


def _weapons(
    told: AttackAnswer, lang: Language, local: tzinfo, since: datetime, until: datetime
) -> dict[str, list[tuple[datetime, datetime]]]:
    found: dict[str, list[tuple[datetime, datetime]]] = {}
    for claim in told.claims:
        fact = claim.fact
        if claim.fate is not Fate.CURRENT or not isinstance(fact, TallyFact) or claim.part_of is not None:
            continue
        begun, ended = moment(fact.since, local), moment(fact.until, local)
        if fact.outcome == "launched" and begun and ended and begun < ended:
            period = max(begun, since), min(ended, until)
            periods = found.setdefault(weapon_of(fact, lang), [])
            if period not in periods and period[0] < period[1]:
                periods.append(period)
    return found


def months(answer: Answer, label: str, break_words: Mapping[str, str]) -> Html | None:
    """Launched by month as outline, downed as filled; a line where downed began to mean something else."""
    rows = _with_all_months([dict(zip(answer.columns, row, strict=True)) for row in answer.rows])
    most = max((max(_n(one.get("launched")), _downed(one)) for one in rows), default=0)
    if not most:  # of a night of which nobody says how many were launched, some may be downed
        return None
    height, bottom, right = 190, 20, 44  # the scale stands beside the latest month, where a phone begins
    top = _nice(most)
    slot = (WIDTH - right) / len(rows)
    drawn: list[Html] = []
    for value in (0, top / 2, top):
        y = 14 + (height - bottom - 14) * (1 - value / top)
        drawn.append(tag("line", x1=0, x2=WIDTH - right, y1=f"{y:.1f}", y2=f"{y:.1f}", class_="grid"))
        drawn.append(tag("text", f"{value:,.0f}".replace(",", "\u00a0"), x=WIDTH, y=f"{y + 4:.1f}", text_anchor="end"))
    series = rows[0]["series"]
    for number, one in enumerate(rows):
        x, wide = number * slot + slot * 0.14, slot * 0.72
        for value, kind in ((_n(one.get("launched")), "launched"), (_downed(one), "downed")):
            if not value:
                continue
            tall = (height - bottom - 14) * value / top
            said = f"{str(one['month'])[:7]}: {break_words[kind]} {value}"
            drawn.append(
                tag(
                    "rect",
                    tag("title", said),
                    x=f"{x:.1f}",
                    y=f"{height - bottom - tall:.1f}",
                    width=f"{wide:.1f}",
                    height=f"{tall:.1f}",
                    class_=f"m-{kind}",
                )
            )
        if one["series"] != series:
            series = one["series"]
            at = f"{number * slot:.1f}"
            drawn.append(tag("line", x1=at, x2=at, y1=2, y2=height - bottom, class_="break"))
            # Near the right end its words stand before it.
            beside = (f"{float(at) - 4:.1f}", "end") if float(at) > WIDTH * 0.8 else (f"{float(at) + 4:.1f}", "start")
            drawn.append(
                tag("text", break_words["break"], x=beside[0], y=11, class_="break-word", text_anchor=beside[1])
            )
        year, month = str(one["month"])[:4], str(one["month"])[5:7]
        if len(rows) <= MONTHS_NAMED:
            at = f"{x + wide / 2:.1f}"
            drawn.append(tag("text", f"{month}.{year}", x=at, y=height - 5, class_="year", text_anchor="middle"))
        elif month == "01" or number == 0:
            drawn.append(tag("text", year, x=f"{x:.1f}", y=height - 5, class_="year"))
    classes = "months-chart few" if len(rows) <= FEW_MONTHS else "months-chart"
    return tag("svg", *drawn, class_=classes, viewBox=f"0 0 {WIDTH} {height}", role="img", aria_label=label)


def _with_all_months(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """With the months of which the record has nothing, so that time goes evenly."""
    had = {str(one["month"])[:7]: one for one in rows}
    if not had:
        return rows
    first, last = min(had), max(had)
    year, month = int(first[:4]), int(first[5:7])
    found: list[dict[str, object]] = []
    while f"{year:04d}-{month:02d}" <= last:
        named = f"{year:04d}-{month:02d}"
        series = found[-1]["series"] if found else None
        found.append(had.get(named, {"month": named, "series": series}))
        year, month = year + month // 12, month % 12 + 1
    return found


def _downed(month: Mapping[str, object]) -> int:
    return sum(_n(month.get(name)) for name in DOWNED)


def _n(cell: object) -> int:
    return cell if isinstance(cell, int) else 0


def _nice(value: int) -> int:
    size = int(10 ** (len(str(value)) - 1))
    return next(n * size for n in (1, 2, 4, 6, 8, 10) if n * size >= value)
