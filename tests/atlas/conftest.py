"""The shipped atlases, loaded once, and a folder to break: the island of docs/atlas.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tocsin.atlas import Atlas, shipped

DOC = Path(__file__).parents[2] / "docs" / "atlas.md"


@pytest.fixture(scope="session")
def ukraine() -> Atlas:
    return shipped("ua")


@pytest.fixture(scope="session")
def israel() -> Atlas:
    return shipped("il")


@pytest.fixture
def island(tmp_path: Path) -> Path:
    """The folder that the documentation gives as an example, written from its page."""
    blocks = re.findall(r"^`([\w.]+)`\n\n```\w+\n(.*?)^```", DOC.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    folder = tmp_path / "island"
    folder.mkdir()
    for name, text in blocks:
        (folder / name).write_text(text, encoding="utf-8")
    return folder
