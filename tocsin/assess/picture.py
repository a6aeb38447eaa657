"""The picture: all threats, from all reports. Whatever sequence the reports come in, and however often, it is the same.

Reports are folded in the sequence in which they were said. One that comes late is put where it belongs, and what was
said after it is folded again from the last checkpoint before it. The picture asks no clock: what is stale depends on
when one looks, and what is forgotten on nothing but the limits, which docs/assessment.md names.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from tocsin import limits
from tocsin.assess import motion as moving
from tocsin.assess.fitting import Fit, fit
from tocsin.assess.ground import Ground
from tocsin.assess.joining import begin, join
from tocsin.assess.merging import beside, merged, twin
from tocsin.assess.profiles import Profile, Profiles, profiles
from tocsin.assess.reach import Rows
from tocsin.assess.sighting import End, Sighting, end_in, sightings
from tocsin.assess.track import Ended, Track, TrackId
from tocsin.model import SourceId, Threat, ZoneId
from tocsin.report import ALL, Make, Report, ReportId

CHECKPOINT = 32
"""After so many reports the state is kept, to fold again from."""

INLAND_KM = 100.0
"""What comes from outside is seen before it is further inside than this, mostly."""

NEAR_END_KM = 15.0
"""An end of a place is of what is within so many kilometres of it too."""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What the picture is made upon."""

    ground: Ground
    trusted: frozenset[SourceId] = frozenset()
    """Sources whose ends hold for what others reported too. The ends of all others end what they alone speak of."""
    profiles: Profiles = msgspec.field(default_factory=profiles)


class Item(NamedTuple):
    """A report as it is folded."""

    said_s: float
    id: ReportId
    sightings: tuple[Sighting, ...]
    end: End | None


class Over(msgspec.Struct, frozen=True, kw_only=True):
    """An end that was declared: of which kinds, where, by whom."""

    end: End
    trusted: bool


class State(NamedTuple):
    """After some reports."""

    open: Mapping[TrackId, Track]
    ended: Mapping[TrackId, Track]
    overs: tuple[Over, ...]


NOTHING = State({}, {}, ())


