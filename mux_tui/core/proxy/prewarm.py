"""Having the model read a project's prompt before the first turn needs it.

The first answer then comes in a fraction of the time. It is never in the way: a real
request ends it, and whatever goes wrong with it is nobody's loss.
"""

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import Any

from mux_tui.core.errors import BackendError, MuxError
from mux_tui.core.exchange import Exchange
from mux_tui.core.ledger.run_id import new_run_id
from mux_tui.core.proxy.after import tokens_of
from mux_tui.core.proxy.beginnings import (
    Beginnings,
    beginning_of,
    key_of,
    warming_body,
)
from mux_tui.core.proxy.exchange_log import ExchangeLog, OpenExchange
from mux_tui.core.proxy.local_answer import LocalParts
from mux_tui.core.proxy.upstream import ask, chat_body, for_model
from mux_tui.core.text import one_line
from mux_tui.core.wire.anthropic_events import Counts
from mux_tui.core.wire.openai import Piece, TokenCounts

_SENTENCE = "is read beforehand, so that the first answer comes sooner"


class Prewarmer:
    """Remembers how prompts begin, and has the last beginning read at the start."""

    def __init__(
        self,
        parts: LocalParts,
        log: ExchangeLog,
        beginnings: Beginnings,
        cwd: Path,
        wanted: bool,
    ) -> None:
        """Make one that does nothing yet.

        Args:
            parts: The local model.
            log: Told of the warming.
            beginnings: What was remembered.
            cwd: The project.
            wanted: False: nothing is read, and nothing remembered.
        """
        self._parts = parts
        self._log = log
        self._beginnings = beginnings
        self._cwd = cwd
        self._wanted = wanted
        self._task: asyncio.Task[None] | None = None
        self._writing: asyncio.Task[None] | None = None
        self._newest: dict[str, Any] | None = None

    def begin(self) -> None:
        """Start to warm, in the background, unless there is something to do."""
        idle = self._task is None or self._task.done()
        if self._wanted and idle and not self._parts.places.taken:
            self._task = asyncio.create_task(self._warm(), name="prewarm")

    async def make_way(self) -> None:
        """End the warming: the model is needed."""
        task = self._task
        if task is not None and not task.done():
            task.cancel()
            await asyncio.wait((task,))

    def remember(self, body: dict[str, Any]) -> None:
        """Remember how this request begins; returns at once."""
        beginning = beginning_of(body) if self._wanted else None
        if beginning is None or beginning == self._newest:
            return

        self._newest = beginning
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    async def warmed(self) -> None:
        """Wait until the warming is over."""
        if self._task is not None:
            await asyncio.wait((self._task,))

    async def aclose(self) -> None:
        """End the warming, and write what is to be remembered."""
        await self.make_way()
        if self._writing is not None:
            await asyncio.wait((self._writing,))

    async def _write(self) -> None:
        traits = await self._parts.door.expected()
        key, written = key_of(traits.name, self._cwd), None
        while self._newest is not written and self._newest is not None:
            written = self._newest
            await asyncio.to_thread(self._beginnings.remember, key, written)

    async def _warm(self) -> None:
        door = self._parts.door
        key = key_of((await door.expected()).name, self._cwd)
        beginning = await asyncio.to_thread(self._beginnings.recall, key)
        if beginning is None:
            return

        body = chat_body(warming_body(beginning))
        exchange = self._log.begin(
            Exchange(new_run_id(), "warm", sentence=_SENTENCE, bytes_sent=len(body))
        )
        exchange.started()
        try:
            usage = await self._read_anew(body, exchange)
        except MuxError as error:
            exchange.end("failed", error=one_line(str(error), 300))
        except asyncio.CancelledError:
            exchange.end("cancelled")
            raise
        else:
            exchange.end("done", **tokens_of(usage, Counts()).fields)

    async def _read_anew(
        self, body: bytes, exchange: OpenExchange
    ) -> TokenCounts | None:
        try:
            return await self._read(body, exchange)
        except BackendError as error:
            if error.fault != "connection":
                raise
        # The server has been unloaded, or replaced, since it was last asked.
        self._parts.door.lost()
        return await self._read(body, exchange)

    async def _read(self, body: bytes, exchange: OpenExchange) -> TokenCounts | None:
        parts = self._parts
        usage: TokenCounts | None = None
        async with parts.places.place():
            endpoint, traits = await parts.door.open()
            exchange.set(model=traits.name)
            asked = ask(
                parts.client, endpoint, for_model(body, endpoint.model), parts.limits
            )
            async with aclosing(asked) as batches:
                async for signs in batches:
                    for sign in signs:
                        if isinstance(sign, Piece):
                            usage = sign.usage or usage
        return usage
