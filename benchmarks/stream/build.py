"""What the bench needs before it can measure: its C programs compiled, and the others to compare with installed.

On Debian and as root whatever lacks is installed; elsewhere what is not there is left out and said. Everything that is
made lies below ``build/bench``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
BUILD = ROOT / "build" / "bench"
VENV = BUILD / "venv"

STRICT = ("-O2", "-std=gnu11", "-Wall", "-Wextra", "-Werror")
LOAD = ("load.c", "load_hearing.c", "load_options.c", "load_wire.c")
BASELINE = ("baseline.c", "baseline_wire.c")
OPENSSL = ("-DTLS", "-lssl", "-lcrypto")
PROGRAMS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "baseline": (BASELINE, ()),
    "baseline_tls": (BASELINE, OPENSSL),
    "get": (("get.c",), ()),
    "load": (LOAD, ()),
    "load_tls": (LOAD, OPENSSL),
}
"""Each program: its sources, and what else the compiler is told."""

DEBIAN = ("gcc", "libc6-dev", "libssl-dev", "nginx", "libnginx-mod-nchan", "mosquitto", "python3-venv")
PLAIN_WAY = ("starlette", "sse-starlette", "uvicorn[standard]")
NCHAN_MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")


def compiler() -> str | None:
    """The C compiler, if there is one."""
    return shutil.which("gcc") or shutil.which("cc")


def found(program: str) -> str | None:
    """Where a server is; those of the system are often on no ordinary user's path."""
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def compiled(name: str, into: Path = BUILD) -> Path:
    """One of the programs, compiled if its sources are newer. Errors: `subprocess.CalledProcessError`."""
    sources, told = PROGRAMS[name]
    made = into / name
    newest = max(path.stat().st_mtime for path in HERE.glob("*.[ch]"))
    if not made.exists() or made.stat().st_mtime < newest:
        into.mkdir(parents=True, exist_ok=True)
        by = compiler()
        assert by is not None, "a C compiler is there"
        fresh = into / f"{name}.{os.getpid()}"
        subprocess.run([by, *STRICT, "-o", fresh, *(HERE / source for source in sources), *told], check=True)
        fresh.replace(made)
    return made


def python_of_the_plain_way() -> Path | None:
    """The Python that has starlette, sse-starlette and uvicorn; made the first time."""
    python, complete = VENV / "bin" / "python", VENV / ".complete"
    if complete.exists():
        return python
    BUILD.mkdir(parents=True, exist_ok=True)
    steps: list[list[str | Path]] = [
        [sys.executable, "-m", "venv", "--clear", VENV],
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PLAIN_WAY],
    ]
    for step in steps:
        if subprocess.run(step, stdin=subprocess.DEVNULL, check=False).returncode != 0:
            print("starlette could not be installed and is left out")
            return None
    complete.touch()
    return python


def install() -> None:
    """Install what lacks of the system's packages, where that is possible, and compile. Errors: `SystemExit`."""
    lacking = compiler() is None or not Path("/usr/include/openssl/ssl.h").exists()
    lacking = lacking or not NCHAN_MODULE.exists() or any(found(each) is None for each in ("nginx", "mosquitto"))
    if lacking and os.geteuid() == 0 and shutil.which("apt-get"):
        new = [server for server in ("nginx", "mosquitto") if found(server) is None]
        subprocess.run(["sh", "-c", f". tools/system.sh && apt_install {' '.join(DEBIAN)}"], cwd=ROOT, check=False)
        if Path("/run/systemd/system").exists():
            # The packages start servers of their own, which nobody asked for.
            for server in new:
                subprocess.run(["systemctl", "--quiet", "disable", "--now", server], check=False)
    if compiler() is None:
        raise SystemExit("a C compiler is needed (Debian: apt-get install gcc libc6-dev)")
    for name, (_, told) in PROGRAMS.items():
        try:
            compiled(name)
        except subprocess.CalledProcessError:
            if told != OPENSSL:
                raise
            print("no headers of OpenSSL (Debian: libssl-dev): nothing is measured over TLS")
