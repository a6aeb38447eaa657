"""Columns of whole numbers and texts, packed small, to be read by a browser as well.

    u32   length of the header in bytes, little-endian
    ...   header: JSON in UTF-8, with `sections`: name, kind and count of each, in order, and `bytes` unpacked
    ...   one gzip member (RFC 1952): the sections, one after another

A section is of one kind:

    u8, u16, u32            whole numbers of so many bits. Not number after number, but first the lowest byte of all,
                            then the next byte of all: what is alike stands together and packs well
    d8, d16, d32            the same of differences: each number less the one before (the first less 0), modulo 2^bits
                            as a signed number, folded so that small ones stay small: d >= 0 becomes 2d, d < 0 -2d - 1
    text                    `count` bytes of JSON in UTF-8

docs/shelters.md describes the same byte by byte for whoever reads it elsewhere.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from tocsin.errors import BadFile
from tocsin.limits import BUNDLE_UNPACKED_BYTES

_WIDTH = {"u8": 1, "u16": 2, "u32": 4, "d8": 1, "d16": 2, "d32": 4, "text": 1}

Column = NDArray[np.integer]


class Section(NamedTuple):
    name: str
    kind: str
    content: Column | bytes


class _Spec(msgspec.Struct, frozen=True):
    name: str
    kind: str
    count: int


class _Listed(msgspec.Struct, frozen=True):
    sections: list[_Spec]
    bytes: int


class Unpacked(NamedTuple):
    header: Mapping[str, Any]
    columns: Mapping[str, Column]
    texts: Mapping[str, bytes]


def pack(header: Mapping[str, Any], sections: Sequence[Section]) -> bytes:
    """The same bytes for the same content."""
    specs, parts = [], []
    for name, kind, content in sections:
        part = content if isinstance(content, bytes) else _encoded(content, kind)
        specs.append({"name": name, "kind": kind, "count": len(content)})
        parts.append(part)
    body = b"".join(parts)
    head = msgspec.json.encode({**header, "sections": specs, "bytes": len(body)})
    return len(head).to_bytes(4, "little") + head + gzip.compress(body, 9, mtime=0)


def header_of(packed: bytes) -> dict[str, Any]:
    """Errors: `BadFile`."""
    size = int.from_bytes(packed[:4], "little")
    if len(packed) < 4 + size:
        raise BadFile("it ends in its header")
    try:
        return msgspec.json.decode(packed[4 : 4 + size], type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadFile(f"its header cannot be read: {error}") from error


def unpack(packed: bytes) -> Unpacked:
    """What `pack` packed. Errors: `BadFile`, whatever the bytes are."""
    header = header_of(packed)
    try:
        listed = msgspec.convert(header, _Listed)
    except msgspec.ValidationError as error:
        raise BadFile(f"its header is not of its form: {error}") from error
    if not 0 <= listed.bytes <= BUNDLE_UNPACKED_BYTES:
        raise BadFile(f"it would unpack to {listed.bytes:,} bytes", bytes=listed.bytes)
    press = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        body = press.decompress(packed[4 + int.from_bytes(packed[:4], "little") :], listed.bytes + 1)
    except zlib.error as error:
        raise BadFile(f"it cannot be unpacked: {error}") from error
    if len(body) != listed.bytes or not press.eof or press.unused_data:
        raise BadFile("it is cut short, or longer than it says")
    columns: dict[str, Column] = {}
    texts: dict[str, bytes] = {}
    at = 0
    for spec in listed.sections:
        width = _WIDTH.get(spec.kind)
        if width is None or spec.count < 0 or at + spec.count * width > len(body):
            raise BadFile(f"section {spec.name} is of no known kind, or longer than the file")
        part = body[at : at + spec.count * width]
        at += len(part)
        if spec.kind == "text":
            texts[spec.name] = part
        else:
            columns[spec.name] = _decoded(part, spec.kind, width)
    return Unpacked(header, columns, texts)


def _encoded(column: Column, kind: str) -> bytes:
    width = _WIDTH[kind]
    bits = 8 * width
    wide = column.astype(np.int64).ravel()
    if kind[0] == "d":
        wide = np.diff(wide, prepend=0)
        wide = ((wide + (1 << (bits - 1))) & ((1 << bits) - 1)) - (1 << (bits - 1))
        wide = np.where(wide >= 0, 2 * wide, -2 * wide - 1)
    assert len(wide) == 0 or (wide.min() >= 0 and int(wide.max()) < 1 << bits), "a number does not fit into its section"
    return wide.astype(f"<u{width}").view(np.uint8).reshape(-1, width).T.tobytes()


def _decoded(part: bytes, kind: str, width: int) -> Column:
    planes = np.frombuffer(part, np.uint8).reshape(width, -1)
    plain = np.ascontiguousarray(planes.T).view(f"<u{width}").ravel()
    if kind[0] == "u":
        return plain
    folded = plain.astype(np.int64)
    steps = (folded >> 1) ^ -(folded & 1)
    bits = 8 * width
    return ((np.cumsum(steps) + (1 << (bits - 1))) & ((1 << bits) - 1)) - (1 << (bits - 1))
