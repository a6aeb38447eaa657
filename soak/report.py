"""`make soak`: the long proofs, one after another, and what they found written to docs/reliability.md.

Each program prints what it did and ends with 1 at the first broken promise; its words go into the page as they are,
with the commit, the machine and the day. A proof that failed is written down as failed, and ends this with 1.

``python -m soak.report [NAME ...]`` runs those named, and leaves what the page says of the others as it is.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs/reliability.md"
BEGIN, END = "<!-- soak {name} -->", "<!-- /soak {name} -->"

JOBS = os.environ.get("JOBS", "2")

ROOMS = "tests/engine tests/access tests/service tests/store"

PROOFS = {
    "properties": f"pytest -q -p no:cacheprovider -n {JOBS} -m hypothesis {ROOMS}",
    "worlds": f"soak.worlds --jobs {JOBS}",
    "sim": f"tocsin sim --seed 1 --seeds 10000 --steps 1000 --jobs {JOBS}",
    "crashes": "soak.crashes --rounds 2000",
    "disks": "soak.disks --runs 2000",
    "follow": f"soak.follow --rounds 10000 --jobs {JOBS}",
    "mutants": "soak.mutants",
}
"""The modules to run, by name, with their arguments."""


def commit() -> str:
    """Which program was tried; a change that is not committed is said too."""
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--exclude", "*"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.strip() or "an export without its history"


def machine() -> str:
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.release()} {platform.machine()}, "
        f"Python {platform.python_version()}"
    )


def run(name: str) -> tuple[bool, str]:
    """Whether the proof held, and what is written of it."""
    shown = f"python -m {PROOFS[name]}"
    print(f"== {name}: {shown}", flush=True)
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", *PROOFS[name].split()],
        cwd=ROOT,
        env={**os.environ, "HYPOTHESIS_PROFILE": "soak"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        print(line, end="", flush=True)
        lines.append(line.rstrip())
    held = process.wait() == 0
    said = "\n".join(line for line in lines if line.strip() and not line.startswith("  "))[-6_000:]
    verdict = "held" if held else "FAILED"
    when = f"{datetime.now(UTC):%Y-%m-%d}, commit {commit()}, {machine()}, {time.monotonic() - begun:,.0f} s: {verdict}"
    return held, f"`{shown}`\n\n{when}\n\n```\n{said}\n```"


def write(name: str, text: str) -> None:
    """Put what was found in its place on the page."""
    begin, end = BEGIN.format(name=name), END.format(name=name)
    page = PAGE.read_text("utf-8")
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    assert pattern.search(page), f"{PAGE.name} has no place for {name}"
    PAGE.write_text(pattern.sub(lambda _: f"{begin}\n{text}\n{end}", page), "utf-8")


def main() -> None:
    names = sys.argv[1:] or list(PROOFS)
    unknown = set(names) - set(PROOFS)
    assert not unknown, f"there is no proof named {unknown}; there are {list(PROOFS)}"
    failed = []
    for name in names:
        held, text = run(name)
        write(name, text)
        if not held:
            failed.append(name)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
