"""What people do wrong, each blunder as an order that is really sent. What comes of it is for the checkers to judge."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from tocsin.commands import GiveGrant, Heartbeat, IssueToken, Raise, Release, RevokeGrant, RevokeToken, Withdraw
from tocsin.limits import TEXT_CHARS
from tocsin.model import Hazard, Realm, SourceId, Verb, ZoneId
from tocsin.sim.faults import Fault
from tocsin.sim.land import LAND, WITHIN, ZONES
from tocsin.sim.universe import EPOCH

if TYPE_CHECKING:
    from tocsin.sim.officer import Officer


def commit(officer: Officer, fault: Fault) -> bool:
    """Send the order that is this blunder. Whether there was an occasion for it."""
    done = _commit(officer, fault)
    if done:
        officer.weather.note(fault)
    return done


def _commit(officer: Officer, fault: Fault) -> bool:
    random, book = officer.random, officer.book
    mine = [hold for hold in book.holds.values() if hold.source == officer.source]
    warning = officer.warning()
    wrong = _gone_wrong(officer, fault, warning)
    if wrong is not None:
        officer.give(wrong, honest=False)
        return True
    match fault:
        case Fault.ZONE_WRONG:
            held = {hold.zone for hold in mine}
            empty = [zone for zone in ZONES if zone not in held and zone in officer.inside]
            officer.give(Release(zones=(random.choice(empty) if empty else LAND,)), honest=False)
        case Fault.DECISION_STALE if book.seq > 3:
            order = officer.upon(random.choice(mine)) if mine else warning
            officer.give(order, decided_upon=random.randrange(book.seq), honest=False)
        case Fault.KEY_CONTRADICTED if officer.used_keys:
            officer.give(warning, key=random.choice(list(officer.used_keys)), honest=False)
        case Fault.WITHDRAWN_BY_MISTAKE if mine:
            hold = random.choice(mine)
            officer.give(Withdraw(zones=(ZoneId(hold.zone),), hazard=Hazard(hold.hazard)))
        case Fault.NAME_OF_ANOTHER:
            officer.give(warning, actor=random.choice(("anna", "olena", "local")), honest=False)
        case Fault.SOURCE_OF_ANOTHER:
            others = [name for name in ("radar", "neighbour", "east-duty", "tocsin") if name != officer.source]
            order = Heartbeat(silent_after_s=3_600) if random.random() < 0.5 else warning
            officer.give(order, source=SourceId(random.choice(others)), honest=False)
        case Fault.TOKEN_UNKNOWN:
            officer.give(warning, token=f"tocsin_{officer.realm}_guessed", honest=False)
        case Fault.TOKEN_EXPIRED | Fault.TOKEN_TAKEN_BACK:
            return _use_dead_token(officer, fault, warning)
        case Fault.ADMINISTRATOR_ALONE:
            _change_authority(officer)
        case Fault.GRANT_CHANGED if Verb.ADMINISTER in officer.holder.terms[0].verbs:
            _change_authority(officer)
        case _:
            return False
    return True


def _gone_wrong(officer: Officer, fault: Fault, warning: Raise) -> Raise | None:
    """The warning as it should not be given; None where the fault is no such thing, or there is no occasion for it."""
    random, terms, change = officer.random, officer.holder.terms[0], msgspec.structs.replace
    match fault:
        case Fault.ZONE_UNKNOWN:
            return change(warning, zones=(*warning.zones, ZoneId("atlantis")))
        case Fault.AREA_LEFT if outside := [zone for zone in ZONES if zone not in officer.inside]:
            return change(warning, zones=(*warning.zones, random.choice(outside)))
        case Fault.HAZARD_NOT_GRANTED if missing := [hazard for hazard in Hazard if hazard not in terms.hazards]:
            return change(warning, hazard=random.choice(missing))
        case Fault.TEXT_TOO_LONG:
            return change(warning, cause="x" * (TEXT_CHARS + 1))
        case Fault.MOMENT_IMPOSSIBLE:
            return change(warning, at=officer.universe.moment + timedelta(days=random.choice((1, -365 * 60))))
        case Fault.CEILING_IGNORED if terms.max_zones or terms.max_people:
            return change(warning, zones=tuple(zone for top in officer.area for zone in WITHIN[top]))
        case _:
            return None


def _use_dead_token(officer: Officer, fault: Fault, warning: Raise) -> bool:
    now = officer.universe.moment
    spare: list[int] = []
    for token, digest in zip(officer.tokens, officer.digests(), strict=True):
        issued = next((issued for issued in officer.book.tokens.values() if issued.digest == digest), None)
        if issued is None:
            continue
        if token != officer.tokens[0] and not issued.revoked:
            spare.append(issued.id)
        if issued.revoked if fault is Fault.TOKEN_TAKEN_BACK else issued.expires <= now:
            officer.give(warning, token=token, honest=False)
            return True
    if spare and fault is Fault.TOKEN_TAKEN_BACK:
        officer.give(RevokeToken(token=spare[0]), honest=False)  # so that there is one next time
    return False


def _change_authority(officer: Officer) -> None:
    """Give, take back or issue something. It takes two people, or the order is refused."""
    random, book = officer.random, officer.book
    grants = [number for number, grant in book.grants.items() if not grant.revoked]
    tokens = [number for number, token in book.tokens.items() if not token.revoked] or [0]
    expires = EPOCH + timedelta(seconds=officer.universe.now_s + random.choice((60.0, 600.0, 86_400.0)))
    chance = random.random()
    if chance < 0.3:
        terms = book.grants[random.choice(grants)].terms
        zones = (random.choice(terms.zones), random.choice(ZONES))
        realm = random.choice((officer.realm, *Realm))
        changed = msgspec.structs.replace(terms, zones=zones, expires=expires, realm=realm)
        officer.give(GiveGrant(terms=changed), honest=False)
    elif chance < 0.55 and len(grants) > 8:
        officer.give(RevokeGrant(grant=random.choice(grants)), honest=False)
    elif chance < 0.75:
        token = f"tocsin_{officer.realm}_{random.getrandbits(256):064x}"
        officer.tokens.append(token)
        officer.give(
            IssueToken(holder=officer.name, digest=officer.digests()[-1], zones=officer.zones(), expires=expires),
            honest=False,
        )
    else:
        officer.give(RevokeToken(token=random.choice(tokens)), honest=False)
