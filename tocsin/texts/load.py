"""Reads the texts and refuses what must not be told. The only place here that reads files.

All languages or none: a catalogue that says less than the others, or other things, is an error and never filled up
from another language.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from tocsin.errors import BadFile
from tocsin.limits import MESSAGE_CHARS
from tocsin.model import Realm
from tocsin.texts import keys
from tocsin.texts.catalogue import Approval, Catalogue, check
from tocsin.texts.wording import worded


@dataclass(frozen=True, slots=True)
class Texts:
    """All languages: the same texts in each."""

    languages: Mapping[str, Catalogue]
    digests: Mapping[str, str]
    """SHA-256 by language over all of the file but the approval, hexadecimal, however its lines are broken."""

    def find(self, wanted: keys.Keys) -> str:
        """The key of the text that is meant, the same in every language."""
        return next(iter(self.languages.values())).find(wanted)

    @property
    def approvals(self) -> dict[str, Approval]:
        """Who stands behind each language."""
        return {lang: catalogue.approval for lang, catalogue in self.languages.items()}


def load_texts(folder: Path | None = None) -> Texts:
    """The texts in this folder, one ``LANGUAGE.json`` each, or those that come with Tocsin. Errors: `BadFile`."""
    place: Traversable = files("tocsin.data").joinpath("texts") if folder is None else folder
    try:
        found = {entry.name: entry.read_bytes() for entry in place.iterdir() if entry.name.endswith(".json")}
    except OSError as error:
        raise BadFile(f"the texts in {place} cannot be read: {error.strerror}", file=str(place)) from error
    if not found:
        raise BadFile(f"there are no texts in {place}", file=str(place))
    return texts_of(found)


def texts_of(contents: Mapping[str, bytes]) -> Texts:
    """The texts in these files, by name. Errors: `BadFile`, with all that is wrong with the first bad file."""
    languages: dict[str, Catalogue] = {}
    digests: dict[str, str] = {}
    for name, raw in sorted(contents.items()):
        catalogue, digest = _read(name, raw)
        if wrong := [*check(catalogue), *_check_name(name, catalogue), *_check_approval(catalogue.approval, digest)]:
            raise _bad(name, wrong)
        # Only a catalogue that lacks nothing can be worded.
        if wrong := list(_check_length(catalogue)):
            raise _bad(name, wrong)
        languages[catalogue.lang], digests[catalogue.lang] = catalogue, digest
    first, *others = languages.values()
    for other in others:
        if wrong := list(_check_same(first, other)):
            raise _bad(f"{other.lang}.json", wrong)
    return Texts(languages, digests)


def _read(name: str, raw: bytes) -> tuple[Catalogue, str]:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        read = dict(pairs)
        if len(read) < len(pairs):
            twice = next(key for number, (key, _) in enumerate(pairs) if key in dict(pairs[:number]))
            raise _bad(name, [f"{twice} stands there twice"])
        return read

    try:
        content = json.loads(raw, object_pairs_hook=once)
        catalogue = msgspec.convert(content, Catalogue)
    except (ValueError, RecursionError) as error:  # not JSON, not UTF-8, or not of this form
        raise _bad(name, [str(error)]) from error
    del content["approval"]
    return catalogue, hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


def _check_name(name: str, catalogue: Catalogue) -> Iterator[str]:
    if name != f"{catalogue.lang}.json":
        yield f"the texts in it are in {catalogue.lang!r}"


def _check_approval(approval: Approval, digest: str) -> Iterator[str]:
    given = [field is not None for field in (approval.by, approval.on, approval.sha256)]
    if any(given) and not all(given):
        yield f"an approval says by whom, on which day, and of what (sha256, here {digest})"
    elif approval.sha256 is not None and approval.sha256 != digest:
        yield f"it was changed after it was approved: approved was {approval.sha256}, this is {digest}"


def _check_length(catalogue: Catalogue) -> Iterator[str]:
    """The longest that each text can become: everything said beside it, the longest words in its blanks, in a drill.
    What people add themselves has its own limit."""
    signals, leads = catalogue.signals, catalogue.leads
    longest = {
        "signal": max(signals.early_warning, signals.yellow, signals.red, key=len),
        "what": max((*catalogue.threats.values(), *catalogue.hazards.values()), key=len),
        "hazard": max(catalogue.hazards.values(), key=len),
        "announced": max(leads.announced_at + " 00:00, 00.00.0000 UTC", leads.announced_earlier, key=len),
        "note": "",
    }
    kind = max("escalated", "continued", "replaced", key=lambda name: len(getattr(leads, name)))
    beside = max("under_alert", "under_red", "stronger", key=lambda name: len(getattr(leads, name)))
    for key in catalogue.texts:
        before, after = ((kind, "part"), (beside,)) if key in keys.ALARMS else ((), ())
        chars = worded(catalogue, Realm.DRILL, key, longest, before=before, after=after).chars
        if chars > MESSAGE_CHARS:
            yield f"{key} can become {chars} characters long; {MESSAGE_CHARS} are allowed"


def _check_same(first: Catalogue, other: Catalogue) -> Iterator[str]:
    """In every language the same version, the same texts, and as many things to do and not to do."""
    if first.approval.version != other.approval.version:
        yield f"it is version {other.approval.version}, but {first.lang} is version {first.approval.version}"
    if unlike := sorted(first.texts.keys() ^ other.texts.keys()):
        yield f"these texts are in one of {first.lang} and {other.lang} only: {', '.join(unlike)}"
    for key in first.texts.keys() & other.texts.keys():
        one, two = first.texts[key], other.texts[key]
        if (len(one.do), len(one.dont)) != (len(two.do), len(two.dont)):
            yield f"{key} tells more to do, or not to do, in one of {first.lang} and {other.lang}"


def _bad(name: str, wrong: list[str]) -> BadFile:
    return BadFile(f"the texts in {name} cannot be used: {'; '.join(wrong)}", file=name, wrong=wrong)
