"""A checksum in every page of the log's file, so that a disk that gives back other bits than it was given is found out.

SQLite's own checksum VFS (cksumvfs), which comes with apsw's wheels, keeps it in the last eight bytes of each page, and
an error is what a page gets that does not agree. It covers indexes and all: a bit that flips there would make rows
vanish without a trace. What still lies in the WAL it does not cover: there the chain of hashes does
(tocsin/store/reading.py).
"""

from __future__ import annotations

import ctypes
from contextlib import closing
from functools import cache

import apsw

VFS = "cksmvfs"
RESERVED = 8
"""Bytes at the end of each page; the header says so, and by that cksumvfs knows its files."""


@cache
def checksum_vfs() -> str | None:
    """The VFS to open logs with; None where this apsw came without it."""
    try:
        import apsw.sqlite_extra

        with closing(apsw.Connection(":memory:")) as connection:
            apsw.sqlite_extra.load(connection, "cksumvfs")
    except (ImportError, apsw.Error, apsw.sqlite_extra.NotAvailable):
        return None
    return VFS if VFS in apsw.vfs_names() else None


def reserve(connection: apsw.Connection) -> None:
    """Have room for checksums in the pages of a file that is about to be made."""
    _reserved(connection, RESERVED)


def has_checksums(connection: apsw.Connection) -> bool:
    """Whether the file's pages carry them."""
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()  # until then its header is not read
    return _reserved(connection, -1) == RESERVED


def _reserved(connection: apsw.Connection, wanted: int) -> int:
    number = ctypes.c_int(wanted)
    connection.file_control("main", apsw.SQLITE_FCNTL_RESERVE_BYTES, ctypes.addressof(number))
    return number.value
