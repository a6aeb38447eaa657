"""`tocsin proposals`, `tocsin approve` and `tocsin decline`: the second of two people."""

from __future__ import annotations

import click
import msgspec
from rich.table import Table

from tocsin.cli import options
from tocsin.cli.calling import ask, envelope, enveloped, give
from tocsin.errors import NotShown, ProposalClosed
from tocsin.model import Realm
from tocsin.web.orders import ProposalBody, ProposalsAnswer

STATUSES = ("open", "approved", "declined", "lapsed")


@click.command()
@click.option(
    "--status", type=click.Choice([*STATUSES, "all"]), default="open", show_default=True, help="Which of them."
)
@options.as_json
@options.remote
def proposals(status: str, as_json: bool, realm: str | None, server: str | None) -> None:
    """The orders that wait, or waited, for a second person."""
    settings = options.settings(realm=realm, server=server)
    asked = "" if status == "all" else f"?status={status}"
    found = ask(settings, f"proposals{asked}", ProposalsAnswer)
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    table = Table("proposal", "status", "by", "at", "until", "zones", "people", "order", box=None)
    for proposal in found.proposals:
        table.add_row(
            str(proposal.id),
            proposal.status,
            options.plain(proposal.actor),
            f"{proposal.at:%Y-%m-%d %H:%M:%SZ}",
            f"{proposal.expires:%H:%M:%SZ}",
            f"{proposal.zones:,}",
            _people(proposal),
            str(proposal.order.__struct_config__.tag),
        )
    options.show(settings.realm, table)


@click.command()
@click.argument("proposal", type=click.IntRange(min=1))
@click.option("--yes", is_flag=True, help="Do not ask; only together with --shown.")
@click.option("--shown", help="The digest of what you were shown, for where nobody can be asked.")
@enveloped
def approve(proposal: int, yes: bool, shown: str | None, **given: object) -> None:
    """See what PROPOSAL will tell people, and agree to it as the second person."""
    if yes is not (shown is not None):
        raise click.UsageError("--yes and --shown go together: agree only to what you have seen")
    said = envelope(given)
    settings = options.settings(realm=said.realm, server=said.server)
    found = ask(settings, f"proposals/{proposal}", ProposalBody)
    _show(settings.realm, found)
    if found.status != "open":
        raise ProposalClosed(f"proposal {proposal} is {found.status}")
    if shown is not None and shown != found.shown:
        raise NotShown(f"what was seen is not what proposal {proposal} shows: look at it again")
    if not yes and not click.confirm("Agree?", default=False):
        options.say(settings.realm, f"nothing was agreed to; to refuse it for good: tocsin decline {proposal}")
        return
    give({"type": "approve", "proposal": proposal, "shown": found.shown}, said, settings)


@click.command()
@click.argument("proposal", type=click.IntRange(min=1))
@enveloped
def decline(proposal: int, **given: object) -> None:
    """Refuse PROPOSAL, so that it cannot be approved any more."""
    said = envelope(given)
    give({"type": "decline", "proposal": proposal}, said, options.settings(realm=said.realm, server=said.server))


def _show(realm: Realm, proposal: ProposalBody) -> None:
    """All that the second person has to know before agreeing."""
    lines = [
        f"proposal {proposal.id} by {proposal.actor}, {proposal.at:%Y-%m-%dT%H:%M:%SZ}, "
        f"{proposal.status} until {proposal.expires:%H:%M:%SZ}",
        f"reason: {proposal.reason or 'none given'}",
        f"reaches {proposal.zones:,} zones, {_people(proposal)} people",
        "",
        msgspec.json.format(msgspec.json.encode(proposal.order), indent=2).decode(),
    ]
    for language, text in proposal.texts.items():
        lines += ["", f"[{language}]", text]
    lines += ["", f"shown {proposal.shown}"]
    options.say(realm, "\n".join(lines))


def _people(proposal: ProposalBody) -> str:
    return f"at least {proposal.counted:,}" if proposal.people is None else f"{proposal.people:,}"
