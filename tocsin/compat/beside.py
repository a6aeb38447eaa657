"""What no dialect has a word for, and every client has to be able to see: headers on each answer of each dialect.

It promises that a calm which nobody vouches for is never told without one of them.
"""

from __future__ import annotations

from tocsin.reading import Reading

CUT_OFF_HEADER = "Tocsin-Cut-Off"
"""Since when an edge has not heard from its node: what it tells may be old."""
UNHEARD_HEADER = "Tocsin-Unheard"
"""On every answer of a Tocsin that was never told of any warning or source: its calm is none."""


def said_beside(tocsin: Reading) -> dict[str, str]:
    """The headers that are due now."""
    said = {}
    if (since := tocsin.hub.cut_off_since) is not None:
        said[CUT_OFF_HEADER] = since.isoformat()
    if not (tocsin.state.touched or tocsin.state.sources):
        said[UNHEARD_HEADER] = "true"
    return said
