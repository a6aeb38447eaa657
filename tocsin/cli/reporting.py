"""`tocsin threats report`, `send` and `key`: reports of threats to a running Tocsin, by an officer or as a feed."""

from __future__ import annotations

import asyncio
import secrets
import sys
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import click
import msgspec

from tocsin import limits
from tocsin.cli import options
from tocsin.cli.asking import moment
from tocsin.cli.calling import ERRORS, TIMEOUT_S, ask
from tocsin.cli.threats import Post
from tocsin.errors import BadFile, OrderRefused, ReportRefused, ServerUnreachable, TooOften, WrongRealm
from tocsin.intake.reports.forms import Item
from tocsin.intake.reports.signing import signature
from tocsin.lookout.reporting import Taken
from tocsin.model import Threat
from tocsin.report import ALL, Make, Role
from tocsin.settings import Settings
from tocsin.web.openapi import REALM_HEADER, ErrorBody
from tocsin.web.reports import FEED, MOMENT, NDJSON, NONCE, SIGNATURE, FeedKey

PLACES = {
    "at": Role.AT,
    "passing": Role.PASSING,
    "heading_to": Role.HEADING_TO,
    "came_from": Role.FROM,
    "launched": Role.LAUNCH_AREA,
    "over_at": Role.ENDED,
}
PATH = "/api/v1/reports/feed"

_item: msgspec.json.Decoder[Item] = msgspec.json.Decoder(Item)
_post: msgspec.json.Decoder[Post] = msgspec.json.Decoder(Post)


