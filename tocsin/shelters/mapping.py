"""How a dataset of shelters names things: one TOML file for each, so that a new one needs no code.

docs/shelters.md lists what can stand in a mapping. Those that come with Tocsin lie in `mappings/`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as AnyMapping
from importlib import resources
from pathlib import Path

import msgspec

from tocsin.errors import BadFile, NotFound
from tocsin.shelter import DatasetName, ShelterKind


class Flag(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A column that says yes or no, in its own words."""

    column: str = ""
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    otherwise: bool | None = None
    """What any other word, or none, means."""


class Kinds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    column: str = ""
    values: dict[str, ShelterKind] = {}
    otherwise: ShelterKind = ShelterKind.UNKNOWN


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Names of columns are paths into nested content, with dots between: ``address.street``."""

    title: str
    dataset: DatasetName
    attribution: str
    about: str = ""
    """Where the names of the columns are from, and which of them are guessed."""
    id: tuple[str, ...] = ()
    """The columns that name a shelter within its dataset, for good; without any, its place and name are its id."""
    name: tuple[str, ...] = ()
    """Columns; what stands in them is joined with commas."""
    address: tuple[str, ...] = ()
    note: tuple[str, ...] = ()
    lon: str = ""
    lat: str = ""
    """Columns with degrees, where the place is not the geometry."""
    entrance_lon: str = ""
    entrance_lat: str = ""
    capacity: str = ""
    zero_is_unknown: bool = False
    """Whether a capacity of 0 is how this dataset says that it does not know."""
    hours: str = ""
    photo: str = ""
    as_of: str = ""
    kind: Kinds = Kinds()
    public: Flag = Flag()
    step_free: Flag = Flag()
    pets: Flag = Flag()
    open: Flag = Flag()
    leave_out: dict[str, tuple[str, ...]] = {}
    """Rows that are no shelters: a column, and what stands in it there."""
    bounds: tuple[float, float, float, float] | None = None
    """West, south, east, north: what lies outside is an error, and may have its coordinates swapped."""
    delimiter: str = ","
    decimal_comma: bool = False


def mapping_names() -> list[str]:
    folder = resources.files("tocsin.shelters") / "mappings"
    return sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))


def load_mapping(name: str) -> Mapping:
    """One that comes with Tocsin, by its name, or a file. Errors: `NotFound`, `BadFile`."""
    if name in mapping_names():
        content = (resources.files("tocsin.shelters") / "mappings" / f"{name}.toml").read_text("utf-8")
    else:
        path = Path(name)
        if path.suffix != ".toml" or not path.is_file():
            raise NotFound(f"there is no mapping {name}: name a .toml file, or one of {', '.join(mapping_names())}")
        try:
            content = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadFile(f"{path.name} cannot be read: {error}", file=path.name) from error
    try:
        return msgspec.convert(tomllib.loads(content), Mapping)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadFile(f"the mapping {name} is not of its form: {error}", file=name) from error


def said(row: AnyMapping[str, object], column: str) -> object:
    """What stands in a column; None where nothing does."""
    if not column:
        return None
    here: object = row.get(column)
    if here is None and "." in column and column not in row:
        here = row
        for part in column.split("."):
            here = here.get(part) if isinstance(here, dict) else None
    return None if here is None or (isinstance(here, str) and not here.strip()) else here
