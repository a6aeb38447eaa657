"""What somebody gives for the parameters of a statistic, checked before anything is computed.

Values come as text and leave as what the query is handed. Nothing of them ever becomes a part of its SQL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from tocsin.errors import BadParameter
from tocsin.limits import STATISTIC_LIST
from tocsin.record.statistics.definition import Definition, Parameter
from tocsin.record.weapons import WEAPONS

Value = date | int | bool | str | list[str]

LATEST = "latest"
"""The last night of which the record says anything."""

YES, NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})


class Terms:
    """What words in parameters mean here: zones by any of their names, and the last night."""

    def __init__(self, zone: Callable[[str], str], latest: date) -> None:
        """``zone`` gives the id of the zone that a text means. Errors of it are passed on."""
        self.zone = zone
        self.latest = latest


def values(asked: Definition, given: Mapping[str, str], terms: Terms) -> dict[str, Value]:
    """A value for every parameter. Errors: `BadParameter`, and those of ``terms.zone``."""
    known = {parameter.name: parameter for parameter in asked.parameters}
    if strange := sorted(given.keys() - known.keys()):
        raise BadParameter(
            f"{asked.name} has no parameter {strange[0]!r}; it has {', '.join(known)}",
            parameter=strange[0],
            known=list(known),
        )
    return {name: _value(parameter, given.get(name, parameter.default), terms) for name, parameter in known.items()}


def _value(parameter: Parameter, said: str, terms: Terms) -> Value:
    said = said.strip()
    match parameter.kind:
        case "date":
            return terms.latest if said == LATEST else _date(parameter, said)
        case "integer":
            return _integer(parameter, said)
        case "boolean":
            if said.casefold() not in YES | NO:
                raise _bad(parameter, said, "yes or no")
            return said.casefold() in YES
        case "choice":
            if said not in parameter.choices:
                raise _bad(parameter, said, f"one of {', '.join(parameter.choices)}")
            return said
        case "zones":
            return [terms.zone(part) for part in _parts(parameter, said)]
        case "weapons":
            parts = _parts(parameter, said)
            for part in parts:
                if part not in WEAPONS:
                    raise _bad(parameter, part, "a weapon of the taxonomy, such as drone, missile or kh-101")
            return parts


def _date(parameter: Parameter, said: str) -> date:
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", said):
            raise ValueError
        return date.fromisoformat(said)
    except ValueError:
        raise _bad(parameter, said, "a day such as 2024-11-13") from None


def _integer(parameter: Parameter, said: str) -> int:
    least, most = parameter.least or 0, parameter.most if parameter.most is not None else 10**6
    if not re.fullmatch(r"-?[0-9]{1,7}", said) or not least <= int(said) <= most:
        raise _bad(parameter, said, f"a whole number from {least} to {most}")
    return int(said)


def _parts(parameter: Parameter, said: str) -> list[str]:
    parts = [part.strip() for part in said.split(",") if part.strip()]
    if len(parts) > STATISTIC_LIST:
        raise _bad(parameter, said, f"at most {STATISTIC_LIST} of them")
    return parts


def _bad(parameter: Parameter, said: str, wanted: str) -> BadParameter:
    return BadParameter(
        f"{parameter.name} is {wanted}, not {said[:80]!r}", parameter=parameter.name, given=said[:80], wanted=wanted
    )
