"""Ends of a stream that are complete, but not by the book."""

from typing import Any

from tests.upstream.exchange import Exchange
from tests.upstream.registry import mode


async def _ending(exchange: Exchange, *events: dict[str, Any] | str) -> None:
    """The text, then these events, then the end of the body."""
    if not exchange.stream:
        await exchange.reply()
        return

    await exchange.head()
    await exchange.say()
    for event in events:
        await exchange.sse(event)
    await exchange.end()


@mode("end-no-done", "end", "finish reason, but no [DONE]")
async def end_no_done(exchange: Exchange) -> None:
    await _ending(exchange, exchange.chunk({}, "stop"))


@mode("end-text-and-finish", "end", "the last text and the finish reason in one chunk")
async def end_text_and_finish(exchange: Exchange) -> None:
    await _ending(exchange, exchange.chunk({"content": " LAST"}, "stop"), "[DONE]")


@mode("end-double-done", "end", "[DONE] twice")
async def end_double_done(exchange: Exchange) -> None:
    await _ending(exchange, exchange.chunk({}, "stop"), "[DONE]", "[DONE]")


@mode("end-data-after-done", "end", "more text after [DONE]")
async def end_data_after_done(exchange: Exchange) -> None:
    after = exchange.chunk({"content": "AFTER-DONE"})
    await _ending(exchange, exchange.chunk({}, "stop"), "[DONE]", after)


@mode("end-finish-null", "end", "no finish reason, then [DONE]")
async def end_finish_null(exchange: Exchange) -> None:
    if not exchange.stream:
        await exchange.json(exchange.full(finish=None))
        return

    await _ending(exchange, "[DONE]")


@mode("end-finish-unknown", "end", "a finish reason of its own")
async def end_finish_unknown(exchange: Exchange) -> None:
    await exchange.reply(finish="eos_token_weird")


@mode("end-finish-early", "end", "finish reason, then more text")
async def end_finish_early(exchange: Exchange) -> None:
    late = exchange.chunk({"content": " LATE"})
    await _ending(exchange, exchange.chunk({}, "stop"), late, "[DONE]")
