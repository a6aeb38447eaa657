"""What stands of authority after a log: grants, tokens and the orders that wait. Folded from the log like the holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal

import msgspec

from tocsin.commands import Command
from tocsin.events import (
    AuthorityEvent,
    ClockAccepted,
    Event,
    GrantGiven,
    GrantRevoked,
    OrderProposed,
    ProposalApproved,
    ProposalDeclined,
    TokenIssued,
    TokenRevoked,
)
from tocsin.limits import PROPOSAL_S
from tocsin.model import Terms, ZoneId

_command: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """What someone has been allowed."""

    id: int
    """The seq of the event that gave it."""
    terms: Terms
    revoked: bool = False

    def good_at(self, now: datetime) -> bool:
        return not self.revoked and (self.terms.expires is None or now < self.terms.expires)


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """What shows who a caller is. Only its digest is known here."""

    id: int
    holder: str
    digest: str
    zones: tuple[ZoneId, ...]
    expires: datetime
    label: str
    revoked: bool = False

    def good_at(self, now: datetime) -> bool:
        return not self.revoked and now < self.expires


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """An order that needs a second person."""

    id: int
    command: str
    """The command, JSON."""
    actor: str
    grant: str
    texts: dict[str, str]
    zones: int
    people: int | None
    counted: int
    at: datetime
    status: Literal["open", "approved", "declined"] = "open"

    @property
    def expires(self) -> datetime:
        return self.at + timedelta(seconds=PROPOSAL_S)

    @property
    def shown(self) -> str:
        """The digest of what the second person is shown, hexadecimal: given back, it proves what was seen."""
        content = (self.id, self.command, self.actor, sorted(self.texts.items()), self.zones, self.people, self.counted)
        return hashlib.sha256(msgspec.json.encode(content)).hexdigest()

    def asked(self) -> Command:
        return _command.decode(self.command)

    def open_at(self, now: datetime) -> bool:
        return self.status == "open" and now < self.expires


class PackedAccess(msgspec.Struct, frozen=True, kw_only=True):
    """All of it as plain content, for snapshots."""

    grants: list[Grant]
    tokens: list[Token]
    proposals: list[Proposal]


@dataclass(frozen=True)
class Access:
    """Everything that was granted, issued and proposed, what was taken back included."""

    grants: Mapping[int, Grant] = field(default_factory=dict)
    tokens: Mapping[str, Token] = field(default_factory=dict)
    """By digest."""
    proposals: Mapping[int, Proposal] = field(default_factory=dict)

    def after(self, seq: int, events: Iterable[Event]) -> Access:
        """What stands once ``events``, of which the first follows ``seq``, have happened. This one stays as it is."""
        told = [(number, event) for number, event in enumerate(events, seq + 1) if isinstance(event, AuthorityEvent)]
        if not told:
            return self
        grants, tokens, proposals = dict(self.grants), dict(self.tokens), dict(self.proposals)
        digests = dict(self._digests)
        for number, event in told:
            match event:
                case GrantGiven():
                    grants[number] = Grant(id=number, terms=event.terms)
                case GrantRevoked():
                    grants[event.grant] = msgspec.structs.replace(grants[event.grant], revoked=True)
                case TokenIssued():
                    digests[number] = event.digest
                    tokens[event.digest] = Token(
                        id=number,
                        holder=event.holder,
                        digest=event.digest,
                        zones=event.zones,
                        expires=event.expires,
                        label=event.label,
                    )
                case TokenRevoked():
                    digest = digests[event.token]
                    tokens[digest] = msgspec.structs.replace(tokens[digest], revoked=True)
                case OrderProposed():
                    proposals[number] = Proposal(
                        id=number,
                        command=event.command,
                        actor=_command.decode(event.command).actor,
                        grant=event.grant,
                        texts=event.texts,
                        zones=event.zones,
                        people=event.people,
                        counted=event.counted,
                        at=event.at,
                    )
                case ProposalApproved():
                    proposals[event.proposal] = msgspec.structs.replace(proposals[event.proposal], status="approved")
                case ProposalDeclined():
                    proposals[event.proposal] = msgspec.structs.replace(proposals[event.proposal], status="declined")
                case ClockAccepted():
                    pass  # that is for the service, which keeps the time
        return Access(grants, tokens, proposals)

    def grants_to(self, holder: str) -> list[Grant]:
        """Those not taken back, oldest first, expired ones among them."""
        return [grant for grant in self._by_holder.get(holder, ()) if not grant.revoked]

    def grants_of(self, holder: str, now: datetime) -> list[Grant]:
        """Those that are good now, oldest first."""
        return [grant for grant in self._by_holder.get(holder, ()) if grant.good_at(now)]

    def token(self, token_id: int) -> Token | None:
        digest = self._digests.get(token_id)
        return None if digest is None else self.tokens[digest]

    # Each order asks for its giver's grants and token, and there may be thousands: found by name, not by search.

    @cached_property
    def _by_holder(self) -> Mapping[str, list[Grant]]:
        found: dict[str, list[Grant]] = {}
        for grant in self.grants.values():
            found.setdefault(grant.terms.holder, []).append(grant)
        return found

    @cached_property
    def _digests(self) -> Mapping[int, str]:
        return {token.id: token.digest for token in self.tokens.values()}

    def pack(self) -> PackedAccess:
        return PackedAccess(
            grants=list(self.grants.values()),
            tokens=list(self.tokens.values()),
            proposals=list(self.proposals.values()),
        )

    @staticmethod
    def unpack(packed: PackedAccess) -> Access:
        return Access(
            {grant.id: grant for grant in packed.grants},
            {token.digest: token for token in packed.tokens},
            {proposal.id: proposal for proposal in packed.proposals},
        )
