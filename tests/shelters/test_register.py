"""The register as part of the log: what is imported, closed and opened, by whom, and how it is told."""

from __future__ import annotations

import msgspec
import pytest

from tests.access.office import VERBS
from tests.service.people import called, granted, one, refused
from tests.world import BEACH, COAST, COUNTRY, EAST, NOON, PORT, WEST, StillClock, command
from tocsin.access import LOCAL, Caller
from tocsin.channels.ring import Ring, zones_of
from tocsin.client.known import Known, ToldEntry
from tocsin.commands import CloseShelters, Command, ImportShelters, OpenShelters
from tocsin.errors import BadFile, BadRequest, KeyReused, NotFound, NotGranted, UnknownZone
from tocsin.events import PublicEntry, public
from tocsin.model import Realm, SourceId, Verb, ZoneId
from tocsin.service import Service
from tocsin.shelter import Shelter, ShelterId, SheltersChanged, SheltersImported
from tocsin.shelters.importing import orders, placed, twice
from tocsin.shelters.register import Register
from tocsin.standing import restored, snapshot_of, verified
from tocsin.store.memory import MemoryStore

CITY = SourceId("city")


def shelter(number: int, zone: ZoneId | None = PORT, **said: object) -> Shelter:
    place = {"lon": 30.0 + number / 100, "lat": 50.0}
    return msgspec.convert({"id": f"town:{number}", "zone": zone, **place, **said}, Shelter)


def importing(*shelters: Shelter, gone: tuple[str, ...] = (), **envelope: object) -> Command:
    return command(ImportShelters(dataset="town", shelters=shelters, gone=gone), CITY, **envelope)


def closing(*ids: str, cause: str = "flooded", **envelope: object) -> Command:
    return command(CloseShelters(shelters=ids, cause=cause), CITY, **envelope)


def opening(*ids: str, cause: str = "dry again", **envelope: object) -> Command:
    return command(OpenShelters(shelters=ids, cause=cause), CITY, **envelope)


@pytest.fixture
def service() -> Service:
    made = Service(MemoryStore(), COUNTRY, StillClock())
    one(made.submit([importing(shelter(1), shelter(2, WEST), shelter(3, None), shelter(4, open=False))], LOCAL))
    return made


def open_ones(register: Register) -> set[str]:
    return {id for id, known in register.shelters.items() if register.is_open(known)}


def test_what_is_imported_stands_in_the_register_and_what_is_said_to_be_gone_leaves_it(service: Service) -> None:
    assert set(service.register.shelters) == {f"town:{n}" for n in (1, 2, 3, 4)}
    changed = shelter(2, WEST, capacity=60)
    one(service.submit([importing(shelter(1), changed, gone=("town:3", "town:9"))], LOCAL))
    assert set(service.register.shelters) == {"town:1", "town:2", "town:4"}
    assert service.register.shelters[ShelterId("town:2")] == changed
    (entry,) = service.store.read(1, 9)
    assert isinstance(entry.event, SheltersImported)
    assert (entry.event.shelters, entry.event.gone) == ((changed,), ("town:3",)), "only what changed is written"


def test_an_import_that_changes_nothing_leaves_no_trace(service: Service) -> None:
    assert one(service.submit([importing(shelter(1), gone=("town:9",))], LOCAL)).events == 0
    assert service.state.seq == 1


def test_a_closed_shelter_is_open_to_nobody_until_it_is_opened_and_it_is_said_who_says_so_and_when(
    service: Service,
) -> None:
    one(service.submit([closing("town:1")], LOCAL))
    assert open_ones(service.register) == {"town:2", "town:3"}
    word = service.register.words[ShelterId("town:1")]
    assert (word.open, word.source, word.cause, word.at) == (False, CITY, "flooded", NOON)
    one(
        service.submit(
            [
                opening("town:1"),
            ],
            LOCAL,
        )
    )
    assert open_ones(service.register) == {"town:1", "town:2", "town:3"}


def test_a_persons_word_goes_before_the_datasets_both_ways_and_outlives_every_import(service: Service) -> None:
    service.submit([closing("town:1"), opening("town:4")], LOCAL)
    assert open_ones(service.register) == {"town:2", "town:3", "town:4"}
    service.submit([importing(shelter(1, open=True, capacity=5), shelter(4, open=False, capacity=5))], LOCAL)
    assert open_ones(service.register) == {"town:2", "town:3", "town:4"}
    service.submit([importing(gone=("town:1",)), importing(shelter(1, open=True))], LOCAL)
    assert "town:1" not in open_ones(service.register), "it went and came back, and is still flooded"


