"""Planted: in what is reviewed, published and corrected."""

from __future__ import annotations

import dataclasses
import sys
from importlib import import_module
from typing import Any

import msgspec

from tests.sim.planting import Patch, breaks
from tocsin.events import Entry, Internal, PublicEntry, public
from tocsin.record.archive import Archive, Draft
from tocsin.record.drafting import Drafting
from tocsin.record.footing import Footing
from tocsin.recorded import (
    AttacksJoined,
    ClaimPublished,
    ClaimsAssigned,
    ClaimWithdrawn,
    DocumentTaken,
    DraftMended,
)
from tocsin.sim.rules import Rule

archiving: Any = import_module("tocsin.record.archive")
publishing: Any = import_module("tocsin.record.published")
drafting: Any = import_module("tocsin.record.drafting")
footing: Any = import_module("tocsin.record.footing")
permitting: Any = import_module("tocsin.access.permit")
standing: Any = import_module("tocsin.standing")


# --- what is reviewed ---------------------------------------------------------------------------


@breaks(Rule.REVIEWED)
def every_source_is_trusted(patch: Patch) -> None:
    right = Drafting.take

    def take(self: Drafting, order: Any) -> Any:
        self.archive = dataclasses.replace(self.archive, trusted=frozenset({self.command.source}))
        return right(self, order)

    patch.setattr(Drafting, "take", take)


@breaks(Rule.REVIEWED)
def accepting_one_draft_publishes_all(patch: Patch) -> None:
    patch.setattr(Footing, "numbers", lambda self, taken, numbers: taken.waiting())


@breaks(Rule.REVIEWED)
def what_was_rejected_is_published_with_the_rest(patch: Patch) -> None:
    patch.setattr(Draft, "waits", property(lambda self: self.claim is None))


@breaks(Rule.REVIEWED)
def what_was_mended_is_published_as_it_was_read(patch: Patch) -> None:
    right = archiving._take_draft

    def take_draft(told: Any, taken: Any, *rest: Any) -> None:
        event = told.event
        if isinstance(event, DraftMended) and event.number < len(taken[event.document].drafts):
            return
        right(told, taken, *rest)

    patch.setattr(archiving, "_take_draft", take_draft)


@breaks(Rule.GRANTED)
def a_service_may_decide_what_is_public(patch: Patch) -> None:
    right = permitting.needs
    patch.setattr(permitting, "needs", lambda *args: msgspec.structs.replace(right(*args), person=False))


@breaks(Rule.TWO_PEOPLE)
def one_person_has_a_source_trusted(patch: Patch) -> None:
    right = permitting.needs
    patch.setattr(permitting, "needs", lambda *args: msgspec.structs.replace(right(*args), always_two=False))


# --- what is accepted ---------------------------------------------------------------------------


@breaks(Rule.KEPT)
def an_acceptance_loses_its_last_claim(patch: Patch) -> None:
    right = Drafting.accept

    def accept(self: Drafting, order: Any) -> Any:
        events = right(self, order)
        claims = [event for event in events if isinstance(event, ClaimPublished)]
        return tuple(event for event in events if len(claims) < 2 or event is not claims[-1])

    patch.setattr(Drafting, "accept", accept)


@breaks(Rule.KEPT, Rule.SOUND)
def a_correction_takes_the_old_claim_out(patch: Patch) -> None:
    right = publishing._Making._publish

    def publish(self: Any, seq: int, event: ClaimPublished) -> None:
        right(self, seq, event)
        if event.supersedes is not None:
            del self._claims[event.supersedes]

    patch.setattr(publishing._Making, "_publish", publish)


@breaks(Rule.KEPT)
def what_was_withdrawn_still_stands(patch: Patch) -> None:
    passes_over(patch, ClaimWithdrawn)


@breaks(Rule.KEPT)
def claims_that_were_moved_stay_where_they_were(patch: Patch) -> None:
    passes_over(patch, ClaimsAssigned)


@breaks(Rule.KEPT)
def a_joined_attack_keeps_its_claims(patch: Patch) -> None:
    passes_over(patch, AttacksJoined)


def passes_over(patch: Patch, kind: type) -> None:
    """What the public record is made of leaves out one kind of event."""
    right = publishing._Making.take

    def take(self: Any, told: Any) -> None:
        if not isinstance(told.event, kind):
            right(self, told)

    patch.setattr(publishing._Making, "take", take)


@breaks(Rule.KEPT)
def a_restart_loses_the_newest_claim(patch: Patch) -> None:
    right = standing.unpacked

    def unpacked(*args: Any) -> Any:
        found = right(*args)
        archive: Archive = found.archive
        last = max((n for n, one in enumerate(archive.told) if isinstance(one.event, ClaimPublished)), default=None)
        if last is None:
            return found
        told = (one for n, one in enumerate(archive.told) if n < last)
        archive = Archive().with_events((one.seq, one.event) for one in told)
        return dataclasses.replace(found, archive=archive)

    patch.setattr(standing, "unpacked", unpacked)


# --- what is quoted and told --------------------------------------------------------------------


@breaks(Rule.QUOTED)
def words_are_not_held_against_the_text(patch: Patch) -> None:
    for module in (drafting, footing):
        patch.setattr(module, "require_quoted", lambda *args: None)


@breaks(Rule.UNTOLD, Rule.HEARD)
def everybody_is_told_what_was_drafted(patch: Patch) -> None:
    def tell(entry: Entry) -> PublicEntry:
        if isinstance(entry.event, DocumentTaken):
            event: Any = entry.event
            return PublicEntry(seq=entry.seq, recorded_at=entry.recorded_at, order=entry.order, event=event)
        return public(entry)

    is_told_by(patch, tell)


@breaks(Rule.UNTOLD)
def nobody_is_told_of_a_withdrawal(patch: Patch) -> None:
    def tell(entry: Entry) -> PublicEntry:
        if isinstance(entry.event, ClaimWithdrawn):
            return PublicEntry(seq=entry.seq, recorded_at=entry.recorded_at, order="", event=Internal())
        return public(entry)

    is_told_by(patch, tell)


def is_told_by(patch: Patch, tell: Any) -> None:
    """Whoever tells what is public does so by this."""
    for name, module in list(sys.modules.items()):
        if name.startswith("tocsin.") and getattr(module, "public", None) is public:
            patch.setattr(module, "public", tell)
