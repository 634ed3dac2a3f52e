"""From an answer's events to a reply: a stream of frames, or one whole message.

A stream's status is held back for a moment, since most faults come at once and a status
tells them best. After that the answer begins, whatever the model does, so that the
client knows that it is being worked for.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from functools import partial

import orjson

from mux_tui.core.errors import MuxError
from mux_tui.core.exchange import ExchangeStatus
from mux_tui.core.proxy.closing_body import ClosingBody
from mux_tui.core.proxy.heartbeat import BEAT_SECONDS, Lively
from mux_tui.core.proxy.http import Reply, fault_reply
from mux_tui.core.proxy.trouble import Trouble
from mux_tui.core.wire.anthropic_events import AnswerEvent
from mux_tui.core.wire.anthropic_frames import assemble, frame

STREAM_HEADERS = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
}
JSON_HEADERS = {"content-type": "application/json"}


@dataclass(frozen=True)
class Pace:
    """What a client waits for, in seconds."""

    grace: float = 1.5
    """How long a stream's status waits for the first sign of the model."""

    beat: float = BEAT_SECONDS
    """Silence that is filled."""

    whole: float = 120.0
    """How long a whole answer's status waits; clients give up after 300."""


_BLANK = b" " * 16
"""What may stand before a JSON document, and shows that it is on its way."""

Ended = Callable[[ExchangeStatus, Trouble | None], None]
"""Told once how a delivery ended, with what went wrong."""


def trouble_reply(trouble: Trouble, request_id: str) -> Reply:
    """A fault as a status."""
    return fault_reply(
        trouble.status,
        trouble.type,
        trouble.message,
        request_id,
        retry=trouble.should_retry,
        headers=trouble.headers,
    )


class Delivery:
    """Delivers one answer."""

    def __init__(
        self,
        source: AsyncGenerator[list[AnswerEvent], None],
        start: Sequence[AnswerEvent],
        understood: Callable[[MuxError], Trouble],
        ended: Ended,
        committed: Callable[[], None],
        pace: Pace | None = None,
    ) -> None:
        """Begin to drive `source`.

        Args:
            source: The answer without its beginning.
            start: Its beginning.
            understood: Makes trouble of an error of `source`.
            ended: Told once how it ended.
            committed: Called when the client is told that an answer comes, so that
                no status can refuse it any more.
            pace: What the client waits for.
        """
        self._start = list(start)
        self._understood = understood
        self._on_end = ended
        self._commit = committed
        self._pace = pace or Pace()
        self._lively = Lively(source, self._pace.beat)
        self._closed = False

    async def streamed(self, request_id: str) -> Reply:
        """A stream, or a status when the answer fails before it begins."""
        try:
            await self._lively.begun(self._pace.grace)
        except MuxError as error:
            return await self._refused(error, request_id)
        except BaseException as error:
            await self._broken_off(error)
            raise

        self._commit()
        left = partial(self._close, "cancelled")
        return Reply(200, STREAM_HEADERS, ClosingBody(self._frames(), left))

    async def whole(self, request_id: str) -> Reply:
        """One message, or a status when the answer fails.

        When it takes longer than the pace allows, the reply begins with blanks, and is
        cut off if the answer fails then.
        """
        gathering = asyncio.create_task(self._gathered())
        try:
            await asyncio.wait({gathering}, timeout=self._pace.whole)
            if not gathering.done():
                self._commit()
                left = partial(self._left, gathering)
                return Reply(
                    200, JSON_HEADERS, ClosingBody(self._slowly(gathering), left)
                )
            body = gathering.result()
        except MuxError as error:
            return await self._refused(error, request_id)
        except BaseException as error:
            gathering.cancel()
            await self._broken_off(error)
            raise

        await self._close("done")
        return Reply(200, JSON_HEADERS, body)

    async def _frames(self) -> AsyncGenerator[bytes, None]:
        status: ExchangeStatus = "cancelled"
        trouble: Trouble | None = None
        try:
            yield b"".join(map(frame, self._start))
            async for batch in self._lively.batches():
                yield b"".join(map(frame, batch))
            status = "done"
        except MuxError as error:
            status, trouble = "failed", self._understood(error)
            yield frame(trouble.failure)
        except Exception:
            status = "failed"
            raise
        finally:
            await self._close(status, trouble)

    async def _gathered(self) -> bytes:
        events = list(self._start)
        async for batch in self._lively.batches():
            events += batch
        return orjson.dumps(assemble(events))

    async def _slowly(
        self, gathering: asyncio.Task[bytes]
    ) -> AsyncGenerator[bytes, None]:
        status: ExchangeStatus = "cancelled"
        trouble: Trouble | None = None
        try:
            while not gathering.done():
                yield _BLANK
                await asyncio.wait({gathering}, timeout=self._pace.beat)
            yield gathering.result()
            status = "done"
        except MuxError as error:
            # No status can say it any more; a reply that is cut cannot be believed.
            status, trouble = "failed", self._understood(error)
            raise
        finally:
            gathering.cancel()
            await self._close(status, trouble)

    async def _refused(self, error: MuxError, request_id: str) -> Reply:
        trouble = self._understood(error)
        await self._close("failed", trouble)
        return trouble_reply(trouble, request_id)

    async def _broken_off(self, error: BaseException) -> None:
        """The client left while its status was held back, or we have a fault."""
        cancelled = isinstance(error, asyncio.CancelledError)
        await self._close("cancelled" if cancelled else "failed")

    async def _close(
        self, status: ExchangeStatus, trouble: Trouble | None = None
    ) -> None:
        if self._closed:
            return

        self._closed = True
        try:
            await self._lively.aclose()
        finally:
            self._on_end(status, trouble)

    async def _left(self, gathering: asyncio.Task[bytes]) -> None:
        gathering.cancel()
        await self._close("cancelled")
