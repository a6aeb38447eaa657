"""What the upstream lets everybody know of threats, as an edge passes it on: to the byte, while it is good.

It is asked for every few seconds, and when the stream says that something happened that is not public, as a report is;
never for a reader. Where it was not confirmed for a while nothing is told of it, which does not say that there is none.
"""

from __future__ import annotations

from typing import NamedTuple

from tocsin.edge.upstream import Upstream
from tocsin.limits import EDGE_THREATS_OLD_S


class Told(NamedTuple):
    """A value."""

    etag: str
    content: bytes
    heard_s: float
    """When the upstream last said that it is so still, in seconds of this machine's own clock."""

    def good_at(self, now_s: float) -> bool:
        return now_s - self.heard_s <= EDGE_THREATS_OLD_S


async def passed_on(upstream: Upstream, before: Told | None, now_s: float) -> Told:
    """As it stands there now. Errors: `ServerUnreachable`."""
    found = await upstream.threats(None if before is None else before.etag)
    if found is None:
        assert before is not None, "nothing else can be unchanged"
        return before._replace(heard_s=now_s)
    etag, content = found
    return Told(etag, content, now_s)
