"""`tocsin serve`, and how any server here is run: until a signal, then cleanly down."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import click

from tocsin.app import Tocsin, open_atlas, open_store
from tocsin.cli import options
from tocsin.clock import SystemClock
from tocsin.web.server import serving


@click.command()
@options.database
@options.realm
@options.atlas
@options.host
@options.port
def serve(
    database: Path | None,
    realm: str | None,
    atlas: str | None,
    host: str | None,
    port: int | None,
) -> None:
    """Serve the API and the pages on the log, creating it where there is none."""
    settings = options.settings(database=database, realm=realm, atlas=atlas, host=host, port=port)
    zones = open_atlas(settings.atlas)
    with closing(open_store(settings, zones)) as store:

        async def main() -> None:
            tocsin = Tocsin(store, zones, SystemClock())
            await until_signalled(tocsin, settings.host, settings.port, announce)

        asyncio.run(main())


def announce(url: str) -> None:
    """Say where it is."""
    click.echo(f"Tocsin is at {url}  (Ctrl-C ends it)")


async def until_signalled(tocsin: Tocsin, host: str, port: int, ready: Callable[[str], object]) -> None:
    """Serve until SIGINT or SIGTERM, or until what runs by itself breaks; its error is raised.

    ``ready`` is called with the address once it answers.
    """
    signalled = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, signalled.set)
    async with serving(tocsin, host, port) as url:
        ready(url)
        living = asyncio.create_task(tocsin.live())
        waiting = asyncio.create_task(signalled.wait())
        done, running = await asyncio.wait((living, waiting), return_when=asyncio.FIRST_COMPLETED)
        for task in running:
            task.cancel()
        for task in done:
            task.result()
