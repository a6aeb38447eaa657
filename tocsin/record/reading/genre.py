"""The genres that can be read, one entry for each: how to know it, and who reads it.

A new genre is a reader and an entry here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from tocsin.facts import Check, Fact
from tocsin.record.reading import air_force, infographic, russian_fit, russian_mod
from tocsin.record.reading.wire import fitting as wire_fitting
from tocsin.record.reading.wire import reader as wire_reader

OTHER = "other"
"""A text that no reader takes."""


class Genre(NamedTuple):
    id: str
    """As in `Read.genre`."""
    language: str
    """The language that it is written in: ``en``, ``uk``, ``ru``."""
    fit: Callable[[str, str], float]
    """How well a text fits, 0 for not at all; whoever fits best reads it. A headline word is not a reason: 0 unless
    the text says what this genre says. Given the text and its `language_of`, which can be wrong for a few words."""
    read: Callable[[str, date], tuple[tuple[Fact, ...], tuple[Check, ...]]]


GENRES: tuple[Genre, ...] = (
    Genre("air_force_bulletin", "uk", air_force.fit, air_force.read),
    Genre("air_force_infographic", "uk", infographic.fit, infographic.read),
    Genre("russian_mod_bulletin", "ru", russian_fit.fit, russian_mod.read),
    Genre("wire_report", "en", wire_fitting.fit, wire_reader.read),
)
