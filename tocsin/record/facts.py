"""What a report says, fact by fact, as the rooms of the record call it: all of it is in `tocsin.facts`."""

from tocsin.facts import (
    QUOTE_WORDS,
    CasualtyFact,
    Check,
    ControlFact,
    Count,
    DamageFact,
    Fact,
    Harm,
    Hedge,
    Outcome,
    Read,
    Stance,
    StatementFact,
    StatisticFact,
    TallyFact,
    WaveFact,
)

__all__ = [
    "QUOTE_WORDS",
    "CasualtyFact",
    "Check",
    "ControlFact",
    "Count",
    "DamageFact",
    "Fact",
    "Harm",
    "Hedge",
    "Outcome",
    "Read",
    "Stance",
    "StatementFact",
    "StatisticFact",
    "TallyFact",
    "WaveFact",
]
