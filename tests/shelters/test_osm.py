from __future__ import annotations

from pathlib import Path

import pytest

from tests.shelters.streets import AARHUS
from tocsin.errors import BadFile
from tocsin.shelter import ShelterKind
from tocsin.shelters.mapping import load_mapping
from tocsin.shelters.osm import is_shelter, is_station
from tocsin.shelters.reading import read_shelters


@pytest.mark.parametrize(
    ("tags", "taken"),
    [
        ({"amenity": "shelter"}, False),
        ({"amenity": "shelter", "shelter_type": "public_transport"}, False),
        ({"amenity": "shelter", "shelter_type": "bomb_shelter"}, True),
        ({"military": "bunker"}, False),
        ({"military": "bunker", "bunker_type": "pillbox"}, False),
        ({"military": "bunker", "bunker_type": "bomb_shelter"}, True),
        ({"building": "bunker", "bunker_type": "personnel_shelter"}, True),
        ({"military": "bunker", "bunker_type": "bomb_shelter", "ruins": "yes"}, False),
    ],
)
def test_only_what_shelters_from_war_is_taken_and_no_roof_against_the_rain(tags: dict[str, str], taken: bool) -> None:
    assert is_shelter(tags) is taken


@pytest.mark.parametrize(
    ("tags", "taken"),
    [
        ({"railway": "station", "station": "subway"}, True),
        ({"railway": "station", "subway": "yes"}, True),
        ({"railway": "station", "station": "subway", "location": "overground"}, False),
        ({"railway": "station", "station": "subway", "layer": "1"}, False),
        ({"railway": "station", "station": "subway", "layer": "-2"}, True),
        ({"railway": "station"}, False),
    ],
)
def test_a_metro_station_is_taken_where_it_lies_below_the_ground(tags: dict[str, str], taken: bool) -> None:
    assert is_station(tags) is taken


TOWN = """<?xml version='1.0' encoding='UTF-8'?><osm version="0.6">
<node id="1" version="1" lon="30.50" lat="50.40"><tag k="railway" v="station"/><tag k="station" v="subway"/>
  <tag k="name" v="Teatralna"/></node>
<node id="2" version="1" lon="30.501" lat="50.40"><tag k="railway" v="subway_entrance"/>
  <tag k="wheelchair" v="yes"/></node>
<node id="3" version="1" lon="30.51" lat="50.40"><tag k="railway" v="subway_entrance"/></node>
<node id="4" version="1" lon="30.60" lat="50.40"><tag k="railway" v="subway_entrance"/></node>
<node id="5" version="1" lon="30.52" lat="50.41"><tag k="military" v="bunker"/>
  <tag k="bunker_type" v="bomb_shelter"/><tag k="capacity" v="about 50"/></node>
<node id="6" version="1" lon="30.53" lat="50.41"><tag k="amenity" v="shelter"/></node>
<node id="11" version="1" lon="30.54" lat="50.42"/><node id="12" version="1" lon="30.542" lat="50.42"/>
<node id="13" version="1" lon="30.542" lat="50.422"/>
<way id="7" version="1"><nd ref="11"/><nd ref="12"/><nd ref="13"/><nd ref="11"/><tag k="building" v="bunker"/>
  <tag k="bunker_type" v="bomb_shelter"/><tag k="access" v="yes"/><tag k="capacity" v="120"/></way>
<relation id="9" version="1"><member type="node" ref="1" role=""/><member type="node" ref="3" role=""/>
  <tag k="public_transport" v="stop_area"/></relation></osm>"""


def test_bunkers_and_metro_stations_with_their_entrances_are_read_from_an_extract(tmp_path: Path) -> None:
    path = tmp_path / "town.osm"
    path.write_text(TOWN, "utf-8")
    found = read_shelters(path, load_mapping("osm"))
    shelters = {shelter.id: shelter for shelter in found.shelters}
    assert shelters.keys() == {"osm:node 1", "osm:way 7"}
    assert [(bad.where, "about 50" in bad.reason) for bad in found.bad] == [("node 5", True)]
    station = shelters["osm:node 1"]
    assert (station.kind, station.name) == (ShelterKind.METRO, "Teatralna")
    assert [(door.lon, door.step_free) for door in station.entrances] == [(30.501, True), (30.51, None)]
    bunker = shelters["osm:way 7"]
    assert (bunker.capacity, bunker.public) == (120, True)
    assert bunker.lon == pytest.approx(30.541, abs=0.001)


def test_an_extract_without_a_shelter_is_refused() -> None:
    with pytest.raises(BadFile, match="holds no shelter"):
        read_shelters(AARHUS, load_mapping("osm"))
