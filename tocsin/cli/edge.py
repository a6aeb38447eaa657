"""`tocsin edge`: tell on what another Tocsin tells, to as many as will listen."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import click

from tocsin import limits
from tocsin.app import open_atlas
from tocsin.atlas import Atlas
from tocsin.cli import options
from tocsin.cli.settled import settled
from tocsin.door import Bounds, Certificate
from tocsin.edge.starting import followed, path_of
from tocsin.edge.upstream import address
from tocsin.edge.workers import Workers
from tocsin.errors import BadSetting
from tocsin.settings import Settings
from tocsin.web.server import require_address, serving
from tocsin.web.waiting import waiting


@click.command()
@click.option("--upstream", help="The Tocsin to follow, or another edge.")
@options.realm
@options.atlas
@options.host
@options.port
@options.tls_cert
@options.tls_key
@options.connections
@options.connections_per_address
@click.option(
    "--mirror", type=click.Path(path_type=Path, dir_okay=False), help="The file that keeps what the upstream told."
)
@click.option("--workers", type=int, help="How many processes share the port.")
def edge(
    upstream: str | None,
    realm: str | None,
    atlas: str | None,
    host: str | None,
    port: int | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    connections: int | None,
    connections_per_address: int | None,
    mirror: Path | None,
    workers: int | None,
) -> None:
    """Follow another Tocsin and serve the same API and pages, for reading."""
    settings = options.settings(
        upstream=upstream,
        realm=realm,
        atlas=atlas,
        host=host,
        port=port,
        tls_cert=tls_cert,
        tls_key=tls_key,
        connections=connections,
        connections_per_address=connections_per_address,
        mirror=mirror,
        workers=workers,
    )
    if settings.upstream is None:
        raise BadSetting("an edge has to know its upstream: --upstream or TOCSIN_UPSTREAM")
    url = address(settings.upstream)
    logging.basicConfig(format="tocsin edge: %(message)s")
    asyncio.run(require_address(settings.host, settings.port))
    zones = open_atlas(settings.atlas)
    bounds = options.bounds(settings)
    certificate = options.certificate(settings)

    def announce(here: str) -> None:
        options.say(settings.realm, f"Tocsin is at {here}, an edge of {url}  (Ctrl-C ends it)")
        options.say_if_fewer(settings, bounds)

    if settings.workers == 1:
        asyncio.run(_serve(settings, url, zones, settings.port, settings.mirror, bounds, certificate, announce))
        return

    with _reserved(settings.host, settings.port) as taken:

        def work(number: int, orphaned: int) -> None:
            path = path_of(settings.mirror, number)
            said = announce if number == 0 else lambda here: None
            asyncio.run(_serve(settings, url, zones, taken, path, bounds, certificate, said, orphaned))

        status = Workers(settings.workers, work).run()
    if status:
        sys.exit(status)


async def _serve(
    settings: Settings,
    url: str,
    atlas: Atlas,
    port: int,
    path: Path,
    bounds: Bounds,
    certificate: Certificate | None,
    ready: Callable[[str], object],
    orphaned: int | None = None,
) -> None:
    """Until SIGINT or SIGTERM, or until ``orphaned`` becomes readable."""
    loop = asyncio.get_running_loop()
    ending = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ending.set)
    if orphaned is not None:
        loop.add_reader(orphaned, ending.set)
    async with AsyncExitStack() as stack:
        if orphaned is not None:
            stack.callback(_hear_no_more)
        edge, follower = await stack.enter_async_context(followed(url, path, settings.realm, atlas))
        following = asyncio.create_task(follower.run())
        ended = asyncio.create_task(ending.wait())
        first = asyncio.create_task(follower.first(limits.EDGE_FIRST_S))
        tasks = (following, ended, first)
        try:
            async with AsyncExitStack() as serves, AsyncExitStack() as knows_nothing:
                announced = not edge.known.is_set()
                if announced:
                    waits = waiting(settings.realm, url, settings.host, port, certificate)
                    here, port = await knows_nothing.enter_async_context(waits)
                    ready(here)
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                if not following.done() and not ended.done():
                    served = serving(edge, settings.host, port, bounds=bounds, shared=True, certificate=certificate)
                    here = await serves.enter_async_context(served)
                    await serves.enter_async_context(settled())
                    await knows_nothing.aclose()
                    if not announced:
                        ready(here)
                await asyncio.wait((following, ended), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if not following.cancelled():
            following.result()


def _hear_no_more() -> None:
    """For a worker at its end: its loop closes its pipe before it lets go of signals, and one in between would be told
    as a mistake of the program."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})


@contextmanager
def _reserved(host: str, port: int) -> Iterator[int]:
    """A port that the workers will share, and nobody else gets in between."""
    family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[
        0
    ]
    with socket.socket(family, kind, protocol) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind(where)
        yield sock.getsockname()[1]
