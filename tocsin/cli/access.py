"""`tocsin access`: who may do what on a running Tocsin, through its API. What it changes takes two people.

A token is made here, and only its digest is sent: nobody but its holder ever has it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click
import msgspec
from rich.table import Table

from tocsin.access import new_token, token_digest
from tocsin.app import open_atlas
from tocsin.cli import options
from tocsin.cli.asking import moment
from tocsin.cli.beginning import begin
from tocsin.cli.calling import ask, envelope, enveloped, give
from tocsin.limits import TOKEN_DAYS
from tocsin.model import Hazard, HolderKind, Realm, Verb
from tocsin.web.authority import GrantBody, GrantsAnswer, MeAnswer, TokenBody, TokensAnswer


@click.group()
def access() -> None:
    """Say or ask who may do what."""


access.add_command(begin)


@access.command()
@click.argument("holder")
@click.option(
    "--kind",
    type=options.one_of(HolderKind),
    default=HolderKind.PERSON.value,
    show_default=True,
    help="Whether it is a person or a service.",
)
@click.option("--as", "sources", multiple=True, required=True, help="A source as which the holder speaks; repeatable.")
@click.option("--zone", "zones", multiple=True, required=True, help="Where: a zone and all below it; repeatable.")
@click.option(
    "--hazard", "hazards", type=options.one_of(Hazard), multiple=True, help="For which hazards; all, if none is given."
)
@click.option("--verb", "verbs", type=options.one_of(Verb), multiple=True, required=True, help="What; repeatable.")
@click.option("--max-zones", type=click.IntRange(min=1), help="How many zones may stand under the source's warnings.")
@click.option("--max-people", type=click.IntRange(min=1), help="How many people may stand under them.")
@click.option("--expires", type=moment, help="Until when; for good, if not given.")
@options.atlas
@enveloped
def grant(**given: object) -> None:
    """Allow HOLDER something. Another person with the right has to agree."""
    atlas = given.pop("atlas")
    said = envelope(given)
    settings = options.settings(atlas=atlas, realm=said.realm, server=said.server)
    known = open_atlas(settings.atlas)
    assert isinstance(given["zones"], tuple)
    terms = given | {
        "zones": [known.resolve(zone).id for zone in given["zones"]],
        "hazards": given["hazards"] or list(Hazard),
        "realm": settings.realm,
    }
    give({"type": "give_grant", "terms": terms}, said, settings)


@access.command()
@click.argument("grant", type=int)
@enveloped
def revoke(**given: object) -> None:
    """Take back the grant with the number GRANT. Another person with the right has to agree."""
    said = envelope(given)
    give({"type": "revoke_grant", **given}, said, options.settings(realm=said.realm, server=said.server))


@access.command()
@click.argument("holder")
@click.option("--zone", "zones", multiple=True, help="Good only there; wherever its holder's grants are, if not given.")
@click.option("--days", type=click.IntRange(1, TOKEN_DAYS), default=365, show_default=True, help="How long it is good.")
@click.option("--label", default="", help="What it is for, to tell it from others of the same holder.")
@options.atlas
@enveloped
def token(**given: object) -> None:
    """Make a token for HOLDER and print it, once. Another person with the right has to agree before it is good."""
    atlas, days = given.pop("atlas"), given.pop("days")
    said = envelope(given)
    settings = options.settings(atlas=atlas, realm=said.realm, server=said.server)
    assert isinstance(given["zones"], tuple)
    assert isinstance(days, int)
    zones = [open_atlas(settings.atlas).resolve(zone).id for zone in given["zones"]]
    made = new_token(settings.realm)
    expires = datetime.now(UTC) + timedelta(days=days)
    order = {"type": "issue_token", **given, "zones": zones, "digest": token_digest(made), "expires": expires}
    answer = give(order, said, settings)
    when = "now" if answer.proposal is None else f"once proposal {answer.proposal} is approved"
    options.say(settings.realm, f"{made}\ngood {when}; it is shown only now and kept nowhere")


@access.command("revoke-token")
@click.argument("token", type=int)
@enveloped
def revoke_token(**given: object) -> None:
    """Take back the token with the number TOKEN, at once. One's own needs no right."""
    said = envelope(given)
    give({"type": "revoke_token", **given}, said, options.settings(realm=said.realm, server=said.server))


@access.command("list")
@options.as_json
@options.remote
def list_(as_json: bool, realm: str | None, server: str | None) -> None:
    """Every grant and every token; for those who administer."""
    settings = options.settings(realm=realm, server=server)
    grants = ask(settings, "grants", GrantsAnswer).grants
    tokens = ask(settings, "tokens", TokensAnswer).tokens
    if as_json:
        click.echo(msgspec.json.encode({"grants": grants, "tokens": tokens}))
    else:
        _show(settings.realm, grants, tokens)


@access.command()
@options.as_json
@options.remote
def me(as_json: bool, realm: str | None, server: str | None) -> None:
    """Who your token shows you to be, and what you may do."""
    settings = options.settings(realm=realm, server=server)
    found = ask(settings, "me", MeAnswer)
    if as_json:
        click.echo(msgspec.json.encode(found))
    else:
        options.say(settings.realm, f"{found.holder}, in the {found.realm} realm")
        _show(settings.realm, found.grants, [found.token])


def _show(realm: Realm, grants: list[GrantBody], tokens: list[TokenBody]) -> None:
    table = Table("grant", "holder", "speaks as", "where", "may", "hazards", "at most", "until", "", box=None)
    for grant in grants:
        terms = grant.terms
        ceilings = [
            f"{most:,} {what}"
            for what, most in (("zones", terms.max_zones), ("people", terms.max_people))
            if most is not None
        ]
        table.add_row(
            str(grant.id),
            options.plain(f"{terms.holder} ({terms.kind})"),
            options.plain(", ".join(terms.sources)),
            ", ".join(terms.zones),
            ", ".join(terms.verbs),
            "all" if set(terms.hazards) == set(Hazard) else ", ".join(terms.hazards),
            ", ".join(ceilings),
            _until(terms.expires),
            _standing(grant.good, grant.revoked),
        )
    options.show(realm, table)
    table = Table("token", "holder", "for", "where", "until", "", box=None)
    for token in tokens:
        table.add_row(
            str(token.id),
            options.plain(token.holder),
            options.plain(token.label),
            ", ".join(token.zones),
            _until(token.expires),
            _standing(token.good, token.revoked),
        )
    options.show(realm, table)


def _until(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%MZ}"


def _standing(good: bool, revoked: bool) -> str:
    return "good" if good else "taken back" if revoked else "over"
