"""Commands that wait together: each decided upon what the ones before it left, and all appended at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tocsin.engine import Draft
from tocsin.errors import TocsinError
from tocsin.model import SourceId
from tocsin.standing import Standing
from tocsin.store import Batch, Receipt, Refusal

Outcome = Receipt | TocsinError
TextOf = Callable[[str], str | None]
"""The text of a document of the record by its SHA-256, where it is kept."""


class Group:
    """What they have come to. Nothing of it is kept before all of it is."""

    def __init__(self, standing: Standing, known: dict[str, Receipt], recorded_at: datetime | None) -> None:
        self.draft = Draft(standing.state)
        self.access = standing.access
        self.archive = standing.archive
        self.register = standing.register
        self.heard = standing.heard
        self.known = known
        self.recorded_at = recorded_at
        self.heard_s: dict[SourceId, float] = {}
        self.batches: list[Batch] = []
        self.refusals: list[Refusal] = []
        self.outcomes: list[Outcome] = []

    @property
    def standing(self) -> Standing:
        """What stands after them."""
        return Standing(self.draft.state, self.access, self.archive, self.register, self.heard)
