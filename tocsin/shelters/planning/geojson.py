"""A plan as GeoJSON (RFC 7946): squares of the map, shelters and new places, told apart by the property ``what``."""

from __future__ import annotations

from typing import Any

import msgspec

from tocsin.shelters.planning.plan import Plan


def geojson(plan: Plan) -> bytes:
    at = plan.horizon()
    features = []
    for square in plan.squares:
        west, south, east, north = square.bounds
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        told: dict[str, Any] = {"what": "square", "residents": square.residents}
        if square.residents is not None:
            told |= {f"within_{minute}": square.within[minute - 1] for minute in (5, 10, 15, plan.minutes)}
            told["left"] = square.left[at]
        features.append(_feature({"type": "Polygon", "coordinates": [ring]}, told))
    for shelter in plan.shelters:
        told = {
            "what": "shelter", "id": shelter.id, "name": shelter.name, "address": shelter.address,
            "places": shelter.places, "assumed": shelter.assumed, "public": shelter.public,
            "come": shelter.come[at], "over": shelter.over[at], "given": shelter.given[at],
        }  # fmt: skip
        features.append(_feature(_point(shelter.lon, shelter.lat), told))
    for rank, new in enumerate(plan.new, 1):
        told = {"what": "new", "rank": rank, "street": new.street, "helped": new.helped, "unreached": new.unreached}
        features.append(_feature(_point(new.lon, new.lat), told))
    said = {
        "area": plan.area,
        "minutes": plan.minutes,
        "profile": plan.profile,
        "made_at": plan.made_at,
        "attribution": plan.attribution,
    }
    return msgspec.json.encode({"type": "FeatureCollection", "plan": said, "features": features})


def _feature(geometry: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": told}


def _point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}
