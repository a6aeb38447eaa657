"""Register, bundles and the nearest shelters over HTTP; and that nobody's place is written down."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from tests.shelters.towns import degrees, shelter, town
from tests.web.running import Answer, Running, StandingClock, running
from tocsin import limits
from tocsin.access import LOCAL
from tocsin.atlas import Atlas, shipped
from tocsin.commands import CloseShelters, Command, ImportShelters
from tocsin.model import SourceId
from tocsin.shelter import ShelterId
from tocsin.shelters.areas import Areas
from tocsin.shelters.bundle import read_bundle
from tocsin.store.memory import MemoryStore


@pytest.fixture(scope="module")
def ukraine() -> Atlas:
    return shipped("ua")


@pytest.fixture
def server(ukraine: Atlas) -> Iterator[Running]:
    with running(MemoryStore(), ukraine, StandingClock(), signed=True) as server:
        areas = Areas({"town": town()}, lambda: server.tocsin.service.register, server.tocsin.store.identity)
        server.tocsin.areas = areas
        shelters = (shelter(1, 130, name="School", capacity=60, step_free=True), shelter(2, 900), shelter(3, 1_900))
        give(server, ImportShelters(dataset="town", attribution="Shelters: the town", shelters=shelters))
        yield server


def give(server: Running, order: ImportShelters | CloseShelters) -> None:
    key = f"k{server.tocsin.service.state.seq}"
    given = Command(key=key, actor="local", source=SourceId("town"), order=order)
    server.tocsin.service.submit([given], LOCAL, together=True)


def close(server: Running, number: int) -> None:
    give(server, CloseShelters(shelters=(f"town:{number}",), cause="flooded"))


def asked(server: Running, east: float, north: float, **said: Any) -> Answer:
    lon, lat = degrees((east, north))
    return server.ask("/api/v1/shelters/nearest", "POST", body={"lon": lon, "lat": lat} | said)


def test_a_caller_without_a_page_is_told_shelter_minutes_places_and_the_way(server: Running) -> None:
    told = asked(server, 20.0, 0.0).json
    first = told["shelters"][0]
    assert (first["id"], first["name"], first["places"], first["step_free"]) == ("town:1", "School", 60, True)
    assert (first["minutes"], first["in_time"]) == (2, None)
    assert first["way"]["en"] == "Walk 110 m."
    assert first["line"][-1] == pytest.approx([first["lon"], first["lat"]], abs=1e-6)
    assert [it["id"] for it in told["shelters"]] == ["town:1", "town:2", "town:3"]
    assert [it["places"] for it in told["shelters"]] == [60, None, None], "unknown is no 0"
    assert told["instead"] is None
    assert told["attribution"] == ["Streets: nobody", "Shelters: the town"], "whose data it is, streets and shelters"


def test_whoever_cannot_be_there_in_time_is_told_what_to_do_instead(server: Running) -> None:
    some = asked(server, 20.0, 0.0, time_s=100).json
    assert [it["in_time"] for it in some["shelters"]] == [True, False, False]
    assert some["instead"] is None
    none = asked(server, 20.0, 0.0, time_s=30).json
    approved = server.ask("/api/v1/catalogue").json["languages"]
    assert none["instead"].keys() == approved.keys()
    for lang, words in none["instead"].items():
        said = approved[lang]["texts"]["too_far"]
        assert words == " ".join((said["title"] + ".", said["body"], *said["do"], *said["dont"]))
    assert len(none["shelters"]) == 3, "where they are is told all the same"


def test_a_shelter_that_closed_is_named_no_more_and_the_next_one_is(server: Running) -> None:
    close(server, 1)
    assert [it["id"] for it in asked(server, 20.0, 0.0).json["shelters"]] == ["town:2", "town:3"]
    close(server, 2)
    close(server, 3)
    told = asked(server, 20.0, 0.0).json
    assert (told["shelters"], told["instead"] is not None) == ([], True)


def test_what_is_asked_wrongly_or_from_elsewhere_is_refused(server: Running) -> None:
    assert server.ask("/api/v1/shelters/nearest", "POST", body={"lon": 30.0}).status == 400
    assert server.ask("/api/v1/shelters/nearest", "POST", body={"lon": 300.0, "lat": 5}).status == 400
    assert asked(server, 20.0, 0.0, profile="bird").status == 400
    asked(server, 900_000.0, 0.0).refused(404, "not_found")
    asked(server, 1_900.0, 900.0).refused(404, "not_found")
    server.ask("/api/v1/shelters/atlantis/bundle").refused(404, "not_found")


def test_one_address_may_ask_so_often_and_no_oftener(server: Running) -> None:
    for _ in range(limits.NEAREST_PER_MINUTE):
        assert asked(server, 20.0, 0.0).status == 200
    asked(server, 20.0, 0.0).refused(429, "too_often")


def test_where_somebody_is_stands_in_no_log_no_error_and_no_trail(
    server: Running, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    lon, lat = degrees((123.0, 7.0))
    said = [f"{lon:.4f}", f"{lat:.4f}"]
    with caplog.at_level(logging.DEBUG):
        answers = [
            asked(server, 123.0, 7.0, profile="bird"),
            asked(server, 123.0, 7.0, time_s=-1),
            server.ask("/api/v1/shelters/nearest", "POST", body={"lon": lon, "lat": str(lat)}),
            server.ask("/api/v1/shelters/nearest", "POST", body={"lon": lon, "lat": lat, "more": 1}),
        ]
        assert asked(server, 123.0, 7.0).status == 200
        monkeypatch.setattr(Areas, "nearest", lambda *given: 1 / 0)
        answers.append(asked(server, 123.0, 7.0))
    assert [answer.status for answer in answers] == [400, 400, 400, 400, 500]
    written = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    written += "".join(answer.body.decode() for answer in answers)
    store = server.tocsin.store
    assert isinstance(store, MemoryStore)
    written += str(store.read(0, 1_000)) + str(vars(store))
    assert "ZeroDivisionError" in caplog.text, "something was logged at all"
    assert [word for word in said if word in written] == []


def test_a_bundle_is_served_signed_and_not_sent_again_while_it_is_the_same(server: Running) -> None:
    first = server.ask("/api/v1/shelters/town/bundle")
    head = server.ask("/api/v1/head").json
    bundle = read_bundle(first.body, key=head["key"], seq=head["seq"])
    assert [it["id"] for it in bundle.shelters] == ["town:1", "town:2", "town:3"]
    etag = {"If-None-Match": first.headers["ETag"]}
    assert server.ask("/api/v1/shelters/town/bundle", headers=etag).status == 304
    close(server, 1)
    assert server.ask("/api/v1/shelters/town/bundle", headers=etag).status == 200


def test_a_device_with_an_older_bundle_is_told_what_was_said_since(server: Running) -> None:
    before = server.tocsin.state.seq
    close(server, 2)
    told = server.ask(f"/api/v1/shelters/words?after={before}").json
    assert [(it["shelter"], it["open"], it["cause"]) for it in told["words"]] == [("town:2", False, "flooded")]
    assert (told["imported"], told["seq"]) == (before, before + 1)
    assert server.ask(f"/api/v1/shelters/words?after={before + 1}").json["words"] == []


def test_the_register_is_read_page_by_page_with_areas_and_datasets(server: Running) -> None:
    close(server, 2)
    first = server.ask("/api/v1/shelters?limit=2").json
    assert [(it["shelter"]["id"], it["open"]) for it in first["shelters"]] == [("town:1", True), ("town:2", False)]
    assert first["shelters"][1]["said"]["cause"] == "flooded"
    rest = server.ask("/api/v1/shelters?after=town:2").json
    assert [it["shelter"]["id"] for it in rest["shelters"]] == ["town:3"]
    assert [it["bundle"] for it in first["areas"]] == ["/api/v1/shelters/town/bundle"]
    assert [it["name"] for it in first["datasets"]] == ["town"]
    state = server.ask("/api/v1/state").body
    assert b"town:1" not in state, "whoever wants only warnings carries no register"


def test_a_server_without_streets_says_so(ukraine: Atlas) -> None:
    with running(MemoryStore(), ukraine, StandingClock(), signed=True) as bare:
        asked(bare, 0.0, 0.0).refused(404, "not_found")
        assert bare.ask("/api/v1/shelters").json["areas"] == []


def test_an_imported_shelter_lies_where_its_place_is_whatever_was_said(server: Running) -> None:
    order = {
        "type": "import_shelters", "dataset": "x",
        "shelters": [{"id": "x:1", "lon": 30.52, "lat": 50.45, "zone": "UA46000000000026241"}],
    }  # fmt: skip
    answer = server.command(order, key="import-x")
    assert answer.status == 200, json.loads(answer.body)
    assert str(server.tocsin.service.register.zone_of(ShelterId("x:1"))).startswith("UA80")
