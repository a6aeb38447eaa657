"""The bundle of an area: streets, labels and shelters in one signed file, with which a browser answers by itself.

    8 bytes    TOCSINB1; the last sign is the version
    64 bytes   Ed25519 signature of ``tocsin shelter bundle 1``, a line break, and the SHA-256 of all that follows
    ...        header and columns, as `sections` packs them

docs/shelters.md says byte by byte what stands in it, and how to answer from it. The same register gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import numpy as np

from tocsin.errors import BadFile
from tocsin.model import Realm
from tocsin.shelters.area import Standing, Ways
from tocsin.shelters.beside import Beside
from tocsin.shelters.labels import Doors, Labels
from tocsin.shelters.network import Network
from tocsin.shelters.network_file import About, network_from, network_sections
from tocsin.shelters.profiles import SPEED_M_S, STEPS_M_S, K
from tocsin.shelters.sections import Section, pack, unpack
from tocsin.shelters.signed import START, require_signed, sealed
from tocsin.shelters.wording import table
from tocsin.store.heads import Signer


class Bundle(NamedTuple):
    """A bundle as it was read."""

    header: Mapping[str, Any]
    network: Network
    shelters: list[dict[str, Any]]
    foot: tuple[Doors, Labels]
    wheels: tuple[Doors, Labels]


def bundle_bytes(standing: Standing, signer: Signer, log: str, attribution: list[str], at: datetime) -> bytes:
    """``at`` is when what is in it was last changed, by the log's time."""
    header: dict[str, Any] = {
        "format": 1,
        "realm": signer.realm,
        "log": log,
        "area": standing.about.area,
        "seq": standing.seq,
        "at": at,
        "key": signer.key,
        "bounds": standing.network.bounds,
        "attribution": [standing.about.attribution, *attribution],
        "extract": standing.about.extract,
        "speeds_m_s": SPEED_M_S,
        "steps_m_s": STEPS_M_S,
        "nearest": K,
        "no_street": standing.no_street,
    }
    sections = [
        *network_sections(standing.network),
        Section("shelters", "text", msgspec.json.encode(list(_told(standing)))),
        Section("words", "text", msgspec.json.encode(table())),
        *_ways_sections("foot", standing.foot),
        *_ways_sections("wheels", standing.wheels),
    ]
    if standing.about.example is not None:
        header["example"] = standing.about.example
    return sealed(pack(header, sections), signer)


def _told(standing: Standing) -> list[dict[str, Any]]:
    """Each shelter as it is shown. What nobody says is not there."""
    told = []
    for shelter, word, open_ in zip(standing.shelters, standing.words, standing.open.tolist(), strict=True):
        one: dict[str, Any] = msgspec.to_builtins(shelter)
        del one["lon"], one["lat"]
        one.pop("entrances", None)
        one |= {"lon_e6": round(shelter.lon * 1e6), "lat_e6": round(shelter.lat * 1e6), "open": open_}
        if word is not None:
            one["said"] = {"by": word.source, "cause": word.cause, "at": word.at}
        told.append(one)
    return told


def _ways_sections(kind: str, ways: Ways) -> list[Section]:
    doors, labels = ways.doors, ways.labels
    spots = ways.known.spots
    found = [
        Section(f"{kind}_door_shelter", "d32", doors.shelter),
        Section(f"{kind}_door_lon_e6", "d32", np.rint(spots[:, 0] * 1e6).astype(np.int64)),
        Section(f"{kind}_door_lat_e6", "d32", np.rint(spots[:, 1] * 1e6).astype(np.int64)),
        Section(f"{kind}_door_piece", "d32", doors.beside.piece),
        Section(f"{kind}_door_along_dm", "u32", doors.beside.along_dm),
        Section(f"{kind}_door_off_dm", "u32", doors.beside.off_dm),
    ]
    for k in range(K):
        found += [
            Section(f"{kind}_time_{k}", "d16", labels.time_ds[:, k]),
            Section(f"{kind}_shelter_{k}", "d32", labels.shelter[:, k]),
            Section(f"{kind}_out_{k}", "u8", labels.out[:, k]),
        ]
    return found


def read_bundle(content: bytes, *, key: str | None = None, realm: Realm | None = None, seq: int = 0) -> Bundle:
    """What a bundle holds, once it is known to be whole, signed by ``key`` where that is given, of ``realm``, and not
    older than what the register was at ``seq``. Errors: `BadFile`, `BadSignature`."""
    header = require_signed(content, key)
    if realm is not None and header.get("realm") != realm:
        raise BadFile(f"the bundle is of the {header.get('realm')} realm, not of {realm}")
    has = header.get("seq")
    if not isinstance(has, int) or has < seq:
        raise BadFile(f"the bundle is of {has}, older than the register, which is of {seq}", seq=has, register=seq)
    unpacked = unpack(content[START:])
    network = network_from(unpacked)
    try:
        shelters = msgspec.json.decode(unpacked.texts["shelters"], type=list[dict[str, Any]])
        columns = {name: column.astype(np.int64) for name, column in unpacked.columns.items()}
        foot, wheels = (_ways_of(columns, kind, network, len(shelters)) for kind in ("foot", "wheels"))
    except (KeyError, msgspec.DecodeError, msgspec.ValidationError) as error:
        raise BadFile(f"the bundle lacks a part: {error}") from error
    return Bundle(header, network, shelters, foot, wheels)


def streets_of(packed: bytes) -> tuple[Network, About]:
    """The streets in a bundle, of which the signature has been checked, from its header on. Errors: `BadFile`."""
    unpacked = unpack(packed)
    said = unpacked.header
    try:
        about = {"area": said["area"], "attribution": said["attribution"][0], "made_at": said["at"]}
        about |= {"extract": said["extract"], "example": said.get("example")}
        return network_from(unpacked), msgspec.convert(about, About)
    except (KeyError, IndexError, TypeError, msgspec.ValidationError) as error:
        raise BadFile(f"the bundle lacks a part: {error}") from error


def same_streets(one: Network, other: Network) -> bool:
    return one.names == other.names and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in Network._fields if name != "names"
    )


def _ways_of(columns: Mapping[str, Any], kind: str, network: Network, shelters: int) -> tuple[Doors, Labels]:
    def column(name: str) -> Any:
        return columns[f"{kind}_{name}"]

    doors = Doors(
        column("door_shelter").astype(np.int32),
        Beside(*(column(f"door_{name}").astype(np.int32) for name in ("piece", "along_dm", "off_dm"))),
    )
    labels = Labels(
        np.stack([column(f"time_{k}") & 0xFFFF for k in range(K)], axis=1).astype(np.uint16),
        np.stack([column(f"shelter_{k}") for k in range(K)], axis=1).astype(np.int32),
        np.stack([column(f"out_{k}") for k in range(K)], axis=1).astype(np.uint8),
    )
    fits = len(labels.time_ds) == network.points and int(labels.shelter.max(initial=-1)) < shelters
    if not fits or (len(doors.beside.piece) and int(doors.beside.piece.max()) >= network.pieces):
        raise BadFile("the bundle's columns do not fit together")
    return doors, labels
