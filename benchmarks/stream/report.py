"""What was measured, beside what was to be reached."""

from __future__ import annotations

import math
import os
import platform
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from benchmarks.stream.load import Fired

BEGIN, END = "<!-- bench stream -->", "<!-- end of bench stream -->"
HEAD = ("figure", "to reach", "Tocsin", "C", "ratio", "others", "")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One figure."""

    figure: str
    target: str = ""
    tocsin: str
    c: str = ""
    ratio: str = ""
    others: str = ""
    reached: bool | None = None
    """None, where nothing was to be reached."""

    def cells(self) -> tuple[str, ...]:
        verdict = {None: "", True: "reached", False: "**missed**"}[self.reached]
        return (self.figure, self.target, self.tocsin, self.c, self.ratio, self.others, verdict)


class Report:
    """All rows of one run, and what went wrong in it."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.wrong: list[str] = []

    def add(self, row: Row) -> None:
        self.rows.append(row)
        print("  ".join(cell for cell in row.cells() if cell), flush=True)

    def check(self, who: str, fired: Fired, *, ours: bool) -> None:
        """Whether all was heard, in order. What others lose is said, and is no fault of ours."""
        if fired.sound:
            return
        fault = (
            f"{who}: {fired.received} of {fired.wanted} receipts, {fired.disordered} out of order, "
            f"{fired.closed} connections closed"
        )
        print(f"WRONG  {fault}" if ours else f"note: {fault}", flush=True)
        if ours:
            self.wrong.append(fault)

    def markdown(self) -> str:
        lines = [
            f"Measured on {datetime.now(UTC):%Y-%m-%d}: {machine()}.",
            "",
            "| " + " | ".join(HEAD) + " |",
            "|" + "---|" * len(HEAD),
            *("| " + " | ".join(row.cells()) + " |" for row in self.rows),
        ]
        return "\n".join(lines)

    def write(self, page: Path) -> None:
        """Put the table between the page's markers."""
        text = page.read_text("utf-8")
        before, rest = text.split(BEGIN)
        _, after = rest.split(END)
        page.write_text(f"{before}{BEGIN}\n{self.markdown()}\n{END}{after}", "utf-8")


def machine() -> str:
    model = ""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return f"{os.cpu_count()} cores ({model}), Linux {platform.release()}, Python {platform.python_version()}"


def ms(ns: float) -> str:
    if ns == math.inf:
        return "not all"
    return f"{ns / 1e6:.1f} ms" if ns < 1e8 else f"{ns / 1e6:,.0f} ms"


def kib(size: float) -> str:
    return f"{size / 1024:.1f} KiB"


def paired(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """How many times as much, round by round: what drifts during a run meets both alike."""
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True) if other > 0)
