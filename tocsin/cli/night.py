"""`tocsin demo`: the real night of 12-13 November 2024, lived again from the first alert to the last all-clear."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn

from tocsin.access import LOCAL
from tocsin.app import Tocsin, open_atlas, open_store
from tocsin.atlas import Atlas
from tocsin.atlas.settlements import town_meant
from tocsin.cli.example import bring_example, demo_signer, example_area
from tocsin.cli.importing import give_all
from tocsin.cli.running import until_signalled
from tocsin.clock import ReplayClock
from tocsin.commands import Command, TakeReports
from tocsin.engine import State, statuses
from tocsin.events import Entry, Event, HoldEscalated, HoldRaised, HoldReleased, HoldWithdrawn
from tocsin.heads import Heads
from tocsin.intake import sirens
from tocsin.intake.replay import RATES, Replay, Stretch
from tocsin.intake.reports.flights import read_flights, told_of
from tocsin.model import Extent, SourceId, Stage, Status
from tocsin.record import extracts
from tocsin.record.placing import Places
from tocsin.record.shelf import Pile
from tocsin.recorded import DocumentPublished
from tocsin.service import Service
from tocsin.settings import Settings
from tocsin.store import Store
from tocsin.web.server import require_address

NIGHT = Stretch(
    since=datetime(2024, 11, 12, 20, tzinfo=UTC),
    until=datetime(2024, 11, 13, 10, tzinfo=UTC),
    title={"uk": "Ніч проти 13 листопада 2024 року", "en": "The night of 12–13 November 2024"},
)
HISTORY = "oblast_consolidated_2022-03_2026-06.csv.gz"
FOLDER = "night-2024-11-13"
CLAIMS, FLIGHTS = "claims.json", "flights.json"
DESK = SourceId("record")
"""As whom the reports of the night are taken into the record."""

REPLAYED = SourceId("replay")
"""As whom threats are told of that were worked out for this night."""

Timed = tuple[datetime, Command]


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes a free one.")
@click.option(
    "--speed",
    type=click.Choice([f"{rate:g}" for rate in RATES]),
    default="60",
    show_default=True,
    help="Seconds of the night per second.",
)
def demo(host: str, port: int, speed: str) -> None:
    """Live through the real night of 12-13 November 2024 on a map.

    The log is made anew in a temporary folder: first all alerts since March 2022, then the night as it went.
    """
    try:
        _demo(host, port, float(speed))
    except KeyboardInterrupt:
        click.echo("Ended before the night began.", err=True)


def _demo(host: str, port: int, rate: float) -> None:
    asyncio.run(require_address(host, port))
    atlas = open_atlas("ua")
    clock = ReplayClock(NIGHT.since, NIGHT.until, rate=0)
    with _interrupted() as end_if_asked, TemporaryDirectory(prefix="tocsin-demo-") as folder:
        settings = Settings(database=Path(folder) / "demo.db")
        with closing(open_store(settings, atlas)) as store:
            end_if_asked()
            shelf = Pile()
            service = Service(store, atlas.hierarchy, clock, local=atlas.time_zone, text_of=shelf.text_of)
            replay = Replay(NIGHT, _evening(service, [*_reports(atlas, shelf), *_threats(atlas)]), clock)
            end_if_asked()
            asyncio.run(_live(store, atlas, replay, shelf, host, port, rate))


@contextmanager
def _interrupted() -> Iterator[Callable[[], None]]:
    """Ctrl-C ends the block as ever; and what this gives ends it if the interrupt got lost.

    Python drops an exception raised in a finaliser or in a callback of a C library, and a signal can arrive there.
    """
    come = False

    def interrupt(number: int, frame: object) -> None:
        nonlocal come
        come = True
        raise KeyboardInterrupt

    def end_if_asked() -> None:
        if come:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield end_if_asked
    finally:
        signal.signal(signal.SIGINT, before)


def _evening(service: Service, reports: Sequence[Timed]) -> list[Timed]:
    """Bring the log up to the evening before, and give what was ordered and reported in the night."""
    with as_file(files("tocsin.data").joinpath("sirens", HISTORY)) as path:
        timed = [*sirens.commands(sirens.read(path)), *reports]
    give_all(service, [command for at, command in timed if at <= NIGHT.since], "history since March 2022")
    bring_example(service)
    service.snapshot()
    night = [(at, command) for at, command in timed if NIGHT.since < at <= NIGHT.until]
    return sorted(night, key=lambda one: one[0])


def _reports(atlas: Atlas, shelf: Pile) -> list[Timed]:
    """What was said of the night afterwards, and of those before it: taken in and accepted as any report is."""
    with as_file(files("tocsin.data").joinpath(FOLDER, CLAIMS)) as path:
        read = extracts.read(path, Places(atlas.resolve, atlas.zones, town_meant))
    timed: list[Timed] = []
    for extract in read:
        sha256 = shelf.keep(extract.text)
        for name, order in (("take", extract.taking), ("accept", extract.accepting)):
            key = f"{DESK}:{name}:{sha256[:32]}"
            timed.append((extract.at, Command(key=key, actor=LOCAL.holder, source=DESK, order=order)))
    return timed


def _threats(atlas: Atlas) -> list[Timed]:
    """Reports of what flew that night, worked out from its alerts and counts: none of that time is at hand."""
    flights = read_flights(files("tocsin.data").joinpath(FOLDER, FLIGHTS).read_bytes())
    told = told_of(flights, lambda name: atlas.resolve(name).id)
    return [
        (
            one.said_at,
            Command(
                key=f"{REPLAYED}:{number}",
                actor=LOCAL.holder,
                source=REPLAYED,
                order=TakeReports(reports=(one,)),
            ),
        )
        for number, one in enumerate(told)
    ]


async def _live(store: Store, atlas: Atlas, replay: Replay, shelf: Pile, host: str, port: int, rate: float) -> None:
    heads = Heads(store, demo_signer(), replay.clock)
    tocsin = Tocsin(store, atlas, replay.clock, replay=replay, shelf=shelf, heads=heads)
    tocsin.areas = example_area(lambda: tocsin.service.register, store.identity)
    console = Console(highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=console, refresh_per_second=4) as progress:
        night = progress.add_task("", total=(NIGHT.until - NIGHT.since).total_seconds())
        loop = asyncio.get_running_loop()

        def told(entries: Sequence[Entry]) -> None:
            loop.call_soon_threadsafe(_tell, console, atlas, entries)

        def ready(url: str) -> None:
            console.print(f"\n  [bold]{url}[/]   {NIGHT.title['en']}, at {rate:g}x. Ctrl-C ends it.\n", soft_wrap=True)
            replay.control(rate, None)

        tocsin.service.wake(told)
        watching = asyncio.create_task(_watch(tocsin, progress, night))
        try:
            await until_signalled(tocsin, host, port, ready)
        finally:
            watching.cancel()


async def _watch(tocsin: Tocsin, progress: Progress, night: TaskID) -> None:
    """Keep the terminal's clock."""
    while True:
        now = tocsin.clock.now()
        held, level = _oblasts_held(tocsin.atlas, tocsin.state)
        progress.update(
            night,
            completed=(now - NIGHT.since).total_seconds(),
            description=f"{now:%d %b %H:%M:%S} UTC  {held} of {level} oblasts under alert",
        )
        await asyncio.sleep(0.25)


