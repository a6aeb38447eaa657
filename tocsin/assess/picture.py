"""The picture: all threats, from all reports. Whatever sequence the reports come in, and however often, it is the same.

Reports are folded in the sequence in which they were said. One that comes late is put where it belongs, and what was
said after it is folded again from the last checkpoint before it. The picture asks no clock: what is stale depends on
when one looks, and what is forgotten on nothing but the limits, which docs/assessment.md names.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from tocsin import limits
from tocsin.assess import motion as moving
from tocsin.assess.fitting import Fit, fit
from tocsin.assess.ground import Ground
from tocsin.assess.joining import begin, join
from tocsin.assess.merging import beside, merged, twin
from tocsin.assess.nearby import Nearby
from tocsin.assess.profiles import Profile, Profiles, profiles
from tocsin.assess.sighting import End, Sighting, end_in, sightings
from tocsin.assess.table import Tables
from tocsin.assess.track import Ended, Track, TrackId
from tocsin.model import SourceId, Threat, ZoneId
from tocsin.report import ALL, Make, Report, ReportId

CHECKPOINT = 32
"""After so many reports the state is kept, to fold again from."""

INLAND_KM = 100.0
INLAND_S = 900.0
"""What comes from outside is seen before it is further inside than this, mostly, or has flown for so long."""

NEAR_END_KM = 15.0
"""An end of a place is of what is within so many kilometres of it too."""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What the picture is made upon."""

    ground: Ground
    trusted: frozenset[SourceId] = frozenset()
    """Sources whose ends hold for what others reported too. The ends of all others end what they alone speak of."""
    profiles: Profiles = msgspec.field(default_factory=profiles)

    @property
    def jet(self) -> Profile:
        """What a drone may be of which nobody said more."""
        return self.profiles.by_name[Make.JET_DRONE]


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

    __slots__ = ("_checkpoints", "_items", "_known", "_nearby", "_state", "setting", "tables")

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._items: tuple[Item, ...] = ()
        self._known: tuple[frozenset[ReportId], ...] = ()
        """The ids of all reports, in a few sets, each at least twice as large as the next: one more costs little."""
        self._checkpoints: tuple[tuple[int, State], ...] = ((0, NOTHING),)
        self._state = NOTHING
        self._nearby = Nearby((), setting.jet)
        self.tables = Tables()
        """What the tracks reach, once it was asked for: shared with the pictures made of this one."""

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
        return any(id in some for some in self._known)

    def add(self, *reports: Report) -> Picture:
        """The picture with these reports too; this one where it has them all."""
        fresh: dict[ReportId, Item] = {}
        for report in reports:
            id = report.id
            if id not in self and id not in fresh:
                fresh[id] = self._item(report, id)
        return self._with(fresh) if fresh else self

    def _item(self, report: Report, id: ReportId) -> Item:
        ground = self.setting.ground
        seen = sightings(report, id, ground, self.setting.profiles)
        return Item(report.said_at.timestamp(), id, seen, end_in(report, id))

    def _with(self, fresh: Mapping[ReportId, Item]) -> Picture:
        made = sorted(fresh.values(), key=_key)
        first = bisect_left(self._items, _key(made[0]), key=_key)
        other = Picture(self.setting)
        other._known = with_ids(self._known, fresh.keys())
        other.tables = self.tables
        if first == len(self._items):
            keep, (done, state) = list(self._checkpoints), (first, self._state)
            other._items, other._nearby = (*self._items, *made), self._nearby.copy()
        else:
            keep = [one for one in self._checkpoints if one[0] <= first]
            done, state = keep[-1]
            other._items = (*self._items[:first], *sorted((*self._items[first:], *made), key=_key))
            other._nearby = Nearby(state.open.values(), self.setting.jet)
        for number in range(done, len(other._items)):
            if number and number % CHECKPOINT == 0 and number > keep[-1][0]:
                keep.append((number, state))
            state = fold(state, other._items[number], self.setting, other._nearby)
        if done < first:  # what came out as it was is the very same: nothing is reckoned anew for it
            state = _kept(self._state, state, other._nearby)
        other._checkpoints, other._state = tuple(keep), state
        return other._shortened() if len(other._items) > limits.PICTURE_REPORTS else other

    def _shortened(self) -> Picture:
        """Without the older half of the reports. What they told of stays; what is long over is forgotten."""
        at = next(number for number, _ in self._checkpoints if number >= len(self._items) // 2)
        cut_s = self._items[at].said_s
        other = Picture(self.setting)
        other._items, other._known, other.tables = (
            self._items[at:],
            (frozenset(one.id for one in self._items),),
            self.tables,
        )
        other._checkpoints = tuple(
            (number - at, forgetting(state, cut_s)) for number, state in self._checkpoints if number >= at
        )
        other._state = forgetting(self._state, cut_s)
        other._nearby = Nearby(other._state.open.values(), self.setting.jet)
        return other


def _kept(before: State, state: State, nearby: Nearby) -> State:
    """The state, with the tracks of the one before wherever they are equal."""
    tracks = dict(state.open)
    for id, track in state.open.items():
        had = before.open.get(id)
        if had is not None and had is not track and had == track:
            tracks[id] = had
            nearby.same(had)
    return state._replace(open=tracks)


def with_ids(known: Sequence[frozenset[ReportId]], ids: Iterable[ReportId]) -> tuple[frozenset[ReportId], ...]:
    """The sets with some more in them."""
    sets = [*known, frozenset(ids)]
    while len(sets) > 1 and len(sets[-2]) < 2 * len(sets[-1]):
        last = sets.pop()
        sets[-1] |= last
    return tuple(sets)


def _key(item: Item) -> tuple[float, str]:
    return item.said_s, item.id


def forgetting(state: State, now_s: float) -> State:
    """Without what ended, or was last heard of, `limits.FORGOTTEN_AFTER_S` ago and more."""
    before = now_s - limits.FORGOTTEN_AFTER_S
    if all(track.last_s >= before for track in state.open.values()) and not (state.ended or state.overs):
        return state
    return State(
        {id: track for id, track in state.open.items() if track.last_s >= before},
        {id: track for id, track in state.ended.items() if track.ended is None or track.ended.said_s >= before},
        tuple(over for over in state.overs if over.end.said_s >= before),
    )


def fold(state: State, item: Item, setting: Setting, nearby: Nearby) -> State:
    """The state after one more report. ``nearby`` is of the state, and of the one that is given afterwards."""
    for sighting in item.sightings:
        state = _take(state, sighting, setting, nearby)
    return state if item.end is None else _end(state, item.end, setting, nearby)


def _take(state: State, sighting: Sighting, setting: Setting, nearby: Nearby) -> State:
    ground, jet = setting.ground, setting.jet
    best: tuple[float, str, Track, Fit] | None = None
    for track in nearby.fitting(sighting):
        how = fit(track, sighting, jet)
        if how is not None and (best is None or (how.cost, track.id) < best[:2]):
            best = (how.cost, track.id, track, how)
    tracks = dict(state.open)
    if best is None:
        track = begin(sighting, ground)
        near = beside(track, nearby.beside(track))
        inland = near is None and track.motion is not None and _inland(track.motion, track.profile, ground)
        track = msgspec.structs.replace(track, beside=near, inland=inland)
    else:
        track = join(best[2], sighting, best[3], ground, jet)
        other = twin(track, nearby.twins(track))
        if other is not None:
            older, younger = sorted((track, other), key=lambda one: (one.began_s, one.id))
            del tracks[younger.id]
            nearby.drop(younger.id)
            track = merged(older, younger)
    tracks[track.id] = track
    nearby.put(track)
    return state._replace(open=tracks)


def _inland(motion: moving.Motion, profile: Profile, ground: Ground) -> bool:
    return ground.inland_km(motion.x, motion.y) > min(INLAND_KM, profile.usual_m_s * INLAND_S / 1000.0)


def _end(state: State, end: End, setting: Setting, nearby: Nearby) -> State:
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
                nearby.put(tracks[track.id])
            continue
        done = {**track.done, end.source: end.said_s} if end.source in track.sources else track.done
        still = [source for source, said_s in track.sources.items() if done.get(source, -1.0) < said_s]
        if still and not trusted:
            tracks[track.id] = msgspec.structs.replace(track, done=done)
            nearby.put(tracks[track.id])
            continue
        del tracks[track.id]
        nearby.drop(track.id)
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
