"""One order of each kind, and the verbs it takes."""

from __future__ import annotations

from tests.access.office import Office, terms
from tests.world import (
    ARMY,
    DUTY,
    FOREST,
    WEST,
    minute,
)
from tocsin.commands import (
    Annotate,
    Escalate,
    Extend,
    GiveGrant,
    Heartbeat,
    IssueToken,
    Narrow,
    Order,
    Raise,
    Release,
    Replace,
    RevokeGrant,
    RevokeToken,
    SourceBack,
    SourceSilent,
    Withdraw,
)
from tocsin.model import Verb

RAISE, RELEASE, REPORT, WITHDRAW, ADMINISTER = Verb.RAISE, Verb.RELEASE, Verb.REPORT, Verb.WITHDRAW, Verb.ADMINISTER

WARNINGS: list[tuple[Order, set[Verb]]] = [
    (Raise(zones=(WEST,)), {RAISE}),
    (Escalate(zones=(WEST,)), {RAISE}),
    (Extend(zones=(WEST,), to=(FOREST,)), {RAISE}),
    (Release(zones=(WEST,)), {RELEASE}),
    (Narrow(zones=(WEST,), to=(FOREST,)), {RELEASE}),
    (Replace(zones=(WEST,), by=Raise(zones=(FOREST,))), {RAISE, RELEASE}),
    (Withdraw(zones=(WEST,)), {WITHDRAW}),
    (Annotate(zones=(WEST,), note="three"), {REPORT}),
]
OTHERS: list[tuple[Order, set[Verb]]] = [
    (Heartbeat(zones=(WEST,)), {REPORT}),
    (SourceSilent(), {REPORT}),
    (SourceBack(), {REPORT}),
    (SourceSilent(of=ARMY), {REPORT}),
    (SourceBack(of=ARMY), {ADMINISTER}),
    (SourceBack(of=DUTY), {REPORT}),
    (GiveGrant(terms=terms("other", WEST)), {ADMINISTER}),
    (RevokeGrant(grant=1), {ADMINISTER}),
    (IssueToken(holder="holder", digest="0" * 64, zones=(WEST,), expires=minute(9)), {ADMINISTER}),
    (IssueToken(holder="holder", digest="0" * 64, expires=minute(9)), {ADMINISTER}),
    (RevokeToken(token=2), {ADMINISTER}),
]


def name(value: object) -> str:
    return type(value).__name__ if not isinstance(value, set) else " ".join(sorted(value))


def holder_and_token() -> Office:
    """Grant 1 and token 2 are those of somebody in the west."""
    office = Office()
    office.give("holder", WEST)
    office.issue("holder")
    return office
