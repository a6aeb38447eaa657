"""Where a feed's places are, by the atlas that is in use."""

from __future__ import annotations

from tocsin.atlas import Atlas
from tocsin.atlas.table import NAME_SYSTEM
from tocsin.errors import BadRequest, UnknownZone
from tocsin.model import ZoneId


class AtlasPlaces:
    """Looks places up in an atlas."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas

    @property
    def root(self) -> ZoneId:
        return self._atlas.country.id

    def by_code(self, system: str, value: str) -> tuple[ZoneId, bool] | None:
        """The zone that a system calls so, and whether only a part of that zone is meant; None for an unknown one."""
        try:
            return self._atlas.by_code(system, value).id, self._atlas.names_a_part(system, value)
        except UnknownZone:
            return None

    def by_name(self, name: str) -> tuple[ZoneId, bool] | None:
        """The one zone of that name, and whether only a part of it is meant; None where none or several have it."""
        try:
            return self._atlas.resolve(name).id, self._atlas.names_a_part(NAME_SYSTEM, name)
        except (UnknownZone, BadRequest):
            return None
