"""`tocsin serve` as it is run, killed without a warning: its webhooks go on where they were."""

from __future__ import annotations

import signal
from pathlib import Path

from tests.cli.processes import process, refused, tocsin
from tests.compat.ukrainealarm.hooks import KHARKIV, off, on, register
from tests.compat.ukrainealarm.receiver import Receiver
from tests.web.people import begun
from tocsin.atlas import Atlas


def test_a_killed_server_loses_no_webhook_and_nothing_that_it_was_not_told(
    ukraine: Atlas, receiver: Receiver, tmp_path: Path
) -> None:
    log = begun(tmp_path / "live.db", ukraine)
    command = ("serve", "--database", log, "--port", "0")
    allowed = {"TOCSIN_WEBHOOK_NETWORKS": "127.0.0.1"}
    with process(*command, environment=allowed) as first:
        server = first.server()
        assert register(server, receiver.url).status == 200
        assert server.order("a", zones=[KHARKIV]).status == 200
        receiver.has(on(22))
        receiver.die()
        assert server.command({"type": "release", "zones": [KHARKIV]}, "b").status == 200
        first.end(signal.SIGKILL)
    with receiver, process(*command, environment=allowed) as second:
        server = second.server()
        receiver.has(on(22), off(22))
        assert server.order("c", zones=[KHARKIV]).status == 200
        receiver.has(on(22), off(22), on(22))
    with process(*command) as third:
        server = third.server()
        assert register(server, receiver.url).status == 400, "it is allowed no more"


def test_networks_that_are_none_are_refused_at_the_start(tmp_path: Path) -> None:
    result = tocsin("serve", "--database", tmp_path / "live.db", TOCSIN_WEBHOOK_NETWORKS="127.0.0.1/8")
    assert "networks of webhooks" in refused(result, "bad_setting")
