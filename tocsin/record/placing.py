"""From a place as a report names it to the zone of the atlas that it is, where that is plain; never a guess.

What fits several zones, or none, has no zone: it stands in the record by its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from tocsin.atlas.settlements import OBLAST
from tocsin.errors import TocsinError
from tocsin.model import Zone, ZoneId

_AROUND = re.compile(
    r"^(?:the\s+)?(?:city|town|capital|outskirts|suburb|м\.|місто|місті|г\.|город|городе)\s+(?:of\s+)?|^(?:in|у|в|на|над)\s+",
    re.IGNORECASE,
)
_ADJECTIVE = re.compile(r"(?:ськ|цьк|зьк|жськ|чськ)(?:а|ий)$")
_FORM = re.compile(r"(?:с|ц|з)ьк\w+|ч?чин\w+|щин\w+|тт\w", re.IGNORECASE)


class Places:
    """Asks the atlas, and knows oblasts by the names and cases in which Ukrainian has them."""

    def __init__(self, resolve: Callable[[str], Zone], zones: Iterable[Zone]) -> None:
        self._resolve = resolve
        zones = list(zones)
        self._oblasts = frozenset(zone.id for zone in zones if zone.level == "oblast")
        self._stems = [
            (_ADJECTIVE.sub("", word), zone.id)
            for zone in zones
            if zone.level == "oblast" and _ADJECTIVE.search(word := zone.names.get("uk", "").split(" ")[0])
        ]

    def zone_of(self, place: str | None) -> ZoneId | None:
        """None where that is not plain."""
        if not place:
            return None
        said = " ".join(place.split())
        for form in dict.fromkeys((said, _AROUND.sub("", said))):
            try:
                return self._resolve(form).id
            except TocsinError:
                continue
        return self._oblast(said)

    def oblast_of(self, place: str) -> str | None:
        """The first characters of the code of an oblast that is called so: "Kyiv", "Київської"."""
        for said in (f"{place} region", f"{place} області", place):
            zone = self.zone_of(said)
            if zone is not None and zone in self._oblasts:
                return zone[:OBLAST]
        return None

    def _oblast(self, said: str) -> ZoneId | None:
        found = {
            zone
            for stem, zone in self._stems
            for word in said.split()
            if word.casefold().startswith(stem.casefold()) and _FORM.match(word[len(stem) :])
        }
        return found.pop() if len(found) == 1 else None
