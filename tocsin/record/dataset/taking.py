"""The dataset taken into the record: the orders by which each post comes in, and by which a later copy corrects it.

Pure. A post that is known, word for word, is no order. One that has changed since an earlier copy is a later version of
its document: each number takes the place of what was said of the same thing before, and what is no longer there is
withdrawn. The old claims stay, marked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Iterator

from tocsin.claims import Drafted
from tocsin.commands import (
    AcceptDrafts,
    Command,
    CorrectClaim,
    RecordOrder,
    TakeDocument,
    WithdrawClaim,
)
from tocsin.facts import Fact, TallyFact
from tocsin.model import SourceId, ZoneId
from tocsin.record.dataset import Dataset, Post
from tocsin.record.dataset.rows import RowFact
from tocsin.record.dataset.spellings import NAME, oblasts_in
from tocsin.record.merging import DATASET
from tocsin.record.published import Claim, Fate, Published
from tocsin.record.shelf import sha256_of

SOURCE = SourceId("dataset:attacks")
"""As whom its documents are taken in."""

CORRECTED = "the dataset says so now"
GONE = "the dataset no longer says so"

ZoneOf = Callable[[str], ZoneId | None]
"""The zone of an ISO 3166-2 code."""


def digest_of(post: Post) -> bytes:
    """SHA-256 of what the post says: the same for the same post in every copy of the file."""
    return hashlib.sha256(f"{post.source}\n{post.night}\n{post.since}\n{post.until}\n{post.text}".encode()).digest()


def key_of(post: Post) -> str:
    """The key of the order that takes it in."""
    return f"{SOURCE}:{digest_of(post).hex()[:32]}"


def orders(
    found: Dataset, record: Published, known: Container[str], zone_of: ZoneOf, actor: str
) -> Iterator[tuple[Post, list[Command]]]:
    """For each post that is not ``known`` by its key what is to be ordered, upon ``record``."""
    earlier = {
        (listed.document.url, record.claims[claims[0]].attack): id
        for id, listed in record.documents.items()
        if listed.document.source == SOURCE and (claims := record.by_document.get(id))
    }
    attacks = {
        attack.bounds.night: attack.id
        for attack in record.open_attacks()
        if (attack.bounds.by, attack.bounds.upon) == ("RU", "UA")
    }
    for post in found.posts:
        key = key_of(post)
        if key in known:
            continue
        before = earlier.get((post.url, attacks.get(post.night.isoformat())))
        given = _of_post(post, before, record, zone_of)
        yield (
            post,
            [
                Command(
                    key=key if number == 0 else f"{key}:{number}",
                    actor=actor,
                    source=SOURCE,
                    reason=reason,
                    order=order,
                )
                for number, (order, reason) in enumerate(given)
            ],
        )


def _of_post(post: Post, before: int | None, record: Published, zone_of: ZoneOf) -> Iterator[tuple[RecordOrder, str]]:
    taking = _taking(post, before, zone_of)
    yield taking, NAME
    old = {} if before is None else {_thing(claim.fact): claim.id for claim in _standing(record, before)}
    for drafted in taking.drafted if old else ():
        replaced = old.pop(_thing(drafted.fact), None)
        if replaced is not None:
            yield CorrectClaim(claim=replaced, drafted=drafted, document=taking.sha256), CORRECTED
    yield AcceptDrafts(document=taking.sha256, attack=post.night.isoformat()), ""
    for claim in old.values():
        yield WithdrawClaim(claim=claim), GONE


def _standing(record: Published, document: int) -> Iterator[Claim]:
    """What stands of a document of the dataset."""
    for id in record.by_document.get(document, ()):
        claim = record.claims[id]
        if claim.fate is Fate.CURRENT:
            yield claim


def _taking(post: Post, before: int | None, zone_of: ZoneOf) -> TakeDocument:
    return TakeDocument(
        publisher=post.speaker or NAME,
        genre=DATASET,
        language="en",
        published=post.until,
        sha256=sha256_of(post.text),
        characters=len(post.text),
        drafted=tuple(Drafted(fact=fact, zone=_zone(fact, zone_of)) for fact in post.facts),
        url=post.url,
        version_of=before,
    )


def _thing(fact: Fact) -> tuple[object, ...]:
    """What it is about, whatever its number."""
    if isinstance(fact, TallyFact):
        return fact.outcome, fact.weapon, fact.unit, fact.since, fact.subset_of is None, fact.quote.partition(":")[0]
    return (type(fact).__name__, getattr(fact, "what", None), getattr(fact, "place", None))


def _zone(fact: RowFact, zone_of: ZoneOf) -> ZoneId | None:
    """Where it names exactly one oblast; of several, or of the whole country, none."""
    codes = oblasts_in(fact.place or "")
    return zone_of(codes[0]) if len(codes) == 1 and (fact.place or "").count(" and ") == 0 else None
