from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from tocsin.errors import StoreUnsafe
from tocsin.model import Realm
from tocsin.store import safety
from tocsin.store.safety import NETWORK_FILE_SYSTEMS, file_system, installed, require_local_file_system
from tocsin.store.sqlite import SQLiteStore

MOUNTS = """\
21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
31 21 0:27 / /srv rw shared:7 - xfs /dev/vdb rw
32 31 0:28 / /srv/share rw,relatime - nfs4 server:/export rw,vers=4.2
33 31 0:29 / /srv/two\\040words rw,relatime - cifs //server/share rw
34 21 0:30 / /srv/over rw - tmpfs tmpfs rw
35 34 0:31 / /srv/over rw - btrfs /dev/vdc rw
"""


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    (tmp_path / "mountinfo").write_text(MOUNTS)
    return tmp_path / "mountinfo"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/tocsin/live.db", "ext4"),
        ("/srv/live.db", "xfs"),
        ("/srv/share/tocsin/live.db", "nfs4"),
        ("/srv/shared.db", "xfs"),
        ("/srv/two words/live.db", "cifs"),
        ("/srv/over/live.db", "btrfs"),
    ],
)
def test_a_file_lies_on_the_nearest_mount_above_it(path: str, kind: str, mounts: Path) -> None:
    assert file_system(Path(path), mounts) == kind


def test_where_there_is_no_such_list_nothing_is_claimed(tmp_path: Path) -> None:
    assert file_system(tmp_path, tmp_path / "gone") is None


@pytest.mark.parametrize("kind", sorted(NETWORK_FILE_SYSTEMS))
def test_a_log_on_a_network_file_system_is_refused(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mountinfo").write_text(f"21 1 254:0 / / rw - {kind} remote rw\n")
    monkeypatch.setattr(safety, "MOUNTS", tmp_path / "mountinfo")
    with pytest.raises(StoreUnsafe, match=kind):
        require_local_file_system(tmp_path / "live.db")
    with pytest.raises(StoreUnsafe, match=kind):
        SQLiteStore(tmp_path / "live.db", Realm.LIVE, "ua")
    assert not (tmp_path / "live.db").exists()


def test_a_mount_point_whose_name_is_no_text_is_passed_over_and_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / "mountinfo").write_bytes(b"20 1 0:1 / /mnt/\xff rw - vfat /dev/sda rw\n" + MOUNTS.encode())
    assert file_system(Path("/srv/share/live.db"), tmp_path / "mountinfo") == "nfs4"


def test_what_is_installed_is_asked_of_apsw() -> None:
    here = installed()
    assert (here.version, here.amalgamation) == (apsw.sqlite_lib_version(), apsw.using_amalgamation)
    assert here.options == tuple(apsw.compile_options)
