"""The feeds that can be followed: where each is, how often it may be asked, and when it counts as silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from yarl import URL

from tocsin.errors import BadSetting
from tocsin.intake.following.another_tocsin import NAME
from tocsin.limits import (
    FEED_SILENT_ALERTS_IN_UA_S,
    FEED_SILENT_OREF_S,
    FEED_SILENT_TOCSIN_S,
    FEED_SILENT_UKRAINEALARM_S,
)
from tocsin.model import SourceId


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """One feed."""

    name: SourceId
    """And the source of the holds that it leads to."""
    url: str
    every_s: float
    """Seconds for each request: so the feed's limit is kept with room to spare."""
    silent_after_s: int
    """After so many seconds without a good reading it counts as silent."""
    longest_wait_s: float = 60.0
    """Between two requests, where what is asked fails again and again."""
    refused_wait_s: float = 300.0
    """The same where it says that one asks too often, or may not ask."""


FEEDS: Mapping[str, Feed] = {
    feed.name: feed
    for feed in (
        Feed(
            name=SourceId("alerts.in.ua"),
            url="https://api.alerts.in.ua",
            every_s=7.0,
            silent_after_s=FEED_SILENT_ALERTS_IN_UA_S,
        ),
        Feed(
            name=SourceId("ukrainealarm"),
            url="https://api.ukrainealarm.com",
            every_s=21.0,
            silent_after_s=FEED_SILENT_UKRAINEALARM_S,
        ),
        Feed(name=SourceId("oref"), url="https://www.oref.org.il", every_s=2.0, silent_after_s=FEED_SILENT_OREF_S),
        Feed(name=NAME, url="", every_s=5.0, silent_after_s=FEED_SILENT_TOCSIN_S),
    )
}
"""By name. For another Tocsin ``every_s`` is the time between two snapshots that are held against each other."""


def chosen(asked: Sequence[str]) -> list[Feed]:
    """The feeds that are asked for, as ``NAME`` or ``NAME=URL``. Errors: `BadSetting`."""
    found: dict[str, Feed] = {}
    for one in asked:
        name, given, url = one.partition("=")
        feed = FEEDS.get(name)
        if feed is None:
            raise BadSetting(f"there is no feed {name!r} to follow; there are {', '.join(FEEDS)}", feed=name)
        if name in found:
            raise BadSetting(f"{name} is to be followed twice: one source is one feed", feed=name)
        if given:
            feed = msgspec.structs.replace(feed, url=_address(name, url))
        if not feed.url:
            raise BadSetting(f"where is the Tocsin that is to be followed? --follow {name}=URL", feed=name)
        found[name] = feed
    return list(found.values())


def _address(name: str, url: str) -> str:
    try:
        read = URL(url)
    except ValueError:
        read = URL()
    if read.scheme not in ("http", "https") or not read.host or read.user or read.query_string or read.fragment:
        raise BadSetting(f"{name} is to be followed at an address such as https://node:8080, not {url!r}", feed=name)
    return url.rstrip("/")
