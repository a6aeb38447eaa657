"""A server under test as the kernel sees it: its processes, their CPU time and their memory."""

from __future__ import annotations

import re
import resource
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

PATIENCE_S = 30.0
PAGE = resource.getpagesize()


def lift_limit() -> int:
    """Let this process, and all that it starts, open as many files as ever; gives how many."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


class Server:
    """One process and its children, until it is stopped."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        stdin: int | IO[bytes] = subprocess.DEVNULL,
        log: Path,
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
    ) -> None:
        self._log = log
        with log.open("wb") as errors:
            self.process = subprocess.Popen(
                command, stdin=stdin, stdout=subprocess.PIPE, stderr=errors, cwd=cwd, env=env
            )

    def line(self) -> str:
        """The next line that it prints. Errors: `RuntimeError` when it ends instead."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline().decode()
        if not line:
            raise RuntimeError(f"a server did not start:\n{self._log.read_text(errors='replace')[-4000:]}")
        return line.strip()

    def require_running(self) -> None:
        """Errors: `RuntimeError`, with the last of what it said."""
        if self.process.poll() is not None:
            raise RuntimeError(f"a server ended:\n{self._log.read_text(errors='replace')[-4000:]}")

    def pids(self) -> list[int]:
        """Its own and those of all below it."""
        parents: dict[int, list[int]] = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                fields = path.read_text().rpartition(")")[2].split()
                parents.setdefault(int(fields[1]), []).append(int(path.parent.name))
        found, waiting = [], [self.process.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            waiting += parents.get(pid, [])
        return found

    def cpu_s(self) -> float:
        """CPU time that all its threads have had, to the nanosecond."""
        total = 0.0
        for pid in self.pids():
            with suppress(OSError):
                total += time.clock_gettime((~pid << 3) | 2)  # the process's own clock: clock_getcpuclockid(3)
        return total

    def memory(self) -> int:
        """Bytes in user space: what it holds alone, and its share of what it shares."""
        total = 0
        for pid in self.pids():
            with suppress(OSError):
                for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                    if line.startswith("Pss:"):
                        total += int(line.split()[1]) * 1024
        return total

    def stop(self) -> None:
        """Ask it to end, and have it ended if it does not."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            for pid in reversed(self.pids()):
                with suppress(OSError):
                    subprocess.run(["kill", "-9", str(pid)], check=False)
            self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


def kernel_memory() -> int:
    """Bytes that the kernel of this machine holds for sockets, files and whatever else, and in TCP's buffers."""
    total = 0
    for line in Path("/proc/net/sockstat").read_text().splitlines():
        if line.startswith("TCP:"):
            words = line.split()
            total += int(words[words.index("mem") + 1]) * PAGE
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("SUnreclaim:"):
            total += int(line.split()[1]) * 1024
    return total


def socket_memory(port: int) -> tuple[int, int]:
    """Bytes in kernel buffers of the sockets at this port of the server, and of the clients' at the other end."""
    totals = []
    for end in ("sport", "dport"):
        listed = subprocess.run(
            ["ss", "-tmnHO", f"{end} = :{port}"], stdout=subprocess.PIPE, text=True, check=False
        ).stdout
        # r: received and unread; w: queued to be sent; f: set aside for either.
        totals.append(sum(int(size) for size in re.findall(r"[(,][rwf](\d+)", listed)))
    return totals[0], totals[1]
