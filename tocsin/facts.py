"""What a report says, fact by fact, each with the words that say it and who speaks them.

A fact is a claim: that somebody said so, not that it is so. It promises that ``quote`` stands in the report between
``start`` and ``end``, and that unknown is never 0. It says nothing of which attack it belongs to.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import msgspec

QUOTE_WORDS = 25
"""The longest quotation that is kept."""


class Hedge(StrEnum):
    """How sure the speaker says they are."""

    PRELIMINARY = "preliminary"
    REPORTEDLY = "reportedly"
    ABOUT = "about"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """A number as it was said: "37" is 37 to 37, "at least 5" 5 to None, "up to a dozen" None to 12."""

    value: int
    """The number itself."""
    low: int | None
    high: int | None
    words: str
    """As written: "37", "a dozen", "понад 200"."""


class Outcome(StrEnum):
    """What became of weapons; kept apart, since sources count differently and have changed how they count."""

    LAUNCHED = "launched"
    SHOT_DOWN = "shot_down"
    SUPPRESSED = "suppressed"
    SHOT_DOWN_OR_SUPPRESSED = "shot_down_or_suppressed"
    LOST = "lost"
    LEFT_AIRSPACE = "left_airspace"
    AIRBORNE = "airborne"
    HIT = "hit"
    DEBRIS = "debris"


class Harm(StrEnum):
    """What became of people."""

    KILLED = "killed"
    INJURED = "injured"
    MISSING = "missing"
    RESCUED = "rescued"
    NONE = "none"
    """It was said that nobody was harmed, which is not the same as nothing being said."""


class Stance(StrEnum):
    """What somebody does by saying it."""

    ASSERTS = "asserts"
    DENIES = "denies"
    WARNS = "warns"
    PLEDGES = "pledges"
    REQUESTS = "requests"
    OMITS = "omits"
    DOWNPLAYS = "downplays"


class _Fact(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What all facts share."""

    quote: str
    """Words of the report, at most `QUOTE_WORDS`, white space folded."""
    start: int
    """Where they stand in the report as it came: characters from its beginning."""
    end: int
    speaker: str | None = None
    """Who asserts it, as the report names them; None where nobody is named."""
    via: str | None = None
    """Through what it reached the report: a channel, an agency."""
    hedges: tuple[Hedge, ...] = ()
    as_of: str | None = None
    """The moment of which it is said, ISO 8601 as far as it is known: 2024-11-13, 2024-11-13T09:00."""
    happened: str | None = None
    """When it happened, where that is another time than the one that its report is about, ISO 8601 as far as it is
    said: 2024-11-11, 2024-W46, 2024-11."""


class TallyFact(_Fact, frozen=True, kw_only=True, tag="tally"):
    outcome: Outcome
    weapon: str
    """An id of the taxonomy (``weapons.py``): drone, shahed, missile, cruise_missile, kh_101."""
    value: Count
    place: str | None = None
    """Where, as the report names it."""
    areas: Count | None = None
    """Over how many regions or places."""
    unit: Literal["weapons", "locations"] = "weapons"
    """What ``value`` counts: "hits at 19 locations" says nothing of how many weapons hit."""
    regions: tuple[str, ...] = ()
    """Where, each region by itself, as the report names them."""
    origins: tuple[str, ...] = ()
    """From where they were launched, as the report names it."""
    since: str | None = None
    """The period that it covers, ISO 8601 as far as it is said: 2024-11-12T20:00; or only the day."""
    until: str | None = None
    subset_of: int | None = None
    """The index, among the report's facts, of the total that this is a part of: never counted beside it."""


class CasualtyFact(_Fact, frozen=True, kw_only=True, tag="casualty"):
    outcome: Harm
    value: Count | None
    """None where people were harmed and nobody says how many."""
    place: str | None = None
    """Where, as the report names it."""
    persons: tuple[str, ...] = ()
    """Who, as far as it is said: "a 52-year-old woman"."""
    cumulative: bool = False
    """Whether it counts from long before this attack."""
    subset_of: int | None = None


class DamageFact(_Fact, frozen=True, kw_only=True, tag="damage"):
    what: str
    place: str | None = None
    """Where, as the report names it."""
    state: str | None = None
    """damaged, destroyed, on fire, without power."""
    cause: str | None = None


class StatementFact(_Fact, frozen=True, kw_only=True, tag="statement"):
    stance: Stance


class ControlFact(_Fact, frozen=True, kw_only=True, tag="control"):
    """Somebody claims that a territory is theirs. It never becomes geometry."""

    place: str
    asserted_by: str | None


class StatisticFact(_Fact, frozen=True, kw_only=True, tag="statistic"):
    """A first, a record, a number of days since: claimed, to be set beside what the record computes."""

    measure: str
    """days_since, record, first, total."""
    value: Count | None = None
    unit: str | None = None


class WaveFact(_Fact, frozen=True, kw_only=True, tag="wave"):
    order: int
    """1 for what came first."""
    weapon: str
    place: str | None = None
    """Where, as the report names it."""


Fact = TallyFact | CasualtyFact | DamageFact | StatementFact | ControlFact | StatisticFact | WaveFact


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """Something in a report that does not add up. It is flagged and never mended."""

    rule: str
    """parts_against_total, headline_against_text, downed_over_launched, date, place_in_oblast, cut_short."""
    words: str
    """For a person: "345 launched, but the parts come to 347"."""
    facts: tuple[int, ...]
    """The indices of the facts that it is about."""


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of one report."""

    genre: str
    """wire_report, air_force_bulletin, air_force_infographic, russian_mod_bulletin, other."""
    language: str
    published: str
    """The day it was published, ISO 8601; what dates in it are understood by."""
    facts: tuple[Fact, ...]
    checks: tuple[Check, ...] = ()
    correction: bool = False
    """Whether it says of itself that it corrects an earlier report."""
