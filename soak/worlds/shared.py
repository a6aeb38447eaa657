"""A world explored by several processes. What they find, and in which order, is what one alone finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from soak.worlds.catalogue import WORLDS, World
from soak.worlds.explore import Count, Explorer, Found, Path, Visits

AT_ONCE = 32
"""So many states a process takes at a time."""


class _Process:
    """What each of them keeps."""

    explorer: Explorer


def _begin(name: str) -> None:
    _Process.explorer = Explorer(WORLDS[name])


def _visit(asked: tuple[list[Path], bool]) -> tuple[Count, Found]:
    total = Count()
    every: Found = {}
    paths, further = asked
    for path in paths:
        count, found = _Process.explorer.visit(path, further=further)
        total += count
        for key, way in found.items():
            if key not in every or way[0] < every[key][0]:
                every[key] = way
    return total, every


@contextmanager
def shared(world: World, jobs: int) -> Iterator[Visits]:
    """Visits to the world's states, by so many processes. They end with the context."""
    with ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (world.name,)) as processes:

        def visits(paths: list[Path], further: bool) -> Iterable[tuple[Count, Found]]:
            parts = [paths[at : at + AT_ONCE] for at in range(0, len(paths), AT_ONCE)]
            return processes.map(_visit, [(part, further) for part in parts])

        yield visits
