"""Right answers of every kind."""

import json

from tests.upstream.exchange import Exchange
from tests.upstream.modes.tools import stream_call
from tests.upstream.registry import mode

UNICODE = (
    "\u4f60\u597d \U0001f469\u200d\U0001f4bb e\u0301 \u05e9\u05dc\u05d5\u05dd "
    "\U0001f1f3\U0001f1f4 \u2713 line\u2028separator"
)


@mode("ok", "good", "a right answer; [DONE]; token counts when asked for")
async def ok(exchange: Exchange) -> None:
    await exchange.reply()


@mode("ok-tool", "good", "a right tool call")
async def ok_tool(exchange: Exchange) -> None:
    await stream_call(exchange, list(json.dumps(exchange.tool()[1])))


@mode("ok-xml-tool", "good", "a tool call as <tool_call>{...}</tool_call> text")
async def ok_xml_tool(exchange: Exchange) -> None:
    name, arguments = exchange.tool()
    call = json.dumps({"name": name, "arguments": arguments})
    await exchange.reply(f"I will look.\n<tool_call>\n{call}\n</tool_call>")


@mode("ok-empty", "good", "no text at all")
async def ok_empty(exchange: Exchange) -> None:
    await exchange.reply("")


@mode("ok-length", "good", "finish reason length")
async def ok_length(exchange: Exchange) -> None:
    await exchange.reply(finish="length")


@mode("ok-reasoning", "good", "reasoning, under both of its names, before the text")
async def ok_reasoning(exchange: Exchange) -> None:
    if not exchange.stream:
        answer = exchange.full()
        answer["choices"][0]["message"]["reasoning"] = "thinking"
        await exchange.json(answer)
        return

    await exchange.head()
    for piece in ("think", "ing"):
        delta = {"reasoning": piece, "reasoning_content": piece}
        await exchange.sse(exchange.chunk(delta))
    await exchange.say(role=False)
    await exchange.good_end()


@mode("ok-think-tags", "good", "thinking in <think> tags at the start of the text")
async def ok_think_tags(exchange: Exchange) -> None:
    await exchange.reply(f"<think>thinking</think>\n\n{exchange.options.text}")


@mode("ok-logprobs", "good", "a log-probability for each piece, and all token counts")
async def ok_logprobs(exchange: Exchange) -> None:
    usage = exchange.usage() | {
        "prompt_tokens_details": {"cached_tokens": 5},
        "completion_tokens_details": {"reasoning_tokens": 3},
    }
    pieces = exchange.pieces()
    told = [{"token": p, "logprob": -0.25 * i} for i, p in enumerate(pieces)]
    if not exchange.stream:
        answer = exchange.full()
        answer["usage"] = usage
        answer["choices"][0]["logprobs"] = {"content": told}
        await exchange.json(answer)
        return

    await exchange.head()
    for piece, logprob in zip(pieces, told, strict=True):
        chunk = exchange.chunk({"content": piece})
        chunk["choices"][0]["logprobs"] = {"content": [logprob]}
        await exchange.sse(chunk)
    await exchange.sse(exchange.chunk({}, "stop"))
    await exchange.sse(exchange.chunk(choices=[], usage=usage))
    await exchange.done()


@mode("ok-unicode", "good", "joined emoji, combining marks, right-to-left, U+2028")
async def ok_unicode(exchange: Exchange) -> None:
    await exchange.reply(UNICODE)