def test_the_same_word_again_changes_nothing_and_the_same_key_has_one_effect(service: Service) -> None:
    first = closing("town:1", key="once")
    assert one(service.submit([first], LOCAL)).events == 1
    assert one(service.submit([first], LOCAL)).seq == 2
    assert one(service.submit([closing("town:1")], LOCAL)).events == 0
    assert one(service.submit([closing("town:1", cause="locked")], LOCAL)).events == 1
    assert isinstance(refused(service.submit([closing("town:2", key="once")], LOCAL)), KeyReused)


def test_what_cannot_be_is_refused_with_nothing_half_done(service: Service) -> None:
    assert isinstance(refused(service.submit([closing("town:1", "town:99")], LOCAL)), NotFound)
    assert isinstance(refused(service.submit([importing(shelter(5), shelter(5))], LOCAL)), BadRequest)
    assert isinstance(refused(service.submit([importing(shelter(5), gone=("town:5",))], LOCAL)), BadRequest)
    assert isinstance(refused(service.submit([importing(shelter(5), gone=("other:5",))], LOCAL)), BadRequest)
    assert isinstance(refused(service.submit([importing(shelter(5, ZoneId("atlantis")))], LOCAL)), UnknownZone)
    assert service.state.seq == 1


# --- rights ----------------------------------------------------------------------------------


def may(service: Service, caller: Caller, given: Command) -> bool:
    [outcome] = service.submit([msgspec.structs.replace(given, actor=caller.holder)], caller)
    if isinstance(outcome, NotGranted):
        return False
    assert not isinstance(outcome, Exception), outcome
    return True


def test_whoever_has_the_right_over_a_shelters_zone_closes_and_opens_it_and_nobody_else(service: Service) -> None:
    granted(service, "harbour", COAST, verbs=(Verb.SHELTERS,), sources=(CITY,))
    granted(service, "officer", COAST, verbs=tuple(v for v in VERBS if v is not Verb.SHELTERS), sources=(CITY,))
    harbour, officer = called(service, "harbour"), called(service, "officer")
    assert may(service, harbour, closing("town:1"))
    assert may(service, harbour, opening("town:1"))
    assert not may(service, harbour, closing("town:2")), "it lies elsewhere"
    assert not may(service, harbour, closing("town:1", "town:2")), "one of two lies elsewhere"
    assert not may(service, harbour, closing("town:3")), "it lies in no zone: that takes a say over all"
    assert not may(service, officer, closing("town:1"))
    assert not may(service, harbour, msgspec.structs.replace(closing("town:1"), source=SourceId("other")))


def test_nobody_brings_or_takes_a_shelter_where_they_have_no_say(service: Service) -> None:
    granted(service, "harbour", COAST, verbs=(Verb.SHELTERS,), sources=(CITY,))
    harbour = called(service, "harbour")
    assert may(service, harbour, importing(shelter(7, BEACH)))
    assert not may(service, harbour, importing(shelter(8, WEST)))
    assert not may(service, harbour, importing(gone=("town:2",)))
    assert not may(service, harbour, importing(shelter(2, PORT))), "it moved here from where they have no say"
    assert not may(service, harbour, importing(shelter(9, None)))
    granted(service, "state", *COUNTRY.roots, verbs=(Verb.SHELTERS,), sources=(CITY,))
    assert may(service, called(service, "state"), importing(shelter(9, None), shelter(2, PORT), gone=("town:3",)))


def test_a_shelters_zone_follows_from_its_place_and_not_from_what_is_said_of_it() -> None:
    (found,) = placed([shelter(1, WEST)], lambda lons, lats: [EAST if lon > 30 else None for lon in lons])
    assert found.zone == EAST


# --- the log, restarts, telling ---------------------------------------------------------------


def test_a_restart_finds_the_same_register_from_a_snapshot_and_from_the_whole_log(service: Service) -> None:
    service.submit([closing("town:1")], LOCAL)
    service.snapshot()
    service.submit([opening("town:4"), importing(shelter(5))], LOCAL)
    again = restored(service.store, COUNTRY)
    assert again.register == service.register
    assert verified(service.store, COUNTRY)[0].register == service.register
    assert list(service.register.runs()) == [(1, 4)]


def test_a_snapshot_holds_where_the_register_stands_and_not_the_register() -> None:
    service = Service(MemoryStore(), COUNTRY, StillClock())
    small = len(snapshot_of(service.standing).body)
    for start in range(0, 2_000, 500):
        service.submit([importing(*(shelter(n) for n in range(start, start + 500)))], LOCAL)
    assert len(snapshot_of(service.standing).body) < small + 60
    assert len(service.register.shelters) == 2_000


