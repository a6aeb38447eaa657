"""The example area of the demo: where *my shelter* can be tried from the first minute, though no shelter of Ukraine may
be passed on. It is marked as an example wherever it is shown."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib.resources import as_file, files

from tocsin.access import LOCAL
from tocsin.model import Realm, SourceId
from tocsin.service import Service
from tocsin.shelters.importing import orders
from tocsin.shelters.mapping import load_mapping
from tocsin.shelters.reading import read_shelters
from tocsin.shelters.ready import Ready
from tocsin.shelters.register import Register
from tocsin.store.heads import Signer

FOLDER = files("tocsin.data").joinpath("example-area")


def bring_example(service: Service) -> None:
    """Bring the shelters of the example into the register."""
    mapping = load_mapping("aarhus")
    with as_file(FOLDER.joinpath("shelters.geojson")) as path:
        shelters = read_shelters(path, mapping).shelters
    source = SourceId(f"shelters {mapping.dataset}")
    given = orders(mapping.dataset, mapping.attribution, shelters, service.register, LOCAL.holder, source)
    service.submit(list(given), LOCAL, together=True)


def example_area(register: Callable[[], Register], log: str) -> Ready:
    """The area of a register into which these shelters, and no others, were brought."""
    return Ready(FOLDER.joinpath("aarhus.area").read_bytes(), register, log)


def demo_signer() -> Signer:
    """The demo signs with a key that everybody can make, and the same every time: who looks at it again is not warned
    of another key. It vouches for nothing."""
    return Signer(Realm.LIVE, hashlib.sha256(b"the demo of Tocsin").digest())
