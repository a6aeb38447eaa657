"""What orders about shelters lead to: events or a refusal, as in the engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.commands import CloseShelters, Command, ImportShelters, OpenShelters, ShelterOrder
from tocsin.errors import BadRequest, NotFound, UnknownZone
from tocsin.limits import SHELTERS
from tocsin.model import Hierarchy, SourceId
from tocsin.shelter import ShelterClosed, ShelterId, ShelterOpened, SheltersImported
from tocsin.shelters.register import Register

ShelterEvents = tuple[SheltersImported | ShelterClosed | ShelterOpened, ...]


def decide_shelters(register: Register, command: Command, hierarchy: Hierarchy, now: datetime) -> ShelterEvents:
    """The events that the order leads to at ``now``; none where it changes nothing.

    Errors: `BadRequest`, `NotFound`, `UnknownZone`.
    """
    order = command.order
    assert isinstance(order, ShelterOrder), "only orders about shelters come here"
    match order:
        case ImportShelters():
            return _imported(register, order, hierarchy, now)
        case CloseShelters():
            return _said(register, order.shelters, False, command.source, order.cause, now)
        case OpenShelters():
            return _said(register, order.shelters, True, command.source, order.cause, now)


def _imported(register: Register, order: ImportShelters, hierarchy: Hierarchy, now: datetime) -> ShelterEvents:
    ids = [shelter.id for shelter in order.shelters]
    foreign = [id for id in (*ids, *order.gone) if not id.startswith(f"{order.dataset}:")]
    if foreign:
        raise BadRequest(f"not of the dataset {order.dataset}: {', '.join(foreign[:5])}", shelters=foreign)
    twice = {id for id in ids if ids.count(id) > 1} if len(set(ids)) < len(ids) else set()
    if twice or not set(ids).isdisjoint(order.gone):
        raise BadRequest(f"named twice: {', '.join(sorted(twice)[:5]) or 'a shelter that is gone'}")
    unknown = {shelter.zone for shelter in order.shelters if shelter.zone is not None} - set(hierarchy)
    if unknown:
        raise UnknownZone(f"no such zone: {', '.join(sorted(unknown)[:5])}", zones=sorted(unknown))
    new = tuple(shelter for shelter in order.shelters if register.shelters.get(ShelterId(shelter.id)) != shelter)
    gone = tuple(ShelterId(id) for id in order.gone if id in register.shelters)
    added = sum(1 for shelter in new if shelter.id not in register.shelters)
    if len(register.shelters) + added - len(gone) > SHELTERS:
        raise BadRequest(f"there can be at most {SHELTERS:,} shelters", shelters=len(register.shelters) + added)
    if not new and not gone:
        return ()
    return (SheltersImported(dataset=order.dataset, attribution=order.attribution, shelters=new, gone=gone, at=now),)


def _said(
    register: Register, shelters: Sequence[str], opens: bool, source: SourceId, cause: str, now: datetime
) -> ShelterEvents:
    unknown = [id for id in shelters if id not in register.shelters]
    if unknown:
        raise NotFound(f"there is no shelter {', '.join(unknown[:5])}", shelters=unknown)
    kind = ShelterOpened if opens else ShelterClosed
    found = []
    for id in dict.fromkeys(ShelterId(id) for id in shelters):
        word = register.words.get(id)
        if word is None or (word.open, word.source, word.cause) != (opens, source, cause):
            found.append(kind(shelter=id, zone=register.zone_of(id), source=source, cause=cause, at=now))
    return tuple(found)
