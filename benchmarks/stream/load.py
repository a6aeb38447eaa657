"""The load client of C, driven from here: so many listeners, and one that has something said."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TypeVar

import msgspec

from benchmarks.stream.build import BUILD, compiled

T = TypeVar("T", bound=msgspec.Struct)


class Talk(msgspec.Struct, frozen=True):
    """What a listener says, and how it knows that it has its first words."""

    request: bytes
    ready: bytes
    ready_count: int


class Voice(msgspec.Struct, frozen=True):
    """How an event is had said: by a byte into a pipe, or by these bytes to a port."""

    pipe: int | None = None
    port: int | None = None
    template: bytes = b""
    hello: bytes = b""


class Opened(msgspec.Struct, frozen=True):
    """What became of all connections."""

    ready: int
    failed: int
    unread: int
    bytes: int
    median_ns: int
    last_ns: int
    """From the first connect() until the last had its first words."""


class Fired(msgspec.Struct, frozen=True):
    """When each event was heard, in ns from right before it was had said."""

    wanted: int
    received: int
    disordered: int
    repeated: int
    closed: int
    answered_ns: int
    firing_ns: int
    first_ns: list[int]
    median_ns: list[int]
    last_ns: list[int]

    @property
    def sound(self) -> bool:
        """Every listener heard every event, once and in order."""
        return self.received == self.wanted and not self.disordered

    @property
    def heard_whole_ns(self) -> int:
        """The last receipt of all, from the first event on, for events that were had said at once."""
        return max(self.last_ns)


class Load:
    """N listeners, from here until `close`."""

    def __init__(
        self,
        work: Path,
        port: int,
        count: int,
        talk: Talk,
        voice: Voice,
        *,
        tls: bool = False,
        unread: int = 0,
        inflight: int = 500,
        patience_s: float = 60,
    ) -> None:
        """``unread``: so many in a thousand never read."""
        self.count = count
        self._talk = talk
        self._work = work

        def kept(name: str, content: bytes) -> Path:
            path = work / f"{name}-{id(self)}"
            path.write_bytes(content)
            return path

        command: list[str | Path] = [compiled("load_tls" if tls else "load", BUILD), str(port), str(count)]
        command += [kept("request", talk.request), talk.ready.hex(), str(talk.ready_count)]
        command += ["unread", str(unread), "inflight", str(inflight), "patience", str(int(patience_s * 1000))]
        if voice.pipe is not None:
            command += ["trigger", str(voice.pipe)]
        if voice.port is not None:
            command += ["publish", str(voice.port), "template", kept("template", voice.template)]
        if voice.hello:
            command += ["hello", kept("hello", voice.hello)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[] if voice.pipe is None else [voice.pipe],
        )

    def open(self) -> Opened:
        """Errors: `RuntimeError` if not all could."""
        opened = self._told("open", Opened)
        if opened.ready != self.count:
            lacking = f"{self.count - opened.ready} of {self.count} connections did not get their first words"
            raise RuntimeError(f"{lacking}: {opened}, {self._talk}")
        return opened

    def fire(self, events: int = 1, gap_s: float = 0, patience_s: float = 10) -> Fired:
        """Have events said, and wait until all have heard all of them."""
        return self._told(f"fire {events} {int(gap_s * 1e9)} {int(patience_s * 1e3)}", Fired)

    def template(self, content: bytes) -> None:
        """What is published from now on."""
        path = self._work / f"template-{id(self)}"
        path.write_bytes(content)
        self._told(f"template {path}", msgspec.defstruct("Done", []))

    def close(self) -> None:
        """All connections are reset."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _told(self, command: str, form: type[T]) -> T:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{command}\n".encode())
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the load client ended upon '{command}'")
        return msgspec.json.decode(answer, type=form)
