"""The command line as people use it: in this process where it ends by itself, in one of its own where it serves."""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from click.testing import CliRunner, Result

from tests.web.running import PATIENCE_S, Server
from tocsin.cli import main

ROOT = Path(__file__).parent.parent.parent
NOTHING_SET = {name: None for name in os.environ if name.startswith("TOCSIN_")}


def tocsin(*arguments: str | Path, typed: str | None = None, **environment: str) -> Result:
    """Run a command to its end, with what is typed when it asks. A traceback fails the test, unless it is its own."""
    runner = CliRunner(env={**NOTHING_SET, "COLUMNS": "200", **environment})
    result = runner.invoke(main, [str(argument) for argument in arguments], input=typed)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def refused(result: Result, code: str) -> str:
    """What was said by a command that could not do what was asked: one sentence with its code on standard error."""
    assert result.exit_code == 1, result.output
    first = result.stderr.splitlines()[0]
    assert first.startswith("tocsin: ")
    assert first.endswith(f" [{code}]"), first
    assert "Traceback" not in result.output
    return result.stderr


class Process:
    """A `tocsin` of its own."""

    def __init__(self, popen: subprocess.Popen[str]) -> None:
        self.popen = popen
        self.said = ""
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.popen.stdout is not None
        for line in self.popen.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def server(self, after: str = "") -> Server:
        """Wait until it says where it is, right after these words."""
        while (line := self._lines.get(timeout=2 * PATIENCE_S)) is not None:
            self.said += line
            if found := re.search(rf"{after}(https?://[\w.:\[\]]+:\d+)", line):
                return Server(found[1])
        raise AssertionError(f"it never said where it is:\n{self.said}")

    def end(self, number: signal.Signals | None = None) -> tuple[int, float]:
        """Send it a signal, if any, and wait for its end: the exit status, and how many seconds it took."""
        begun = time.monotonic()
        if number is not None:
            self.popen.send_signal(number)
        status = self.popen.wait(PATIENCE_S)
        took_s = time.monotonic() - begun
        while (line := self._lines.get(timeout=PATIENCE_S)) is not None:
            self.said += line
        return status, took_s

    def close(self) -> None:
        if self.popen.poll() is None:
            self.popen.kill()
        self.popen.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)


@contextmanager
def process(*arguments: str | Path, environment: Mapping[str, str] | None = None) -> Iterator[Process]:
    """A command that serves, ended at the end of the block whatever happens."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    with subprocess.Popen(
        [sys.executable, "-m", "tocsin", *map(str, arguments)],
        cwd=ROOT,
        env={**inherited, "PYTHONUNBUFFERED": "1", **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    ) as popen:
        running = Process(popen)
        try:
            yield running
        finally:
            running.close()
