"""One event, between good ones, whose data is not the JSON one hoped for."""

from tests.upstream.exchange import Exchange
from tests.upstream.registry import mode


def _garbage(name: str, meaning: str, data: bytes, times: int = 1) -> None:
    @mode(name, "json", meaning)
    async def answer(exchange: Exchange) -> None:  # pyright: ignore[reportUnusedFunction]
        if not exchange.stream:
            await exchange.whole(data)
            return

        await exchange.head()
        await exchange.say()
        await exchange.data((b"data: " + data + b"\n\n") * times)
        await exchange.say("tail", role=False)
        await exchange.good_end()


def _delta(content: bytes, after: bytes = b"") -> bytes:
    return (
        b'{"choices":[{"index":0,"delta":{"content":"'
        + content
        + b'"}'
        + after
        + b"}]}"
    )


_garbage("json-garbage", "not JSON", b"<<<not json>>>")
_garbage("json-garbage-often", "not JSON, three times", b"<<<not json>>>", 3)
_garbage("json-truncated", "half a document", _delta(b"abc")[:-8])
_garbage("json-array", "an array", b"[1, 2, 3]")
_garbage("json-null", "null", b"null")
_garbage("json-number", "a number", b"12345")
_garbage("json-string", "a string", b'"text"')
_garbage(
    "json-nan",
    "NaN and Infinity",
    _delta(b"n", b',"logprobs":NaN')[:-1]
    + b',"usage":{"prompt_tokens":Infinity,"completion_tokens":NaN}}',
)
_garbage("json-deep", "100,000 nested arrays", b"[" * 100_000 + b"]" * 100_000)
_garbage(
    "json-bigint", "5,000 digits", b'{"created":' + b"9" * 5000 + b',"choices":[]}'
)
_garbage("json-latin1", "not UTF-8", _delta(b"caf\xe9"))
_garbage("json-raw-nul", "a NUL byte inside a string", _delta(b"a\x00b"))
_garbage("json-nul", "an escaped NUL", _delta(b"a\\u0000b"))
_garbage("json-empty-data", "an empty data line", b"")
