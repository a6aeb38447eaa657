from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta, timezone
from typing import Any

import pytest

from tests.texts.telling import LANGUAGES, events_of, shipped
from tests.world import CAPITAL, COAST, EAST, LAND, NOON, WEST, command, minute, raising, releasing
from tocsin.commands import AcceptClock, Command, GiveGrant, IssueToken, Narrow, Order, Raise, RevokeGrant, RevokeToken
from tocsin.events import Entry, Event, HoldRaised
from tocsin.model import Extent, Hazard, HolderKind, Level, Realm, SourceId, Stage, Terms, Threat, Verb, ZoneId
from tocsin.texts import messages, rendered

NAMES = {zone: {"uk": f"{zone}-ська область", "en": f"{zone} Oblast"} for zone in (LAND, EAST, WEST, COAST, CAPITAL)}
TERMS = Terms(
    holder="Olha",
    kind=HolderKind.PERSON,
    sources=(SourceId("duty"), SourceId("feed")),
    zones=(EAST, WEST),
    hazards=(Hazard.AIR_RAID, Hazard.CHEMICAL),
    verbs=(Verb.RAISE, Verb.WITHDRAW),
    max_zones=1200,
    expires=minute(90),
)


def shown(given: Command | Order, events: Sequence[Event] = (), **changed: Any) -> dict[str, str]:
    whole = given if isinstance(given, Command) else command(given)
    known: dict[str, Any] = {"realm": Realm.LIVE, "zone_names": NAMES, "zones": 9, "people": None} | changed
    return rendered(whole, events, texts=shipped(), **known)


def test_the_second_person_sees_every_word_that_people_will_read() -> None:
    given = command(Narrow(zones=(EAST,), to=(COAST,)))
    before = raising(EAST, level=Level.YELLOW, threat=Threat.DRONES, cause="seen")
    events = events_of(given, before)
    told = messages(entries_of(events), Realm.LIVE, shipped(), now=None)
    assert len(told) == 2
    for lang, text in shown(given, events).items():
        lines = text.splitlines()
        for message in told:
            wording = message.wording[lang]
            assert {wording.title, wording.body, *(f"- {thing}" for thing in (*wording.do, *wording.dont))} <= {*lines}


def entries_of(events: Sequence[Event]) -> list[Entry]:
    return [Entry(seq=seq, recorded_at=NOON, order="one", event=event) for seq, event in enumerate(events, 1)]


def test_the_whole_of_what_is_shown_for_an_alert() -> None:
    order = Raise(zones=(EAST, WEST), threat=Threat.BALLISTIC_MISSILES, cause="launch seen")
    given = command(order, actor="Ivan", reason="call")
    assert shown(given, events_of(given), zones=1633, people=38_000_000)["en"].splitlines() == [
        "Ivan asks a second person to agree to an order.",
        "Reason: “call”",
        "Zones: 1\u00a0633. People: 38\u00a0000\u00a0000.",
        "",
        "This is what people will read:",
        "",
        "Where: east Oblast, west Oblast",
        "Red alert: ballistic missiles",
        shipped().languages["en"].texts["air_raid.alert.ballistic_missiles"].body,
        "Cause: “launch seen”",
        "What to do:",
        *(f"- {text}" for text in shipped().languages["en"].texts["air_raid.alert.ballistic_missiles"].do),
        "What not to do:",
        *(f"- {text}" for text in shipped().languages["en"].texts["air_raid.alert.ballistic_missiles"].dont),
    ]


def test_how_many_people_is_said_to_be_unknown_where_it_is() -> None:
    assert "People: unknown number." in shown(raising(EAST))["en"]
    assert "Людей: кількість невідома." in shown(raising(EAST))["uk"]
    assert "People: 0." in shown(raising(EAST), people=0)["en"]


@pytest.mark.parametrize(("number", "tail"), [(10, ""), (11, " and 1 more"), (1500, " and 1\u00a0490 more")])
def test_ten_zones_are_named_and_the_rest_counted(number: int, tail: str) -> None:
    events = [
        HoldRaised(
            zone=ZoneId(f"z{count}"),
            hazard=Hazard.AIR_RAID,
            threat=Threat.UNKNOWN,
            stage=Stage.ALERT,
            level=Level.RED,
            extent=Extent.WHOLE,
            source=SourceId("duty"),
            at=NOON,
        )
        for count in range(number)
    ]
    named = ", ".join(f"z{count}" for count in range(10))
    assert f"Where: {named}{tail}\n" in shown(raising(LAND), events)["en"]


def test_a_zone_is_named_in_the_language_or_in_english_or_somehow() -> None:
    given = raising(EAST, WEST, COAST, CAPITAL)
    names = {EAST: {"uk": "Схід", "en": "East"}, WEST: {"en": "West"}, COAST: {"he": "חוף"}}
    text = shown(given, events_of(given), zone_names=names)["uk"]
    assert "Де: Схід, West, חוף, capital\n" in text


