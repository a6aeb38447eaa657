"""What JAAM's server says over HTTP, and of what its WebSocket payloads are made."""

from __future__ import annotations

import msgspec

NEVER = 1_645_674_000
"""Since when a lamp is dark that was never lit, as JAAM has it: the night before the invasion, Unix seconds."""


class StateV1(msgspec.Struct, frozen=True, kw_only=True):
    district: bool
    """Whether only some of it is under alert."""
    enabled: bool
    type: str = "state"
    disabled_at: str | None = None
    """Never given there."""
    enabled_at: str | None


class StateV2(msgspec.Struct, frozen=True, kw_only=True):
    alertnow: bool
    district: bool
    changes: str | None
