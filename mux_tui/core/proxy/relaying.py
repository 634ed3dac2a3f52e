"""A request that goes on to the real API, watched as it passes."""

from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing
from dataclasses import replace

from mux_tui.core.proxy.answer_tap import AnswerTap, Passed
from mux_tui.core.proxy.closing_body import ClosingBody
from mux_tui.core.proxy.credentials import Credentials, own_credentials
from mux_tui.core.proxy.exchange_log import OpenExchange
from mux_tui.core.proxy.history import cloud_body
from mux_tui.core.proxy.http import Incoming, Reply
from mux_tui.core.proxy.relay import Relay
from mux_tui.core.text import one_line


class Relaying:
    """Passes requests on, when there is a relay and the client has a login."""

    def __init__(self, relay: Relay | None, tokens: Collection[str]) -> None:
        """Make one.

        Args:
            relay: None: nothing is passed on.
            tokens: The proxy's own, which are no login.
        """
        self._relay = relay
        self._tokens = tokens

    def login(self, incoming: Incoming) -> Credentials:
        """The client's own login; false when there is none."""
        if self._relay is None:
            return Credentials()

        return own_credentials(incoming.headers, self._tokens)

    async def pass_on(
        self, incoming: Incoming, model: str, exchange: OpenExchange
    ) -> Reply:
        """The real API's answer; the exchange ends with it.

        Args:
            incoming: The client's request.
            model: The Claude model to ask for.
            exchange: Learns what passes.
        """
        assert self._relay is not None
        body = cloud_body(incoming.body, model)
        exchange.set(model=model, bytes_sent=len(body))
        tap = AnswerTap()
        try:
            reply = await self._relay.send(incoming, body, self.login(incoming), tap)
        except BaseException:
            exchange.end("cancelled")
            raise
        if isinstance(reply.body, bytes):
            said = one_line(reply.body.decode("utf-8", "replace"), 300)
            exchange.end("failed", http_status=reply.status, error=said)
            return reply

        exchange.set(http_status=reply.status)

        passing = reply.body
        watched = _watched(passing, tap, exchange)

        async def left() -> None:
            # The watching may not have begun, and then closes nothing.
            await passing.aclose()
            exchange.end("cancelled")

        return replace(reply, body=ClosingBody(watched, left))


async def _watched(
    passing: AsyncGenerator[bytes, None], tap: AnswerTap, exchange: OpenExchange
) -> AsyncGenerator[bytes, None]:
    try:
        async with aclosing(passing) as pieces:
            async for piece in pieces:
                if tap.content_begun:
                    exchange.first_token()
                    exchange.grew(0)
                yield piece
    except Exception as error:
        exchange.set(error=one_line(str(error), 300))
        raise
    finally:
        _end(exchange, tap.passed)


def _end(exchange: OpenExchange, passed: Passed) -> None:
    error = passed.error or exchange.exchange.error
    refused = exchange.exchange.http_status >= 400
    status = "done" if passed.complete else "cancelled"
    exchange.end(
        "failed" if error or refused else status,
        model=passed.model or exchange.exchange.model,
        tokens_counted=passed.input_tokens,
        tokens_cached=passed.cached_tokens,
        tokens_out=passed.output_tokens,
        stop_reason=passed.stop_reason,
        tool_calls=passed.tool_calls,
        error=error,
    )
