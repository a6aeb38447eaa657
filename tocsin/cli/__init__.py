"""The command line: `tocsin COMMAND`. Each command is explained in docs/cli.md or beside it."""

from __future__ import annotations

import sys

import click

from tocsin import __version__
from tocsin.cli.access import access
from tocsin.cli.agreeing import approve, decline, proposals
from tocsin.cli.asking import history, zone
from tocsin.cli.auditing import audit, clock, head
from tocsin.cli.backtesting import command as backtest
from tocsin.cli.checking import doctor, verify
from tocsin.cli.edge import edge
from tocsin.cli.importing import imports
from tocsin.cli.keeping import backup, upgrade
from tocsin.cli.looking import LOOKING
from tocsin.cli.night import demo
from tocsin.cli.ordering import annotate, escalate, extend, narrow, raise_, release, replace, withdraw
from tocsin.cli.record_statistics import statistics
from tocsin.cli.recording import record
from tocsin.cli.reporting import REPORTING
from tocsin.cli.reviewing import REVIEWING
from tocsin.cli.running import serve
from tocsin.cli.shelters import shelters
from tocsin.cli.simulating import sim
from tocsin.cli.sources import source
from tocsin.cli.threats import threats
from tocsin.errors import TocsinError


class Commands(click.Group):
    """Operating errors end a command with a sentence and exit code 1, never with a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except TocsinError as error:
            click.echo(f"tocsin: {error.message} [{error.code}]", err=True)
            for line in error.detail.get("lines", ()):
                click.echo(f"  {line}", err=True)
            sys.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tocsin")
def main() -> None:
    """Tocsin: air-raid warnings as they stand, as they happen and as they were."""


for command in (
    *(serve, edge, demo, imports, history, zone),
    *(raise_, escalate, narrow, extend, release, withdraw, replace, annotate, source),
    *(proposals, approve, decline, access, audit, head, clock),
    *(doctor, verify, backup, upgrade),
    *(shelters, threats, backtest, record),
    sim,
):
    main.add_command(command)

for command in (statistics, *REVIEWING):
    record.add_command(command)

for command in (*REPORTING, *LOOKING):
    threats.add_command(command)
