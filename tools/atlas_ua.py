"""Makes the folder of the Ukrainian atlas from its source files: ``python tools/atlas_ua.py SRC_DIR OUT_DIR``.

SRC_DIR holds ``ua_zones_crosswalk.csv`` (one row per unit with its ids in every system),
``ua_zones_pip_dp10m.topo.json`` (polygons) and the files for drawing, which are copied as they are.
Left out are the planned hromadas of Crimea, which have no polygon, and the districts of Kyiv. The cities that
alerts.in.ua numbers apart from their hromada become aliases of it. README.md, LICENSE and atlas.json are written by
hand and stay.
"""

from __future__ import annotations

import csv
import json
import shutil
import sys
from pathlib import Path
from typing import Any

CROSSWALK = "ua_zones_crosswalk.csv"
PLACES = "ua_places.geojson"
POLYGONS = "ua_zones_pip_dp10m.topo.json"
COPIED = ("ua_zones_z0-8.pmtiles", "ua_zones_display_s.topo.json", "ua_zones_display_l.topo.json", PLACES)
CODES = {
    "katottg": "katottg",
    "iso3166_2": "iso3166_2",
    "alerts_in_ua": "alerts_in_ua_uid",
    "ukrainealarm": "ukrainealarm_id",
    "osm_relation": "osm_relation",
    "wikidata": "wikidata",
}
LEVELS = ("oblast", "raion", "hromada")
COUNTRY = {
    "id": "UA",
    "level": "country",
    "parent": "",
    "name:uk": "Україна",
    "name:en": "Ukraine",
    "code:osm_relation": "60199",
    "code:wikidata": "Q212",
    "lon": "31.4",
    "lat": "49.0",
}
COLUMNS = (
    "id",
    "level",
    "parent",
    "name:uk",
    "name:en",
    *(f"code:{code}" for code in CODES),
    "lon",
    "lat",
    "population",
)

ENGLISH = {
    "UA-43": ("Crimea", "Крим", "АР Крим"),
    "UA-05": ("Vinnytsia Oblast",),
    "UA-07": ("Volyn Oblast",),
    "UA-12": ("Dnipropetrovsk Oblast",),
    "UA-14": ("Donetsk Oblast",),
    "UA-18": ("Zhytomyr Oblast",),
    "UA-21": ("Zakarpattia Oblast",),
    "UA-23": ("Zaporizhzhia Oblast",),
    "UA-26": ("Ivano-Frankivsk Oblast",),
    "UA-32": ("Kyiv Oblast",),
    "UA-35": ("Kirovohrad Oblast",),
    "UA-09": ("Luhansk Oblast",),
    "UA-46": ("Lviv Oblast",),
    "UA-48": ("Mykolaiv Oblast",),
    "UA-51": ("Odesa Oblast",),
    "UA-53": ("Poltava Oblast",),
    "UA-56": ("Rivne Oblast",),
    "UA-59": ("Sumy Oblast",),
    "UA-61": ("Ternopil Oblast",),
    "UA-63": ("Kharkiv Oblast",),
    "UA-65": ("Kherson Oblast",),
    "UA-68": ("Khmelnytskyi Oblast",),
    "UA-71": ("Cherkasy Oblast",),
    "UA-77": ("Chernivtsi Oblast",),
    "UA-74": ("Chernihiv Oblast",),
    "UA-30": ("Kyiv City",),
    "UA-40": ("Sevastopol City",),
}
"""What English texts call the first-level units: by the town and not by the adjective."""


def main(source: Path, out: Path) -> None:
    with (source / CROSSWALK).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kept = [row for level in LEVELS for row in rows if row["level"] == level and row["has_polygon"] == "True"]
    kept.sort(key=lambda row: (LEVELS.index(row["level"]), row["katottg"]))
    zones = [COUNTRY, *map(_zone, kept)]
    _count_cities(zones, source / PLACES)
    _write_csv(out / "zones.csv", COLUMNS, zones)
    aliases = [*_cities(rows), *_english(kept), *_former(kept)]
    _write_csv(out / "aliases.csv", ("system", "value", "zone", "relation", "note"), aliases)
    topology = _without_repeats(json.loads((source / POLYGONS).read_bytes()), {r["katottg"]: r["level"] for r in kept})
    (out / "zones.topo.json").write_text(json.dumps(topology, separators=(",", ":")), encoding="utf-8")
    for name in COPIED:
        shutil.copyfile(source / name, out / name)


def _zone(row: dict[str, str]) -> dict[str, str]:
    return {
        "id": row["katottg"],
        "level": row["level"],
        "parent": row["parent"] or COUNTRY["id"],
        "name:uk": row["name_uk"],
        "name:en": row["name_en"],
        **{f"code:{code}": row[column] for code, column in CODES.items()},
        "lon": row["lon"],
        "lat": row["lat"],
        "population": row["population_2022"],
    }


def _count_cities(zones: list[dict[str, str]], places: Path) -> None:
    """The two cities of oblast rank have no hromadas to be counted by: their people stand in the file of places."""
    features = json.loads(places.read_bytes())["features"]
    people = {feature["properties"]["name_uk"]: feature["properties"]["pop"] for feature in features}
    for zone in zones:
        if zone["level"] == "oblast" and zone["name:uk"].startswith("м. "):
            zone["population"] = str(people[zone["name:uk"].removeprefix("м. ")])


def _cities(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Cities that are warned apart in alerts.in.ua: their ids and names mean a part of their hromada."""
    aliases = []
    for row in rows:
        if row["level"] == "city":
            for system, value in (
                *((code, row[column]) for code, column in CODES.items()),
                ("name", row["name_uk"]),
                ("name", row["name_en"]),
            ):
                if value:
                    aliases.append(_alias(system, value, row["parent"], "part", row["name_uk"]))
    return aliases


def _english(kept: list[dict[str, str]]) -> list[dict[str, str]]:
    return [
        _alias("name", name, row["katottg"], "same", "") for row in kept for name in ENGLISH.get(row["iso3166_2"], ())
    ]


def _former(kept: list[dict[str, str]]) -> list[dict[str, str]]:
    """Names of 2022 where they differ by more than the kind of hromada, which that list did not give."""
    return [
        _alias("name", row["ukrainealarm_name_2022"], row["katottg"], "former", "2022")
        for row in kept
        if row["ukrainealarm_name_2022"] and _stem(row["ukrainealarm_name_2022"]) != _stem(row["name_uk"])
    ]


def _stem(name: str) -> str:
    kinds = {"територіальна", "міська", "селищна", "сільська", "громада", "район", "область"}
    return " ".join(word for word in name.replace("'", "’").split() if word not in kinds)


def _alias(system: str, value: str, zone: str, relation: str, note: str) -> dict[str, str]:
    return {"system": system, "value": value, "zone": zone, "relation": relation, "note": note}


def _without_repeats(topology: dict[str, Any], levels: dict[str, str]) -> dict[str, Any]:
    """Kyiv and Sevastopol stand in all three layers of the source; each zone keeps the polygon of its own level."""
    for level, layer in topology["objects"].items():
        layer["geometries"] = [shape for shape in layer["geometries"] if levels[shape["properties"]["id"]] == level]
    return topology


def _write_csv(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
