"""Refusals, and errors inside of answers that look like success."""

import json
from collections.abc import Callable

from tests.upstream.exchange import Exchange
from tests.upstream.options import Options
from tests.upstream.registry import mode

TRACEBACK = (
    b"Traceback (most recent call last):\n"
    b'  File "/Users/me/secret/path/server.py", line 1\n'
    b"RuntimeError: [metal::malloc] Resource limit (499000) exceeded.\n"
)
_OVERFLOW = {
    "code": 400,
    "message": "the request exceeds the available context size",
    "type": "exceed_context_size_error",
    "n_prompt_tokens": 99999,
    "n_ctx": 8192,
}


def _status(
    name: str,
    status: int,
    meaning: str,
    body: object = None,
    headers: Callable[[Options], dict[str, str]] = lambda _: {},
    content_type: str = "application/json",
) -> None:
    error = {
        "message": f"upstream says {status}",
        "type": "server_error",
        "code": status,
    }
    document = {"error": error} if body is None else body
    data = document if isinstance(document, bytes) else json.dumps(document).encode()

    @mode(name, "status", meaning)
    async def answer(exchange: Exchange) -> None:  # pyright: ignore[reportUnusedFunction]
        more = headers(exchange.options)
        await exchange.whole(data, status, more, content_type)


for _code in (400, 401, 403, 404, 408, 413, 422, 500, 502, 503, 504, 529):
    _status(f"http-{_code}", _code, f"{_code} with an error object")

_status(
    "http-429",
    429,
    "429, try again soon",
    headers=lambda options: {"Retry-After": str(options.retry_after)},
)
for _name, _value in (
    ("date", "Wed, 21 Oct 2099 07:28:00 GMT"),
    ("huge", "86400"),
    ("junk", "soon"),
):
    _status(
        f"http-429-{_name}",
        429,
        f"429 with Retry-After: {_value}",
        headers=lambda _, value=_value: {"Retry-After": value},
    )

_status("http-500-empty", 500, "500 without a body", b"")
_status(
    "http-500-text", 500, "500 with a traceback", TRACEBACK, content_type="text/plain"
)
_status(
    "http-500-html",
    500,
    "500 with a web page",
    b"<html><body><h1>502 Bad Gateway</h1></body></html>",
    content_type="text/html",
)
_status(
    "http-503-loading",
    503,
    "while a model loads",
    {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}},
)
_status(
    "http-404-mlx",
    404,
    "any fault of generation, with the error as a string",
    {"error": "Repo id must be in the form 'repo_name'"},
)
_status("http-400-ctx", 400, "the prompt is too large", {"error": _OVERFLOW})
_status(
    "http-200-error",
    200,
    "an error object as a success",
    {"error": {"message": "model not loaded", "type": "server_error"}},
)
_status(
    "http-200-html",
    200,
    "a web page as a success",
    b"<!doctype html><title>hi</title>",
    content_type="text/html",
)
_status("http-204", 204, "success without a body", b"")
_status(
    "http-302",
    302,
    "a redirect",
    b"",
    headers=lambda options: {"Location": options.redirect_to},
)


@mode("http-103", "status", "early hints, then a right answer")
async def http_103(exchange: Exchange) -> None:
    await exchange.raw(b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n")
    await exchange.reply()


@mode("stream-error", "status", "an error object in mid-stream, then [DONE]")
async def stream_error(exchange: Exchange) -> None:
    message = "[metal::malloc] Resource limit exceeded"
    error = {"message": message, "type": "server_error", "code": 500}
    if not exchange.stream:
        await exchange.json({"error": error}, 500)
        return

    await exchange.head()
    await exchange.say()
    await exchange.sse({"error": error})
    await exchange.done()


@mode("stream-error-event", "status", "an event of type error in mid-stream")
async def stream_error_event(exchange: Exchange) -> None:
    if not exchange.stream:
        await exchange.json({"error": "boom"}, 500)
        return

    await exchange.head()
    await exchange.say()
    await exchange.data(b'event: error\ndata: {"message": "boom"}\n\n')
    await exchange.end()
