"""Which SQLite and which file system may carry the log: those that keep what they acknowledged."""

from __future__ import annotations

from pathlib import Path

import apsw
import msgspec

from tocsin.errors import StoreUnsafe

SAFE_SQLITE = (3, 51, 3)
"""From 3.7.0 to 3.51.2 a reset of the WAL could race with a checkpoint and corrupt the database."""

NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "9p", "afs", "afpfs", "ncpfs", "ceph", "glusterfs"}
    | {"lustre", "beegfs", "gfs", "gfs2", "ocfs2", "davfs", "fuse.sshfs", "fuse.rclone", "fuse.s3fs"}
    | {"fuse.glusterfs", "fuse.ceph", "fuse.davfs2", "fuse.curlftpfs", "fuse.gcsfuse"}
)
"""WAL needs memory that all its users share, locks that hold and an honest fsync; these may lack any of them."""

MOUNTS = Path("/proc/self/mountinfo")


class Sqlite(msgspec.Struct, frozen=True, kw_only=True):
    """The SQLite that would carry the log."""

    version: str
    amalgamation: bool
    """Whether it came inside apsw; if not, it is the system's, which apsw was only linked to."""
    options: tuple[str, ...]

    @property
    def source(self) -> str:
        return "bundled with apsw" if self.amalgamation else "the system's library"

    @property
    def safe(self) -> bool:
        return tuple(int(part) for part in self.version.split(".")) >= SAFE_SQLITE


def installed() -> Sqlite:
    return Sqlite(
        version=apsw.sqlite_lib_version(), amalgamation=apsw.using_amalgamation, options=tuple(apsw.compile_options)
    )


def require_safe_sqlite(sqlite: Sqlite) -> None:
    if not sqlite.safe:
        wanted = ".".join(map(str, SAFE_SQLITE))
        raise StoreUnsafe(
            f"SQLite {sqlite.version} ({sqlite.source}) can corrupt a log; {wanted} or newer is needed: "
            "install apsw from its wheel, which brings its own",
            version=sqlite.version,
            source=sqlite.source,
            wanted=wanted,
        )


def require_local_file_system(path: Path) -> None:
    kind = file_system(path)
    if kind in NETWORK_FILE_SYSTEMS:
        raise StoreUnsafe(
            f"{path} lies on a network file system ({kind}), which can lose acknowledged events: use a local disk",
            path=str(path),
            file_system=kind,
        )


def file_system(path: Path, mounts: Path | None = None) -> str | None:
    """The type of the file system that holds ``path`` (proc(5), mountinfo); None where that cannot be found out."""
    try:
        lines = (mounts or MOUNTS).read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return None
    where, kind = Path(), None
    for line in lines:
        mounted, _, described = line.partition(" - ")
        point = Path(mounted.split(" ")[4].replace("\\040", " "))
        # The longest mount point above the path holds it; of equals the later one covers the earlier.
        if path.resolve().is_relative_to(point) and len(point.parts) >= len(where.parts):
            where, kind = point, described.split(" ")[0]
    return kind
