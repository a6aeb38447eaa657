"""The file of the private key: made once, for its owner alone, and of one realm."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import msgspec
import pytest

from tests.store.batches import NOON
from tocsin.errors import BadKey
from tocsin.model import Realm
from tocsin.store import Link
from tocsin.store.heads import check
from tocsin.store.key_file import key_path, load, load_or_make


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return key_path(tmp_path / "live.db")


def test_a_key_is_made_once_and_then_found_again(path: Path) -> None:
    assert path.name == "live.db.key"
    first = load_or_make(path, Realm.LIVE)
    assert (load_or_make(path, Realm.LIVE).key, load(path, Realm.LIVE).key) == (first.key, first.key)
    check(load(path, Realm.LIVE).sign("log", Link(seq=1, hash=bytes(32)), NOON), first.key)
    assert [file.name for file in path.parent.iterdir()] == ["live.db.key"]


def test_every_key_is_another(tmp_path: Path) -> None:
    assert len({load_or_make(tmp_path / f"{number}.key", Realm.LIVE).key for number in range(5)}) == 5


@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_a_key_is_made_for_its_owner_alone_whatever_the_umask(path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        load_or_make(path, Realm.LIVE)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o666, 0o610])
def test_a_key_that_others_may_use_is_refused_and_left_as_it_is(path: Path, mode: int) -> None:
    load_or_make(path, Realm.LIVE)
    before = path.read_bytes()
    path.chmod(mode)
    for use in (load, load_or_make):
        with pytest.raises(BadKey, match=f"mode {mode:o}.*chmod 600"):
            use(path, Realm.LIVE)
    assert path.read_bytes() == before


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_key_for_its_owner_alone_will_do(path: Path, mode: int) -> None:
    load_or_make(path, Realm.LIVE)
    path.chmod(mode)
    load(path, Realm.LIVE)


@pytest.mark.parametrize(("made", "asked"), [(Realm.LIVE, Realm.DRILL), (Realm.DRILL, Realm.LIVE)])
def test_the_key_of_one_realm_is_refused_in_the_other(path: Path, made: Realm, asked: Realm) -> None:
    load_or_make(path, made)
    with pytest.raises(BadKey, match=f"the {made} realm, not of {asked}"):
        load_or_make(path, asked)


def test_a_key_that_belongs_to_another_user_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_or_make(path, Realm.LIVE)
    owner = path.stat().st_uid
    real = os.fstat

    def elsewhere(descriptor: int) -> os.stat_result:
        values = list(real(descriptor))
        values[stat.ST_UID] = owner + 4_000
        return os.stat_result(values)

    monkeypatch.setattr(os, "fstat", elsewhere)
    with pytest.raises(BadKey, match=f"id {owner + 4_000}"):
        load(path, Realm.LIVE)


GOOD = {"realm": "live", "private_key": "ab" * 32}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"ab" * 32,
        b"\xff\xfe",
        msgspec.json.encode(GOOD | {"private_key": "AB" * 32}),
        msgspec.json.encode(GOOD | {"private_key": "ab" * 31}),
        msgspec.json.encode(GOOD | {"realm": "dream"}),
        msgspec.json.encode(GOOD | {"public_key": "ab" * 32}),
        msgspec.json.encode(GOOD) + b"x",
    ],
)
def test_what_is_no_key_is_refused_without_telling_what_is_in_it(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(BadKey) as told:
        load_or_make(path, Realm.LIVE)
    assert str(path) in told.value.message
    assert "abab" not in str(told.value.body()).lower()
    assert path.read_bytes() == content


def test_a_directory_or_a_pipe_is_no_key_and_nobody_waits_for_it(path: Path) -> None:
    path.mkdir()
    with pytest.raises(BadKey, match="not a file"):
        load_or_make(path, Realm.LIVE)
    path.rmdir()
    os.mkfifo(path)
    with pytest.raises(BadKey, match="not a file"):
        load_or_make(path, Realm.LIVE)


def test_a_key_that_is_not_there_is_not_made_by_looking(path: Path) -> None:
    with pytest.raises(BadKey, match="cannot be read"):
        load(path, Realm.LIVE)
    assert not path.exists()


def test_a_key_cannot_be_kept_where_there_is_no_directory(tmp_path: Path) -> None:
    with pytest.raises(BadKey, match="cannot be kept"):
        load_or_make(tmp_path / "gone" / "live.db.key", Realm.LIVE)


def test_a_link_that_leads_nowhere_is_not_followed_to_make_a_key(path: Path, tmp_path: Path) -> None:
    path.symlink_to(tmp_path / "elsewhere.key")
    with pytest.raises(BadKey, match="cannot be read"):
        load_or_make(path, Realm.LIVE)
    assert not (tmp_path / "elsewhere.key").exists()


def test_a_key_that_another_process_makes_in_the_same_moment_is_taken(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = load_or_make(tmp_path / "other.key", Realm.LIVE)
    link = Path.hardlink_to

    def too_late(self: Path, target: Path) -> None:
        link(self, tmp_path / "other.key")
        link(self, target)

    monkeypatch.setattr(Path, "hardlink_to", too_late)
    assert load_or_make(path, Realm.LIVE).key == other.key
    assert sorted(file.name for file in tmp_path.iterdir()) == ["live.db.key", "other.key"]


def test_a_key_of_the_administrator_will_do_and_another_users_will_not(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_or_make(path, Realm.LIVE)
    owner = path.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1_000)
    if owner == 0:
        assert load(path, Realm.LIVE)
        os.chown(path, 4_321, -1)
        owner = 4_321
    with pytest.raises(BadKey, match=f"another user .id {owner}."):
        load(path, Realm.LIVE)


def test_a_pipe_is_no_key_and_nobody_waits_for_it(path: Path) -> None:
    os.mkfifo(path, 0o600)
    refused: list[str] = []

    def look() -> None:
        try:
            load(path, Realm.LIVE)
        except BadKey as error:
            refused.append(error.message)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    looking.join(10)
    assert refused == [f"{path} is not a file"]
