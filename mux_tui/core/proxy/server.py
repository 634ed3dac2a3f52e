"""The proxy's HTTP face: which request goes where, and how each one ends.

Every request ends in one way: it is answered, its answer breaks off, or its client
leaves. Whatever the service was doing for it has been cancelled by then.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from mux_tui.core.proxy.answer import Answer, Send, TooSlow
from mux_tui.core.proxy.connection import EXTENSION, TARGET, Connection
from mux_tui.core.proxy.event_stream import event_stream
from mux_tui.core.proxy.gate import Gate, Headers
from mux_tui.core.proxy.health import Counters, ProxySelf, health_reply
from mux_tui.core.proxy.http import Incoming, Refused, Reply, Service
from mux_tui.core.proxy.limits import (
    ClientGone,
    HttpLimits,
    Receive,
    check_head,
    read_body,
)
from mux_tui.core.proxy.request_id import new_request_id

_log = logging.getLogger("mux.proxy")

Scope = dict[str, Any]
Handler = Callable[[Incoming], Awaitable[Reply]]

MESSAGES = "/v1/messages"
MODELS = "/v1/models"
EVENTS = "/v1/mux/events"
STOP = "/v1/mux/stop"
WARM = "/v1/mux/warm"


class Face:
    """The application that connections hand their requests to."""

    def __init__(
        self,
        service: Service,
        gate: Gate,
        me: ProxySelf,
        stop: Callable[[], None],
        limits: HttpLimits | None = None,
    ) -> None:
        """Make one.

        Args:
            service: What answers.
            gate: What is asked of who comes.
            me: Which proxy this is.
            stop: Called when somebody asks, over HTTP, that the proxy end.
            limits: What is too much.
        """
        self._service = service
        self._gate = gate
        self._me = me
        self._on_stop = stop
        self._limits = limits or HttpLimits()
        self._closing = False
        self._tasks: set[asyncio.Task[Any]] = set()
        self._routes = self._laid_out()
        self.counters = Counters()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        connection: Connection = scope["extensions"][EXTENSION]
        request_id = new_request_id()
        answer = Answer(send, connection, request_id, self._limits.write_seconds)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        connection.work_begins(task)
        try:
            await self._answer(scope, receive, connection, answer)
        except asyncio.CancelledError:
            task.uncancel()
            # The client may leave while it is being told.
            with suppress(asyncio.CancelledError, TooSlow):
                await self._break_off(connection, answer)
        finally:
            connection.work_ends()
            self._tasks.discard(task)

    async def close(self, seconds: float = 2.0) -> None:
        """Break off what is under way, and refuse what still comes."""
        self._closing = True
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)

    def _laid_out(self) -> Mapping[str, Mapping[str, Handler]]:
        service = self._service
        return {
            "/": {"GET": _home, "HEAD": _home},
            "/health": {"GET": self._health, "HEAD": self._health},
            MESSAGES: {"POST": service.messages},
            f"{MESSAGES}/count_tokens": {"POST": service.count_tokens},
            MODELS: {"GET": service.models},
            EVENTS: {"GET": self._events},
            STOP: {"POST": self._stop},
            WARM: {"POST": self._warm},
        }

    async def _answer(
        self, scope: Scope, receive: Receive, connection: Connection, answer: Answer
    ) -> None:
        with suppress(ClientGone, TooSlow):
            try:
                handler = self._admitted(scope)
                body = await read_body(receive, scope["headers"], self._limits)
                connection.body_is_read()
                incoming = _incoming(scope, body, answer.request_id)
                await self._serve(handler, incoming, answer)
            except Refused as refused:
                await answer.give(refused.reply(answer.request_id))

    def _admitted(self, scope: Scope) -> Handler:
        """Who answers this request, once it may be."""
        target: bytes = scope["extensions"][TARGET]
        method, path = scope["method"], scope["path"]
        headers: Headers = scope["headers"]
        check_head(target, headers, self._limits)
        self._gate.check(method, path, target, headers)
        model = path.startswith(f"{MODELS}/") and len(path) > len(MODELS) + 1
        handlers = self._routes.get(MODELS if model else path)
        if handlers is None:
            raise Refused(404, "not_found_error", "there is nothing at this address")
        handler = handlers.get(method)
        if handler is None:
            allow = {"allow": ", ".join(handlers)}
            why = "this address does not take that method"
            raise Refused(405, "invalid_request_error", why, allow)
        if self._closing:
            raise Refused(503, "overloaded_error", "the proxy is ending")

        return handler

    async def _serve(
        self, handler: Handler, incoming: Incoming, answer: Answer
    ) -> None:
        counted = incoming.path.startswith((MESSAGES, MODELS))
        if counted:
            self.counters.begin()
        try:
            await answer.give(await handler(incoming))
        except TooSlow:
            raise
        except Exception as error:
            # The service may fail in any way; its client is told all the same.
            if isinstance(error, Refused) and not answer.begun:
                raise
            _log.error("%s failed", answer.request_id, exc_info=error)
            what = "mux: the proxy has a fault, and its log has the cause"
            await answer.fail(500, "api_error", what)
        finally:
            if counted:
                self.counters.end()

    async def _break_off(self, connection: Connection, answer: Answer) -> None:
        if connection.garbled:
            what = "mux: the body is not valid HTTP"
            await answer.fail(400, "invalid_request_error", what)
        else:
            await answer.fail(503, "overloaded_error", "mux: the proxy was stopped")

    async def _health(self, incoming: Incoming) -> Reply:
        sent = incoming.headers.items()
        pairs = [
            (name.encode("latin-1"), sent.encode("latin-1")) for name, sent in sent
        ]
        known = self._gate.knows(pairs)
        service = self._service if known else None
        return await health_reply(self._me, self.counters, service)

    async def _events(self, _: Incoming) -> Reply:
        return event_stream(self._service.subscribe())

    async def _stop(self, _: Incoming) -> Reply:
        asyncio.get_running_loop().call_soon(self._on_stop)
        return _json(b'{"stopping": true}')

    async def _warm(self, _: Incoming) -> Reply:
        self._service.warm()
        return _json(b'{"warming": true}')


async def _home(_: Incoming) -> Reply:
    return _json(b'{"name": "mux proxy"}')


def _json(body: bytes) -> Reply:
    return Reply(200, {"content-type": "application/json"}, body)


def _incoming(scope: Scope, body: bytes, request_id: str) -> Incoming:
    headers = {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in scope["headers"]
    }
    query: str = scope["query_string"].decode("latin-1")
    return Incoming(scope["method"], scope["path"], query, headers, body, request_id)
