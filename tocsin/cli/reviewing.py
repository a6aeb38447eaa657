"""`tocsin record take` and what follows it: the record of a running Tocsin, reviewed and corrected through its API."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import click
import msgspec

from tocsin.app import open_atlas
from tocsin.claims import Relation
from tocsin.cli import options
from tocsin.cli.calling import Envelope, ask, envelope, enveloped, give
from tocsin.cli.options import Command
from tocsin.cli.recording import described, report_bytes
from tocsin.errors import BadFile, NotFound
from tocsin.facts import Count
from tocsin.model import Realm
from tocsin.record.quoting import folded, found_in
from tocsin.record.reading.report import report_text
from tocsin.settings import Settings
from tocsin.web.record.bodies import AttackAnswer
from tocsin.web.record_desk import DocumentAnswer, DocumentBody, DraftBody, DraftsAnswer, TakenAnswer

numbers = click.argument("numbers", nargs=-1, type=click.IntRange(min=1))
document = click.argument("document", type=click.IntRange(min=1))


def said_anew(command: Command) -> Command:
    """What a mend and a correction may say anew; the rest stays."""
    for option in (
        click.option("--as-of", help="The moment of which it is said."),
        click.option("--happened", help="When it happened, if not in the night of its report: 2024-11-11, 2024-W46."),
        click.option("--zone", help="The zone that the place is; empty for none."),
        click.option("--place", help="Where, as the report names it."),
        click.option("--words", help="The number, as it is written."),
        click.option("--value", type=click.IntRange(min=0), help="The number."),
        click.option("--weapon", help="An id of the taxonomy."),
        click.option("--outcome", help="What became of it."),
        click.option("--speaker", help="Who says so; empty for nobody."),
        click.option("--quote", help="Words of the document, verbatim, 25 at most."),
        options.atlas,
    ):
        command = option(command)
    return command


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--published", required=True, help="The day or the moment it was published, such as 2024-11-13.")
@click.option("--publisher", required=True, help="Whose word it is.")
@click.option("--title", help="What it is called.")
@click.option("--url", help="Where it stands.")
@click.option("--version-of", type=click.IntRange(min=1), help="The document that it is a later version of.")
@enveloped
def take(file: Path, **given: Any) -> None:
    """Have a running Tocsin take in the report in FILE: what it says waits for review. "-" is standard input."""
    said = envelope(given)
    settings = _settings(said)
    text = report_text(report_bytes(file), file.name)
    key = said.key or str(uuid.uuid4())
    body = {"key": key, "text": text, "reason": said.reason, "source": said.source, "realm": settings.realm, **given}
    taken = ask(
        settings,
        "record/documents",
        TakenAnswer,
        body={name: value for name, value in body.items() if value is not None},
        again=f", so send the report again with --key {key}",
    )
    lines = [f"document {taken.document}: {taken.genre.replace('_', ' ')}, {taken.facts} facts, key {taken.key}"]
    if taken.left_out:
        lines.append(f"{taken.left_out} more were left out: they do not stand in the text")
    lines += [f"does not add up ({check.rule}): {check.words}" for check in taken.checks]
    options.say(settings.realm, "\n".join(lines))


@click.command()
@click.option("--all", "everything", is_flag=True, help="Those that are decided as well.")
@options.as_json
@options.remote
def drafts(everything: bool, as_json: bool, server: str | None, realm: str | None) -> None:
    """The documents of which something waits for review, oldest first."""
    settings = options.settings(server=server, realm=realm)
    documents: list[DocumentBody] = []
    while page := ask(settings, _page(documents, everything), DraftsAnswer).documents:
        documents += page
    if as_json:
        click.echo(msgspec.json.encode(DraftsAnswer(documents=documents)))
        return
    lines = [
        f"{one.id}  {one.waiting} wait  {one.document.published}  {one.document.publisher}"
        f"{'  does not add up' if one.checks else ''}"
        for one in documents
    ]
    options.say(settings.realm, "\n".join(lines) or "nothing waits for review")


@click.command()
@document
@options.as_json
@options.remote
def show(document: int, as_json: bool, server: str | None, realm: str | None) -> None:
    """DOCUMENT as reviewers see it: its text, and its facts, numbered from 1."""
    settings = options.settings(server=server, realm=realm)
    found = _document(settings, document)
    if as_json:
        click.echo(msgspec.json.encode(found))
    else:
        _show(settings.realm, found)


@click.command()
@document
@numbers
@click.option("--attack", help="Which attack: its number, its night, new or none; that which they fit, if not given.")
@enveloped
def accept(document: int, numbers: tuple[int, ...], attack: str | None, **given: object) -> None:
    """Publish facts of DOCUMENT by their NUMBERS; all that wait, if none is given."""
    _give({"type": "accept_drafts", "document": document, "numbers": _from_0(numbers), "attack": _where(attack)}, given)


@click.command()
@document
@numbers
@enveloped
def reject(document: int, numbers: tuple[int, ...], **given: object) -> None:
    """Say that facts of DOCUMENT are not to be published; all that wait, if none is given."""
    _give({"type": "reject_drafts", "document": document, "numbers": _from_0(numbers)}, given)


@click.command()
@document
@click.argument("number", type=click.IntRange(min=1))
@said_anew
@enveloped
def mend(document: int, number: int, **given: Any) -> None:
    """Have the fact NUMBER of DOCUMENT say something else."""
    said = envelope(given)
    settings = _settings(said, given["atlas"])
    found = _document(settings, document)
    before = next((draft.drafted for draft in found.drafts if draft.number == number - 1), None)
    if before is None:
        raise NotFound(f"document {document} has {len(found.drafts)} facts", document=document)
    drafted = _anew(msgspec.to_builtins(before), given, found.text, settings)
    give({"type": "mend_draft", "document": document, "number": number - 1, "drafted": drafted}, said, settings)


@click.command()
@click.argument("claim", type=click.IntRange(min=1))
@click.option(
    "--document", type=click.IntRange(min=1), help="The later document that says so; the claim's own, if not."
)
@said_anew
@enveloped
def correct(claim: int, document: int | None, **given: Any) -> None:
    """Publish a claim in the place of CLAIM, which stays and is marked. --reason is public."""
    said = envelope(given)
    settings = _settings(said, given["atlas"])
    own, draft = _draft_of(settings, claim)
    text = own.text if document is None else _document(settings, document).text
    drafted = _anew(msgspec.to_builtins(draft.drafted), given, text, settings)
    give({"type": "correct_claim", "claim": claim, "document": document, "drafted": drafted}, said, settings)


@click.command()
@click.argument("claim", type=click.IntRange(min=1))
@click.option("--misread", is_flag=True, help="It was read wrongly here: nobody said it.")
@enveloped
def withdraw(claim: int, misread: bool, **given: object) -> None:
    """Mark CLAIM as taken back by who said it. --reason is public."""
    _give({"type": "withdraw_claim", "claim": claim, "misread": misread}, given)


@click.command()
@click.argument("attack", type=click.IntRange(min=1))
@click.argument("into", type=click.IntRange(min=1))
@enveloped
def join(attack: int, into: int, **given: object) -> None:
    """Say that ATTACK and INTO were one."""
    _give({"type": "join_attacks", "attack": attack, "into": into}, given)


@click.command()
@click.argument("claims", nargs=-1, required=True, type=click.IntRange(min=1))
@click.option(
    "--attack", default="new", help="Which attack they are of: its number, its night, new or none; new, if not given."
)
@enveloped
def split(claims: tuple[int, ...], attack: str, **given: object) -> None:
    """Say that CLAIMS are of another attack than they were."""
    _give({"type": "assign_claims", "claims": claims, "attack": _where(attack)}, given)


@click.command()
@click.argument("attack", type=click.IntRange(min=1))
@click.option("--night", help="The day in whose morning it ends, such as 2024-11-13.")
@click.option("--by", help="Whose attack, as a country's two letters; empty for nobody known.")
@click.option("--against", help="Upon whom, as a country's two letters; empty for nobody known.")
@click.option("--since", help="When it began; empty for no better than by the night.")
@click.option("--until", help="When it ended; empty for no better than by the night.")
@enveloped
def bound(attack: int, **given: Any) -> None:
    """Say better who attacked whom in ATTACK, and when. What is not given stays."""
    said = envelope(given)
    settings = _settings(said)
    bounds = msgspec.to_builtins(ask(settings, f"attacks/{attack}", AttackAnswer).attack.bounds)
    for name, option in (("by", "by"), ("upon", "against"), ("since", "since"), ("until", "until")):
        if given[option] is not None:
            bounds[name] = given[option] or None
    bounds["night"] = given["night"] or bounds["night"]
    give({"type": "bound_attack", "attack": attack, "bounds": bounds}, said, settings)


def stood(command: Command) -> Command:
    """How one claim stands to another."""
    for argument in (
        click.argument("other", type=click.IntRange(min=1)),
        click.argument("relation", type=click.Choice([relation.value for relation in Relation])),
        click.argument("claim", type=click.IntRange(min=1)),
    ):
        command = argument(command)
    return command


@click.command()
@stood
@enveloped
def link(claim: int, relation: str, other: int, **given: object) -> None:
    """Say that CLAIM contests, corroborates or repeats OTHER. What repeats is never a second count."""
    _give({"type": "link_claims", "claim": claim, "relation": relation, "other": other}, given)


@click.command()
@stood
@enveloped
def unlink(claim: int, relation: str, other: int, **given: object) -> None:
    """Say that CLAIM does not stand so to OTHER."""
    _give({"type": "unlink_claims", "claim": claim, "relation": relation, "other": other}, given)


@click.command()
@click.argument("of")
@enveloped
def trust(of: str, **given: object) -> None:
    """Have bulletins of the source OF published at once. It takes two people."""
    _give({"type": "trust_source", "of": of}, given)


@click.command()
@click.argument("of")
@enveloped
def distrust(of: str, **given: object) -> None:
    """Have bulletins of the source OF wait for review again."""
    _give({"type": "distrust_source", "of": of}, given)


# --- what they share --------------------------------------------------------------------------


def _settings(said: Envelope, atlas: object = None) -> Settings:
    return options.settings(realm=said.realm, server=said.server, atlas=atlas)


def _give(order: dict[str, object], given: dict[str, object]) -> None:
    said = envelope(given)
    give(order, said, _settings(said))


def _from_0(numbers: tuple[int, ...]) -> list[int]:
    return [number - 1 for number in numbers]


def _where(attack: str | None) -> int | str | None:
    return int(attack) if attack is not None and attack.isascii() and attack.isdigit() else attack


def _page(documents: list[DocumentBody], everything: bool) -> str:
    after = documents[-1].id if documents else 0
    return f"record/drafts?after={after}&waiting={'false' if everything else 'true'}"


def _document(settings: Settings, document: int) -> DocumentAnswer:
    return ask(settings, f"record/documents/{document}", DocumentAnswer)


def _draft_of(settings: Settings, claim: int) -> tuple[DocumentAnswer, DraftBody]:
    """The document of a claim, and what it says there. Errors: `NotFound`."""
    after = 0
    while page := ask(settings, f"record/drafts?after={after}&waiting=false", DraftsAnswer).documents:
        for one in page:
            found = _document(settings, one.id)
            for draft in found.drafts:
                if draft.claim == claim:
                    return found, draft
        after = page[-1].id
    raise NotFound(f"no claim {claim} stands", claim=claim)


def _anew(drafted: Any, given: dict[str, Any], text: str | None, settings: Settings) -> Any:
    """A fact with what was typed in its place. Errors: `BadFile` where the quote is not in the text."""
    fact = drafted["fact"]
    for name in ("speaker", "outcome", "weapon", "place", "as_of", "happened"):
        if given[name] is not None:
            fact[name] = given[name] or None
    if given["quote"] is not None:
        where = None if text is None else found_in(text, given["quote"])
        if where is None:
            raise BadFile("these words do not stand in the text of the document")
        fact |= {"quote": folded(given["quote"]), "start": where[0], "end": where[1]}
    if given["value"] is not None:
        value = given["value"]
        fact["value"] = msgspec.to_builtins(
            Count(value=value, low=value, high=value, words=given["words"] or str(value))
        )
    if given["zone"] is not None:
        drafted["zone"] = open_atlas(settings.atlas).resolve(given["zone"]).id if given["zone"] else None
    return drafted


def _show(realm: Realm, found: DocumentAnswer) -> None:
    paper = found.document
    lines = [f"document {found.id}: {paper.publisher}, {paper.published}, {paper.genre.replace('_', ' ')}"]
    lines += [f"does not add up ({check.rule}): {check.words}" for check in found.checks]
    lines += ["", found.text if found.text is not None else "(the text is not kept any more)", ""]
    for draft in found.drafts:
        fact = draft.drafted.fact
        status = f"claim {draft.claim}" if draft.claim is not None else draft.status
        when = f"  happened {fact.happened}" if fact.happened else ""
        lines.append(f"{draft.number + 1}  {status}  {described(fact)}{when}  {fact.speaker or ''}".rstrip())
        lines.append(f"     “{fact.quote}”")
    options.say(realm, "\n".join(lines))


REVIEWING = (
    take,
    drafts,
    show,
    accept,
    reject,
    mend,
    correct,
    withdraw,
    join,
    split,
    bound,
    link,
    unlink,
    trust,
    distrust,
)
"""The commands of `tocsin record` that talk to a running Tocsin."""
