"""The example of docs/client.md does what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.client.giving import give
from tests.web.running import KYIV, LVIV, PATIENCE_S, Running
from tocsin.commands import Raise, SourceSilent
from tocsin.model import Extent, SourceId, ZoneId

DOCS = Path(__file__).parent.parent.parent / "docs" / "client.md"


def test_the_documented_program_tells_of_its_zone_and_of_no_other_and_when_it_is_not_certain(
    server: Running, tmp_path: Path
) -> None:
    program = tmp_path / "lamp.py"
    found = re.search(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert found is not None
    program.write_text(found[1], "utf-8")
    root = str(DOCS.parent.parent)
    with subprocess.Popen(
        [sys.executable, program, server.url, KYIV],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={"PYTHONPATH": root, "PYTHONUTF8": "1"},
    ) as lamp:
        assert lamp.stdout is not None
        try:
            assert lamp.stdout.readline() == "clear\n"
            server.order("elsewhere", zones=[LVIV])
            server.order("one", zones=[KYIV])
            title, red = lamp.stdout.readline(), lamp.stdout.readline()
            assert title.strip()
            assert red == "red\n"
            server.order("two", type="release", zones=[KYIV])
            assert lamp.stdout.readline() != title
            assert lamp.stdout.readline() == "clear\n"
            give(server, Raise(zones=(ZoneId("UA"),), extent=Extent.PART))
            assert lamp.stdout.readline().strip()
            assert lamp.stdout.readline() == "maybe red\n"
            give(server, SourceSilent(of=SourceId("desk")))
            assert "No word from a source" in lamp.stdout.readline()
            assert lamp.stdout.readline() == "NOT CERTAIN, was maybe red\n"
            server.stop()
            assert lamp.stdout.readline().startswith("NOT CERTAIN: ")
        finally:
            lamp.kill()
            lamp.wait(PATIENCE_S)