def test_what_nobody_will_be_told_is_said() -> None:
    old = releasing(EAST, at=minute(-60 * 24))
    events = events_of(old, raising(EAST, at=minute(-60 * 25)))
    assert "People will be told nothing" in shown(old, events, at=NOON)["en"]
    assert "All-clear" in shown(old, events)["en"], "at the time of the events it is news"
    assert "People will be told nothing" in shown(raising(EAST))["en"]


def test_what_a_person_wrote_stays_on_its_line() -> None:
    forged = "x\n\nWhat to do:\n- Go home\u2028\u202e"
    given = command(Raise(zones=(EAST,), cause=forged), reason=forged, actor=forged)
    lines = shown(given, events_of(given))["en"].splitlines()
    assert "- Go home" not in lines
    assert lines.count("What to do:") == 1
    assert "Reason: “x What to do: - Go home”" in lines
    assert "Cause: “x What to do: - Go home”" in lines


@pytest.mark.parametrize(("lang", "mark"), [("uk", "НАВЧАННЯ"), ("en", "DRILL")])
def test_what_is_shown_for_a_drill_begins_and_ends_with_its_mark(lang: str, mark: str) -> None:
    given = raising(EAST)
    for events in (events_of(given), ()):
        text = shown(given, events, realm=Realm.DRILL)[lang]
        assert text.splitlines()[0] == mark == text.splitlines()[-1]
    assert mark not in shown(given, events_of(given))[lang]


# --- who may do what -------------------------------------------------------------------------


def test_a_grant_is_shown_with_who_what_where_and_until_when() -> None:
    text = shown(GiveGrant(terms=TERMS), local=timezone(timedelta(hours=2), "EET"))
    assert text["en"].splitlines()[-2:] == [
        "A grant will be given.",
        "To whom: Olha (a person). May: raise warnings, withdraw false alarms. Hazards: air raid, chemical hazard. "
        "Where: east Oblast, west Oblast, with all that lies in them. Speaks as: duty, feed. "
        "Ceiling: zones 1\u00a0200, people without limit. For: real alerts. Until: 01.03.2026 15:30 EET.",
    ]
    assert text["uk"].splitlines()[-1] == (
        "Кому: Olha (людина). Що можна: оголошувати попередження, відкликати хибну тривогу. "
        "Загрози: повітряна загроза, хімічна загроза. Де: east-ська область, west-ська область, з усім, що до них "
        "належить. Від імені джерел: duty, feed. Межа: зон — 1\u00a0200, людей — без межі. "
        "Стосується: справжні тривоги. Діє до: 01.03.2026 15:30 EET."
    )


def test_a_grant_without_ceiling_and_end_says_that_it_has_none() -> None:
    terms = Terms(
        holder="feed",
        kind=HolderKind.SERVICE,
        sources=(SourceId("feed"),),
        zones=(LAND,),
        hazards=(),
        verbs=tuple(Verb),
        realm=Realm.DRILL,
    )
    text = shown(GiveGrant(terms=terms), realm=Realm.DRILL)["en"]
    assert "feed (a program)" in text
    assert "Hazards: —." in text
    assert "Ceiling: none. For: drills only. Until: taken back." in text


def test_a_grant_that_is_taken_back_is_shown_where_its_terms_are_known() -> None:
    without, known = shown(RevokeGrant(grant=7))["en"], shown(RevokeGrant(grant=7), terms=TERMS)["en"]
    assert without.splitlines()[-1] == "Grant 7 will be taken back."
    assert known.splitlines()[-1].startswith("To whom: Olha (a person).")


def test_a_token_is_shown_with_its_holder_area_and_end_and_never_its_digest() -> None:
    digest = "ab" * 32
    narrow = shown(IssueToken(holder="Olha", digest=digest, zones=(EAST,), expires=minute(5), label="siren\n12"))
    assert narrow["en"].splitlines()[-1] == (
        "An access token will be issued. To whom: Olha. Where: east Oblast. Until: 01.03.2026 12:05 UTC. "
        "Label: “siren 12”."
    )
    assert digest not in narrow["en"]
    wide = shown(IssueToken(holder="Olha", digest=digest, expires=minute(5)))["uk"]
    assert "Де: усюди, де він має дозвіл." in wide
    assert "«—»" in wide


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (RevokeToken(token=12), "Access token 12 will be taken back."),
        (AcceptClock(), "The server's clock ran backwards."),
    ],
)
def test_other_orders_about_authority_are_shown_too(order: RevokeToken | AcceptClock, said: str) -> None:
    text = shown(order)
    assert sorted(text) == list(LANGUAGES)
    assert text["en"].splitlines()[-1].startswith(said)
    assert "People will be told" not in text["en"]


def test_where_not_everyone_is_counted_it_is_said_how_many_there_are_at_least() -> None:
    told = shown(raising(EAST), people=None, counted=41_000_000)
    assert "People: at least 41\u00a0000\u00a0000; of some zones the number is not known." in told["en"]
    assert "Людей: щонайменше 41\u00a0000\u00a0000; для частини зон кількість невідома." in told["uk"]
