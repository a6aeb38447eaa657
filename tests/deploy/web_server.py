"""A real nginx with the configuration of deploy/, on loopback ports of its own. As a program: prints where nginx is.

In this order: `TOCSIN_TEST_NGINX`, one on the PATH, one where Debian puts it.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

PATIENCE_S = 30.0
FOLDER = Path(__file__).parent.parent.parent / "deploy"
NO_NGINX = "no nginx that runs (apt-get install nginx, or set TOCSIN_TEST_NGINX)"

UPSTREAM, LISTEN, TLS, ROOT = (
    "server 127.0.0.1:8080 max_fails=0;",
    "listen 80;",
    "# include /etc/nginx/tocsin-tls.conf;",
    "root /var/lib/tocsin-static;",
)
"""The lines that whoever installs it goes through."""

AROUND = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
worker_processes 1;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/tocsin.conf;
}}
"""


@cache
def find() -> str | None:
    """The path of an nginx that runs, or None."""
    named = os.environ.get("TOCSIN_TEST_NGINX")
    for candidate in [named] if named else [shutil.which("nginx"), "/usr/sbin/nginx"]:
        if candidate:
            try:
                if subprocess.run([candidate, "-v"], capture_output=True, timeout=30, check=False).returncode == 0:
                    return candidate
            except OSError:
                continue
    return None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def set_up(folder: Path, changes: Mapping[str, str]) -> Path:
    """The configuration as it is installed, but for these lines; each must be there, once."""
    said = (FOLDER / "nginx" / "tocsin.conf").read_text("utf-8")
    for line, ours in changes.items():
        assert said.count(line) == 1, f"the configuration has to say {line!r} once"
        said = said.replace(line, ours)
    (folder / "tocsin.conf").write_text(said)
    user = "user root;" if os.geteuid() == 0 else ""  # a worker of another name could not read pytest's folders
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user))
    return folder / "nginx.conf"


def valid(nginx: str, configuration: Path) -> str:
    """What `nginx -t` says; it must find no fault."""
    told = subprocess.run([nginx, "-t", "-c", configuration], capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == 0, told.stderr
    return told.stderr


@contextmanager
def serving(nginx: str, configuration: Path, port: int) -> Iterator[int]:
    """nginx inside the block; gives its pid. Ended by that at the end of it."""
    popen = subprocess.Popen([nginx, "-c", configuration], stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            assert popen.poll() is None, popen.stderr and popen.stderr.read()
            assert time.monotonic() < deadline, "nginx never listened"
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.02)
        yield popen.pid
    finally:
        popen.terminate()
        popen.communicate(timeout=PATIENCE_S)


if __name__ == "__main__":
    print(find())
    sys.exit(None if find() else NO_NGINX)
