"""Planted: in who may do what, in time, and in what was decided upon."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any

import msgspec

from tests.sim.planting import Patch, breaks
from tocsin.access import Access, Caller, callers
from tocsin.access.standing import Grant, Proposal
from tocsin.commands import Approve, Command, Release
from tocsin.engine import State
from tocsin.errors import TocsinError
from tocsin.events import Event
from tocsin.model import Hierarchy, Reach, Realm, ZoneId
from tocsin.service import Service
from tocsin.sim.rules import Rule

# By name, since a package may have a function of the module's name, and with what the modules themselves imported.
permitting: Any = import_module("tocsin.access.permit")
authority: Any = import_module("tocsin.access.authority")
deciding: Any = import_module("tocsin.engine.decide")
service: Any = import_module("tocsin.service")


# --- authority ----------------------------------------------------------------------------------


@breaks(Rule.TWO_PEOPLE)
def a_person_may_approve_what_they_proposed(patch: Patch) -> None:
    right = permitting._permit_answer

    def permit_answer(access: Access, caller: Caller, order: Any, proposal: Proposal, *rest: Any) -> Any:
        return right(access, caller, order, msgspec.structs.replace(proposal, actor="somebody else"), *rest)

    patch.setattr(permitting, "_permit_answer", permit_answer)


@breaks(Rule.TWO_PEOPLE)
def a_proposal_may_be_approved_for_ever(patch: Patch) -> None:
    patch.setattr(Proposal, "open_at", lambda self, now: self.status == "open")


@breaks(Rule.TWO_PEOPLE)
def what_the_second_person_saw_is_not_compared(patch: Patch) -> None:
    right = Service._answered

    def answered(self: Service, group: Any, command: Command, order: Any, now: datetime) -> Sequence[Event]:
        waits = group.access.proposals.get(order.proposal)
        if isinstance(order, Approve) and waits is not None:
            order = msgspec.structs.replace(order, shown=waits.shown)
        return right(self, group, command, order, now)

    patch.setattr(Service, "_answered", answered)


@breaks(Rule.TWO_PEOPLE)
def one_person_tells_a_whole_country(patch: Patch) -> None:
    right = Hierarchy.reach

    def reach(self: Hierarchy, zones: Iterable[ZoneId]) -> Reach:
        return msgspec.structs.replace(right(self, zones), country_wide=False)

    patch.setattr(Hierarchy, "reach", reach)


@breaks(Rule.TWO_PEOPLE)
def the_machine_changes_authority_beside_two_people(patch: Patch) -> None:
    patch.setattr(permitting, "_able", lambda *args: set())


@breaks(Rule.GRANTED)
def an_expired_token_is_good(patch: Patch) -> None:
    right = callers.require_good

    def require_good(token: Any, now: datetime) -> Any:
        return right(token, datetime.min.replace(tzinfo=now.tzinfo))

    patch.setattr(callers, "require_good", require_good)
    patch.setattr(permitting, "require_good", require_good)


@breaks(Rule.GRANTED)
def a_tokens_own_area_is_ignored(patch: Patch) -> None:
    right = service.authenticate

    def authenticate(*args: Any) -> Caller:
        caller: Caller = right(*args)
        return msgspec.structs.replace(caller, zones=())

    patch.setattr(service, "authenticate", authenticate)


@breaks(Rule.GRANTED)
def a_grant_taken_back_is_good(patch: Patch) -> None:
    patch.setattr(Grant, "good_at", lambda self, now: self.terms.expires is None or now < self.terms.expires)


@breaks(Rule.CEILING)
def ceilings_are_ignored(patch: Patch) -> None:
    patch.setattr(permitting, "_require_within_ceiling", lambda *args: None)


@breaks(Rule.SPOKEN)
def a_service_ends_what_is_anothers(patch: Patch) -> None:
    right = permitting._lacking

    def lacking(*args: Any) -> list[str]:
        return [what for what in right(*args) if "only a person" not in what]

    patch.setattr(permitting, "_lacking", lacking)


@breaks(Rule.REALM)
def a_grant_for_the_drill_is_taken_into_the_live_log(patch: Patch) -> None:
    right = authority._require_sound

    def require_sound(terms: Any, state: State, realm: Realm, now: datetime) -> None:
        right(terms, state, terms.realm, now)

    patch.setattr(authority, "_require_sound", require_sound)


@breaks(Rule.GRANTED, Rule.REALM)
def a_token_of_the_drill_opens_the_live_service(patch: Patch) -> None:
    """By looking up, where the token is not known, whoever else has one."""
    right = service.authenticate

    def authenticate(access: Access, header: str | None, realm: Realm, now: datetime) -> Caller:
        try:
            caller: Caller = right(access, header, realm, now)
        except TocsinError as error:
            if error.code != "wrong_realm":
                raise
            token = next(iter(access.tokens.values()))
            return Caller(holder=token.holder, token=token.id)
        return caller

    patch.setattr(service, "authenticate", authenticate)


# --- time and decisions -------------------------------------------------------------------------


@breaks(Rule.DECIDED)
def what_an_order_was_decided_upon_is_ignored(patch: Patch) -> None:
    patch.setattr(deciding, "require_fresh", lambda *args: None)


@breaks(Rule.CLOCK, Rule.GRANTED)
def time_goes_back_with_the_clock(patch: Patch) -> None:
    patch.setattr(service, "no_earlier", lambda now, recorded_at: now)


@breaks(Rule.CLOCK)
def a_clock_that_ran_back_may_end_things(patch: Patch) -> None:
    patch.setattr(service, "require_running_clock", lambda *args: None)


@breaks(Rule.ENDED)
def a_release_needs_a_seq(patch: Patch) -> None:
    """An ending without the seq it was decided upon is refused, though nothing asks for one."""
    right = service.decide

    def strict(state: State, command: Command, now: datetime) -> Sequence[Event]:
        if isinstance(command.order, Release) and command.decided_upon is None:
            raise TocsinError("say upon what this was decided")
        events: Sequence[Event] = right(state, command, now)
        return events

    patch.setattr(service, "decide", strict)
