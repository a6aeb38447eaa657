"""From a place as a report names it to the zone of the atlas that it is, where that is plain; never a guess.

A town is in the zone that it lies in. What fits several zones, or none, has no zone: it stands in the record by its
name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from tocsin.atlas.settlements import HROMADA, OBLAST, Settlement
from tocsin.errors import TocsinError
from tocsin.model import Zone, ZoneId

_AROUND = re.compile(
    r"^(?:the\s+)?(?:city|town|capital|outskirts|suburb|м\.|місто|місті|г\.|город|городе)\s+(?:of\s+)?|^(?:in|у|в|на|над)\s+",
    re.IGNORECASE,
)
_REGION = re.compile(
    r"\b(?:regions?|oblasts?|provinces?|districts?|raions?|hromadas?|област\w*|район\w*|громад\w*)\b", re.IGNORECASE
)
"""What says that more than a town is meant."""
_ADJECTIVE = re.compile(r"(?:ськ|цьк|зьк|жськ|чськ)(?:а|ий)$")
_FORM = re.compile(r"(?:с|ц|з)ьк\w+|ч?чин\w+|щин\w+|тт\w", re.IGNORECASE)


def no_town(name: str) -> Settlement | None:
    """Where no settlements are known."""
    return None


class Places:
    """Asks the atlas, and knows oblasts by the names and cases in which Ukrainian has them, and towns."""

    def __init__(
        self,
        resolve: Callable[[str], Zone],
        zones: Iterable[Zone],
        town_meant: Callable[[str], Settlement | None] = no_town,
    ) -> None:
        self._resolve, self._town_meant = resolve, town_meant
        zones = list(zones)
        self._hromadas = {zone.id[:HROMADA]: zone.id for zone in zones if zone.level == "hromada"}
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
        if not _REGION.search(said) and (town := self._town(said)):  # "Odesa" alone is the city
            return town
        for form in dict.fromkeys((said, _AROUND.sub("", said))):
            try:
                return self._resolve(form).id
            except TocsinError:
                continue
        return self._oblast(said)

    def _town(self, said: str) -> ZoneId | None:
        for form in dict.fromkeys((said, _AROUND.sub("", said))):
            if town := self._town_meant(form):
                return self._hromadas.get(town.zone[:HROMADA])
        return None

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