def _oblasts_held(atlas: Atlas, state: State) -> tuple[int, int]:
    said = statuses(state)
    oblasts = atlas.zones_of_level("oblast")
    return sum(said[zone.id] is not Status.CLEAR for zone in oblasts), len(oblasts)


def _tell(console: Console, atlas: Atlas, entries: Sequence[Entry]) -> None:
    """A line for each thing that happened."""
    for entry in entries:
        if line := line_of(atlas, entry.event):
            console.print(line)


def line_of(atlas: Atlas, event: Event) -> str | None:
    """What happened, in one line of console markup; None for what people need not know."""
    match event:
        case DocumentPublished():
            said = escape(f"{event.document.publisher}: {event.document.title or event.document.published}")
            return f"  {event.at:%H:%M:%S}  [magenta]● reported[/]  {said}"
        case HoldRaised():
            early = event.stage is Stage.EARLY_WARNING
            mark = "[yellow]△ early[/]     " if early else "[red]▲ alert[/]     "
            more = "(part of it)" if event.extent is Extent.PART else ""
        case HoldEscalated():
            mark, more = "[red]▲ escalated[/] ", f"(now {event.stage}, {event.level}, {event.threat})".replace("_", " ")
        case HoldReleased():
            mark, more = f"[green]▽ {event.ending:<9}[/] ", ""
        case HoldWithdrawn():
            mark, more = "[cyan]✕ withdrawn[/] ", "(a false alarm)"
        case _:
            return None
    name = escape(atlas.zone(event.zone).names["en"])
    return f"  {event.at:%H:%M:%S}  {mark} {name}  {more}".rstrip()
