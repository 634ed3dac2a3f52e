"""A model that counts its words, drops what does not fit, and calls tools as told."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal

from tests.upstream import MODES
from tests.upstream.exchange import Exchange

FIXED = 7
"""Tokens of a prompt without words; a word is one and a half."""

Calls = Literal["parsed", "in_text", "no"]


def counting(
    *, drops: int = 10**9, refuses: int = 10**9, calls: Calls = "parsed"
) -> Callable[[Exchange], Awaitable[None]]:
    """Plays such a model.

    Args:
        drops: Tokens beyond which it forgets what was sent, without a word.
        refuses: Tokens beyond which it says that they are too many.
        calls: How it calls a tool.
    """

    async def play(exchange: Exchange) -> None:
        body = exchange.arrived.body
        if body.get("stream"):
            await MODES["ok"].answer(exchange)
            return

        words = len(body["messages"][-1]["content"].split())
        tokens = FIXED + words * 3 // 2
        if tokens > refuses:
            message = {"message": f"{tokens} tokens are more than {refuses}"}
            await exchange.json({"error": message}, 400)
            return

        answer = _answer(exchange, calls if body.get("tools") else "no")
        answer["usage"] = {"prompt_tokens": min(tokens, drops), "completion_tokens": 1}
        await exchange.json(answer)

    return play


def _answer(exchange: Exchange, calls: Calls) -> dict[str, Any]:
    if calls == "no":
        return exchange.full("def reverse(s): \x1b[2J return s[::-1]")
    if calls == "in_text":
        call = '{"name": "list_files", "arguments": {"path": "src"}}'
        return exchange.full(f"<tool_call>\n{call}\n</tool_call>")

    function = {"name": "list_files", "arguments": '{"path": "src"}'}
    made = [{"id": "c1", "type": "function", "function": function}]
    return exchange.full(tool_calls=made)
