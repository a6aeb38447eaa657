"""The folder with the copy: whole files only, whatever happens; and no two contents that a cache takes for one."""

from __future__ import annotations

import errno
import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.world import NOON
from tocsin.aside import folder as module
from tocsin.aside.folder import PACKED, PART, STATE, Folder, require_realm
from tocsin.errors import BadSetting
from tocsin.model import Realm

LIST = "list.html"
OLD, NEW = b"the old one " * 5_000, b"the new one " * 5_000
CALLS = ("open", "write", "fchmod", "utime", "fsync", "replace")
"""What the writer asks of the system, one after another."""


class Killed(BaseException):
    """Nothing runs after it but what closes descriptors, as the system does."""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with closing(Folder(tmp_path / "static", Realm.LIVE)) as folder:
        yield folder


def state(seq: int, realm: str = "live") -> bytes:
    return json.dumps({"seq": seq, "realm": realm}).encode()


def at_call(patch: pytest.MonkeyPatch, number: int, happens: Callable[[], None]) -> Callable[[], int]:
    """Have something happen instead of the call of that number; gives how many calls there were. A write that is hit
    has written half."""
    calls = 0

    def intercepted(owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def call(*given: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == number:
                if name == "write":
                    real(given[0], bytes(given[1])[: len(given[1]) // 2])
                happens()
            return real(*given, **named)

        patch.setattr(owner, name, call)

    for name in CALLS:
        intercepted(Path if name == "replace" else os, name)
    return lambda: calls


def killed() -> None:
    raise Killed


def full() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def kept(folder: Folder) -> dict[str, bytes]:
    """What a web server would give out, unpacked."""
    found = {}
    for name in (STATE, LIST):
        found[name] = (folder.path / name).read_bytes()
        found[name + PACKED] = gzip.decompress((folder.path / (name + PACKED)).read_bytes())
    return found


def test_a_file_and_its_compressed_twin_say_the_same(folder: Folder) -> None:
    folder.put({STATE: OLD, LIST: NEW}, NOON)
    assert kept(folder) == {STATE: OLD, STATE + PACKED: OLD, LIST: NEW, LIST + PACKED: NEW}
    assert {path.name for path in folder.path.iterdir()} == {*kept(folder), ".writer"}


def test_whichever_call_the_writer_is_killed_at_each_file_is_the_old_one_or_the_new_one_whole(folder: Folder) -> None:
    number, seen = 0, set()
    while True:
        number += 1
        folder.put({STATE: OLD, LIST: OLD}, NOON)
        with pytest.MonkeyPatch.context() as patch:
            calls = at_call(patch, number, killed)
            try:
                folder.put({STATE: NEW, LIST: NEW}, NOON)
            except Killed:
                pass
            else:
                break
        contents = kept(folder)
        assert set(contents.values()) <= {OLD, NEW}, f"killed at call {number}"
        seen.add(tuple(content == NEW for content in contents.values()))
    assert number == calls() + 1
    assert number > 4 * len(CALLS), "each file takes each call once"
    names = [(0, 0, 0, 0), (0, 1, 0, 0), (1, 1, 0, 0), (1, 1, 0, 1)]
    assert seen == {tuple(map(bool, new)) for new in names}, "it was killed between the names as well"


def test_a_writer_killed_by_the_system_in_the_middle_of_a_write_leaves_the_old_file_whole(folder: Folder) -> None:
    folder.put({STATE: OLD}, NOON)
    folder.close()
    dying = f"""
import os, signal
from datetime import UTC, datetime
from pathlib import Path
from tocsin.aside.folder import Folder
from tocsin.model import Realm
real, written = os.write, []
def write(descriptor, content):
    written.append(real(descriptor, bytes(content)[: len(content) // 2]))
    if len(written) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return written[-1]
os.write = write
Folder(Path({str(folder.path)!r}), Realm.LIVE).put({{"state.json": {NEW!r}}}, datetime.now(UTC))
"""
    assert subprocess.run([sys.executable, "-c", dying], check=False, timeout=60).returncode == -signal.SIGKILL
    assert (folder.path / (STATE + PACKED + PART)).stat().st_size > 0, "it was writing"
    assert (folder.path / STATE).read_bytes() == OLD
    assert gzip.decompress((folder.path / (STATE + PACKED)).read_bytes()) == OLD
    folder.put({STATE: NEW}, NOON)
    assert (folder.path / STATE).read_bytes() == NEW, "and the next one goes on where it died"
    assert not list(folder.path.glob(f"*{PART}"))


def test_on_a_full_disk_nothing_is_replaced_and_nothing_left_behind_and_then_it_works_again(folder: Folder) -> None:
    folder.put({STATE: OLD, LIST: OLD}, NOON)
    for number in range(1, 21):
        with pytest.MonkeyPatch.context() as patch:
            at_call(patch, number, full)
            with pytest.raises(OSError, match="No space left"):
                folder.put({STATE: NEW, LIST: NEW}, NOON)
        assert set(kept(folder).values()) == {OLD}, f"full at call {number}"
        assert not list(folder.path.glob(f"*{PART}"))
    folder.put({STATE: NEW, LIST: NEW}, NOON)
    assert set(kept(folder).values()) == {NEW}


def test_no_two_contents_of_a_file_have_one_time_and_size(tmp_path: Path) -> None:
    """nginx makes its ETag of the time in whole seconds and of the size. Here the clock stands, then steps back, and
    the writer is another one each time."""
    seen: set[tuple[str, int, int]] = set()
    last = dict.fromkeys((STATE, STATE + PACKED), 0)
    for number, now in enumerate([NOON, NOON, NOON - timedelta(hours=1), NOON + timedelta(seconds=2), NOON]):
        with closing(Folder(tmp_path, Realm.LIVE)) as folder:
            folder.put({STATE: state(1_000 + number)}, now)
        for name in last:
            told = (folder.path / name).stat()
            assert int(told.st_mtime) > last[name], "each is newer, also for who compares times only"
            assert told.st_mtime == int(told.st_mtime)
            last[name] = int(told.st_mtime)
            seen.add((name, last[name], told.st_size))
    assert len(seen) == 2 * 5
    with closing(Folder(tmp_path, Realm.LIVE)) as folder:
        folder.put({STATE: state(1)}, NOON + timedelta(minutes=1))
    assert (tmp_path / STATE).stat().st_mtime == (NOON + timedelta(minutes=1)).timestamp(), "and the clock's, if it can"


def test_whoever_serves_the_files_may_read_them_whatever_the_umask(folder: Folder) -> None:
    before = os.umask(0o077)
    try:
        folder.put({STATE: OLD}, NOON)
    finally:
        os.umask(before)
    assert {oct((folder.path / name).stat().st_mode)[-3:] for name in (STATE, STATE + PACKED)} == {"644"}
    assert oct(folder.path.stat().st_mode)[-3:] == "755"


def test_a_folder_that_was_removed_is_made_again_and_taken_again(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.put({STATE: OLD}, NOON)
    for path in folder.path.iterdir():
        path.unlink()
    folder.path.rmdir()
    folder.put({STATE: NEW}, NOON)
    assert (folder.path / STATE).read_bytes() == NEW
    monkeypatch.setattr(module, "PATIENCE_S", 0)
    with closing(Folder(folder.path, Realm.LIVE)) as other, pytest.raises(BadSetting):
        other.put({STATE: OLD}, NOON)


def test_two_writers_never_share_a_folder(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.put({STATE: OLD}, NOON)
    monkeypatch.setattr(module, "PATIENCE_S", 0)
    with closing(Folder(folder.path, Realm.LIVE)) as second:
        with pytest.raises(BadSetting, match="another Tocsin"):
            second.put({STATE: NEW}, NOON)
        assert (folder.path / STATE).read_bytes() == OLD
        folder.close()
        second.put({STATE: NEW}, NOON)
    assert (folder.path / STATE).read_bytes() == NEW


@pytest.mark.parametrize(("first", "then"), [(Realm.LIVE, Realm.DRILL), (Realm.DRILL, Realm.LIVE)])
def test_a_drill_is_never_put_in_realitys_place_nor_the_reverse(tmp_path: Path, first: Realm, then: Realm) -> None:
    require_realm(tmp_path, then)
    with closing(Folder(tmp_path, first)) as folder:
        folder.put({STATE: state(1, first)}, NOON)
    with closing(Folder(tmp_path, then)) as other, pytest.raises(BadSetting, match=f"of the {first} realm"):
        other.put({STATE: state(2, then)}, NOON)
    assert (tmp_path / STATE).read_bytes() == state(1, first)
    with pytest.raises(BadSetting, match=f"this is the {then} realm"):
        require_realm(tmp_path, then)
