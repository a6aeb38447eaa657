"""More than one process, and processes that end without a word."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from subprocess import PIPE

import pytest

from tests.store.batches import batch
from tests.store.contract import EVERYTHING
from tests.store.writing_process import SIZES
from tocsin.errors import StoreLocked
from tocsin.model import Realm
from tocsin.store.doctor import examine
from tocsin.store.sqlite import SQLiteStore

ROOT = Path(__file__).parent.parent.parent


def opened(path: Path, *, read_only: bool = False) -> SQLiteStore:
    return SQLiteStore(path, Realm.LIVE, "ua", read_only=read_only)


@contextmanager
def writing(path: Path, run: str = "run", *, appends: int = 0) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.store.writing_process", str(path), run]
    with subprocess.Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdin is not None
        process.stdin.write("\n" * appends)
        process.stdin.flush()
        try:
            yield process
        finally:
            process.kill()


def next_seq(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    said = process.stdout.readline()
    assert said.strip().isdigit(), f"it said {said!r}"
    return int(said)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "live.db"


def test_a_second_writer_is_refused_by_the_pid_of_the_first(path: Path) -> None:
    with writing(path) as process:
        next_seq(process)
        with pytest.raises(StoreLocked, match=f"written by process {process.pid}") as told:
            opened(path)
        assert told.value.detail["pid"] == process.pid
    with closing(opened(path)), writing(path) as refused:
        assert refused.stdout is not None
        assert f"written by process {os.getpid()}" in refused.stdout.read()
        assert refused.wait() == 3


def test_a_reader_beside_a_writing_process_sees_only_whole_appends(path: Path) -> None:
    with writing(path, appends=60) as process:
        acknowledged = [next_seq(process)]
        with closing(opened(path, read_only=True)) as reader:
            for _ in range(20):
                acknowledged.append(next_seq(process))
                head = reader.head()
                assert head >= acknowledged[-1]
                entries = reader.read(0, EVERYTHING)
                assert len(entries) >= head
                assert entries[-1].seq == len(entries)
                seen = [SIZES[sum(map(int, key.split("-")[1:])) % len(SIZES)] for key in {e.order for e in entries}]
                assert sum(seen) == len(entries), "half a command was seen"


def test_the_doctor_may_look_while_a_server_writes(path: Path) -> None:
    with writing(path, appends=200) as process:
        for _ in range(3):
            next_seq(process)
        ills = [finding for finding in examine(path) if not finding.ok and finding.level == "refuse"]
    assert ills == []


def test_nothing_acknowledged_is_lost_when_the_writer_is_killed_again_and_again(path: Path) -> None:
    for run, appends in enumerate([0, 1, 2, 3, 5, 8, 13, 21, 34, 55]):
        with writing(path, f"run{run}", appends=appends + 200) as process:
            acknowledged = next_seq(process)
            for _ in range(appends):
                acknowledged = next_seq(process)
            process.kill()  # in the middle of a later append, which it had begun already
            assert process.stdout is not None
            # What it said before it died counts too; a line broken off does not.
            said = [line for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
            acknowledged = int(said[-1]) if said else acknowledged
        with closing(opened(path)) as store:  # the lock went with its holder
            entries = store.read(0, EVERYTHING)
            assert store.head() >= acknowledged
            assert [entry.seq for entry in entries] == list(range(1, store.head() + 1))
            counted = Counter(entry.order for entry in entries)
            receipts = store.receipts(counted)
            assert {key: receipt.events for key, receipt in receipts.items()} == counted, "a command is there in part"
            assert store.walk().link == store.link(), "the chain is whole"
            refused = Counter(refusal.key for _, refusal in store.refused(0, EVERYTHING))
            pairs = {key.rpartition("-")[0] for key in counted if not key.startswith("after")}
            assert refused == Counter(pairs), "what was refused beside an append is there with it, and only then"
            store.append([batch(f"after-{run}", 1)], store.head())
    assert [finding for finding in examine(path) if not finding.ok and finding.level == "refuse"] == []
