"""What a feed says, in Tocsin's words, and why some of it is not to be believed. Pure.

A dialect makes of an answer either a `Reading` or `Odd`. It never makes calm of what it cannot read: whatever has
another form than the documented one is `Odd` as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import msgspec

from tocsin.model import Extent, Hazard, Hold, Level, SourceId, Stage, Threat, ZoneId


class Key(msgspec.Struct, frozen=True, order=True):
    """By what an alert is known again: the same key in two reads is the same alert."""

    zone: ZoneId
    hazard: Hazard
    ref: str


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One alert that stands, as the feed says it."""

    zone: ZoneId
    ref: str
    """The feed's own id of the alert, or what stands for one."""
    hazard: Hazard = Hazard.AIR_RAID
    threat: Threat = Threat.UNKNOWN
    stage: Stage = Stage.ALERT
    level: Level = Level.RED
    extent: Extent = Extent.WHOLE
    since: datetime | None = None
    cause: str | None = None

    @property
    def key(self) -> Key:
        return Key(self.zone, self.hazard, self.ref)


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """The feed's own word that something is over."""

    key: Key | None = None
    """Which alert; if not said, all on these ``zones``."""
    zones: tuple[ZoneId, ...] = ()
    """They and all that lies in them. What began after ``at`` is not meant."""
    ref: str | None = None
    """Of what stands on these zones only what is called so."""
    withdrawn: bool = False
    """Whether it never should have been: a false alarm."""
    at: datetime | None = None
    cause: str | None = None


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What one answer says."""

    said: tuple[Said, ...] = ()
    ended: tuple[Ended, ...] = ()
    complete: bool = False
    """Whether everything that stands is in it, so that what is not in it may be over."""
    as_of: datetime | None = None
    """The feed's own time of what it says."""
    good_for_s: float | None = None
    """How old that may be, where the feed always says the present."""
    marks: Mapping[str, float] = {}
    """Numbers that never go back, by name: times and versions. Each is compared with itself alone."""
    careful: int = 0
    """So many more readings than usual are wanted to believe that what is not in it is over."""
    apart: bool = False
    """Whether the marks were told in another answer, so that the two may not belong together."""
    unknown: tuple[str, ...] = ()
    """Places that are not known here. The rest is good for raising, and for nothing else."""
    not_fit: tuple[str, ...] = ()
    """Other reasons why it is good for raising only."""


class Odd(Exception):
    """An answer that says nothing: it neither clears nor counts as a sign of life. The message says why."""


class Unchanged(msgspec.Struct, frozen=True):
    """The feed says that nothing is other than what it said last."""


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One request: what follows the feed's address, and the headers."""

    path: str
    headers: Mapping[str, str] = {}


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back. The headers' names are in small letters."""

    status: int
    headers: Mapping[str, str] = {}
    body: bytes = b""


class Places(Protocol):
    """Where things are: what a dialect asks of an atlas."""

    def by_code(self, system: str, value: str) -> tuple[ZoneId, bool] | None:
        """The zone that a system calls so, and whether only a part of that zone is meant; None for an unknown one."""

    def by_name(self, name: str) -> tuple[ZoneId, bool] | None:
        """The one zone of that name, and whether only a part of it is meant."""

    @property
    def root(self) -> ZoneId: ...


class Dialect(Protocol):
    """How one feed is asked and understood. It holds no state: ``memory`` is what it kept of earlier answers, at first
    None."""

    def ask(self, memory: object) -> Ask:
        """What to ask first."""

    def hear(self, memory: object, ask: Ask, answer: Answer) -> tuple[object, Reading | Unchanged | Ask]:
        """What an answer with status 200 or 304 (or one of ``expects``) says, or what to ask next. Errors: `Odd`."""

    def forget(self, memory: object) -> object:
        """An answer was not good, or none: have all of it told again, whatever the feed says has not changed."""

    def again(self, memory: object) -> object:
        """An answer was good: have it told once more, to be sure of it."""

    @property
    def expects(self) -> tuple[int, ...]:
        """Other statuses that mean something."""


def extent_of(part: bool) -> Extent:
    return Extent.PART if part else Extent.WHOLE


def one_of(raw: msgspec.Raw, kind: Any) -> Any:
    """One of many in a body, or None where it is another thing: the others may hold a warning all the same."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def parsed(body: bytes, kind: Any) -> Any:
    """The JSON in ``body`` as ``kind``. Errors: `Odd` for anything else, and for nothing at all."""
    if not body.strip():
        raise Odd("the body is empty")
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise Odd(f"the JSON has another form than this feed's: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Odd(f"the body is no JSON: {error}") from error


def moment(text: str, form: str | None = None) -> datetime:
    """A time in a body. Errors: `Odd`."""
    try:
        if form is not None and "%z" not in form:
            raise ValueError("a form has to say its zone")
        read = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007 - just seen to
        return read.replace(tzinfo=read.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Odd(f"{text[:40]!r} is no time") from error


def modified(headers: Mapping[str, str]) -> dict[str, float]:
    """The mark that a Last-Modified header is; none where there is none that can be read."""
    try:
        return {"Last-Modified": parsedate_to_datetime(headers["last-modified"]).timestamp()}
    except (KeyError, ValueError, TypeError, OverflowError):
        return {}


def held_by(holds: Mapping[Any, Hold], source: SourceId) -> tuple[Hold, ...]:
    """The open holds of one source, oldest first."""
    return tuple(holds[id] for id in sorted(holds) if holds[id].source == source)
