"""One client's connection: uvicorn's, with the limits that uvicorn does not have.

Headers that never end, connections that say nothing, and garbage are answered or
closed here, before there is a request. And it knows the task that works for its
client, which ends the moment the client is gone.
"""

import asyncio
from typing import TYPE_CHECKING, Any, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from mux_tui.core.proxy.http import FaultType, fault_json
from mux_tui.core.proxy.limits import HttpLimits
from mux_tui.core.proxy.request_id import new_request_id

if TYPE_CHECKING:
    from uvicorn.config import Config
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle
    from uvicorn.server import ServerState

EXTENSION = "mux.connection"
"""Where a request's scope has its `Connection`, among the extensions."""

TARGET = "mux.target"
"""And what its request line asks for, as it was sent."""


class Connection(HttpToolsProtocol):
    """Reads requests, and hands each to the application."""

    def __init__(
        self, config: "Config", state: "ServerState", limits: HttpLimits
    ) -> None:
        """Make one; the event loop tells it of its socket."""
        super().__init__(config, state, {})
        self._limits = limits
        self._in_head = True
        self._head = 0
        """Bytes read while a request's headers are not complete."""

        self._timer: asyncio.TimerHandle | None = None
        self._refused = False
        self._work: asyncio.Task[object] | None = None
        self.quiet_since = 0.0
        """When its last request was answered, on the event loop's clock."""

        self.garbled = False
        """The body of the request that is under way turned out not to be HTTP."""

        self.lost = False
        """The client is gone, or the connection was cut."""

    @property
    def idle(self) -> bool:
        """Whether no request is being answered."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return cycle is None or cycle.response_complete

    @property
    def write_paused(self) -> bool:
        """Whether the client does not read what is written."""
        return self.flow.write_paused

    def work_begins(self, task: "asyncio.Task[object]") -> None:
        """From now on this task is cancelled when the client leaves."""
        self._work = task
        if self.lost or self.garbled:
            task.cancel()

    def work_ends(self) -> None:
        """Whatever happens to the client is no longer the task's business."""
        self._work = None

    def body_is_read(self) -> None:
        """Go on reading, although there is nothing to come: to see the client leave."""
        if not self.pipeline and not self.lost:
            self.flow.resume_reading()

    def cut(self) -> None:
        """Close at once, whatever has not been sent."""
        self.transport.abort()

    def leave(self) -> None:
        """Close; a client that does not read its last answer is not waited for."""
        if self.transport.get_write_buffer_size():
            self.cut()
        else:
            self.transport.close()

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """A client has come."""
        super().connection_made(transport)
        self.quiet_since = self.loop.time()
        self._make_room()
        self._start_timer(self._limits.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        self.lost = True
        self._stop_timer()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)
        if self._work is not None:
            self._work.cancel()

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        if self._refused:
            return
        if self._in_head:
            self._head += len(data)
        super().data_received(data)
        if self._refused or self.transport.is_closing() or not self._in_head:
            return
        if self._head > self._limits.head:
            self._refuse(431, "request_too_large", "the headers are too large")
        elif self.idle and self._timer is None:
            self._start_timer(self._limits.head_seconds)

    def on_headers_complete(self) -> None:
        """A request has begun."""
        self._in_head = False
        self._head = 0
        self._stop_timer()
        cast("dict[str, Any]", self.scope)["extensions"] = {
            EXTENSION: self,
            # Now: the next request's begins to be read while this one is answered.
            TARGET: self.url,
        }
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request's body is complete."""
        self._in_head = True
        self._stop_timer()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The request has been answered."""
        self.quiet_since = self.loop.time()
        super().on_response_complete()
        if not self._in_head and not self.transport.is_closing():
            # Answered before its body was read, of which the rest is thrown away.
            self._start_timer(self._limits.linger_seconds)

    def timeout_keep_alive_handler(self) -> None:
        """There has been no request for too long."""
        self.leave()

    def send_400_response(self, msg: str) -> None:
        """What came is not HTTP."""
        self._refuse(400, "invalid_request_error", "this is not a valid HTTP request")

    def _refuse(self, status: int, kind: FaultType, why: str) -> None:
        self._refused = True
        if not self.idle:
            # What is being answered keeps its answer; nothing is put into it.
            self.cycle.keep_alive = False
            self.garbled = not self._in_head
            if self.garbled and self._work is not None:
                self._work.cancel()
            return
        request_id = new_request_id()
        body = fault_json(kind, f"mux: {why}", request_id)
        head = (
            "content-type: application/json\r\n"
            f"content-length: {len(body)}\r\nrequest-id: {request_id}\r\n"
            "x-should-retry: false\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(STATUS_LINE[status] + head.encode() + body)
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._unset_keepalive_if_required()
        self._start_timer(self._limits.linger_seconds)

    def _late(self) -> None:
        self._timer = None
        if self._refused or not self._in_head or not self._head:
            self.transport.abort()
        else:
            self._refuse(408, "timeout_error", "the headers did not arrive in time")

    def _start_timer(self, seconds: float) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(seconds, self._late)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _make_room(self) -> None:
        if len(self.connections) <= self._limits.connections:
            return
        everybody = cast("set[Connection]", self.connections)
        idle = [one for one in everybody if one.idle and one is not self]
        oldest = min(idle, key=lambda one: one.quiet_since, default=self)
        oldest.cut()