def point(typed: str) -> dict[str, float]:
    """LON,LAT or LON,LAT,RADIUS_M."""
    try:
        numbers = [float(part) for part in typed.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (2, 3):
        raise click.BadParameter(f"{typed} is not LON,LAT or LON,LAT,RADIUS_M")
    return dict(zip(("lon", "lat", "radius_m"), numbers, strict=False))


@click.command()
@click.option("--kind", multiple=True, type=options.one_of(Threat), help="What flies, or may be it; repeat for doubt.")
@click.option("--make", type=options.one_of(Make), help="What sort of thing, where that is known.")
@click.option("--at", multiple=True, help="The zone where it is.")
@click.option("--passing", multiple=True, help="A zone that it passes.")
@click.option("--heading-to", multiple=True, help="A zone that it heads for.")
@click.option("--came-from", multiple=True, help="A zone that it comes from.")
@click.option("--launched", multiple=True, help="A zone where it was launched.")
@click.option("--point", multiple=True, type=point, help="Where it is: LON,LAT or LON,LAT,RADIUS_M.")
@click.option("--course", type=click.FloatRange(0, 360, max_open=True), help="Degrees clockwise from north.")
@click.option("--spread", type=click.FloatRange(0, 180), help="By so many degrees on either side that may be wrong.")
@click.option("--speed", type=click.FloatRange(0), help="Metres a second.")
@click.option("--count", type=click.IntRange(1), help="How many.")
@click.option(
    "--over",
    multiple=True,
    type=click.Choice([ALL, *(kind.value for kind in Threat)]),
    help="A kind that is over; `all` for all.",
)
@click.option("--over-at", multiple=True, help="The zone where it is over; wherever you report, if not given.")
@click.option("--seen-at", type=moment, help="When; now, if not given.")
@click.option("--track", help="Your own name for what you follow.")
@click.option("--note", default="", help="In your own words.")
@click.option("--message", help="A message as it was written, to be read; then nothing else is given.")
@click.option("--channel", default="", help="Where that message was published.")
@click.option("--key", help="Idempotency key: the same report sent again has one effect. Made up if not given.")
@click.option("--reason", default="", help="Why; it stays in the audit trail.")
@click.option("--source", help="As whom you speak; the first source of your grant, if not given.")
@options.remote
def report(**given: Any) -> None:
    """Report a threat to a running Tocsin: what was seen or heard, where, and where it goes; or that it is over."""
    settings = options.settings(realm=given["realm"], server=given["server"])
    item: dict[str, Any]
    if given["message"] is not None:
        item = {"type": "text", "text": given["message"], "channel": given["channel"]}
    else:
        named = [(role, zone) for option, role in PLACES.items() for zone in given[option]]
        places = [{"role": role, "zone": zone} for role, zone in named]
        item = {
            "type": "sighting",
            "kinds": given["kind"],
            "make": given["make"],
            "places": [*places, *({"role": Role.AT, **point} for point in given["point"])],
            "course_deg": given["course"],
            "course_spread_deg": given["spread"],
            "speed_m_s": given["speed"],
            "count": given["count"],
            "ends": given["over"],
            "track": given["track"],
            "text": given["note"],
        }
    item["said_at"] = given["seen_at"]
    key = given["key"] or str(uuid.uuid4())
    body = {
        "key": key,
        "reason": given["reason"],
        "source": given["source"],
        "realm": settings.realm,
        "reports": [{name: value for name, value in item.items() if value is not None}],
    }
    taken = ask(settings, "reports", Taken, body=body, again=f", so send the report again with --key {key}")
    options.say(settings.realm, told(taken))


def told(taken: Taken) -> str:
    """What became of it, for people."""
    lines = [f"{taken.taken} reports taken, {taken.repeated} known already: head {taken.seq}, key {taken.key}"]
    for one in taken.aside:
        lines.append(f"{'refused' if one.refused else 'set aside'} ({one.why}): {one.words}")
    return "\n".join(lines)


@click.command()
@options.remote
def key(realm: str | None, server: str | None) -> None:
    """Print the key with which the feed of your token signs, as JSON for `tocsin threats send --feed`."""
    settings = options.settings(realm=realm, server=server)
    found = ask(settings, "reports/key", FeedKey)
    click.echo(msgspec.json.encode(found).decode())


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option(
    "--feed", type=click.Path(path_type=Path, dir_okay=False), help="The file with the feed's key: then it is signed."
)
@click.option("--source", help="As whom you speak, without --feed; the first source of your grant, if not given.")
@options.remote
def send(file: Path, feed: Path | None, source: str | None, realm: str | None, server: str | None) -> None:
    """Send all reports of FILE to a running Tocsin: one JSON object a line, reports or messages.

    Lines that cannot be read are told and do not hold up the others. `-` reads standard input.
    """
    settings = options.settings(realm=realm, server=server)
    signing = None if feed is None else _feed_key(feed)
    lines, bad = _lines(_bytes(file))
    taken = repeated = 0
    why: Counter[str] = Counter()
    for part in _parts(lines):
        answer = asyncio.run(_sent(settings, part, signing, source))
        taken, repeated = taken + answer.taken, repeated + answer.repeated
        why.update(one.why for one in answer.aside)
    aside = ", ".join(f"{reason} {count:,}" for reason, count in sorted(why.items()))
    said = f"{len(lines):,} sent: {taken:,} reports taken, {repeated:,} known already"
    options.say(settings.realm, said + (f"; not taken: {aside}" if aside else ""))
    if bad:
        shown = [f"line {number}: {error}" for number, error in bad[: limits.IMPORT_REPORTED_ROWS]]
        raise BadFile(f"{len(bad):,} lines are malformed and were not sent", lines=shown)


def _bytes(file: Path) -> bytes:
    try:
        data = sys.stdin.buffer.read(limits.MESSAGES_BYTES + 1) if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise BadFile(f"{file} cannot be read: {error.strerror}", file=str(file)) from error
    if len(data) > limits.MESSAGES_BYTES:
        raise BadFile(f"{file} is longer than {limits.MESSAGES_BYTES:,} bytes", file=str(file))
    return data


def _lines(data: bytes) -> tuple[list[bytes], list[tuple[int, str]]]:
    """The lines as they are sent, and which are malformed and why."""
    found, bad = [], []
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            found.append(_line(line))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            bad.append((number, str(error)))
    return found, bad


def _line(line: bytes) -> bytes:
    if b'"type"' in line:
        _item.decode(line)
        return line.strip()
    post = _post.decode(line)
    said: dict[str, Any] = {"type": "text", "text": post.text, "channel": post.channel}
    if post.ts is not None:
        said["said_at"] = post.ts if post.ts.tzinfo else post.ts.replace(tzinfo=UTC)
    return msgspec.json.encode(said)


def _parts(lines: Sequence[bytes]) -> Iterator[list[bytes]]:
    """As many at once as one request may hold."""
    part: list[bytes] = []
    size = 0
    for line in lines:
        if part and (len(part) == limits.REPORTS_PER_ORDER or size + len(line) > limits.BODY_BYTES - 4_096):
            yield part
            part, size = [], 0
        part.append(line)
        size += len(line) + 1
    if part:
        yield part


async def _sent(settings: Settings, part: Sequence[bytes], signing: FeedKey | None, source: str | None) -> Taken:
    """One request, waited for as long as the server says that it is too often."""
    for _ in range(10):
        try:
            return await _posted(settings, part, signing, source)
        except TooOften:
            await asyncio.sleep(10)
    raise TooOften("the server takes no more of this source, again and again")


async def _posted(settings: Settings, part: Sequence[bytes], signing: FeedKey | None, source: str | None) -> Taken:
    headers = {"Content-Type": "application/json"}
    if signing is None:
        path = "/api/v1/reports"
        body = msgspec.json.encode(
            {
                "key": str(uuid.uuid4()),
                "realm": settings.realm,
                "source": source,
                "reports": [msgspec.Raw(line) for line in part],
            }
        )
        headers["Authorization"] = f"Bearer {settings.token}"
    else:
        path, body = PATH, b"\n".join(part)
        when, nonce = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), secrets.token_urlsafe(24)
        signed = signature(signing.key, path, when, nonce, body)
        headers |= {"Content-Type": NDJSON, FEED: str(signing.feed), MOMENT: when, NONCE: nonce, SIGNATURE: signed}
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as session,
            session.post(settings.server_url + path, data=body, headers=headers) as response,
        ):
            answer, status, realm = await response.read(), response.status, response.headers.get(REALM_HEADER)
        if status == 200 and realm == settings.realm:
            return msgspec.json.decode(answer, type=Taken)
        refusal = None if status == 200 else msgspec.json.decode(answer, type=ErrorBody).error
    except (aiohttp.ClientError, TimeoutError, msgspec.MsgspecError) as error:
        raise ServerUnreachable(f"{settings.server_url} did not answer as a Tocsin does: {error}") from error
    if refusal is None:
        raise WrongRealm(f"{settings.server_url} is of the {realm} realm, and {settings.realm} was meant")
    if refusal.code == ReportRefused.code:  # all of this part: told like what is refused beside others
        aside = [msgspec.convert(one, dict[str, Any]) for one in refusal.detail.get("aside", [])]
        return msgspec.convert({"key": "", "seq": 0, "taken": 0, "repeated": 0, "aside": aside}, Taken)
    known = ERRORS.get(refusal.code, OrderRefused)
    raise known(options.plain(refusal.message))


def _feed_key(file: Path) -> FeedKey:
    try:
        return msgspec.json.decode(file.read_bytes(), type=FeedKey)
    except OSError as error:
        raise BadFile(f"{file} cannot be read: {error.strerror}", file=str(file)) from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadFile(f"{file} holds no key as `tocsin threats key` prints it", file=str(file)) from error


REPORTING = (report, send, key)
