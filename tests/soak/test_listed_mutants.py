"""The page of mutants that no test finds, as the long proof reads it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from soak.mutants.listed import needless, reasons, unlisted

PAGE = """# Mutants

Words about `engine.not_a_line: x [a -> b]`.

## The same program

```
engine.state.fold: draft = Draft(state) [state -> None]
store.rows.shared: return 1 [1 -> 2] (2)
```

More words.

## Words

```
access.permit.permit: order = command.order [command.order -> None]
```
"""


def test_each_mutant_listed_stands_under_its_reason() -> None:
    assert reasons(PAGE) == {
        "engine.state.fold: draft = Draft(state) [state -> None]": "The same program",
        "store.rows.shared: return 1 [1 -> 2] (2)": "The same program",
        "access.permit.permit: order = command.order [command.order -> None]": "Words",
    }


def test_a_mutant_is_not_listed_under_two_reasons() -> None:
    with pytest.raises(AssertionError, match="listed twice: engine"):
        reasons(PAGE + PAGE)


def test_a_survivor_without_a_reason_is_told() -> None:
    assert unlisted(["a: x", "b: x"], {"b: x": "why"}) == ["a: x"]


def test_a_line_that_is_no_survivor_of_its_room_any_more_is_told() -> None:
    listed = ["engine.found: x", "engine.gone: x", "engine.survives: x", "store.gone: x"]
    made = ["engine.found: x", "engine.survives: x", "engine.other: x"]
    assert needless("engine", made, ["engine.found: x", "engine.other: x"], listed) == listed[:2]


def test_the_page_lists_functions_that_are_there() -> None:
    root = Path(__file__).parent.parent.parent
    listed = reasons((root / "docs/mutants.md").read_text("utf-8"))
    assert listed
    for name in listed:
        place, _, change = name.partition(": ")
        room, module, *owner = place.split(".")
        source = (root / "tocsin" / room / f"{module}.py").read_text("utf-8")
        assert re.search(rf"def {re.escape(owner[-1])}\(", source), name
        assert " -> " in change, name
