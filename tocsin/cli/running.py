"""`tocsin serve`, and how any server here is run: until a signal, then cleanly down."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import click

from tocsin.app import Tocsin, open_atlas, open_feeds, open_heads, open_store
from tocsin.aside.bell import writer
from tocsin.aside.folder import require_realm
from tocsin.cli import options
from tocsin.cli.settled import settled
from tocsin.clock import SystemClock
from tocsin.door import Bounds, Certificate
from tocsin.lookout.policies import chosen
from tocsin.record.shelf import beside
from tocsin.settings import Settings
from tocsin.shelters.extra import required
from tocsin.texts import load_texts
from tocsin.web import aside
from tocsin.web.server import serving


@click.command()
@options.database
@options.realm
@options.atlas
@options.host
@options.port
@options.tls_cert
@options.tls_key
@options.connections
@options.connections_per_address
@click.option("--texts", type=click.Path(path_type=Path, file_okay=False), help="A folder with approved texts.")
@click.option(
    "--signing-key", type=click.Path(path_type=Path, dir_okay=False), help="The file with the key that signs heads."
)
@click.option(
    "--head-file", type=click.Path(path_type=Path, dir_okay=False), help="A file to hold the latest signed head."
)
@click.option(
    "--static-dir", type=click.Path(path_type=Path, file_okay=False), help="A folder to hold a static copy for others."
)
@click.option(
    "--shelter-networks", type=click.Path(path_type=Path, file_okay=False), help="A folder with the networks of areas."
)
@click.option(
    "--policy", type=click.Path(path_type=Path, dir_okay=False), help="The file that says what follows from reports."
)
@click.option("--follow", multiple=True, metavar="NAME[=URL]", help="A feed to follow; may be given several times.")
def serve(
    database: Path | None,
    realm: str | None,
    atlas: str | None,
    host: str | None,
    port: int | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    connections: int | None,
    connections_per_address: int | None,
    texts: Path | None,
    signing_key: Path | None,
    head_file: Path | None,
    static_dir: Path | None,
    shelter_networks: Path | None,
    policy: Path | None,
    follow: tuple[str, ...],
) -> None:
    """Serve the API and the pages on the log, creating it where there is none."""
    settings = options.settings(
        database=database,
        realm=realm,
        atlas=atlas,
        host=host,
        port=port,
        tls_cert=tls_cert,
        tls_key=tls_key,
        connections=connections,
        connections_per_address=connections_per_address,
        texts=texts,
        signing_key=signing_key,
        head_file=head_file,
        static_dir=static_dir,
        shelter_networks=shelter_networks,
        policy=policy,
        follow=" ".join(follow) or None,
    )
    bounds = options.bounds(settings)
    certificate = options.certificate(settings)
    reachable = options.webhook_networks(settings)
    approved = load_texts(settings.texts)
    zones = open_atlas(settings.atlas)
    follows = chosen(settings.policy, zones)
    if settings.static_dir is not None:
        require_realm(settings.static_dir, settings.realm)
    with closing(open_store(settings, zones)) as store:
        feeds = open_feeds(settings, store, zones)

        async def main() -> None:
            clock = SystemClock()
            heads = open_heads(settings, store, clock)
            tocsin = Tocsin(
                store,
                zones,
                clock,
                texts=approved,
                heads=heads,
                feeds=feeds,
                shelf=beside(settings.database),
                policy=follows,
            )
            tocsin.reporting.prepare_beside()
            tocsin.webhook_networks = reachable
            know_streets(tocsin, settings)
            async with copied(tocsin, settings):
                await until_signalled(tocsin, settings.host, settings.port, announce, bounds, certificate)

        def announce(url: str) -> None:
            options.say(settings.realm, f"Tocsin is at {url}  (Ctrl-C ends it)")
            options.say_if_fewer(settings, bounds)

        asyncio.run(main())


def know_streets(tocsin: Tocsin, settings: Settings) -> None:
    """Have the areas served whose networks are there. Errors: `BadFile`, `BadSetting`."""
    if settings.shelter_networks is None:
        return
    required("numba")
    from tocsin.shelters.areas import Areas

    known = Areas.load(settings.shelter_networks)
    tocsin.areas = Areas(known, lambda: tocsin.service.register, tocsin.store.identity)


@asynccontextmanager
async def copied(tocsin: Tocsin, settings: Settings) -> AsyncIterator[None]:
    """Keep the static copy, where one is wanted, until after the last order."""
    if settings.static_dir is None:
        yield
        return
    async with writer(aside.command(settings, settings.static_dir)) as bell:
        tocsin.service.wake(lambda entries: bell.ring())
        yield


async def until_signalled(
    tocsin: Tocsin,
    host: str,
    port: int,
    ready: Callable[[str], object],
    bounds: Bounds | None = None,
    certificate: Certificate | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, or until what runs by itself breaks; its error is raised.

    ``ready`` is called with the address once it answers.
    """
    signalled = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, signalled.set)
    async with serving(tocsin, host, port, bounds=bounds, certificate=certificate) as url, settled():
        ready(url)
        living = asyncio.create_task(tocsin.live())
        waiting = asyncio.create_task(signalled.wait())
        done, running = await asyncio.wait((living, waiting), return_when=asyncio.FIRST_COMPLETED)
        for task in running:
            task.cancel()
        for task in done:
            task.result()
