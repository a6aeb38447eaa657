"""Where all open threats are, as arrays: which of a thousand a sighting can be of at all.

It only sifts. Whom it passes over `fitting` and `merging` would refuse, and they have the last word on all others;
tests/assess/test_incremental.py holds the one against the other.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from tocsin.assess.ground import Floats
from tocsin.assess.merging import BESIDE_KM, TOGETHER_KM
from tocsin.assess.profiles import Manner, Profile
from tocsin.assess.sighting import Sighting
from tocsin.assess.track import Track, TrackId

MARGIN_KM = 0.001
"""For what arithmetic in another sequence gives otherwise."""

TWINS_S = 900.0
"""What was not heard of for longer than this is merged with nothing."""

AIM_MARGIN = 1.5
"""How many times as far as its course is trusted a place may lie that it is said to head for."""

ROOM = 64

COLUMNS = 9
_AT, _X, _Y, _VX, _VY, _SIGMA, _FAST, _FASTEST, _TRUSTED = range(COLUMNS)
NOWHERE = (float("nan"),) * COLUMNS

Mask = npt.NDArray[np.bool_]


class Nearby:
    """The open tracks of one state. Whoever folds keeps it up to date; a picture that must stay as it is has a copy."""

    __slots__ = ("_columns", "_flies", "_jet", "_place", "_tracks")

    def __init__(self, tracks: Iterable[Track], jet: Profile) -> None:
        """``jet`` is what a drone may be of which nobody said more."""
        self._jet = jet
        self._tracks: list[Track | None] = []
        """In the sequence in which they stand in the picture; None where one is gone."""
        self._place: dict[TrackId, int] = {}
        self._columns: Floats = np.empty((COLUMNS, ROOM))
        self._flies: Mask = np.zeros(ROOM, dtype=np.bool_)
        if some := list(tracks):
            self._tracks += some
            self._place = {track.id: at for at, track in enumerate(some)}
            self._columns = np.array([self._column(track) for track in some], dtype=np.float64).T.copy()
            self._flies = np.array([_flies(track) for track in some], dtype=np.bool_)

    def copy(self) -> Nearby:
        other = Nearby((), self._jet)
        other._tracks, other._place = self._tracks.copy(), self._place.copy()
        other._columns, other._flies = self._columns.copy(), self._flies.copy()
        return other

    def put(self, track: Track) -> None:
        """A track that is new, or has changed."""
        at = self._place.get(track.id)
        if at is None:
            at = self._place[track.id] = len(self._tracks)
            self._tracks.append(None)
            if at == self._columns.shape[1]:
                self._columns = np.concatenate((self._columns, np.empty_like(self._columns)), axis=1)
                self._flies = np.concatenate((self._flies, np.zeros_like(self._flies)))
        self._tracks[at] = track
        self._columns[:, at] = self._column(track)
        self._flies[at] = _flies(track)

    def same(self, track: Track) -> None:
        """Have this one in the place of one that is equal to it."""
        self._tracks[self._place[track.id]] = track

    def _column(self, track: Track) -> tuple[float, ...]:
        there, profile = track.motion, track.profile
        if there is None:
            return NOWHERE
        fast, jet = profile.fast_m_s / 1000.0, self._jet.fast_m_s / 1000.0
        return (
            there.at_s,
            there.x,
            there.y,
            there.vx,
            there.vy,
            there.sigma_km,
            fast,
            fast if fast > jet else jet,
            AIM_MARGIN * profile.usual_m_s * 60.0 * profile.trusted_min / 1000.0,
        )

    def drop(self, id: TrackId) -> None:
        """One that is over, or became part of another."""
        at = self._place.pop(id)
        self._tracks[at] = None
        if len(self._tracks) > 2 * len(self._place) + ROOM:
            left = [track for track in self._tracks if track is not None]
            other = Nearby(left, self._jet)
            self._tracks, self._place = other._tracks, other._place
            self._columns, self._flies = other._columns, other._flies

    def fitting(self, sighting: Sighting) -> list[Track]:
        """Those that the sighting may be of."""
        columns = self._columns[:, : len(self._tracks)]
        at_s, x, y, sigma = columns[_AT], columns[_X], columns[_Y], columns[_SIGMA]
        places = sighting.at
        with np.errstate(invalid="ignore"):
            elapsed = sighting.said_s - at_s
            if places:
                fast = np.maximum(columns[_FASTEST], sighting.profile.fast_m_s / 1000.0)
                out = np.ones(len(elapsed), dtype=np.bool_)
                for at in places:
                    reach = fast * elapsed + 3.0 * (sigma + at.sigma_km)
                    out &= (np.abs(at.x - x) > reach) | (np.abs(at.y - y) > reach)
                if len(places) > 1:
                    out = self._only_flying(out, sighting)
            elif sighting.track is None:
                elapsed = np.maximum(elapsed, 0.0)
                here_x, here_y = x + elapsed * columns[_VX], y + elapsed * columns[_VY]
                out = np.ones(len(elapsed), dtype=np.bool_)
                for aim in sighting.aims:
                    away = np.hypot(aim.x - here_x, aim.y - here_y)
                    out &= away > columns[_TRUSTED] + aim.radius_km + MARGIN_KM
                out = self._only_flying(out, sighting)
            else:
                out = np.zeros(len(elapsed), dtype=np.bool_)
        return self._those(~out)

    def twins(self, track: Track) -> list[Track]:
        """Those that may be the same as a track by now."""
        ours = track.motion
        if ours is None:
            return []
        columns = self._columns[:, : len(self._tracks)]
        with np.errstate(invalid="ignore"):
            elapsed = ours.at_s - columns[_AT]
            reach = 3.0 * TOGETHER_KM + elapsed * columns[_FAST] + MARGIN_KM
            near = (
                (elapsed <= TWINS_S) & (np.abs(columns[_X] - ours.x) <= reach) & (np.abs(columns[_Y] - ours.y) <= reach)
            )
        return self._those(near)

    def beside(self, track: Track) -> list[Track]:
        """Those that a track which begins may have split off from."""
        ours = track.motion
        if ours is None:
            return []
        columns = self._columns[:, : len(self._tracks)]
        with np.errstate(invalid="ignore"):
            elapsed = np.maximum(ours.at_s - columns[_AT], 0.0)
            dx = columns[_X] + elapsed * columns[_VX] - ours.x
            dy = columns[_Y] + elapsed * columns[_VY] - ours.y
            near = np.hypot(dx, dy) <= BESIDE_KM + MARGIN_KM
        return self._those(near)

    def _only_flying(self, out: Mask, sighting: Sighting) -> Mask:
        """Where it is says nothing of what does not fly: that goes by areas."""
        if sighting.profile.manner is not Manner.FLIES:
            return np.zeros(len(out), dtype=np.bool_)
        return out & self._flies[: len(out)]

    def _those(self, which: Mask) -> list[Track]:
        found = (self._tracks[at] for at in np.flatnonzero(which).tolist())
        return [track for track in found if track is not None]


def _flies(track: Track) -> bool:
    return track.motion is not None and track.profile.manner is Manner.FLIES
