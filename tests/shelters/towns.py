"""A town with streets, shelters and a register, small enough to be walked by hand."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from tests.shelters.streets import METRE, Place, degrees, network
from tocsin.model import SourceId
from tocsin.shelter import Entrance, Shelter, ShelterClosed, ShelterId, ShelterOpened, SheltersImported
from tocsin.shelters.area import Area
from tocsin.shelters.network import Network
from tocsin.shelters.network_file import About
from tocsin.shelters.profiles import Profile
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


def crooked_town(chance: random.Random) -> tuple[Network, list[Shelter]]:
    """Some streets that cross, bend and climb, and shelters along them; some with two doors, some closed."""
    side = chance.randint(3, 6)
    places: list[Place] = [
        (column * 90.0 + chance.uniform(-30, 30), row * 90.0 + chance.uniform(-30, 30))
        for row in range(side)
        for column in range(side)
    ]
    pieces = [(n, n + 1) for n in range(side * side) if n % side < side - 1]
    pieces += [(n, n + side) for n in range(side * (side - 1))]
    pieces = [piece for piece in pieces if chance.random() < 0.85]
    pieces += [(n, n + side + 1) for n in range(side * (side - 1)) if n % side < side - 1 and chance.random() < 0.2]
    steps = [number for number in range(len(pieces)) if chance.random() < 0.1]
    shelters = []
    for number in range(chance.randint(1, 12)):
        here = [chance.uniform(-20, side * 90.0) for _ in range(2)]
        said: dict[str, object] = {"step_free": chance.choice([None, None, True, False]), "open": chance.random() < 0.8}
        if chance.random() < 0.2:
            said["entrances"] = (
                door(here[0] + 20, here[1], step_free=chance.choice([None, False])),
                door(here[0], here[1] + 60),
            )
        shelters.append(shelter(number, here[0], here[1], **said))
    return network(places, pieces, steps), shelters


def some_said(chance: random.Random, shelter: Shelter) -> Shelter:
    """More is said of it, as datasets say it: not public, or a door of which nobody says whether it has steps."""
    public = chance.choice([True, True, True, None, False])
    doors = shelter.entrances or (() if chance.random() < 0.5 else (Entrance(lon=shelter.lon, lat=shelter.lat),))
    return msgspec.structs.replace(shelter, public=public, entrances=doors)


def some_words(chance: random.Random, shelters: Sequence[Shelter]) -> list[tuple[str, bool]]:
    return [
        (it.id, chance.random() < 0.35)
        for it in chance.sample(list(shelters), min(len(shelters), chance.randint(1, 4)))
    ]


def spots_in(chance: random.Random, streets: Network, many: int) -> list[tuple[float, float, str]]:
    """Places in a town and around it, and who walks there."""
    west, south, east, north = streets.bounds
    return [
        (
            chance.uniform(west - 0.002, east + 0.002),
            chance.uniform(south - 0.001, north + 0.001),
            chance.choice(list(Profile)).value,
        )
        for _ in range(many)
    ]


def said_after(known: Register, words: Sequence[tuple[str, bool]], gap: int = 0) -> Register:
    """The register once each of these shelters was said to be open, or not; after a ``gap`` of other events."""
    for name, is_open in words:
        kind = ShelterOpened if is_open else ShelterClosed
        event = kind(shelter=ShelterId(name), zone=None, source=SourceId("town"), cause="x", at=NOON)
        known = known.after(max(known.seq, known.spoken) + gap, [event])
    return known


__all__ = ["METRE", "NOON", "closed", "degrees", "door", "register", "shelter", "street", "town"]
