"""Each mutant is planted in a process of its own, and the tests that carry out its lines are asked, until one fails.

pytest collects the tests of a room once. A first process runs them all on the program as it is: they must pass, and
each line is noted with the tests that carry it out and how long they take. Then for every mutant a process is forked
that has everything loaded already. Those that found other mutants of the same function are asked first, the quick ones
before the slow. A mutant that runs on for ever is ended by a limit on its processor's time; one that waits for ever,
when it has slept for a while.

``python -m soak.mutants.trying ROOM RESULTS`` reads the mutants from standard input, pickled, and adds a line of JSON
to the file RESULTS for each: its name, and the test that found it, or none. `soak.mutants` calls this. With
SECONDS_EACH in the environment only tests that last no longer together are asked: a quick look, which finds fewer.
"""

from __future__ import annotations

import gc
import json
import os
import pickle
import resource
import select
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

from soak.mutants.planting import ROOT, Mutant, plant

LEFT_OUT = {
    "store": ("tests/store/test_processes.py",),
    "engine": ("tests/engine/test_small_worlds_bite.py", "tests/engine/test_small_worlds.py"),
}
"""Tests in processes of their own run the code as it is; those that plant mistakes ask whether these are found, not
whether there is another. The small worlds are a proof by themselves, and take long."""

CALLS = 2_000
"""After so many calls of a function in one test it is no longer noted which lines of it are carried out."""

WAITED_S = 30
"""A process that has slept so long without a moment of work waits for something that will not come."""

MEMORY_BYTES = 6 * 1024**3

Noted = tuple[float, frozenset[tuple[str, int]]]
"""How many seconds a test took, and the lines that it carried out, each with its file."""

FOUND_BY_LIMIT = "(its limit)"
"""Who found a mutant that ran on or waited for ever."""


@dataclass(frozen=True)
class Test:
    item: pytest.Item
    seconds: float
    lines: frozenset[tuple[str, int]]


class Failed(Exception):
    """The program as it is does not pass."""


class Trying:
    """A plugin that takes the place of pytest's loop over its tests."""

    def __init__(self, mutants: list[Mutant], results: Path, jobs: int) -> None:
        self._mutants, self._results, self._jobs = mutants, results, jobs
        self._seconds = float(os.environ.get("SECONDS_EACH", "inf"))
        self._failed: str | None = None
        self._why = ""
        self._finders: Counter[tuple[str, str]] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and self._failed is None:
            self._failed, self._why = report.nodeid, report.longreprtext

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        files = {mutant.file for mutant in self._mutants}
        noted = _in_a_process_of_its_own(lambda: self._noted(session, files))
        if isinstance(noted, str):
            raise Failed(noted)
        tests = [Test(item, *noted[item.nodeid]) for item in session.items]
        gc.collect()
        gc.freeze()
        control = _Try(None, sorted(tests, key=lambda test: test.seconds), self)
        if failed := control.end():
            raise Failed(f"{failed}, in a process like those of the mutants but without one")
        running: dict[int, _Try] = {}
        for mutant in self._mutants:
            asked = self._asked(mutant, tests)
            if not asked:
                self._write(mutant, None, 0)
                continue
            attempt = _Try(mutant, asked, self)
            running[attempt.answer] = attempt
            while len(running) >= self._jobs:
                self._await(running)
        while running:
            self._await(running)
        return True

    def _noted(
        self, session: pytest.Session, files: set[str]
    ) -> dict[str, tuple[float, frozenset[tuple[str, int]]]] | str:
        """How long each test took and which lines of the files it carried out; or the name of one that failed."""
        noted = {}
        hit: set[tuple[str, int]] = set()
        calls: Counter[CodeType] = Counter()

        def line(frame: FrameType, event: str, argument: object) -> Any:
            hit.add((frame.f_code.co_filename, frame.f_lineno))
            return line

        def call(frame: FrameType, event: str, argument: object) -> Any:
            code = frame.f_code
            if code.co_filename not in files:
                return None
            calls[code] += 1
            return line(frame, event, argument) if calls[code] <= CALLS else None

        for item in session.items:
            hit.clear()
            calls.clear()
            begun = time.process_time()
            threading.settrace(call)
            sys.settrace(call)
            self.run(item, None)
            sys.settrace(None)
            if self._failed:
                return f"{self._failed}\n{self._why}"
            noted[item.nodeid] = (time.process_time() - begun, frozenset(hit))
        return noted

    def run(self, item: pytest.Item, following: pytest.Item | None) -> str | None:
        """The name of what failed."""
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        return self._failed

    def _asked(self, mutant: Mutant, tests: list[Test]) -> list[Test]:
        lines = {(mutant.file, line) for line in mutant.lines}
        asked = [test for test in tests if not lines.isdisjoint(test.lines)]

        def price(test: Test) -> float:
            return (test.seconds + 0.003) / (1 + 10 * self._finders[mutant.place, test.item.nodeid])

        affordable: list[Test] = []
        spent = 0.0
        for test in sorted(asked, key=price):
            spent += test.seconds
            if spent > self._seconds and affordable:
                break
            affordable.append(test)
        return affordable

    def _await(self, running: dict[int, _Try]) -> None:
        ready, _, _ = select.select(list(running), [], [], 2.0)
        for answer in list(running):
            attempt = running[answer]
            if answer in ready:
                found_by = attempt.end()
                assert attempt.mutant is not None
                if found_by:
                    self._finders[attempt.mutant.place, found_by] += 1
                self._write(attempt.mutant, found_by, attempt.seconds)
                del running[answer]
            else:
                attempt.look_after()

    def _write(self, mutant: Mutant, found_by: str | None, seconds: float) -> None:
        told = {"name": mutant.name, "found_by": found_by, "seconds": round(seconds, 3)}
        with self._results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(told, ensure_ascii=False) + "\n")


