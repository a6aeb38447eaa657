"""The file that keeps the network of one area: made once from an extract, read at every start.

8 bytes    TOCSINW1; the last sign is the version
32 bytes   SHA-256 of all that follows
...        header and columns, as `sections` packs them
"""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np

from tocsin.errors import BadFile
from tocsin.shelters.network import Network
from tocsin.shelters.sections import Section, Unpacked, pack, unpack

MAGIC = b"TOCSINW1"
SUFFIX = ".walk"


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """Marks an area that is shown to try it out: nobody is to go by it."""

    words: dict[str, str]
    """What it is an example of, by language."""
    lon: float
    lat: float
    """A place from which to try it."""


class About(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a network file says of itself."""

    area: str
    """The name of the area, as it stands in addresses."""
    attribution: str
    """Whose data it is, as it must be shown."""
    made_at: datetime
    extract: str
    """SHA-256 of the extract, hexadecimal."""
    example: Example | None = None


def network_sections(network: Network) -> list[Section]:
    """The columns of a network; in a bundle they are the same."""
    names = "u16" if len(network.names) <= 0xFFFF else "u32"
    return [
        Section("lon_e6", "d32", network.lon_e6),
        Section("lat_e6", "d32", network.lat_e6),
        Section("start", "d32", network.start),
        Section("span", "u32", network.end - network.start),
        Section("length_dm", "u32", network.length_dm),
        Section("traits", "u8", network.traits),
        Section("name", names, network.name),
        Section("names", "text", msgspec.json.encode(list(network.names))),
    ]


def network_from(unpacked: Unpacked) -> Network:
    """Errors: `BadFile` where the columns do not fit together."""
    try:
        columns = {name: column.astype(np.int64) for name, column in unpacked.columns.items()}
        names = msgspec.json.decode(unpacked.texts["names"], type=list[str])
        network = Network(
            lon_e6=columns["lon_e6"].astype(np.int32),
            lat_e6=columns["lat_e6"].astype(np.int32),
            start=columns["start"].astype(np.int32),
            end=(columns["start"] + columns["span"]).astype(np.int32),
            length_dm=columns["length_dm"].astype(np.int32),
            traits=columns["traits"].astype(np.uint8),
            name=columns["name"].astype(np.int32),
            names=names,
        )
    except (KeyError, msgspec.DecodeError, msgspec.ValidationError) as error:
        raise BadFile(f"it lacks a part of the network: {error}") from error
    pieces = {len(network.start), len(network.end), len(network.length_dm), len(network.traits), len(network.name)}
    sound = (
        len(pieces) == 1
        and network.pieces > 0
        and len(network.lon_e6) == len(network.lat_e6)
        and int(network.start.min()) >= 0
        and bool((network.start < network.end).all())
        and int(network.end.max()) < network.points
        and int(network.length_dm.min()) > 0
        and int(network.name.min()) >= 0
        and int(network.name.max()) < len(names)
    )
    if not sound:
        raise BadFile("its columns do not fit together")
    return network


def network_bytes(network: Network, about: About) -> bytes:
    packed = pack(msgspec.to_builtins(about), network_sections(network))
    return MAGIC + hashlib.sha256(packed).digest() + packed


def write_network(path: Path, network: Network, about: About) -> int:
    """Replace the file whole. Gives its size."""
    content = network_bytes(network, about)
    beside = path.with_name(path.name + ".new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    return len(content)


def read_network(path: Path) -> tuple[Network, About]:
    """Errors: `BadFile`, naming the file."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadFile(f"{path.name} cannot be read: {error.strerror}", file=path.name) from error
    try:
        if content[:7] != MAGIC[:7]:
            raise BadFile("it is no network file")
        if content[:8] != MAGIC:
            raise BadFile("it is of another version; make it anew from the extract")
        packed = content[40:]
        if hashlib.sha256(packed).digest() != content[8:40]:
            raise BadFile("it is damaged: its checksum is another")
        unpacked = unpack(packed)
        return network_from(unpacked), msgspec.convert(dict(unpacked.header), About)
    except msgspec.ValidationError as error:
        raise BadFile(f"{path.name}: its header is not of its form: {error}", file=path.name) from error
    except BadFile as error:
        raise BadFile(f"{path.name}: {error.message}", file=path.name) from error
