"""One request being answered: bytes, framing, and the right shapes of an answer."""

import asyncio
import json
from typing import Any, cast

from tests.upstream.connection import Arrived, Connection
from tests.upstream.options import Options
from tests.upstream.record import Record

Json = dict[str, Any]


class Cut(Exception):
    """Raised by a mode to drop the connection now."""

    def __init__(self, reset: bool = False) -> None:
        """Drop it in order, or with a reset."""
        super().__init__()
        self.reset = reset


class Exchange:
    """What a mode gets: the request, and ways to answer it rightly or wrongly."""

    def __init__(
        self,
        connection: Connection,
        arrived: Arrived,
        options: Options,
        record: Record,
    ) -> None:
        """Begin to answer `arrived`."""
        self.connection = connection
        self.arrived = arrived
        self.options = options
        self.record = record
        self.stream = bool(arrived.body.get("stream"))
        self.id = f"chatcmpl-{record.number:06d}"
        self.model = str(arrived.body.get("model") or options.model)
        self._chunked = False

    # Bytes and framing.

    async def raw(self, data: bytes) -> None:
        """Write bytes as they are."""
        self.record.bytes_sent += len(data)
        self.connection.writer.write(data)
        await self.connection.writer.drain()

    async def head(
        self,
        status: int = 200,
        content_type: str = "text/event-stream",
        more: dict[str, str] | None = None,
        length: int | None = None,
    ) -> None:
        """Send the status line and the headers; without a length, it is a stream."""
        self._chunked = length is None and self.options.framing == "chunked"
        headers = {"Content-Type": content_type}
        if length is not None:
            headers["Content-Length"] = str(length)
        elif self._chunked:
            headers["Transfer-Encoding"] = "chunked"
        else:
            headers["Connection"] = "close"
        headers |= more or {}
        old = length is None and not self._chunked
        lines = [f"HTTP/1.{0 if old else 1} {status} Status"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        await self.raw(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    async def data(self, data: bytes) -> None:
        """Send a part of the body, framed as the headers promised."""
        if data:
            await self.raw(
                b"%x\r\n%s\r\n" % (len(data), data) if self._chunked else data
            )

    async def end(self) -> None:
        """End the body, as the headers promised."""
        if self._chunked:
            await self.raw(b"0\r\n\r\n")
        else:
            self.connection.closing = True

    async def whole(
        self,
        body: bytes,
        status: int = 200,
        more: dict[str, str] | None = None,
        content_type: str = "application/json",
    ) -> None:
        """Send a body of known length."""
        await self.head(status, content_type, more, len(body))
        await self.raw(body)

    async def json(self, document: object, status: int = 200) -> None:
        """Send a JSON document."""
        await self.whole(json.dumps(document).encode(), status)

    # The shapes of an answer.

    def chunk(
        self, delta: Json | None = None, finish: str | None = None, **other: Any
    ) -> Json:
        """One chunk of a stream; `other` replaces fields of it."""
        choice = {"index": 0, "delta": delta or {}, "finish_reason": finish}
        return {
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": 1700000000,
            "model": self.model,
            "choices": [choice],
        } | other

    def full(
        self,
        text: str | None = None,
        finish: str | None = "stop",
        tool_calls: list[Json] | None = None,
    ) -> Json:
        """A whole answer."""
        message: Json = {"role": "assistant", "content": text}
        if text is None:
            message["content"] = None if tool_calls else self.options.text
        if tool_calls:
            message["tool_calls"] = tool_calls
        choice = {"index": 0, "message": message, "finish_reason": finish}
        return {
            "id": self.id,
            "object": "chat.completion",
            "created": 1700000000,
            "model": self.model,
            "choices": [choice],
            "usage": self.usage(),
        }

    def usage(self) -> Json:
        """Token counts that are not those of any real answer."""
        return {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}

    def tool(self) -> tuple[str, Json]:
        """Name and arguments of a call, to a tool that the client offers."""
        arguments = json.loads(self.options.tool_arguments)
        offered = cast(list[Json], self.arrived.body.get("tools") or [])
        first: str = offered[0]["function"]["name"] if offered else "bash"
        return self.options.tool or first, arguments

    # Parts of a right answer.

    async def sse(
        self, document: object, eol: str = "\n", field: str = "data: "
    ) -> None:
        """Send one event: a JSON document, or a string as it is."""
        text = (
            document
            if isinstance(document, str)
            else json.dumps(document, ensure_ascii=False)
        )
        self.record.events_sent += 1
        await self.data((field + text + eol + eol).encode())

    def pieces(self, text: str | None = None) -> list[str]:
        """The text in about as many pieces as the options say."""
        whole = self.options.text if text is None else text
        size = max(1, -(-len(whole) // self.options.pieces))
        return [whole[i : i + size] for i in range(0, len(whole), size)] or [""]

    async def say(self, text: str | None = None, role: bool = True) -> None:
        """Stream the text in pieces."""
        if role:
            await self.sse(self.chunk({"role": "assistant", "content": ""}))
        for piece in self.pieces(text):
            await self.sse(self.chunk({"content": piece}))
            if self.options.delay:
                await asyncio.sleep(self.options.delay)

    async def good_end(self, finish: str | None = "stop", usage: bool = True) -> None:
        """End a stream rightly: finish reason, token counts when asked for, [DONE]."""
        await self.sse(self.chunk({}, finish))
        asked = cast(Json, self.arrived.body.get("stream_options") or {})
        if usage and asked.get("include_usage"):
            await self.sse(self.chunk(choices=[], usage=self.usage()))
        await self.done()

    async def done(self) -> None:
        """Send [DONE] and end the body."""
        await self.sse("[DONE]")
        await self.end()

    async def reply(self, text: str | None = None, finish: str = "stop") -> None:
        """A right answer, streamed or not as the client asked."""
        if not self.stream:
            await self.json(self.full(text, finish))
            return

        await self.head()
        await self.say(text)
        await self.good_end(finish)

    async def half(self) -> bool:
        """Half an answer. Returns whether it is a stream, which can be gone on with."""
        if self.stream:
            await self.head()
            await self.say(self.options.text[: len(self.options.text) // 2])
            return True

        body = json.dumps(self.full()).encode()
        await self.head(200, "application/json", None, len(body))
        await self.raw(body[: len(body) // 2])
        return False
