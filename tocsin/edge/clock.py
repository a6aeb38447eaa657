"""The upstream's clock, counted on from what it said last; while nothing is heard it is counted on all the same."""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin.channels.stream import Clockface
from tocsin.clock import Clock, SystemClock


class FollowedClock:
    """A `Clock` that others set. Until they do it is this machine's."""

    def __init__(self, own: Clock | None = None) -> None:
        self._own = own or SystemClock()
        self._face: Clockface | None = None
        self._set_at_s = 0.0

    def set(self, face: Clockface) -> None:
        """The upstream's clock says this now."""
        self._face, self._set_at_s = face, self._own.elapsed_s()

    def now(self) -> datetime:
        return self.face().now

    def elapsed_s(self) -> float:
        return self._own.elapsed_s()

    @property
    def rate(self) -> float:
        return self._face.rate if self._face else self._own.rate

    def face(self) -> Clockface:
        """What it says, for clients to count on from."""
        face = self._face
        if face is None:
            return Clockface(now=self._own.now(), rate=self._own.rate, replay=None)
        now = face.now + timedelta(seconds=(self._own.elapsed_s() - self._set_at_s) * face.rate)
        if face.replay is not None:
            now = max(face.now, min(now, face.replay.until))
        return Clockface(now=now, rate=face.rate, replay=face.replay)
