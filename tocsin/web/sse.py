"""GET /api/v1/stream where the door has handed it over: it comes on a connection that asked for other things before, or
something about it is wrong. What is right goes back to the door with its socket."""

from __future__ import annotations

import socket

from aiohttp import hdrs, web

from tocsin import limits
from tocsin.channels.frames import Form
from tocsin.door import Door, Wanted
from tocsin.door.heads import websocket_key
from tocsin.errors import BadRequest, TooManyConnections
from tocsin.model import ZoneId
from tocsin.reading import Reading
from tocsin.web.questions import StreamQuery, last_event_id, query, takes_gzip

DOOR: web.AppKey[Door] = web.AppKey("door", Door)


class Stream:
    """The handler, over one running Tocsin."""

    def __init__(self, tocsin: Reading) -> None:
        self._resolve = tocsin.atlas.resolve

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/v1/stream", self.stream, allow_head=False)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """What is missed since the seq said, or a snapshot, and from then on everything as it happens."""
        asked = query(request, StreamQuery)
        last = last_event_id(request)
        zones = self._zones(asked.zones)
        if zones and asked.record:
            raise BadRequest(
                "the record is told on the whole stream only: leave out zones, or record", parameter="record"
            )
        form, key = Form.PACKED if takes_gzip(request) else Form.SSE, None
        if hdrs.UPGRADE in request.headers:
            form, key = Form.WEBSOCKET, websocket_key({name.lower(): said for name, said in request.headers.items()})
            if key is None:
                raise BadRequest("this is not the opening handshake of a WebSocket (RFC 6455, section 4.1)")
        wanted = Wanted(form=form, after=asked.after if last is None else last, record=asked.record, key=key)
        transport = request.transport
        if transport is None:
            raise ConnectionResetError
        transport.set_write_buffer_limits(0)
        await request.writer.drain()  # what was answered before on this connection
        sock: socket.socket = transport.get_extra_info("socket")
        await request.app[DOOR].answered(sock.fileno())
        if request.app[DOOR].full:
            raise TooManyConnections("too many connections are open here; try again shortly")
        request.app[DOOR].adopt(sock.fileno(), str(request.remote), wanted, zones)
        request.protocol.force_close()  # its own end of it; the door holds the other
        return web.Response()

    def _zones(self, said: str | None) -> tuple[ZoneId, ...]:
        """Errors: `BadRequest`, `UnknownZone`."""
        if said is None:
            return ()
        zones = tuple(dict.fromkeys(self._resolve(zone).id for zone in said.split(",")))
        if len(zones) > limits.STREAM_ZONES:
            raise BadRequest(f"a stream can be narrowed to {limits.STREAM_ZONES} zones at most", zones=len(zones))
        return zones
