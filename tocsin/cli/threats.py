"""`tocsin threats`: messages about threats, read."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from tocsin import limits
from tocsin.app import open_atlas
from tocsin.errors import BadFile
from tocsin.intake.messages.gazetteer import Gazetteer
from tocsin.intake.messages.reading import Message, Reader

NOTHING = Message(live=False, kinds=(), ends=(), mentions=())
"""What is told of a line that cannot be read, so that answers and lines stay side by side."""


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a channel, as files of them have it."""

    text: str
    channel: str = ""
    ts: datetime | None = None
    """When it was published; the moment of the one before, where it does not say."""


@click.group()
def threats() -> None:
    """Threats in the air, from what is said of them."""


@threats.command("read")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--jsonl", is_flag=True, help="Print one JSON object a message, in their sequence.")
@click.option("--skip-bad", is_flag=True, help="Read the good lines although some are malformed.")
def read(file: Path, jsonl: bool, skip_bad: bool) -> None:
    """Read messages from FILE and say what each says: whether there is a threat, of what kind, where, and what is over.

    FILE has one JSON object a line with `text`, and `channel` and `ts` where they are known; or plain text, one message
    a paragraph. `-` reads standard input.
    """
    posts, bad = _posts(_bytes(file))
    if bad and not skip_bad:
        shown = [f"line {line}: {why}" for line, why in bad[: limits.IMPORT_REPORTED_ROWS]]
        raise BadFile(f"{len(bad):,} lines are malformed; nothing was read (--skip-bad takes the rest)", lines=shown)
    reader = Reader(Gazetteer(open_atlas("ua")))
    encode = msgspec.json.Encoder().encode
    for message, post in _read(reader, posts):
        if jsonl:
            sys.stdout.buffer.write(encode(message) + b"\n")
        else:
            click.echo(told(message, post))


def _bytes(file: Path) -> bytes:
    try:
        said = sys.stdin.buffer.read(limits.MESSAGES_BYTES + 1) if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise BadFile(f"{file} cannot be read: {error.strerror}", file=str(file)) from error
    if len(said) > limits.MESSAGES_BYTES:
        raise BadFile(f"{file} is longer than {limits.MESSAGES_BYTES:,} bytes", file=str(file), bytes=len(said))
    return said


def _posts(said: bytes) -> tuple[list[Post | None], list[tuple[int, str]]]:
    """The messages in sequence, None where a line is none, and which lines are malformed and why."""
    try:
        text = said.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(f"this is no text in UTF-8: byte {error.start:,} is not", byte=error.start) from error
    if not text.lstrip().startswith("{"):
        return [Post(text=part.strip()) for part in text.split("\n\n") if part.strip()], []
    decoder = msgspec.json.Decoder(Post)
    posts: list[Post | None] = []
    bad = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            posts.append(decoder.decode(line))
        except msgspec.MsgspecError as error:
            bad.append((number, str(error)))
            posts.append(None)
    return posts, bad


def _read(reader: Reader, posts: Sequence[Post | None]) -> Iterator[tuple[Message, Post | None]]:
    at = datetime(1970, 1, 1, tzinfo=UTC)
    for post in posts:
        if post is None:
            yield NOTHING, None
            continue
        if post.ts is not None:
            at = post.ts if post.ts.tzinfo else post.ts.replace(tzinfo=UTC)
        yield reader.read(post.text, post.channel, at), post


def told(message: Message, post: Post | None) -> str:
    """The message and what was read of it, for people."""
    head = "live" if message.live else "not live"
    kinds = ", ".join(message.kinds) or "no kind"
    ends = f"; over: {', '.join(message.ends)}" if message.ends else ""
    places = "".join(
        f"\n  {mention.role:<12} {mention.quote} {mention.zone or 'abroad'}"
        + (f" (or {', '.join(mention.others)})" if mention.others else "")
        for mention in message.mentions
    )
    return f"{post.text if post else '(malformed)'}\n  {head}: {kinds}{ends}{places}"
