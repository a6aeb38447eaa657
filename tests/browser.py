"""Which Chromium the tests of the pages run. As a program: prints its path, or fails and says what is missing.

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
NO_CHROMIUM = "no Chromium that runs (apt-get install chromium, or set TOCSIN_TEST_CHROMIUM)"
NO_DRIVER = "Playwright does not run here (apt-get install libatomic1)"


def candidates() -> Iterator[str]:
    """Every place worth trying, best first."""
    if named := os.environ.get("TOCSIN_TEST_CHROMIUM"):
        yield named
        return
    yield from filter(None, map(shutil.which, NAMES))
    for folder in FETCHED:
        yield from map(str, sorted(folder.glob("chromium-*/chrome-linux*/chrome"), reverse=True))


def runs(*command: str) -> bool:
    """Whether the command tells its version."""
    try:
        said = subprocess.run([*command, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return said.returncode == 0 and bool(said.stdout.strip())


@cache
def find() -> str | None:
    """The path of a Chromium that runs, or None."""
    return next(filter(runs, candidates()), None)


@cache
def missing() -> str | None:
    """What the tests of the pages lack, with what to do about it; None if nothing."""
    if find() is None:
        return NO_CHROMIUM
    return None if runs(sys.executable, "-m", "playwright") else NO_DRIVER


if __name__ == "__main__":
    print(find())
    sys.exit(missing())
