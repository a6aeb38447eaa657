"""Makes the folder of the Israeli atlas from its source file: ``python tools/atlas_il.py SRC_DIR OUT_DIR``.

SRC_DIR holds ``il_oref_zones.geojson``: the areas of the Home Front Command with their names, segment number, district
and seconds to shelter. The hierarchy is country > district > area, after the Command's own districts: every area has
one, whereas the coarser English zones of the source are missing for one area in ten. Districts have no number in the
source, so they get one here, which never changes. README.md, LICENSE and atlas.json are written by hand and stay.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import shapely

SOURCE = "il_oref_zones.geojson"
LANGUAGES = ("he", "en", "ru", "ar")
COLUMNS = (
    "id",
    "level",
    "parent",
    *(f"name:{language}" for language in LANGUAGES),
    "code:oref_segment",
    "code:tzevaadom",
    "code:wikidata",
    "lon",
    "lat",
    "shelter_s",
)
COUNTRY = {
    "id": "IL",
    "level": "country",
    "parent": "",
    "name:he": "ישראל",
    "name:en": "Israel",
    "name:ru": "Израиль",
    "name:ar": "إسرائيل",
    "code:wikidata": "Q801",
    "lon": "34.9",
    "lat": "31.5",
}
DISTRICTS = (
    ("קו העימות", "Confrontation Line"),
    ("גליל עליון", "Upper Galilee"),
    ("גליל תחתון", "Lower Galilee"),
    ("גולן", "Golan"),
    ("קצרין", "Katzrin"),
    ("תבור", "Tavor"),
    ("בקעת בית שאן", "Beit She'an Valley"),
    ("קריות", "Krayot"),
    ("חיפה", "Haifa"),
    ("חוף הכרמל", "Carmel Coast"),
    ("יערות הכרמל", "Carmel Forests"),
    ("ואדי ערה", "Wadi Ara"),
    ("מנשה", "Menashe"),
    ("חפר", "Hefer"),
    ("שרון", "Sharon"),
    ("שומרון", "Shomron"),
    ("ירקון", "Yarkon"),
    ("דן", "Dan"),
    ("השפלה", "Shfela"),
    ("דרום השפלה", "South Shfela"),
    ("ירושלים", "Jerusalem"),
    ("בית שמש", "Beit Shemesh"),
    ("יהודה", "Yehuda"),
    ("בקעה", "Bika'a"),
    ("ים המלח", "Dead Sea"),
    ("לכיש", "Lachish"),
    ("מערב לכיש", "West Lachish"),
    ("עוטף עזה", "Gaza Envelope"),
    ("מערב הנגב", "West Negev"),
    ("מרכז הנגב", "Central Negev"),
    ("דרום הנגב", "South Negev"),
    ("ערבה", "Arava"),
    ("אילת", "Eilat"),
)
"""From north to south. A district's id is its place in this list: append new ones, never reorder."""


def main(source: Path, out: Path) -> None:
    collection = json.loads((source / SOURCE).read_text(encoding="utf-8"))
    features = sorted(collection["features"], key=lambda feature: int(feature["properties"]["oref_segment"]))
    rows = [COUNTRY, *(_district(number) for number in range(len(DISTRICTS))), *map(_area, features)]
    _write_csv(out / "zones.csv", COLUMNS, rows)
    aliases = [alias for feature in features for alias in _places(feature)]
    _write_csv(out / "aliases.csv", ("system", "value", "zone", "relation", "note"), aliases)
    lines = ",\n".join(json.dumps(_outline(feature), separators=(",", ":")) for feature in features)
    text = f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'
    (out / "zones.geojson").write_text(text, encoding="utf-8")


def _district_id(number: int) -> str:
    return f"IL-D{number + 1:02}"


def _district(number: int) -> dict[str, str]:
    hebrew, english = DISTRICTS[number]
    return {
        "id": _district_id(number),
        "level": "district",
        "parent": COUNTRY["id"],
        # With the word for "district", as the Command writes them: some areas have the bare name.
        "name:he": f"מחוז {hebrew}",
        "name:en": f"{english} District",
    }


def _area(feature: dict[str, Any]) -> dict[str, str]:
    told = feature["properties"]
    number = [hebrew for hebrew, _ in DISTRICTS].index(told["district_he"])
    lon, lat = _label(feature["geometry"])
    return {
        "id": f"IL-{told['oref_segment']}",
        "level": "area",
        "parent": _district_id(number),
        **{f"name:{language}": (told[f"name_{language}"] or "").strip() for language in LANGUAGES},
        "code:oref_segment": str(told["oref_segment"]),
        "code:tzevaadom": str(told["tzevaadom_id"]),
        "lon": f"{lon:.5f}",
        "lat": f"{lat:.5f}",
        "shelter_s": str(told["shelter_seconds"]),
    }


def _places(feature: dict[str, Any]) -> list[dict[str, str]]:
    """Areas of several places are called by all of them, ``Sderot, Ivim, Nir Am``: each place alone is a name too.

    Names with a dash are quarters of a town, ``Ashdod - Alef, Bet``, and their parts mean nothing alone.
    """
    told = feature["properties"]
    places = []
    for language in ("he", "en", "ru"):
        name = told[f"name_{language}"] or ""
        if ", " in name and " -" not in name and "- " not in name:
            places += [place.strip() for place in name.split(", ")]
    zone = f"IL-{told['oref_segment']}"
    return [
        {"system": "name", "value": place, "zone": zone, "relation": "part", "note": ""}
        for place in dict.fromkeys(places)
    ]


def _write_csv(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _label(geometry: dict[str, Any]) -> tuple[float, float]:
    """A point inside the area: its largest polygon's, since a centroid may lie outside."""
    shape = shapely.from_geojson(json.dumps(geometry))
    largest = max(shapely.get_parts(shape), key=shapely.area)
    point = shapely.point_on_surface(largest)
    return float(shapely.get_x(point)), float(shapely.get_y(point))


def _outline(feature: dict[str, Any]) -> dict[str, Any]:
    """The polygon with nothing but the number that ties it to its zone; all else is in the table."""
    return {
        "type": "Feature",
        "properties": {"oref_segment": feature["properties"]["oref_segment"]},
        "geometry": feature["geometry"],
    }


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