class _Try:
    """A process with one mutant, or with none: the control."""

    def __init__(self, mutant: Mutant | None, tests: list[Test], trying: Trying) -> None:
        self.mutant = mutant
        self.seconds = 0.0
        self.answer, write = os.pipe()
        # Where files last no longer than the machine, a sync costs nothing.
        self._folder = tempfile.mkdtemp(prefix="mutant-", dir=_quick_folder())
        self._busy, self._since = -1, time.monotonic()
        self._pid = os.fork()
        if self._pid:
            os.close(write)
            return
        status = 1
        try:
            os.setsid()
            nothing = os.open(os.devnull, os.O_RDWR)
            for descriptor in (0, 1, 2):
                os.dup2(nothing, descriptor)
            os.environ |= {"PYTEST_DEBUG_TEMPROOT": self._folder, "TMPDIR": self._folder}
            tempfile.tempdir = None
            most = int(5 * sum(test.seconds for test in tests)) + 10
            resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
            if mutant is not None:
                plant(mutant)
            status = 0
            for at, test in enumerate(tests):
                following = tests[at + 1].item if at + 1 < len(tests) else None
                if failed := trying.run(test.item, following):
                    os.write(write, failed.encode())
                    status = 1
                    break
        except BaseException as error:
            os.write(write, type(error).__name__.encode())
            status = 1
        finally:
            os._exit(status)

    def end(self) -> str | None:
        """Which test found it, if one did."""
        said = b""
        while part := os.read(self.answer, 4096):
            said += part
        os.close(self.answer)
        _, status, used = os.wait4(self._pid, 0)
        self.seconds = used.ru_utime + used.ru_stime
        shutil.rmtree(self._folder, ignore_errors=True)
        if status == 0:
            return None
        return said.decode() or FOUND_BY_LIMIT

    def look_after(self) -> None:
        """End it where it sleeps for good."""
        try:
            *_, after = Path(f"/proc/{self._pid}/stat").read_text("utf-8").rpartition(") ")
        except OSError:
            return
        fields = after.split()
        state, busy = fields[0], int(fields[11]) + int(fields[12])
        if busy != self._busy or state == "R":
            self._busy, self._since = busy, time.monotonic()
        elif time.monotonic() - self._since > WAITED_S:
            os.kill(self._pid, signal.SIGKILL)


def _quick_folder() -> str | None:
    shared = Path("/dev/shm")
    return str(shared) if shared.is_dir() and os.access(shared, os.W_OK) else None


def _in_a_process_of_its_own(work: Callable[[], Any]) -> Any:
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(read)
        with os.fdopen(write, "wb") as answer, tempfile.TemporaryDirectory(dir=_quick_folder()) as folder:
            os.environ |= {"PYTEST_DEBUG_TEMPROOT": folder, "TMPDIR": folder}
            tempfile.tempdir = None
            answer.write(pickle.dumps(work()))
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        said = answer.read()
    os.waitpid(pid, 0)
    return pickle.loads(said)


def main() -> None:
    room, results = sys.argv[1:]
    mutants = pickle.load(sys.stdin.buffer)
    os.chdir(ROOT)
    os.environ["HYPOTHESIS_PROFILE"] = "mutants"
    left_out = [f"--deselect={path}" for path in LEFT_OUT.get(room, ())]
    arguments = ["-q", "-p", "no:cacheprovider", "--assert=plain", "--tb=native", "--hypothesis-seed=0"]
    trying = Trying(mutants, Path(results), int(os.environ.get("JOBS", "1")))
    sys.exit(pytest.main([*arguments, *left_out, f"tests/{room}"], plugins=[trying]))


if __name__ == "__main__":
    main()
