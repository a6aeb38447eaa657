"""The texts of reports, beside the log: for those who review, and for nobody else. They are under others' copyright.

A text is found by its SHA-256 and believed only if it has it. It may be deleted at any time: the record goes on without
it, and only what was quoted before can be said of its document from then on.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from tocsin.errors import StoreFailed


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Shelf(Protocol):
    def keep(self, text: str) -> str:
        """The SHA-256 by which it is found from now on. Errors: `StoreFailed`."""

    def text_of(self, sha256: str) -> str | None:
        """None where it is not kept, or is not what was kept."""

    def forget(self, sha256: str) -> None:
        """To forget what is not there changes nothing."""


class Pile:
    """In memory, for where nothing else is."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def keep(self, text: str) -> str:
        self._texts[sha256_of(text)] = text
        return sha256_of(text)

    def text_of(self, sha256: str) -> str | None:
        return self._texts.get(sha256)

    def forget(self, sha256: str) -> None:
        self._texts.pop(sha256, None)


class Folder:
    """A file each, in a folder that only its owner may look into; made with the first."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def keep(self, text: str) -> str:
        sha256 = sha256_of(text)
        try:
            self._path.mkdir(mode=0o700, exist_ok=True)
            part = self._path / f".{sha256}.{os.getpid()}"
            with part.open("wb") as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._file(sha256))
        except OSError as error:
            raise StoreFailed(f"the text of a report cannot be kept in {self._path}: {error}") from error
        return sha256

    def text_of(self, sha256: str) -> str | None:
        try:
            text = self._file(sha256).read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            return None
        return text if sha256_of(text) == sha256 else None

    def forget(self, sha256: str) -> None:
        with suppress(OSError):
            self._file(sha256).unlink(missing_ok=True)

    def _file(self, sha256: str) -> Path:
        assert len(sha256) == 64, sha256
        assert sha256.isalnum(), sha256
        return self._path / f"{sha256}.txt"


def beside(database: Path) -> Folder:
    """The folder of a log, and so of its realm."""
    return Folder(database.with_name(f"{database.name}.texts"))
