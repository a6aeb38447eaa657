"""What is loaded to serve stays for ever: the collector of reference cycles is told to pass it over.

It would else look through all of it, the atlas above all, each time that enough has been made anew: everything stands
still meanwhile, for a fifth of a second and more, in the midst of an attack.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

AGAIN_S = 30.0
"""After so long what is made only once somebody asks for it is there too, mostly."""


@asynccontextmanager
async def settled() -> AsyncIterator[None]:
    """Have it so from now on, while the block lasts."""
    gc.collect()
    gc.freeze()
    again = asyncio.get_running_loop().call_later(AGAIN_S, gc.freeze)
    try:
        yield
    finally:
        again.cancel()
