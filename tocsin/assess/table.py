"""What every open threat reaches, in one table, with what is asked of each threat beside it.

From one assessment to the next most of it is the same: what changed is reckoned anew and put in its place, so that a
report costs what the threats cost that it changes. The outcome is that of a table made from nothing
(tests/assess/test_incremental.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from tocsin.assess.ground import Ground, Indices
from tocsin.assess.reach import Rows, lone_noise, reach
from tocsin.assess.track import Track, TrackId
from tocsin.model import Threat

KINDS = tuple(Threat)
"""A kind is told by its place here."""

KIND_OF = {kind: number for number, kind in enumerate(KINDS)}


class Table:
    """Rows in the sequence of the tracks, and of each track in that of the zones. Never changes."""

    def __init__(self, tracks: Sequence[Track], of_track: Sequence[Any], rows: Rows, first: Indices) -> None:
        """``of_track``: what `_told` says of each; ``first``: where the rows of each begin, and where the last end."""
        self.tracks = tuple(tracks)
        self.place: dict[TrackId, int] = {track.id: number for number, track in enumerate(tracks)}
        self.of_track = tuple(of_track)
        self.last_s, self.stale_after_s, self.kind, self.kinds, self.sources, self.lone_noise = self.of_track
        self.rows, self.first = rows, first
        self.track: Indices = np.repeat(np.arange(len(self.tracks)), np.diff(first))
        """Of each row."""

    @cached_property
    def ids(self) -> list[TrackId]:
        return [track.id for track in self.tracks]

    def of(self, number: int) -> Rows:
        """The rows of one track."""
        start, end = self.first[number], self.first[number + 1]
        zone, *others = self.rows
        return Rows(zone[start:end], *(column[start:end] for column in others))


def made(tracks: Sequence[Track], ground: Ground) -> Table:
    """From nothing."""
    parts = reach(tracks, ground)
    first = np.concatenate(([0], np.cumsum([len(part) for part in parts], dtype=np.intp)))
    columns = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    rows = Rows(*columns) if parts else Rows(np.empty(0, dtype=np.intp), *(np.empty(0) for _ in range(4)))
    return Table(tracks, _told(tracks), rows, first)


def _told(tracks: Sequence[Track]) -> Sequence[Any]:
    """When each was last heard of, how long that is good for, its kind, all that it may be, how many speak of it,
    whether it may be a mere noise."""
    return (
        np.array([track.last_s for track in tracks], dtype=np.float64),
        np.array([track.profile.stale_after_s for track in tracks], dtype=np.float64),
        np.array([KIND_OF[track.threat] for track in tracks], dtype=np.intp),
        np.array([sum(1 << KIND_OF[kind] for kind in set(track.kinds)) for track in tracks], dtype=np.int64),
        np.array([len(track.sources) for track in tracks], dtype=np.intp),
        np.array([lone_noise(track) for track in tracks], dtype=np.bool_),
    )


def changed(had: Table, tracks: Sequence[Track], ground: Ground) -> Table:
    """The table of these tracks, from one of other tracks, most of which are the same."""
    place, old = had.place, had.tracks
    if not tracks:
        return made((), ground)
    pick = [at if (at := place.get(track.id, -1)) >= 0 and old[at] is track else -1 for track in tracks]
    if pick == list(range(len(old))):
        return had
    fresh = made([track for track, at in zip(tracks, pick, strict=True) if at < 0], ground)
    beyond = len(old) + 1  # the new ones, as if they stood behind the old ones and one more
    source = np.array(pick, dtype=np.intp)
    source[source < 0] = np.arange(beyond, beyond + len(fresh.tracks))
    cuts = np.flatnonzero(np.diff(source) != 1) + 1
    pieces: list[tuple[Table, int, int]] = []
    for start, end in pairwise([0, *cuts.tolist(), len(source)]):
        if start < end:
            first, last = int(source[start]), int(source[end - 1])
            pieces.append((had, first, last + 1) if first < beyond else (fresh, first - beyond, last - beyond + 1))
    return Table(
        tracks,
        [_pieced(pieces, number) for number in range(len(had.of_track))],
        Rows(*(_rows(pieces, number) for number in range(len(Rows._fields)))),
        np.concatenate(([0], np.cumsum(_lengths(pieces)))).astype(np.intp),
    )


def _pieced(pieces: Iterable[tuple[Table, int, int]], number: int) -> Any:
    return np.concatenate([table.of_track[number][first:last] for table, first, last in pieces])


def _rows(pieces: Iterable[tuple[Table, int, int]], number: int) -> Any:
    return np.concatenate([t.rows[number][t.first[first] : t.first[last]] for t, first, last in pieces])


def _lengths(pieces: Iterable[tuple[Table, int, int]]) -> Indices:
    return np.concatenate([np.diff(table.first[first : last + 1]) for table, first, last in pieces])


class Tables:
    """The last table that was asked for: where the next begins. Whatever it holds, the answers are the same."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: tuple[Ground, Table] | None = None

    def of(self, tracks: Mapping[TrackId, Track], ground: Ground) -> Table:
        last = self._last
        now = tuple(tracks.values())
        table = made(now, ground) if last is None or last[0] is not ground else changed(last[1], now, ground)
        self._last = ground, table
        return table

    def forget(self) -> None:
        """Begin from nothing next time."""
        self._last = None
