"""A statistic as its .sql file says it: title and definition in words, version, parameters, columns, and the query.

The comment at the head of the file is read line by line: ``-- title (en): ...``, ``-- version: 1``,
``-- parameter NAME: KIND = DEFAULT | what it is``, ``-- column NAME: what it is | the same in Ukrainian``,
``-- variant NAME: parameter=value ... | what it is | the same in Ukrainian``. An indented line goes on with the one
before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from tocsin.errors import UnknownStatistic

Kind = Literal["date", "zones", "weapons", "integer", "boolean", "choice"]


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    kind: Kind
    default: str
    """As one would type it."""
    words: str
    least: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """The same statistic by one choice of its parameters, that has a name."""

    name: str
    given: dict[str, str]
    words: str
    uk: str
    """The same words in Ukrainian."""


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    version: int
    title: dict[str, str]
    """By language."""
    words: dict[str, str]
    """What it counts, by language."""
    parameters: tuple[Parameter, ...]
    columns: dict[str, str]
    """What stands in each column of the answer."""
    columns_uk: dict[str, str]
    """The same words in Ukrainian."""
    variants: tuple[Variant, ...]
    sql: str


@cache
def definitions() -> Mapping[str, Definition]:
    """All that there are, by name."""
    folder = files(__package__ or "tocsin.record.statistics")
    found = (item for item in folder.iterdir() if item.name.endswith(".sql"))
    read = [parsed(item.name.removesuffix(".sql"), item.read_text("utf-8")) for item in found]
    return {one.name: one for one in sorted(read, key=lambda one: one.name)}


def definition(name: str) -> Definition:
    """Errors: `UnknownStatistic`."""
    found = definitions().get(name)
    if found is None:
        raise UnknownStatistic(f"there is no statistic {name!r}", name=name, known=list(definitions()))
    return found


def parsed(name: str, text: str) -> Definition:
    """A file as a definition. A file that is not one is a mistake of ours: `ValueError`."""
    head, _, sql = text.partition("\n\n")
    said: list[str] = []
    for line in head.splitlines():
        if not line.startswith("-- "):
            raise ValueError(f"{name}: not a comment: {line!r}")
        if line.startswith("--   "):
            said[-1] += f" {line.removeprefix('--   ')}"
        else:
            said.append(line.removeprefix("-- "))
    title: dict[str, str] = {}
    words: dict[str, str] = {}
    columns: dict[str, str] = {}
    columns_uk: dict[str, str] = {}
    parameters: list[Parameter] = []
    variants: list[Variant] = []
    version = 0
    for line in said:
        what, _, rest = line.partition(":")
        kind, _, about = what.partition(" ")
        rest = rest.strip()
        match kind:
            case "title":
                title[about.strip("()")] = rest
            case "definition":
                words[about.strip("()")] = rest
            case "version":
                version = int(rest)
            case "column":
                english, _, ukrainian = rest.partition("|")
                columns[about], columns_uk[about] = english.strip(), ukrainian.strip()
            case "parameter":
                parameters.append(_parameter(about, rest))
            case "variant":
                given, _, meaning = rest.partition("|")
                english, _, ukrainian = meaning.partition("|")
                pairs = dict(pair.split("=", 1) for pair in given.split())
                variants.append(Variant(name=about, given=pairs, words=english.strip(), uk=ukrainian.strip()))
            case _:
                raise ValueError(f"{name}: what is {what!r}?")
    return Definition(
        name=name,
        version=version,
        title=title,
        words=words,
        parameters=tuple(parameters),
        columns=columns,
        columns_uk=columns_uk,
        variants=tuple(variants),
        sql=sql,
    )


def _parameter(name: str, said: str) -> Parameter:
    form, _, words = said.partition("|")
    kind, _, default = form.partition("=")
    kind, _, more = kind.strip().partition(" ")
    bounds = re.fullmatch(r"(-?\d+)\.\.(-?\d+)", more)
    return Parameter(
        name=name,
        kind=msgspec.convert(kind, Kind),
        default=default.strip(),
        words=words.strip(),
        least=int(bounds[1]) if bounds else None,
        most=int(bounds[2]) if bounds else None,
        choices=tuple(more.split(",")) if kind == "choice" else (),
    )
