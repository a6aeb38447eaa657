"""Which Chromium the tests of the pages run. As a program: prints its path, or fails and says why.

In this order: `TOCSIN_TEST_CHROMIUM`, one on the PATH, one that Playwright has fetched. Found means that it
runs: some systems have a program of that name that only points to a package store.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FETCHED = (Path(".venv/browsers"), Path.home() / ".cache/ms-playwright")
MISSING = "no Chromium that runs (apt-get install chromium, or set TOCSIN_TEST_CHROMIUM)"


def candidates() -> Iterator[str]:
    """Every place worth trying, best first."""
    if named := os.environ.get("TOCSIN_TEST_CHROMIUM"):
        yield named
        return
    yield from filter(None, map(shutil.which, NAMES))
    for folder in FETCHED:
        yield from map(str, sorted(folder.glob("chromium-*/chrome-linux*/chrome"), reverse=True))


def runs(path: str) -> bool:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return said.returncode == 0 and b"Chrom" in said.stdout


@cache
def find() -> str | None:
    """The path of a Chromium that runs, or None."""
    return next(filter(runs, candidates()), None)


if __name__ == "__main__":
    sys.exit(MISSING if find() is None else print(find()))
