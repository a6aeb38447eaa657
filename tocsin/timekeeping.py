"""The log's time beside the clock's: what may be done when the clock has stepped back behind the last entry."""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin import limits
from tocsin.commands import AcceptClock, AuthorityOrder, EndingOrder, Order, SourceBack, TrustSource
from tocsin.errors import ClockRanBack
from tocsin.store import Store


def require_running_clock(order: Order, recorded_at: datetime | None, now: datetime) -> None:
    """A warning is given whatever the clock says; nothing is ended and nothing allowed by a clock that ran back."""
    if recorded_at is None or isinstance(order, AcceptClock):
        return
    if not isinstance(order, EndingOrder | SourceBack | AuthorityOrder | TrustSource):
        return
    if now < recorded_at - timedelta(seconds=limits.CLOCK_BACK_S):
        raise ClockRanBack(
            f"the clock here says {now.isoformat()}, which is before the log's last entry of "
            f"{recorded_at.isoformat()}: set the clock, or accept it if the log's was wrong",
            now=now.isoformat(),
            recorded_at=recorded_at.isoformat(),
        )


def last_recorded(store: Store) -> datetime | None:
    """When the log's last entry was recorded; None where there is none."""
    head = store.head()
    return store.read(head - 1, 1)[0].recorded_at if head else None


def no_earlier(now: datetime, recorded_at: datetime | None) -> datetime:
    """The clock's time, or the log's where that is later."""
    return now if recorded_at is None else max(now, recorded_at)
