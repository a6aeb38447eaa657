"""One way to say which zone is meant, for people and programs alike.

Understood are: a zone's id; ``system:value``; a code of a system whose codes cannot be mistaken, such as ``UA-46``;
a name; and a name with what it lies in, in either order: ``Миколаївська громада, Сумська область``.
A text that fits several zones is refused with the candidates: warning the wrong zone is worse than asking again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tocsin.atlas.manifest import Manifest
from tocsin.atlas.names import NameIndex
from tocsin.errors import BadRequest, UnknownZone
from tocsin.limits import NAME_CHARS
from tocsin.model import Hierarchy, Zone, ZoneId

SHOWN = 10
"""How many candidates the message spells out; the detail has them all."""


class Resolver:
    """Looks a text up among ids, codes and names, in this order."""

    def __init__(
        self,
        manifest: Manifest,
        zones: Sequence[Zone],
        hierarchy: Hierarchy,
        codes: Mapping[tuple[str, str], ZoneId],
        names: NameIndex,
    ) -> None:
        self._systems = frozenset(manifest.code_systems)
        self._bare = [id for id, system in manifest.code_systems.items() if system.bare]
        self._zones = zones
        self._by_id = {zone.id: zone for zone in zones}
        self._hierarchy = hierarchy
        self._codes = codes
        self._names = names

    def resolve(self, text: str) -> Zone:
        """The one zone meant. UnknownZone where there is none, BadRequest where there are several."""
        if len(text) > NAME_CHARS * 2:
            raise BadRequest(f"A zone is named in at most {NAME_CHARS * 2} characters.", length=len(text))
        said = text.strip()
        if said in self._by_id:
            return self._by_id[ZoneId(said)]
        system, colon, value = said.partition(":")
        if colon and system in self._systems:
            return self.by_code(system, value.strip())
        for bare in self._bare:
            for spelt in (said, said.upper()):
                if (bare, spelt) in self._codes:
                    return self._by_id[self._codes[bare, spelt]]
        return self._by_name(said)

    def by_code(self, system: str, value: str) -> Zone:
        """The zone that another system calls ``value``."""
        zone = self._codes.get((system, value))
        if zone is None:
            raise UnknownZone(f"No zone has the {system} code {value!r}.", system=system, value=value)
        return self._by_id[zone]

    def _by_name(self, said: str) -> Zone:
        found = self._names.find(said)
        parts = [part for part in said.split(",") if part.strip()]
        if not found and len(parts) > 1:
            found = self._within(parts[0], parts[1:]) or self._within(parts[-1], parts[:-1])
        if not found:
            raise UnknownZone(f"No zone is called {said!r}.", zone=said)
        if len(found) > 1:
            candidates = [self._describe(self._zones[number]) for number in found]
            spelt = "; ".join(f"{candidate['path']} ({candidate['id']})" for candidate in candidates[:SHOWN])
            raise BadRequest(
                f"{said!r} may be any of {len(found)} zones: {spelt}{' ...' if len(found) > SHOWN else ''}. "
                "Name the one it lies in after a comma, or give its id.",
                zone=said,
                candidates=candidates,
            )
        return self._zones[found[0]]

    def _within(self, name: str, around: Sequence[str]) -> list[int]:
        """Those called ``name`` that lie in zones called as each of ``around``."""
        enclosing = [{self._zones[number].id for number in self._names.find(part)} for part in around]
        found = []
        for number in self._names.find(name):
            above = self._hierarchy.ancestors(self._zones[number].id)
            if not any(ids.isdisjoint(above) for ids in enclosing):
                found.append(number)
        return found

    def _describe(self, zone: Zone) -> dict[str, str]:
        chain = [zone.id, *self._hierarchy.ancestors(zone.id)]
        named = [next(iter(self._by_id[id].names.values())) for id in chain]
        return {"id": zone.id, "level": zone.level, "path": ", ".join(named[:-1] or named)}
