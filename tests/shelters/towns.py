"""A town with streets, shelters and a register, small enough to be walked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from tests.shelters.streets import METRE, degrees, network
from tocsin.model import SourceId
from tocsin.shelter import Entrance, Shelter, ShelterClosed, ShelterId, SheltersImported
from tocsin.shelters.area import Area
from tocsin.shelters.network import Network
from tocsin.shelters.network_file import About
from tocsin.shelters.register import Register

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ABOUT = About(area="town", attribution="Streets: nobody", made_at=NOON, extract="0" * 64)


def street() -> Network:
    """Two kilometres to the east, with a point each hundred metres, and a flight of steps north at its middle."""
    places = [(100.0 * n, 0.0) for n in range(21)] + [(1_000.0, 50.0), (1_000.0, 700.0)]
    return network(places, [(n, n + 1) for n in range(20)] + [(10, 21), (21, 22)], steps=[20])


def shelter(number: int, east: float, north: float = 0.0, **said: object) -> Shelter:
    lon, lat = degrees((east, north))
    return Shelter(id=f"town:{number}", lon=lon, lat=lat, **({"public": True} | said))  # type: ignore[arg-type]  # whatever a test says of it


def door(east: float, north: float, *, step_free: bool | None = None) -> Entrance:
    lon, lat = degrees((east, north))
    return Entrance(lon=lon, lat=lat, step_free=step_free)


def register(shelters: Sequence[Shelter]) -> Register:
    event = SheltersImported(
        dataset="town", attribution="Shelters: the town", shelters=tuple(shelters), gone=(), at=NOON
    )
    return Register().after(0, [event])


def closed(known: Register, *numbers: int) -> Register:
    seq = max(known.seq, known.spoken)
    for number in numbers:
        event = ShelterClosed(
            shelter=ShelterId(f"town:{number}"), zone=None, source=SourceId("town"), cause="flooded", at=NOON
        )
        known = known.after(seq, [event])
        seq += 1
    return known


def town(streets: Network | None = None) -> Area:
    return Area(street() if streets is None else streets, ABOUT)


__all__ = ["METRE", "NOON", "closed", "degrees", "door", "register", "shelter", "street", "town"]
