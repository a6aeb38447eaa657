"""The file that holds the private key with which a realm's heads are signed.

Whoever can read it can sign another history, so it is for its owner alone, and a file that is not is refused.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tocsin.errors import BadKey
from tocsin.model import Realm
from tocsin.store.durable import sync
from tocsin.store.heads import Hex32, Signer

BYTES = 4096
"""Longer is no key file."""


class _Content(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    realm: Realm
    private_key: Hex32


def key_path(log: Path) -> Path:
    """Where the key of a log lies, if nothing else is said: beside it."""
    return log.with_name(log.name + ".key")


def load(path: Path, realm: str) -> Signer:
    """The signer whose key the file holds. Errors: `BadKey`."""
    try:
        content = msgspec.json.decode(_owners_alone(path), type=_Content)
    except OSError as error:
        raise BadKey(f"{path} cannot be read: {error}", path=str(path)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        # Not with the decoder's words: they may quote what must not be told.
        raise BadKey(f"{path} does not hold a key; restore it, or move it away to begin with a new one") from error
    if content.realm != realm:
        raise BadKey(
            f"{path} holds the key of the {content.realm} realm, not of {realm}: each has its own", path=str(path)
        )
    return Signer(content.realm, bytes.fromhex(content.private_key))


def load_or_make(path: Path, realm: Realm) -> Signer:
    """The signer whose key the file holds; where there is no file, with a new key. Errors: `BadKey`."""
    if not os.path.lexists(path):
        try:
            _make(path, realm)
        except FileExistsError:
            pass  # another process made it in this moment
        except OSError as error:
            raise BadKey(f"a key cannot be kept at {path}: {error}", path=str(path)) from error
    return load(path, realm)


def _owners_alone(path: Path) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise BadKey(f"{path} is not a file", path=str(path))
        if status.st_mode & 0o077:
            raise BadKey(
                f"others than its owner may use {path} (mode {stat.S_IMODE(status.st_mode):03o}): if nobody has, "
                f"chmod 600 {path}; if somebody may have, move it away to begin with a new key",
                path=str(path),
            )
        if status.st_uid not in (0, os.geteuid()):
            raise BadKey(f"{path} belongs to another user (id {status.st_uid})", path=str(path))
        return os.read(descriptor, BYTES)
    finally:
        os.close(descriptor)


def _make(path: Path, realm: Realm) -> None:
    private = Ed25519PrivateKey.generate().private_bytes_raw().hex()
    content = msgspec.json.encode(_Content(realm=realm, private_key=private)) + b"\n"
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, content)
        os.fsync(descriptor)
        # A link, unlike a rename, never takes the place of a key that is there.
        path.hardlink_to(part)
        sync(path.parent)
    finally:
        os.close(descriptor)
        part.unlink(missing_ok=True)
