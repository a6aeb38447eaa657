"""The dataset taken into the record: what is published of each post, and what of it corrects an earlier copy.

Pure. A post that is known, word for word, changes nothing. One that has changed since an earlier copy is a later
version of its document: each number takes the place of what was said of the same thing before, and what is no longer
there is withdrawn. The old claims stay, marked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from tocsin.claims import Bounds, Document, How
from tocsin.facts import TallyFact
from tocsin.model import SourceId, ZoneId
from tocsin.record.dataset import Dataset, Post
from tocsin.record.dataset.rows import RowFact
from tocsin.record.dataset.spellings import NAME, oblasts_in
from tocsin.record.published import Published
from tocsin.recorded import AttackOpened, ClaimPublished, ClaimWithdrawn, DocumentPublished, PublishedEvent

SOURCE = SourceId("dataset:attacks")
"""As whom its documents are taken in."""

CORRECTED = "the dataset says so now"
GONE = "the dataset no longer says so"

ZoneOf = Callable[[str], ZoneId | None]
"""The zone of an ISO 3166-2 code."""


class Taken(NamedTuple):
    """What is to be appended for one post."""

    key: str
    digest: bytes
    events: tuple[PublishedEvent, ...]


def digest_of(post: Post) -> bytes:
    """SHA-256 of what the post says: the same for the same post in every copy of the file."""
    return hashlib.sha256(f"{post.source}\n{post.night}\n{post.since}\n{post.until}\n{post.text}".encode()).digest()


def key_of(post: Post) -> str:
    return f"{SOURCE}:{digest_of(post).hex()[:32]}"


def taken(
    found: Dataset, record: Published, known: Mapping[str, object], seq: int, zone_of: ZoneOf, now: datetime
) -> Iterator[Taken]:
    """For each post that is not ``known`` by its key; the first event of all will have ``seq`` + 1."""
    nights = {
        attack.bounds.night: attack.id
        for attack in record.open_attacks()
        if (attack.bounds.by, attack.bounds.upon) == ("RU", "UA")
    }
    ours = {id: listed for id, listed in record.documents.items() if listed.document.source == SOURCE}
    before = {
        (ours[claim.document].document.url, claim.attack): claim.document
        for claim in record.claims.values()
        if claim.document in ours
    }
    for post in found.posts:
        if key_of(post) in known:
            continue
        events: list[PublishedEvent] = []
        night = post.night.isoformat()
        if night not in nights:
            events.append(AttackOpened(bounds=Bounds(night=night, by="RU", upon="UA"), at=now))
            nights[night] = seq + 1
        attack = nights[night]
        earlier = before.get((post.url, attack))
        document = seq + len(events) + 1
        events.append(DocumentPublished(id=document, document=_document(post, earlier), at=now))
        old = (
            {}
            if earlier is None
            else {
                _thing(claim.fact): claim.id
                for claim in record.current(attack)
                if claim.document == earlier and isinstance(claim.fact, RowFact)
            }
        )
        for number, fact in enumerate(post.facts):
            replaced = old.pop(_thing(fact), None)
            events.append(
                ClaimPublished(
                    document=document,
                    number=number,
                    fact=fact,
                    zone=_zone(fact, zone_of),
                    attack=attack,
                    how=How.REVIEWED,
                    supersedes=replaced,
                    reason=CORRECTED if replaced else "",
                    at=now,
                )
            )
        events += (ClaimWithdrawn(claim=claim, misread=False, reason=GONE, at=now) for claim in old.values())
        seq += len(events)
        yield Taken(key_of(post), digest_of(post), tuple(events))


def _document(post: Post, earlier: int | None) -> Document:
    return Document(
        publisher=post.speaker or NAME,
        source=SOURCE,
        genre="dataset",
        language="en",
        published=post.until,
        sha256=hashlib.sha256(post.text.encode()).hexdigest(),
        characters=len(post.text),
        url=post.url,
        version_of=earlier,
    )


def _thing(fact: RowFact) -> tuple[object, ...]:
    """What it is about, whatever its number."""
    if isinstance(fact, TallyFact):
        return fact.outcome, fact.weapon, fact.unit, fact.since, fact.subset_of is None, fact.quote.partition(":")[0]
    return fact.what, fact.place


def _zone(fact: RowFact, zone_of: ZoneOf) -> ZoneId | None:
    """Where it names exactly one oblast; of several, or of the whole country, none."""
    codes = oblasts_in(fact.place or "")
    return zone_of(codes[0]) if len(codes) == 1 and (fact.place or "").count(" and ") == 0 else None
