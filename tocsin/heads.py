"""The head of the log, signed anew at each transition and published: whoever keeps one can check the record later."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tocsin.clock import Clock
from tocsin.events import Entry
from tocsin.store import Store
from tocsin.store.heads import SignedHead, Signer

log = logging.getLogger("tocsin.heads")


class Heads:
    """A reader of the log. Safe to ask from any thread."""

    def __init__(self, store: Store, signer: Signer, clock: Clock, file: Path | None = None) -> None:
        """``file`` is to hold the latest head as JSON, for other hosts to fetch or for a mirror to keep."""
        self._store = store
        self.signer = signer
        self._clock = clock
        self._file = file
        self._latest = self._signed()

    @property
    def latest(self) -> SignedHead:
        return self._latest

    def sign(self, appended: Sequence[Entry] = ()) -> None:
        """Sign the head as it is now. To be called with what each append added."""
        self._latest = self._signed()

    def _signed(self) -> SignedHead:
        head = self.signer.sign(self._store.identity, self._store.link(), self._clock.now())
        if self._file is not None:
            try:
                _put(self._file, msgspec.json.encode(head) + b"\n")
            except OSError as error:
                # The head is served all the same, and the next transition tries again.
                log.warning("the signed head could not be written to %s: %s", self._file, error)
        return head


def _put(file: Path, content: bytes) -> None:
    """Replace the file at once, so that no reader sees half of it. Not synced: after a crash it is made anew."""
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(file)
