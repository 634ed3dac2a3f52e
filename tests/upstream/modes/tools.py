"""Tool calls, right ones and those that models and servers get wrong."""

import json
from typing import Any

from tests.upstream.exchange import Exchange
from tests.upstream.registry import mode

Call = dict[str, Any]


def _call(
    name: str | None,
    arguments: Any,
    index: int = 0,
    call_id: str | None = "call_0",
) -> Call:
    """A call, or a part of one; without a name and an id it continues another."""
    function: Call = {"arguments": arguments}
    call: Call = {"index": index, "function": function}
    if name is not None:
        function["name"] = name
        call["type"] = "function"
        if call_id is not None:
            call["id"] = call_id

    return call


async def stream_call(
    exchange: Exchange,
    parts: list[str],
    name: str | None = None,
    call_id: str | None = "call_0",
    finish: str = "tool_calls",
) -> None:
    """One call whose arguments come in these parts."""
    called = name or exchange.tool()[0]
    whole = _call(called, "".join(parts), 0, call_id)
    begun = _call(called, "", 0, call_id)
    await _calls(exchange, [whole], [begun, *(_call(None, p) for p in parts)], finish)


async def _calls(
    exchange: Exchange,
    whole: list[Call],
    parts: list[Call],
    finish: str = "tool_calls",
) -> None:
    """Calls in one document, or their parts in a stream."""
    if not exchange.stream:
        await exchange.json(exchange.full(finish=finish, tool_calls=whole))
        return

    await exchange.head()
    await exchange.sse(exchange.chunk({"role": "assistant", "content": None}))
    for part in parts:
        await exchange.sse(exchange.chunk({"tool_calls": [part]}))
    await exchange.good_end(finish)


def _many(exchange: Exchange, ids: list[tuple[int, str]]) -> list[Call]:
    name, arguments = exchange.tool()
    return [_call(name, json.dumps(arguments), i, call_id) for i, call_id in ids]


@mode("tool-split-escape", "tool", "arguments cut inside of escapes")
async def tool_split_escape(exchange: Exchange) -> None:
    text = '{"command": "echo \\"q\\\\n\\u00e9\\ud83d\\ude00\\" > /dev/null"}'
    await stream_call(exchange, list(text))


@mode("tool-truncated", "tool", "arguments are half a JSON object")
async def tool_truncated(exchange: Exchange) -> None:
    await stream_call(exchange, ['{"command": "ec', "ho hi"])


@mode("tool-notjson", "tool", "arguments are not JSON")
async def tool_notjson(exchange: Exchange) -> None:
    await stream_call(exchange, ["ls -la /tmp"])


@mode("tool-empty-args", "tool", "arguments are the empty string")
async def tool_empty_args(exchange: Exchange) -> None:
    await stream_call(exchange, [""])


@mode("tool-args-object", "tool", "arguments are an object, not its text")
async def tool_args_object(exchange: Exchange) -> None:
    call = _call(*exchange.tool())
    await _calls(exchange, [call], [call])


@mode("tool-index-gap", "tool", "calls with indexes 0 and 2")
async def tool_index_gap(exchange: Exchange) -> None:
    calls = _many(exchange, [(0, "call_0"), (2, "call_2")])
    await _calls(exchange, calls, calls)


@mode("tool-interleaved", "tool", "two calls whose arguments alternate")
async def tool_interleaved(exchange: Exchange) -> None:
    name, arguments = exchange.tool()
    text = json.dumps(arguments)
    begun = [_call(name, "", i, f"call_{i}") for i in (0, 1)]
    parts = [_call(None, character, i) for character in text for i in (0, 1)]
    whole = _many(exchange, [(0, "call_0"), (1, "call_1")])
    await _calls(exchange, whole, begun + parts)


@mode("tool-no-id", "tool", "a call without an id")
async def tool_no_id(exchange: Exchange) -> None:
    await stream_call(exchange, [json.dumps(exchange.tool()[1])], call_id=None)


@mode("tool-same-id", "tool", "two calls with the same id")
async def tool_same_id(exchange: Exchange) -> None:
    calls = _many(exchange, [(0, "call_same"), (1, "call_same")])
    await _calls(exchange, calls, calls)


@mode("tool-unknown", "tool", "calls a tool that nobody offered")
async def tool_unknown(exchange: Exchange) -> None:
    await stream_call(exchange, ['{"x": 1}'], name="no_such_tool_zz")


@mode("tool-wrong-finish", "tool", "a call, but finish reason stop")
async def tool_wrong_finish(exchange: Exchange) -> None:
    await stream_call(exchange, [json.dumps(exchange.tool()[1])], finish="stop")


@mode("tool-many", "tool", "64 calls")
async def tool_many(exchange: Exchange) -> None:
    calls = _many(exchange, [(i, f"call_{i}") for i in range(64)])
    await _calls(exchange, calls, calls)


@mode("tool-name-split", "tool", "the name comes in two parts")
async def tool_name_split(exchange: Exchange) -> None:
    name, arguments = exchange.tool()
    rest = _call(None, "")
    rest["function"]["name"] = name[1:]
    parts = [_call(name[:1], ""), rest, _call(None, json.dumps(arguments))]
    await _calls(exchange, [_call(name, json.dumps(arguments))], parts)


@mode("tool-lost", "tool", "finish reason tool_calls, but no call and no text")
async def tool_lost(exchange: Exchange) -> None:
    await exchange.reply("", "tool_calls")


@mode("xml-split", "tool", "<tool_call> text cut at every character")
async def xml_split(exchange: Exchange) -> None:
    name, arguments = exchange.tool()
    call = json.dumps({"name": name, "arguments": arguments})
    text = f"ok <tool_call>{call}</tool_call>"
    if not exchange.stream:
        await exchange.reply(text)
        return

    await exchange.head()
    for character in text:
        await exchange.sse(exchange.chunk({"content": character}))
    await exchange.good_end()


@mode("xml-unclosed", "tool", "<tool_call> never closed, finish reason length")
async def xml_unclosed(exchange: Exchange) -> None:
    text = 'ok <tool_call>{"name": "bash", "arguments": {"command": "ls'
    await exchange.reply(text, "length")


@mode("xml-bad-json", "tool", "<tool_call> around what is not JSON")
async def xml_bad_json(exchange: Exchange) -> None:
    await exchange.reply("<tool_call>{'name': bash, }</tool_call> after")


@mode("xml-in-fence", "tool", "<tool_call> as an example in a code fence")
async def xml_in_fence(exchange: Exchange) -> None:
    call = '{"name": "bash", "arguments": {"command": "rm -rf /"}}'
    text = f"Example:\n```\n<tool_call>{call}</tool_call>\n```\nDone."
    await exchange.reply(text)
