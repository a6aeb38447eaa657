"""Bugs as people make them, each to be planted in a real function while a test runs.

`PLANTED` names for each the rules of which it must break one; which one comes first is for the seed to say.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tocsin.sim.rules import Rule

Patch = pytest.MonkeyPatch
Plant = Callable[[Patch], None]

PLANTED: dict[str, tuple[Plant, frozenset[Rule]]] = {}


def breaks(*rules: Rule) -> Callable[[Plant], Plant]:
    """Have the bug found by one of these rules."""

    def register(plant: Plant) -> Plant:
        PLANTED[plant.__name__] = plant, frozenset(rules)
        return plant

    return register
