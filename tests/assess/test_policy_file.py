"""A policy's file: what is none is refused with the reason, and the one that comes with Tocsin places nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tocsin import limits
from tocsin.assess.policy import policy_of
from tocsin.errors import BadFile


def test_the_policy_that_comes_along_only_proposes() -> None:
    assert not policy_of(None).places_anything


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"rules = ", "this is no policy"),
        (b"\xff", "this is no policy"),
        (b"ceilings = 3", "unknown field"),
        (b"#" * (limits.POLICY_BYTES + 1), "longer than 262,144 bytes"),
    ],
)
def test_what_is_no_policy_is_refused_with_the_reason(tmp_path: Path, said: bytes, why: str) -> None:
    file = tmp_path / "policy.toml"
    file.write_bytes(said)
    with pytest.raises(BadFile, match=why) as caught:
        policy_of(file)
    assert caught.value.message.startswith(str(file))


def test_a_policy_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be read"):
        policy_of(tmp_path / "none.toml")
