"""`tocsin raise`, `escalate`, `narrow`, `extend`, `release`, `withdraw`, `replace` and `annotate`: orders to a running
Tocsin about warnings, through its API."""

from __future__ import annotations

import click

from tocsin.app import open_atlas
from tocsin.atlas import Atlas
from tocsin.cli import options
from tocsin.cli.asking import moment
from tocsin.cli.calling import envelope, enveloped, give
from tocsin.cli.options import Command
from tocsin.model import Extent, Hazard, Level, Stage, Threat

hazard = click.option(
    "--hazard", type=options.one_of(Hazard), default=Hazard.AIR_RAID.value, help="What kind of danger."
)
at = click.option("--at", type=moment, help="When it takes effect; now, if not given.")
cause = click.option("--cause", help="What people are told of why.")
to = click.option("--to", multiple=True, required=True, help="A zone that it is to hold for; may be given repeatedly.")


def about_warnings(command: Command) -> Command:
    """What all of these take."""
    for option in (enveloped, cause, at, hazard, options.atlas, click.argument("zones", nargs=-1, required=True)):
        command = option(command)
    return command


def upon_holds(command: Command) -> Command:
    """What those take that act upon open holds."""
    for option in (
        click.option("--of", help="Whose holds; your own source's, if not given."),
        click.option("--ref", help="Only the hold of this alert of the source; all, if not given."),
        click.option("--threat", type=options.one_of(Threat), help="Only holds of this threat; all, if not given."),
        about_warnings,
    ):
        command = option(command)
    return command


@click.command("raise")
@click.option("--threat", type=options.one_of(Threat), default=Threat.UNKNOWN.value, help="What comes.")
@click.option("--stage", type=options.one_of(Stage), default=Stage.ALERT.value, help="Early warning or alert.")
@click.option("--level", type=options.one_of(Level), default=Level.RED.value, help="Yellow or red.")
@click.option(
    "--extent", type=options.one_of(Extent), default=Extent.WHOLE.value, help="All of each zone, or some part."
)
@click.option("--ref", help="Your own id of the alert; alerts with different ids end separately.")
@about_warnings
def raise_(**given: object) -> None:
    """Put ZONES under warning on a running Tocsin.

    A zone is an id, a code or a name, as for `tocsin history`. The token comes from TOCSIN_TOKEN or
    TOCSIN_TOKEN_FILE.
    """
    _order("raise", given)


@click.command()
@click.option("--to-threat", type=options.one_of(Threat), help="What is known to come now.")
@click.option("--to-stage", type=options.one_of(Stage), help="An alert, where it was an early warning.")
@click.option("--to-level", type=options.one_of(Level), help="Red, where it was yellow.")
@upon_holds
def escalate(**given: object) -> None:
    """Have the holds on exactly these ZONES say more; never less."""
    _order("escalate", given)


@click.command()
@to
@upon_holds
def narrow(**given: object) -> None:
    """Keep the warning on ZONES only for the zones given by --to, and end it elsewhere."""
    _order("narrow", given)


@click.command()
@to
@upon_holds
def extend(**given: object) -> None:
    """Place the same warnings as on ZONES on more zones, given by --to."""
    _order("extend", given)


@click.command()
@upon_holds
def release(**given: object) -> None:
    """End the holds on exactly these ZONES: the danger they tell of is over."""
    _order("release", given)


@click.command()
@upon_holds
def withdraw(**given: object) -> None:
    """Take the holds on exactly these ZONES back as an error: people are told that the alarm was false."""
    _order("withdraw", given)


@click.command()
@click.option("--by-zone", multiple=True, help="A zone of the new warning; the same ZONES, if none is given.")
@click.option("--by-hazard", type=options.one_of(Hazard), help="What kind of danger the new one is of.")
@click.option("--by-threat", type=options.one_of(Threat), help="What comes, by the new one.")
@click.option("--by-stage", type=options.one_of(Stage), help="The new one's stage; alert, if not given.")
@click.option("--by-level", type=options.one_of(Level), help="The new one's level; red, if not given.")
@click.option("--by-extent", type=options.one_of(Extent), help="All of each zone, or some part.")
@click.option("--by-ref", help="Your own id of the new alert.")
@upon_holds
def replace(**given: object) -> None:
    """Place a new warning and then end the holds on exactly these ZONES: at no moment is there neither."""
    by = {name.removeprefix("by_"): given.pop(name) for name in list(given) if name.startswith("by_")}
    by["zones"] = by.pop("zone") or given["zones"]
    by |= {"hazard": by["hazard"] or given["hazard"], "cause": given["cause"]}
    _order("replace", given | {"by": {name: value for name, value in by.items() if value is not None}})


@click.command()
@click.option("--note", required=True, help="The word to add.")
@upon_holds
def annotate(**given: object) -> None:
    """Add a word to the holds on exactly these ZONES. It changes no status."""
    _order("annotate", given)


def _order(kind: str, given: dict[str, object]) -> None:
    atlas = given.pop("atlas")
    said = envelope(given)
    settings = options.settings(atlas=atlas, realm=said.realm, server=said.server)
    order = with_ids(given, open_atlas(settings.atlas))
    give({"type": kind, **order}, said, settings)


def with_ids(order: dict[str, object], atlas: Atlas) -> dict[str, object]:
    """The order with its zones by id, however they were named. Errors: `UnknownZone`, `BadRequest`."""
    named: dict[str, object] = {}
    for name, value in order.items():
        if name in ("zones", "to") and isinstance(value, tuple):
            named[name] = [atlas.resolve(zone).id for zone in value]
        elif isinstance(value, dict):
            named[name] = with_ids(value, atlas)
        else:
            named[name] = value
    return named
