"""A shelter, and every fact about shelters that the log can hold (docs/shelters.md).

What is not known is None, and never a number or a no. What an import brings stands whole in the log; everyone is told
only that there was one, by `SheltersChanged`, because it would be megabytes for each subscriber while warnings wait.
Closures and openings are told like warnings.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Annotated, NewType

import msgspec

from tocsin.limits import NAME_CHARS, SHELTER_ENTRANCES, TEXT_CHARS
from tocsin.model import SourceId, ZoneId

ShelterId = NewType("ShelterId", str)
"""The dataset's name, a colon, and the dataset's own id."""

_Short = Annotated[str, msgspec.Meta(max_length=NAME_CHARS)]
_Long = Annotated[str, msgspec.Meta(max_length=TEXT_CHARS)]
Degrees180 = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Degrees90 = Annotated[float, msgspec.Meta(ge=-90, le=90)]
DatasetName = Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9_-]{0,62}$")]


class ShelterKind(StrEnum):
    """What it is. The first four are the classes of Ukraine's resolution 138 of 2017, as amended."""

    STORAGE = "storage"
    """Сховище: hermetic, against blast, gas and radiation."""
    RADIATION = "radiation"
    """Протирадіаційне укриття: against radiation and debris."""
    DUAL_PURPOSE = "dual_purpose"
    """Built for something else as well, and fit as a shelter."""
    SIMPLE = "simple"
    """Найпростіше укриття: a basement or the like."""
    MODULAR = "modular"
    """Put up quickly, above the ground."""
    PUBLIC = "public"
    """A public shelter, its class not known."""
    SAFE_ROOM = "safe_room"
    METRO = "metro"
    PARKING = "parking"
    SCHOOL = "school"
    UNDERPASS = "underpass"
    UNKNOWN = "unknown"


class Entrance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """Where one goes in."""

    lon: Degrees180
    lat: Degrees90
    step_free: bool | None = None


class Shelter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """One shelter as its dataset tells of it. There are as many as a country has, and none holds on to another."""

    id: Annotated[str, msgspec.Meta(min_length=3, max_length=NAME_CHARS)]
    lon: Degrees180
    lat: Degrees90
    entrances: Annotated[tuple[Entrance, ...], msgspec.Meta(max_length=SHELTER_ENTRANCES)] = ()
    """Where one goes in; at its own place, where none is known."""
    kind: ShelterKind = ShelterKind.UNKNOWN
    name: _Short = ""
    address: _Short = ""
    zone: ZoneId | None = None
    """In which zone of the atlas it lies; None where in none."""
    capacity: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None
    """How many people it holds; None where nobody says."""
    public: bool | None = None
    """Whether everybody may go there."""
    step_free: bool | None = None
    pets: bool | None = None
    open: bool | None = None
    """What its dataset says of whether it can be used; a person's word goes before it."""
    as_of: datetime | None = None
    """When the dataset said so, or was checked."""
    hours: _Short = ""
    photo: _Short = ""
    """An address (URL)."""
    note: _Long = ""

    @property
    def doors(self) -> tuple[Entrance, ...]:
        return self.entrances or (Entrance(lon=self.lon, lat=self.lat, step_free=self.step_free),)


class SheltersImported(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="shelters_imported"):
    """These shelters of a dataset are as it says now, and those gone are no longer in it. The log alone holds it."""

    dataset: str
    attribution: str
    shelters: tuple[Shelter, ...]
    gone: tuple[ShelterId, ...]
    at: datetime


class SheltersChanged(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="shelters_changed"):
    """How an import is told: the register is another now, and can be fetched."""

    dataset: str
    shelters: int
    """How many are new or changed."""
    gone: int
    digest: str
    """SHA-256 of the JSON of the event in the log."""
    at: datetime


class ShelterClosed(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="shelter_closed"):
    """Nobody is to be sent there until it is opened again."""

    shelter: ShelterId
    zone: ZoneId | None
    source: SourceId
    """Who says so."""
    cause: str
    at: datetime


class ShelterOpened(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="shelter_opened"):
    """It can be used, whatever was said before."""

    shelter: ShelterId
    zone: ZoneId | None
    source: SourceId
    cause: str
    at: datetime


PlaceEvent = ShelterClosed | ShelterOpened


def changed(event: SheltersImported) -> SheltersChanged:
    """An import as everyone is told of it."""
    return SheltersChanged(
        dataset=event.dataset,
        shelters=len(event.shelters),
        gone=len(event.gone),
        digest=hashlib.sha256(msgspec.json.encode(event)).hexdigest(),
        at=event.at,
    )
