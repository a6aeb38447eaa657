"""The script that keeps the page for when there is no network, with the list of what it keeps.

The list names files of the page only, never anything that says how things stand. The version is the digest of them all:
with any of them it changes, and a browser fetches the whole set anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

SCRIPT = "shelters/offline.js"
PAGES = ("index.html", SCRIPT)
"""Served under other addresses, or not to be kept."""
FOLDERS = ("css/", "icons/", "shelters/", "texts/")
"""Besides these, what lies at the top. The map's libraries are left out: without a network there are no tiles."""


def kept_files(names: Mapping[str, str]) -> list[str]:
    """Of all static files, by name with their digest, those that are kept."""
    return sorted(name for name in names if ("/" not in name or name.startswith(FOLDERS)) and name not in PAGES)


def script(body: bytes, digests: Mapping[str, str]) -> bytes:
    """``digests``: of every static file, by its name."""
    files = kept_files(digests)
    told = "".join(f"{name} {digests[name]}\n" for name in (*files, *PAGES))
    version = hashlib.sha256(told.encode()).hexdigest()[:16]
    kept = {"version": version, "files": [f"/static/{name}" for name in files]}
    return b"const KEPT = " + msgspec.json.encode(kept) + b";\n" + body