class Picture:
    """Never changes; `add` gives another."""

    __slots__ = ("_checkpoints", "_ids", "_items", "_state", "reached", "setting")

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._items: tuple[Item, ...] = ()
        self._ids: frozenset[ReportId] | set[ReportId] = frozenset()
        self._checkpoints: tuple[tuple[int, State], ...] = ((0, NOTHING),)
        self._state = NOTHING
        self.reached: dict[TrackId, tuple[Track, Rows]] = {}
        """What each track reaches, once it was asked for: shared with the pictures made of this one."""

    @property
    def tracks(self) -> Mapping[TrackId, Track]:
        """All that is not over, stale ones too."""
        return self._state.open

    @property
    def ended(self) -> Mapping[TrackId, Track]:
        return self._state.ended

    @property
    def overs(self) -> tuple[Over, ...]:
        """The ends that were declared, in their sequence."""
        return self._state.overs

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, id: object) -> bool:
        return id in self._ids

    def add(self, *reports: Report) -> Picture:
        """The picture with these reports too; this one where it has them all."""
        fresh: dict[ReportId, Item] = {}
        for report in reports:
            id = report.id
            if id not in self._ids and id not in fresh:
                fresh[id] = self._item(report, id)
        return self._with(fresh) if fresh else self

    def _item(self, report: Report, id: ReportId) -> Item:
        ground = self.setting.ground
        seen = sightings(report, id, ground, self.setting.profiles)
        return Item(report.said_at.timestamp(), id, seen, end_in(report, id))

    def _with(self, fresh: Mapping[ReportId, Item]) -> Picture:
        made = sorted(fresh.values(), key=_key)
        first = bisect_left(self._items, _key(made[0]), key=_key)
        tail = sorted((*self._items[first:], *made), key=_key)
        keep = [one for one in self._checkpoints if one[0] <= first]
        done, state = keep[-1] if first < len(self._items) else (first, self._state)
        items = (*self._items[:first], *tail)
        for number in range(done, len(items)):
            if number and number % CHECKPOINT == 0 and number > keep[-1][0]:
                keep.append((number, state))
            state = fold(state, items[number], self.setting)
        other = Picture(self.setting)
        other._ids = self._ids | fresh.keys()
        other._items, other._checkpoints, other._state = items, tuple(keep), state
        other.reached = self.reached
        return other._shortened() if len(items) > limits.PICTURE_REPORTS else other

    def _shortened(self) -> Picture:
        """Without the older half of the reports. What they told of stays; what is long over is forgotten."""
        at, state = next(one for one in self._checkpoints if one[0] >= len(self._items) // 2)
        cut_s = self._items[at].said_s
        base = forgetting(state, cut_s)
        other = Picture(self.setting)
        other._items = self._items[at:]
        other._ids = {item.id for item in self._items}
        checkpoints, now = [(0, base)], base
        for number, item in enumerate(other._items):
            if number and number % CHECKPOINT == 0:
                checkpoints.append((number, now))
            now = fold(now, item, self.setting)
        other._checkpoints, other._state = tuple(checkpoints), now
        return other


def _key(item: Item) -> tuple[float, str]:
    return item.said_s, item.id


def forgetting(state: State, now_s: float) -> State:
    """Without what ended, or was last heard of, `limits.FORGOTTEN_AFTER_S` ago and more."""
    before = now_s - limits.FORGOTTEN_AFTER_S
    return State(
        {id: track for id, track in state.open.items() if track.last_s >= before},
        {id: track for id, track in state.ended.items() if track.ended is None or track.ended.said_s >= before},
        tuple(over for over in state.overs if over.end.said_s >= before),
    )


def fold(state: State, item: Item, setting: Setting) -> State:
    """The state after one more report."""
    for sighting in item.sightings:
        state = _take(state, sighting, setting)
    return state if item.end is None else _end(state, item.end, setting)


def _take(state: State, sighting: Sighting, setting: Setting) -> State:
    ground, jet = setting.ground, setting.profiles.by_name[Make.JET_DRONE]
    best: tuple[float, str, Track, Fit] | None = None
    for track in state.open.values():
        if _out_of_reach(track, sighting, jet):
            continue
        how = fit(track, sighting, jet)
        if how is not None and (best is None or (how.cost, track.id) < best[:2]):
            best = (how.cost, track.id, track, how)
    tracks = dict(state.open)
    if best is None:
        track = begin(sighting, ground)
        near = beside(track, state.open.values())
        inland = near is None and track.motion is not None and _inland(track.motion, ground)
        track = msgspec.structs.replace(track, beside=near, inland=inland)
        tracks[track.id] = track
        return state._replace(open=tracks)
    track = join(best[2], sighting, best[3], ground, jet)
    other = twin(track, state.open.values())
    if other is not None:
        older, younger = sorted((track, other), key=lambda one: (one.began_s, one.id))
        del tracks[younger.id]
        track = merged(older, younger)
    tracks[track.id] = track
    return state._replace(open=tracks)


def _out_of_reach(track: Track, sighting: Sighting, jet: Profile) -> bool:
    """Whether it is plain at first sight that it cannot be the same: too far for the time."""
    there = track.motion
    if there is None or len(sighting.at) != 1:
        return False
    at = sighting.at[0]
    fast = max(track.profile.fast_m_s, sighting.profile.fast_m_s, jet.fast_m_s) / 1000.0
    reach = fast * (sighting.said_s - there.at_s) + 3.0 * (there.sigma_km + at.sigma_km)
    return abs(at.x - there.x) > reach or abs(at.y - there.y) > reach


def _inland(motion: moving.Motion, ground: Ground) -> bool:
    return ground.inland_km(motion.x, motion.y) > INLAND_KM


def _end(state: State, end: End, setting: Setting) -> State:
    trusted = end.source in setting.trusted
    tracks, over = dict(state.open), dict(state.ended)
    for track in state.open.values():
        if not _spoken_of(track, end, setting.ground):
            continue
        left = () if ALL in end.kinds else tuple(kind for kind in track.kinds if kind.value not in end.kinds)
        if left == track.kinds:
            continue
        if left:
            if trusted:
                tracks[track.id] = msgspec.structs.replace(track, kinds=left)
            continue
        done = {**track.done, end.source: end.said_s} if end.source in track.sources else track.done
        still = [source for source, said_s in track.sources.items() if done.get(source, -1.0) < said_s]
        if still and not trusted:
            tracks[track.id] = msgspec.structs.replace(track, done=done)
            continue
        del tracks[track.id]
        by = Ended(report=end.report, source=end.source, said_s=end.said_s)
        over[track.id] = msgspec.structs.replace(track, done=done, ended=by)
    overs = (*state.overs, Over(end=end, trusted=trusted))[-limits.ENDS_KEPT :]
    return State(tracks, over, overs)


def _spoken_of(track: Track, end: End, ground: Ground) -> bool:
    """Whether an end is of this track, as far as its place goes."""
    if end.track is not None and any(source == end.source for source, _ in track.own_ids):
        return (end.source, end.track) in track.own_ids
    if not end.zones:
        return True
    if track.motion is not None:
        there = moving.ahead(track.motion, end.said_s, track.profile)
        for patch in filter(None, map(ground.patch, end.zones)):
            off = ((there.x - patch.x) ** 2 + (there.y - patch.y) ** 2) ** 0.5
            if off <= patch.radius_km + NEAR_END_KM + min(there.sigma_km, 2.0 * NEAR_END_KM):
                return True
        return False
    named = {*track.named, *track.threatened}
    return bool(named) and all(_in_any(zone, end.zones, ground) for zone in named)


def _in_any(zone: ZoneId, zones: Iterable[ZoneId], ground: Ground) -> bool:
    above = (zone, *ground.hierarchy.ancestors(zone)) if zone in ground.hierarchy else (zone,)
    return not set(zones).isdisjoint(above)


def kinds_of(end: End) -> frozenset[Threat]:
    """The kinds that an end speaks of."""
    return _EVERY if ALL in end.kinds else frozenset(kind for kind in _EVERY if kind.value in end.kinds)


_EVERY = frozenset(Threat)