def test_everyone_is_told_that_there_was_an_import_and_the_log_alone_holds_it(service: Service) -> None:
    (entry,) = service.store.read(0, 1)
    told = public(entry)
    assert isinstance(told.event, SheltersChanged)
    assert (told.event.dataset, told.event.shelters, told.event.gone) == ("town", 4, 0)
    assert len(msgspec.json.encode(told)) < 400
    assert msgspec.json.decode(msgspec.json.encode(told), type=PublicEntry) == told
    assert zones_of(entry) is None, "whoever follows some zones has to fetch the register anew as well"


def test_a_closure_is_told_to_those_who_follow_its_zone_and_to_nobody_elsewhere(service: Service) -> None:
    ring = Ring(100, COUNTRY)
    ring.add(service.store.read(0, 9))
    coast, west = ring.enter((COAST,)), ring.enter((WEST,))
    service.submit([closing("town:1")], LOCAL)
    assert ring.add(service.store.read(1, 9)) == {coast}
    words = ring.since(1, coast)
    assert words is not None
    assert b'"shelter_closed"' in words[-1].data
    assert ring.since(1, west) == []


def test_a_clients_picture_of_the_danger_is_not_touched_by_shelters(service: Service) -> None:
    service.submit([closing("town:1")], LOCAL)
    told = [msgspec.json.encode(public(entry)) for entry in service.store.read(0, 9)]
    known = Known().with_entries([msgspec.json.decode(words, type=ToldEntry) for words in told])
    assert not known.heard, "shelters are no news of the danger: nothing held is not yet calm"


def test_a_drill_has_a_register_of_its_own() -> None:
    drill = Service(MemoryStore(Realm.DRILL), COUNTRY, StillClock())
    granted(drill, "harbour", COAST, verbs=(Verb.SHELTERS,), sources=(CITY,))
    assert not may(drill, called(drill, "harbour"), importing(shelter(7, BEACH))), "it takes the right to drill too"


def test_closing_a_shelter_changes_nothing_of_the_warnings(service: Service) -> None:
    before = service.state
    service.submit([closing("town:1")], LOCAL)
    assert (service.state.holds, service.state.sources) == (before.holds, before.sources)


# --- importing again --------------------------------------------------------------------------


def import_all(service: Service, *shelters: Shelter, let_go: bool = False) -> int:
    given = list(orders("town", "", shelters, service.register, "local", CITY, let_go=let_go))
    return sum(outcome.events for outcome in (one([it]) for it in service.submit(given, LOCAL, together=True)))


def test_a_newer_file_brings_what_is_new_takes_what_is_gone_and_leaves_the_rest(service: Service) -> None:
    assert import_all(service, shelter(1), shelter(2, WEST), shelter(4, open=False), shelter(5)) == 2
    assert set(service.register.shelters) == {f"town:{n}" for n in (1, 2, 4, 5)}
    assert import_all(service, shelter(1), shelter(2, WEST), shelter(4, open=False), shelter(5)) == 0


def test_an_older_file_can_be_imported_again_after_a_newer_one(service: Service) -> None:
    older, newer = (shelter(1), shelter(2, WEST), shelter(3, None)), (shelter(1), shelter(2, WEST), shelter(5))
    for files in (older, newer, older, newer):
        import_all(service, *files)
        assert set(service.register.shelters) == {it.id for it in files}


def test_a_file_that_lacks_most_of_what_is_known_is_taken_for_cut_short(service: Service) -> None:
    with pytest.raises(BadFile, match="3 are not in the file"):
        import_all(service, shelter(1))
    assert len(service.register.shelters) == 4
    import_all(service, shelter(1), let_go=True)
    assert set(service.register.shelters) == {"town:1"}


def test_other_datasets_are_left_alone(service: Service) -> None:
    other = Shelter(id="townhall:1", lon=30.0, lat=50.0)
    service.submit([command(ImportShelters(dataset="townhall", shelters=(other,)), CITY)], LOCAL)
    import_all(service, shelter(1), let_go=True)
    assert "townhall:1" in service.register.shelters


def test_what_may_stand_there_twice_is_shown_and_nothing_is_merged() -> None:
    a, b = shelter(1, name="School 7"), msgspec.structs.replace(shelter(2, name="school 7"), lon=30.0101)
    far, other = msgspec.structs.replace(a, id="town:3", lon=30.0110), msgspec.structs.replace(a, id="town:4", name="X")
    nameless = msgspec.structs.replace(a, id="town:5", name="")
    assert [(it.one.id, it.other.id) for it in twice([a, b])] == [("town:1", "town:2")]
    assert twice([a, far]) == []
    assert twice([a, other]) == [], "two doors, two names"
    assert [it.other.id for it in twice([a, nameless])] == ["town:5"]
    assert [it.one.id for it in twice([b], among=[a, b])] == ["town:1"], "against what is known, and not itself"
