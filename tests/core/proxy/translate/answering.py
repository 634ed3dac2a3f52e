"""Answers of a real, scripted server, brought to a translator, and read as events."""

import json
from typing import Any

import httpx

from mux_tui.core.proxy.translate.facts import ChatRequest
from mux_tui.core.proxy.translate.stream import StreamTranslator
from mux_tui.core.wire.anthropic_events import AnswerEvent, Counts
from mux_tui.core.wire.documents import NotJson
from mux_tui.core.wire.openai import DONE, Piece, ToolCallPart, parse_piece
from mux_tui.core.wire.sse import SseDecoder, SseEvent
from tests.core.proxy.grammar import Seen, check
from tests.core.proxy.translate.offering import tool
from tests.upstream import upstream

BASH = tool("bash", "command")
MODEL = "claude-sonnet-4-5"
ESTIMATE = Counts(input=20)


def translator(**settings: Any) -> StreamTranslator:
    """A translator for a request that offers `bash`, or what the settings say."""
    may_reask = settings.pop("may_reask", False)
    settings.setdefault("tools", (BASH,))
    return StreamTranslator(ChatRequest({}, **settings), may_reask=may_reask)


def begin(stream: StreamTranslator) -> list[AnswerEvent]:
    """The first events of an answer."""
    return stream.start("msg_1", MODEL, ESTIMATE)


def answer(*pieces: Piece, **settings: Any) -> tuple[Seen, StreamTranslator]:
    """A complete answer that comes in these pieces, as the client sees it."""
    stream = translator(**settings)
    events = begin(stream)
    for piece in pieces:
        events += stream.feed(piece)
    events += stream.finish()
    return check(events), stream


def said(text: str, finish: str = "stop", **settings: Any) -> Seen:
    """A text, as it is seen; it is also read by single characters."""
    whole, _ = answer(Piece(text), Piece(finish=finish), **settings)
    split, _ = answer(*map(Piece, text), Piece(finish=finish), **settings)
    assert split.text == whole.text
    assert split.thinking == whole.thinking
    assert split.calls == whole.calls
    assert split.stop_reason == whole.stop_reason
    return whole


def part(arguments: str, name: str = "", index: int = 0, id: str = "") -> Piece:
    """A piece that holds a piece of a call."""
    return Piece(tool_calls=(ToolCallPart(index, id, name, arguments),))


async def seen_mode(mode: str, stream: bool = True, **options: Any) -> Seen:
    """What a client sees of the answer in one mode of the scripted server."""
    async with upstream(mode, **options) as server:
        body = {"messages": [], "stream": stream, "tools": [_offered()]}
        body |= {"stream_options": {"include_usage": True}} if stream else {}
        data, whole = await _fetched(f"{server.base_url}/chat/completions", body)

    return check(_translated(data) if whole else _translated(data, cut=True))


async def _fetched(url: str, body: dict[str, Any]) -> tuple[list[bytes], bool]:
    chunks: list[bytes] = []
    async with httpx.AsyncClient(verify=False, trust_env=False) as client:
        try:
            async with client.stream("POST", url, json=body) as response:
                async for chunk in response.aiter_raw():
                    # One by one: what came before a cut counts.
                    chunks += [chunk]
        except httpx.HTTPError:
            return chunks, False

    return chunks, True


def _translated(data: list[bytes], cut: bool = False) -> list[AnswerEvent]:
    stream = translator()
    events = begin(stream)
    pieces, whole = _pieces(data)
    for piece in pieces:
        events += stream.feed(piece)
    if cut or not whole:
        return events + stream.fail("api_error", "the server closed the stream")
    return events + stream.finish() + stream.finish() + stream.feed(Piece("more"))


def _pieces(data: list[bytes]) -> tuple[list[Piece], bool]:
    """The pieces, and whether the server has said that these are all."""
    start = b"".join(data).lstrip()
    if start.startswith(b"{"):
        piece = parse_piece(start)
        assert isinstance(piece, Piece)
        return [piece], True

    decoder = SseDecoder()
    items = [item for chunk in data for item in decoder.feed(chunk)] + decoder.flush()
    pieces: list[Piece] = []
    done = False
    for item in items:
        if not isinstance(item, SseEvent) or done:
            continue
        done = item.data == DONE
        try:
            piece = Piece() if done else parse_piece(item.data)
        except NotJson:
            continue
        assert isinstance(piece, Piece)
        pieces.append(piece)

    return pieces, done or any(piece.finish for piece in pieces)


def _offered() -> dict[str, Any]:
    function = {"name": BASH.name, "parameters": BASH.schema}
    return json.loads(json.dumps({"type": "function", "function": function}))
