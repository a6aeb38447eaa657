"""Files of rows as others publish them: CSV in UTF-8, plain or gzipped, read row by row with the line of each.

It promises that every row is either given whole or named with its line and what is wrong with it. What the columns
mean is for the reader of one kind of file to say.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tocsin.errors import BadFile
from tocsin.limits import IMPORT_FILE_BYTES


class BadRow(msgspec.Struct, frozen=True):
    line: int
    """1-based line of the file at which it begins, the header being line 1."""
    reason: str


class Row(msgspec.Struct, frozen=True):
    line: int
    fields: list[str]


class Table(msgspec.Struct, frozen=True):
    header: tuple[str, ...]
    """Empty where the file has no first line that can be read."""
    rows: Iterator[Row | BadRow]
    """To be gone through once."""


def table(path: Path) -> Table:
    """Errors: `BadFile` where the file cannot be read, is too large or is no text."""
    lines = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        header = tuple(next(lines))
    except (StopIteration, csv.Error):
        return Table((), iter(()))

    def rows() -> Iterator[Row | BadRow]:
        while True:
            line = lines.line_num + 1
            try:
                fields = next(lines)
            except StopIteration:
                return
            except csv.Error as error:
                # A broken quote swallows what follows it: the reader cannot be trusted past this line.
                yield BadRow(line, f"not CSV: {error}; nothing from here on was read")
                return
            if len(fields) != len(header):
                yield BadRow(line, f"{len(fields)} fields where the header has {len(header)}")
            else:
                yield Row(line, fields)

    return Table(header, rows())


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as content:
            data = content.read(IMPORT_FILE_BYTES + 1)
        if len(data) > IMPORT_FILE_BYTES:
            raise BadFile(f"{path.name} is larger than {IMPORT_FILE_BYTES} bytes", path=str(path))
        return data.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error) as error:
        raise BadFile(f"{path} cannot be read: {error}", path=str(path)) from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{path.name} is not UTF-8 text", path=str(path)) from error
