"""`tocsin threats policy`, `proposals` and `accept`: what a running Tocsin proposes from reports, and why."""

from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import Path

import click
import msgspec

from tocsin.app import open_atlas
from tocsin.cli import options
from tocsin.cli.calling import ask
from tocsin.lookout.policies import chosen, in_words
from tocsin.lookout.proposals import Proposal
from tocsin.model import ZoneId
from tocsin.web.orders import OrderAnswer
from tocsin.web.threats import FullAnswer

policy_file = click.option(
    "--policy", type=click.Path(path_type=Path, dir_okay=False), help="The file that says what follows from reports."
)


@click.command()
@policy_file
@options.atlas
def policy(policy: Path | None, atlas: str | None) -> None:
    """Say in words what follows from reports of threats: what is proposed, what is placed, what everybody is told."""
    settings = options.settings(policy=policy, atlas=atlas)
    zones = open_atlas(settings.atlas)
    for line in in_words(chosen(settings.policy, zones), zones):
        click.echo(line)


@click.command()
@options.as_json
@options.atlas
@options.remote
def proposals(as_json: bool, atlas: str | None, realm: str | None, server: str | None) -> None:
    """List what is in the air and which warnings are proposed, the most pressing zones first."""
    settings = options.settings(atlas=atlas, realm=realm, server=server)
    found = ask(settings, "threats/full", FullAnswer)
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    names = {zone.id: zone.names.get("en", zone.id) for zone in open_atlas(settings.atlas).zones}
    lines = [f"as of {found.at:%H:%M:%S} UTC, upon {found.seq}, by the policy {found.policy}"]
    if found.trouble:
        lines.append(f"the machine could not place a warning: {found.trouble}")
    lines.append(f"{len(found.threats)} threats in the air, {sum(one.stale for one in found.threats)} of them stale")
    for one in found.proposals:
        lines += _proposal(one, found.at, names)
    for end in found.ends:
        lines.append(f"end of {end.threat} in {names.get(end.zone, end.zone)} [{end.zone}]: {end.why}")
    if not found.proposals and not found.ends:
        lines.append("nothing is proposed")
    options.say(settings.realm, "\n".join(lines))


def _proposal(one: Proposal, now: datetime, names: dict[ZoneId, str]) -> list[str]:
    lines = [f"{one.id}: {len(one.zones)} zones, {one.people:,} people at least"]
    for zone in one.zones:
        minutes = max(0, int((zone.earliest - now).total_seconds() // 60))
        held = f" (left to you: {zone.held_back.replace('_', ' ')})" if zone.held_back else ""
        name = names.get(zone.zone, zone.zone)
        lines.append(f"  {name} [{zone.zone}] earliest {minutes} min, {zone.band.replace('_', ' ')}{held}")
    return lines


@click.command()
@click.argument("proposal")
@click.argument("zones", nargs=-1)
@click.option(
    "--upon", type=click.IntRange(min=0), required=True, help="The seq that `tocsin threats proposals` showed."
)
@click.option("--key", help="Idempotency key: the same order sent again has one effect. Made up if not given.")
@click.option("--reason", default="", help="Why; what was shown, if not given. It stays in the audit trail.")
@click.option("--source", help="As whom you speak; the first source of your grant, if not given.")
@options.atlas
@options.remote
def accept(
    proposal: str,
    zones: tuple[str, ...],
    upon: int,
    key: str | None,
    reason: str,
    source: str | None,
    atlas: str | None,
    realm: str | None,
    server: str | None,
) -> None:
    """Order what is proposed as PROPOSAL, for all its zones or only for ZONES: an ordinary raise, by you."""
    settings = options.settings(atlas=atlas, realm=realm, server=server)
    named = open_atlas(settings.atlas) if zones else None
    key = key or str(uuid.uuid4())
    body = {
        "key": key,
        "proposal": proposal,
        "zones": [named.resolve(zone).id for zone in zones] if named else [],
        "seq": upon,
        "reason": reason,
        "source": source,
        "realm": settings.realm,
    }
    again = f", so send it again with --key {key}"
    answer = ask(settings, "threats/accept", OrderAnswer, body=body, again=again)
    told = f"raised: {answer.events} events, head {answer.seq}, key {answer.key}"
    if answer.proposal is not None:
        told = f"it waits for a second person as proposal {answer.proposal}: tocsin approve {answer.proposal}"
    options.say(settings.realm, told)


LOOKING = (policy, proposals, accept)
