"""What stands, as told to everyone: the JSON of a state, made once."""

from __future__ import annotations

import gzip
from collections.abc import Collection
from datetime import datetime

import msgspec

from tocsin.engine import State, stale_zones, statuses
from tocsin.model import Hold, Realm, Source, Status, ZoneId


class StateBody(msgspec.Struct, frozen=True, kw_only=True):
    """What stands now: every zone by name, and every open hold. A function of the log up to ``seq`` alone, but for
    ``cut_off_since``."""

    seq: int
    realm: Realm
    zones: dict[ZoneId, Status]
    stale: list[ZoneId]
    """Zones whose status rests on a source that fell silent, or that such a source speaks for."""
    holds: list[Hold]
    sources: list[Source]
    """The sources that are watched or silent."""
    heard: bool
    """Whether a warning or a source has ever been told of. Where not, that nothing is held is no calm."""
    cut_off_since: datetime | None = None
    """Since when this server, which is then an edge, has not heard from the one that takes orders."""


class Encoded(msgspec.Struct, frozen=True):
    """A state's JSON, made once per seq."""

    seq: int
    etag: str
    cut_off_since: str | None
    """As in the body, for a header."""
    body: bytes
    gzipped: bytes


def state_body(state: State, realm: Realm, cut_off_since: datetime | None = None) -> StateBody:
    return StateBody(
        seq=state.seq,
        realm=realm,
        zones=statuses(state),
        stale=stale_zones(state),
        holds=sorted(state.holds.values(), key=lambda hold: hold.id),
        sources=sorted(state.sources.values(), key=lambda source: source.id),
        heard=bool(state.touched or state.sources),
        cut_off_since=cut_off_since,
    )


def encoded(body: StateBody, mark: str = "") -> Encoded:
    """``mark`` is put into the ETag: where the seq does not tell this state from another that was told."""
    data = msgspec.json.encode(body)
    if body.cut_off_since is None:
        return Encoded(body.seq, f'"{body.seq}{mark}"', None, data, gzip.compress(data, 5, mtime=0))
    since = msgspec.to_builtins(body.cut_off_since)
    return Encoded(body.seq, f'"{body.seq}{mark}-{since}"', since, data, gzip.compress(data, 5, mtime=0))


def narrowed(body: StateBody, state: State, zones: Collection[ZoneId]) -> StateBody:
    """What of it says anything about these zones: they, what they lie in and what lies in them."""
    hierarchy = state.hierarchy
    near = {up for zone in zones for up in (zone, *hierarchy.ancestors(zone), *hierarchy.descendants(zone))}
    return msgspec.structs.replace(
        body,
        zones={zone: body.zones[zone] for zone in sorted(near)},
        stale=[zone for zone in body.stale if zone in near],
        holds=[hold for hold in body.holds if hold.zone in near],
    )
