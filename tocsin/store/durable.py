"""Files that are under their name whole and on the medium, or not there at all."""

from __future__ import annotations

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Have a file, or a directory's names, on the medium."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def new_part(target: Path) -> Path:
    """Where ``target`` can be made. What an earlier attempt left there is removed."""
    part = target.with_name(target.name + ".part")
    discard(part)
    return part


def discard(part: Path) -> None:
    """Remove an unfinished file, and SQLite's journal of it."""
    for left in (part, part.with_name(part.name + "-journal")):
        left.unlink(missing_ok=True)


def put_in_place(part: Path, target: Path) -> None:
    """Give the finished ``part`` its name. What has that name already is replaced in the same instant."""
    sync(part)
    sync(part.parent)
    part.rename(target)
    sync(target.parent)
