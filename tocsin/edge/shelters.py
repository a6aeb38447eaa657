"""The shelters of the upstream, as an edge tells of them: the register, what people said, and the signed bundles.

They are fetched when an edge begins to follow, and again when the stream says that something about shelters has
changed; never for a reader. An edge needs no streets for it, and reckons nothing. A bundle is passed on only if it is
of the log and realm of the upstream and its signature holds: an edge does not spread what it would not believe.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from tocsin.edge.upstream import Upstream
from tocsin.errors import BadFile, BadSignature
from tocsin.limits import EVENTS_PER_PAGE
from tocsin.model import Realm
from tocsin.shelters.register import page_of
from tocsin.shelters.signed import require_signed

log = logging.getLogger("tocsin.edge")


class Bundle(NamedTuple):
    etag: str
    content: bytes


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """What was told last. A value."""

    page: Mapping[str, Any]
    """What the answer about the register says beside the shelters: datasets, areas and others."""
    shelters: Mapping[str, dict[str, Any]]
    """By id: each as that answer tells of it."""
    ids: list[str]
    """Rising."""
    words: list[dict[str, Any]]
    """What was last said of each, oldest first."""
    imported: int
    seq: int
    bundles: Mapping[str, Bundle]
    """By area."""

    def register(self, after: str, dataset: str | None, limit: int) -> dict[str, Any]:
        """As `GET /api/v1/shelters` answers."""
        meant = page_of(self.ids, after, dataset, limit)
        return {"shelters": [self.shelters[id] for id in meant], **self.page, "seq": self.seq}

    def words_after(self, seq: int) -> dict[str, Any]:
        """As `GET /api/v1/shelters/words` answers."""
        words = [word for word in self.words if word["seq"] > seq]
        return {"words": words, "imported": self.imported, "seq": self.seq}


async def copied(upstream: Upstream, before: Copy | None, realm: Realm, identity: str) -> Copy:
    """The shelters as they stand there now; what has not changed is not fetched. Errors: `ServerUnreachable`."""
    head = await upstream.head()
    key = None if head is None else head.key
    said = await upstream.shelters("/words", {"after": "0"})
    words = {word["shelter"]: word for word in said["words"]}
    if before is not None and before.imported == said["imported"]:
        page, shelters = before.page, dict(before.shelters)
    else:
        page, shelters = {}, {}
        after = ""
        while True:
            told = await upstream.shelters("", {"after": after, "limit": str(EVENTS_PER_PAGE)})
            some = told.pop("shelters")
            page = page or {name: part for name, part in told.items() if name != "seq"}
            shelters |= {one["shelter"]["id"]: one for one in some}
            if len(some) < EVENTS_PER_PAGE:
                break
            after = some[-1]["shelter"]["id"]
    for id in words.keys() & shelters.keys():
        shelters[id] = {**shelters[id], "open": words[id]["open"], "said": words[id]}
    bundles = {}
    for area in page["areas"]:
        name = area["area"]
        known = None if before is None else before.bundles.get(name)
        content = await upstream.bundle(name, None if known is None else known.etag)
        if content and _is_sound(content, realm, identity, key):
            bundles[name] = Bundle(f'"{hashlib.sha256(content).hexdigest()[:32]}"', content)
        elif known is not None:  # as it was, or better an older one that is sound than one that is not
            bundles[name] = known
    return Copy(
        page=page,
        shelters=shelters,
        ids=sorted(shelters),
        words=said["words"],
        imported=said["imported"],
        seq=said["seq"],
        bundles=bundles,
    )


def _is_sound(content: bytes, realm: Realm, identity: str, key: str | None) -> bool:
    try:
        header = require_signed(content, key)
    except (BadFile, BadSignature) as error:
        log.error("a bundle of shelters is not passed on: %s", error.message)
        return False
    if header.get("realm") != realm or header.get("log") != identity:
        log.error("a bundle of shelters is not passed on: it is of another log or realm")
        return False
    return True
