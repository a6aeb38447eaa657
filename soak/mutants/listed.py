"""docs/mutants.md: the mutants that no test of their room finds, each with the reason. Pure.

A list is a fenced block under the heading that gives the reason; each line of it is the name of a mutant.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

FENCE = "```"


def reasons(page: str) -> dict[str, str]:
    """Every mutant on the page, with the heading under which it stands."""
    found: dict[str, str] = {}
    heading, within = "", False
    for line in page.splitlines():
        if line.startswith(FENCE):
            within = not within
        elif within:
            assert line not in found, f"listed twice: {line}"
            found[line] = heading
        elif title := re.match(r"#+ (.*)", line):
            heading = title[1]
    return found


def unlisted(survivors: Iterable[str], listed: Collection[str]) -> list[str]:
    """Those that nobody has given a reason for."""
    return [name for name in survivors if name not in listed]


def needless(room: str, made: Collection[str], found: Collection[str], listed: Iterable[str]) -> list[str]:
    """Those listed of the room that a test finds now, or that are no mutants of it any more."""
    return [name for name in listed if name.startswith(f"{room}.") and (name in found or name not in made)]
