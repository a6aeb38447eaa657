"""The folder with the copy: each file is there whole or not at all, and no two contents of one look alike to a cache.

A web server tells one content from another by the file's time, in whole seconds, and its size. So the time of each new
content is later than that of the one before, by a whole second at least: after several in one second it lies a little
ahead of the clock. When a copy was really made stands inside of it.
"""

from __future__ import annotations

import fcntl
import gzip
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from tocsin.errors import BadSetting
from tocsin.model import Realm

STATE = "state.json"
PACKED = ".gz"
PART = ".part"
LOCK = ".writer"

PATIENCE_S = 2.0
"""How long another writer may still hold the folder."""


class _Said(msgspec.Struct):
    realm: Realm


class Folder:
    """One writer's hold on the folder. Used from one thread."""

    def __init__(self, path: Path, realm: Realm) -> None:
        self.path = path
        self._realm = realm
        self._lock: int | None = None

    def put(self, files: Mapping[str, bytes], now: datetime) -> None:
        """Replace these files, each together with its compressed twin; if one cannot be written, none is replaced.

        Makes the folder where there is none. Errors: `OSError`; `BadSetting` where the folder is another's.
        """
        self._take()
        contents: dict[str, tuple[bytes, int]] = {}
        for name, body in files.items():
            stamp = max([int(now.timestamp()), *(1 + self._stamped(each) for each in (name, name + PACKED))])
            # The twin goes first: nearly everybody is given that one.
            contents[name + PACKED] = gzip.compress(body, 6, mtime=0), stamp
            contents[name] = body, stamp
        try:
            for name, (content, stamp) in contents.items():
                self._write(name + PART, content, stamp)
            for name in contents:
                (self.path / (name + PART)).replace(self.path / name)
        except OSError:
            for name in contents:
                with suppress(OSError):
                    (self.path / (name + PART)).unlink()
            raise

    def close(self) -> None:
        """Let go of the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _take(self) -> None:
        """Be the only writer. Asked anew each time: a folder that was removed is another one when it is back."""
        path = self.path / LOCK
        if self._lock is not None:
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(self._lock), path.stat()):
                    return
            self.close()
        if not self.path.is_dir():
            self.path.mkdir(parents=True)
            self.path.chmod(0o755)  # whatever the umask: a web server of another name looks into it
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            if not _locked(descriptor):
                raise BadSetting(f"another Tocsin writes its static copy into {self.path}")
            require_realm(self.path, self._realm)
        except BaseException:
            os.close(descriptor)
            raise
        self._lock = descriptor

    def _stamped(self, name: str) -> int:
        try:
            return int((self.path / name).stat().st_mtime)
        except FileNotFoundError:
            return 0

    def _write(self, name: str, content: bytes, stamp: int) -> None:
        """Onto the medium before it gets its name, so that a power cut leaves the old content or the new."""
        descriptor = os.open(self.path / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
        try:
            os.fchmod(descriptor, 0o644)
            rest = memoryview(content)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            os.utime(descriptor, (stamp, stamp))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _locked(descriptor: int) -> bool:
    """Take the lock; the writer of a Tocsin that was just ended may still be at its last copy."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(0.05)


def require_realm(folder: Path, realm: Realm) -> None:
    """Never put a drill in reality's place, nor the reverse. Errors: `BadSetting`."""
    try:
        said = msgspec.json.decode((folder / STATE).read_bytes(), type=_Said)
    except (OSError, msgspec.DecodeError):
        return
    if said.realm is not realm:
        raise BadSetting(f"{folder} holds a static copy of the {said.realm} realm, and this is the {realm} realm")
