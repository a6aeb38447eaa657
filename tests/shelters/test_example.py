"""The example area of the demo: what lies in the package, how it is told, and that nothing heavy is needed for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest

from tests.web.running import Running, StandingClock, running
from tocsin.access import LOCAL
from tocsin.atlas import shipped
from tocsin.cli.example import bring_example, demo_signer, example_area
from tocsin.commands import CloseShelters, Command, ImportShelters
from tocsin.errors import BadFile, BadSetting
from tocsin.model import SourceId
from tocsin.shelters.bundle import read_bundle
from tocsin.shelters.ready import Ready
from tocsin.shelters.register import Register
from tocsin.shelters.sections import unpack
from tocsin.store.memory import MemoryStore
from tools.example_area import START_AT, main

FOLDER = Path(str(files("tocsin.data"))) / "example-area"
BUNDLE = "/api/v1/shelters/example-aarhus/bundle"


@pytest.fixture
def server() -> Iterator[Running]:
    with running(MemoryStore(), shipped("il"), StandingClock(), signed=True) as server:
        bring_example(server.tocsin.service)
        server.tocsin.areas = example_area(lambda: server.tocsin.service.register, server.tocsin.store.identity)
        yield server


def give(server: Running, order: CloseShelters | ImportShelters) -> None:
    command = Command(
        key=f"k{server.tocsin.service.state.seq}", actor="local", source=SourceId("shelters aarhus"), order=order
    )
    server.tocsin.service.submit([command], LOCAL, together=True)


def nearest(server: Running) -> list[str]:
    lon, lat = START_AT
    told = server.ask("/api/v1/shelters/nearest", "POST", body={"lon": lon, "lat": lat})
    return [it["id"] for it in told.json["shelters"]]


def test_what_lies_in_the_package_is_what_its_tool_makes_of_the_data(tmp_path: Path) -> None:
    main(tmp_path)
    assert (tmp_path / "shelters.geojson").read_bytes() == (FOLDER / "shelters.geojson").read_bytes()
    made, shipped_one = (unpack((folder / "aarhus.area").read_bytes()) for folder in (tmp_path, FOLDER))
    assert made.header == shipped_one.header
    assert made.texts == shipped_one.texts
    assert {name: column.tolist() for name, column in made.columns.items()} == {
        name: column.tolist() for name, column in shipped_one.columns.items()
    }
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 400_000


def test_it_is_signed_for_the_log_that_tells_of_it_and_says_that_it_is_an_example(server: Running) -> None:
    content = server.ask(BUNDLE).body
    head = server.get("/api/v1/head")
    bundle = read_bundle(content, key=head["key"], realm=server.tocsin.store.realm, seq=head["seq"])
    assert (bundle.header["log"], bundle.header["seq"]) == (server.tocsin.store.identity, head["seq"])
    assert bundle.header["example"]["words"].keys() == {"en", "uk"}
    assert "Denmark" in bundle.header["example"]["words"]["en"]
    register = server.tocsin.service.register
    assert {it["id"] for it in bundle.shelters} | set(bundle.header["no_street"]) == set(register.shelters)
    assert server.ask(BUNDLE, headers={"If-None-Match": server.ask(BUNDLE).headers["ETag"]}).status == 304
    assert [it["area"] for it in server.get("/api/v1/shelters?limit=1")["areas"]] == ["example-aarhus"]
    server.ask("/api/v1/shelters/aarhus/bundle").refused(404, "not_found")


def test_what_people_say_of_its_shelters_counts_and_other_shelters_bring_another_bundle(server: Running) -> None:
    before = server.ask(BUNDLE).body
    first, second, _ = nearest(server)
    give(server, CloseShelters(shelters=(first,), cause="flooded"))
    assert server.ask(BUNDLE).body == before, "what was said goes beside it"
    assert nearest(server)[0] == second
    shelter = server.tocsin.service.register.shelters[second]  # type: ignore[index]  # it came out of this register
    moved = msgspec.structs.replace(shelter, capacity=7)
    give(server, ImportShelters(dataset="aarhus", shelters=(moved,)))
    bundle = read_bundle(server.ask(BUNDLE).body, seq=server.tocsin.service.register.seq)
    assert [it["capacity"] for it in bundle.shelters if it["id"] == second] == [7]
    assert bundle.header["example"]["words"].keys() == {"en", "uk"}, "it is an example all the same"


def test_without_what_it_takes_to_reckon_the_bundle_is_told_and_the_nearest_is_not(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(name: str) -> object:
        raise BadSetting(f"this needs {name}", needs=name)

    monkeypatch.setattr("tocsin.shelters.ready.required", lacking)
    assert server.ask(BUNDLE).status == 200
    lon, lat = START_AT
    server.ask("/api/v1/shelters/nearest", "POST", body={"lon": lon, "lat": lat}).refused(404, "not_found")


def test_the_demo_loads_none_of_the_heavy_libraries_for_it() -> None:
    script = """if True:
        import sys
        from tests.world import COUNTRY, StillClock
        from tocsin.cli.example import bring_example, demo_signer, example_area
        from tocsin.service import Service
        from tocsin.store.memory import MemoryStore
        store = MemoryStore()
        service = Service(store, COUNTRY, StillClock())
        bring_example(service)
        area = example_area(lambda: service.register, store.identity)
        assert area.bundle("example-aarhus", demo_signer()).content
        print([name for name in ("numba", "scipy", "osmium", "ortools") if name in sys.modules])
    """
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"


def test_the_key_of_the_demo_is_the_same_every_time() -> None:
    assert demo_signer().key == demo_signer().key


@pytest.mark.parametrize("content", [b"", b"\4\0\0\0{}{}", b"\2\0\0\0{}"])
def test_what_is_no_bundle_is_refused(content: bytes) -> None:
    with pytest.raises(BadFile):
        Ready(content, Register, "log")
