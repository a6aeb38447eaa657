"""Make tocsin/data/example-area: the middle of Aarhus, as the demo shows it, from the files that the tests have.

    python tools/example_area.py OUT

OUT is a folder. `shelters.geojson` is what is imported, `aarhus.area` a bundle of just these shelters without its
signature (docs/shelters.md), for `tocsin.shelters.ready`.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from array import array
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from tocsin.model import Realm
from tocsin.shelter import Shelter, SheltersImported
from tocsin.shelters.area import Area
from tocsin.shelters.bundle import bundle_bytes
from tocsin.shelters.extract import Streets, read_streets
from tocsin.shelters.mapping import load_mapping
from tocsin.shelters.network import build
from tocsin.shelters.network_file import About, Example
from tocsin.shelters.reading import read_shelters
from tocsin.shelters.register import Register
from tocsin.shelters.signed import START
from tocsin.store.heads import Signer

DATA = Path(__file__).parent.parent / "tests" / "data" / "shelters"
BOX = (10.1830, 56.1440, 10.2230, 56.1680)
"""West, south, east, north: two and a half kilometres by as many, from the harbour to the university."""

MADE_AT = datetime(2024, 10, 1, tzinfo=UTC)
"""When the extract was taken, about."""

WORDS = {
    "en": "An example: the middle of Aarhus in Denmark. This demo knows no shelters of Ukraine.",
    "uk": "Приклад: центр міста Орхус у Данії. Укриттів України ця демонстрація не знає.",
}
START_AT = (10.2049, 56.1558)
"""A place in the middle, from which to try it."""


def within(lon: float, lat: float) -> bool:
    west, south, east, north = BOX
    return west <= lon <= east and south <= lat <= north


def cut(streets: Streets) -> Streets:
    """What lies in the box, piece by piece."""
    west, south, east, north = (round(side * 1e7) for side in BOX)
    lon, lat = np.frombuffer(streets.lon_e7, np.int64), np.frombuffer(streets.lat_e7, np.int64)
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    start, end = np.frombuffer(streets.start, np.int64), np.frombuffer(streets.end, np.int64)
    taken = inside[start] & inside[end]
    number = np.cumsum(inside) - 1
    names = np.unique(np.frombuffer(streets.name, np.int64)[taken])
    renamed = np.zeros(len(streets.names), np.int64)
    kept = [0, *(name for name in names.tolist() if name != 0)]
    renamed[kept] = np.arange(len(kept))

    def some(column: array[int], chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> array[int]:
        return array("q", np.frombuffer(column, np.int64)[chosen].tolist())

    return Streets(
        osm_id=some(streets.osm_id, inside),
        lon_e7=some(streets.lon_e7, inside),
        lat_e7=some(streets.lat_e7, inside),
        start=array("q", number[start[taken]].tolist()),
        end=array("q", number[end[taken]].tolist()),
        traits=some(streets.traits, taken),
        name=array("q", renamed[np.frombuffer(streets.name, np.int64)[taken]].tolist()),
        names=[streets.names[name] for name in kept],
        missing=0,
    )


def main(out: Path) -> None:
    extract = DATA / "aarhus.osm.pbf"
    about = About(
        area="example-aarhus",
        attribution="Streets: (c) OpenStreetMap contributors, ODbL 1.0",
        made_at=MADE_AT,
        extract=hashlib.sha256(extract.read_bytes()).hexdigest(),
        example=Example(words=WORDS, lon=START_AT[0], lat=START_AT[1]),
    )
    whole = json.loads(gzip.decompress((DATA / "aarhus.geojson.gz").read_bytes()))
    mapping = load_mapping("aarhus")
    features = [
        feature
        for feature in whole["features"]
        if within(*feature["geometry"]["coordinates"][:2]) and feature["properties"]["public"] is True
    ]
    out.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features)
    text = '{"type":"FeatureCollection","features":[\n' + lines + "\n]}\n"
    (out / "shelters.geojson").write_text(text, "utf-8")
    shelters: list[Shelter] = read_shelters(out / "shelters.geojson", mapping).shelters
    event = SheltersImported(
        dataset=mapping.dataset, attribution=mapping.attribution, shelters=tuple(shelters), gone=(), at=MADE_AT
    )
    network = build(cut(read_streets(extract))).network
    standing = Area(network, about).at(Register().after(0, [event]))
    nobody = Signer(Realm.LIVE, bytes(32))
    packed = bundle_bytes(standing, nobody, "", [mapping.attribution], MADE_AT)[START:]
    (out / "aarhus.area").write_bytes(packed)
    print(f"{network.points:,} points, {len(standing.shelters):,} of {len(shelters):,} shelters, {len(packed):,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
