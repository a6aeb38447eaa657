"""What orders about authority lead to, where they are permitted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.access.office import Office, terms
from tests.world import ARMY, DUTY, EAST, NOON, WEST, minute
from tocsin.access import decide_authority
from tocsin.commands import AcceptClock, AuthorityOrder, GiveGrant, IssueToken, RevokeGrant, RevokeToken
from tocsin.errors import BadRequest, NotFound, UnknownZone, WrongRealm
from tocsin.events import AuthorityEvent, ClockAccepted, GrantGiven, GrantRevoked, TokenIssued, TokenRevoked
from tocsin.limits import NAME_CHARS, TOKEN_DAYS, ZONES_PER_ORDER
from tocsin.model import HolderKind, Realm, SourceId, Verb, ZoneId

DIGEST = "0" * 64
NOWHERE = ZoneId("atlantis")


def leads_to(office: Office, order: AuthorityOrder, now: datetime = NOON) -> tuple[AuthorityEvent, ...]:
    return decide_authority(office.access, order, office.state, office.realm, now)


# --- grants ----------------------------------------------------------------------------------


def test_a_grant_is_given_as_it_is_asked_for() -> None:
    asked = terms(
        "olena",
        WEST,
        EAST,
        sources=(DUTY, ARMY),
        max_zones=1,
        max_people=1,
        expires=NOON + timedelta(microseconds=1),
    )
    assert leads_to(Office(), GiveGrant(terms=asked), minute(0)) == (GrantGiven(terms=asked, at=NOON),)


def test_a_grant_for_a_service_may_be_for_no_hazard() -> None:
    asked = terms("feed", WEST, kind=HolderKind.SERVICE, hazards=(), verbs=(Verb.REPORT,))
    assert leads_to(Office(), GiveGrant(terms=asked))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"sources": ()}, "^a grant names at least one source, one verb and one zone$"),
        ({"verbs": ()}, "^a grant names at least one source, one verb and one zone$"),
        ({"zones": ()}, "^a grant names at least one source, one verb and one zone$"),
        ({"zones": (WEST,) * (ZONES_PER_ORDER + 1)}, "^a grant names at least one source, one verb and one zone$"),
        ({"holder": ""}, "1 to 200 characters"),
        ({"holder": "x" * (NAME_CHARS + 1)}, "1 to 200 characters"),
        ({"sources": (DUTY, SourceId(""))}, "1 to 200 characters"),
        ({"sources": (DUTY, SourceId("x" * (NAME_CHARS + 1)))}, "1 to 200 characters"),
        ({"max_zones": 0}, "^a ceiling is at least 1$"),
        ({"max_people": 0}, "^a ceiling is at least 1$"),
        ({"max_zones": -5}, "^a ceiling is at least 1$"),
        ({"expires": NOON}, "^a grant ends in the future, at a time with its zone$"),
        ({"expires": minute(-1)}, "in the future"),
        ({"expires": datetime(2027, 1, 1)}, "in the future"),  # noqa: DTZ001  # without a time zone, that is the point
    ],
)
def test_a_grant_that_makes_no_sense_is_refused(said: dict[str, Any], why: str) -> None:
    asked: dict[str, Any] = {"holder": "olena", "zones": (WEST,)} | said
    with pytest.raises(BadRequest, match=why) as caught:
        leads_to(Office(), GiveGrant(terms=terms(asked.pop("holder"), *asked.pop("zones"), **asked)))
    assert caught.value.detail.get("expires") == (said["expires"].isoformat() if "expires" in said else None)


def test_a_name_may_be_as_long_as_any_other_name() -> None:
    long = "x" * NAME_CHARS
    assert leads_to(Office(), GiveGrant(terms=terms(long, WEST, sources=(SourceId(long),))))
    assert leads_to(Office(), GiveGrant(terms=terms("o", *(WEST,) * ZONES_PER_ORDER, sources=(SourceId("d"),))))


def test_a_refused_name_is_repeated_only_so_far() -> None:
    with pytest.raises(BadRequest) as caught:
        leads_to(Office(), GiveGrant(terms=terms("x" * 9_999, WEST)))
    assert caught.value.detail == {"name": "x" * NAME_CHARS}


def test_a_grant_for_an_unknown_zone_is_refused() -> None:
    with pytest.raises(UnknownZone, match=r"^no such zone: atlantis, lyonesse$") as caught:
        leads_to(Office(), GiveGrant(terms=terms("olena", WEST, NOWHERE, ZoneId("lyonesse"))))
    assert caught.value.detail == {"zones": [NOWHERE, "lyonesse"]}


def test_of_many_unknown_zones_five_are_named_in_words_and_all_beside_them() -> None:
    nowhere = [ZoneId(f"x{number}") for number in range(7)]
    with pytest.raises(UnknownZone, match=r"^no such zone: x0, x1, x2, x3, x4$") as caught:
        leads_to(Office(), GiveGrant(terms=terms("olena", *nowhere)))
    assert caught.value.detail == {"zones": nowhere}


@pytest.mark.parametrize(("here", "there"), [(Realm.LIVE, Realm.DRILL), (Realm.DRILL, Realm.LIVE)])
def test_a_grant_for_the_other_realm_has_no_place_here(here: Realm, there: Realm) -> None:
    with pytest.raises(WrongRealm, match=f"for the {there} realm has no place in the {here} log") as caught:
        leads_to(Office(realm=here), GiveGrant(terms=terms("olena", WEST, realm=there)))
    assert caught.value.detail == {"realm": here}
    assert leads_to(Office(realm=here), GiveGrant(terms=terms("olena", WEST, realm=here)))


@pytest.mark.parametrize("kind", HolderKind)
def test_one_name_is_a_person_or_a_service_and_never_both(kind: HolderKind) -> None:
    [other] = set(HolderKind) - {kind}
    office = Office()
    office.give("someone else", WEST, kind=other)
    first = office.give("feed", WEST, kind=kind, expires=minute(-1))
    with pytest.raises(BadRequest, match=f"feed is a {kind} in grant {first}") as caught:
        leads_to(office, GiveGrant(terms=terms("feed", EAST, kind=other)))
    assert caught.value.detail == {"grant": first}
    assert leads_to(office, GiveGrant(terms=terms("feed", EAST, kind=kind)))
    office.revoke(first)
    assert leads_to(office, GiveGrant(terms=terms("feed", EAST, kind=other))), "a slip can be put right"


def test_a_grant_is_taken_back_once() -> None:
    office = Office()
    grant = office.give("olena", WEST)
    assert leads_to(office, RevokeGrant(grant=grant)) == (GrantRevoked(grant=grant, at=NOON),)
    office.revoke(grant)
    assert leads_to(office, RevokeGrant(grant=grant)) == ()
    with pytest.raises(NotFound, match="no grant 9") as caught:
        leads_to(office, RevokeGrant(grant=9))
    assert caught.value.detail == {"grant": 9}


# --- tokens ----------------------------------------------------------------------------------


def issue(expires: datetime, *zones: ZoneId) -> IssueToken:
    return IssueToken(holder="olena", digest=DIGEST, zones=zones, expires=expires, label="desk")


def test_a_token_is_issued_as_it_is_asked_for() -> None:
    for expires in (NOON + timedelta(microseconds=1), NOON + timedelta(days=TOKEN_DAYS)):
        assert leads_to(Office(), issue(expires, WEST)) == (
            TokenIssued(holder="olena", digest=DIGEST, zones=(WEST,), expires=expires, label="desk", at=NOON),
        )


@pytest.mark.parametrize("expires", [NOON, minute(-1), NOON + timedelta(days=TOKEN_DAYS, microseconds=1)])
def test_a_token_is_good_for_some_time_and_not_for_ever(expires: datetime) -> None:
    with pytest.raises(BadRequest, match="at most 400 days") as caught:
        leads_to(Office(), issue(expires))
    assert caught.value.detail == {"expires": expires.isoformat()}


def test_a_token_for_an_unknown_zone_is_refused() -> None:
    with pytest.raises(UnknownZone):
        leads_to(Office(), issue(minute(9), NOWHERE))


def test_no_token_is_issued_twice_even_after_it_was_taken_back() -> None:
    office = Office()
    number = office.happened(*leads_to(office, issue(minute(9))))
    with pytest.raises(BadRequest, match=r"^this token is known already; make a new one$"):
        leads_to(office, issue(minute(9)))
    office.happened(*leads_to(office, RevokeToken(token=number)))
    with pytest.raises(BadRequest, match=r"^this token is known already; make a new one$"):
        leads_to(office, issue(minute(9)))


def test_a_token_is_taken_back_once() -> None:
    office = Office()
    office.give("olena", WEST)
    number = office.happened(*leads_to(office, issue(minute(9))))
    assert leads_to(office, RevokeToken(token=number), minute(1)) == (TokenRevoked(token=number, at=minute(1)),)
    office.happened(TokenRevoked(token=number, at=NOON))
    assert leads_to(office, RevokeToken(token=number)) == ()
    for other in (1, 9):
        with pytest.raises(NotFound, match=f"no token {other}") as caught:
            leads_to(office, RevokeToken(token=other))
        assert caught.value.detail == {"token": other}


def test_a_clock_is_accepted_as_it_stands() -> None:
    assert leads_to(Office(), AcceptClock(), minute(-9)) == (ClockAccepted(at=minute(-9)),)
