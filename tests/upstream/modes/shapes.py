"""Good JSON of the wrong shape, between good events."""

from collections.abc import Callable
from typing import Any

from tests.upstream.exchange import Exchange
from tests.upstream.registry import mode

Make = Callable[[Exchange], dict[str, Any]]


def _shape(name: str, meaning: str, make: Make) -> None:
    @mode(name, "shape", meaning)
    async def answer(exchange: Exchange) -> None:  # pyright: ignore[reportUnusedFunction]
        if not exchange.stream:
            await exchange.json(make(exchange))
            return

        await exchange.head()
        await exchange.say()
        await exchange.sse(make(exchange))
        await exchange.say("tail", role=False)
        await exchange.good_end()


_PARTS = [{"type": "text", "text": "part"}]
_JUNK = {"prompt_tokens": "11", "completion_tokens": -5}
_NO_DELTA = [{"index": 0, "delta": None, "finish_reason": None}]

_shape("choices-empty", "no choice", lambda e: e.chunk(choices=[]))
_shape("choices-missing", "no choices at all", lambda e: {"id": e.id})
_shape("choices-null", "choices: null", lambda e: e.chunk(choices=None))
_shape("choices-junk", "choices of other types", lambda e: e.chunk(choices=[7, "x"]))
_shape("delta-null", "delta: null", lambda e: e.chunk(choices=_NO_DELTA))
_shape("content-null", "content: null", lambda e: e.chunk({"content": None}))
_shape("content-list", "content in parts", lambda e: e.chunk({"content": _PARTS}))
_shape("content-number", "content: 42", lambda e: e.chunk({"content": 42}))
_shape("usage-null", "usage: null", lambda e: e.chunk({"content": "u"}, usage=None))
_shape("usage-junk", "usage of junk", lambda e: e.chunk({"content": "u"}, usage=_JUNK))


@mode("usage-missing", "shape", "no token counts, even when asked for")
async def usage_missing(exchange: Exchange) -> None:
    if not exchange.stream:
        answer = exchange.full()
        del answer["usage"]
        await exchange.json(answer)
        return

    await exchange.head()
    await exchange.say()
    await exchange.good_end(usage=False)


@mode("multi-choice", "shape", "two choices in turn, although one was asked for")
async def multi_choice(exchange: Exchange) -> None:
    if not exchange.stream:
        await exchange.reply()
        return

    await exchange.head()
    for piece in exchange.pieces():
        await exchange.sse(exchange.chunk({"content": piece}))
        other = {"index": 1, "delta": {"content": "WRONG"}, "finish_reason": None}
        await exchange.sse(exchange.chunk(choices=[other]))
    await exchange.good_end()
