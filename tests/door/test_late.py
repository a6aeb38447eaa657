"""Whoever was told something while the others were told something else, and comes back to its group."""

from __future__ import annotations

import asyncio
import socket

from tests.channels.listening import Server, parsed
from tests.world import EAST, raising
from tocsin.channels.frames import Form
from tocsin.door.fanout import Fanout, Subscriber


def test_one_who_comes_back_where_all_others_are_behind_hears_what_it_missed_at_once() -> None:
    """It waits for a round to end in which everyone else dropped out: nobody is left whose cursor it could take."""

    async def play() -> None:
        server = Server()
        fanout = Fanout(server.hub, asyncio.get_running_loop(), lambda fd, room: None, lambda one, abruptly: None)
        group = fanout.group(None, Form.SSE)
        ours, theirs = socket.socketpair()
        with ours, theirs:
            theirs.setblocking(False)
            late = Subscriber(ours.fileno(), None, "somewhere", group)
            group.busy = True
            fanout.join(late, b"", 0)
            assert late in group.late
            theirs.recv(65_536)
            server.order(raising(EAST))
            group.busy = False
            fanout._welcome(group)
            told = [(frame.event, frame.id) for frame in parsed(theirs.recv(65_536))]
            assert told == [("entry", 1)]
            assert late.ahead
            fanout.leave(late)

    asyncio.run(play())
